"""The page of one's own calendar address: make it, renew it, revoke it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires
from certhub.blueprints.account import bp
from certhub.database import transaction
from certhub.queries import calendar as reading
from certhub.rules.calendar_contents import contents_in_words
from certhub.rules.permissions import Permission
from certhub.services import calendar_feeds
from certhub.web.context import settings


@bp.route("/account/calendar")
@requires(Permission.ACCOUNT_USE)
def calendar() -> ResponseReturnValue:
    return _page()


@bp.route("/account/calendar", methods=["POST"])
@requires(Permission.ACCOUNT_USE)
def open_calendar() -> ResponseReturnValue:
    """Answers with the page itself: the address is shown once, and so it cannot be led to."""
    with transaction():
        token = calendar_feeds.open_feed(actor=actor(), at=clock.now())
    address = settings().base_url + url_for("public.calendar", token=token)
    return _page(address)


@bp.route("/account/calendar/revoke", methods=["POST"])
@requires(Permission.ACCOUNT_USE)
def revoke_calendar() -> ResponseReturnValue:
    with transaction():
        calendar_feeds.revoke_feed(actor(), actor=actor(), at=clock.now())
    flash("The calendar address does not work any more. Take the calendar out of your calendar program, too.")
    return redirect(url_for(".calendar"))


def _page(address: str = "") -> str:
    return render_template(
        "account/calendar.html",
        feed=reading.feed_of(actor()),
        address=address,
        contents=contents_in_words(actor()),
    )
