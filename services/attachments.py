"""Attachments of citizens: noted in the conversation, fetched by the worker before the platform forgets them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from domain.errors import InvalidInput, NotFound
from domain.permissions import StaffFacts
from domain.terms import Action, AttachmentKind, AttachmentStatus, CaseEventKind
from models import Attachment
from services.base import Service
from services.content import examine

# The platform keeps temporary media for three days (wechat notes, 1.8); then only the gap can be recorded.
PLATFORM_KEEPS = timedelta(days=3)
_BACKOFF = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
_LEASE = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class MediaToFetch:
    """A claimed attachment. `lease_token` must be given back with the result."""

    attachment_id: int
    media_id: str
    lease_token: str


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """Bytes for a member of staff."""

    content: bytes
    content_type: str
    filename: str


class Attachments(Service):
    """Notes, fetches and opens attachments."""

    def note_media(self, reporter_id: int, kind: AttachmentKind, media_id: str) -> int:
        """Remembers that a citizen sent a file; the worker will fetch it. Gives back the attachment's id."""
        now = self.now()
        attachment = Attachment(
            reporter_id=reporter_id,
            kind=kind,
            status=AttachmentStatus.PENDING,
            media_id=media_id,
            received_at=now,
            next_try_at=now,
        )
        self.session.add(attachment)
        self.session.flush()
        return attachment.id

    def keep_upload(self, content: bytes, kind: AttachmentKind) -> int:
        """Keeps a file that came by the web form. Raises InvalidInput when it is not what it should be."""
        attachment = Attachment(kind=kind, status=AttachmentStatus.PENDING, received_at=self.now())
        self._store(attachment, content)
        self.session.add(attachment)
        self.session.flush()
        return attachment.id

    def claim_due(self, limit: int = 5) -> list[MediaToFetch]:
        """Claims files whose turn it is, for three minutes. One statement on both engines."""
        now = self.now()
        token = secrets.token_hex(8)
        due = (
            select(Attachment.id)
            .where(Attachment.status == AttachmentStatus.PENDING, Attachment.next_try_at <= now)
            .order_by(Attachment.next_try_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claimed = self.session.execute(
            update(Attachment)
            .where(Attachment.id.in_(due))
            .values(lease_token=token, next_try_at=now + _LEASE, tries=Attachment.tries + 1)
            .returning(Attachment.id, Attachment.media_id)
            .execution_options(synchronize_session=False)
        )
        return [MediaToFetch(row.id, row.media_id, token) for row in claimed]

    def store_fetched(self, claim: MediaToFetch, content: bytes) -> AttachmentStatus:
        """Examines and keeps what was fetched; a file that is not what it should be is refused for good."""
        attachment = self._claimed(claim)
        if attachment is None:
            return AttachmentStatus.PENDING
        try:
            self._store(attachment, content)
        except InvalidInput as error:
            attachment.status, attachment.refusal = AttachmentStatus.REFUSED, error.reason
        attachment.lease_token = attachment.next_try_at = None
        return attachment.status

    def fetch_failed(self, claim: MediaToFetch, *, is_final: bool) -> AttachmentStatus:
        """Plans the next try, or records that the platform no longer has the file."""
        attachment = self._claimed(claim)
        if attachment is None:
            return AttachmentStatus.PENDING
        now = self.now()
        attachment.lease_token = None
        if is_final or now - attachment.received_at > PLATFORM_KEEPS:
            attachment.status, attachment.next_try_at = AttachmentStatus.EXPIRED, None
        else:
            attachment.next_try_at = now + _BACKOFF[min(attachment.tries - 1, len(_BACKOFF) - 1)]
        return attachment.status

    def forget(self, attachment_ids: tuple[int, ...]) -> None:
        """Removes attachments that belong to no case, bytes included."""
        for attachment in self.session.scalars(
            select(Attachment).where(Attachment.id.in_(attachment_ids), Attachment.case_id.is_(None))
        ):
            for name in (attachment.original_name, attachment.clean_name):
                if name:
                    self.parts.attachments.remove(name)
            self.session.delete(attachment)

    def open_for(self, staff: StaffFacts, case_number: str, attachment_id: int, *, original: bool) -> OpenedFile:
        """The file for a member of staff who may read the statement; the opening stands in the journal.

        Pictures are shown as their clean copy unless `original` is asked for. Raises NotFound, NotAllowed.
        """
        case = self.case_for(staff, case_number, Action.VIEW_STATEMENT)
        attachment = self.session.get(Attachment, attachment_id)
        if attachment is None or attachment.case_id != case.id or attachment.status is not AttachmentStatus.STORED:
            raise NotFound(str(attachment_id))
        name, content_type = attachment.original_name, attachment.content_type
        if attachment.clean_name and not original:
            name, content_type = attachment.clean_name, "image/png"
        content = self.parts.attachments.read(name or "")
        if content_type == "image/png" and content.startswith(b"\xff\xd8"):
            content_type = "image/jpeg"
        self.record_daily(
            case, CaseEventKind.ATTACHMENT_OPENED, staff, f"{attachment_id}{'/original' if original else ''}"
        )
        extension = (content_type or "").rpartition("/")[2].replace("jpeg", "jpg")
        return OpenedFile(
            content, content_type or "application/octet-stream", f"{case_number}-{attachment_id}.{extension}"
        )

    def pending_since(self, moment: datetime) -> int:
        """How many files that came before `moment` still wait to be fetched."""
        waiting = select(func.count(Attachment.id)).where(
            Attachment.status == AttachmentStatus.PENDING, Attachment.received_at < moment
        )
        return self.session.scalar(waiting) or 0

    def _claimed(self, claim: MediaToFetch) -> Attachment | None:
        return self.session.scalar(
            select(Attachment).where(Attachment.id == claim.attachment_id, Attachment.lease_token == claim.lease_token)
        )

    def _store(self, attachment: Attachment, content: bytes) -> None:
        examined = examine(content, attachment.kind)
        attachment.original_name = self.parts.attachments.keep(content)
        attachment.clean_name = self.parts.attachments.keep(examined.clean) if examined.clean else None
        attachment.content_type = examined.content_type
        attachment.size_bytes = len(content)
        attachment.sha256 = hashlib.sha256(content).hexdigest()
        attachment.status = AttachmentStatus.STORED
