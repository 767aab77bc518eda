"""References that people without an account give: sent once, judged as the standard says."""

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.certification import Application, Evidence
from certhub.models.references import ReferenceRequest, ReferenceSignature
from certhub.queries.signed_texts import signed_text
from certhub.rules.audit_actions import AuditAction
from certhub.rules.references import STATEMENT
from certhub.rules.signing import CONSENT
from certhub.rules.vocabulary import ApplicationStatus, Result, Role
from certhub.services import application_steps, applications, audit
from certhub.services import references as service
from tests import factories
from tests.integration.accounts.browsing import mails
from tests.integration.certification.referees import (
    CODE,
    ask_page,
    asked,
    at_desk,
    drafted,
    filled,
    finding,
    given,
    link_of,
)
from tests.integration.parties.browsing import entries, send, tokens_of


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    return at_desk()


@pytest.fixture
def draft(desk: lifecycle.Desk) -> Application:
    return drafted(desk)


@pytest.fixture
def waiting(desk: lifecycle.Desk, draft: Application) -> ReferenceRequest:
    return asked(draft, desk)


def test_hr_asks_a_referee_answers_without_an_account_and_the_reviewer_reads_it(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    answer = send(
        client, ask_page(draft), name="Joan Whitfield", email="Joan1@Example.net", relation="Supervisor",
        organization="Worcester Family Health",
    )  # fmt: skip
    assert (answer.status_code, answer.location) == (302, f"/applications/{draft.id}#{CODE}")
    request = db.session.scalars(select(ReferenceRequest)).one()
    page = client.get(f"/applications/{draft.id}").text
    assert "Waiting" in page
    assert request.email == "joan1@example.net"

    referee = client.application.test_client()
    form = referee.get(link_of(request))
    assert "Ana Ferreira" in form.text
    assert "coordinator" not in form.text.split("Ana Ferreira")[0]
    assert str(draft.party.email) not in form.text
    answer = given(referee, request, **{"rating-documentation": "na"})
    assert answer.status_code == 302
    assert "Thank you for your reference" in referee.get(answer.location).text

    evidence = db.session.scalars(select(Evidence).where(Evidence.requirement_code == CODE)).one()
    assert (evidence.provided_by_id, evidence.value["sent_directly"]) == (None, True)
    assert evidence.value["ratings"]["documentation"] == "na"
    assert "9 of 10" in client.get(f"/applications/{draft.id}").text
    review = factories.sign_in(client.application.test_client(), desk.reviewer)
    page = review.get(f"/applications/{draft.id}/requirements/{CODE}/review").text
    assert "by the referee, who sent it directly" in page
    assert "Calm and kind." in page
    assert "from 127.0.0.1" in page
    (copy,) = mails("reference-copy")
    assert copy.recipient == "joan1@example.net"
    assert "Documentation: Cannot say" in copy.body_text
    assert {mail.recipient for mail in mails("reference-received")} >= {desk.applicant.email}


def test_the_signature_keeps_the_name_the_text_and_where_it_came_from(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    request = asked(draft, desk)
    given(client, request)

    signature = db.session.scalars(select(ReferenceSignature)).one()
    text = signed_text(*STATEMENT)
    assert (signature.signed_name, signature.address) == ("Joan Whitfield", "127.0.0.1")
    assert (signature.text_id, signature.text_version, signature.text_sha256) == (text.id, text.version, text.sha256)
    consent = signed_text(*CONSENT)
    assert (signature.consent_id, signature.consent_version) == (consent.id, consent.version)
    assert signature.consent_sha256 == consent.sha256
    (copy,) = mails("reference-copy")
    assert consent.sha256 in copy.body_text
    assert entries(AuditAction.REFERENCE_GIVEN)[0].actor == "Joan 1 (referee)"


def test_three_forms_that_together_rate_all_ten_wait_for_the_reviewer(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    requests = [asked(draft, desk, number) for number in (1, 2, 3)]
    for request in requests[:2]:
        given(client, request, **{"rating-documentation": "na"})
    assert "nobody has rated Documentation yet" in finding(draft).explanation
    given(client, requests[2], **{"rating-outreach": "na", "rating-advocacy": "na", "rating-cultural": "na"})
    assert "The form of Joan Whitfield rates 7 of 10" in finding(draft).explanation
    fourth = asked(draft, desk, 4)
    given(client, fourth)
    assert finding(draft).awaiting_review
    assert finding(draft).result is Result.PARTIAL


def test_a_form_that_is_sent_twice_or_by_the_back_button_counts_once(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    request = asked(draft, desk)
    fields = {**tokens_of(client.get(link_of(request))), **filled()}
    answers = [client.post(link_of(request), data={**fields, "comment": comment}) for comment in ("first", "second")]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert "Thank you" in client.get(answers[1].location).text
    evidence = db.session.scalars(select(Evidence).where(Evidence.requirement_code == CODE)).one()
    assert evidence.value["comment"] == "first"


def test_two_who_send_the_form_at_once_leave_one_reference(committed_app: Flask) -> None:
    desk = at_desk()
    request = asked(drafted(desk), desk)
    link = link_of(request)
    senders = [committed_app.test_client() for _ in range(2)]
    forms = [{**tokens_of(sender.get(link)), **filled(comment=str(n))} for n, sender in enumerate(senders)]
    codes: list[int] = []
    ready = threading.Barrier(2)

    def sends(number: int) -> None:
        with committed_app.app_context():
            ready.wait()
            codes.append(senders[number].post(link, data=forms[number]).status_code)

    threads = [threading.Thread(target=sends, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.remove()  # its view of the database is from before
    assert codes == [302, 302]
    assert db.session.scalar(select(func.count()).select_from(ReferenceSignature)) == 1
    assert db.session.scalar(select(func.count()).where(Evidence.requirement_code == CODE)) == 1


def test_a_form_in_part_says_what_is_missing_and_keeps_the_rest(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    request = asked(draft, desk)
    fields = filled(signed_name="")
    del fields["rating-advocacy"], fields["agreed"], fields["consent"]
    answer = send(client, link_of(request), **fields)
    assert answer.status_code == 422
    assert "Choose one answer." in answer.text
    assert "Type your full name. It stands for your signature." in answer.text
    assert "Check this box to sign here." in answer.text
    assert "Calm and kind." in answer.text
    assert answer.text.count("checked") == 10  # nine ratings, and how long
    assert not db.session.scalars(select(ReferenceSignature)).all()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("comment", "x" * 10_000, "too long: 10,000 characters"),
        ("comment", "a\0b", "cannot be saved"),
        ("relationship", "a\0b", "cannot be saved"),
        ("signed_name", "a\0b", "cannot be saved"),
        ("signed_name", "12345", "at least one letter"),
        ("known_for", "for ever", "Choose one of the answers"),
        ("rating-outreach", "9", "Choose one of the answers"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field(
    client: FlaskClient, waiting: ReferenceRequest, field: str, typed: str, sentence: str
) -> None:
    answer = given(client, waiting, **{field: typed})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert not db.session.scalars(select(ReferenceSignature)).all()


def test_a_referee_whose_browser_keeps_no_cookies_sends_the_form(app: Flask, waiting: ReferenceRequest) -> None:
    referee = app.test_client(use_cookies=False)
    assert "csrf_token" in tokens_of(referee.get(link_of(waiting)))
    assert send(referee, link_of(waiting), **filled()).status_code == 302
    assert waiting.answered_at is not None


def test_a_form_that_was_made_for_another_link_is_not_taken_and_what_was_typed_stays(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application, waiting: ReferenceRequest
) -> None:
    other = tokens_of(client.get(link_of(asked(draft, desk, 2))))
    for forged in (other, {"csrf_token": ""}, {}):
        answer = client.post(link_of(waiting), data={**filled(), **forged})
        assert answer.status_code == 422
        assert "look through it and send it again" in answer.text
        assert "Calm and kind." in answer.text
    declined = client.post(f"{link_of(waiting)}/decline", data=other)
    assert declined.status_code == 422
    db.session.refresh(waiting)
    assert waiting.answered_at is waiting.declined_at is None


def test_a_referee_declines_and_the_applicant_is_told(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    request = asked(draft, desk)
    link = link_of(request)
    assert client.get(link + "/decline").status_code == 200
    assert request.declined_at is None
    for _ in range(2):
        answer = client.post(link + "/decline", data=tokens_of(client.get(link)))
        assert answer.status_code == 302
    assert "Thank you for telling us" in client.get(answer.location).text
    assert {mail.recipient for mail in mails("reference-declined")} >= {desk.applicant.email}
    assert len(entries(AuditAction.REFERENCE_DECLINED)) == 1
    assert client.post(link, data={**tokens_of(client.get("/sign-in")), **filled()}).status_code == 302
    assert not db.session.scalars(select(ReferenceSignature)).all()


def test_a_cancelled_an_expired_and_an_unknown_link_ask_nothing(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    cancelled, expired = asked(draft, desk, 1), asked(draft, desk, 2)
    with transaction():
        service.cancel(cancelled, actor=desk.applicant, at=clock.now())
    page = client.get(link_of(cancelled))
    assert (page.status_code, "was taken back" in page.text) == (410, True)
    with time_machine.travel(clock.now() + timedelta(days=30, minutes=1), tick=False):
        page = client.get(link_of(expired))
        assert (page.status_code, "has expired" in page.text) == (410, True)
        posted = client.post(link_of(expired), data={**tokens_of(client.get("/sign-in")), **filled()})
        assert posted.status_code == 410
    for unknown in ("nonsense", "x" * 3000, "%00"):
        page = client.get(f"/references/{unknown}")
        assert (page.status_code, "does not know this link" in page.text) == (404, True)


def test_guesses_have_to_wait_and_the_right_link_does_not(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    link = link_of(asked(draft, desk))
    answers = [client.get(f"/references/guess-{number}").status_code for number in range(40)]
    assert answers[0] == 404
    assert answers[-1] == 429
    assert client.get(link).status_code == 200


def test_whoever_asks_cannot_answer_while_signed_in_and_others_can(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    link = link_of(asked(draft, desk))
    for insider in (desk.applicant, factories.make_user(Role.COORDINATOR, draft.party)):
        browser = factories.sign_in(client.application.test_client(), insider)
        answer = browser.post(link, data={**tokens_of(browser.get("/account")), **filled()})
        assert (answer.status_code, "This form is for Joan 1" in answer.text) == (409, True)
    other = factories.sign_in(client, factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice()))
    assert send(other, link, **filled()).status_code == 302


def test_an_answer_comes_in_while_dph_has_the_application_and_not_after_it_was_closed(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    application = drafted(desk, frozenset())
    late, later = asked(application, desk, 1), asked(application, desk, 2)
    with transaction():
        application.submitted_at, application.submitted_on = clock.now(), clock.today()
        application_steps.enter(application, ApplicationStatus.UNDER_REVIEW, actor=desk.reviewer, at=clock.now())
        audit.record(desk.reviewer, AuditAction.APPLICATION_TAKEN_UP, application, at=clock.now())
    assert given(client, late).status_code == 302
    with transaction():
        applications.withdraw(application, actor=desk.applicant, at=clock.now())
    page = client.get(link_of(later))
    assert (page.status_code, "is not needed any more" in page.text) == (410, True)
