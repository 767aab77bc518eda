"""What the pages about reminders show, wherever they are: the ledger of a record with what comes next."""

from datetime import date
from typing import Any

from flask import request, url_for

from certhub import clock
from certhub.auth.guard import viewer
from certhub.models.messages import ReminderStatus
from certhub.queries import reminder_ledger
from certhub.rules.dates_in_use import is_in_use
from certhub.rules.reminder_policies import AUDIENCE_LABELS, OBLIGATION_LABELS, Policies
from certhub.rules.vocabulary import SubjectType
from certhub.services import reminder_policies

REMINDER_WORDS = {
    ReminderStatus.PLANNED: ("Waiting", "info"),
    ReminderStatus.SENT: ("Sent", "good"),
    ReminderStatus.SUPPRESSED: ("Not sent", "muted"),
    ReminderStatus.FAILED: ("Failed", "danger"),
    ReminderStatus.BOUNCED: ("Came back", "danger"),
}


def words(policies: Policies) -> dict[str, Any]:
    """The words that every page about reminders needs."""
    return {
        "counted_in": {kind: policy.counted_in for kind, policy in policies.items()},
        "words": REMINDER_WORDS,
        "kinds": OBLIGATION_LABELS,
        "audiences": AUDIENCE_LABELS,
        "most": reminder_ledger.MOST_COMING,
        "most_settled": reminder_ledger.MOST_SETTLED,
    }


def of_record(party_id: int) -> dict[str, Any]:
    """The ledger of a record as the viewer may read it, for `administration/reminders.html`."""
    today, on = clock.today(), _day()
    party = reminder_ledger.party(viewer(), party_id)
    policies = reminder_policies.in_force(today)
    dates = reminder_ledger.dates(viewer(), party.id, policies=policies, today=today, on=on)
    area = "coordinators" if party.kind is SubjectType.COORDINATOR else "organizations"
    return {
        "party": party,
        "page": reminder_ledger.of_party(
            viewer(), party.id, policies=policies, on=on, cursor=request.args.get("cursor")
        ),
        "coming": dates.coming,
        "settled": dates.settled,
        "on": on,
        "back": url_for(f"{area}.show", party_id=party.id),
        **words(policies),
    }


def _day() -> date | None:
    """The day that was asked for; none where it cannot be read."""
    try:
        typed = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None
    return typed if is_in_use(typed) else None
