"""Reminder policies that DPH changes: what is in force on a day, and that a change tells nobody of the past."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.messages import Message, Obligation, Reminder, ReminderNotice, ReminderStart, ReminderStatus
from certhub.models.reminder_policies import ReminderPolicyVersion
from certhub.rules import reminder_reasons as reasons
from certhub.rules.policy_versions import PolicyVersion
from certhub.rules.policy_versions import in_force as rule
from certhub.rules.refusal import Refusal, Stale
from certhub.rules.reminder_policies import Audience, Bundling, DayCount, ObligationKind, Policies, Policy, to_raw
from certhub.rules.reminders import reminder_due
from certhub.rules.vocabulary import Role
from certhub.services import digests, obligations, reference_data, reminder_policies, reminders
from certhub.services.audit import SystemActor
from certhub.services.digest_readings import ReadingAgain
from tests.factories import WHEN, make_coordinator, make_user, make_vendor
from tests.integration.reminders.arranging import (
    a_credential,
    a_licence,
    instant,
    ledger,
    link,
    messages,
    notices,
)

KIND = ObligationKind.LICENCE_RENEWAL
TODAY = date(2027, 3, 1)
DUE = date(2027, 7, 30)
FIRST = date(2027, 5, 3)
"""The Monday after the ninetieth day before."""


@pytest.fixture
def administrator(app: Flask) -> User:
    return make_user(Role.DPH_ADMINISTRATOR)


def shipped() -> Policy:
    return obligations.shipped_policies()[KIND]


def changed(
    administrator: User, policy: Policy, *, today: date = TODAY, from_day: date | None = None, reason: str = "A test."
) -> ReminderPolicyVersion:
    seen = db.session.scalar(
        select(func.max(ReminderPolicyVersion.version)).where(ReminderPolicyVersion.kind == policy.kind)
    )
    with transaction():
        return reminder_policies.change(
            policy.kind, policy, effective_from=from_day or today + timedelta(days=1), reason=reason, seen=seen or 0,
            actor=administrator, at=instant(today),
        )  # fmt: skip


def run_with(day: date, policies: Policies | None = None) -> None:
    """What the job does on a day under the policies in force."""
    with transaction():
        chosen = policies or reminder_policies.in_force(day)
        obligations.derive(day, policies=chosen, at=instant(day))
        reminders.plan(day, policies=chosen, at=instant(day))
        waiting = digests.waiting_recipients("", None)
        if waiting:
            digests.enqueue_digests(waiting, day, policies=chosen, link=link, at=instant(day))


def steps() -> list[tuple[int, str, str | None]]:
    return ledger()


def test_the_shipped_policies_are_the_first_versions_and_loading_again_changes_nothing(app: Flask) -> None:
    with transaction():
        reference_data.load(SystemActor("test"), at=WHEN)
    rows = db.session.scalars(select(ReminderPolicyVersion)).all()
    assert {(row.kind, row.version) for row in rows} == {(kind, 1) for kind in ObligationKind}
    assert reminder_policies.in_force(TODAY) == obligations.shipped_policies()


def test_a_change_is_in_force_from_its_day_and_the_earlier_version_stays(administrator: User) -> None:
    policy = replace(shipped(), offsets=(90, 30, 14, 7, 0), recipients={Audience.HOLDER: (90, 30, 14, 7, 0)})
    changed(administrator, policy, from_day=TODAY + timedelta(days=10))
    assert reminder_policies.in_force(TODAY + timedelta(days=9))[KIND] == shipped()
    now = reminder_policies.in_force(TODAY + timedelta(days=10))[KIND]
    assert (now.offsets, list(now.since)) == ((90, 30, 14, 7, 0), [14])


def test_a_change_that_has_not_begun_is_replaced_by_one_that_begins_later(administrator: User) -> None:
    changed(administrator, replace(shipped(), text="A mistake."), from_day=TODAY + timedelta(days=10))
    changed(administrator, replace(shipped(), text="Better."), from_day=TODAY + timedelta(days=20))
    said = [reminder_policies.in_force(TODAY + timedelta(days=after))[KIND].text for after in (9, 10, 19, 20)]
    assert said == ["", "", "", "Better."]


@pytest.mark.parametrize(
    ("change", "sentence", "field"),
    [
        ({"from_day": TODAY}, "Choose tomorrow or a later day", "effective_from"),
        ({"from_day": TODAY + timedelta(days=400)}, "within the next year", "effective_from"),
        ({"reason": " "}, "Say why the policy changes", "reason"),
    ],
)
def test_a_change_reaches_neither_into_the_past_nor_does_without_a_reason(
    administrator: User, change: dict[str, object], sentence: str, field: str
) -> None:
    with pytest.raises(Refusal, match=sentence) as refused:
        changed(administrator, replace(shipped(), text="Please."), **change)  # type: ignore[arg-type]  # as the table says
    assert refused.value.field == field


def test_who_changes_what_somebody_else_changed_meanwhile_is_told_so(administrator: User) -> None:
    changed(administrator, replace(shipped(), text="One."))
    with pytest.raises(Stale), transaction():
        reminder_policies.change(
            KIND, replace(shipped(), text="Two."), effective_from=TODAY + timedelta(days=2), reason="Why", seen=1,
            actor=administrator, at=instant(TODAY),
        )  # fmt: skip
    with pytest.raises(Refusal, match="This is the policy of version 2"):
        changed(administrator, replace(shipped(), text="One."))


def test_nobody_can_be_told_of_what_does_not_concern_them_or_opt_out_of_a_consequence(app: Flask) -> None:
    raw = to_raw(shipped())
    with pytest.raises(Refusal, match="cannot go to the organization"):
        reminder_policies.checked(KIND, {**raw, "recipients": {"organization": "every step"}})
    with pytest.raises(Refusal, match="Nobody can opt out"):
        reminder_policies.checked(KIND, {**raw, "may_opt_out": True})


def test_a_step_that_was_added_after_its_day_is_entered_and_never_sent(administrator: User) -> None:
    run_with(TODAY)
    a_licence(make_coordinator(), DUE)
    run_with(FIRST)
    day = DUE - timedelta(days=50)
    ladder = (90, 60, 45, 30, 7, 0)
    changed(administrator, replace(shipped(), offsets=ladder, recipients={Audience.HOLDER: ladder}), today=day)
    run_with(day + timedelta(days=1))
    assert steps() == [(90, "planned", None), (60, "suppressed", reasons.ADDED_LATER)]
    run_with(DUE - timedelta(days=42))  # the day of the step and the two after it are Tuesday to Thursday
    assert steps()[2] == (45, "planned", None)


def test_while_a_policy_is_off_nothing_is_sent_and_switched_on_again_it_makes_up_for_nothing(
    administrator: User,
) -> None:
    run_with(TODAY)
    a_licence(make_coordinator(), DUE)
    off = DUE - timedelta(days=60)
    changed(administrator, replace(shipped(), is_on=False), today=off)
    for passed in (-45, -30, -29):
        run_with(DUE + timedelta(days=passed))
    assert steps() == [(90, "suppressed", reasons.OFF), (30, "suppressed", reasons.OFF)]
    changed(administrator, shipped(), today=DUE - timedelta(days=20))
    run_with(DUE - timedelta(days=19))
    assert messages() == []
    run_with(DUE - timedelta(days=6))
    assert [(step, status) for step, status, _ in steps()][-1] == (7, "planned")


def test_what_was_planned_and_did_not_leave_is_dropped_when_the_policy_is_switched_off(administrator: User) -> None:
    run_with(TODAY)
    a_licence(make_coordinator(), DUE)
    day = FIRST
    run_with(day)
    (message,) = messages()
    changed(administrator, replace(shipped(), is_on=False), today=day)
    with transaction():
        later = day + timedelta(days=1)
        reading = ReadingAgain(later, reminder_policies.in_force(later))
        told = digests.read_again(message.id, reading, link=link, at=instant(later))
    assert told is None
    assert steps() == [(90, "suppressed", reasons.OFF)]


def test_a_single_reminder_is_a_message_of_its_own_with_the_sentence_of_dph_in_front(administrator: User) -> None:
    run_with(TODAY)
    person = make_coordinator(email="ana@example.org")
    a_licence(person, DUE)
    a_credential(person, DUE)
    changed(administrator, replace(shipped(), bundling=Bundling.SINGLE, text="The office is closed on Friday."))
    run_with(FIRST)
    alone, digest = sorted(messages(), key=lambda one: "licence" not in one.subject)
    assert "The office is closed on Friday." in alone.body_text
    assert "in this one message" not in alone.body_text
    assert "The office is closed" not in digest.body_text
    run_with(FIRST)
    assert len(messages()) == 2


def test_who_hears_of_it_in_two_roles_at_one_address_is_told_once_and_the_ledger_says_so(app: Flask) -> None:
    run_with(TODAY)
    vendor = make_vendor()
    a_licence(make_coordinator(email=vendor.email, vendor=vendor), DUE)
    run_with(FIRST)
    assert len(messages()) == 1
    assert [(one.audience, one.status, one.reason) for one in notices()] == [
        (Audience.HOLDER, ReminderStatus.PLANNED, None),
        (Audience.EMPLOYER, ReminderStatus.SUPPRESSED, reasons.MERGED),
    ]


def test_steps_that_count_business_days_go_out_on_their_day(administrator: User) -> None:
    counted = replace(
        shipped(), offsets=(10, 5, 0, -1), counted_in=DayCount.BUSINESS, open_days=60,
        recipients={Audience.HOLDER: (10, 5, 0, -1)},
    )  # fmt: skip
    changed(administrator, counted)
    run_with(TODAY + timedelta(days=1))
    a_licence(make_coordinator(), date(2027, 7, 9))  # ten business days and Independence Day, kept on Monday, before it
    for day in (date(2027, 6, 23), date(2027, 6, 24), date(2027, 7, 1), date(2027, 7, 9), date(2027, 7, 12)):
        run_with(day)
        expected = {date(2027, 6, 23): 0, date(2027, 6, 24): 1, date(2027, 7, 1): 2}.get(day)
        assert expected is None or len(steps()) == expected, day
    sent_on = db.session.execute(select(Reminder.step, Reminder.send_on).order_by(Reminder.step.desc())).all()
    assert [tuple(row) for row in sent_on] == [
        (10, date(2027, 6, 24)), (5, date(2027, 7, 1)), (0, date(2027, 7, 9)), (-1, date(2027, 7, 12)),
    ]  # fmt: skip


_ladders = st.sets(st.integers(-5, 25), min_size=1, max_size=4)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(1, 40), _ladders, st.booleans()), max_size=3),
    days_up=st.sets(st.integers(0, 50), max_size=8),
    shape=st.tuples(st.booleans(), st.sampled_from(DayCount)),
)
def test_under_changing_policies_the_ledger_plans_what_the_pure_rule_says(
    app: Flask, changes: list[tuple[int, set[int], bool]], days_up: set[int], shape: tuple[bool, DayCount]
) -> None:
    start, due_on = date(2027, 6, 14), date(2027, 7, 11)
    versions = _history(start, [(0, {20, 7, 0}, True), *changes], shape)
    person = make_coordinator()
    a_licence(person, due_on, number=f"RN{person.id}")
    with transaction():
        db.session.execute(delete(ReminderStart))
    sent: list[int] = []
    for after in [0, *sorted(days_up)]:
        day = start + timedelta(days=after)
        policy = rule(versions, day)
        assert policy is not None
        policies = {**obligations.shipped_policies(), KIND: policy}
        began = {step: max(start, policy.since[step].day) if step in policy.since else start for step in policy.offsets}
        expected = reminder_due(
            due_on, day, policy.offsets, sent, since=began, on_business_days=shape[0], counted_in=shape[1]
        )
        expected = expected if policy.is_on else None
        run_with(day, policies)
        planned = _planned(person.id)
        assert planned == ([] if expected is None else [expected]), (day, policy)
        sent += planned
        _all_sent()
    with transaction():
        for model in (ReminderNotice, Reminder, Obligation, Message):
            db.session.execute(delete(model))


def _history(
    start: date, changes: Sequence[tuple[int, set[int], bool]], shape: tuple[bool, DayCount]
) -> list[PolicyVersion]:
    return [
        PolicyVersion(
            number,
            start + timedelta(days=after),
            Policy(
                KIND, tuple(sorted(offsets, reverse=True)), business_days=shape[0], open_days=90,
                recipients={Audience.HOLDER: tuple(offsets)}, counted_in=shape[1], is_on=is_on,
            ),
            start + timedelta(days=after - 1),
        )
        for number, (after, offsets, is_on) in enumerate(changes, 1)
    ]  # fmt: skip


def _planned(party_id: int) -> list[int]:
    return list(
        db.session.scalars(
            select(Reminder.step)
            .join(Obligation, Obligation.id == Reminder.obligation_id)
            .where(Obligation.party_id == party_id, Reminder.status == ReminderStatus.PLANNED)
        )
    )


def _all_sent() -> None:
    with transaction():
        db.session.execute(
            update(Reminder).where(Reminder.status == ReminderStatus.PLANNED).values(status=ReminderStatus.SENT)
        )
