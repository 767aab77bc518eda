"""The page of a form that records one thing: shown, done in one transaction, and led back."""

from collections.abc import Callable, Sequence

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from certhub.database import transaction
from certhub.web import submissions
from certhub.web.forms import CertHubForm, refusals_shown_on

Trail = Sequence[tuple[str, str]]


def entry(
    form: CertHubForm,
    act: Callable[[], object],
    *,
    title: str,
    trail: Trail,
    button: str,
    told: str,
    lead: str = "",
    to: str = "",
) -> ResponseReturnValue:
    """Show the form, or do what it asks and lead to `to`, by default the last place of the trail."""
    address = to or trail[-1][1]
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            act()
            submissions.remember(address)
        if not form.refused:
            flash(told)
            return redirect(address)
    return (
        render_template(
            "fund/entry.html", form=form, title=title, places=trail, button=button, lead=lead, back=trail[-1][1]
        ),
        form.http_status,
    )
