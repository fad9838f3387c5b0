"""What a file really is, and a copy of it without what its maker did not mean to tell. Looks at bytes, never at labels."""

import io
from dataclasses import dataclass

import filetype
from PIL import Image, ImageOps, UnidentifiedImageError

from domain.errors import InvalidInput
from domain.terms import AttachmentKind

MAX_BYTES = 20 * 1024 * 1024
_MAX_PIXELS = 50_000_000

# What a citizen may attach. Voice from the platform is AMR (also under other labels) or SILK.
_ALLOWED = {
    AttachmentKind.IMAGE: frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"}),
    AttachmentKind.VOICE: frozenset(
        {"audio/amr", "audio/amr-wb", "audio/silk", "audio/mpeg", "audio/ogg", "audio/x-wav"}
    ),
    AttachmentKind.VIDEO: frozenset({"video/mp4", "video/quicktime", "video/3gpp"}),
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
    """Checks `content` against what it should be. Raises InvalidInput: empty, too_large, wrong_type or broken."""
    if not content:
        raise InvalidInput("attachment", "empty")
    if len(content) > MAX_BYTES:
        raise InvalidInput("attachment", "too_large")
    content_type = _type_of(content)
    if content_type not in _ALLOWED[kind]:
        raise InvalidInput("attachment", "wrong_type")
    clean = _without_metadata(content) if kind is AttachmentKind.IMAGE else None
    return Examined(content_type, clean)


def _type_of(content: bytes) -> str:
    for head, name in _VOICE_HEADS.items():
        if content.startswith(head):
            return name
    guess = filetype.guess(content)
    return str(guess.mime) if guess else "unknown"


def _without_metadata(content: bytes) -> bytes:
    """Only the pixels, upright, saved anew: position, camera, comments and anything appended are gone."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise InvalidInput("attachment", "too_large")
            upright = ImageOps.exif_transpose(picture)
            has_alpha = "A" in upright.getbands() or "transparency" in upright.info
            pixels = upright.convert("RGBA" if has_alpha else "RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidInput("attachment", "broken") from error
    fresh = Image.new(pixels.mode, pixels.size)
    fresh.paste(pixels)
    out = io.BytesIO()
    if has_alpha:
        fresh.save(out, "PNG")
    else:
        fresh.save(out, "JPEG", quality=88)
    return out.getvalue()
