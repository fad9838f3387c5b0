"""Where a citizen was told to go is free text of a clerk: sealed like all content. What is there is sealed on the way."""

import sqlalchemy as sa
from alembic import op

from models.sealing import current_keyring

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_COMMENT = "where the citizen was told to go"
_CONTEXT = "case.redirection"
_CASE = sa.table("case", sa.column("id"), sa.column("declined_to"), sa.column("redirection", sa.LargeBinary()))


def upgrade() -> None:
    op.add_column("case", sa.Column("redirection", sa.LargeBinary(), nullable=True, comment=_COMMENT))
    for case_id, text in _values(_CASE.c.declined_to):
        _set(case_id, _CASE.c.redirection, current_keyring().seal(text.encode(), _CONTEXT))
    op.drop_column("case", "declined_to")


def downgrade() -> None:
    op.add_column("case", sa.Column("declined_to", sa.Text(), nullable=True, comment=_COMMENT))
    for case_id, sealed in _values(_CASE.c.redirection):
        _set(case_id, _CASE.c.declined_to, current_keyring().open(sealed, _CONTEXT).decode())
    op.drop_column("case", "redirection")


def _values(column: sa.ColumnClause) -> list[sa.Row]:
    return list(op.get_bind().execute(sa.select(_CASE.c.id, column).where(column.is_not(None))))


def _set(case_id: int, column: sa.ColumnClause, value: bytes | str) -> None:
    op.get_bind().execute(_CASE.update().where(_CASE.c.id == case_id).values({column: value}))
