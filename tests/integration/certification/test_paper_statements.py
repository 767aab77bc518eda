"""Statements that were signed on paper: what they rest on, what asks for them anew, and what ends that."""

import io
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.demo.evidence import PAPER
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential, Evidence
from certhub.models.messages import Message, MessageStatus, Obligation
from certhub.models.parties import Party, Practice
from certhub.models.signatures import Drift, Signature, Statement
from certhub.models.submittals import Submittal, SubmittalReview
from certhub.queries import drifts, evaluations, statements
from certhub.rules.evidence_forms import checked_value
from certhub.rules.refusal import Refusal
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.vocabulary import Role, Verdict
from certhub.services import accounts, applications, obligations, sites
from certhub.services import evidence as evidence_service
from tests import factories
from tests.at_once import at_once
from tests.integration.certification.test_drift import (
    ON_OWNERS,
    ON_SITES,
    certified_with_a_site,
    desk_of_elm_street,
    gets_a_telephone,
    is_bought,
    is_renamed,
    moves,
    site_of,
    with_a_site,
)
from tests.integration.certification.test_papers import looked_at
from tests.integration.certification.test_signing import send
from tests.integration.parties.browsing import fetched, tokens_of
from tests.integration.reminders.arranging import messages, run_on, watch_from

PHYSICIAN = "lead_physician"


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    return desk_of_elm_street()


@pytest.fixture
def practice(desk: lifecycle.Desk, monkeypatch: pytest.MonkeyPatch) -> Practice:
    """A certified practice that signed everything on paper."""
    monkeypatch.setattr(lifecycle, "signs_for", lambda *_: ())
    found = certified_with_a_site(desk)
    assert db.session.scalars(select(Signature)).all() == []
    return found


@pytest.fixture
def moved(desk: lifecycle.Desk, practice: Practice) -> Practice:
    with transaction():
        moves(practice, desk)
    return practice


def moves_on(practice: Practice, desk: lifecycle.Desk) -> None:
    sites.move(
        site_of(practice), address_line="1 Pine Street", zip_code="",
        municipality_id=factories.municipality("Boston").id, moved_on=clock.today(), actor=desk.applicant,
        at=clock.now(),
    )  # fmt: skip


def asked(practice: Practice, code: str = "PR-07") -> Drift:
    return next(one for one in drifts.of_party(practice.id) if one.requirement_code == code)


def codes(practice: Party) -> set[str]:
    db.session.expire_all()
    return {one.requirement_code for one in drifts.of_party(practice.id)}


def form_of(drift: Drift) -> str:
    return f"/statements/{drift.statement_id}/anew/paper"


def page_signed(on: date | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "agreed": "y",
        "signed_by": "Amara Osei",
        "occurred_on": (on or clock.today()).isoformat(),
        "file": (io.BytesIO(PAPER), "signed.pdf"),
        **fields,
    }


def handed_in(client: FlaskClient, user: User, drift: Drift) -> Submittal:
    factories.sign_in(client, user)
    address = form_of(drift)
    answer = client.post(address, data={**tokens_of(client.get(address)), **page_signed()})
    assert answer.status_code == 302, answer.text
    return db.session.scalars(select(Submittal).order_by(Submittal.id.desc())).first()  # type: ignore[return-value]  # just made


def reminded(drift_id: int) -> str | None:
    """Why nobody is reminded of a statement to sign anew; None while somebody is."""
    with transaction():
        obligations.derive(clock.today(), policies=obligations.shipped_policies(), at=clock.now())
    db.session.expire_all()
    due = select(Obligation).where(Obligation.kind == ObligationKind.ATTEST_ANEW, Obligation.subject_id == drift_id)
    return db.session.scalars(due).one().closed_because


@pytest.mark.parametrize(
    ("happens", "expected"),
    [(moves, ON_SITES), (is_bought, ON_OWNERS), (is_renamed, ON_OWNERS), (gets_a_telephone, set())],
)
def test_a_change_asks_for_the_papers_that_rest_on_it(
    desk: lifecycle.Desk, practice: Practice, happens: Callable[[Practice, lifecycle.Desk], None], expected: set[str]
) -> None:
    with transaction():
        happens(practice, desk)
    found = drifts.of_party(practice.id)
    assert {one.requirement_code for one in found} == expected
    agreement = {one.statement.signed_for for one in found if one.requirement_code == "PR-01"}
    assert agreement == ({"practice_manager", PHYSICIAN} if "PR-01" in expected else set())


