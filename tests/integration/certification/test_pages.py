"""The applicant's, the reviewer's and the public's pages, as their people click through them."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from certhub import clock
from certhub.blueprints.applications.forms import evidence_form
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.demo.evidence import PAPER
from certhub.models.certification import Application, Certificate, Credential, Decision, Evidence, ItemReview
from certhub.queries import evaluations
from certhub.rules.dossier import SiteItem
from certhub.rules.evidence_forms import fields_for
from certhub.rules.sites import SITES
from certhub.rules.vocabulary import ApplicationStatus, Role, StatusEventKind, Verdict
from certhub.services import applications, status_events
from certhub.web.context import press
from certhub.web.questions import may_be_left_out
from tests import factories
from tests.unit.rules.test_evidence_forms import SHIPPED


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    vendor = factories.make_vendor()
    return lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())


def draft(desk: lifecycle.Desk, leave_out: frozenset[str] = frozenset()) -> Application:
    at = clock.now()
    with transaction():
        application = lifecycle.opened(desk.applicant.party, desk, at=at)  # type: ignore[arg-type]  # HR has a party
        return lifecycle.furnished(application, desk, at=at, leave_out=leave_out)


def submitted(desk: lifecycle.Desk) -> Application:
    application = draft(desk)
    with transaction():
        return lifecycle.submitted(application, desk, at=clock.now())


def post(
    client: FlaskClient, address: str, *, page: TestResponse | None = None, **fields: object
) -> tuple[int, str, str]:
    """Fill in the form at an address and send it; `page` is the form where it was opened earlier."""
    page = page or client.get(address)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    sent = re.search(r'name="submission_token"[^>]*value="([^"]+)"', page.text)
    answer = client.post(
        address,
        data={
            "csrf_token": token[1] if token else "", **({"submission_token": sent[1]} if sent else {}), **fields
        },
        content_type="multipart/form-data",
    )  # fmt: skip
    return answer.status_code, answer.text, answer.headers.get("Location", "")


def test_hr_opens_provides_and_submits(client: FlaskClient, desk: lifecycle.Desk) -> None:
    factories.sign_in(client, desk.applicant)
    party_id = desk.applicant.party_id

    status, _, where = post(client, f"/parties/{party_id}/applications/new")
    assert status == 302
    application = db.session.scalars(select(Application)).one()
    page = client.get(where)
    assert "VO-06" in page.text
    assert "Not met" in page.text

    status, text, _ = post(client, f"/applications/{application.id}/submit", confirmed="y")
    assert status == 422
    assert "not complete yet" in text

    status, _, where = post(
        client, f"/applications/{application.id}/requirements/VO-08/evidence/new",
        document_type="supervision_plan", occurred_on="2026-01-05", file=(io.BytesIO(PAPER), "plan.pdf"),
    )  # fmt: skip
    assert (status, "VO-08" in where) == (302, True), _
    assert "plan.pdf" in client.get(f"/applications/{application.id}").text


def test_what_was_typed_stays_when_evidence_is_refused(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = draft(desk, frozenset({"VO-08"}))
    factories.sign_in(client, desk.applicant)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()

    status, text, _ = post(
        client, f"/applications/{application.id}/requirements/VO-08/evidence/new",
        document_type="supervision_plan", occurred_on=tomorrow, note="Two hours each month",
        file=(io.BytesIO(PAPER), "p.pdf"),
    )  # fmt: skip

    assert status == 422
    assert "future" in text
    assert "Two hours each month" in text
    assert not db.session.scalars(select(Evidence).where(Evidence.requirement_code == "VO-08")).all()


def test_nobody_fills_in_a_form_for_an_application_that_takes_nothing(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    application = submitted(desk)
    factories.sign_in(client, desk.applicant)
    forms = [
        f"/applications/{application.id}/requirements/{code}" for code in ("VO-08/evidence/new", "VO-15/signature/new")
    ]

    for address in forms:
        answer = client.get(address)
        assert answer.status_code == 409, address
        assert "The application is with DPH now." in answer.text
        assert f'href="{address}"' not in answer.text, "no page leads back to itself"
    with transaction():
        applications.withdraw(application, actor=desk.applicant, at=clock.now())
    for address in forms:
        assert "This application has ended" in client.get(address).text


def test_sending_the_same_evidence_form_twice_saves_it_once(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = draft(desk, frozenset({"VO-08"}))
    factories.sign_in(client, desk.applicant)
    address = f"/applications/{application.id}/requirements/VO-08/evidence/new"
    page = client.get(address).text
    fields = {
        "csrf_token": re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1],  # type: ignore[index]  # it is there
        "submission_token": re.search(r'name="submission_token"[^>]*value="([^"]+)"', page)[1],  # type: ignore[index]  # as above
        "document_type": "supervision_plan",
        "occurred_on": "2026-01-05",
    }

    for _ in range(2):
        answer = client.post(
            address, data={**fields, "file": (io.BytesIO(PAPER), "p.pdf")}, content_type="multipart/form-data"
        )
        assert answer.status_code == 302

    found = db.session.scalar(select(func.count()).where(Evidence.requirement_code == "VO-08"))
    assert found == 1


def test_a_reviewer_returns_an_item_and_the_applicant_reads_why(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = submitted(desk)
    factories.sign_in(client, desk.reviewer)
    assert desk.applicant.party.name in client.get("/work").text  # type: ignore[union-attr]  # HR has a party

    page = f"/applications/{application.id}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)[1]  # type: ignore[index]  # it is there
    assert client.post(f"{page}/take-up", data={"csrf_token": token}).status_code == 302
    status, text, _ = post(client, f"{page}/requirements/VO-06/review", verdict="returned", reason="")
    assert (status, "Say why" in text) == (422, True)
    status, _, _ = post(
        client, f"{page}/requirements/VO-06/review", verdict="returned", reason="The second page is missing."
    )
    assert status == 302
    assert client.post(f"{page}/return", data={"csrf_token": token}).status_code == 302

    factories.sign_in(client, desk.applicant)
    text = client.get(page).text
    assert "The second page is missing." in text
    assert "More information needed" in text


def decide_ready(desk: lifecycle.Desk) -> Application:
    application = submitted(desk)
    with transaction():
        lifecycle.reviewed(application, desk, at=clock.now())
    return application


def test_a_reviewer_approves_and_the_certificate_can_be_downloaded_and_verified(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    application = decide_ready(desk)
    factories.sign_in(client, desk.reviewer)

    status, text, _ = post(client, f"/applications/{application.id}/decision", outcome="approved", reason="")
    assert status == 302, text

    certificate = db.session.scalars(select(Certificate)).one()
    factories.sign_in(client, desk.applicant)
    pdf = client.get(f"/certificates/{certificate.id}/pdf")
    assert pdf.data.startswith(b"%PDF")
    assert certificate.facts["credential_number"] in client.get(f"/certificates/{certificate.id}").text
    assert certificate.facts["credential_number"] in client.get(f"/credentials/{certificate.credential_id}").text

    visitor = client.application.test_client()
    public = f"/verify/{certificate.verification_code}"
    shown = visitor.get(public).text
    assert "Current" in shown
    assert desk.applicant.email not in shown
    assert desk.applicant.party.email not in shown  # type: ignore[union-attr,operator]  # HR has a party with an address
    _, same, _ = post(visitor, public, file=(io.BytesIO(pdf.data), "certificate.pdf"))
    assert "byte for byte" in same
    _, other, _ = post(visitor, public, file=(io.BytesIO(pdf.data + b"\n% changed"), "certificate.pdf"))
    assert "not the one that was issued" in other
    _, anywhere, _ = post(visitor, "/verify", file=(io.BytesIO(pdf.data), "x.pdf"))
    assert certificate.facts["credential_number"] in anywhere


@pytest.mark.parametrize("code", ["", "short", "A" * 5000, "%00", "0000-0000-0000-0000-0000-0000-00", "\u202eevil"])
def test_a_code_that_nobody_gave_out_is_answered_in_plain_words(client: FlaskClient, code: str) -> None:
    answer = client.get("/verify", query_string={"code": code})
    assert answer.status_code in (200, 302, 422)
    assert client.get(f"/verify/{code or 'x'}").status_code == 404


def test_two_decisions_on_one_application_are_one(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = decide_ready(desk)
    factories.sign_in(client, desk.reviewer)
    address = f"/applications/{application.id}/decision"
    opened_before = client.get(address)
    post(client, address, outcome="approved", reason="")

    status, text, _ = post(client, address, page=opened_before, outcome="denied", reason="No.")

    assert status == 422
    assert "approved" in text.lower()
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 1
    assert application.status is ApplicationStatus.APPROVED


def test_a_denial_needs_reasons_and_gives_the_appeal_date(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = decide_ready(desk)
    factories.sign_in(client, desk.reviewer)

    status, text, _ = post(client, f"/applications/{application.id}/decision", outcome="denied", reason=" ")
    assert (status, "reasons for the denial" in text) == (422, True)
    assert "A denial would have to rest on something else" in text, "everything is met"
    status, _, _ = post(
        client, f"/applications/{application.id}/decision", outcome="denied", reason="The insurance lapsed."
    )
    assert status == 302

    factories.sign_in(client, desk.applicant)
    shown = client.get(f"/applications/{application.id}").text
    assert "The insurance lapsed." in shown
    assert "hearing" in shown


def test_a_decided_application_shows_what_the_decision_rests_on_whatever_happens_later(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    application = decide_ready(desk)
    with transaction():
        applications.approve(application, "", press=desk.press, actor=desk.reviewer, at=clock.now())
    factories.sign_in(client, desk.reviewer)
    met = re.search(r"(\d+) of \1 met", client.get(f"/applications/{application.id}").text)
    assert met is not None

    with time_machine.travel(clock.now() + timedelta(days=500), tick=False):  # the insurance certificate is stale now
        factories.sign_in(client, desk.reviewer)
        later = client.get(f"/applications/{application.id}").text
        form = client.get(f"/applications/{application.id}/decision")

    assert met[0] in later
    assert "This is how the requirements stood on that day." in later
    assert "If approved today" not in later
    assert (form.status_code, form.headers["Location"]) == (302, f"/applications/{application.id}")


def test_the_decision_page_shows_what_has_happened_to_the_credential(client: FlaskClient, desk: lifecycle.Desk) -> None:
    first = decide_ready(desk)
    with transaction():
        applications.approve(first, "", press=desk.press, actor=desk.reviewer, at=clock.now())
    credential = db.session.scalars(select(Credential)).one()
    administrator = factories.make_user(Role.DPH_ADMINISTRATOR)
    with time_machine.travel(clock.now() + timedelta(days=700), tick=False):
        application = decide_ready(desk)
        with transaction():
            status_events.record(
                credential, StatusEventKind.SUSPENDED, effective_on=clock.today(), ends_on=None, reason="A complaint.",
                citation="", actor=administrator, at=clock.now(),
            )  # fmt: skip
        factories.sign_in(client, desk.reviewer)
        page = client.get(f"/applications/{application.id}/decision").text

    assert "Suspended since" in page
    assert credential.number in page


def test_another_vendor_sees_neither_application_nor_certificate_nor_file(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    application = decide_ready(desk)
    with transaction():
        applications.approve(application, "", press=desk.press, actor=desk.reviewer, at=clock.now())
    certificate = db.session.scalars(select(Certificate)).one()
    file_id = db.session.scalars(select(Evidence.file_id).where(Evidence.file_id.is_not(None))).first()
    stranger = factories.make_user(Role.VENDOR_HR, factories.make_vendor())
    factories.sign_in(client, stranger)

    for address in (
        f"/applications/{application.id}", f"/applications/{application.id}/submit", f"/certificates/{certificate.id}",
        f"/certificates/{certificate.id}/pdf", f"/credentials/{certificate.credential_id}", f"/files/{file_id}",
        f"/parties/{application.party_id}/applications/new",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address


def test_the_first_page_tells_each_person_what_needs_doing(client: FlaskClient, desk: lifecycle.Desk) -> None:
    submitted(desk)
    factories.sign_in(client, desk.reviewer)
    assert "Applications that wait" in client.get("/").text
    factories.sign_in(client, desk.applicant)
    assert "initial application" in client.get("/").text


@pytest.mark.parametrize("code", ["PR-03", "PR-05"])
def test_no_question_that_needs_an_answer_is_called_optional(app: Flask, code: str) -> None:
    requirement = replace(SHIPPED[code], per_site=True)
    sites = [SiteItem(1, "Main office, Boston"), SiteItem(2, "Second office, Boston")]
    with app.test_request_context():
        form = evidence_form(requirement, sites)
    needed = [SITES, *(one.name for one in fields_for(requirement) if one.required and one.name in form)]
    assert len(needed) > 1
    assert not [name for name in needed if may_be_left_out(form[name])]


def test_a_certificate_is_issued_again_with_a_reason(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = decide_ready(desk)
    factories.sign_in(client, desk.reviewer)
    post(client, f"/applications/{application.id}/decision", outcome="approved", reason="")
    first = db.session.scalars(select(Certificate)).one()

    status, _, _ = post(client, f"/certificates/{first.id}/reissue", reason="The legal name changed.")

    assert status == 302
    assert "replaced by a newer one" in client.get(f"/verify/{first.verification_code}").text
    assert db.session.scalars(select(ItemReview.verdict)).first() is Verdict.ACCEPTED


def test_new_evidence_beside_an_accepted_one_is_pointed_out_to_the_reviewer(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    application = decide_ready(desk)
    factories.sign_in(client, desk.reviewer)
    page = f"/applications/{application.id}"
    requirement = evaluations.judge(application, as_of=clock.today()).requirement("VO-08")
    assert requirement is not None
    with transaction():
        applications.review_item(
            application, requirement, Verdict.RETURNED, "Sign it.", actor=desk.reviewer, at=clock.now()
        )
        applications.return_for_correction(
            application, base_url="https://x.example", actor=desk.reviewer, at=clock.now()
        )
        other = evaluations.judge(application, as_of=clock.today()).requirement("VO-07")
        assert other is not None
        file = lifecycle.paper(application, desk, at=clock.now())
        for one in (requirement, other):
            lifecycle.provide(application, one, desk, file=file, at=clock.now())
        lifecycle.submitted(application, desk, at=clock.now())

    assert client.get(page).text.count("New evidence to look at") == 1
