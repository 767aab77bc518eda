"""Noting whose training is short of its pace, so that set-based reminders can ask for it."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import delete, insert, select

from certhub.database import db
from certhub.models.certification import Credential
from certhub.models.training import TrainingShortfall
from certhub.queries.training_hours import HoursRow
from certhub.rules.requirement_kinds.training_counting import NO_HOURS
from certhub.rules.training_pace import Hours, is_behind
from certhub.rules.transcript import Account
from certhub.rules.vocabulary import ApplicationKind, SubjectType
from certhub.services.bulk_changes import rows_changed

_LONGEST = 400


def note(rows: Iterable[HoursRow], *, as_of: date, at: datetime) -> int:
    """Put down anew who of some people is behind; how many are."""
    people = list(rows)
    ids = [one.id for one in people]
    behind = {one.id: one for one in people if _is_behind(one, as_of)}
    rows_changed(delete(TrainingShortfall).where(TrainingShortfall.coordinator_id.in_(ids)))
    held = db.session.execute(
        select(Credential.party_id, Credential.id).where(
            Credential.party_id.in_(list(behind)), Credential.subject_type == SubjectType.COORDINATOR
        )
    )
    found = [
        {
            "coordinator_id": party_id,
            "credential_id": credential_id,
            "expires_on": behind[party_id].expires_on,
            "lacking": _lacking(behind[party_id])[:_LONGEST],
            "looked_at": at,
        }
        for party_id, credential_id in held
    ]
    if found:
        db.session.execute(insert(TrainingShortfall), found)
    return len(found)


def forget_unseen(at: datetime) -> int:
    """Forget whoever was not looked at in the run that began at an instant: the term goes on, or has ended."""
    return rows_changed(delete(TrainingShortfall).where(TrainingShortfall.looked_at < at))


def _is_behind(person: HoursRow, as_of: date) -> bool:
    if person.kind is not ApplicationKind.RENEWAL or person.expires_on is None:
        return False
    asked = (_hours(one) for one in person.accounts if one.asked)
    return is_behind(asked, expires_on=person.expires_on, as_of=as_of)


def _hours(account: Account) -> Hours:
    """An account as the pace sees it; a set of courses has no hours, and is asked for in the last days only."""
    if account.tally is None or account.window is None:
        return Hours(NO_HOURS, NO_HOURS, date.min, bool(account.needs))
    return Hours(account.tally.minimum, account.tally.total, account.window[0], bool(account.needs))


def _lacking(person: HoursRow) -> str:
    return "; ".join(f"{one.requirement.code}: {one.lacking}" for one in person.accounts if one.lacking)
