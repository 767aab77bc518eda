"""A consent does all of it at once: the old employment ends, the new one begins, and each reader hears once."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.contracts import Contract
from certhub.models.employer_changes import EmployerChangeAnswer
from certhub.models.exposures import ExposureNotice
from certhub.models.messages import Message
from certhub.models.parties import Assignment, Employment, OwnershipGroup, OwnershipStake
from certhub.rules.assignment import Load
from certhub.rules.audit_actions import AuditAction
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import assignments, employment, exposure_letters
from certhub.services import employer_changes as service
from tests import factories
from tests.factories import ARRANGING, sign_in
from tests.integration.employer_changes.arranging import (
    BASE,
    Move,
    agreed,
    answered,
    arranged,
    asked,
    days,
    in_order,
    letters,
    link_in,
    placed,
    serves,
)  # fmt: skip
from tests.integration.exposure.arranging import certified, changed
from tests.integration.parties.browsing import entries, fetched, send

ALL_WORK = "Elm Street Pediatrics"


@pytest.fixture
def move(app: Flask) -> Move:
    return arranged()


def called(move: Move, job_title: str) -> None:
    """The present employment with a job title."""
    (spell,) = move.person.employments
    with transaction():
        employment.correct(
            spell, kind=spell.kind, job_title=job_title, starts_on=spell.starts_on, ends_on=None, reason="Promoted.",
            base_url=BASE, actor=ARRANGING, at=clock.now(),
        )  # fmt: skip


def titles(move: Move) -> set[str | None]:
    return set(
        db.session.scalars(
            select(Employment.job_title).where(
                Employment.coordinator_id == move.person.id, Employment.superseded_at.is_(None)
            )
        )
    )


def told(kind: str) -> list[tuple[str, str]]:
    return [(one.recipient, one.body_text) for one in letters(f"employer-change-{kind}")]


def test_the_person_sees_who_asks_and_what_follows_and_agrees(client: FlaskClient, move: Move) -> None:
    change = asked(move, message="We look forward to you.")
    sign_in(client, move.account)
    page = fetched(client, f"/employer-changes/{change.id}/answer")
    for words in (
        "Blackstone Valley Care asks you to join them", "We look forward to you.", "What they do not see",
        "Harbor Family Network", "Elm Street Pediatrics", "ends on that day",
    ):  # fmt: skip
        assert words in page
    present = [spell.id for spell in move.person.employments]
    assert answered(client, f"/employer-changes/{change.id}/answer", ending=present).status_code == 302

    assert move.spells == {
        "Harbor Family Network": (move.person.employments[0].starts_on, days(19)),
        "Blackstone Valley Care": (days(20), None),
    }
    assert {one[3] for one in move.work} == {days(19)}
    signed = db.session.scalars(select(EmployerChangeAnswer)).one()
    assert (signed.consents, signed.signed_name, signed.text_id) == (True, "Ana Ferreira", "employer-change-consent")
    assert len(entries(AuditAction.EMPLOYER_CHANGE_CONSENTED)) == 1
    assert "What it did" in fetched(client, f"/employer-changes/{change.id}")


def test_the_first_page_of_the_person_leads_to_the_answer_while_one_is_waited_for(
    client: FlaskClient, move: Move
) -> None:
    change = asked(move)
    sign_in(client, move.account)
    assert f'href="/employer-changes/{change.id}/answer"' in fetched(client, "/")
    agreed(move, change)
    assert f"/employer-changes/{change.id}/answer" not in fetched(client, "/")


def test_each_reader_gets_one_letter_with_its_own_part(move: Move) -> None:
    second = factories.make_practice("Oak Pediatrics", email="office@oak.example.org")
    placed(move.person, second, move.old)
    agreed(move, asked(move))

    ((to_old, left),) = told("leaving")
    assert to_old == move.old.email
    assert "Elm Street Pediatrics, Oak Pediatrics" in left
    assert "Blackstone" not in left
    ((to_new, joined),) = told("answered")
    assert to_new == move.new_hr.email
    assert "Harbor" not in joined
    assert sorted(to for to, _ in told("practice")) == ["office@elmstreet.example.org", "office@oak.example.org"]
    assert all("Ask Harbor Family Network who can take over" in body for _, body in told("practice"))
    assert all("Blackstone" not in body for _, body in told("practice"))


def test_no_exposure_is_told_of_work_that_ended_with_the_change(move: Move) -> None:
    agreed(move, asked(move, starts_on=days(0)))
    with transaction():
        exposure_letters.plan(clock.today(), at=clock.now())
    assert db.session.scalars(select(ExposureNotice)).all() == []


def test_work_goes_on_for_the_new_employer_where_it_serves_the_practice_and_said_so(move: Move) -> None:
    in_order(move)
    serves(move.new, move.practice)
    agreed(move, asked(move, practices={move.practice.id}))
    assert {(one[1], one[3]) for one in move.work} == {
        ("Harbor Family Network", days(19)),
        ("Blackstone Valley Care", None),
    }
    ((_, body),) = told("practice")
    assert "From" in body
    assert "the employer is Blackstone Valley Care" in body
    assert "goes on for you from that day" in told("answered")[0][1]


def test_two_stretches_of_work_with_one_practice_both_go_on_for_the_new_employer(move: Move) -> None:
    in_order(move)
    serves(move.new, move.practice)
    (first,) = db.session.scalars(select(Assignment).where(Assignment.coordinator_id == move.person.id))
    changed(first, ends_on=days(40))
    placed(move.person, move.practice, move.old, starts_on=days(60))
    agreed(move, asked(move, practices={move.practice.id}))
    assert {(one[2], one[3]) for one in move.work if one[1] == "Blackstone Valley Care"} == {
        (days(20), days(40)),
        (days(60), None),
    }


def test_a_practice_that_the_vendor_does_not_serve_is_not_moved_whatever_the_form_says(move: Move) -> None:
    change = asked(move, practices={move.practice.id})
    assert change.practices == []
    agreed(move, change)
    assert {one[1] for one in move.work} == {"Harbor Family Network"}


def test_work_that_would_break_independence_ends_and_the_vendor_reads_why(move: Move) -> None:
    in_order(move)
    serves(move.new, move.practice)
    group = factories.saved(OwnershipGroup(name="Commonwealth Health Holdings"))
    for party in (move.new, move.practice):
        factories.saved(OwnershipStake(party_id=party.id, group_id=group.id, percent=60, starts_on=date(2025, 1, 1)))
    agreed(move, asked(move, practices={move.practice.id}))
    assert {one[1] for one in move.work} == {"Harbor Family Network"}
    assert move.spells["Blackstone Valley Care"] == (days(20), None)
    assert "cannot go on by itself: Ana Ferreira is assigned to Elm Street Pediatrics" in told("answered")[0][1]


def test_the_present_employment_can_go_on_side_by_side(move: Move) -> None:
    agreed(move, asked(move), goes_on=True)
    assert {until for _, until in move.spells.values()} == {None}
    assert {one[3] for one in move.work} == {None}
    assert told("leaving") == []


def test_a_no_changes_nothing_and_the_vendor_is_told(client: FlaskClient, move: Move) -> None:
    change = asked(move)
    sign_in(client, move.account)
    assert answered(client, f"/employer-changes/{change.id}/answer", answer="no", agreed="").status_code == 302
    assert list(move.spells) == ["Harbor Family Network"]
    assert "said no to your request" in told("answered")[0][1]


def test_a_yes_needs_the_signature_and_what_was_typed_stays(client: FlaskClient, move: Move) -> None:
    change = asked(move)
    sign_in(client, move.account)
    page = answered(client, f"/employer-changes/{change.id}/answer", agreed="", signed_name="Ana F.")
    assert page.status_code == 422
    assert "Tick the box to sign the statement, or say no." in page.text
    assert "Ana F." in page.text
    assert list(move.spells) == ["Harbor Family Network"]


def test_a_person_without_an_account_answers_by_the_link_once(client: FlaskClient) -> None:
    move = arranged(with_account=False)
    change = asked(move)
    link = link_in(letters("employer-change-request")[0])
    present = [spell.id for spell in move.person.employments]
    assert answered(client, link, ending=present).status_code == 302
    assert move.spells["Blackstone Valley Care"] == (days(20), None)
    again = answered(client, link, ending=present)
    assert again.status_code == 302
    page = fetched(client, link)
    assert "You agreed" in page
    assert "Take my consent back" in page
    assert client.get("/employer-change-answers/another").status_code == 404
    sign_in(client, move.new_hr)
    assert client.get(link).status_code == 409
    assert change.consented_at is not None


def test_a_consent_after_the_request_expired_is_refused(client: FlaskClient, move: Move) -> None:
    change = asked(move)
    late = change.expires_at
    with pytest.raises(Refusal, match="This request has expired"), transaction():
        service.answer(change, service.Answer(True, "Ana Ferreira", ""), base_url=BASE, actor=move.account, at=late)
    assert list(move.spells) == ["Harbor Family Network"]


def test_two_consents_are_one(move: Move) -> None:
    change = asked(move)
    agreed(move, change)
    before = len(letters())
    agreed(move, change)
    assert len(letters()) == before
    assert len(entries(AuditAction.EMPLOYMENT_RECORDED)) == 1
    with pytest.raises(Refusal, match="You agreed"), transaction():
        service.answer(
            change, service.Answer(False, "Ana Ferreira", ""), base_url=BASE, actor=move.account, at=clock.now()
        )


def test_an_employment_of_somebody_else_cannot_be_ended_with_the_form(client: FlaskClient, move: Move) -> None:
    other = factories.make_employment(factories.make_coordinator(), move.old)
    change = asked(move)
    with pytest.raises(Refusal, match="have changed meanwhile"), transaction():
        service.answer(
            change, service.Answer(True, "Ana Ferreira", "", frozenset({other.id})), base_url=BASE,
            actor=move.account, at=clock.now(),
        )  # fmt: skip


def test_a_first_day_in_the_past_ends_the_old_employment_in_the_past_and_the_vendor_hears_once(move: Move) -> None:
    agreed(move, asked(move, starts_on=days(-5)))
    assert move.spells["Harbor Family Network"][1] == days(-6)
    to_old = db.session.scalars(select(Message).where(Message.recipient == move.old.email)).all()
    assert [one.kind for one in to_old] == ["employer-change-leaving"]


@pytest.mark.parametrize("side", ["new_hr", "account"])
def test_either_side_takes_a_change_back_before_the_first_day_and_all_is_as_it_was(
    client: FlaskClient, move: Move, side: str
) -> None:
    serves(move.new, move.practice)
    called(move, "Team lead")
    ended_before = placed(move.person, factories.make_practice("Oak Pediatrics"), move.old)
    with transaction():
        assignments.end(ended_before, last_day=date(2025, 6, 30), actor=ARRANGING, at=clock.now())
    spells, work = move.spells, move.work
    change = agreed(move, asked(move, practices={move.practice.id}))
    assert titles(move) == {"Team lead", "Care coordinator"}
    who: User = getattr(move, side)
    sign_in(client, who)
    assert send(client, f"/employer-changes/{change.id}/withdraw").status_code == 302
    assert send(client, f"/employer-changes/{change.id}/withdraw").status_code == 302

    assert move.spells == spells
    assert move.work == work
    assert titles(move) == {"Team lead"}
    assert len(entries(AuditAction.EMPLOYER_CHANGE_TAKEN_BACK)) == 1
    assert sorted(to for to, _ in told("taken-back")) == sorted(
        [move.new_hr.email, str(move.person.email), str(move.old.email)]
    )
    sign_in(client, move.new_hr)
    assert client.get(f"/coordinators/{move.person.id}").status_code == 404
    sign_in(client, move.old_hr)
    assert "People who leave you" not in fetched(client, "/employer-changes")


def test_by_the_link_a_consent_is_taken_back_too(client: FlaskClient) -> None:
    move = arranged(with_account=False)
    spells = move.spells
    agreed(move, asked(move))
    link = link_in(letters("employer-change-request")[0])
    assert send(client, f"{link}/take-back", page=link).status_code == 302
    assert move.spells == spells
    assert "This change was taken back" in fetched(client, link)


def test_nothing_is_taken_back_from_the_first_day_on(client: FlaskClient, move: Move) -> None:
    change = agreed(move, asked(move, starts_on=days(0)))
    sign_in(client, move.new_hr)
    answer = send(client, f"/employer-changes/{change.id}/withdraw")
    assert answer.status_code == 422
    assert "The first day of work has come" in answer.text
    assert move.spells["Blackstone Valley Care"] == (days(0), None)


def test_what_was_changed_since_the_consent_is_not_undone_behind_anybodys_back(move: Move) -> None:
    change = agreed(move, asked(move))
    spell = next(one for one in move.person.employments if one.ends_on == days(19))
    with transaction():
        employment.end(spell, last_day=days(10), base_url=BASE, actor=move.old_hr, at=clock.now())
    spells = move.spells
    with pytest.raises(Refusal, match="Somebody changed these records"), transaction():
        service.withdraw(change, base_url=BASE, actor=move.account, at=clock.now())
    assert move.spells == spells


def test_two_vendors_that_ask_at_once_are_answered_one_after_the_other(move: Move) -> None:
    third = factories.make_vendor("Cape Ann Care")
    first = asked(move)
    second = asked(move, vendor=third, hr=factories.make_user(Role.VENDOR_HR, third), starts_on=days(40))
    assert len(letters("employer-change-request")) == 2
    agreed(move, first)
    agreed(move, second, goes_on=True)
    assert set(move.spells) == {"Harbor Family Network", "Blackstone Valley Care", "Cape Ann Care"}


def test_the_old_employer_cannot_place_the_person_beyond_the_last_day(move: Move) -> None:
    in_order(move)
    agreed(move, asked(move))
    other = factories.make_practice()
    certified(other)
    contract = db.session.get_one(Contract, factories.contract_of(move.old.id))
    wanted = assignments.Wanted(move.person, other, contract, Load(places=5), Span(days(1), days(25)))
    with pytest.raises(Refusal, match="is without an employment at"), transaction():
        assignments.record(wanted, actor=move.old_hr, at=clock.now())


def test_a_signed_answer_and_what_it_did_are_never_changed(move: Move) -> None:
    agreed(move, asked(move))
    signed = db.session.scalars(select(EmployerChangeAnswer)).one()
    later = update(EmployerChangeAnswer).values(signed_at=signed.signed_at + timedelta(days=1))
    with pytest.raises(DatabaseError, match="never changed"), transaction() as session:
        session.execute(later)
