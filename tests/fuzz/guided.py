"""Coverage-guided fuzzing of what reads strangers' bytes first: `make fuzz`. Stops at anything but the refusals meant for it.

Not a test of the suite: atheris has no wheel for every Python, and finds more the longer it runs.
"""

import sys

import atheris

with atheris.instrument_imports(include=["bot.wechat", "app.sealed_file", "models.sealing"]):
    import io

    from app.sealed_file import BrokenFile, SealedReader
    from bot.wechat.codec import parse
    from bot.wechat.envelope import Envelope, ProtocolError, sign
    from models.sealing import Keyring, SealError, use_keyring

RING = Keyring([b"k" * 32])
use_keyring(RING)
ENVELOPE = Envelope("token", "wx1", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE")


def read_document(data: bytes) -> None:
    """A push, as it is after the envelope was opened."""
    try:
        parse(data)
    except ProtocolError:
        return


def open_envelope(data: bytes) -> None:
    """A cipher text that is rightly signed, and whatever else it is."""
    text = data.decode("utf-8", "replace")
    try:
        ENVELOPE.open(text, sign("token", "1", "2", text), "1", "2")
    except ProtocolError:
        return


def open_seal(data: bytes) -> None:
    """A value of the database that somebody wrote over."""
    for sealed in (data, RING.first_head + data):
        try:
            RING.open(sealed, "column")
        except SealError:
            continue
        raise AssertionError("opened what was never sealed")


def read_backup(data: bytes) -> None:
    """A file that may be a backup."""
    try:
        SealedReader(io.BytesIO(b"qiaomen sealed file 1\n" + data)).read()
    except BrokenFile:
        return


TARGETS = (read_document, open_envelope, open_seal, read_backup)


def one_input(data: bytes) -> None:
    """The first byte chooses the door."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1:])


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
