"""A form that is sent twice (a double click, a reload) does its work once."""

import secrets

from flask import request

from certhub import clock
from certhub.auth.guard import actor
from certhub.database import db
from certhub.models.accounts import FormSubmission
from certhub.web.forms import CertHubForm

_LONGEST = 64


def prepare(form: CertHubForm) -> None:
    """Give a form that is shown for the first time its token."""
    if not form.submission_token.data:
        form.submission_token.data = secrets.token_urlsafe(24)


def done_before(form: CertHubForm) -> str | None:
    """Where the first sending of this form led to, if it was sent before."""
    token = form.submission_token.data
    if request.method != "POST" or not token or len(token) > _LONGEST:
        return None
    found = db.session.get(FormSubmission, (actor().id, token))
    return found.location if found else None


def remember(form: CertHubForm, location: str) -> None:
    """Note inside the transaction that this form did its work, and where it led to."""
    token = form.submission_token.data
    if token and len(token) <= _LONGEST:
        db.session.add(FormSubmission(user_id=actor().id, token=token, location=location, recorded_at=clock.now()))
        db.session.flush()
