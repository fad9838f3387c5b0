from io import BytesIO

import filetype
from PIL import Image
from PIL.ExifTags import GPS, IFD

from simulator import samples


def test_the_recording_is_amr_by_content() -> None:
    assert filetype.guess_mime(samples.voice()) == "audio/amr"


def test_the_recording_is_whole_frames_of_twenty_milliseconds() -> None:
    frames = samples.voice().removeprefix(b"#!AMR\n")

    assert len(frames) == 32 * 50 * samples.VOICE_SECONDS
    # 0x3c: last frame of the group, 12.2 kbit/s, good quality.
    assert {frames[start] for start in range(0, len(frames), 32)} == {0x3C}


def test_the_picture_is_a_small_jpeg() -> None:
    picture = Image.open(BytesIO(samples.picture()))

    assert picture.format == "JPEG"
    assert len(samples.picture()) < 100_000


def test_the_picture_says_where_it_was_taken_so_that_removal_can_be_shown() -> None:
    position = Image.open(BytesIO(samples.picture())).getexif().get_ifd(IFD.GPSInfo)

    assert (position[GPS.GPSLatitudeRef], position[GPS.GPSLatitude]) == ("N", (30.0, 12.0, 34.5))
