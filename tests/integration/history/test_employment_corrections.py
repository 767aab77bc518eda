"""A corrected employment: whom it touches is shown before it is recorded, and what is confirmed is what was shown."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.models.parties import Assignment, Coordinator, Employment, VendorOrganization
from certhub.queries import employment_corrections
from certhub.rules.employment import Spell
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import EmploymentKind, Role
from certhub.services import employment
from tests import factories
from tests.factories import placement
from tests.integration.history.test_corrections import AT, administrator, office, send
from tests.integration.history.test_merging import applied
from tests.integration.parties.browsing import spells, statements_of

__all__ = ["administrator", "office"]

FIRST = date(2025, 1, 6)
WHY = "The contract names another last day."
GONE = "does not see this record any more."


def placed(vendor: VendorOrganization, practice: str, starts_on: date, **days: Any) -> Assignment:
    return factories.saved(
        placement(
            coordinator_id=person_of(vendor).id, practice_id=factories.make_practice(practice).id,
            vendor_id=vendor.id, starts_on=starts_on, recorded_at=factories.WHEN, **days,
        )
    )  # fmt: skip


def person_of(vendor: VendorOrganization) -> Coordinator:
    return db.session.query(Coordinator).join(Coordinator.employments).filter(Employment.employer_id == vendor.id).one()


@pytest.fixture
def vendor(administrator: User) -> VendorOrganization:
    """A vendor whose coordinator works with two practices, and will work with a third one."""
    found = factories.make_vendor("Harbor Family Network")
    factories.make_coordinator("Ana Ferreira", vendor=found)
    placed(found, "Elm Street", date(2026, 1, 5))
    placed(found, "Ash Street", date(2025, 3, 3), ends_on=date(2025, 9, 30))
    placed(found, "Oak Street", clock.today() + timedelta(days=30))
    return found


def address_of(vendor: VendorOrganization) -> str:
    person = person_of(vendor)
    return f"/coordinators/{person.id}/employments/{spells(person)[-1].id}/correct"


def typed(**given: str) -> dict[str, Any]:
    return {"kind": "employee", "starts_on": FIRST.isoformat(), "reason": WHY, **given}


def test_an_earlier_last_day_shows_whom_it_touches_before_it_is_confirmed(
    office: FlaskClient, vendor: VendorOrganization
) -> None:
    address, last_day = address_of(vendor), clock.today() - timedelta(days=20)
    shown = f"{last_day:%B} {last_day.day}, {last_day.year}"

    preview = send(office, address, do="look", **typed(ends_on=last_day.isoformat()))

    work = preview.text.split("Work with practices</h3>")[1].split("</ul>")[0]
    assert f"<bdi>Elm Street</bdi>, from January 5, 2026 on: ends on {shown}." in work
    assert "<bdi>Oak Street</bdi>" in work.split("is taken back.")[0]
    assert "Ash Street" not in work
    gone = preview.text.split("Exposures that there are so far, and not any more</h3>")[1].split("</ul>")[0]
    assert "Ana Ferreira is without a credential in force from January 5, 2026 on." in gone
    assert "Oak Street" not in gone  # nothing is exposed there yet
    assert f"Harbor Family Network {GONE}" in preview.text
    assert [one.superseded_at for one in spells(person_of(vendor))] == [None]

    answers = [
        send(office, address, preview, do="correct", **typed(ends_on=last_day.isoformat())) for _ in range(2)
    ]  # a double click

    assert [answer.location for answer in answers] == [f"/coordinators/{person_of(vendor).id}"] * 2
    assert [(one.ends_on, one.superseded_at is None) for one in spells(person_of(vendor))] == [
        (None, False), (last_day, True)
    ]  # fmt: skip
    now = db.session.query(Assignment).filter(Assignment.superseded_at.is_(None)).order_by(Assignment.starts_on)
    assert [(one.practice.name, one.ends_on) for one in now] == [
        ("Ash Street", date(2025, 9, 30)), ("Elm Street", last_day)
    ]  # fmt: skip


def test_a_later_first_day_shows_nothing_else_where_nothing_else_changes(
    office: FlaskClient, vendor: VendorOrganization
) -> None:
    preview = send(office, address_of(vendor), do="look", **typed(starts_on="2025-01-07", job_title="Care coordinator"))
    assert "Nothing else changes" in preview.text
    assert "employee, Care coordinator, from January 7, 2025 on." in preview.text


def test_days_without_an_employment_show_their_exposure(office: FlaskClient, vendor: VendorOrganization) -> None:
    person = person_of(vendor)
    placed(vendor, "Birch Street", date(2024, 12, 2), ends_on=date(2025, 1, 31))
    preview = send(office, address_of(vendor), do="look", **typed(starts_on="2025-01-20"))
    new = preview.text.split("Exposures that there are then</h3>")[1].split("</ul>")[0]
    assert f"With <bdi>Birch Street</bdi>: {person.name} is without an employment at Harbor Family Network from " in new
    assert "December 2, 2024 through January 19, 2025" in new


def test_what_cannot_be_is_refused_and_nothing_is_shown(office: FlaskClient, vendor: VendorOrganization) -> None:
    for given, message in (
        (typed(), "This is what is on record already"),
        (typed(ends_on="2024-01-01"), "The last day cannot be before the first day"),
        (typed(starts_on="2026-01-06"), "The work with Ash Street began on March 3, 2025"),
        (typed(starts_on="2025-02-03", reason=""), "Say what was wrong."),
    ):
        answer = send(office, address_of(vendor), do="look", **given)
        assert answer.status_code == 422
        assert message in answer.text
        assert "What changes</h2>" not in answer.text


def test_the_rule_of_independence_is_asked_before_anything_is_recorded(
    office: FlaskClient, vendor: VendorOrganization
) -> None:
    person = person_of(vendor)
    elm = db.session.query(Assignment).filter(Assignment.starts_on == date(2026, 1, 5)).one().practice
    former = factories.make_employment(person, elm, starts_on=date(2020, 1, 1), ends_on=date(2025, 12, 31))
    address = f"/coordinators/{person.id}/employments/{former.id}/correct"
    answer = send(office, address, do="look", **typed(starts_on="2020-01-01", ends_on="2026-02-28"))
    assert answer.status_code == 422
    assert answer.text.count("A coordinator must be independent of the practice.") == 2  # in the list and at its field
    assert former.superseded_at is None


def test_what_is_confirmed_is_what_was_shown_and_the_second_person_is_told(
    office: FlaskClient, administrator: User, vendor: VendorOrganization
) -> None:
    (spell,) = spells(person_of(vendor))
    given = Spell(EmploymentKind.EMPLOYEE, "", Span(FIRST, clock.today() + timedelta(days=90)))
    on = clock.civil_date(AT)
    seen = employment_corrections.plan(administrator, spell, given, on=on).fingerprint
    wanted: dict[str, Any] = {"reason": WHY, "base_url": "", "actor": administrator, "at": AT}
    placed(vendor, "Birch Street", clock.today() + timedelta(days=120))
    with pytest.raises(Refusal, match="Nothing was changed yet"), transaction():
        employment.correct_as_shown(spell, given, seen=seen, **wanted)
    with transaction():
        seen = employment_corrections.plan(administrator, spell, given, on=on).fingerprint
        employment.correct_as_shown(spell, given, seen=seen, **wanted)
    with pytest.raises(Refusal, match="Somebody else changed this employment"), transaction():
        employment.correct_as_shown(spell, given, seen=seen, **wanted)


def test_an_open_application_goes_to_another_employer_whose_name_is_not_told(
    client: FlaskClient, vendor: VendorOrganization
) -> None:
    person = person_of(vendor)
    other = factories.make_vendor("Secret Employer")
    factories.make_employment(person, other)
    hr = factories.make_user(Role.VENDOR_HR, vendor)
    applied(person, hr, owner_id=vendor.id)
    factories.sign_in(client, hr)
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    address = address_of_first(person)

    preview = send(client, address, do="look", **typed(ends_on=yesterday))

    assert "The open application goes to the vendor that employs the person now." in preview.text
    assert "Secret Employer" not in preview.text
    answer = send(client, address, preview, do="correct", **typed(ends_on=yesterday))
    assert answer.location == "/coordinators/former"
    db.session.expire_all()
    assert db.session.query(Application).one().owner_id == other.id


def address_of_first(person: Coordinator) -> str:
    return f"/coordinators/{person.id}/employments/{spells(person)[0].id}/correct"


def test_another_vendors_employment_is_not_found(client: FlaskClient, vendor: VendorOrganization) -> None:
    factories.sign_in(client, factories.make_user(Role.VENDOR_HR, factories.make_vendor()))
    assert client.get(address_of(vendor)).status_code == 404


def test_a_preview_costs_the_same_statements_however_many_assignments_there_are(
    administrator: User, vendor: VendorOrganization
) -> None:
    given = Spell(EmploymentKind.EMPLOYEE, "", Span(FIRST, clock.today()))
    (spell,) = spells(person_of(vendor))

    def planned() -> object:
        db.session.expire_all()
        return employment_corrections.plan(administrator, spell, given, on=clock.today())

    few = len(statements_of(planned))
    for number in range(5):
        placed(vendor, f"Birch Street {number}", date(2026, 2, 2))
    assert len(statements_of(planned)) == few