def test_the_facts_under_a_paper_are_kept_and_never_change(desk: lifecycle.Desk, practice: Practice) -> None:
    [kept] = db.session.scalars(select(Statement).where(Statement.requirement_code == "PR-07"))
    assert kept.rests_on == {"sites": {str(practice.sites[0].id): "Main office, 20 Elm Street, Worcester"}}
    assert (kept.signed_for, kept.signed_name, kept.signer_id) == (
        "practice_manager", kept.evidence.value["signed_by"], None
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="never changed"), transaction():
        db.session.execute(update(Statement).values(signed_name="Somebody else"))


@pytest.mark.parametrize(("named", "hears"), [("zoe alvarez", {"PR-01"}), ("Jonathan Brandeis", set())])
def test_whoever_signed_on_paper_and_has_an_account_is_missed_when_they_leave(
    desk: lifecycle.Desk, named: str, hears: set[str]
) -> None:
    application = applying(desk)
    with transaction():
        sign_within(application, desk, "PR-01", party=PHYSICIAN, signed_by=named)
        accounts.deactivate(desk.applicant, actor=desk.reviewer, at=clock.now())
    assert codes(application.party) == hears


def applying(desk: lifecycle.Desk) -> Application:
    """The first application of a practice with one site, still with the practice."""
    practice = desk.applicant.party
    assert isinstance(practice, Practice)
    with transaction():
        with_a_site(practice, desk)
        return lifecycle.opened(practice, desk, at=clock.now())


def sign_within(
    application: Application, desk: lifecycle.Desk, code: str, *, on: date | None = None, **typed: str
) -> Evidence:
    at = clock.now()
    requirement = evaluations.judge(application, as_of=clock.today()).requirement(code)
    assert requirement is not None
    fields = {"agreed": "y", "signed_by": "Amara Osei", "occurred_on": (on or clock.today()).isoformat(), **typed}
    given = checked_value(requirement, fields, today=clock.today())
    file = lifecycle.paper(application, desk, at=at)
    return evidence_service.provide(application, requirement, given, file=file, actor=desk.applicant, at=at)


def test_a_page_signed_anew_settles_it_at_once_and_one_that_is_sent_back_does_not(
    client: FlaskClient, desk: lifecycle.Desk, moved: Practice
) -> None:
    drift = asked(moved)
    assert reminded(drift.id) is None
    paper = handed_in(client, desk.applicant, drift)

    assert codes(moved) == ON_SITES - {"PR-07"}
    assert reminded(drift.id) == "signed anew"
    assert looked_at(client, desk.reviewer, paper, "returned", "The signature is missing").status_code == 302
    assert codes(moved) == ON_SITES
    assert reminded(drift.id) is None
    told = db.session.scalars(select(Message).where(Message.kind == "paper-looked-at")).first()
    assert told is not None
    assert "sign it anew on the screen or on paper" in told.body_text
    assert f"/organizations/{moved.id}#anew-title" in told.body_text

    assert looked_at(client, desk.reviewer, paper, "accepted").status_code == 302
    assert codes(moved) == ON_SITES - {"PR-07"}
    assert reminded(drift.id) == "signed anew"
    assert [one.verdict for one in db.session.scalars(select(SubmittalReview).order_by(SubmittalReview.id))] == [
        Verdict.RETURNED, Verdict.ACCEPTED
    ]  # fmt: skip


