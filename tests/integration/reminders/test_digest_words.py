"""What a digest says of itself: each thing once, and on which day it was written."""

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.messages import ReminderNotice, ReminderStatus
from certhub.models.signatures import Drift
from certhub.rules.terms import written
from tests.factories import make_coordinator
from tests.integration.certification.test_drift import certified_with_a_site, desk_of_elm_street, moves
from tests.integration.reminders.arranging import a_credential, a_licence, deliver_on, messages, run_on, watch_from

DUE = date(2027, 7, 30)


def a_second_fact_changed(drift: Drift) -> Drift:
    values = {column.name: getattr(drift, column.name) for column in Drift.__table__.columns if column.name != "id"}
    return Drift(**values | {"fact": f"{drift.fact}0"})


def test_a_statement_under_which_several_facts_changed_is_one_line_and_the_subject_counts_it_once(app: Flask) -> None:
    desk = desk_of_elm_street()
    practice = certified_with_a_site(desk)
    watch_from(clock.today())
    with transaction() as session:
        moves(practice, desk)
        session.flush()
        session.add_all([a_second_fact_changed(one) for one in session.scalars(select(Drift)).all()])
    due_on = set(db.session.scalars(select(Drift.due_on)))
    (day,) = (one - timedelta(days=14) for one in due_on)
    run_on(day)

    (waiting,) = [one for one in messages() if one.recipient == desk.applicant.email]
    titles = [line.strip() for line in waiting.body_text.splitlines() if "statement to sign anew" in line]
    assert len(titles) == len(set(titles)) > 0
    assert f"{len(titles)} dates that need your attention" == waiting.subject
    deliver_on(day)
    db.session.expire_all()
    mine = select(ReminderNotice.status).where(ReminderNotice.message_id == waiting.id)
    told = db.session.scalars(mine).all()
    assert len(told) == 2 * len(titles)
    assert set(told) == {ReminderStatus.SENT}  # each has its place in the ledger all the same
    assert waiting.subject == f"{len(titles)} dates that need your attention"


def test_digests_that_waited_for_days_say_of_which_day_each_is(app: Flask) -> None:
    watch_from(date(2026, 3, 2))
    person = make_coordinator(email="ana@example.org")
    days = [DUE - timedelta(days=30), DUE - timedelta(days=28)]
    a_credential(person, DUE)
    run_on(days[0])
    a_licence(person, DUE)
    run_on(days[1])
    waiting = messages()
    sent = deliver_on(days[-1] + timedelta(days=3))
    assert len(sent) == len(waiting) == len(days)
    for one in sent:
        assert (
            f"Your reminders of {written(clock.civil_date(one.created_at))} are in this one message." in one.body_text
        )
    assert {clock.civil_date(one.created_at) for one in sent} == set(days)
