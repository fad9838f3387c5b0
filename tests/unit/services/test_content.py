import io

import pytest
from PIL import Image

from domain.errors import InvalidInput
from domain.terms import AttachmentKind
from services.content import MAX_BYTES, examine


def jpeg_with_position() -> bytes:
    picture = Image.new("RGB", (40, 20), "red")
    exif = Image.Exif()
    exif[0x010F] = "camera maker"
    exif[0x0112] = 6  # turned by ninety degrees
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"who took it")
    return out.getvalue()


def test_a_picture_is_shown_without_position_camera_or_comment():
    clean = examine(jpeg_with_position() + b"<script>appended</script>", AttachmentKind.IMAGE).clean

    picture = Image.open(io.BytesIO(clean))
    assert dict(picture.getexif()) == {}
    assert b"camera maker" not in clean
    assert b"who took it" not in clean
    assert b"script" not in clean


def test_a_turned_picture_is_shown_upright():
    clean = examine(jpeg_with_position(), AttachmentKind.IMAGE).clean

    assert Image.open(io.BytesIO(clean)).size == (20, 40)


def test_a_transparent_picture_stays_transparent():
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")

    assert Image.open(io.BytesIO(examine(out.getvalue(), AttachmentKind.IMAGE).clean)).mode == "RGBA"


@pytest.mark.parametrize(
    ("content", "kind", "expected"),
    [
        (b"#!AMR\n\x3c\x00", AttachmentKind.VOICE, "audio/amr"),
        (b"#!AMR-WB\n\x00", AttachmentKind.VOICE, "audio/amr-wb"),
        (b"\x02#!SILK_V3\x00", AttachmentKind.VOICE, "audio/silk"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", AttachmentKind.VIDEO, "video/mp4"),
    ],
)
def test_voice_and_video_are_known_by_their_first_bytes(content, kind, expected):
    assert examine(content, kind).content_type == expected


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"", AttachmentKind.IMAGE, "empty"),
        (b"x" * (MAX_BYTES + 1), AttachmentKind.IMAGE, "too_large"),
        (b'{"errcode":40007,"errmsg":"invalid media_id"}', AttachmentKind.VOICE, "wrong_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", AttachmentKind.IMAGE, "wrong_type"),
        (b"MZ\x90\x00 an executable", AttachmentKind.VIDEO, "wrong_type"),
        (b"#!AMR\n\x3c", AttachmentKind.IMAGE, "wrong_type"),
        (b"\xff\xd8\xff\xe0 broken jpeg", AttachmentKind.IMAGE, "broken"),
    ],
)
def test_what_may_not_be_kept_is_refused_with_its_reason(content, kind, reason):
    with pytest.raises(InvalidInput) as refused:
        examine(content, kind)

    assert refused.value.reason == reason
