"""A PDF is drawn page by page in a process with limits; what cannot be drawn has a word for it, and harms nobody."""

import io
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from domain.errors import InvalidInput
from domain.terms import AttachmentKind
from services import converter
from services.conversion import copy_for_display, pictured_pages, read_pages
from simulator.samples import document

LINE = b"0 0 m 500 500 l S "


def pdf(pages=1, drawing=LINE, media="0 0 595 842", trailer=b""):
    """A PDF of as many pages that all carry the same drawing."""
    packed = zlib.compress(drawing, 9)
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids),
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 3 0 R >>" % media.encode()] * pages,
    ]
    out, places = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, content in enumerate(objects, 1):
        places += b"%010d 00000 n \n" % len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n%strailer\n<< /Size %d /Root 1 0 R %s >>\n" % (
        len(objects) + 1,
        places,
        len(objects) + 1,
        trailer,
    )
    return out + table + b"startxref\n%d\n%%%%EOF" % len(out)


def with_a_password():
    """No password opens it, so certainly not the empty one."""
    handler = b"/V 1 /R 2 /O (%s) /U (%s) /P -4" % (b"o" * 32, b"u" * 32)
    return pdf(trailer=b"/Encrypt << /Filter /Standard %s >> /ID [<00> <00>]" % handler)


def sizes(copy):
    return [Image.open(io.BytesIO(picture)).size for picture in read_pages(copy.content)[1]]


def test_each_page_becomes_a_picture():
    copy = pictured_pages(document(3))

    assert (copy.pages, copy.pages_shown) == (3, 3)
    assert sizes(copy) == [(1200, pytest.approx(1698, abs=2))] * 3


def test_what_the_file_says_of_its_maker_is_in_no_picture():
    maker = "Simulator".encode("utf-16-be")
    copy = pictured_pages(document()).content

    assert maker in document()
    assert (maker in copy, b"Simulator" in copy) == (False, False)


def test_the_pages_show_what_the_document_shows():
    [picture] = read_pages(pictured_pages(pdf(drawing=b"1 0 0 rg 0 0 595 842 re f")).content)[1]
    red, green, blue = Image.open(io.BytesIO(picture)).getpixel((600, 800))

    assert (red > 240, green < 15, blue < 15) == (True, True, True)


def test_of_ten_thousand_pages_the_first_ten_are_shown():
    copy = pictured_pages(pdf(10_000))

    assert (copy.pages, copy.pages_shown) == (10_000, 10)


@pytest.mark.parametrize("media", ["0 0 14400 1", "0 0 0.001 14400", "0 0 1000000000 1000000000", "0 0 0 0"])
def test_a_page_of_a_mad_size_is_a_small_picture(media):
    [(width, height)] = sizes(pictured_pages(pdf(media=media)))

    assert (width <= 1201, height <= 2401) == (True, True)


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7\n", document()[:5000], b"%PDF-" + b"x" * 10_000, pdf(0), pdf(drawing=bytes(1_000_000_000))],
    ids=["empty", "only a head", "cut off", "rubbish", "no page", "a bomb"],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_falls_over(content):
    with pytest.raises(InvalidInput, match="copy_broken"):
        copy_for_display(content, AttachmentKind.DOCUMENT, "application/pdf")


def test_what_wants_a_password_says_so():
    with pytest.raises(InvalidInput, match="copy_encrypted"):
        copy_for_display(with_a_password(), AttachmentKind.DOCUMENT, "application/pdf")


def test_pages_that_take_too_long_are_left_out(monkeypatch):
    monkeypatch.setattr("time.process_time", iter([0, 0, converter.CPU_SECONDS]).__next__)
    pages, pictures = read_pages(converter.document(pdf(4)))

    assert (pages, len(pictures)) == (4, 2)


def test_a_page_that_cannot_be_drawn_ends_what_is_shown(monkeypatch):
    drawn = iter([b"\xff\xd8\xff one", b"\xff\xd8\xff two"])
    monkeypatch.setattr(converter, "_drawn", lambda page: next(drawn))
    monkeypatch.setattr("time.process_time", lambda: 0)

    assert read_pages(converter.document(pdf(4))) == (4, (b"\xff\xd8\xff one", b"\xff\xd8\xff two"))


@given(st.binary(max_size=200))
def test_what_is_no_copy_of_ours_is_never_shown(rubbish):
    with pytest.raises(InvalidInput):
        read_pages(rubbish)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_copy_that_was_cut_is_no_copy(data):
    whole = b"\x00\x00\x00\x01\x00\x00\x00\x06\xff\xd8\xffabc"
    assert read_pages(whole) == (1, (b"\xff\xd8\xffabc",))
    with pytest.raises(InvalidInput):
        read_pages(whole[: data.draw(st.integers(0, len(whole) - 1))])
