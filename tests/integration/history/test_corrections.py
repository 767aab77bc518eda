"""Corrections years later: both histories stay readable, and what is confirmed is what was shown."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.certification import Credential, CredentialPeriod, StatusEvent
from certhub.models.corrections import Correction
from certhub.queries import corrections, credential_status, exposure, registers
from certhub.queries import orders as order_queries
from certhub.rules.exposure import Link
from certhub.rules.orders import Cohort
from certhub.rules.permissions import OPERATOR
from certhub.rules.refusal import Refusal
from certhub.rules.status import status_on
from certhub.rules.vocabulary import CredentialStatus, Role, StatusEventKind, SubjectType
from certhub.services import corrections as service
from certhub.services import status_events
from tests import factories
from tests.factories import placement
from tests.integration.orders.arranging import certified, holder, in_force, last_day, revoked, standing, term

LAST = date(2026, 8, 31)
RIGHT = date(2026, 12, 31)
AT = datetime(2026, 11, 20, 15, tzinfo=UTC)
WHY = "The decision letter says December 31."


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


@pytest.fixture
def office(client: FlaskClient, administrator: User) -> FlaskClient:
    return factories.sign_in(client, administrator)


def hidden(page: TestResponse) -> dict[str, str]:
    return dict(re.findall(r'<input[^>]*name="(csrf_token|submission_token|seen)"[^>]*value="([^"]*)"', page.text))


def send(client: FlaskClient, address: str, page: TestResponse | None = None, **fields: Any) -> TestResponse:
    return client.post(address, data={**hidden(page or client.get(address)), **fields})


def bands(page: TestResponse) -> list[str]:
    return re.findall(r'<text class="line-title"[^>]*>([^<]*)</text>', page.text)


def now(credential: Credential) -> CredentialPeriod:
    """The last of the terms that stand."""
    return standing(credential)[-1]


def correct(credential: Credential, actor: User, *, at: datetime = AT, **days: Any) -> CredentialPeriod:
    period = now(credential)
    given = {"starts_on": period.starts_on, "expires_on": RIGHT, **days}
    seen = corrections.plan_of_term(period, **given, on=clock.civil_date(at)).fingerprint
    with transaction():
        return service.correct_term(period, **given, reason=WHY, seen=seen, actor=actor, at=at)


def test_both_histories_of_a_corrected_term_stay_readable(administrator: User) -> None:
    credential = holder(LAST)

    correct(credential, administrator)

    day = date(2026, 10, 15)
    for known_at, status in ((AT - timedelta(seconds=1), "in_grace"), (AT, "current"), (None, "current")):
        assert status_on(credential_status.history_of(credential.id, known_at), day) == status
        column = credential_status.status_column(Credential.id, as_of=day, known_at=known_at)
        assert db.session.scalar(select(column).where(Credential.id == credential.id)) == status
        rows = registers.page(OPERATOR, SubjectType.COORDINATOR, day, known_at).rows
        assert [row.status for row in rows if row.credential_id == credential.id] == [status]
    told = corrections.recorded_terms(credential)
    assert [(one.period.expires_on, one.replaced and one.replaced.expires_on) for one in told] == [
        (LAST, None), (RIGHT, LAST),
    ]  # fmt: skip
    assert told[1].correction is not None
    assert (told[1].correction.reason, told[1].recorded_by) == (WHY, administrator)


def test_a_term_is_looked_at_confirmed_and_both_answers_are_on_the_page(office: FlaskClient) -> None:
    credential = holder(LAST)
    address = f"/credentials/{credential.id}/terms/{now(credential).id}/correct"
    days: dict[str, Any] = {
        "starts_on": now(credential).starts_on.isoformat(),
        "expires_on": RIGHT.isoformat(),
        "reason": WHY,
    }

    preview = send(office, address, do="look", **days)
    assert "Becomes allowed" in preview.text
    assert last_day(credential) == LAST
    answer = send(office, address, preview, do="correct", **days)
    assert answer.status_code == 302
    history = office.get(f"{answer.location}?as_of=2026-10-15").text
    assert "Set to December 31, 2026 by a correction" in history
    assert WHY in history
    assert "Current" in history
    before = office.get(f"{answer.location}?as_of=2026-10-15&known_on=2026-06-01").text
    assert "Expired, late renewal open" in before
    assert "the status on that day is another one" in before
    unknown = office.get(f"{answer.location}?as_of=2026-10-15&known_on=2010-01-01").text
    assert "CertHub did not know of this credential on January 1, 2010" in unknown
    far = office.get(f"{answer.location}?as_of=2200-12-31&known_on=2200-12-31")
    assert far.status_code == 200
    assert office.get(f"{answer.location}?as_of=2026-02-30").status_code == 422


def test_the_line_of_time_draws_what_was_known_above_what_is_known_now(
    office: FlaskClient, administrator: User
) -> None:
    credential = holder(LAST)
    address = f"/credentials/{credential.id}/history"
    assert bands(office.get(address)) == ["As known now"]

    correct(credential, administrator)

    assert bands(office.get(address)) == ["As known until November 20, 2026, 10:00\u00a0AM", "As known now"]
    drawn = office.get(f"{address}?known_on=2026-11-01")
    assert bands(drawn) == ["As known on November 1, 2026", "As known now"]
    described = re.search(r'<desc id="line-desc">([^<]*)</desc>', drawn.text)
    assert described is not None
    then, now_known = described[1].split("As known now")
    assert ("August 31, 2026" in then, "December 31, 2026" in then) == (True, False)
    assert ("August 31, 2026" in now_known, "December 31, 2026" in now_known) == (False, True)
    assert "As known on January 1, 2010: nothing." in office.get(f"{address}?known_on=2010-01-01").text


def test_what_is_confirmed_is_what_was_shown(office: FlaskClient) -> None:
    credential = holder(LAST)
    address = f"/credentials/{credential.id}/terms/{now(credential).id}/correct"
    first = now(credential).starts_on.isoformat()
    preview = send(office, address, do="look", starts_on=first, expires_on=RIGHT.isoformat(), reason=WHY)

    answer = send(office, address, preview, do="correct", starts_on=first, expires_on="2027-01-31", reason=WHY)

    assert answer.status_code == 422
    assert "Nothing was changed yet" in answer.text
    assert last_day(credential) == LAST


def test_a_double_click_corrects_once(office: FlaskClient) -> None:
    credential = holder(LAST)
    address = f"/credentials/{credential.id}/terms/{now(credential).id}/correct"
    days: dict[str, Any] = {
        "starts_on": now(credential).starts_on.isoformat(),
        "expires_on": RIGHT.isoformat(),
        "reason": WHY,
    }
    preview = send(office, address, do="look", **days)

    answers = [send(office, address, preview, do="correct", **days) for _ in range(2)]

    assert [answer.location for answer in answers] == [f"/credentials/{credential.id}/history"] * 2
    assert db.session.scalar(select(func.count()).select_from(Correction)) == 1


def test_of_two_administrators_the_second_is_told(administrator: User) -> None:
    credential = holder(LAST)
    period = now(credential)
    seen = corrections.plan_of_term(period, period.starts_on, RIGHT, on=AT.date()).fingerprint
    correct(credential, administrator)

    with pytest.raises(Refusal, match="Somebody else has changed this term"), transaction():
        service.correct_term(
            period, starts_on=period.starts_on, expires_on=RIGHT, reason=WHY, seen=seen, actor=administrator, at=AT
        )


def test_a_correction_overlaps_no_other_term(administrator: User) -> None:
    credential = holder(LAST)
    renewed = term(credential, LAST + timedelta(days=1), date(2028, 8, 31))
    first = db.session.scalars(
        select(CredentialPeriod).where(CredentialPeriod.credential_id == credential.id).order_by(CredentialPeriod.id)
    ).first()
    assert first is not None

    with pytest.raises(Refusal, match="would overlap the later term from September 1, 2026"):
        corrections.plan_of_term(first, first.starts_on, RIGHT, on=AT.date())
    with pytest.raises(Refusal, match="would overlap the earlier term"):
        corrections.plan_of_term(renewed, LAST, renewed.expires_on, on=AT.date())


def test_an_order_counts_for_the_corrected_term_and_can_still_be_revoked(administrator: User) -> None:
    credential = holder(LAST)
    order = in_force(administrator, extends_to=None, extends_months=1)
    assert last_day(credential) == date(2026, 9, 30)

    correct(credential, administrator, expires_on=date(2026, 10, 31))

    assert last_day(credential) == date(2026, 11, 30)
    assert order_queries.grant_of(now(credential)).expires_on == date(2026, 10, 31)
    revoked(order, administrator, at=AT)
    assert last_day(credential) == date(2026, 10, 31)


def test_an_order_counts_a_corrected_term_once_and_another_term_for_itself(administrator: User) -> None:
    credential, _ = holder(LAST), holder(LAST)
    order = in_force(administrator, extends_to=None, extends_months=1)
    assert order_queries.effect_counts(order) == (2, 0)

    correct(credential, administrator, expires_on=date(2026, 10, 31))
    correct(credential, administrator, expires_on=date(2026, 9, 30), at=AT + timedelta(minutes=1))

    assert order_queries.effect_counts(order) == (2, 0)
    revoked(order, administrator, at=AT + timedelta(minutes=2))
    assert order_queries.effect_counts(order) == (2, 2)


def test_the_preview_names_the_assignments_that_become_exposed(administrator: User) -> None:
    vendor, practice = factories.make_vendor(), factories.make_practice("Elm Street")
    person = factories.make_coordinator("Ana Ferreira", vendor=vendor)
    credential = certified(person, LAST)
    factories.saved(
        placement(
            coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=date(2026, 2, 2),
            ends_on=date(2026, 8, 15), recorded_at=factories.WHEN,
        )
    )  # fmt: skip

    plan = corrections.plan_of_term(now(credential), now(credential).starts_on, date(2026, 6, 30), on=LAST)

    assert [(one.coordinator, one.practice, one.allowed) for one in plan.placements] == [
        ("Ana Ferreira", "Elm Street", False), ("Ana Ferreira", "Elm Street", False),
    ]  # fmt: skip
    assert (plan.placements[0].days.from_on, plan.placements[-1].days.to_on) == (date(2026, 7, 1), date(2026, 8, 15))


def test_exposures_are_found_as_they_were_known_before_the_correction(office: FlaskClient, administrator: User) -> None:
    vendor, practice = factories.make_vendor(), factories.make_practice("Elm Street")
    person = factories.make_coordinator("Ana Ferreira", vendor=vendor)
    credential = certified(person, LAST)
    factories.saved(
        placement(
            coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=date(2026, 2, 2),
            recorded_at=factories.WHEN,
        )
    )  # fmt: skip
    correct(credential, administrator)

    day = date(2026, 10, 15)
    for viewer in (OPERATOR, factories.make_user(Role.VENDOR_HR, vendor)):
        links = [
            row.links & {Link.CREDENTIAL}
            for at in (AT - timedelta(seconds=1), AT)
            for row in exposure.whole(viewer, day, exposure.Filters(known_at=at))
        ]
        assert links == [{Link.CREDENTIAL}, frozenset()]
    address = f"/exposures/credential/{person.id}?as_of=2026-10-15"
    assert (
        "is exposed from September 1, 2026 on, as known at" in office.get(f"{address}&known_at=2026-11-01T12:00").text
    )
    assert "No assignment is exposed" in office.get(address).text


def test_the_days_of_a_status_event_are_corrected_and_the_wrong_ones_stay_known(
    office: FlaskClient, administrator: User
) -> None:
    credential = holder(LAST)
    with transaction():
        event = status_events.record(
            credential, StatusEventKind.SUSPENDED, effective_on=date(2026, 5, 1), ends_on=date(2026, 7, 31),
            reason="Late report", actor=administrator, at=AT - timedelta(days=2),
        )  # fmt: skip
    address = f"/credentials/{credential.id}/status-events/{event.id}/correct"
    days: dict[str, Any] = {"effective_on": "2026-06-01", "ends_on": "2026-07-31", "reason": "The order says June."}

    preview = send(office, address, do="look", **days)
    assert "Becomes allowed" in preview.text
    answer = send(office, address, preview, do="correct", **days)

    assert answer.location == f"/credentials/{credential.id}/history"
    assert "The order says June." in office.get(answer.location).text
    known = credential_status.history_of(credential.id)
    then = credential_status.history_of(credential.id, AT)
    assert status_on(known, date(2026, 5, 15)) is CredentialStatus.CURRENT
    assert status_on(then, date(2026, 5, 15)) is CredentialStatus.SUSPENDED
    assert db.session.scalar(select(func.count()).select_from(StatusEvent)) == 2
    assert office.get(address).location == f"/credentials/{credential.id}/history"


def test_days_of_a_status_event_that_were_not_shown_are_not_confirmed(administrator: User) -> None:
    credential = holder(LAST)
    with transaction():
        event = status_events.record(
            credential, StatusEventKind.SUSPENDED, effective_on=date(2026, 5, 1), ends_on=None, reason="Late report",
            actor=administrator, at=AT - timedelta(days=2),
        )  # fmt: skip
    seen = corrections.plan_of_event(event, date(2026, 6, 1), None).fingerprint
    given: dict[str, Any] = {"ends_on": None, "reason": WHY, "seen": seen, "actor": administrator, "at": AT}

    with pytest.raises(Refusal, match="Nothing was changed yet"), transaction():
        service.correct_event(event, effective_on=date(2026, 6, 2), **given)
    with transaction():
        service.correct_event(event, effective_on=date(2026, 6, 1), **given)
    with pytest.raises(Refusal, match="Somebody else has changed this status"), transaction():
        service.correct_event(event, effective_on=date(2026, 6, 1), **given)


def test_a_correction_says_why(administrator: User) -> None:
    period = now(holder(LAST))
    seen = corrections.plan_of_term(period, period.starts_on, RIGHT, on=AT.date()).fingerprint

    with pytest.raises(Refusal, match="Say why") as refused, transaction():
        service.correct_term(
            period, starts_on=period.starts_on, expires_on=RIGHT, reason=" ", seen=seen, actor=administrator, at=AT
        )
    assert refused.value.field == "reason"


def test_another_credentials_term_is_not_found(office: FlaskClient) -> None:
    one, other = holder(LAST), holder(LAST)

    assert office.get(f"/credentials/{one.id}/terms/{now(other).id}/correct").status_code == 404


def test_the_holder_reads_the_history_and_corrects_nothing(client: FlaskClient) -> None:
    credential = holder(LAST)
    own = factories.sign_in(client, factories.make_user(Role.COORDINATOR, credential.party))

    assert own.get(f"/credentials/{credential.id}/history").status_code == 200
    assert own.get(f"/credentials/{credential.id}/terms/{now(credential).id}/correct").status_code == 403
    assert own.get(f"/credentials/{holder(LAST).id}/history").status_code == 404


def test_a_cohort_can_be_one_corrected_credential(administrator: User) -> None:
    """An order that comes after a correction counts from the corrected days."""
    credential = holder(LAST)
    correct(credential, administrator)

    in_force(
        administrator,
        cohort=Cohort(credential_id=credential.id),
        extends_to=date(2027, 1, 31),
        at=AT + timedelta(days=1),
    )

    assert last_day(credential) == date(2027, 1, 31)
