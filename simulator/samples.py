"""A picture, a recording and a document for those who have none at hand, made in code. Nothing real is in them but a false position."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw
from PIL.ExifTags import GPS, IFD, Base

# 12.2 kbit/s, 32 bytes, 20 ms: the coder's output for silence.
_SILENT_FRAME = bytes.fromhex("3c9117 16be66 79e1e0 01e7af f00000 0080" + "00" * 15)
_FRAMES_A_SECOND = 50
VOICE_SECONDS = 3


@cache
def voice() -> bytes:
    """Three seconds of silence as AMR narrow band, the form in which the platform hands out recordings."""
    return b"#!AMR\n" + _SILENT_FRAME * (_FRAMES_A_SECOND * VOICE_SECONDS)


@cache
def picture() -> bytes:
    """A JPEG of a sealed workshop door. Its EXIF holds a position, so that it can be seen whether that is removed."""
    image = Image.new("RGB", (720, 540), "#c9dbe8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 400, 720, 540), fill="#8d8677")
    draw.rectangle((60, 120, 660, 420), fill="#b5654a")
    for row in range(12):
        top = 120 + row * 25
        draw.line((60, top, 660, top), fill="#9c5540", width=2)
        for left in range(60 + (row % 2) * 30, 660, 60):
            draw.line((left, top, left, top + 25), fill="#9c5540", width=2)
    draw.polygon(((40, 125), (360, 45), (680, 125)), fill="#5d4a41")
    draw.rectangle((260, 190, 460, 420), fill="#4c5b61")
    draw.line((360, 190, 360, 420), fill="#2d373b", width=4)
    for start, end in (((250, 215), (470, 405)), ((470, 215), (250, 405))):
        draw.line((start, end), fill="#f3efe2", width=26)
    draw.rounded_rectangle((300, 268, 420, 352), radius=6, fill="#fbf8ee", outline="#b9b29b", width=2)
    draw.ellipse((334, 282, 386, 334), outline="#c8372d", width=5)
    for line in range(2):
        draw.line((312, 338 + line * 7, 408, 338 + line * 7), fill="#8b8878", width=3)
    exif = Image.Exif()
    exif[Base.Make] = "Simulator"
    exif[Base.DateTime] = "2026:11:20 15:04:05"
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (30.0, 12.0, 34.5),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (114.0, 45.0, 6.7),
        }
    )
    out = BytesIO()
    image.save(out, "JPEG", quality=82, exif=exif)
    return out.getvalue()


@cache
def document(pages: int = 3) -> bytes:
    """A PDF as a telephone scans a receipt book. Its file says who made it, so that it can be seen that no page does."""
    scans = [_receipt(number) for number in range(1, pages + 1)]
    out = BytesIO()
    scans[0].save(out, "PDF", save_all=True, append_images=scans[1:], resolution=72, author="Simulator")
    return out.getvalue()


def _receipt(number: int) -> Image.Image:
    paper = Image.new("RGB", (595, 842), "#fbfaf5")
    draw = ImageDraw.Draw(paper)
    draw.rectangle((50, 60, 545, 400), outline="#a33", width=2)
    for line in range(6):
        draw.line((70, 160 + line * 35, 525, 160 + line * 35), fill="#b9b29b", width=1)
    draw.ellipse((400, 290, 500, 390), outline="#c8372d", width=5)
    draw.text((80, 80), f"No. {number:06}", fill="#222", font_size=32)
    return paper
