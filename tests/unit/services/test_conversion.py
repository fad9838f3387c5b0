"""What citizens send is decoded in a process of its own, with limits and without any key."""

import io
import os
import subprocess
import sys
import wave

import av
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.errors import InvalidInput, StorageFailed
from services import conversion, converter
from services.conversion import clean_picture, playable_voice
from simulator.samples import VOICE_SECONDS, picture, voice

TYPES = sorted(converter._DEMUXERS)


def seconds(mp3):
    with av.open(io.BytesIO(mp3), "r", format="mp3") as recording:
        return sum(frame.samples / frame.sample_rate for frame in recording.decode(audio=0))


def wav(length):
    out = io.BytesIO()
    with wave.open(out, "wb") as recording:
        recording.setparams((2, 2, 44_100, 0, "NONE", ""))
        recording.writeframes(b"\x01\x10" * 2 * 44_100 * length)
    return out.getvalue()


def test_a_recording_of_the_platform_becomes_one_that_a_browser_plays():
    assert seconds(playable_voice(voice(), "audio/amr")) == pytest.approx(VOICE_SECONDS, abs=0.3)


def test_a_recording_of_the_form_is_converted_as_well():
    assert seconds(playable_voice(wav(2), "audio/x-wav")) == pytest.approx(2, abs=0.3)


def test_a_recording_that_was_cut_off_plays_up_to_there():
    assert seconds(playable_voice(voice()[:1000], "audio/amr")) == pytest.approx(0.62, abs=0.3)


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(b"", "audio/amr"), (b"#!AMR\n\x3c", "audio/amr"), (b"\x02#!SILK_V3\x00", "audio/silk"), (wav(1), "audio/amr")],
)
def test_what_cannot_be_decoded_is_refused(content, content_type):
    with pytest.raises(InvalidInput, match="broken"):
        playable_voice(content, content_type)


def test_a_playlist_under_a_false_name_opens_no_other_file(tmp_path):
    secret = tmp_path / "other.wav"
    secret.write_bytes(wav(1))
    playlist = f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n".encode()
    for content_type in TYPES:
        with pytest.raises(converter.Refused):
            converter.voice(playlist, content_type)


def test_a_picture_that_is_small_in_bytes_and_huge_in_pixels_is_refused():
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")

    assert len(out.getvalue()) < 20_000
    with pytest.raises(InvalidInput, match="too_large"):
        clean_picture(out.getvalue())


def test_a_large_photograph_is_shown_smaller():
    out = io.BytesIO()
    Image.new("RGB", (6000, 3000), "red").save(out, "JPEG")

    assert Image.open(io.BytesIO(clean_picture(out.getvalue()))).size == (4000, 2000)


# ── the limits ───────────────────────────────────────────────────────────────────────────────────
def under_limits(code, folder="."):
    """Runs code in a process that took the converter's limits upon itself."""
    program = (
        f"import importlib.util as u; s = u.spec_from_file_location('c', {str(converter.__file__)!r}); "
        f"c = u.module_from_spec(s); s.loader.exec_module(c); c.CPU_SECONDS = 1; c.limit()\n{code}"
    )
    return subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, timeout=60, check=False, cwd=folder
    )


@pytest.mark.parametrize(
    ("code", "sign"),
    [
        ("bytearray(4_000_000_000)", b"MemoryError"),
        ("import os; os.write(os.open('a-file', os.O_CREAT | os.O_WRONLY), b'x')", b"File too large"),
        ("files = [open('/dev/null') for _ in range(100)]", b"Too many open files"),
    ],
)
def test_memory_files_and_open_files_are_limited(code, sign, tmp_path):
    assert sign in under_limits(code, tmp_path).stderr


def test_processor_time_is_limited():
    assert under_limits("while True: pass").returncode < 0


def a_program(tmp_path, monkeypatch, code):
    program = tmp_path / "program.py"
    program.write_text(code)
    monkeypatch.setattr(conversion, "_PROGRAM", program)


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.stdin.buffer.read(); sys.exit(1)",
        "import os; os.abort()",
        "import sys; sys.stdin.buffer.read()",  # says nothing
        "import sys; sys.stdout.buffer.write(b'x' * 30_000_000)",  # says too much
        "import time; time.sleep(60)",
    ],
    ids=["fails", "crashes", "silent", "too much", "never ends"],
)
def test_a_converter_that_goes_wrong_is_a_file_that_cannot_be_shown(tmp_path, monkeypatch, code):
    a_program(tmp_path, monkeypatch, code)
    monkeypatch.setattr(conversion, "_SECONDS", 3)

    with pytest.raises(InvalidInput, match="broken"):
        clean_picture(b"x" * 1_000_000)


def test_the_converter_is_handed_no_setting_and_no_key(tmp_path, monkeypatch):
    a_program(tmp_path, monkeypatch, "import os, sys; sys.stdout.write(' '.join(os.environ))")
    monkeypatch.setenv("QIAOMEN_DATA_KEYS", "secret")

    assert set(clean_picture(b"x").decode().split()) <= {"PATH", "LANG", "LC_CTYPE", "MALLOC_ARENA_MAX"}


def test_without_room_for_a_process_the_person_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr(sys, "executable", os.devnull)
    with pytest.raises(StorageFailed):
        clean_picture(picture())


def small_photograph():
    out = io.BytesIO()
    Image.effect_noise((24, 16), 60).convert("RGB").save(out, "JPEG", quality=60, comment=b"x")
    return out.getvalue()


SMALL = small_photograph()


# ── any bytes at all ─────────────────────────────────────────────────────────────────────────────
def mutated(whole):
    """Samples with some bytes changed, cut out or doubled."""
    change = st.tuples(st.integers(0, len(whole) - 1), st.integers(1, 40), st.binary(max_size=40))

    def apply(changes):
        content = bytearray(whole)
        for start, length, put in changes:
            content[start : start + length] = put
        return bytes(content)

    return st.lists(change, min_size=1, max_size=8).map(apply)


@settings(max_examples=100)
@given(mutated(SMALL) | st.binary(max_size=200))
@example(b"")
def test_any_picture_is_either_shown_clean_or_refused(content):
    try:
        shown = converter.image(content)
    except converter.Refused:
        return
    assert dict(Image.open(io.BytesIO(shown)).getexif()) == {}


@settings(max_examples=100)
@given(mutated(voice()[:1500]) | mutated(wav(1)[:1500]) | st.binary(max_size=200), st.sampled_from(TYPES))
def test_any_recording_is_either_played_or_refused(content, content_type):
    try:
        played = converter.voice(content, content_type)
    except converter.Refused:
        return
    assert seconds(played) >= 0
