"""A program of its own: reads a file of a citizen on standard input, writes what may be shown of it on standard output.

It runs without our settings, so without any key, and takes its limits upon itself before it looks at a single byte: who
finds a hole in a decoder finds himself in an empty room. Imports nothing of ours; `services/conversion.py` starts it.
"""

import io
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

MAX_OUTPUT = 20 * 1024 * 1024
CPU_SECONDS = 20
MEMORY = 1536 * 1024 * 1024
BROKEN, TOO_LARGE, ENCRYPTED = 3, 4, 5

_MAX_PIXELS = 50_000_000
_LONGEST_SIDE = 4_000  # of what is shown; the original can be downloaded
# Speech: what the platform records has 8 kHz; every browser plays MP3 of 16 kHz.
_RATE = 16_000
_BITS = 32_000
_PAGES = 10  # of a document; who needs more of it opens the original
_PAGE_WIDTH, _PAGE_HEIGHT = 1_200, 2_400
# No page is begun later: what there is by then is shown, before the kernel ends the process with all of it.
_LAST_PAGE_BEGINS = CPU_SECONDS / 2
# Never guessed by the library: some formats are lists of other files to open.
_DEMUXERS = {
    "audio/amr": "amr",
    "audio/amr-wb": "amr",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/x-wav": "wav",
}
_PASSWORD_NEEDED = 4  # FPDF_ERR_PASSWORD of PDFium


class Refused(Exception):
    """The file cannot be shown. `code` is the program's exit code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def image(content: bytes) -> bytes:
    """Only the pixels, upright, saved anew: position, camera, comments and anything appended are gone."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "GIF", "WEBP", "BMP")) as picture:
            if picture.width * picture.height > _MAX_PIXELS:
                raise Refused(TOO_LARGE)
            picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            has_alpha = "A" in upright.getbands() or "transparency" in upright.info
            pixels = upright.convert("RGBA" if has_alpha else "RGB")
    except Refused:
        raise
    except Exception as error:  # decoders of broken files raise anything
        raise Refused(BROKEN) from error
    fresh = Image.new(pixels.mode, pixels.size)
    fresh.paste(pixels)
    out = io.BytesIO()
    if has_alpha:
        fresh.save(out, "PNG")
    else:
        fresh.save(out, "JPEG", quality=88)
    return out.getvalue()


def voice(content: bytes, content_type: str) -> bytes:
    """The recording as MP3, up to where it can be decoded."""
    import av

    demuxer = _DEMUXERS.get(content_type)
    if demuxer is None:
        raise Refused(BROKEN)
    out = io.BytesIO()
    resampler = av.AudioResampler(format="s16p", layout="mono", rate=_RATE)
    heard = 0
    try:
        with av.open(io.BytesIO(content), "r", format=demuxer) as source, av.open(out, "w", format="mp3") as target:
            track = target.add_stream("libmp3lame", rate=_RATE, layout="mono", options={"b": str(_BITS)})
            try:
                for frame in source.decode(source.streams.audio[0]):
                    frame.pts = None
                    for fresh in resampler.resample(frame):
                        target.mux(track.encode(fresh))
                        heard += fresh.samples
                    if out.tell() > MAX_OUTPUT:
                        raise Refused(TOO_LARGE)
            except av.error.FFmpegError:
                if not heard:
                    raise
            for fresh in resampler.resample(None):
                target.mux(track.encode(fresh))
            target.mux(track.encode(None))
    except Refused:
        raise
    except Exception as error:
        raise Refused(BROKEN) from error
    if not heard:
        raise Refused(BROKEN)
    return out.getvalue()


def document(content: bytes) -> bytes:
    """The first pages of a PDF as JPEG, up to where they can be drawn; what it would run or open on a click is not in them.

    How many pages the document has, in four bytes, then each picture after its length in four bytes.
    """
    import pypdfium2

    pictures: list[bytes] = []
    try:
        pdf = pypdfium2.PdfDocument(content)
        pdf.init_forms()  # before anything else is asked: what somebody filled in is to be seen
        pages = len(pdf)
        try:
            for number in range(min(pages, _PAGES)):
                if time.process_time() > _LAST_PAGE_BEGINS:
                    break
                pictures.append(_drawn(pdf[number]))
                if sum(map(len, pictures)) > MAX_OUTPUT // 2:
                    break
        except Exception:  # a page that cannot be drawn: those before it are shown
            if not pictures:
                raise
    except pypdfium2.PdfiumError as error:
        raise Refused(ENCRYPTED if error.err_code == _PASSWORD_NEEDED else BROKEN) from error
    except Exception as error:  # decoders of broken files raise anything
        raise Refused(BROKEN) from error
    if not pictures:
        raise Refused(BROKEN)
    return b"".join([_number(pages), *(_number(len(picture)) + picture for picture in pictures)])


def _drawn(page: Any) -> bytes:
    width, height = page.get_size()
    drawn = page.render(scale=min(_PAGE_WIDTH / width, _PAGE_HEIGHT / height)).to_pil().convert("RGB")
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=82)
    return out.getvalue()


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")


def limit() -> None:
    """Processor time, memory, no file written, hardly any opened, no memory image on a crash."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


_MAKERS: dict[str, Callable[..., bytes]] = {"image": image, "voice": voice, "document": document}


def main(arguments: list[str]) -> int:
    """`converter.py image`, `converter.py document` or `converter.py voice <content type>`."""
    limit()
    content = sys.stdin.buffer.read()
    try:
        shown = _MAKERS[arguments[0]](content, *arguments[1:])
    except (Refused, MemoryError) as error:
        return error.code if isinstance(error, Refused) else TOO_LARGE
    if len(shown) > MAX_OUTPUT:
        return TOO_LARGE
    sys.stdout.buffer.write(shown)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
