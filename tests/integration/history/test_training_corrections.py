"""Hours that are taken back: what counts with them and without them is shown before anything is recorded."""

from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.certification import Application
from certhub.models.parties import Coordinator, VendorOrganization
from certhub.models.training import TrainingCompletion
from certhub.queries import training_corrections
from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import TrainingCategory
from certhub.services import training
from tests import factories
from tests.integration.certification.test_training_check import application, desk, entry
from tests.integration.orders.arranging import certified
from tests.integration.parties.browsing import checked, fetched, send, statements_of

__all__ = ["application", "desk"]


def address_of(completion: TrainingCompletion) -> str:
    return f"/coordinators/{completion.coordinator_id}/training/{completion.id}/withdraw"


def taught(desk: lifecycle.Desk, title: str, *, hours: int = 20, code: str = "") -> TrainingCompletion:
    """A person who is certified and has done one training in the term that runs."""
    assert isinstance(desk.applicant.party, VendorOrganization)
    person = factories.make_coordinator("Ana Ferreira", vendor=desk.applicant.party)
    certified(person, clock.today() + timedelta(days=200))
    add(person, desk, title, hours=hours, code=code)
    return entry(title)


def add(person: Coordinator, desk: lifecycle.Desk, title: str, *, hours: int, code: str = "") -> None:
    with transaction():
        training.record(
            person, vendor_id=desk.applicant.party_id, title=title, provider="Institute", provider_approved=True,
            course_code=code, completed_on=clock.today() - timedelta(days=3),
            hours={TrainingCategory.SYSTEMS: Decimal(hours)}, score=None, file=None, actor=desk.applicant,
            at=clock.now(),
        )  # fmt: skip


def test_the_hours_of_an_open_application_are_shown_with_and_without_them(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    address = address_of(entry("Core part 1"))

    page = fetched(client, address)

    assert f'<a href="/applications/{application.id}">the application that is open</a>' in page
    row = page.split("CC-02")[1].split("</tr>")[0]
    before, after = row.split('data-label="Then"')
    assert "40 of 40 hours" in before
    assert "20 of 40 hours" in after
    assert send(client, address, reason="Entered twice").status_code == 302


def test_the_hours_of_the_next_renewal_are_shown_with_and_without_them(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    wrong = taught(desk, "Systems of care")
    factories.sign_in(client, desk.applicant)
    page = fetched(client, address_of(wrong))
    assert "For the next renewal, as of today:" in page
    assert "<caption>What counts so far, and what counts without these hours</caption>" in page


def test_hours_that_count_once_anyway_change_nothing(client: FlaskClient, desk: lifecycle.Desk) -> None:
    first = taught(desk, "Systems of care", code="SYS-1")
    again = factories.saved(
        TrainingCompletion(
            coordinator_id=first.coordinator_id, title="Systems", provider="Institute", provider_approved=True,
            course_code="SYS-1", category=first.category, minutes=60, completed_on=first.completed_on,
            recorded_at=clock.now(),
        )
    )  # fmt: skip
    factories.sign_in(client, desk.applicant)
    page = fetched(client, address_of(again))
    assert "What counts stays the same." in page
    assert "<caption>" not in page


def test_a_person_without_a_credential_has_nothing_judged(client: FlaskClient, desk: lifecycle.Desk) -> None:
    assert isinstance(desk.applicant.party, VendorOrganization)
    person = factories.make_coordinator(vendor=desk.applicant.party)
    add(person, desk, "Systems of care", hours=2)
    factories.sign_in(client, desk.applicant)
    assert "Nothing is judged by these hours now" in fetched(client, address_of(entry("Systems of care")))


def test_hours_are_taken_back_as_shown_and_whoever_comes_second_is_told(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    wrong = taught(desk, "Systems of care")
    factories.sign_in(client, desk.applicant)
    old = fetched(client, address_of(wrong))
    seen = old.split('name="seen"')[1].split('value="')[1].split('"')[0]
    add(wrong.coordinator, desk, "More of systems", hours=3)

    answer = send(client, address_of(wrong), reason="Wrong person", seen=seen)

    assert answer.status_code == 422
    assert "Nothing was changed yet" in checked(answer)
    assert "Wrong person</textarea>" in answer.text
    assert wrong.superseded_at is None
    assert send(client, address_of(wrong), page=address_of(wrong), reason="Wrong person").status_code == 302
    second = send(client, address_of(wrong), reason="Once more")
    assert (second.status_code, "taken back before" in checked(second)) == (422, True)


def test_what_is_not_what_was_shown_is_refused(desk: lifecycle.Desk) -> None:
    wrong = taught(desk, "Systems of care")
    with pytest.raises(Refusal, match="Nothing was changed yet"), transaction():
        training.withdraw_as_shown(wrong, reason="Twice", seen="", actor=desk.applicant, at=clock.now())


def test_a_preview_costs_the_same_statements_however_much_training_there_is(desk: lifecycle.Desk) -> None:
    wrong = taught(desk, "Systems of care")

    def planned() -> object:
        db.session.expire_all()
        return training_corrections.plan(desk.applicant, wrong, on=clock.today())

    few = len(statements_of(planned))
    for number in range(5):
        add(wrong.coordinator, desk, f"Course {number}", hours=1)
    assert len(statements_of(planned)) == few