def test_a_fact_that_changed_while_a_page_stood_is_told_when_it_is_sent_back(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    with transaction():
        is_renamed(practice, desk)
    paper = handed_in(client, desk.applicant, asked(practice, "PR-09B"))
    with transaction():
        is_bought(practice, desk)
    assert [one.kind.value for one in drifts.of_party(practice.id) if one.requirement_code == "PR-09B"] == ["owners"]

    looked_at(client, desk.reviewer, paper, "returned", "The signature is missing")

    db.session.expire_all()
    found = [one for one in drifts.of_party(practice.id) if one.requirement_code == "PR-09B"]
    assert {one.kind.value for one in found} == {"owners", "name"}
    assert paper.evidence_id not in {one.statement.evidence_id for one in found}


def test_a_page_that_is_taken_back_rests_on_nothing(client: FlaskClient, desk: lifecycle.Desk, moved: Practice) -> None:
    paper = handed_in(client, desk.applicant, asked(moved))
    credential = fetched(client, f"/credentials/{paper.credential_id}")
    token = credential.split('name="csrf_token"')[-1].split('value="')[1].split('"')[0]

    assert client.post(f"/papers/{paper.id}/take-back", data={"csrf_token": token}).status_code == 302

    assert codes(moved) == ON_SITES


def test_what_was_signed_on_paper_is_signed_anew_on_the_screen_and_the_other_way_round(
    client: FlaskClient, desk: lifecycle.Desk, moved: Practice
) -> None:
    factories.sign_in(client, desk.applicant)
    status, text, _ = send(client, f"/statements/{asked(moved).statement_id}/anew")
    assert status == 302, text
    assert codes(moved) == ON_SITES - {"PR-07"}
    with transaction():
        moves_on(moved, desk)
    drift = asked(moved)
    assert statements.signature_of(drift.statement) is not None
    handed_in(client, desk.applicant, drift)
    assert codes(moved) == ON_SITES - {"PR-07"}


def test_a_page_from_before_the_change_is_refused_beside_its_day(
    client: FlaskClient, desk: lifecycle.Desk, moved: Practice
) -> None:
    factories.sign_in(client, desk.applicant)
    address = form_of(asked(moved))
    before = clock.today() - timedelta(days=6)

    answer = client.post(address, data={**tokens_of(client.get(address)), **page_signed(before)})

    assert answer.status_code == 422
    assert "This was signed before" in answer.text
    assert codes(moved) == ON_SITES


def test_a_page_of_an_application_answers_a_change_unless_it_was_signed_before(desk: lifecycle.Desk) -> None:
    application = applying(desk)
    with transaction():
        sign_within(application, desk, "PR-07")
        moves(application.party, desk)
    assert codes(application.party) == {"PR-07"}
    with pytest.raises(Refusal, match="This was signed before"), transaction():
        sign_within(application, desk, "PR-07", on=clock.today() - timedelta(days=6))
    with transaction():
        given = sign_within(application, desk, "PR-07", on=clock.today() - timedelta(days=5))
    assert codes(application.party) == set()
    with transaction():
        evidence_service.take_back(application, given, actor=desk.applicant, at=clock.now())
    assert codes(application.party) == {"PR-07"}


def test_a_page_that_a_reviewer_returns_rests_on_nothing_until_it_is_accepted(
    desk: lifecycle.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "signs_for", lambda *_: ())
    application = applying(desk)
    with transaction():
        lifecycle.furnished(application, desk, at=clock.now())
        lifecycle.submitted(application, desk, at=clock.now())
        applications.take_up(application, actor=desk.reviewer, at=clock.now())
        moves(application.party, desk)
    assert codes(application.party) == ON_SITES

    for verdict, expected in ((Verdict.RETURNED, ON_SITES - {"PR-07"}), (Verdict.ACCEPTED, ON_SITES)):
        requirement = evaluations.judge(application, as_of=clock.today()).requirement("PR-07")
        assert requirement is not None
        with transaction():
            applications.review_item(
                application, requirement, verdict, "Not readable", actor=desk.reviewer, at=clock.now()
            )
        assert codes(application.party) == expected


def test_the_physician_is_asked_on_paper_and_the_page_says_so(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    with transaction():
        is_renamed(practice, desk)
    factories.sign_in(client, desk.applicant)
    drift = next(one for one in drifts.of_party(practice.id) if one.statement.signed_for == PHYSICIAN)
    assert "for the lead physician" in fetched(client, f"/organizations/{practice.id}")

    page = fetched(client, f"/statements/{drift.statement_id}/anew")
    assert "It is for the lead physician to sign. Print this page" in page
    assert f'href="{form_of(drift)}"' in page
    form = fetched(client, form_of(drift))
    assert "Print the text below" in form
    assert f'<p class="lead">For <bdi>{practice.name}</bdi>.' in form, "the printed page names who is bound by it"
    assert f'selected value="{PHYSICIAN}"' in form
    address = form_of(drift)
    fields = page_signed(party="practice_manager")
    answer = client.post(address, data={**tokens_of(client.get(address)), **fields})
    assert (answer.status_code, "This is for the lead physician to sign" in answer.text) == (422, True)

    address, typed = form_of(drift), page_signed(party=PHYSICIAN)
    tokens = tokens_of(client.get(address))
    assert client.post(address, data={**tokens, **typed}).status_code == 302
    again = client.post(address, data={**tokens, **page_signed(party=PHYSICIAN)})  # a double click
    assert again.status_code == 302
    assert len(db.session.scalars(select(Submittal)).all()) == 1
    assert {one.statement.signed_for for one in drifts.of_party(practice.id)} == {"practice_manager"}
    late = client.get(address)
    assert "need not be signed anew" in late.text


def test_dph_finds_the_page_and_nobody_else_does(client: FlaskClient, desk: lifecycle.Desk, moved: Practice) -> None:
    drift = asked(moved)
    within = db.session.scalars(select(Application)).one()
    factories.sign_in(client, desk.reviewer)
    assert f'href="/statements/{drift.statement_id}"' in fetched(client, "/attest-anew")
    assert client.get(f"/statements/{drift.statement_id}").location == f"/applications/{within.id}#PR-07"
    assert client.get(f"/statements/{drift.statement_id}/anew").status_code == 200

    paper = handed_in(client, desk.applicant, drift)
    anew = db.session.scalars(select(Statement).where(Statement.evidence_id == paper.evidence_id)).one()
    credential = db.session.scalars(select(Credential)).one()
    assert client.get(f"/statements/{anew.id}").location == f"/credentials/{credential.id}#papers"
    factories.sign_in(client, desk.reviewer)
    assert client.get(f"/statements/{anew.id}").location == f"/papers/{paper.id}"

    factories.sign_in(client, factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice()))
    for address in ("", "/anew", "/anew/paper"):
        assert client.get(f"/statements/{drift.statement_id}{address}").status_code == 404
        assert client.post(f"/statements/{drift.statement_id}{address}").status_code in (400, 404, 405)


def test_the_reminder_says_who_is_to_sign(desk: lifecycle.Desk, practice: Practice) -> None:
    with transaction():
        is_renamed(practice, desk)
    watch_from(clock.today() - timedelta(days=90))
    run_on(clock.today() + timedelta(days=16))
    (letter,) = (one for one in messages(MessageStatus.QUEUED) if one.recipient == desk.applicant.email)
    for signer in ("the practice manager", "the lead physician"):
        assert f"statement to sign anew PR-01, for {signer}" in letter.body_text
    assert "sign it anew, here or on paper" in letter.body_text


def test_a_fact_that_changes_while_somebody_hands_in_a_page_is_not_missed(
    committed_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of_elm_street()
    application = applying(desk)
    seen, has_moved, facts_of = threading.Event(), threading.Event(), statements.facts_of

    def slowly(party: Party) -> Any:
        found = facts_of(party)
        if not seen.is_set():
            seen.set()
            has_moved.wait(1)  # the time for the site to move away under the page
        return found

    ids = application.id, desk.applicant.id

    def here() -> tuple[Application, lifecycle.Desk]:
        actor = db.session.get_one(User, ids[1])
        return db.session.get_one(Application, ids[0]), lifecycle.Desk(actor, actor, desk.press)

    def hands_in() -> None:
        mine, my_desk = here()
        with transaction():
            sign_within(mine, my_desk, "PR-07")

    def moves_away() -> None:
        mine, my_desk = here()
        seen.wait(5)
        with transaction():
            moves(mine.party, my_desk)
        has_moved.set()

    monkeypatch.setattr(statements, "facts_of", slowly)
    assert at_once(committed_app, hands_in, moves_away) == []
    assert codes(db.session.get_one(Application, ids[0]).party) == {"PR-07"}
