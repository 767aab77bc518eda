"""What the queries of a change of employer find: whose record is meant, what ends with the change, and what waits."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from certhub import clock
from certhub.database import db, transaction
from certhub.models.certification import Credential
from certhub.models.employer_changes import EmployerChange
from certhub.models.parties import Employment, VendorOrganization
from certhub.queries import employer_changes
from certhub.queries.visibility import NotVisible
from certhub.rules.audit_actions import AuditAction
from certhub.rules.employer_change import ChangeState
from certhub.rules.identifiers import credential_number
from certhub.rules.permissions import OPERATOR
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import EmploymentKind, Role, SubjectType
from certhub.services import accounts, audit, last_days
from certhub.services import employer_changes as service
from tests import factories
from tests.factories import ARRANGING, WHEN, placement, saved
from tests.integration.employer_changes.arranging import BASE, Move, agreed, arranged, asked, days, letters, link_in
from tests.integration.exposure.arranging import certified


@pytest.fixture
def move(app: Flask) -> Move:
    return arranged()


def refused(move: Move, change: EmployerChange) -> None:
    with transaction():
        service.answer(
            change, service.Answer(False, "Ana Ferreira", ""), base_url=BASE, actor=move.account, at=clock.now()
        )


def set_aside(move: Move, employer: VendorOrganization) -> None:
    """An employment that was recorded by mistake and taken back."""
    saved(
        Employment(
            coordinator_id=move.person.id, employer_id=employer.id, kind=EmploymentKind.EMPLOYEE, starts_on=days(-9),
            recorded_at=WHEN, superseded_at=WHEN,
        )
    )  # fmt: skip


def test_a_number_means_its_holder_and_nobody_else(move: Move) -> None:
    numbers = []
    for place, person in enumerate((factories.make_coordinator("Eva Ferreira"), move.person), start=71):
        credential = db.session.get_one(Credential, certified(person).id)
        with transaction():
            credential.number = credential_number(SubjectType.COORDINATOR, 2026, place)
            audit.record(ARRANGING, AuditAction.PARTY_UPDATED, credential, at=WHEN)
        numbers.append(credential.number)
    found = [employer_changes.person_known_by(number, "Ferreira") for number in numbers]
    assert [one and one.name for one in found] == ["Eva Ferreira", move.person.name]
    assert employer_changes.person_known_by(credential_number(SubjectType.COORDINATOR, 2026, 79), "Ferreira") is None


def test_what_ends_with_a_change_is_what_goes_on_into_its_first_day(move: Move) -> None:
    first, eve = days(20), days(19)
    change = asked(move, starts_on=first)
    spells = {"on the first day": (None, first), "on the eve": (None, eve), "begins then": (first, None)}
    for name, (starts_on, ends_on) in spells.items():
        employer = factories.make_vendor(name)
        factories.make_employment(move.person, employer, starts_on=starts_on or days(-9), ends_on=ends_on)
    factories.make_employment(move.person, factories.make_vendor("begins the day before"), starts_on=eve)
    factories.make_employment(move.person, move.new, starts_on=days(-900), ends_on=days(30))
    factories.make_employment(factories.make_coordinator(), factories.make_vendor("somebody else's"))
    set_aside(move, factories.make_vendor("set aside"))
    assert {one.employer for one in employer_changes.present(change)} == {
        move.old.name, "on the first day", "begins the day before",
    }  # fmt: skip


def test_the_work_that_hangs_on_an_employment_is_the_persons_own_and_goes_on(move: Move) -> None:
    first, eve = days(20), days(19)
    change = asked(move, starts_on=first)
    other = factories.make_coordinator(vendor=move.old)
    work = {
        "on the first day": (move.person, first, None),
        "on the eve": (move.person, eve, None),
        "taken back": (move.person, None, WHEN),
        "of somebody else": (other, None, None),
    }
    for name, (person, ends_on, superseded_at) in work.items():
        saved(
            placement(
                coordinator_id=person.id, practice_id=factories.make_practice(name).id, vendor_id=move.old.id,
                starts_on=days(-9), ends_on=ends_on, recorded_at=WHEN, superseded_at=superseded_at,
            )
        )  # fmt: skip
    (present,) = employer_changes.present(change)
    assert {place.name for place in present.places} == {move.practice.name, "on the first day"}


def test_a_change_is_answered_carried_out_and_taken_back_by_itself(move: Move) -> None:
    second = factories.make_coordinator("Eva Ferreira", vendor=move.old)
    other = replace(move, person=second, account=factories.make_user(Role.COORDINATOR, second))
    changes = [agreed(move, asked(move)), agreed(other, asked(other))]
    for one, change in zip((move, other), changes, strict=True):
        answer = employer_changes.answer_of(change)
        assert answer is not None
        assert answer.party_id == one.person.id
        touched = [effect.employment_after for effect in employer_changes.effects(change) if effect.employment_after]
        assert [spell.coordinator_id for spell in touched] == [one.person.id] * 2
        row, effect = employer_changes.leaving_one(move.old_hr, change.id)
        assert (row.person, row.last_day, effect.change_id) == (one.person.name, days(19), change.id)
    spells = other.spells
    with transaction():
        service.withdraw(changes[0], base_url=BASE, actor=move.account, at=clock.now())
    assert set(move.spells) == {move.old.name}
    assert other.spells == spells


def test_a_proposed_last_day_is_about_its_own_change_and_says_why(move: Move) -> None:
    second = factories.make_coordinator("Eva Ferreira", vendor=move.old)
    other = replace(move, person=second, account=factories.make_user(Role.COORDINATOR, second))
    changes = [agreed(move, asked(move)), agreed(other, asked(other, starts_on=days(25)))]
    given: dict[str, Any] = {"base_url": BASE, "actor": move.old_hr, "at": clock.now()}
    with transaction():
        first, last = (
            last_days.propose(
                employer_changes.leaving_one(move.old_hr, change.id)[1],
                last_day=days(10),
                reason="She told us.",
                **given,
            )
            for change in changes
        )
    assert [employer_changes.last_day_on_file(one) for one in (first, last)] == [days(19), days(24)]
    assert [employer_changes.proposals(change) for change in changes] == [[first], [last]]
    with transaction():
        last_days.settle(first, accept=True, base_url=BASE, actor=move.account, at=clock.now())
    assert move.spells[move.old.name][1] == days(10)
    assert other.spells[move.old.name][1] == days(24)
    with pytest.raises(NotVisible):
        employer_changes.open_proposal(OPERATOR, changes[0].id)
    assert employer_changes.open_proposal(OPERATOR, changes[1].id) == last


def test_who_proposes_another_last_day_says_how_it_is_known(move: Move) -> None:
    change = agreed(move, asked(move))
    _, effect = employer_changes.leaving_one(move.old_hr, change.id)
    with pytest.raises(Refusal, match="Say how you know") as told:
        last_days.propose(effect, last_day=days(10), reason="", base_url=BASE, actor=move.old_hr, at=clock.now())
    assert told.value.field == "reason"


def test_a_vendor_employs_somebody_through_the_last_day(move: Move) -> None:
    old = move.old.id
    last = clock.today()
    leaver = factories.make_coordinator()
    mistaken = factories.make_vendor()
    set_aside(move, mistaken)
    assert not employer_changes.employed_at(mistaken.id, move.person.id, last)
    factories.make_employment(leaver, move.old, ends_on=last)
    assert employer_changes.employed_at(old, move.person.id, last + timedelta(days=900))
    assert employer_changes.employed_at(old, leaver.id, last)
    assert not employer_changes.employed_at(old, leaver.id, last + timedelta(days=1))
    assert not employer_changes.employed_at(move.new.id, leaver.id, last)
    assert not employer_changes.employed_at(old, factories.make_coordinator().id, last)


def test_a_request_waits_for_one_person_at_one_vendor_until_it_expires(move: Move) -> None:
    change = asked(move)
    now = clock.now()
    new, person = move.new.id, move.person.id
    assert employer_changes.asked_already(new, person, at=change.expires_at - timedelta(seconds=1))
    assert not employer_changes.asked_already(new, person, at=change.expires_at)
    assert not employer_changes.asked_already(move.old.id, person, at=now)
    assert not employer_changes.asked_already(new, factories.make_coordinator().id, at=now)
    assert employer_changes.expired_untold(change.expires_at, limit=9) == [change]
    assert employer_changes.expired_untold(change.expires_at - timedelta(seconds=1), limit=9) == []
    with transaction():
        assert service.expire(change, base_url=BASE, actor=ARRANGING, at=change.expires_at)
    assert employer_changes.expired_untold(change.expires_at, limit=9) == []


def test_somebody_whose_account_was_closed_answers_by_the_link(move: Move) -> None:
    administrator = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        accounts.deactivate(move.account, actor=administrator, at=WHEN)
    asked(move)
    (letter,) = letters("employer-change-request")
    assert letter.recipient == move.person.email
    assert link_in(letter).startswith("/employer-change-answers/")
    assert employer_changes.account_of(move.person.id) is None


def test_only_a_former_employer_knows_already_that_somebody_left(move: Move) -> None:
    bystander = factories.make_coordinator("Eva Ferreira", vendor=move.old)
    agreed(move, asked(move))
    assert employer_changes.left_by_change(move.old.id, move.person.id)
    assert not employer_changes.left_by_change(move.new.id, move.person.id)
    assert not employer_changes.left_by_change(move.old.id, bystander.id)


def test_a_vendor_is_held_to_its_own_requests_and_to_the_day_of_the_no(move: Move) -> None:
    change = asked(move)
    asked(move, known_by="somebody@example.org")
    refused(move, change)
    now = clock.now()
    known_by = str(move.person.email)
    assert employer_changes.earlier(move.new.id, known_by, at=now) == [(ChangeState.DECLINED, change.declined_at)]
    assert employer_changes.earlier(move.old.id, known_by, at=now) == []
    ((state, since),) = employer_changes.earlier(move.new.id, "somebody@example.org", at=now)
    assert state is ChangeState.REQUESTED
    assert since <= now


def test_each_state_lists_its_own_requests(move: Move) -> None:
    at = clock.now() + timedelta(hours=1)
    steps: dict[ChangeState, dict[str, datetime]] = {
        ChangeState.REQUESTED: {"expires_at": at + timedelta(seconds=1)},
        ChangeState.EXPIRED: {"expires_at": at},
        ChangeState.DECLINED: {"declined_at": at, "expires_at": at},
        ChangeState.WITHDRAWN: {"withdrawn_at": at, "expires_at": at + timedelta(days=1)},
        ChangeState.CONSENTED: {"consented_at": at, "expires_at": at},
        ChangeState.TAKEN_BACK: {"consented_at": at, "taken_back_at": at},
    }
    made = {}
    for state, given in steps.items():
        change = asked(move, known_by=f"{state}@example.org")
        with transaction():
            change.party_id = move.person.id
            for name, moment in given.items():
                setattr(change, name, moment)
            audit.record(ARRANGING, AuditAction.EMPLOYER_CHANGE_REQUESTED, change, at=at)
        made[state] = change.id

    found = {state: [row.id for row in employer_changes.page(OPERATOR, state=state, at=at).rows] for state in steps}
    assert found == {state: [number] for state, number in made.items()}
    everything = employer_changes.page(OPERATOR, at=at).rows
    assert {row.id: row.state for row in everything} == {number: state for state, number in made.items()}
    assert [row.id for row in everything] == sorted(made.values(), reverse=True)
    assert {(row.vendor, row.who) for row in everything} == {(move.new.name, move.person.name)}


def test_a_vendor_serves_the_practices_in_which_its_people_work_now_or_soon(move: Move) -> None:
    today = clock.today()
    work = {
        "Through today": (move.old, today, None),
        "Until yesterday": (move.old, today - timedelta(days=1), None),
        "Taken back": (move.old, None, WHEN),
        "Of another vendor": (move.new, None, None),
    }
    for name, (vendor, ends_on, superseded_at) in work.items():
        saved(
            placement(
                coordinator_id=move.person.id, practice_id=factories.make_practice(name).id, vendor_id=vendor.id,
                starts_on=days(-9), ends_on=ends_on, recorded_at=WHEN, superseded_at=superseded_at,
            )
        )  # fmt: skip
    found = employer_changes.served_practices(move.old.id)
    assert [name for _, name in found] == [move.practice.name, "Through today"]
