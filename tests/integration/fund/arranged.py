"""A fund year with the worked example's numbers, as far along as a test needs it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from certhub.database import transaction
from certhub.models.accounts import User
from certhub.models.fund import FundYear, Payer
from certhub.rules.pooled_fund.configuration import (
    Configuration,
    CoverageClass,
    FederalShare,
    Knowledge,
    LineKind,
    PayerKind,
)
from certhub.rules.pooled_fund.fiscal_year import first_day, months
from certhub.rules.vocabulary import Role
from certhub.services import fund_shares, fund_true_ups, fund_years, payers
from certhub.services.fund_years import BaseEntry
from certhub.services.payers import PayerEntry
from tests.factories import make_user

FISCAL_YEAR = 2026
ADOPTED = datetime(2025, 5, 12, 15, tzinfo=UTC)
OVER = datetime(2026, 7, 20, 15, tzinfo=UTC)
CHILD_MONTHS = (180_000, 95_000, 61_000, 33_000, 11_000)
LINES = (
    (LineKind.CONTRACT, 1_840_000_00), (LineKind.ADMINISTRATION, 92_000_00), (LineKind.RESERVE, 38_640_00),
    (LineKind.CARRY, -70_640_00),
)  # fmt: skip
WORKED, COUNTED = (59_800, 47_150, 8_050), (50_00, 43_00, 7_00)
COST = 1_920_640_00
"""Less the surplus of the year before, 70,640.00, it leaves the 1,850,000.00 of the worked year to be borne."""


@dataclass
class Worked:
    """A year, its payers, and who works on it."""

    by: User
    year: FundYear
    payers: list[Payer] = field(default_factory=list)

    def adopt(self, at: datetime = ADOPTED, reason: str = "") -> None:
        with transaction():
            seen = fund_shares.adoption_fingerprint(self.by, self.year)
            fund_shares.adopt(self.year, seen=seen, reason=reason, actor=self.by, at=at)

    def notice(self, at: datetime = ADOPTED) -> None:
        with transaction():
            fund_shares.issue_notices(self.year, actor=self.by, at=at)

    def count(self, numbers: tuple[int, ...], knowledge: Knowledge, at: datetime = ADOPTED) -> None:
        span = months(self.year.fiscal_year)
        with transaction():
            fund_years.record_units(
                self.year, knowledge, dict(zip(CoverageClass, numbers, strict=True)), from_on=span[0], to_on=span[-1],
                source="Count", actor=self.by, at=at,
            )  # fmt: skip

    def true_up(self, cost: int = COST, earmarked: int = 0, *, reason: str = "", at: datetime = OVER) -> None:
        with transaction():
            _, basis = fund_true_ups.worked_out(self.by, self.year, cost, earmarked)
            fund_true_ups.record_true_up(
                self.year, cost, earmarked, cost_source="Accounts", seen=basis.fingerprint, reason=reason,
                gaps_reason="The payers file no bases after the year", actor=self.by, at=at,
            )  # fmt: skip


def worked_year(fiscal_year: int = FISCAL_YEAR, **choices: Any) -> Worked:
    """The year of the worked example before its shares are adopted."""
    by = make_user(Role.FUND_MANAGER)
    with transaction():
        registered = [
            payers.register(PayerEntry(f"Payer {number} of {by.id}", PayerKind.HMO), actor=by, at=ADOPTED)
            for number in range(1, len(CHILD_MONTHS) + 1)
        ]
    return filled(by, registered, fiscal_year, **choices)


def filled(by: User, registered: list[Payer], fiscal_year: int, **choices: Any) -> Worked:
    """A year with these payers and the numbers of the example, but no carry typed in after the first year."""
    values: dict[str, Any] = {
        "prior_cost_cents": 1_780_000_00,
        "medicaid_rate_cents": 145_00,
        "federal_shares": (FederalShare(first_day(fiscal_year), 5000),),
    } | choices
    with transaction():
        year = fund_years.open_year(Configuration(fiscal_year, **values), actor=by, at=ADOPTED)
        for kind, cents in LINES:
            if kind is not LineKind.CARRY or fiscal_year == FISCAL_YEAR:
                fund_years.add_line(year, kind, kind.value, cents, source="Budget", actor=by, at=ADOPTED)
        for payer, child_months in zip(registered, CHILD_MONTHS, strict=False):
            entry = BaseEntry(5_000_000_00, child_months, None, "Filing")
            fund_years.record_base(year, payer, Knowledge.ESTIMATE, entry, actor=by, at=ADOPTED)
    found = Worked(by, year, registered)
    found.count(WORKED, Knowledge.ESTIMATE)
    return found


def billed_year(**choices: Any) -> Worked:
    """The year of the worked example with its notices of May 12, 2025."""
    found = worked_year(**choices)
    found.adopt()
    found.notice()
    return found


def on(day: date) -> datetime:
    """The morning of a day."""
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
