"""The transcript: the same judgement as the record, all that was ever earned, and nobody told who else employed one."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import page as accessibility
import pytest
from flask import Flask
from flask.testing import FlaskClient

from certhub import clock
from certhub.database import db, transaction
from certhub.models.parties import Coordinator, VendorOrganization
from certhub.models.training import TrainingApproval, TrainingCompletion
from certhub.queries import evaluations, transcript_files, transcripts
from certhub.rules.vocabulary import Role
from certhub.services import training
from tests import factories
from tests.factories import WHEN
from tests.integration.documents.pdf_text import contains, saved
from tests.integration.orders.arranging import certified
from tests.integration.parties.browsing import fetched, statements_of, vendor_hr

TODAY = clock.today()


def taught(
    person: Coordinator,
    title: str,
    *,
    hours: float = 2,
    days_ago: int = 10,
    vendor: VendorOrganization | None = None,
    category: str = "ethics_scope",
    approved: bool = True,
) -> TrainingCompletion:
    return factories.saved(
        TrainingCompletion(
            coordinator_id=person.id, vendor_id=vendor.id if vendor else None, title=title, provider="Institute",
            provider_approved=approved, category=category, minutes=int(hours * 60),
            completed_on=TODAY - timedelta(days=days_ago), recorded_at=WHEN,
        )
    )  # fmt: skip


@pytest.fixture
def vendor(app: Flask) -> VendorOrganization:
    return factories.make_vendor("Harbor Care")


@pytest.fixture
def person(vendor: VendorOrganization) -> Coordinator:
    """Somebody whose term ends in 200 days, with training in it, before it, entered twice, and not approved."""
    found = factories.make_coordinator("Ana Ferreira", vendor=vendor)
    certified(found, TODAY + timedelta(days=200))
    elsewhere = factories.make_vendor("Old Colony Services")
    taught(found, "Ethics in care", vendor=vendor)
    taught(found, "Ethics in  CARE", hours=1, vendor=elsewhere)
    taught(found, "Long ago", hours=6, days_ago=1500, vendor=elsewhere)
    taught(found, "A talk", category="general", approved=False, vendor=vendor)
    taught(found, "Working with schools", hours=3.25, category="systems")
    return found


def rows_of(client: FlaskClient, person: Coordinator, term: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/coordinators/{person.id}/transcript.csv?term={term}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_the_page_tells_of_each_entry_what_counts_and_why_not(
    client: FlaskClient, person: Coordinator, vendor: VendorOrganization
) -> None:
    vendor_hr(client, vendor)
    page = fetched(client, f"/coordinators/{person.id}/transcript")
    assert "5.25 of 24 hours" in page
    assert "CC-09: 2 hours count." in page
    assert "CC-09: Entered twice: the entry with 2 hours from Institute counts." in page
    assert "before the window that began on" in page
    assert "The provider is not on record as approved" in page
    assert '<th scope="row">Ethics and scope of practice</th><td class="number">2</td><td class="number">2</td>' in page
    assert "<desc" in page
    assert "Ethics and scope of practice: 2 of 2" in page


def test_what_counts_is_what_the_renewal_is_judged_by(person: Coordinator, vendor: VendorOrganization) -> None:
    hr = factories.make_user(Role.VENDOR_HR, vendor)
    outlook = evaluations.outlook_of(person, as_of=TODAY)
    found = transcripts.of(hr, person, on=TODAY)
    assert outlook is not None
    for account in found.accounts:
        assert account.finding == outlook.judgement.evaluation.finding(account.requirement.code)
    assert [account.requirement.code for account in found.accounts] == ["CC-09"]


def test_another_employer_is_not_named_to_the_present_one_but_to_the_person(
    client: FlaskClient, person: Coordinator, vendor: VendorOrganization
) -> None:
    vendor_hr(client, vendor)
    assert {row["training"]: row["entered by"] for row in rows_of(client, person)} == {
        "Ethics in care": "Harbor Care", "Ethics in  CARE": "Another employer", "Long ago": "Another employer",
        "A talk": "Harbor Care", "Working with schools": "DPH",
    }  # fmt: skip
    pdf = client.get(f"/coordinators/{person.id}/transcript.pdf").data
    assert not contains(pdf, "Old Colony")
    factories.sign_in(client, factories.make_user(Role.COORDINATOR, person))
    assert {row["entered by"] for row in rows_of(client, person)} == {"Harbor Care", "Old Colony Services", "DPH"}
    assert "Old Colony Services" in fetched(client, f"/coordinators/{person.id}/transcript")


@pytest.mark.parametrize("file", ["transcript", "transcript.csv", "transcript.pdf"])
def test_a_former_employer_and_a_practice_find_no_transcript(client: FlaskClient, file: str) -> None:
    former = factories.make_vendor()
    person = factories.make_coordinator()
    factories.make_employment(person, former, starts_on=date(2020, 1, 6), ends_on=date(2021, 1, 5))
    vendor_hr(client, former)
    assert client.get(f"/coordinators/{person.id}/{file}").status_code == 404
    factories.sign_in(client, factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice()))
    assert client.get(f"/coordinators/{person.id}/{file}").status_code == 404


def test_an_earlier_term_and_the_first_certificate_can_be_chosen(
    client: FlaskClient, person: Coordinator, vendor: VendorOrganization
) -> None:
    vendor_hr(client, vendor)
    page = fetched(client, f"/coordinators/{person.id}/transcript?term=first")
    assert "You are looking at an earlier term" in page
    assert "CC-02" in page
    assert "CC-09" not in page
    assert "After " in page
    assert "The window of this term" not in page
    first = {row["training"]: row["CC-02"] for row in rows_of(client, person, "first")}
    assert first["Ethics in care"].endswith("the last day that counts.")
    unknown = fetched(client, f"/coordinators/{person.id}/transcript?term=2001-01-01")
    assert "You are looking at an earlier term" not in unknown


def test_hours_that_were_taken_back_and_those_that_dph_rejected_say_so(
    client: FlaskClient, person: Coordinator, vendor: VendorOrganization
) -> None:
    hr = vendor_hr(client, vendor)
    wrong = taught(person, "Wrong person", vendor=vendor)
    with transaction():
        training.withdraw(wrong, reason="Another Ana", actor=hr, at=clock.now())
    reviewer = factories.make_user(Role.DPH_REVIEWER)
    factories.saved(
        TrainingApproval(
            completion_id=taught(person, "No trainer", vendor=vendor).id, approved=False, reason="No trainer is named",
            reviewer_id=reviewer.id, recorded_at=WHEN,
        )
    )  # fmt: skip
    page = fetched(client, f"/coordinators/{person.id}/transcript")
    assert "Taken back on" in page
    assert "DPH found that this training is not approved: No trainer is named." in page
    by_title = {row["training"]: row for row in rows_of(client, person)}
    assert by_title["Wrong person"]["taken back on"] == TODAY.isoformat()
    assert by_title["Wrong person"]["CC-09 hours"] == "0"
    assert by_title["Working with schools"]["CC-09 hours"] == "3.25"
    assert not contains(client.get(f"/coordinators/{person.id}/transcript.pdf").data, "Wrong person")


def test_the_pdf_is_accessible_has_all_entries_and_is_the_same_for_the_same_day(
    person: Coordinator, vendor: VendorOrganization, tmp_path: Path
) -> None:
    """Lesson 22."""
    hr = factories.make_user(Role.VENDOR_HR, vendor)
    paper = transcript_files.paper_of(transcripts.of(hr, person, on=TODAY))
    pdf = paper.printed()
    for profile in ("ua1", "2a"):
        verdict = accessibility.validate_pdf(saved(pdf, tmp_path), profile=profile)
        assert verdict.is_compliant, (profile, verdict.failures)
    for words in (
        "Transcript of training: Ana Ferreira", "5.25 of 24 hours", "Long ago", "Entered by Another employer",
        "All hours that count", transcript_files.OWN_RECORD,
    ):  # fmt: skip
        assert contains(pdf, words), words
    assert pdf == transcript_files.paper_of(transcripts.of(hr, person, on=TODAY)).printed()


def test_a_title_that_the_fonts_lack_leads_back_to_the_page(
    client: FlaskClient, person: Coordinator, vendor: VendorOrganization
) -> None:
    vendor_hr(client, vendor)
    taught(person, "照顾协调")
    answer = client.get(f"/coordinators/{person.id}/transcript.pdf")
    assert answer.status_code == 302
    assert "The PDF cannot show these letters" in fetched(client, answer.headers["Location"])


def test_a_title_that_is_a_formula_stays_text(
    client: FlaskClient, person: Coordinator, vendor: VendorOrganization
) -> None:
    vendor_hr(client, vendor)
    taught(person, '=HYPERLINK("x")', days_ago=1)
    assert rows_of(client, person)[0]["training"] == '\'=HYPERLINK("x")'


def test_somebody_without_training_reads_what_to_do(client: FlaskClient, vendor: VendorOrganization) -> None:
    nobody = factories.make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    page = fetched(client, f"/coordinators/{nobody.id}/transcript")
    assert "No training is on file yet." in page
    assert "0 of 40 hours" in page
    assert client.get(f"/coordinators/{nobody.id}/transcript.pdf").status_code == 200
    assert "The window of" not in page
    factories.sign_in(client, factories.make_user(Role.COORDINATOR, nobody))
    assert f'href="/coordinators/{nobody.id}/transcript"' in fetched(client, "/")
    assert "Your employer enters the training" in fetched(client, f"/coordinators/{nobody.id}/transcript")


def test_a_transcript_costs_the_same_statements_however_much_training_there_is(
    person: Coordinator, vendor: VendorOrganization
) -> None:
    """Lesson 23."""
    hr = factories.make_user(Role.VENDOR_HR, vendor)

    def read() -> object:
        db.session.expire_all()
        return transcripts.of(hr, db.session.get_one(Coordinator, person.id), on=TODAY)

    few = len(statements_of(read))
    for number in range(6):
        taught(person, f"Course {number}", hours=0.25, days_ago=30 + number)
    assert len(statements_of(read)) == few
