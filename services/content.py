"""What a file really is, and a copy of it without what its maker did not mean to tell. Looks at bytes, never at labels."""

from dataclasses import dataclass

import filetype

from domain.errors import InvalidInput
from domain.terms import AttachmentKind
from services.conversion import clean_picture

MAX_BYTES = 20 * 1024 * 1024

# What a citizen may attach. Voice from the platform is AMR (also under other labels) or SILK.
_ALLOWED = {
    AttachmentKind.IMAGE: frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"}),
    AttachmentKind.VOICE: frozenset(
        {"audio/amr", "audio/amr-wb", "audio/silk", "audio/mpeg", "audio/ogg", "audio/x-wav"}
    ),
    AttachmentKind.VIDEO: frozenset({"video/mp4", "video/quicktime", "video/3gpp"}),
    AttachmentKind.DOCUMENT: frozenset({"application/pdf"}),
}
_VOICE_HEADS = {
    b"#!AMR\n": "audio/amr",
    b"#!AMR-WB\n": "audio/amr-wb",
    b"#!SILK_V3": "audio/silk",
    b"\x02#!SILK_V3": "audio/silk",
}


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept: the real type of the original, and for pictures a clean copy (JPEG or PNG) for display."""

    content_type: str
    clean: bytes | None


def examine(content: bytes, kind: AttachmentKind) -> Examined:
    """Checks `content` against what it should be. Raises InvalidInput: empty, too_large, wrong_type or broken.

    Takes its time: to be called before a transaction is opened.
    """
    if not content:
        raise InvalidInput("attachment", "empty")
    if len(content) > MAX_BYTES:
        raise InvalidInput("attachment", "too_large")
    content_type = _type_of(content)
    if content_type not in _ALLOWED[kind]:
        raise InvalidInput("attachment", "wrong_type")
    clean = clean_picture(content) if kind is AttachmentKind.IMAGE else None
    return Examined(content_type, clean)


def kind_of_label(mimetype: str | None) -> AttachmentKind:
    """What an uploaded file claims to be; `examine` looks whether it is."""
    claimed = mimetype or ""
    if claimed == "application/pdf":
        return AttachmentKind.DOCUMENT
    kinds = {"audio": AttachmentKind.VOICE, "video": AttachmentKind.VIDEO}
    return kinds.get(claimed.partition("/")[0], AttachmentKind.IMAGE)


def _type_of(content: bytes) -> str:
    for head, name in _VOICE_HEADS.items():
        if content.startswith(head):
            return name
    guess = filetype.guess(content)
    return str(guess.mime) if guess else "unknown"
