"""Error pages: what happened, and what to do now."""

import errno

import structlog
from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from certhub.auth import kept_form
from certhub.database import give_up
from certhub.filestore import FileMissing
from certhub.queries.visibility import NotVisible
from certhub.rules.refusal import Refusal

log = structlog.get_logger("certhub.web")

_TEXTS: dict[int, tuple[str, str]] = {
    400: (
        "That request could not be read",
        "Something in the address or the form is not in order. Go back and try again.",
    ),
    403: (
        "You cannot open this page",
        "Your account does not include this. If your work needs it, ask a DPH administrator.",
    ),
    404: (
        "We could not find that page",
        "It may have moved, or your account does not include it. Check the address, or start again from the home page.",
    ),
    405: (
        "That cannot be done here",
        "The page does not take this kind of request. Go back and use the buttons on the page.",
    ),
    409: (
        "That is not possible now",
        "Somebody else changed the record at the same time. Open it again and look before you repeat what you did.",
    ),
    413: (
        "That file is too large",
        "Make it smaller and upload it again: scan a document at a lower resolution, or split a spreadsheet into "
        "several files.",
    ),
    429: ("Too many requests", "Please wait a minute and try again."),
    500: (
        "Something went wrong on our side",
        "Nothing was saved by halves. Try again; if it happens again, tell DPH the number below.",
    ),
    503: ("CertHub cannot reach its database", "Please wait a minute and try again."),
    507: (
        "CertHub has no room left",
        "Nothing was saved. Tell DPH the number below, and try again later: what runs CertHub needs more disk space.",
    ),
}

_SENT_IN_VAIN = "What you sent may not have been saved. Please wait a minute and send it again: it is not done twice."
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when a file cannot grow: the disk is full, or the part of it that is ours."""
_NO_ROOM_IN_DATABASE = ("database or disk is full", "No space left on device", "could not extend file")
"""How SQLite and PostgreSQL say so."""


def _page(status: int, *, detail: str | None = None) -> ResponseReturnValue:
    title, text = _TEXTS.get(status, _TEXTS[400 if status < 500 else 500])  # noqa: PLR2004  (HTTP's own border)
    return (
        render_template(
            "errors/page.html", title=title, text=detail or text, status=status, number=g.get("request_id")
        ),
        status,
    )


def _conflict(text: str) -> ResponseReturnValue:
    """What was refused, what was typed, and the way back to the page that the form came from."""
    return (
        render_template(
            "errors/conflict.html",
            title=_TEXTS[409][0],
            text=text,
            back=kept_form.page_of_form(),
            sent=kept_form.of_request(),
        ),
        409,
    )


def _unreachable(problem: OperationalError) -> ResponseReturnValue:
    give_up()
    log.error("database", error=type(problem.orig).__name__, request_id=g.get("request_id"))
    # The page must not ask the database who is signed in: that is what cannot be answered.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # flask-login puts it there
    if any(said in str(problem.orig) for said in _NO_ROOM_IN_DATABASE):
        return _page(507)
    return _page(503, detail=_SENT_IN_VAIN if request.method == "POST" else None)


def _unexpected(problem: Exception) -> ResponseReturnValue:
    give_up()
    if isinstance(problem, OSError) and problem.errno in _NO_ROOM:
        log.error("no_room", error=errno.errorcode[problem.errno], request_id=g.get("request_id"))
        return _page(507)
    # The trace goes to the log without local values, which may be personal data.
    log.exception("unexpected", error=type(problem).__name__, request_id=g.get("request_id"))
    return _page(500)


def init_errors(app: Flask) -> None:
    """Show a page in plain words for each way in which a request can fail."""

    @app.errorhandler(HTTPException)
    def http(problem: HTTPException) -> ResponseReturnValue:
        if problem.code is None or problem.code < 400:  # noqa: PLR2004  (redirects are exceptions, too)
            return problem
        behind = getattr(problem, "original_exception", None)
        if isinstance(behind, OperationalError):  # after the view, where the reading of a record is written down
            return _unreachable(behind)
        return _page(problem.code)

    @app.errorhandler(CSRFError)
    def forged(_problem: CSRFError) -> ResponseReturnValue:
        detail = "This form was open for too long, or in another sign-in. Load the page again and send it once more."
        return _page(400, detail=detail)

    @app.errorhandler(NotVisible)
    def not_visible(_problem: NotVisible) -> ResponseReturnValue:
        return _page(404)

    @app.errorhandler(FileMissing)
    def file_missing(problem: FileMissing) -> ResponseReturnValue:
        log.error("file_missing", problem=str(problem), request_id=g.get("request_id"))
        return _page(500)

    @app.errorhandler(Refusal)
    def refused(problem: Refusal) -> ResponseReturnValue:
        return _conflict(problem.message)

    @app.errorhandler(IntegrityError)
    def conflicting(problem: IntegrityError) -> ResponseReturnValue:
        give_up()
        log.warning("conflict", error=type(problem.orig).__name__, request_id=g.get("request_id"))
        return _conflict(_TEXTS[409][1])

    app.register_error_handler(OperationalError, _unreachable)
    app.register_error_handler(Exception, _unexpected)
