"""Files that are too many or too large: said on the person's own page, with what was written still there."""

import io

import pytest

from services import uploads
from tests.target import Visitor, aimed_at

STORY = "城管的协管员每个月来店里收五十块钱，没有票。"


@pytest.fixture
def target(tmp_path, template_database):
    with aimed_at(tmp_path, template_database) as target:
        yield target


@pytest.fixture
def visitor(target):
    return Visitor(target)


def files(*sizes):
    return [(io.BytesIO(bytes(size)), f"{number}.jpg", "image/jpeg") for number, size in enumerate(sizes)]


def test_files_beyond_what_the_page_promises_keep_the_text_on_the_page(visitor, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_TOTAL", 20)
    answer = visitor.reports(statement=STORY, files=files(9, 9, 9))

    assert answer.status_code == 400
    assert "文件加起来超过 20 MB" in answer.text
    assert STORY in answer.text


def test_what_is_larger_than_anything_is_told_how_to_go_on(target):
    answer = target.app.test_client().post(
        "/report", input_stream=io.BytesIO(b"--x"), content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(80 << 20)},
    )  # fmt: skip

    assert answer.status_code == 413
    assert "后退" in answer.text
