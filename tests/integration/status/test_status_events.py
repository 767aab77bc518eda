"""A status on a credential says no by itself to days, reasons and people that do not fit."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from certhub.database import transaction
from certhub.models.accounts import User
from certhub.models.certification import Credential, StatusEvent
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role, StatusEventKind
from certhub.services import status_events
from tests import factories
from tests.integration.orders.arranging import NOW, holder
from tests.integration.parties.browsing import entries

GRANTED = date(2024, 8, 31)
FIRST, LAST = date(2026, 3, 2), date(2026, 4, 30)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


@pytest.fixture
def credential(app: Flask) -> Credential:
    """A coordinator's, granted on the last day of August 2024."""
    return holder(GRANTED + timedelta(days=730))


def put(credential: Credential, actor: User, **changes: Any) -> StatusEvent:
    given: dict[str, Any] = {"effective_on": FIRST, "ends_on": LAST, "reason": "Visits were not made.", **changes}
    kind = given.pop("kind", StatusEventKind.PROBATION)
    with transaction():
        return status_events.record(credential, kind, actor=actor, at=NOW, **given)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"effective_on": GRANTED - ONE_DAY}, "effective_on"),
        ({"ends_on": FIRST - ONE_DAY}, "ends_on"),
        ({"reason": " "}, "reason"),
    ],
)
def test_a_status_that_cannot_be_is_refused_beside_its_field(
    credential: Credential, administrator: User, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        put(credential, administrator, **changes)
    assert refused.value.field == field


@pytest.mark.parametrize("days", [(GRANTED, LAST), (FIRST, FIRST), (FIRST, None)])
def test_a_status_lasts_from_the_grant_on_at_least_a_day(
    credential: Credential, administrator: User, days: tuple[date, date | None]
) -> None:
    event = put(credential, administrator, effective_on=days[0], ends_on=days[1])
    assert (event.effective_on, event.ends_on) == days


@pytest.mark.parametrize(
    ("days", "fits"),
    [
        ((LAST, None), False),
        ((LAST + ONE_DAY, None), True),
        ((GRANTED, FIRST), False),
        ((GRANTED, FIRST - ONE_DAY), True),
        ((GRANTED, None), False),
    ],
)
def test_two_of_a_kind_share_no_day(
    credential: Credential, administrator: User, days: tuple[date, date | None], *, fits: bool
) -> None:
    put(credential, administrator)
    put(holder(), administrator, effective_on=FIRST, ends_on=None)
    put(credential, administrator, kind=StatusEventKind.ND_CONDITION)
    if fits:
        put(credential, administrator, effective_on=days[0], ends_on=days[1])
        return
    with pytest.raises(Refusal, match="from March 2, 2026 through April 30, 2026"):
        put(credential, administrator, effective_on=days[0], ends_on=days[1])


@pytest.mark.parametrize(
    ("last_day", "reason", "sentence"),
    [
        (LAST, "Enough.", "It already ends on April 30, 2026."),
        (FIRST - ONE_DAY, "Enough.", "cannot come before the first day"),
        (LAST - ONE_DAY, " ", "Say why"),
    ],
)
def test_an_end_that_cannot_be_is_refused(
    credential: Credential, administrator: User, last_day: date, reason: str, sentence: str
) -> None:
    event = put(credential, administrator)
    with pytest.raises(Refusal, match=sentence), transaction():
        status_events.lift(event, last_day=last_day, reason=reason, actor=administrator, at=NOW)


@pytest.mark.parametrize("last_day", [FIRST, LAST - ONE_DAY])
def test_a_status_ends_on_any_day_that_it_has(credential: Credential, administrator: User, last_day: date) -> None:
    event = put(credential, administrator)
    with transaction():
        ended = status_events.lift(event, last_day=last_day, reason="Enough.", actor=administrator, at=NOW)
    assert (ended.effective_on, ended.ends_on, ended.supersedes_id) == (FIRST, last_day, event.id)


def test_what_somebody_else_has_changed_is_neither_ended_nor_set_aside(
    credential: Credential, administrator: User
) -> None:
    event = put(credential, administrator)
    with pytest.raises(Refusal, match="Say why"), transaction():
        status_events.annul(event, reason="", actor=administrator, at=NOW)
    with transaction():
        status_events.annul(event, reason="It was somebody else.", actor=administrator, at=NOW)
    with pytest.raises(Refusal, match="Somebody else has changed this status"), transaction():
        status_events.annul(event, reason="Once more.", actor=administrator, at=NOW)
    with pytest.raises(Refusal, match="Somebody else has changed this status"), transaction():
        status_events.lift(event, last_day=FIRST, reason="Enough.", actor=administrator, at=NOW)
    [entry] = entries(AuditAction.CREDENTIAL_STATUS_ANNULLED)
    assert "It was somebody else." in entry.changes
    put(credential, administrator)  # what was set aside is in nobody's way


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "Say why"),
        ({"effective_on": GRANTED - ONE_DAY}, "before the credential was granted"),
        ({"ends_on": date(2026, 6, 1)}, "has this status already, from June 1, 2026"),
    ],
)
def test_a_correction_is_held_to_the_same_days_and_reasons(
    credential: Credential, administrator: User, changes: dict[str, Any], sentence: str
) -> None:
    event = put(credential, administrator)
    put(credential, administrator, effective_on=date(2026, 6, 1), ends_on=None)
    given: dict[str, Any] = {"effective_on": FIRST, "ends_on": LAST - ONE_DAY, "reason": "A wrong day.", **changes}
    with pytest.raises(Refusal, match=sentence), transaction():
        status_events.correct(event, actor=administrator, at=NOW, **given)
