"""Asking for references: who may be asked, by whom, and what becomes of the letters."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.jobs import reference_reminders
from certhub.jobs.registry import Occasion
from certhub.models.audit import AuditEntry
from certhub.models.certification import Application, Evidence
from certhub.models.references import ReferenceLink, ReferenceRequest
from certhub.notifications.letters import SECRET_KINDS
from certhub.queries import evaluations, references
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import COMPETENCIES
from certhub.rules.vocabulary import ApplicationStatus, Role
from certhub.services import application_steps, audit
from certhub.services import references as service
from certhub.web.context import settings
from tests import factories
from tests.integration.accounts.browsing import mails
from tests.integration.certification.referees import (
    BASE,
    CODE,
    ask_page,
    asked,
    at_desk,
    drafted,
    filled,
    given,
    link_of,
)
from tests.integration.parties.browsing import send, statements_of, tokens_of


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    return at_desk()


@pytest.fixture
def draft(desk: lifecycle.Desk) -> Application:
    return drafted(desk)


@pytest.fixture
def waiting(desk: lifecycle.Desk, draft: Application) -> ReferenceRequest:
    return asked(draft, desk)


def test_the_secret_of_a_link_is_kept_as_a_hash_only(desk: lifecycle.Desk, draft: Application) -> None:
    token = link_of(asked(draft, desk)).removeprefix("/references/")
    assert token not in {link.token_hash for link in db.session.scalars(select(ReferenceLink))}
    assert not [entry for entry in db.session.scalars(select(AuditEntry)) if token in str(entry.changes)]


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("the applicant", "applicant&#39;s own address"),
        ("the applicant's account", "applicant&#39;s own address"),
        ("the asker", "belongs to the organization that asks"),
        ("a colleague", "belongs to the organization that asks"),
        ("the office", "belongs to the organization that asks"),
        ("asked before", "was asked already"),
        ("not an address", "Enter an e-mail address like"),
    ],
)
def test_somebody_who_may_not_be_asked_is_refused_beside_the_address(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application, email: str, sentence: str
) -> None:
    asked(draft, desk)
    vendor = desk.applicant.party
    assert vendor is not None
    address = {
        "the applicant": draft.party.email,
        "the applicant's account": factories.make_user(Role.COORDINATOR, draft.party).email,
        "the asker": desk.applicant.email,
        "a colleague": factories.make_user(Role.VENDOR_HR, vendor).email,
        "the office": vendor.email,
        "asked before": "joan1+again@example.net",
        "not an address": "joan at example",
    }[email]
    factories.sign_in(client, desk.applicant)
    answer = send(client, ask_page(draft), name="Joan Whitfield", email=address, relation="Supervisor")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Joan Whitfield"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(ReferenceRequest)) == 1


def test_the_coordinator_asks_and_a_reviewer_does_not(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    person = factories.sign_in(client, factories.make_user(Role.COORDINATOR, draft.party))
    fields = {"name": "Joan Whitfield", "email": "joan@example.net", "relation": "Supervisor"}
    assert send(person, ask_page(draft), **fields).status_code == 302
    assert draft.party.name in mails("reference-request")[0].body_text
    reviewer = factories.sign_in(client.application.test_client(), desk.reviewer)
    answer = send(reviewer, ask_page(draft), **{**fields, "email": "marcus@example.net"})
    assert (answer.status_code, "The applicant names the people" in answer.text) == (422, True)


def test_a_request_that_is_sent_twice_writes_one_letter(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    fields = {**tokens_of(client.get(ask_page(draft))), "name": "Joan", "email": "joan@example.net", "relation": "Boss"}
    assert [client.post(ask_page(draft), data=fields).status_code for _ in range(2)] == [302, 302]
    assert len(mails("reference-request")) == 1


def test_a_referee_is_replaced_in_one_step(client: FlaskClient, desk: lifecycle.Desk, draft: Application) -> None:
    first = asked(draft, desk)
    factories.sign_in(client, desk.applicant)
    answer = send(
        client, f"/applications/{draft.id}/references/{first.id}/replace", name="Marcus Bell",
        email="marcus@example.net", relation="Colleague",
    )  # fmt: skip
    assert answer.status_code == 302
    db.session.expire_all()
    second = db.session.scalars(select(ReferenceRequest).where(ReferenceRequest.replaces_id == first.id)).one()
    assert first.cancelled_at is not None
    assert client.application.test_client().get(link_of(first)).status_code == 410
    assert client.application.test_client().get(link_of(second)).status_code == 200


def test_a_replacement_that_is_refused_leaves_the_first_request_as_it_was(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    first = asked(draft, desk)
    factories.sign_in(client, desk.applicant)
    answer = send(
        client, f"/applications/{draft.id}/references/{first.id}/replace", name="Myself",
        email=desk.applicant.email, relation="HR",
    )  # fmt: skip
    assert answer.status_code == 422
    db.session.expire_all()
    assert first.cancelled_at is None


def test_a_letter_goes_out_again_after_a_day_and_both_links_work(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    request = asked(draft, desk)
    earlier = link_of(request)
    factories.sign_in(client, desk.applicant)
    address = f"/applications/{draft.id}/references/{request.id}/send-again"
    assert send(client, address, page=f"/applications/{draft.id}").status_code == 409
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        factories.sign_in(client, desk.applicant)
        assert send(client, address, page=f"/applications/{draft.id}").status_code == 302
        later = link_of(request)
        assert later != earlier
        referee = client.application.test_client()
        assert [referee.get(link).status_code for link in (earlier, later)] == [200, 200]
        assert send(referee, later, **filled()).status_code == 302
        assert "Thank you" in referee.get(earlier).text


def test_a_referee_is_reminded_once_in_the_last_week_and_not_after_an_answer(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    waiting, done = asked(draft, desk, 1), asked(draft, desk, 2)
    given(client, done)

    def run() -> dict[str, int]:
        return reference_reminders.remind(Occasion(day=clock.today(), settings=settings(), link=lambda _item: ""))

    def counted(days: int) -> dict[str, int]:
        day = clock.today() + timedelta(days=days)
        return reference_reminders.remind(Occasion(day, settings(), lambda _item: "", dry_run=True))

    assert [counted(days) for days in (15, 24, 31)] == [
        {}, {"would remind": 1}, {"would remind": 1, "would tell expired": 1},
    ]  # fmt: skip
    assert run() == {}
    with time_machine.travel(clock.now() + timedelta(days=24), tick=False):
        assert run() == {"reminded": 1}
        assert run() == {}
        (letter,) = mails("reference-reminder")
        assert letter.recipient == waiting.email
        assert client.get(link_of(waiting, "reference-reminder")).status_code == 200
        assert client.get(link_of(waiting)).status_code == 200


def test_the_applicant_is_told_once_of_all_that_expired_and_can_send_it_again(
    client: FlaskClient, desk: lifecycle.Desk, draft: Application
) -> None:
    first, second, done = (asked(draft, desk, number) for number in (1, 2, 3))
    given(client, done)

    def run() -> dict[str, int]:
        return reference_reminders.remind(Occasion(day=clock.today(), settings=settings(), link=lambda _item: ""))

    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert run() == {"told expired": 2}
        assert run() == {}
        told = mails("reference-expired")
        assert {one.recipient for one in told} == {desk.applicant.email, draft.owner.email, draft.party.email}
        for letter in told:
            assert f"{first.name} and {second.name} did not send" in letter.body_text
        with transaction():
            service.send_again(first, base_url=BASE, actor=desk.applicant, at=clock.now())
        assert run() == {}
    with time_machine.travel(clock.now() + timedelta(days=62), tick=False):
        assert run() == {"told expired": 1}


def test_nobody_hears_of_a_request_that_expires_while_dph_has_the_application(
    desk: lifecycle.Desk, draft: Application
) -> None:
    asked(draft, desk)
    with transaction():
        draft.submitted_at, draft.submitted_on = clock.now(), clock.today()
        application_steps.enter(draft, ApplicationStatus.UNDER_REVIEW, actor=desk.reviewer, at=clock.now())
        audit.record(desk.reviewer, AuditAction.APPLICATION_TAKEN_UP, draft, at=clock.now())
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        reference_reminders.remind(Occasion(day=clock.today(), settings=settings(), link=lambda _item: ""))
        assert mails("reference-expired") == []


def test_nobody_takes_a_referees_form_back(client: FlaskClient, desk: lifecycle.Desk, draft: Application) -> None:
    given(client, asked(draft, desk))
    evidence = db.session.scalars(select(Evidence).where(Evidence.requirement_code == CODE)).one()
    factories.sign_in(client, desk.applicant)
    page = f"/applications/{draft.id}"
    answer = send(client, f"{page}/evidence/{evidence.id}/take-back", page=page)
    assert (answer.status_code, "The referee sent this form" in answer.text) == (409, True)
    answer = send(
        client, f"{page}/references/{db.session.scalars(select(ReferenceRequest.id)).one()}/cancel", page=page
    )
    assert (answer.status_code, "has sent the reference already" in answer.text) == (409, True)


def test_a_form_typed_by_hand_needs_its_paper(client: FlaskClient, desk: lifecycle.Desk, draft: Application) -> None:
    factories.sign_in(client, desk.applicant)
    page = f"/applications/{draft.id}/requirements/{CODE}/evidence/new"
    answer = send(
        client, page, reference_name="Joan", relationship="Supervisor", occurred_on="2026-01-05",
        sent_directly="y", **{f"ratings-{key}": "3" for key in COMPETENCIES},
    )  # fmt: skip
    assert (answer.status_code, "Choose the file." in answer.text) == (422, True)


def test_the_list_of_an_application_costs_one_statement(app: Flask, desk: lifecycle.Desk, draft: Application) -> None:
    asked(draft, desk, 1)
    few = statements_of(lambda: references.of_application(draft, at=clock.now()))
    for number in range(2, 7):
        asked(draft, desk, number)
    many = statements_of(lambda: references.of_application(draft, at=clock.now()))
    assert len(few) == len(many) == 1


def test_letters_with_a_link_are_for_their_reader_alone(desk: lifecycle.Desk, draft: Application) -> None:
    asked(draft, desk)
    (letter,) = mails("reference-request")
    assert letter.kind in SECRET_KINDS
    assert letter.party_id is None


def test_a_request_says_how_the_person_knows_the_applicant(desk: lifecycle.Desk, draft: Application) -> None:
    requirement = evaluations.judge(draft, as_of=clock.today()).requirement(CODE)
    assert requirement is not None
    with pytest.raises(Refusal) as refused, transaction():
        service.ask(
            draft, requirement, service.Referee("Joan Whitfield", "joan@example.net", ""), base_url=BASE,
            actor=desk.applicant, at=clock.now(),
        )  # fmt: skip
    assert refused.value.field == "relation"


def test_who_declined_is_neither_taken_back_nor_asked_for_an_answer(
    desk: lifecycle.Desk, waiting: ReferenceRequest
) -> None:
    with transaction():
        service.decline(waiting, base_url=BASE, at=clock.now(), actor=service.referee_of(waiting))
    with pytest.raises(Refusal, match="has declined already"), transaction():
        service.cancel(waiting, actor=desk.applicant, at=clock.now())
    requirement = evaluations.judge(waiting.application, as_of=clock.today()).requirement(CODE)
    assert requirement is not None
    answers = service.Answers("Joan Whitfield", "", "Supervisor", "1_to_3_years", {}, "", "127.0.0.1")
    with pytest.raises(Refusal, match="you cannot give a reference"), transaction():
        service.answer(waiting, requirement, answers, base_url=BASE, at=clock.now(), actor=service.referee_of(waiting))
    assert waiting.answered_at is None


def test_a_request_is_not_taken_back_while_dph_has_the_application(
    desk: lifecycle.Desk, waiting: ReferenceRequest
) -> None:
    application = waiting.application
    with transaction():
        application.submitted_at, application.submitted_on = clock.now(), clock.today()
        application_steps.enter(application, ApplicationStatus.SUBMITTED, actor=desk.applicant, at=clock.now())
        audit.record(desk.applicant, AuditAction.APPLICATION_SUBMITTED, application, at=clock.now())
    for act in (service.cancel, partial(service.send_again, base_url=BASE)):
        with pytest.raises(Refusal, match="with DPH now"), transaction():
            act(waiting, actor=desk.applicant, at=clock.now() + timedelta(days=2))
    assert waiting.cancelled_at is None
