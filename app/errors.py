"""Every refusal becomes a page in plain Chinese with the right status, in one place. No stack trace reaches anybody."""

import structlog
from flask import Flask, Response, make_response, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from app.requests import roll_back
from bot.words import Words
from domain.errors import (
    Conflict,
    DamagedFile,
    DomainError,
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotOurs,
    OutsideNetwork,
    StorageFailed,
    Throttled,
)

log = structlog.get_logger(__name__)

_STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    OutsideNetwork: 403,
    Conflict: 409,
    IllegalTransition: 409,
    InvalidInput: 400,
    NotOurs: 409,
    Throttled: 429,
    StorageFailed: 503,
    DamagedFile: 410,
}


def set_up_errors(app: Flask, words: Words) -> None:
    """Handlers for refusals, HTTP errors and everything else."""

    def page(status: int, code: str) -> Response:
        roll_back()
        message = words.error(code, status)
        return make_response(render_template("error.html", status=status, message=message), status)

    @app.errorhandler(DomainError)
    def refused(error: DomainError) -> Response:
        status = next((s for kind, s in _STATUS.items() if isinstance(error, kind)), 400)
        code = error.reason if isinstance(error, InvalidInput) else error.code
        return page(status, code)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        cause = getattr(error, "original_exception", None)
        if cause is not None:
            # Flask wraps what the commit raises, because it comes after the view: its own page says what was not kept.
            return make_response(app.handle_user_exception(cause))
        if error.response is not None:
            return make_response(error.response)
        answer = page(error.code or 500, f"http_{error.code}")
        for name, value in error.get_headers():
            if name == "Allow":
                answer.headers[name] = value
        return answer

    @app.errorhandler(SQLAlchemyError)
    def storage_error(error: SQLAlchemyError) -> Response:
        log.error("storage_failed", exc_info=error, endpoint=request.endpoint)
        return page(503, "storage")

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.error("unexpected", exc_info=error, endpoint=request.endpoint)
        return page(500, "http_500")
