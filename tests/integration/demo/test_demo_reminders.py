"""The ledger answers for every demo person why they did or did not get each reminder."""

from contextlib import suppress

from flask import Flask
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.demo.timeline import moment
from certhub.models.messages import Obligation, ReminderStatus
from certhub.models.parties import Party
from certhub.queries import reminder_ledger
from certhub.rules.permissions import OPERATOR
from certhub.rules.reminders import steps_of
from certhub.rules.vocabulary import SubjectType
from certhub.services import reminder_policies, reminders
from tests.integration.demo.loading import TODAY, NothingIsKept


def test_for_every_demo_person_each_step_whose_day_has_come_is_sent_waits_or_says_why_not(demo: Flask) -> None:
    policies = reminder_policies.in_force(TODAY)
    people = list(db.session.scalars(select(Party.id).where(Party.kind == SubjectType.COORDINATOR)))
    with suppress(NothingIsKept), transaction():
        reminders.plan(TODAY, policies=policies, at=moment(TODAY))
        silent = [problem for person in people for problem in _unanswered(person)]
        answered = sum(len(_rows(person)) for person in people)
        raise NothingIsKept
    assert silent == []
    assert answered > len(people)


def _rows(party_id: int) -> list[reminder_ledger.LedgerRow]:
    policies, rows, cursor = reminder_policies.in_force(TODAY), [], None
    while True:
        page = reminder_ledger.of_party(OPERATOR, party_id, policies=policies, cursor=cursor)
        rows += page.rows
        cursor = page.next
        if cursor is None:
            return rows


def _unanswered(party_id: int) -> list[str]:
    """The steps without a line, and the lines without an answer; the open dates without a word on what comes next."""
    policies, rows = reminder_policies.in_force(TODAY), _rows(party_id)
    entered = {(row.kind, row.due_on, row.step) for row in rows}
    due = list(
        db.session.scalars(select(Obligation).where(Obligation.party_id == party_id, Obligation.closed_at.is_(None)))
    )
    missing = [
        f"{one.kind}, due {one.due_on}, step {step.offset}: no line"
        for one in due
        for step in steps_of(policies[one.kind], one.due_on)
        if step.on <= TODAY and (one.kind, one.due_on, step.offset) not in entered
    ]
    mute = [
        f"{row.kind}, due {row.due_on}, step {row.step}: no answer"
        for row in rows
        if row.status not in (ReminderStatus.SENT, ReminderStatus.PLANNED) and not row.because.endswith(".")
    ]
    ahead = reminder_ledger.coming(OPERATOR, party_id, policies=policies, today=TODAY)
    unsaid = [
        f"{one.kind}, due {one.due_on}: nothing about what comes" for one in ahead if not (one.next or one.why_not)
    ]
    return [f"party {party_id}: {problem}" for problem in missing + mute + unsaid]
