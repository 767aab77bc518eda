"""Who signs for whom, and for how long a signature counts."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.demo.evidence import Typed
from certhub.documents.engines import TypstEngine
from certhub.filestore import FolderStore
from certhub.models.certification import Application
from certhub.queries import credentials, evaluations
from certhub.rules.evidence_forms import checked_value
from certhub.rules.findings import Finding
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import Result, Role, Verdict
from certhub.services import applications, certificates
from certhub.services import evidence as evidence_service
from tests import factories

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def desk(app: Flask, tmp_path: Path) -> lifecycle.Desk:
    practice = factories.make_practice()
    return lifecycle.Desk(
        factories.make_user(Role.PRACTICE_MANAGER, practice),
        factories.make_user(Role.DPH_REVIEWER),
        certificates.Press(
            TypstEngine(), FolderStore(tmp_path), "https://certhub.example.org", "A. Director", "Director"
        ),
    )


def open_application(desk: lifecycle.Desk, at: datetime = START) -> Application:
    assert desk.applicant.party is not None
    with transaction():
        return lifecycle.opened(desk.applicant.party, desk, at=at)


def asked(application: Application, code: str, on: date) -> tuple[Requirement, Finding]:
    judgement = evaluations.judge(application, as_of=on)
    return next(pair for pair in judgement.pairs() if pair[0].code == code)


def sign(application: Application, desk: lifecycle.Desk, party: str, *, at: datetime, paper: bool = False) -> None:
    requirement, _ = asked(application, "PR-01", at.date())
    with transaction():
        if not paper:
            lifecycle.signed(application, requirement, desk, party, at=at)
            return
        file = lifecycle.paper(application, desk, at=at)
        typed: Typed = {"party": party, "agreed": "y", "signed_by": "Somebody", "occurred_on": at.date().isoformat()}
        given = checked_value(requirement, typed, today=at.date())
        evidence_service.provide(application, requirement, given, file=file, actor=desk.applicant, at=at)


def test_the_manager_cannot_sign_for_the_physician_and_a_paper_waits_for_a_reviewer(desk: lifecycle.Desk) -> None:
    application = open_application(desk)
    sign(application, desk, "practice_manager", at=START)

    with pytest.raises(Refusal, match="You cannot sign for the lead physician"):
        sign(application, desk, "lead_physician", at=START)
    requirement, finding = asked(application, "PR-01", START.date())
    assert "still to sign: the lead physician" in finding.explanation

    sign(application, desk, "lead_physician", at=START, paper=True)
    assert asked(application, "PR-01", START.date())[1].awaiting_review
    with transaction():
        lifecycle.furnished(application, desk, at=START)
        lifecycle.submitted(application, desk, at=START)
        applications.take_up(application, actor=desk.reviewer, at=START)
        applications.review_item(application, requirement, Verdict.ACCEPTED, "", actor=desk.reviewer, at=START)
    assert asked(application, "PR-01", START.date())[1].result is Result.MET


def test_a_signature_of_a_late_renewal_does_not_count_for_the_next_one(desk: lifecycle.Desk) -> None:
    assert desk.applicant.party is not None
    with transaction():
        lifecycle.certified(desk.applicant.party, desk, at=START)
    [credential] = credentials.of_party(desk.reviewer, desk.applicant.party.id)
    first = credentials.view(credential, on=date(2026, 4, 1)).periods[0]
    late = datetime.combine(first.expires_on + timedelta(days=10), START.timetz())
    with transaction():
        renewal = lifecycle.certified(desk.applicant.party, desk, at=late, days_to_decide=5)
    db.session.expire_all()
    second = credentials.view(credential, on=late.date() + timedelta(days=6)).periods[0]
    assert second.starts_on < late.date()  # backdated: the signature lies inside the term that it was given for

    again = open_application(desk, datetime.combine(second.expires_on - timedelta(days=30), START.timetz()))

    requirement, finding = asked(again, "PR-07", again.opened_at.date())
    assert requirement.params["each_term"] is True
    assert finding.result is Result.NOT_MET
    assert "for an earlier term" in finding.explanation
    assert asked(renewal, "PR-07", late.date())[1].satisfied
