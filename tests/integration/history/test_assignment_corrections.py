"""Days of an assignment that were recorded wrongly: what changes is shown, confirmed, and what was known stays."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.parties import Assignment, Coordinator
from certhub.queries import assignment_corrections, exposure
from certhub.rules.exposure import Link
from certhub.rules.independence import Span
from certhub.rules.permissions import OPERATOR
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import assignments
from tests import factories
from tests.factories import placement
from tests.integration.history.test_corrections import AT, LAST, administrator, office, send
from tests.integration.orders.arranging import certified
from tests.integration.parties.browsing import vendor_hr

__all__ = ["administrator", "office"]

FIRST = date(2026, 2, 2)
WHY = "The contract names another last day."


def placed(**values: Any) -> tuple[Coordinator, Assignment]:
    """Somebody who is certified through `LAST` and works with a practice."""
    vendor, practice = factories.make_vendor(), factories.make_practice("Elm Street")
    person = factories.make_coordinator("Ana Ferreira", vendor=vendor)
    certified(person, LAST)
    given = {"starts_on": FIRST, "ends_on": LAST, "recorded_at": factories.WHEN, **values}
    return person, factories.saved(
        placement(coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, **given)
    )


def correct(assignment: Assignment, actor: User, starts_on: date, ends_on: date | None) -> Assignment:
    seen = assignment_corrections.plan(actor, assignment, Span(starts_on, ends_on), on=clock.civil_date(AT)).fingerprint
    with transaction():
        return assignments.correct(
            assignment, starts_on=starts_on, ends_on=ends_on, reason=WHY, seen=seen, actor=actor, at=AT
        )


def test_a_later_last_day_shows_its_exposure_before_it_is_confirmed(office: FlaskClient) -> None:
    person, assignment = placed()
    address = f"/coordinators/{person.id}/assignments/{assignment.id}/correct"
    assert address in office.get(f"/coordinators/{person.id}").text
    days: dict[str, Any] = {"starts_on": FIRST.isoformat(), "ends_on": "2026-10-15", "reason": WHY}

    preview = send(office, address, do="look", **days)
    assert "from September 1, 2026 through October 15, 2026" in preview.text
    assert assignment.superseded_at is None
    refused = send(office, address, preview, do="correct", **days)
    assert refused.status_code == 422
    assert "DPH can record these days with a reason." in refused.text
    assert "What changes" in refused.text
    days["broken_links_reason"] = "She worked on, and the renewal came late"
    answers = [send(office, address, preview, do="correct", **days) for _ in range(2)]  # a double click

    assert [answer.location for answer in answers] == [f"/coordinators/{person.id}"] * 2
    db.session.expire_all()
    rows = db.session.scalars(select(Assignment).order_by(Assignment.id)).all()
    assert [(row.ends_on, row.superseded_at is None) for row in rows] == [(LAST, False), (date(2026, 10, 15), True)]
    assert rows[1].supersedes_id == rows[0].id
    assert rows[1].broken_links_reason == "She worked on, and the renewal came late"
    assert "the renewal came late" in office.get(f"/coordinators/{person.id}").text
    assert office.get(address).location == f"/coordinators/{person.id}"


def test_both_histories_of_a_corrected_assignment_stay_readable(administrator: User) -> None:
    _, assignment = placed(ends_on=None)

    correct(assignment, administrator, FIRST, LAST)

    day = date(2026, 10, 15)
    found = [
        [row.links & {Link.CREDENTIAL} for row in exposure.whole(OPERATOR, day, exposure.Filters(known_at=at))]
        for at in (AT - timedelta(seconds=1), AT)
    ]
    assert found == [[{Link.CREDENTIAL}], []]


def test_days_that_an_assignment_cannot_have_are_refused_beside_their_field(office: FlaskClient) -> None:
    person, assignment = placed()
    again = factories.saved(
        placement(
            coordinator_id=person.id, practice_id=assignment.practice_id, vendor_id=assignment.vendor_id,
            starts_on=date(2026, 10, 1), recorded_at=factories.WHEN,
        )
    )  # fmt: skip
    address = f"/coordinators/{person.id}/assignments/{assignment.id}/correct"

    for first, last, message in (
        (FIRST, LAST, "These are the days on record already"),
        (FIRST, date(2026, 1, 1), "The last day cannot be before the first day"),
        (date(1999, 1, 1), LAST, "does not employ this coordinator on all days"),
        (FIRST, again.starts_on, "already works with this practice"),
    ):
        sent: dict[str, Any] = {"starts_on": first.isoformat(), "ends_on": last.isoformat(), "reason": WHY}
        answer = send(office, address, do="look", **sent)
        assert answer.status_code == 422
        assert message in answer.text
        assert "What changes" not in answer.text


def test_what_is_confirmed_is_what_was_shown_and_the_second_person_is_told(administrator: User) -> None:
    _, assignment = placed()
    with pytest.raises(Refusal, match="Nothing was changed yet"), transaction():
        assignments.correct(
            assignment, starts_on=FIRST, ends_on=date(2026, 7, 1), reason=WHY, seen="", actor=administrator, at=AT
        )
    correct(assignment, administrator, FIRST, date(2026, 7, 1))

    with pytest.raises(Refusal, match="Somebody else changed this assignment"):
        assignments.correct(
            assignment, starts_on=FIRST, ends_on=date(2026, 7, 2), reason=WHY, seen="", actor=administrator, at=AT
        )


def test_a_vendor_cannot_record_days_on_which_something_does_not_hold(client: FlaskClient) -> None:
    person, assignment = placed()
    vendor_hr(client, assignment.vendor)
    address = f"/coordinators/{person.id}/assignments/{assignment.id}/correct"
    days: dict[str, Any] = {"starts_on": FIRST.isoformat(), "ends_on": "2026-10-15", "reason": WHY}
    preview = send(client, address, do="look", **days)
    assert "Only DPH can record days on which something does not hold" in preview.text
    assert "broken_links_reason" not in preview.text
    refused = send(client, address, preview, do="correct", broken_links_reason="As it was", **days)
    assert refused.status_code == 422
    assert db.session.scalars(select(Assignment)).one().ends_on == LAST


def test_another_vendors_assignment_is_not_found(client: FlaskClient) -> None:
    person, assignment = placed()
    other = factories.sign_in(client, factories.make_user(Role.VENDOR_HR, factories.make_vendor()))

    assert other.get(f"/coordinators/{person.id}/assignments/{assignment.id}/correct").status_code == 404


@pytest.mark.parametrize(("on", "told"), [(LAST, 0), (LAST + timedelta(days=1), 1)])
def test_a_credential_that_expires_later_as_planned_is_no_consequence_of_the_correction(
    administrator: User, on: date, told: int
) -> None:
    _, assignment = placed()
    longer = assignment_corrections.plan(administrator, assignment, Span(FIRST, None), on=on)
    assert [one.link for one in longer.new].count(Link.CREDENTIAL) == told
    _, open_ended = placed(ends_on=None)
    shorter = assignment_corrections.plan(administrator, open_ended, Span(FIRST, LAST), on=on)
    assert [one.link for one in shorter.gone].count(Link.CREDENTIAL) == told


def test_an_exposure_that_has_begun_is_still_told(office: FlaskClient) -> None:
    person, assignment = placed()
    address = f"/coordinators/{person.id}/assignments/{assignment.id}/correct"
    days: dict[str, Any] = {"starts_on": FIRST.isoformat(), "ends_on": "", "reason": WHY}

    assert (
        "is without a credential in force from September 1, 2026 on." in send(office, address, do="look", **days).text
    )
