"""The worker is killed at any moment of a reminder run: nothing is lost, nothing is doubled but what was in doubt."""

import html
import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from certhub.clock import AGENCY_ZONE
from certhub.config import Settings
from certhub.database import db
from certhub.models.messages import Message, MessageStatus, Obligation, Reminder, ReminderNotice, ReminderStatus
from certhub.rules.mail_attempts import MOST_COPIES
from certhub.rules.reminder_reasons import NEARER
from certhub.rules.reminders import steps_for
from certhub.rules.vocabulary import Role
from tests import factories
from tests.integration.reminders.arranging import POLICIES, a_credential
from tests.reliability.conftest import Counted
from tests.reliability.mail_servers import Aim, DeadlyMailbox, serving_deadly
from tests.reliability.shares import shared_out
from tests.reliability.victims import Fate, Victims, victims

FIRST = date(2027, 1, 4)
_KILLS_A_DAY = 3
IN_DOUBT_FOR = timedelta(minutes=20)  # the setting's own value
_MOST_TRIES = 20
"""For each kill: of those at random many come too late, for the worker has done all."""
BOTH = "reminders and mail"
POLICY = next(policy for kind, policy in POLICIES.items() if kind.value == "credential_renewal")


def morning(day: date) -> datetime:
    return datetime.combine(day, time(6, 10), AGENCY_ZONE).astimezone(UTC)


@dataclass
class Days:
    """Days that go by, on each of which the worker runs until it lives to the end of its run."""

    forked: Victims
    mailbox: DeadlyMailbox
    now: datetime = field(default_factory=lambda: morning(FIRST))
    in_doubt: set[str] = field(default_factory=set)
    kills: Counter[str] = field(default_factory=Counter)
    tries: Counter[str] = field(default_factory=Counter)
    seconds: float = 1.0
    statements: int = 100

    def live(self) -> Fate:
        """Let the worker run unharmed; the next morning comes."""
        fate = self.forked.run(BOTH, at=self.now)
        assert fate.error is None
        self.seconds, self.statements = fate.seconds, fate.statements
        self.now = morning((self.now + timedelta(days=1)).astimezone(AGENCY_ZONE).date())
        return fate

    def kill(self, how: str, **kill: Any) -> None:
        """Let the worker run and kill it; what it was sending is in doubt, and is sent again a while later."""
        self.tries[how] += 1
        assert self.tries[how] <= _MOST_TRIES * (1 + self.kills[how]), f"no kill {how} hits any more"
        pid = self.forked.begin(BOTH, at=self.now, **kill)
        if how in (Aim.BEFORE_ANSWER, Aim.AFTER_ANSWER):
            self.mailbox.lie_in_wait(pid, messages=1 + self.kills.total() % 3, aim=Aim(how))
        fate = self.forked.let_go()
        self.mailbox.forget()
        assert fate.killed or fate.error is None, fate.error
        self.now += IN_DOUBT_FOR + timedelta(minutes=1)
        if not fate.killed:  # it was faster, or had nothing to send
            self.live()
            return
        self.kills[how] += 1
        db.session.rollback()
        sending = select(Message.message_id).where(Message.status == MessageStatus.SENDING)
        self.in_doubt |= set(db.session.scalars(sending))
        if self.kills.total() % _KILLS_A_DAY == 0:
            self.live()


def left_in_doubt_too_often() -> set[str]:
    """The messages of which so many senders died that a person has to look."""
    return set(db.session.scalars(select(Message.message_id).where(Message.doubts >= MOST_COPIES)))


