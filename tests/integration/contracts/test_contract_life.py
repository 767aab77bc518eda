"""A contract from the draft to close-out, with its amendments, by the services."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from certhub.database import db, transaction
from certhub.models.contracts import BudgetLine, Contract
from certhub.models.vendor_invoices import VendorInvoice, VendorInvoiceLine
from certhub.queries import contract_budgets, contract_obligations, contracts
from certhub.rules.contract_amendments import AmendmentKind
from certhub.rules.contracts import ContractStage, StartRule, StepKind
from certhub.rules.money import LARGEST_CENTS
from certhub.rules.permissions import OPERATOR
from certhub.rules.refusal import Refusal
from certhub.services import contract_steps
from certhub.services import contracts as service
from tests import factories
from tests.integration.contracts.arranging import (
    AT,
    LAST,
    SIGNATURES,
    TEXT,
    TODAY,
    Office,
    amended,
    checked,
    drafted,
    executed,
    step,
)

K = StepKind


def days(office: Office) -> list[tuple[date, date]]:
    db.session.expire_all()
    return [(one.starts_on, one.ends_on) for one in contracts.periods(office.contract)]


def test_the_last_signature_executes_the_contract_and_its_first_day_explains_itself(app: Flask) -> None:
    office = executed()
    assert days(office) == [(date(2026, 7, 1), LAST)]
    assert office.contract.effective_because is not None
    assert "the day that the contract names" in office.contract.effective_because
    assert contracts.stage(office.contract, TODAY) is ContractStage.EXECUTED
    assert contracts.stage(office.contract, date(2026, 7, 1)) is ContractStage.ACTIVE
    (row,) = contract_obligations.of_year(OPERATOR, 2027)
    assert (row.number, row.vendor, row.maximum_cents) == (TEXT.number, "Harbor Family Network", 200_000_00)


def test_nothing_counts_before_the_last_signature(app: Flask) -> None:
    office = drafted(needs_secretariat=True)
    checked(office)
    for kind, day in SIGNATURES:
        step(office, kind, day)
    assert days(office) == []
    assert contract_obligations.of_year(OPERATOR, 2027) == []
    assert contracts.stage(office.contract, TODAY) is ContractStage.AWAITING_SECRETARIAT
    step(office, K.SECRETARIAT_APPROVED, 12)
    assert days(office) == [(date(2026, 7, 1), LAST)]


def test_dph_does_not_sign_without_a_debarment_check_and_nothing_is_kept(app: Flask) -> None:
    office = drafted()
    for kind, day in SIGNATURES[:3]:
        step(office, kind, day)
    with pytest.raises(Refusal, match="No debarment check is on file"):
        step(office, K.DEPARTMENT_SIGNED, 10)
    checked(office, date(2026, 5, 10))
    with pytest.raises(Refusal, match="The last one is of May 10, 2026"):
        step(office, K.DEPARTMENT_SIGNED, 10)
    assert contracts.stage(office.contract, TODAY) is ContractStage.AWAITING_DEPARTMENT
    checked(office, date(2026, 6, 10))
    step(office, K.DEPARTMENT_SIGNED, 10)
    assert days(office) == [(date(2026, 7, 1), LAST)]


def test_without_insurance_the_contract_is_not_executed(app: Flask) -> None:
    office = drafted()
    checked(office, insured=False)
    for kind, day in SIGNATURES[:3]:
        step(office, kind, day)
    with pytest.raises(Refusal, match="No general liability and no professional liability insurance"):
        step(office, K.DEPARTMENT_SIGNED, 10)
    assert days(office) == []


def test_what_is_signed_is_frozen_in_the_database(app: Flask) -> None:
    office = executed()
    for change in (
        update(Contract).where(Contract.id == office.contract.id).values(title="Another one"),
        update(BudgetLine).where(BudgetLine.contract_id == office.contract.id).values(amount_cents=1),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction() as session:
            session.execute(change)


def test_a_draft_that_is_out_to_be_signed_is_changed_only_after_it_is_taken_back(app: Flask) -> None:
    office = drafted()
    step(office, K.NEGOTIATED, 1)
    step(office, K.SENT_FOR_SIGNATURE, 2)

    def change() -> None:
        with transaction():
            service.change(office.contract, TEXT, actor=office.administrator, at=AT)

    with pytest.raises(Refusal, match="Take it back"):
        change()
    step(office, K.RECALLED, 3)
    change()


def test_signatures_before_a_recall_are_void(app: Flask) -> None:
    office = drafted({2026: 1_00, 2027: 1_00, 2028: 1_00}, start_rule=StartRule.SIGNATURES, start_on=None)
    checked(office, date(2026, 6, 9))
    for kind, day in (*SIGNATURES[:3], (K.RECALLED, 9), (K.SENT_FOR_SIGNATURE, 9), (K.CONTRACTOR_SIGNED, 10)):
        step(office, kind, day)
    step(office, K.DEPARTMENT_SIGNED, 11)
    assert days(office)[0][0] == date(2026, 6, 11)


def test_two_contracts_cannot_have_one_document_number(app: Flask) -> None:
    office = drafted()
    with pytest.raises(Refusal, match="on file for another contract") as refused, transaction():
        service.draft(office.vendor, TEXT, actor=office.administrator, at=AT)
    assert refused.value.field == "number"


def test_an_option_extends_the_contract_by_its_months_and_adds_the_money_of_the_year(app: Flask) -> None:
    office = executed()
    amended(office, kind=AmendmentKind.OPTION, lines={2029: 215_000_00}, signed_on=date(2028, 5, 4))
    assert days(office) == [(date(2026, 7, 1), LAST), (date(2028, 7, 1), date(2029, 6, 30))]
    assert contract_budgets.maxima([office.contract.id])[office.contract.id][2029] == 215_000_00
    with pytest.raises(Refusal, match="the procurement ends on June 30, 2029"):
        amended(office, kind=AmendmentKind.OPTION, lines={2030: 1}, signed_on=date(2029, 5, 4))


def test_an_option_without_money_for_its_year_is_refused_at_the_last_signature(app: Flask) -> None:
    office = executed()
    with pytest.raises(Refusal, match="no money for FY2029"):
        amended(office, kind=AmendmentKind.OPTION, signed_on=date(2028, 5, 4))
    assert days(office) == [(date(2026, 7, 1), LAST)]


def test_an_amendment_after_the_last_day_is_too_late(app: Flask) -> None:
    office = executed()
    with pytest.raises(Refusal, match="has not ended can be amended"):
        amended(office, lines={2028: 1_00}, signed_on=date(2028, 7, 1))


def test_an_amendment_changes_the_money_and_the_document_keeps_both(app: Flask) -> None:
    office = executed()
    amended(office, lines={2027: 24_500_00})
    assert contract_budgets.maxima([office.contract.id])[office.contract.id] == {2027: 224_500_00, 2028: 210_000_00}
    amended(office, lines={2028: -10_000_00}, signed_on=date(2027, 6, 7))
    assert contract_budgets.maxima([office.contract.id])[office.contract.id][2028] == 200_000_00


def test_a_late_amendment_does_not_lower_a_year_below_what_is_invoiced(app: Flask) -> None:
    office = executed()
    invoice = factories.saved(
        VendorInvoice(
            contract_id=office.contract.id, number="1", fiscal_year=2027, starts_on=date(2026, 7, 1),
            ends_on=date(2026, 7, 31), filed_by_id=office.administrator.id, filed_at=AT,
        )
    )  # fmt: skip
    factories.saved(
        VendorInvoiceLine(
            invoice_id=invoice.id, description="Coordinators", starts_on=date(2026, 7, 1), ends_on=date(2026, 7, 31),
            amount_cents=150_000_00,
        )
    )  # fmt: skip
    with pytest.raises(Refusal, match=r"\$150,000\.00 of FY2027 is invoiced already"):
        amended(office, lines={2027: -60_000_00})
    amended_again = contracts.amendments(OPERATOR, office.contract)[-1]
    with transaction():
        contract_steps.record(
            office.contract, K.WITHDRAWN, amendment=amended_again, happened_on=date(2027, 5, 4), note="Too low",
            actor=office.administrator, at=datetime(2027, 5, 4, 15, tzinfo=UTC),
        )  # fmt: skip
    amended(office, lines={2027: -50_000_00})


def test_one_amendment_at_a_time(app: Flask) -> None:
    office = executed()
    with pytest.raises(Refusal, match="before the amendment counts, May 4, 2027"):
        amended(office, new_ends_on=date(2027, 5, 1), lines={2028: -210_000_00})
    with pytest.raises(Refusal, match="Amendment 1 is not executed yet"):
        amended(office, lines={2027: 1_00})


def test_a_suspension_stops_the_days_and_its_end_lets_them_go_on_to_the_same_last_day(app: Flask) -> None:
    office = executed()
    at = datetime(2027, 1, 4, 15, tzinfo=UTC)
    step(office, K.SUSPENDED, date(2027, 1, 4), at=at)
    assert days(office) == [(date(2026, 7, 1), date(2027, 1, 3))]
    step(office, K.REINSTATED, date(2027, 2, 1), at=datetime(2027, 2, 1, 15, tzinfo=UTC))
    assert days(office) == [(date(2026, 7, 1), date(2027, 1, 3)), (date(2027, 2, 1), LAST)]
    assert contracts.stage(office.contract, date(2027, 1, 20)) is ContractStage.SUSPENDED


@pytest.mark.parametrize("kind", [K.TERMINATED_FOR_CAUSE, K.TERMINATED_WITHOUT_CAUSE])
def test_a_termination_ends_all_days_after_it_and_the_contract_is_closed_out(app: Flask, kind: StepKind) -> None:
    office = executed()
    amended(office, kind=AmendmentKind.OPTION, lines={2029: 215_000_00}, signed_on=date(2028, 5, 4))
    at = datetime(2028, 5, 20, 15, tzinfo=UTC)
    step(office, kind, date(2028, 5, 31), at=at)
    assert days(office) == [(date(2026, 7, 1), date(2028, 5, 31))]
    reasons = {f"report_{year}_06_30": "The vendor was dissolved" for year in (2027, 2028)}
    step(office, K.CLOSED_OUT, date(2028, 9, 1), at=datetime(2028, 9, 1, 15, tzinfo=UTC), reasons=reasons)
    assert contracts.stage(office.contract, date(2028, 9, 1)) is ContractStage.CLOSED_OUT


def test_what_was_known_before_a_suspension_stays_on_file(app: Flask) -> None:
    office = executed()
    at = datetime(2027, 1, 4, 15, tzinfo=UTC)
    step(office, K.SUSPENDED, date(2027, 1, 4), at=at)
    day = date(2027, 3, 1)

    def in_force(known_at: datetime | None) -> Any:
        return db.session.scalar(db.select(contracts.in_force(office.contract.id, day, known_at)))

    assert not in_force(None)
    assert in_force(datetime(2027, 1, 1, tzinfo=UTC))


def test_an_earlier_last_day_can_lie_before_an_option(app: Flask) -> None:
    office = executed()
    amended(office, kind=AmendmentKind.OPTION, lines={2029: 215_000_00}, signed_on=date(2027, 5, 4))
    amended(office, new_ends_on=date(2028, 5, 31), lines={2029: -215_000_00}, signed_on=date(2027, 9, 7))
    assert days(office) == [(date(2026, 7, 1), date(2028, 5, 31))]


def test_a_terminated_contract_is_neither_amended_nor_terminated_again(app: Flask) -> None:
    office = executed()
    at = datetime(2027, 3, 1, 15, tzinfo=UTC)
    step(office, K.TERMINATED_WITHOUT_CAUSE, date(2027, 3, 31), at=at)
    with pytest.raises(Refusal, match="A termination is on file already"):
        step(office, K.TERMINATED_FOR_CAUSE, date(2027, 4, 30), at=at)
    with pytest.raises(Refusal, match="has not ended can be amended"):
        amended(office, lines={2027: 1_00}, signed_on=date(2027, 4, 7))


def test_a_contract_that_is_terminated_before_a_year_adds_nothing_to_its_need(app: Flask) -> None:
    office = executed()
    step(office, K.TERMINATED_WITHOUT_CAUSE, date(2027, 6, 30), at=datetime(2027, 6, 1, 15, tzinfo=UTC))
    assert [row.maximum_cents for row in contract_obligations.of_year(OPERATOR, 2027)] == [200_000_00]
    assert contract_obligations.of_year(OPERATOR, 2028) == []


def test_a_suspension_never_makes_a_draft_of_what_is_signed(app: Flask) -> None:
    office = executed()
    with pytest.raises(Refusal, match="begins on July 1, 2026"):
        step(office, K.SUSPENDED, 14, at=datetime(2026, 7, 5, 15, tzinfo=UTC))
    step(office, K.SUSPENDED, date(2026, 7, 1), at=datetime(2026, 7, 1, 15, tzinfo=UTC))
    assert days(office) == []
    assert contracts.stage(office.contract, date(2026, 7, 1)) is ContractStage.SUSPENDED
    step(office, K.REINSTATED, date(2026, 8, 3), at=datetime(2026, 8, 3, 15, tzinfo=UTC))
    assert days(office) == [(date(2026, 8, 3), LAST)]


def test_amounts_beyond_32_bits_are_kept_on_both_databases(app: Flask) -> None:
    office = drafted({2027: LARGEST_CENTS, 2028: 1})
    assert contract_budgets.maxima([office.contract.id])[office.contract.id][2027] == LARGEST_CENTS
