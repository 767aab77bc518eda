"""Two people at the same moment: each consent is carried out once, and two requests of one vendor are one."""

from flask import Flask
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.employer_changes import EmployerChange, EmployerChangeAnswer
from certhub.models.messages import Message
from certhub.models.parties import Employment
from certhub.services import employer_changes as service
from tests.at_once import at_once
from tests.integration.employer_changes.arranging import BASE, arranged, asked


def test_two_consents_at_the_same_moment_make_one_employment_and_one_letter(committed_app: Flask) -> None:
    move = arranged()
    change_id, account_id, person_id = asked(move).id, move.account.id, move.person.id
    spell_id = move.person.employments[0].id
    db.session.remove()

    def consent() -> None:
        change, account = db.session.get_one(EmployerChange, change_id), db.session.get_one(User, account_id)
        with transaction():
            service.answer(
                change, service.Answer(True, "Ana Ferreira", "", frozenset({spell_id})), base_url=BASE, actor=account,
                at=clock.now(),
            )  # fmt: skip

    assert at_once(committed_app, consent, consent) == []
    standing = select(func.count()).where(Employment.coordinator_id == person_id, Employment.superseded_at.is_(None))
    assert db.session.scalar(standing) == 2
    assert db.session.scalar(select(func.count()).select_from(EmployerChangeAnswer)) == 1
    told = select(func.count()).where(Message.kind == "employer-change-leaving")
    assert db.session.scalar(told) == 1


def test_a_consent_and_a_withdrawal_at_the_same_moment_leave_one_of_both(committed_app: Flask) -> None:
    move = arranged()
    change_id, account_id, hr_id = asked(move).id, move.account.id, move.new_hr.id
    db.session.remove()

    def consent() -> None:
        change, account = db.session.get_one(EmployerChange, change_id), db.session.get_one(User, account_id)
        with transaction():
            service.answer(
                change, service.Answer(True, "Ana Ferreira", ""), base_url=BASE, actor=account, at=clock.now()
            )

    def withdraw() -> None:
        change, hr = db.session.get_one(EmployerChange, change_id), db.session.get_one(User, hr_id)
        with transaction():
            service.withdraw(change, base_url=BASE, actor=hr, at=clock.now())

    refused = at_once(committed_app, consent, withdraw)
    change = db.session.get_one(EmployerChange, change_id)
    standing = select(func.count()).where(
        Employment.employer_id == change.vendor_id, Employment.superseded_at.is_(None)
    )
    joined = change.consented_at is not None and change.taken_back_at is None
    assert db.session.scalar(standing) == joined
    assert len(refused) == (change.withdrawn_at is not None)
