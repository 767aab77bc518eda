"""A reviewer's word holds for the requirement, with or without evidence for it: waived, returned, accepted."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.documents.engines import TypstEngine
from certhub.filestore import FolderStore
from certhub.models.certification import Application
from certhub.models.parties import Coordinator, Party
from certhub.queries import evaluations
from certhub.rules.findings import Finding
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Requirement
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import ApplicationStatus, DecisionOutcome, Result, Role, Verdict
from certhub.services import applications, certificates, recommendations, training
from tests import factories
from tests.integration.certification.test_lifecycle import train

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SITE = "https://certhub.example.org"


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> lifecycle.Desk:
    return lifecycle.Desk(
        applicant=factories.make_user(Role.VENDOR_HR, factories.make_vendor()),
        reviewer=factories.make_user(Role.DPH_REVIEWER),
        press=certificates.Press(TypstEngine(), FolderStore(tmp_path), SITE, "A. Director", "Director"),
    )


@pytest.fixture
def renewal(desk: lifecycle.Desk) -> Application:
    """A coordinator's renewal under review: all is met but the hours, of which 4 are on file."""
    vendor = desk.applicant.party
    assert vendor is not None
    with transaction():
        lifecycle.certified(vendor, desk, at=START)
    person = factories.make_coordinator(vendor=vendor)  # type: ignore[arg-type]  # the vendor's row, loaded as a party
    train(person, desk, on=date(2026, 2, 1), categories={"core": 34, "ethics_scope": 3, "cultural": 3})
    with transaction():
        lifecycle.certified(person, desk, at=START + timedelta(days=20))
        lifecycle.certified(vendor, desk, at=datetime(2028, 1, 20, 15, 0, tzinfo=UTC))
    learn(person, desk, 4, on=date(2027, 5, 3))
    at = datetime(2028, 2, 10, 15, 0, tzinfo=UTC)
    with transaction():
        application = lifecycle.furnished(lifecycle.opened(person, desk, at=at), desk, at=at)
        lifecycle.submitted(application, desk, at=at)
        lifecycle.reviewed(application, desk, at=at)
    return application


TODAY = datetime(2028, 2, 11, 15, 0, tzinfo=UTC)


def learn(person: Party, desk: lifecycle.Desk, hours: int, *, on: date) -> None:
    assert isinstance(person, Coordinator)
    with transaction():
        training.record(
            person, vendor_id=None, title=f"Class of {on}", provider="Institute", provider_approved=True,
            course_code="", completed_on=on, hours={TrainingCategory.CORE: Decimal(hours)}, score=None, file=None,
            actor=desk.applicant, at=TODAY,
        )  # fmt: skip


def asked(application: Application, code: str) -> tuple[Requirement, Finding]:
    db.session.expire_all()
    judgement = evaluations.judge(application, as_of=TODAY.date())
    return next(pair for pair in judgement.pairs() if pair[0].code == code)


def say(application: Application, code: str, verdict: Verdict, desk: lifecycle.Desk, reason: str = "") -> None:
    with transaction():
        applications.review_item(
            application, asked(application, code)[0], verdict, reason, actor=desk.reviewer, at=TODAY
        )


def send_back(application: Application, desk: lifecycle.Desk) -> None:
    with transaction():
        applications.return_for_correction(application, base_url=SITE, actor=desk.reviewer, at=TODAY)


def submit(application: Application, desk: lifecycle.Desk) -> None:
    with transaction():
        applications.submit(application, base_url=SITE, actor=desk.applicant, at=TODAY)


def test_hours_that_were_waived_allow_the_approval_by_two_people(desk: lifecycle.Desk, renewal: Application) -> None:
    assert asked(renewal, "CC-09")[1].result is Result.PARTIAL

    say(renewal, "CC-09", Verdict.WAIVED, desk, "Ill for most of the term")

    finding = asked(renewal, "CC-09")[1]
    assert finding.result is Result.WAIVED
    deciding = factories.make_user(Role.DPH_ADMINISTRATOR)
    assert finding.explanation == "The department has waived this requirement: Ill for most of the term."
    with pytest.raises(Refusal, match="That takes two people"), transaction():  # the hours are critical
        applications.approve(renewal, "", press=desk.press, actor=desk.reviewer, at=TODAY)
    with transaction():
        recommendations.recommend(
            renewal, DecisionOutcome.APPROVED, "", "Ill for most of the term", actor=desk.reviewer, at=TODAY
        )
    with transaction():
        applications.approve(renewal, "", press=desk.press, actor=deciding, at=TODAY)
    assert renewal.status is ApplicationStatus.APPROVED


