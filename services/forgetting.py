"""What people told is forgotten: what was never lodged, what is not this level's to hear, the account of whoever leaves."""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from domain.terms import CaseEventKind, InboundStatus, OutboxStatus
from models import Attachment, Case, Conversation, InboundMessage, OutboxMessage, Reporter
from services.base import SYSTEM, Service

# A redelivery comes within seconds. Replies can hold a query code, so they are not kept longer than that needs.
REPLY_KEPT = timedelta(hours=1)
# Nothing that was never lodged is kept longer (the conversation itself says so after the same time).
DRAFT_KEPT = timedelta(days=7)
# What is sent and never lodged by somebody who goes on writing about other things.
LONGEST_DRAFT = timedelta(days=30)


class Forgetting(Service):
    """Removes what must not be kept. Cases stay: they are official records, with rules of their own (services/retention.py)."""

    def withhold(self, reporter_id: int) -> None:
        """Removes what the person wrote and sent towards a report that is not this level's to hear (art. 15).

        Everything since the last lodged report goes: pushes keep only their number, type and time.
        """
        last_case = self.session.scalar(
            select(Case.received_at).where(Case.reporter_id == reporter_id).order_by(Case.id.desc()).limit(1)
        )
        recent = [InboundMessage.reporter_id == reporter_id, InboundMessage.raw.is_not(None)]
        if last_case is not None:
            recent.append(InboundMessage.received_at > last_case)
        self.session.execute(
            update(InboundMessage)
            .where(*recent, InboundMessage.status != InboundStatus.STORED)
            .values(raw=None, reply=None, status=InboundStatus.WITHHELD)
            .execution_options(synchronize_session=False)
        )
        self._drop_files(Attachment.reporter_id == reporter_id)

    def separate_profile(self, reporter_id: int) -> None:
        """After an unfollow or a revoked consent: the account goes, the cases stay and open by number and code.

        The platform asks to delete the person's information; the file is an official record (wechat notes, 1.12).
        """
        reporter = self.session.get_one(Reporter, reporter_id)
        for case in self.session.scalars(select(Case).where(Case.reporter_id == reporter_id)):
            case.reporter_id = None
            self.record(case, CaseEventKind.PROFILE_SEPARATED, actor=SYSTEM)
        self._drop_files(Attachment.reporter_id == reporter_id)
        for statement in (
            update(Attachment).where(Attachment.reporter_id == reporter_id).values(reporter_id=None),
            update(InboundMessage).where(InboundMessage.reporter_id == reporter_id).values(raw=None, reply=None),
            update(Conversation).where(Conversation.reporter_id == reporter_id).values(state=None),
            update(OutboxMessage)
            .where(
                OutboxMessage.reporter_id == reporter_id,
                OutboxMessage.status.in_([OutboxStatus.WAITING, OutboxStatus.PARKED]),
            )
            .values(status=OutboxStatus.FAILED, error_code="unfollowed", values={}),
        ):
            self.session.execute(statement.execution_options(synchronize_session=False))
        reporter.openid = reporter.openid_digest = reporter.scene_code = None
        reporter.separated_at = self.now()
        self.session.flush()

    def drop_replies(self) -> None:
        """Removes replies that no redelivery can ask for any more; they may hold a query code."""
        self.session.execute(
            update(InboundMessage)
            .where(InboundMessage.reply.is_not(None), InboundMessage.handled_at < self.now() - REPLY_KEPT)
            .values(reply=None)
            .execution_options(synchronize_session=False)
        )

    def drop_drafts(self) -> int:
        """Removes what people told and sent and never lodged. Gives back the number of conversations emptied."""
        limit = self.now() - DRAFT_KEPT
        emptied = self.session.execute(
            update(Conversation)
            .where(Conversation.last_spoke_at < limit, Conversation.state.is_not(None))
            .values(state=None, version=Conversation.version + 1)
            .returning(Conversation.id)
            .execution_options(synchronize_session=False)
        ).all()
        # A file waits as long as the person goes on telling: the summary counts it, and lodging takes it along.
        goes_on = exists().where(
            Conversation.reporter_id == Attachment.reporter_id, Conversation.last_spoke_at >= limit
        )
        too_long = Attachment.received_at < self.now() - LONGEST_DRAFT
        self._drop_files(and_(Attachment.received_at < limit, or_(~goes_on, too_long)))
        return len(emptied)

    def _drop_files(self, which: ColumnElement[bool]) -> None:
        """Files that belong to no case."""
        loose = self.session.scalars(select(Attachment.id).where(Attachment.case_id.is_(None), which)).all()
        self.services.attachments.forget(tuple(loose))
