"""A program of its own: reads a file of a citizen on standard input, writes what may be shown of it on standard output.

It runs without our settings, so without any key, and takes its limits upon itself before it looks at a single byte: who
finds a hole in a decoder finds himself in an empty room. Imports nothing of ours; `services/conversion.py` starts it.
"""

import io
import resource
import sys

MAX_OUTPUT = 20 * 1024 * 1024
CPU_SECONDS = 20
MEMORY = 1536 * 1024 * 1024
BROKEN, TOO_LARGE = 3, 4

_MAX_PIXELS = 50_000_000
_LONGEST_SIDE = 4_000  # of what is shown; the original can be downloaded
# Speech: what the platform records has 8 kHz; every browser plays MP3 of 16 kHz.
_RATE = 16_000
_BITS = 32_000
# Never guessed by the library: some formats are lists of other files to open.
_DEMUXERS = {
    "audio/amr": "amr",
    "audio/amr-wb": "amr",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/x-wav": "wav",
}


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


def main(arguments: list[str]) -> int:
    """`converter.py image` or `converter.py voice <content type>`."""
    limit()
    content = sys.stdin.buffer.read()
    try:
        shown = image(content) if arguments[0] == "image" else voice(content, arguments[1])
    except (Refused, MemoryError) as error:
        return error.code if isinstance(error, Refused) else TOO_LARGE
    if len(shown) > MAX_OUTPUT:
        return TOO_LARGE
    sys.stdout.buffer.write(shown)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
