"""The contracts of the generated state: one of each vendor, with money in each fiscal year."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from certhub.models.base import Base
from certhub.models.contracts import BudgetLine, Contract, ContractPeriod
from certhub.rules.contract_amendments import PeriodReason
from certhub.rules.contracts import Compensation, ProcurementType, StartRule, Terms
from certhub.rules.fiscal_years import fiscal_years_of

_ENDED = 0.05
"""The share of contracts that have ended, so that work under them is exposed."""


def contracts_of(
    vendors: range, today: date, now: str, draw: random.Random
) -> Iterator[tuple[type[Base], tuple[str, ...], list[tuple[Any, ...]]]]:
    """The tables with their columns and rows; a contract has the number of its vendor."""
    first, last = today - timedelta(days=900), today + timedelta(days=700)
    facts: dict[str, Any] = {
        "title": "Care coordination", "scope": "Coordinators in practices", "procurement_id": "BD-26-1",
        "procurement_type": ProcurementType.DEPARTMENT_PROCUREMENT.value,
        "compensation": Compensation.MAXIMUM_OBLIGATION.value, "terms": Terms.HUMAN_AND_SOCIAL_SERVICES.value,
        "start_rule": StartRule.SIGNATURES.value, "ends_on": last.isoformat(), "needs_secretariat": False,
        "option_count": 0, "option_months": 0, "legal_address": "1 Main Street", "contractor_manager": "Manager",
        "contractor_email": "manager@example.org", "department_code": "DPH", "department_manager": "Manager",
        "department_email": "dph@example.org", "discount_10_days": 0, "discount_15_days": 0, "discount_20_days": 0,
        "discount_30_days": 0, "drafted_by_id": 1, "drafted_at": now, "executed_at": now,
        "effective_on": first.isoformat(), "effective_because": "generated",
    }  # fmt: skip
    yield (
        Contract,
        ("id", "vendor_id", "number", "legal_name", *facts),
        [(number, number, f"INTF{number:012d}", f"Vendor {number}", *facts.values()) for number in vendors],
    )
    yield (
        BudgetLine,
        ("contract_id", "fiscal_year", "object_code", "purpose", "amount_cents", "in_force_at"),
        [
            (number, year, "MM3", "Coordinators", 50_000_000, now)
            for number in vendors
            for year in fiscal_years_of(first, last)
        ],
    )
    yield (
        ContractPeriod,
        ("contract_id", "reason", "because", "starts_on", "ends_on", "recorded_at"),
        [
            (
                number, PeriodReason.EXECUTED.value, "generated", first.isoformat(),
                (today - timedelta(days=20) if draw.random() < _ENDED else last).isoformat(), now,
            )
            for number in vendors
        ],
    )  # fmt: skip
