from datetime import timedelta

import pytest

from outbox.errors import ERRCODES, FailureKind, failure_of_errcode, failure_of_status, scrub

# The table of the protocol notes (1.10), written down a second time so that a slip in the first shows.
EXPECTED = {
    FailureKind.TRANSIENT: {-1, 45011},
    FailureKind.TOKEN: {40001, 40014, 42001, 41001},
    FailureKind.OPERATOR: {40013, 40125, 40164, 61004, 48001, 48004, 50002},
    FailureKind.DAILY_QUOTA: {45009},
    FailureKind.WINDOW: {45015, 45047, 43101},
    FailureKind.FINAL_FOR_PERSON: {40003, 43004, 43019, 48002, 50005},
    FailureKind.FINAL_CONTENT: {40007, 40037, 44002, 45002, 45008, 47001, 47003, 40033},
}


@pytest.mark.parametrize(("kind", "errcode"), [(kind, code) for kind, codes in EXPECTED.items() for code in codes])
def test_every_documented_errcode_has_its_kind(kind: FailureKind, errcode: int) -> None:
    assert failure_of_errcode(errcode).kind is kind


def test_the_table_holds_no_code_that_was_not_checked() -> None:
    assert set(ERRCODES) == set().union(*EXPECTED.values())


def test_every_row_has_a_reason() -> None:
    assert [code for code, (_, reason) in ERRCODES.items() if len(reason) < 10] == []


def test_an_unknown_errcode_is_tried_again_and_keeps_its_number() -> None:
    failure = failure_of_errcode(99999)

    assert (failure.kind, failure.errcode) == (FailureKind.TRANSIENT, 99999)


def test_the_minute_limit_says_how_long_to_wait() -> None:
    assert failure_of_errcode(45011).retry_after == timedelta(minutes=1)


def test_the_platforms_own_sentence_stands_behind_the_reason() -> None:
    assert "invalid ip 203.0.113.9" in failure_of_errcode(40164, "invalid ip 203.0.113.9").reason


@pytest.mark.parametrize(
    ("status", "sends", "kind"),
    [
        (500, True, FailureKind.TRANSIENT),
        (503, True, FailureKind.TRANSIENT),
        (502, True, FailureKind.AMBIGUOUS),
        (504, True, FailureKind.AMBIGUOUS),
        (504, False, FailureKind.TRANSIENT),
        (429, True, FailureKind.TRANSIENT),
        (408, True, FailureKind.TRANSIENT),
        (302, True, FailureKind.OPERATOR),
        (403, True, FailureKind.OPERATOR),
        (404, False, FailureKind.OPERATOR),
    ],
)
def test_a_status_without_a_body_is_judged(status: int, sends: bool, kind: FailureKind) -> None:
    assert failure_of_status(status, sends=sends).kind is kind


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("30", timedelta(seconds=30)),
        ("999999999", timedelta(days=1)),
        ("", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-5", None),
        ("３０", timedelta(seconds=30)),
    ],
)
def test_retry_after_is_read_in_seconds_and_bounded(header: str, wait: timedelta | None) -> None:
    assert failure_of_status(503, sends=True, retry_after=header).retry_after == wait


def test_scrubbing_removes_the_given_secrets() -> None:
    assert scrub("app s3cr3t and tok3n", ("s3cr3t", "tok3n", "")) == "app *** and ***"


def test_scrubbing_removes_the_longer_of_two_secrets_first() -> None:
    assert scrub("abcdef", ("abc", "abcdef")) == "***"


@pytest.mark.parametrize(
    "text",
    [
        "GET /cgi-bin/x?access_token=LEAKED&openid=1",
        '{"secret": "LEAKED"}',
        "secret=LEAKED",
        "appsecret: LEAKED",
    ],
)
def test_scrubbing_removes_what_looks_like_a_credential(text: str) -> None:
    assert "LEAKED" not in scrub(text, ())


def test_scrubbed_text_is_one_line_of_bounded_length() -> None:
    scrubbed = scrub("a\nb\r\n" + "c" * 1000, ())

    assert "\n" not in scrubbed
    assert len(scrubbed) == 200
