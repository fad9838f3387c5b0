"""What a failed call to the platform means for the queue. Knows the error tables, not how a call is made."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class FailureKind(StrEnum):
    """What the worker has to do about a failure."""

    TRANSIENT = "transient"  # try again later, with back-off
    TOKEN = "token"  # noqa: S105  (a kind, not a secret) refreshed once and still refused: try later and alarm
    OPERATOR = "operator"  # stop sending, alarm an operator, keep the queue
    DAILY_QUOTA = "daily_quota"  # stop sending until midnight in Beijing
    WINDOW = "window"  # park until the citizen writes again, or take another channel
    FINAL_FOR_PERSON = "final_for_person"  # this person cannot be reached this way
    FINAL_CONTENT = "final_content"  # this message will never be taken: a programming or data error
    AMBIGUOUS = "ambiguous"  # it may have been sent: repeat only where the platform drops doubles


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure and its reason, free of secrets. `errcode` is None where the platform gave none.

    `retry_after` is the shortest wait that the platform named or that its limit implies; None leaves it to back-off.
    """

    kind: FailureKind
    reason: str
    errcode: int | None = None
    retry_after: timedelta | None = None


class PlatformError(Exception):
    """The only exception of the platform client.

    The value inside is frozen, the exception is not: the interpreter writes tracebacks onto it, and a frozen
    dataclass would fail there (contextlib assigns `__traceback__`).
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self._failure = failure

    @property
    def kind(self) -> FailureKind:
        """What to do about it."""
        return self._failure.kind

    @property
    def errcode(self) -> int | None:
        """The platform's own number, if it gave one."""
        return self._failure.errcode

    @property
    def retry_after(self) -> timedelta | None:
        """The shortest wait before another try, if one is known."""
        return self._failure.retry_after

    def __str__(self) -> str:
        code = "" if self.errcode is None else f" {self.errcode}"
        return f"{self.kind}{code}: {self._failure.reason}"


_K = FailureKind
_MINUTE = timedelta(minutes=1)

# The rows of the platform's error tables that these calls can meet.
ERRCODES: Mapping[int, tuple[FailureKind, str]] = {
    -1: (_K.TRANSIENT, "the platform is busy"),
    45011: (_K.TRANSIENT, "too many calls within a minute"),
    40001: (_K.TOKEN, "the token is not the latest one, or not this account's"),
    40014: (_K.TOKEN, "the token is not valid"),
    41001: (_K.TOKEN, "the token is missing"),
    42001: (_K.TOKEN, "the token has expired"),
    40013: (_K.OPERATOR, "the app id is wrong: check the settings"),
    40125: (_K.OPERATOR, "the app secret is wrong: check the settings"),
    40164: (_K.OPERATOR, "our outgoing address is not on the platform's list"),
    61004: (_K.OPERATOR, "our outgoing address is not on the platform's list (newer table)"),
    48001: (_K.OPERATOR, "the account may not call this: verification or permission is missing"),
    48004: (_K.OPERATOR, "the call is banned for this account"),
    50002: (_K.OPERATOR, "the account is restricted"),
    45009: (_K.DAILY_QUOTA, "the day's quota of calls is used up"),
    45015: (_K.WINDOW, "the citizen has not written within 48 hours, or does not follow"),
    45047: (_K.WINDOW, "five messages were sent since the citizen last wrote"),
    40003: (_K.FINAL_FOR_PERSON, "no such follower of this account"),
    43004: (_K.FINAL_FOR_PERSON, "the person does not follow the account"),
    43019: (_K.FINAL_FOR_PERSON, "the account blocked this person"),
    43101: (_K.WINDOW, "the person gave no consent, or it is used up: once he writes, he can be answered"),
    48002: (_K.FINAL_FOR_PERSON, "the person refuses messages of this account"),
    50005: (_K.FINAL_FOR_PERSON, "the person does not follow the account any more"),
    40007: (_K.FINAL_CONTENT, "no such media, or it is older than three days"),
    40033: (_K.FINAL_CONTENT, "the text holds characters that the platform refuses"),
    40037: (_K.FINAL_CONTENT, "no such template in this account"),
    44002: (_K.FINAL_CONTENT, "the body is empty"),
    45002: (_K.FINAL_CONTENT, "the text is longer than 2048 bytes"),
    45008: (_K.FINAL_CONTENT, "more than one article"),
    47001: (_K.FINAL_CONTENT, "the body is not the JSON it should be"),
    47003: (_K.FINAL_CONTENT, "a keyword does not fit the template"),
}


def failure_of_errcode(errcode: int, errmsg: str = "") -> Failure:
    """The failure that an `errcode` stands for; `errmsg` must be free of secrets already.

    A code outside the table counts as transient: it is tried again and given up visibly, neither lost nor a stop of the queue.
    """
    kind, reason = ERRCODES.get(errcode, (_K.TRANSIENT, "not in our table"))
    # The platform's sentence names what no table can: the address to be listed, the keyword that does not fit.
    reason = f"{reason} ({errmsg})" if errmsg else reason
    return Failure(kind, reason, errcode, _MINUTE if errcode == 45011 else None)


def failure_of_status(status: int, *, sends: bool, retry_after: str = "") -> Failure:
    """The failure behind an HTTP status without a readable body. `retry_after` is the header of that name, in seconds.

    502 and 504 come from a gateway: what stands behind it may have sent the message already. Any other 5xx says that
    nothing was done, and 3xx and 4xx that the address is not the platform's.
    """
    wait = timedelta(seconds=min(int(retry_after), 86_400)) if re.fullmatch(r"\d{1,9}", retry_after) else None
    reason = f"HTTP {status}"
    if status in {502, 504} and sends:
        return Failure(_K.AMBIGUOUS, reason, retry_after=wait)
    if status >= 500 or status in {408, 429}:
        return Failure(_K.TRANSIENT, reason, retry_after=wait)
    return Failure(_K.OPERATOR, f"{reason}: is the base address right?")


_CREDENTIAL = re.compile(r"(?i)\b((?:access_token|secret|appsecret|token)[\"']?\s*[=:]\s*[\"']?)[^\s&\"',}]+")
_LONGEST_REASON = 200


def scrub(text: str, secrets: Iterable[str]) -> str:
    """`text` on one line, cut to 200 characters, without the given secrets and without anything that looks like one."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    text = _CREDENTIAL.sub(r"\1***", text)
    return " ".join(text.split())[:_LONGEST_REASON]
