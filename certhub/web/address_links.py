"""Asking for another e-mail address of an account: one's own, or somebody's whose mail fails."""

from flask import url_for

from certhub import clock
from certhub.auth.guard import actor
from certhub.database import transaction
from certhub.models.accounts import User
from certhub.services import address_changes
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import CertHubForm, refusals_shown_on


def ask(account: User, email: str, form: CertHubForm, *, back: str) -> None:
    """Send a link to the new address; the form says so where that is refused. Each try counts, also a refused one."""
    with refusals_shown_on(form), transaction():
        address_changes.count(actor=actor(), at=clock.now())
    if form.refused:
        return
    with refusals_shown_on(form), transaction():
        address_changes.request(
            account,
            email,
            actor=actor(),
            at=clock.now(),
            link=lambda token: settings().base_url + url_for("account.confirm_address", token=token),
        )
        submissions.remember(back)
