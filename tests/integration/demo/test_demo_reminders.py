"""The ledger answers for every demo person and organization why they did or did not get each reminder."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from certhub.database import db, transaction
from certhub.demo.timeline import moment
from certhub.models.accounts import User
from certhub.models.messages import Message, MessageStatus, Obligation, Reminder, ReminderStatus
from certhub.models.parties import Employment, ExternalLicence, Party
from certhub.queries import reminder_ledger
from certhub.queries.obligations import works_on
from certhub.rules.permissions import OPERATOR, Viewer
from certhub.rules.reminder_reasons import CAME_BACK, NOT_PREPARED, NOT_TAKEN
from certhub.rules.reminders import steps_of
from certhub.services import digests, obligations, reminder_policies, reminders
from tests.integration.demo.loading import TODAY, NothingIsKept

LATER = TODAY + timedelta(days=40)
_SOME = 12
"""Of so many records the answers are read as everybody who may, with what comes next; of the others as DPH."""
_LOST = {ReminderStatus.FAILED, ReminderStatus.BOUNCED}
_LOST_OF_EACH = 5


@pytest.mark.only_on("sqlite")
def test_for_every_demo_record_each_step_whose_day_has_come_is_sent_waits_or_says_why_not(demo: Flask) -> None:
    records = list(db.session.scalars(select(Party.id).where(Party.id.in_(select(Obligation.party_id)))))
    with suppress(NothingIsKept), transaction():
        _planned(TODAY)
        _half_of_the_licences_are_renewed()
        _planned(LATER)
        _some_mail_is_lost()
        closed = {one.kind for one in db.session.scalars(select(Obligation).where(Obligation.closed_at.is_not(None)))}
        problems = [problem for viewer, record in _readings(records) for problem in _unanswered(viewer, record)]
        unsaid = [problem for record in _some_of(records) for problem in _unsaid(record)]
        rows = [row for record in records for row in _rows(OPERATOR, record)]
        raise NothingIsKept
    assert problems == []
    assert unsaid == []
    assert len(closed) >= 3
    assert len(rows) > len(records)
    assert {row.status for row in rows} >= _LOST


def _planned(day: date) -> None:
    policies = reminder_policies.in_force(day)
    obligations.derive(day, policies=policies, at=moment(day))
    reminders.plan(day, policies=policies, at=moment(day))


def _half_of_the_licences_are_renewed() -> None:
    """So that dates are settled before all their reminders have come up."""
    db.session.execute(
        update(ExternalLicence)
        .where(ExternalLicence.id % 2 == 0, ExternalLicence.expires_on.is_not(None))
        .values(expires_on=LATER + timedelta(days=700))
        .execution_options(synchronize_session=False)
    )


def _some_mail_is_lost() -> None:
    """Some digests cannot be sent or prepared, and some that were sent come back."""
    waiting, at = digests.waiting_recipients("", 2 * _LOST_OF_EACH), moment(LATER)
    digests.enqueue_digests(waiting, LATER, policies=reminder_policies.in_force(LATER), link=lambda _item: "/", at=at)
    of_digests = select(Message.id).where(Message.kind == digests.DIGEST).order_by(Message.id.desc())
    queued = db.session.scalars(
        of_digests.where(Message.status == MessageStatus.QUEUED, Message.created_at == at)
    ).all()
    sent = db.session.scalars(of_digests.where(Message.status == MessageStatus.SENT).limit(_LOST_OF_EACH)).all()
    outcomes = [
        *((number, ReminderStatus.FAILED, NOT_TAKEN) for number in queued[::2]),
        *((number, ReminderStatus.FAILED, NOT_PREPARED) for number in queued[1::2]),
        *((number, ReminderStatus.BOUNCED, CAME_BACK) for number in sent),
    ]
    for number, status, reason in outcomes:
        digests.record_outcome(number, status, at=at, reason=reason)


def _readings(records: list[int]) -> Iterator[tuple[Viewer, int]]:
    """DPH reads of each record; of some also the person, the organization and HR of whoever employs the person."""
    some = _some_of(records)
    for record in records:
        yield OPERATOR, record
        if record in some:
            own = select(User).where(User.party_id == record, User.deactivated_at.is_(None))
            employer = select(Employment.employer_id).where(works_on(LATER, Party.id), Party.id == record)
            hr = select(User).where(User.party_id.in_(employer), User.deactivated_at.is_(None))
            for statement in (own, hr):
                reader = db.session.scalars(statement.limit(1)).first()
                if reader is not None:
                    yield reader, record


def _some_of(records: list[int]) -> list[int]:
    return sorted(records)[:: max(1, len(records) // _SOME)]


def _rows(viewer: Viewer, party_id: int) -> list[reminder_ledger.LedgerRow]:
    policies, rows, cursor = reminder_policies.in_force(LATER), [], None
    while True:
        page = reminder_ledger.of_record(
            viewer, reminder_ledger.dates_of_party(party_id), policies=policies, cursor=cursor
        )
        rows += page.rows
        cursor = page.next
        if cursor is None:
            return rows


def _unanswered(viewer: Viewer, party_id: int) -> list[str]:
    """The steps without a line or a reason, of open and of settled dates, and the lines without an answer."""
    policies, rows = reminder_policies.in_force(LATER), _rows(viewer, party_id)
    told = {(row.kind, row.due_on, row.step) for row in rows}
    settled = reminder_ledger.dates(
        viewer, reminder_ledger.dates_of_party(party_id), policies=policies, today=LATER
    ).settled
    told |= {(one.kind, one.due_on, step.offset) for one in settled for step in one.spared}
    seen = reminder_ledger.audiences_seen(viewer)
    missing = [
        f"{one.kind}, due {one.due_on}, step {step.offset}: no line"
        for one in db.session.scalars(select(Obligation).where(Obligation.party_id == party_id))
        for step in steps_of(policies[one.kind], one.due_on)
        if step.on <= LATER
        and any(step.offset in policies[one.kind].recipients.get(audience, ()) for audience in seen)
        and (one.kind, one.due_on, step.offset) not in told
    ]
    mute = [
        f"{row.kind}, due {row.due_on}, step {row.step}: no answer"
        for row in rows
        if row.status not in (ReminderStatus.SENT, ReminderStatus.PLANNED) and not row.because.endswith(".")
    ]
    mute += [
        f"{row.kind}, due {row.due_on}, step {row.step}: {row.status.value}, and yet it says: {row.because}"
        for row in rows
        if row.status in _LOST and row.because.startswith("It was not needed")
    ]
    mute += [f"{one.kind}, due {one.due_on}: no reason" for one in settled if not one.because.endswith(".")]
    return [f"party {party_id}, read as {viewer.role.value}: {problem}" for problem in missing + mute]


def _unsaid(party_id: int) -> list[str]:
    """The open dates without a word on what comes next."""
    policies = reminder_policies.in_force(LATER)
    ahead = reminder_ledger.dates(
        OPERATOR, reminder_ledger.dates_of_party(party_id), policies=policies, today=LATER
    ).coming
    return [f"party {party_id}: {one.kind}, due {one.due_on}" for one in ahead if not (one.next or one.why_not)]


def test_the_ledger_has_answers_of_many_kinds(demo: Flask) -> None:
    """Somebody who looks at the demo sees reminders that were sent, and reasons why others were not."""
    sent = db.session.scalar(select(func.count()).where(Reminder.status == ReminderStatus.SENT)) or 0
    reasons = set(db.session.scalars(select(Reminder.reason).where(Reminder.status == ReminderStatus.SUPPRESSED)))
    assert sent > 100
    assert len(reasons) >= 3
