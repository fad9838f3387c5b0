"""A ledger that somebody is about to import: sealed, one for each member of staff, gone when it is imported or a day old."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.sealing import SealedJson


class LedgerDraft(Base):
    """The cells of an uploaded file, header first. Nothing of it is a case yet."""

    __tablename__ = "ledger_draft"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    cells: Mapped[list[list[str]] | Any] = mapped_column(SealedJson("ledger_draft.cells"))
    uploaded_at: Mapped[datetime]
