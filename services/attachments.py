"""Attachments of citizens: noted in the conversation, fetched by the worker before the platform forgets them."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, update

from domain.errors import DamagedFile, NotFound
from domain.permissions import StaffFacts
from domain.terms import Action, AttachmentKind, AttachmentStatus, CaseEventKind, CopyStatus
from models import Attachment
from services.attachment_store import PARTS, keep_with
from services.base import Service
from services.content import Examined, examine
from services.conversion import Copy, read_pages

# The platform keeps temporary media for three days (wechat notes, 1.8); then only the gap can be recorded.
PLATFORM_KEEPS = timedelta(days=3)
_BACKOFF = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
_LEASE = timedelta(minutes=3)
# A file whose conversion never came back so often took its worker with it: no fourth worker.
_CONVERSIONS = 3
_CONVERTED = frozenset({AttachmentKind.VOICE, AttachmentKind.DOCUMENT})
SWEEP_EVERY = timedelta(minutes=5)
_ASKED_AT_ONCE = 500  # names in one statement

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MediaToFetch:
    """A claimed attachment. `lease_token` must be given back with the result."""

    attachment_id: int
    media_id: str
    lease_token: str
    kind: AttachmentKind


@dataclass(frozen=True, slots=True)
class FileToConvert:
    """A claimed recording or document that no browser is given as it is."""

    attachment_id: int
    original_name: str
    content_type: str
    lease_token: str
    kind: AttachmentKind


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """Bytes for a member of staff."""

    content: bytes
    content_type: str
    filename: str
    is_copy: bool  # made by us, safe to be shown in a page


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

    def keep_uploads(self, files: Sequence[tuple[bytes, AttachmentKind]]) -> tuple[int, ...]:
        """Keeps all of the files that came together by the web form, or none. Raises InvalidInput when one is not what it should be."""
        # All are looked at before the first is written: that takes its time, and no other writer must wait for it.
        examined = [(content, kind, examine(content, kind)) for content, kind in files]
        attachments = []
        for content, kind, found in examined:
            attachment = Attachment(kind=kind, status=AttachmentStatus.PENDING, received_at=self.now())
            self._store(attachment, content, found)
            attachments.append(attachment)
        self.session.add_all(attachments)
        self.session.flush()
        return tuple(attachment.id for attachment in attachments)

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
            .returning(Attachment.id, Attachment.media_id, Attachment.kind)
            .execution_options(synchronize_session=False)
        )
        return [MediaToFetch(row.id, row.media_id, token, row.kind) for row in claimed]

    def store_fetched(self, claim: MediaToFetch, content: bytes, examined: Examined) -> AttachmentStatus:
        """Keeps what was fetched and examined."""
        attachment = self._claimed(claim)
        if attachment is None:
            return AttachmentStatus.PENDING
        self._store(attachment, content, examined)
        return attachment.status

    def refuse_fetched(self, claim: MediaToFetch, reason: str) -> AttachmentStatus:
        """What was fetched is not what it should be: refused for good."""
        attachment = self._claimed(claim)
        if attachment is None:
            return AttachmentStatus.PENDING
        attachment.status, attachment.refusal = AttachmentStatus.REFUSED, reason
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

    def claim_unconverted(self) -> FileToConvert | None:
        """Claims one recording or document that has no copy yet, for three minutes; None when there is none."""
        now = self.now()
        token = secrets.token_hex(8)
        due = (
            select(Attachment.id)
            .where(
                Attachment.status == AttachmentStatus.STORED,
                Attachment.copy_status == CopyStatus.WAITING,
                Attachment.next_try_at <= now,
            )
            .order_by(Attachment.next_try_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self.session.execute(
            update(Attachment)
            .where(Attachment.id.in_(due))
            .values(lease_token=token, next_try_at=now + _LEASE, tries=Attachment.tries + 1)
            .returning(
                Attachment.id, Attachment.original_name, Attachment.content_type, Attachment.tries, Attachment.kind
            )
            .execution_options(synchronize_session=False)
        ).first()
        if row is None:
            return None
        claim = FileToConvert(row.id, row.original_name, row.content_type, token, row.kind)
        if row.tries <= _CONVERSIONS:
            return claim
        self.finish_conversion(claim, None, "copy_broken")
        return self.claim_unconverted()

    def original_of(self, claim: FileToConvert) -> bytes | None:
        """The file as it came; None when the file is damaged."""
        try:
            return self.parts.attachments.read(claim.original_name)
        except DamagedFile:
            return None

    def finish_conversion(self, claim: FileToConvert, copy: Copy | None, reason: str | None = None) -> CopyStatus:
        """Keeps the copy for display; None says that there will never be one, and `reason` why."""
        attachment = self._claimed(claim)
        if attachment is None:
            return CopyStatus.WAITING  # its time ran out, another worker has it
        attachment.lease_token = attachment.next_try_at = None
        attachment.copy_status, attachment.refusal = CopyStatus.FAILED, reason
        if copy is not None:
            attachment.clean_name = keep_with(self.session, self.parts.attachments, copy.content)
            attachment.pages, attachment.pages_shown = copy.pages, copy.pages_shown
            attachment.copy_status = CopyStatus.MADE
        return attachment.copy_status

    def forget(self, attachment_ids: tuple[int, ...]) -> None:
        """Removes attachments that belong to no case, bytes included."""
        for attachment in self.session.scalars(
            select(Attachment).where(Attachment.id.in_(attachment_ids), Attachment.case_id.is_(None))
        ):
            for name in (attachment.original_name, attachment.clean_name):
                if name:
                    self.parts.attachments.remove(name)
            self.session.delete(attachment)

    def sweep_files(self) -> int:
        """Removes files that no row names: whoever wrote them was killed before the commit, or while writing.

        One of the folders at a time, so that nobody waits: called each five minutes, all have been looked at within a day.
        A day is longer than any transaction. Gives back how many went.
        """
        now = self.now()
        part = int(now.timestamp() / SWEEP_EVERY.total_seconds()) % PARTS
        removed = self.parts.attachments.sweep(part, now - timedelta(days=1), self._named)
        if removed:
            log.warning("files_without_a_row_removed", files=removed)
        return removed

    def _named(self, names: Collection[str]) -> set[str]:
        columns = (Attachment.original_name, Attachment.clean_name)
        found = set[str]()
        listed = sorted(names)
        for start in range(0, len(listed), _ASKED_AT_ONCE):
            some = listed[start : start + _ASKED_AT_ONCE]
            for column in columns:
                found |= {name for name in self.session.scalars(select(column).where(column.in_(some))) if name}
        return found

    def open_for(
        self, staff: StaffFacts, case_number: str, attachment_id: int, *, original: bool, page: int = 1
    ) -> OpenedFile:
        """The file for a member of staff who may read the statement; the opening stands in the journal.

        Pictures are shown and recordings played from their copy unless `original` is asked for; of a document the copy
        gives one `page`. Raises NotFound, NotAllowed.
        """
        case = self.case_for(staff, case_number, Action.VIEW_STATEMENT)
        attachment = self.session.get(Attachment, attachment_id)
        if attachment is None or attachment.case_id != case.id or attachment.status is not AttachmentStatus.STORED:
            raise NotFound(str(attachment_id))
        name, content_type = attachment.original_name, attachment.content_type
        is_copy = attachment.clean_name is not None and not original
        if is_copy:
            name = attachment.clean_name
        content = self.parts.attachments.read(name or "")
        if is_copy and attachment.kind is AttachmentKind.DOCUMENT:
            content = _page(content, page)
        if is_copy and attachment.kind is AttachmentKind.VOICE:
            content_type = "audio/mpeg"
        elif is_copy:
            content_type = "image/jpeg" if content.startswith(b"\xff\xd8") else "image/png"
        self.record_daily(
            case, CaseEventKind.ATTACHMENT_OPENED, staff, f"{attachment_id}{'/original' if original else ''}"
        )
        extension = (content_type or "").rpartition("/")[2].replace("jpeg", "jpg")
        filename = f"{case_number}-{attachment_id}.{extension}"
        return OpenedFile(content, content_type or "application/octet-stream", filename, is_copy)

    def pending_since(self, moment: datetime) -> int:
        """How many files that came before `moment` still wait to be fetched."""
        waiting = select(func.count(Attachment.id)).where(
            Attachment.status == AttachmentStatus.PENDING, Attachment.received_at < moment
        )
        return self.session.scalar(waiting) or 0

    def _claimed(self, claim: MediaToFetch | FileToConvert) -> Attachment | None:
        return self.session.scalar(
            select(Attachment).where(Attachment.id == claim.attachment_id, Attachment.lease_token == claim.lease_token)
        )

    def _store(self, attachment: Attachment, content: bytes, examined: Examined) -> None:
        store = self.parts.attachments
        attachment.original_name = keep_with(self.session, store, content)
        attachment.clean_name = keep_with(self.session, store, examined.clean) if examined.clean else None
        attachment.content_type = examined.content_type
        attachment.size_bytes = len(content)
        attachment.sha256 = hashlib.sha256(content).hexdigest()
        attachment.status = AttachmentStatus.STORED
        attachment.lease_token = attachment.next_try_at = None
        if attachment.kind in _CONVERTED:
            attachment.copy_status, attachment.next_try_at, attachment.tries = CopyStatus.WAITING, self.now(), 0


def _page(copy: bytes, page: int) -> bytes:
    """The picture of one page. Raises NotFound for one that the copy does not hold."""
    _, pictures = read_pages(copy)
    if not 1 <= page <= len(pictures):
        raise NotFound(str(page))
    return pictures[page - 1]
