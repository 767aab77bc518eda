"""A form that is sent twice (a double click, a reload, a slow line) does its work once and answers the same.

Each form carries a token. The view notes inside its transaction where the work led to (`remember`). A form that comes
again later is led there at once. One that comes while the first is still at work may be let in, and is then refused: by
a rule, because what it asks for has just been done, or by the database, because its token is taken. Such an answer is
replaced by the way to what the first one did.
"""

import secrets

from flask import Flask, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from certhub import clock
from certhub.auth.guard import actor
from certhub.database import db, give_up
from certhub.models.accounts import FormSubmission

FIELD = "submission_token"
_LONGEST = 64


def fresh_token() -> str:
    """The token of a form that is shown for the first time."""
    return secrets.token_urlsafe(24)


def remember(location: str) -> None:
    """Note inside the transaction that the form of this request did its work, and where it led to."""
    token = g.get(FIELD)
    if token:
        db.session.add(FormSubmission(user_id=actor().id, token=token, location=location, recorded_at=clock.now()))
        db.session.flush()


def init_submissions(app: Flask) -> None:
    """Lead whoever sends a form again to what its first sending did.

    To be called after the checks of access and forgery are in place: only what passed them is looked up.
    """
    app.jinja_env.globals[FIELD] = fresh_token

    @app.before_request
    def sent_again() -> ResponseReturnValue | None:
        token = request.form.get(FIELD, "") if request.method == "POST" and current_user.is_authenticated else ""
        if 0 < len(token) <= _LONGEST and token.isprintable():
            g.submission_token = token
        return _as_before()

    @app.after_request
    def sent_meanwhile(response: Response) -> Response:
        if not 400 <= response.status_code < 500 or not g.get(FIELD):  # noqa: PLR2004  (what a rule or a lock refused)
            return response
        give_up()  # what this request has read may be from before the first one was done
        return _as_before() or response


def _as_before() -> Response | None:
    token = g.get(FIELD)
    found = db.session.get(FormSubmission, (actor().id, token)) if token else None
    return redirect(found.location) if found else None
