"""What the pages about reminders show, wherever they are: the ledger of a record with what comes next."""

from datetime import date
from typing import Any

from flask import request, url_for

from certhub import clock
from certhub.auth.guard import viewer
from certhub.models.fund import Payer
from certhub.models.messages import ReminderStatus
from certhub.models.parties import Party
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
    """The ledger of a party as the viewer may read it, for `administration/reminders.html`."""
    party, has_left = reminder_ledger.party(viewer(), party_id)
    area = "coordinators" if party.kind is SubjectType.COORDINATOR else "organizations"
    departures = reminder_ledger.departures(viewer(), party) if has_left else []
    return {**_told_of(party, back=url_for(f"{area}.show", party_id=party.id)), "departures": departures}


def of_payer(payer_id: int) -> dict[str, Any]:
    """The ledger of a payer, which reads it in no account of its own, for `administration/reminders.html`."""
    return {**_told_of(reminder_ledger.payer(viewer(), payer_id), back=url_for("fund.payers")), "departures": []}


def _told_of(record: Party | Payer, *, back: str) -> dict[str, Any]:
    today, on = clock.today(), _day()
    policies, whose = reminder_policies.in_force(today), reminder_ledger.dates_of(record)
    dates = reminder_ledger.dates(viewer(), whose, policies=policies, today=today, on=on)
    return {
        "party": record,
        "page": reminder_ledger.of_record(viewer(), whose, policies=policies, on=on, cursor=request.args.get("cursor")),
        "coming": dates.coming,
        "settled": dates.settled,
        "on": on,
        "back": back,
        **words(policies),
    }


def _day() -> date | None:
    """The day that was asked for; none where it cannot be read."""
    try:
        typed = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None
    return typed if is_in_use(typed) else None
