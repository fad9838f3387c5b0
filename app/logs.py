"""Structured logs, one JSON object a line. Carries ids and codes; whatever could name a person or hold a statement is removed."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

# Keys that may never appear, whoever writes the line. A test logs each of them and looks.
FORBIDDEN = frozenset(
    {
        "openid", "statement", "text", "content", "name", "contact", "phone", "password", "token", "secret",
        "query_code", "reply", "raw", "body_text", "url", "query", "ip", "remote_addr", "access_token",
    }
)  # fmt: skip


def remove_personal_data(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> Mapping[str, Any] | str | bytes | bytearray | tuple[Any, ...]:
    """Replaces the values of forbidden keys; an exception keeps its type and place, not its message."""
    for key in FORBIDDEN & event.keys():
        event[key] = "[removed]"
    return event


def set_up_logs(level: str) -> None:
    """Sends structlog and the standard library's loggers to standard error as JSON lines."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        remove_personal_data,
        structlog.processors.ExceptionRenderer(_frames_only),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Their lines carry whole addresses, and with them tokens and signatures, or say what nobody asked.
    for noisy in ("urllib3", "requests", "werkzeug", "wechatpy", "jieba", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _frames_only(exc_info: Any) -> str:
    """Type and places of an error. Its message may quote what somebody wrote (a database error quotes parameters)."""
    kind, _value, trace = exc_info
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return f"{kind.__name__} at " + " < ".join(reversed(frames[-8:]))
