"""Contracts and what vendors owe under them: derived, told to the vendor and DPH, and ended by what is done."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.contract_oversight import CorrectiveActionPlan, InsurancePolicy
from certhub.rules.contract_amendments import AmendmentKind
from certhub.rules.contract_oversight import InsuranceKind
from certhub.rules.contracts import StepKind
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.vocabulary import Role
from certhub.services import contract_oversight
from certhub.services.contract_oversight import PolicyText
from tests.factories import make_user
from tests.integration.contracts.arranging import LAST, Office, amended, executed, step
from tests.integration.reminders.arranging import changed, instant, ledger, messages, run_on, watch_from
from tests.integration.reminders.dates import after, closed, due, told

K = ObligationKind
BEGUN = date(2026, 8, 3)


@pytest.fixture
def office(app: Flask) -> Office:
    found = executed()
    make_user(Role.VENDOR_HR, found.vendor, email="hr@example.org")
    watch_from(BEGUN)
    return found


def admin(office: Office) -> str:
    return office.administrator.email


def test_the_vendor_and_dph_hear_half_a_year_before_a_contract_ends(office: Office) -> None:
    run_on(LAST - timedelta(days=180 - 4))
    assert due(K.CONTRACT_END) == [LAST]
    for who, words in (("hr@example.org", "amendment must be signed"), (admin(office), "procure anew")):
        assert "contract INTF3101202600001" in told(who)
        assert words in told(who)


def signed_on(office: Office) -> None:
    amended(office, new_ends_on=date(2028, 12, 31), lines={2029: 90_000_00})


def terminated(office: Office) -> None:
    step(office, StepKind.TERMINATED_WITHOUT_CAUSE, date(2027, 6, 30), at=instant(date(2027, 5, 4)))


@pytest.mark.parametrize(
    ("act", "left", "why"),
    [
        (signed_on, [date(2028, 12, 31)], "the contract goes on"),
        (terminated, [], "the contract was terminated"),
    ],
)
def test_the_end_of_a_contract_is_settled_by_what_becomes_of_it(
    office: Office, act: Callable[[Office], None], left: list[date], why: str
) -> None:
    act(office)
    assert after(date(2027, 7, 1), K.CONTRACT_END) == (left, [why])


def exercised(office: Office) -> None:
    amended(office, kind=AmendmentKind.OPTION, new_ends_on=date(2029, 6, 30), lines={2029: 90_000_00})


def declined(office: Office) -> None:
    step(office, StepKind.OPTIONS_DECLINED, date(2027, 5, 4), at=instant(date(2027, 5, 4)))


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (declined, "DPH looked at the options and exercises none"),
        (exercised, "no option is left"),  # the procurement reaches no further
        (terminated, "the contract was terminated"),
    ],
)
def test_options_are_looked_at_six_months_before_the_end_until_dph_has_decided(
    office: Office, act: Callable[[Office], None], why: str
) -> None:
    run_on(date(2027, 3, 1))
    assert due(K.CONTRACT_OPTION) == [date(2027, 12, 30)]
    act(office)
    assert after(date(2027, 7, 1), K.CONTRACT_OPTION) == ([], [why])


def test_a_report_is_due_on_november_15_and_one_that_was_filed_ends_it(office: Office) -> None:
    run_on(date(2027, 11, 16))
    assert due(K.FINANCIAL_REPORT) == [date(2027, 11, 15)]
    assert "Uniform Financial Report for the fiscal year that ended in June 2027" in told("hr@example.org")
    assert "Ask the vendor for the report" in told(admin(office))
    with transaction():
        contract_oversight.record_financial_report(
            office.contract, year_ended_on=date(2027, 6, 30), filed_on=date(2027, 11, 16),
            actor=office.administrator, at=instant(date(2027, 11, 16)),
        )  # fmt: skip
    assert after(date(2027, 11, 17), K.FINANCIAL_REPORT) == ([], ["the report was filed"])


def test_a_report_is_due_by_the_fiscal_year_of_the_last_one(office: Office) -> None:
    with transaction():
        contract_oversight.record_financial_report(
            office.contract, year_ended_on=date(2025, 12, 31), filed_on=date(2026, 5, 1), actor=office.administrator,
            at=instant(BEGUN),
        )  # fmt: skip
    run_on(date(2027, 3, 1))
    assert due(K.FINANCIAL_REPORT) == [date(2027, 5, 15)]


def test_an_insurance_that_ends_before_the_contract_is_renewed(office: Office) -> None:
    run_on(date(2027, 11, 2))
    assert due(K.INSURANCE_END) == [date(2027, 12, 31)] * 2
    assert "insurance general liability" in told("hr@example.org")
    with transaction():
        contract_oversight.record_policy(
            office.contract,
            PolicyText(InsuranceKind.GENERAL_LIABILITY, "Mutual", "P-2", 1_00, date(2028, 1, 1), date(2028, 12, 31)),
            actor=office.administrator, at=instant(date(2027, 11, 3)),
        )  # fmt: skip
    assert after(date(2027, 11, 4), K.INSURANCE_END) == ([date(2027, 12, 31)], ["already renewed"])


def test_an_insurance_that_is_corrected_repeats_no_reminder_and_keeps_its_date(office: Office) -> None:
    run_on(date(2027, 11, 2))
    before = len(messages())
    policy = db.session.scalars(select(InsurancePolicy).order_by(InsurancePolicy.id)).first()
    assert policy is not None
    right = PolicyText(policy.kind, "Mutual", "P-9", policy.limit_cents + 1_00, policy.starts_on, policy.ends_on)
    with transaction():
        contract_oversight.correct_policy(
            office.contract, policy, right, actor=office.administrator, at=instant(date(2027, 11, 3))
        )
    assert after(date(2027, 11, 4), K.INSURANCE_END) == ([date(2027, 12, 31)] * 2, [])
    assert len(messages()) == before


def test_an_insurance_that_outlasts_every_contract_is_nobodys_concern(office: Office) -> None:
    for policy in db.session.scalars(select(InsurancePolicy)).all():
        changed(policy, ends_on=LAST)
    run_on(BEGUN)
    assert due(K.INSURANCE_END) == []


@pytest.fixture
def plan(office: Office) -> CorrectiveActionPlan:
    with transaction():
        return contract_oversight.open_plan(
            office.contract, finding="Supervision notes are missing.", opened_on=BEGUN, actor=office.administrator,
            at=instant(BEGUN),
        )  # fmt: skip


def test_a_corrective_action_is_answered_in_time(office: Office, plan: CorrectiveActionPlan) -> None:
    run_on(plan.response_due_on)
    assert due(K.CORRECTIVE_ANSWER) == [plan.response_due_on]
    assert "answer to the corrective action under contract INTF3101202600001" in told("hr@example.org")
    assert "Ask the vendor for its plan" in told(admin(office))
    with transaction():
        contract_oversight.answer_plan(plan, response="We train", actor=office.administrator, at=instant(BEGUN))
    assert after(plan.response_due_on, K.CORRECTIVE_ANSWER) == ([], ["the vendor answered"])


@pytest.mark.parametrize("close", [True, False])
def test_a_milestone_is_reminded_of_until_dph_saw_it_done(
    office: Office, plan: CorrectiveActionPlan, close: bool
) -> None:
    on = date(2026, 10, 15)
    with transaction():
        milestone = contract_oversight.add_milestone(
            plan, title="Notes for all", due_on=on, actor=office.administrator, at=instant(BEGUN)
        )
    run_on(on - timedelta(days=14))
    assert (due(K.CORRECTIVE_MILESTONE), "Notes for all" in told("hr@example.org")) == ([on], True)
    with transaction():
        contract_oversight.see_milestone_done(
            plan, milestone, done_on=on - timedelta(days=10), note="Seen", actor=office.administrator, at=instant(on)
        )
        if close:
            contract_oversight.close_plan(plan, closing_note="Done", actor=office.administrator, at=instant(on))
    assert after(on, K.CORRECTIVE_MILESTONE) == ([], ["DPH saw it done"])
    assert closed(K.CORRECTIVE_ANSWER) == (["the plan was closed"] if close else [])


def test_deriving_twice_changes_nothing(office: Office, plan: CorrectiveActionPlan) -> None:
    run_on(BEGUN + timedelta(days=1))
    before = ledger()
    counts = run_on(BEGUN + timedelta(days=1))
    assert (counts["opened"], counts["closed"], ledger()) == (0, 0, before)