def test_a_returned_computed_item_must_change_before_it_is_submitted_again(
    desk: lifecycle.Desk, renewal: Application
) -> None:
    learn(renewal.party, desk, 1, on=date(2027, 6, 1))
    say(renewal, "CC-09", Verdict.RETURNED, desk, "Half of these hours are missing their certificate.")
    finding = asked(renewal, "CC-09")[1]
    assert (finding.result, finding.provided) == (Result.NOT_MET, False)
    send_back(renewal, desk)

    with pytest.raises(Refusal, match=r"DPH returned CC-09 .*, and nothing has changed there since"):
        submit(renewal, desk)
    learn(renewal.party, desk, 2, on=date(2027, 7, 1))
    submit(renewal, desk)
    assert renewal.status is ApplicationStatus.SUBMITTED
    assert asked(renewal, "CC-09")[1].explanation.startswith("7 of 24 hours")
    with transaction():
        applications.take_up(renewal, actor=desk.reviewer, at=TODAY)
    with pytest.raises(Refusal, match="Return at least one item"):
        send_back(renewal, desk)


def test_accepting_takes_a_return_back_also_while_the_applicant_has_it(
    desk: lifecycle.Desk, renewal: Application
) -> None:
    say(renewal, "CC-08", Verdict.RETURNED, desk, "Who employs this person?")
    assert asked(renewal, "CC-08")[1].result is Result.NOT_MET
    with pytest.raises(Refusal, match="critical"), transaction():
        applications.approve(renewal, "Fine", press=desk.press, actor=desk.reviewer, at=TODAY)
    send_back(renewal, desk)

    with pytest.raises(Refusal, match="Take up the application first"):
        say(renewal, "CC-09", Verdict.WAIVED, desk, "This one was not returned")
    say(renewal, "CC-08", Verdict.ACCEPTED, desk)

    assert asked(renewal, "CC-08")[1].result is Result.MET
    submit(renewal, desk)


def test_records_that_fall_short_cannot_be_accepted_and_dph_does_not_return_its_own_searches(
    desk: lifecycle.Desk, renewal: Application
) -> None:
    with pytest.raises(Refusal, match="The records do not meet this requirement"):
        say(renewal, "CC-09", Verdict.ACCEPTED, desk)
    say(renewal, "CC-08", Verdict.ACCEPTED, desk)

    vendor = desk.applicant.party
    assert vendor is not None
    other = factories.make_vendor()
    own = lifecycle.Desk(factories.make_user(Role.VENDOR_HR, other), desk.reviewer, desk.press)
    with transaction():
        application = lifecycle.furnished(lifecycle.opened(other, own, at=TODAY), own, at=TODAY)
        lifecycle.reviewed(lifecycle.submitted(application, own, at=TODAY), own, at=TODAY)
    with pytest.raises(Refusal, match="DPH enters this one itself"):
        say(application, "VO-05", Verdict.RETURNED, own, "Search again")


def test_the_page_offers_a_word_on_what_is_computed_and_shows_the_return(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    vendor, at = desk.applicant.party, clock.now()
    assert vendor is not None
    with transaction():
        application = lifecycle.furnished(lifecycle.opened(vendor, desk, at=at), desk, at=at)
        lifecycle.reviewed(lifecycle.submitted(application, desk, at=at), desk, at=at)
        requirement = evaluations.judge(application, as_of=clock.civil_date(at)).requirement("VO-10")
        assert requirement is not None
        applications.review_item(
            application, requirement, Verdict.RETURNED, "Who owns you?", actor=desk.reviewer, at=at
        )
    factories.sign_in(client, desk.reviewer)

    page = client.get(f"/applications/{application.id}").text

    item = re.search(r'<li class="requirement[^>]*id="VO-10">.*?</h3>(.*?)</li>', page, re.DOTALL)
    assert item is not None
    assert f"/applications/{application.id}/requirements/VO-10/review" in item[1]
    assert "The reviewer returned this. Read the note, then correct it." in item[1]
    assert "Return 1 item to the applicant" in page
