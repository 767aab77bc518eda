"""Letters about changes of employer: each reader hears once, and reads its own part only."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.employer_changes import EmployerChange, EmployerChangeEffect, LastDayProposal
from certhub.models.parties import Coordinator
from certhub.queries import employer_changes
from certhub.rules.employer_change import last_day_before, propose_until
from certhub.services import outbox


def tell_of_answer(change: EmployerChange, *, not_kept: Mapping[str, str], base_url: str, at: datetime) -> None:
    """Tell whoever asked what the person said, and where the work in a practice could not go on."""
    consented = change.consented_at is not None
    link = f"{base_url}/coordinators/{change.party_id}" if consented else f"{base_url}/employer-changes"
    kept = [
        one.assignment_after.practice.name
        for one in employer_changes.effects(change)
        if one.assignment_after is not None and one.assignment_before is None
    ]
    context = {
        "consented": consented, "person": _person(change).name, "starts_on": change.starts_on,
        "not_kept": sorted(not_kept.items()), "kept": kept, "link": link,
    }  # fmt: skip
    _to_asker(change, "employer-change-answered", context, at=at)


def tell_of_expiry(change: EmployerChange, *, base_url: str, at: datetime) -> None:
    """Tell whoever asked that nobody answered, in the words that the vendor typed itself."""
    context = {"last_name": change.last_name, "known_by": change.known_by, "link": f"{base_url}/employer-changes/new"}
    _to_asker(change, "employer-change-expired", context, at=at)


def tell_former_employers(change: EmployerChange, *, base_url: str, at: datetime) -> None:
    """Tell each employer that is left of its last day and of the practices whose work ends, in one letter."""
    effects = employer_changes.effects(change)
    ended = [one for one in effects if one.employment_before is not None]
    places: defaultdict[int, list[str]] = defaultdict(list)
    for one in effects:
        if one.assignment_before is not None:
            places[one.employer_id].append(one.assignment_before.practice.name)
    readers = employer_changes.emails_of([one.employer_id for one in ended])
    for one in ended:
        for email, name in readers[one.employer_id]:
            outbox.enqueue(
                "employer-change-leaving",
                recipient=email,
                recipient_name=name,
                dedupe_key=f"employer-change-leaving:{change.id}:{email}",
                context={
                    "person": _person(change).name,
                    "last_on": last_day_before(change.starts_on),
                    "places": sorted(set(places[one.employer_id])),
                    "until_on": propose_until(clock.civil_date(at)),
                    "link": f"{base_url}/employer-changes/{change.id}/last-day",
                },
                party_id=change.party_id,
                at=at,
            )


def tell_practices(change: EmployerChange, *, base_url: str, at: datetime) -> None:
    """Tell each practice whose work with the person ends or goes on with another vendor, in one letter."""
    for practice_id, ended in _ended_work(change).items():
        moved = any(
            one.assignment_after is not None and one.assignment_after.practice_id == practice_id
            for one in employer_changes.effects(change)
            if one.assignment_before is None
        )
        context = {
            "person": _person(change).name, "present": ended.employer.name, "last_on": _last_day(ended),
            "vendor": change.vendor.name if moved else None, "starts_on": change.starts_on, "restored": False,
            "link": base_url,
        }  # fmt: skip
        _to_party(change, practice_id, "employer-change-practice", "told", context, at=at)


def tell_of_taking_back(change: EmployerChange, *, base_url: str, at: datetime) -> None:
    """Tell everybody who was told of a change that it was taken back and all is as it was."""
    effects = employer_changes.effects(change)
    person = _person(change)
    context: dict[str, Any] = {"person": person.name, "vendor": change.vendor.name, "link": base_url}
    _to_asker(change, "employer-change-taken-back", {**context, "reader": "vendor"}, at=at)
    _to_party(change, person.id, "employer-change-taken-back", "person", {**context, "reader": "person"}, at=at)
    for employer_id in sorted({one.employer_id for one in effects if one.employment_before is not None}):
        told = {**context, "reader": "former"}
        _to_party(change, employer_id, "employer-change-taken-back", "former", told, at=at)
    for practice_id, ended in _ended_work(change).items():
        told = {
            "person": person.name, "present": ended.employer.name, "last_on": None, "vendor": None,
            "starts_on": change.starts_on, "restored": True, "link": base_url,
        }  # fmt: skip
        _to_party(change, practice_id, "employer-change-practice", "restored", told, at=at)


def tell_of_proposal(change: EmployerChange, proposal: LastDayProposal, *, base_url: str, at: datetime) -> None:
    """Ask the person whether the former employer's last day is the right one; DPH can settle it, too."""
    context = {
        "employer": proposal.employer.name, "last_on": proposal.last_on, "reason": proposal.reason,
        "link": f"{base_url}/employer-changes/{change.id}", "settled": None, "person": _person(change).name,
    }  # fmt: skip
    _to_party(change, proposal.party_id, "employer-change-last-day", f"asked:{proposal.id}", context, at=at)


def tell_of_settlement(change: EmployerChange, proposal: LastDayProposal, *, base_url: str, at: datetime) -> None:
    """Tell the former employer which day is the last one."""
    context = {
        "employer": proposal.employer.name, "last_on": proposal.last_on, "reason": proposal.reason,
        "link": f"{base_url}/employer-changes", "settled": proposal.accepted, "person": _person(change).name,
    }  # fmt: skip
    _to_party(change, proposal.employer_id, "employer-change-last-day", f"settled:{proposal.id}", context, at=at)


def _person(change: EmployerChange) -> Coordinator:
    return db.session.get_one(Coordinator, change.party_id)


def _ended_work(change: EmployerChange) -> dict[int, EmployerChangeEffect]:
    """The work that ended with the change, by practice."""
    effects = employer_changes.effects(change)
    return {one.assignment_before.practice_id: one for one in effects if one.assignment_before is not None}


def _last_day(ended: EmployerChangeEffect) -> date | None:
    """None where the work had not begun and was taken back."""
    return ended.assignment_after.ends_on if ended.assignment_after is not None else None


def _to_asker(change: EmployerChange, kind: str, context: Mapping[str, Any], *, at: datetime) -> None:
    asker = db.session.get_one(User, change.asked_by_id)
    if not asker.is_active:
        _to_party(change, change.vendor_id, kind, "asker", context, at=at)
        return
    outbox.enqueue(
        kind, recipient=asker.email, recipient_name=asker.name, dedupe_key=f"{kind}:{change.id}", context=context,
        party_id=change.vendor_id, at=at,
    )  # fmt: skip


def _to_party(
    change: EmployerChange, party_id: int, kind: str, step: str, context: Mapping[str, Any], *, at: datetime
) -> None:
    for email, name in employer_changes.emails_of([party_id])[party_id]:
        outbox.enqueue(
            kind, recipient=email, recipient_name=name, dedupe_key=f"{kind}:{change.id}:{step}:{party_id}:{email}",
            context=context, party_id=change.party_id, at=at,
        )  # fmt: skip