def arranged(people: int) -> dict[int, date]:
    """Coordinators of one employer, whose credentials end on days spread over half a year."""
    vendor = factories.make_vendor()
    factories.make_user(Role.VENDOR_HR, vendor)
    ends = {}
    for number in range(people):
        person = factories.make_coordinator(vendor=vendor)
        ends[person.id] = FIRST + timedelta(days=(number * 181) // people)
        a_credential(person, ends[person.id])
    return ends


@pytest.mark.parametrize("in_doubt", shared_out(["repeat", "park"]))
def test_a_worker_killed_at_any_moment_loses_nothing_and_repeats_only_what_was_in_doubt(
    in_doubt: str, committed_app: Flask, count: Counted, proven: Callable[..., None]
) -> None:
    at_random, chosen, others = count(4, 200), count(4, 100), count(2, 50)
    settings: Settings = committed_app.extensions["certhub"].settings
    ends = arranged(count(90, 200))
    chance = random.Random(5)  # noqa: S311  (a seed that a failure can be repeated with)
    mailbox = DeadlyMailbox()

    with serving_deadly(mailbox) as url, victims(settings, smtp_url=url, mail_in_doubt=in_doubt) as forked:
        days = Days(forked, mailbox)
        days.live()
        days.live()
        while days.kills[Aim.AFTER_ANSWER] < chosen:
            days.kill(Aim.AFTER_ANSWER)
        while days.kills[Aim.BEFORE_ANSWER] < others:
            days.kill(Aim.BEFORE_ANSWER)
        while days.kills["at a statement"] < others:
            days.kill("at a statement", after_statement=chance.randint(1, days.statements))
        while days.kills["at random"] < at_random:
            days.kill("at random", after_seconds=chance.uniform(0, days.seconds))
        last = days.now.astimezone(AGENCY_ZONE).date()
        days.live()
        days.now -= timedelta(days=1) - IN_DOUBT_FOR * 2
        days.live()

    parked = assert_nothing_is_lost(mailbox)
    assert_the_ledger_is_that_of_the_rules(ends, last, parked)
    repeated = {one for one, times in Counter(mailbox.ids()).items() if times > 1}
    if in_doubt == "repeat":
        assert parked == left_in_doubt_too_often()
        assert repeated <= days.in_doubt
    else:
        assert repeated == set()
        assert parked == days.in_doubt
        assert_administrators_see(committed_app, parked)
    proven(
        kills=dict(days.kills), messages=len(set(mailbox.ids())), in_doubt=len(days.in_doubt), repeated=len(repeated),
        parked=len(parked), lost=0, days=(last - FIRST).days + 1,
    )  # fmt: skip


def assert_nothing_is_lost(mailbox: DeadlyMailbox) -> set[str]:
    """Each message arrived, or is parked for a person to decide; those that are parked."""
    db.session.rollback()
    written = {row.message_id: row for row in db.session.scalars(select(Message))}
    by_status: dict[MessageStatus, set[str]] = {}
    for one, row in written.items():
        by_status.setdefault(row.status, set()).add(one)
    assert by_status.keys() <= {MessageStatus.SENT, MessageStatus.WITHDRAWN, MessageStatus.IN_DOUBT}
    assert by_status[MessageStatus.SENT] <= set(mailbox.ids()) <= set(written)
    for mail in mailbox.taken:
        assert written[str(mail["Message-ID"])].recipient in str(mail["To"])
    return by_status.get(MessageStatus.IN_DOUBT, set())


def assert_administrators_see(app: Flask, parked: set[str]) -> None:
    """The page of the mail in doubt lists each of them."""
    numbers = {str(row.id) for row in db.session.scalars(select(Message)) if row.message_id in parked}
    client = factories.sign_in(app.test_client(), factories.make_user(Role.DPH_ADMINISTRATOR))
    listed, path = set[str](), "/mail?status=in_doubt"
    while path:
        page = client.get(path).get_data(as_text=True)
        listed |= set(re.findall(r'href="/mail/(\d+)"', page))
        more = re.search(r'rel="next" href="(/mail\?[^"]*)"', page)
        path = html.unescape(more.group(1)) if more else ""
    assert listed == numbers


def assert_the_ledger_is_that_of_the_rules(ends: dict[int, date], last: date, parked: set[str]) -> None:
    """Each step of each credential is in the ledger once: sent on its day, overtaken by a nearer one, or in doubt."""
    rows = db.session.execute(
        select(Obligation.party_id, Reminder.id, Reminder.step, Reminder.send_on, Reminder.status, Reminder.reason)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(Obligation.kind == POLICY.kind, Reminder.send_on >= FIRST)
    ).all()
    found = Counter((row.party_id, row.step) for row in rows)
    expected = {
        (person, step.offset): step.on
        for person, due_on in ends.items()
        for step in steps_for(due_on, POLICY.offsets, on_business_days=POLICY.business_days)
        if FIRST <= step.on <= last
    }
    assert found == Counter(expected.keys())
    doubtful = set(
        db.session.scalars(
            select(ReminderNotice.reminder_id)
            .join(Message, Message.id == ReminderNotice.message_id)
            .where(Message.message_id.in_(parked))
        )
    )
    for row in rows:
        assert row.send_on == expected[(row.party_id, row.step)]
        same_day = {step for (person, step), on in expected.items() if person == row.party_id and on == row.send_on}
        if row.step == min(same_day):
            assert row.status is ReminderStatus.SENT or row.id in doubtful, row
        else:
            assert (row.status, row.reason) == (ReminderStatus.SUPPRESSED, NEARER)
    twice = db.session.execute(
        select(ReminderNotice.reminder_id).group_by(ReminderNotice.reminder_id, ReminderNotice.recipient)
        .having(func.count() > 1)
    ).all()  # fmt: skip
    assert twice == []
