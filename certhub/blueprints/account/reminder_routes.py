"""Why did or didn't I get this? One's own reminders, and when the next one comes."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.account import bp
from certhub.queries import reminder_ledger
from certhub.rules.permissions import Permission, is_coordinator
from certhub.services import reminder_policies
from certhub.web import reminder_pages


@bp.route("/account/reminders")
@requires(Permission.ACCOUNT_USE, lists=True)
def reminders() -> ResponseReturnValue:
    person, party_id, cursor = is_coordinator(viewer()), actor().party_id, request.args.get("cursor")
    policies = reminder_policies.in_force(clock.today())
    if person and party_id is not None:  # all that is told of a person's dates is their own, also what was not told
        page = reminder_ledger.of_record(
            viewer(), reminder_ledger.dates_of_party(party_id), policies=policies, cursor=cursor
        )
    else:
        page = reminder_ledger.told(viewer(), cursor=cursor)
    dates = None
    if party_id is not None:
        dates = reminder_ledger.dates(
            viewer(), reminder_ledger.dates_of_party(party_id), policies=policies, today=clock.today()
        )
    readings.listed(reminders="own", rows=len(page.rows))
    own_record = url_for("organizations.reminders", party_id=party_id) if party_id and not person else ""
    return render_template(
        "account/reminders.html",
        user=actor(),
        page=page,
        coming=dates.coming if dates else None,
        settled=dates.settled if dates else None,
        whole_record=person,
        own_record=own_record,
        **reminder_pages.words(policies),
    )
