"""A fee, where a standard asks for one: DPH records that it is paid or waives it; the applicant is never held up."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.certification import Application, Evidence
from certhub.queries import evaluations
from certhub.rules.standard_draft import Raw
from certhub.rules.vocabulary import ApplicationStatus, Result, Role, Transition
from certhub.services import applications
from certhub.services import standards as service
from certhub.web.context import press
from tests import factories
from tests.factories import ARRANGING
from tests.integration.parties.browsing import send
from tests.integration.standards.drafts import adopted

CODE = "TP-12"


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    program = factories.make_program()
    return lifecycle.Desk(
        factories.make_user(Role.TRAINING_PROVIDER, program), factories.make_user(Role.DPH_REVIEWER), press()
    )


def with_a_fee(cents: int) -> None:
    """The standard of training programs with a fee that DPH records, in force from today on."""

    def charging(raw: Raw) -> Raw:
        asked = [
            {**one, "params": {"amount_cents": cents, "done_by": "department"}} if one["code"] == CODE else one
            for one in raw["requirements"]
        ]
        return {**raw, "requirements": asked}

    now = clock.now()
    with transaction():
        draft = service.draft_next(adopted("TP-CORE"), actor=ARRANGING, at=now)
        draft = service.revise(draft.id, charging, seen=draft.definition_hash, actor=ARRANGING, at=now)
        service.adopt(
            draft.id, seen=draft.definition_hash, effective_from=clock.today(), transition=Transition.BY_SUBMISSION,
            actor=ARRANGING, at=now,
        )  # fmt: skip


def under_review(desk: lifecycle.Desk) -> Application:
    at = clock.now()
    with transaction():
        application = lifecycle.opened(desk.applicant.party, desk, at=at)  # type: ignore[arg-type]  # it has a program
        lifecycle.submitted(lifecycle.furnished(application, desk, at=at), desk, at=at)
        return lifecycle.reviewed(application, desk, at=at, own={CODE})


def found(application: Application) -> tuple[Result, str]:
    db.session.expire_all()
    finding = evaluations.judge(application, as_of=clock.today()).evaluation.finding(CODE)
    assert finding is not None
    return finding.result, finding.explanation


def test_an_application_is_complete_before_the_fee_is_paid(desk: lifecycle.Desk) -> None:
    with_a_fee(3500)
    application = under_review(desk)
    assert application.complete_at is not None
    result, explanation = found(application)
    assert result is Result.NOT_MET
    assert "$0.00 paid of $35.00" in explanation
    assert "DPH records it when the payment is in." in explanation


def test_dph_records_a_payment_with_its_date_and_reference(client: FlaskClient, desk: lifecycle.Desk) -> None:
    with_a_fee(3500)
    application = under_review(desk)
    page = f"/applications/{application.id}/requirements/{CODE}"
    applicant = factories.sign_in(client.application.test_client(), desk.applicant)
    paid = {"paid": "35.00", "receipt": "EFT 4711", "occurred_on": clock.today().isoformat()}
    answer = send(applicant, f"{page}/evidence/new", **paid)
    assert (answer.status_code, "DPH enters this one" in answer.text) == (422, True)

    factories.sign_in(client, desk.reviewer)
    assert send(client, f"{page}/evidence/new", **paid).status_code == 302
    evidence = db.session.scalars(select(Evidence).where(Evidence.requirement_code == CODE)).one()
    assert (evidence.value["paid_cents"], evidence.value["receipt"]) == (3500, "EFT 4711")
    assert send(client, f"{page}/review", verdict="accepted", reason="").status_code == 302
    assert found(application) == (Result.MET, "$35.00 paid.")


def test_a_fee_is_waived_with_a_reason_that_the_applicant_reads(client: FlaskClient, desk: lifecycle.Desk) -> None:
    with_a_fee(3500)
    application = under_review(desk)
    factories.sign_in(client, desk.reviewer)
    page = f"/applications/{application.id}/requirements/{CODE}/review"
    assert send(client, page, verdict="waived", reason="").status_code == 422
    assert send(client, page, verdict="waived", reason="Spouse of a member of the armed forces").status_code == 302
    result, explanation = found(application)
    assert result is Result.WAIVED
    assert "Spouse of a member of the armed forces" in explanation
    with transaction():
        applications.approve(application, "", press=desk.press, actor=desk.reviewer, at=clock.now())
    assert application.status is ApplicationStatus.APPROVED


def test_the_shipped_standards_ask_for_no_fee(desk: lifecycle.Desk) -> None:
    assert found(under_review(desk))[0] is Result.NOT_APPLICABLE
