import io
import json
import logging

import pytest
import structlog

from app.logs import FORBIDDEN, set_up_logs


@pytest.fixture
def lines(monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    set_up_logs("INFO")
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize("key", sorted(FORBIDDEN))
def test_a_forbidden_key_never_shows_its_value(lines, key):
    structlog.get_logger("x").info("event", **{key: "o-secret-value"})

    assert "o-secret-value" not in json.dumps(lines())


def test_an_error_is_logged_by_place_and_not_by_what_it_says(lines):
    try:
        raise ValueError("o-secret-value")
    except ValueError:
        structlog.get_logger("x").exception("failed")

    [line] = lines()
    assert "o-secret-value" not in json.dumps(line)
    assert "test_logs.py" in line["exception"]


def test_ids_and_codes_are_logged(lines):
    structlog.get_logger("x").info("fetched", attachment_id=7)

    assert lines()[0]["attachment_id"] == 7


def test_other_libraries_log_in_the_same_form(lines):
    logging.getLogger("some.library").warning("careful")

    assert lines()[0]["event"] == "careful"
