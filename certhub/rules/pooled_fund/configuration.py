"""How the fund works in a year: what the shares rest on, the limits, the rates and the modes. All of it is data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.pooled_fund.fiscal_year import first_day, last_day
from certhub.rules.pooled_fund.words import percent
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written

WHOLE = 10_000
"""A whole in hundredths of a percent."""
THRESHOLD_CENTS = 100_000_000
"""105 CMR 223.100(B): payers with less than $1,000,000 of surcharge payments are out of scope."""
ADMIN_CAP = 500
"""M.G.L. c.111K: at most 5 percent for administration."""
RESERVE_CAP = 1000
"""HRS 325-134: at most 10 percent of the cost of the year before."""
FEDERAL_SHARE = 5000
INSTALMENTS = 4
"""958 CMR 2.04: at once or in four equal instalments."""
INSTALMENT_CHOICES = (1, 2, 3, 4, 6, 12, 24)
APPEAL_DAYS = 30
NOTICE_DAYS = 30
"""From the notice to the first day on which anything is due: Rhode Island's 30 days."""
MOST_CENTS = 10**14
"""A trillion dollars: beyond it somebody has typed too many digits."""


class Basis(StrEnum):
    """What private payers share by."""

    SURCHARGE_PAYMENTS = "surcharge_payments"
    COVERED_CHILD_MONTHS = "covered_child_months"
    ATTRIBUTED_UNITS = "attributed_units"


class TrueUpMode(StrEnum):
    """Who gets back what was assessed too much: the pool of the next year, or each payer."""

    POOL = "pool"
    PAYER = "payer"


class ExcludedShareTo(StrEnum):
    """Who bears the share of payers below the threshold."""

    PAYERS = "payers"
    STATE = "state"


class CoverageClass(StrEnum):
    """Who covers a child: the classes that bear the need."""

    PRIVATE = "private"
    MEDICAID = "medicaid"
    STATE_DIRECT = "state_direct"


class PayerKind(StrEnum):
    """What sort of private payer it is."""

    HEALTH_INSURER = "health_insurer"
    HMO = "hmo"
    THIRD_PARTY_ADMINISTRATOR = "third_party_administrator"
    SELF_INSURED_PLAN = "self_insured_plan"


class LineKind(StrEnum):
    """What a line of the need is."""

    CONTRACT = "contract"
    ADMINISTRATION = "administration"
    RESERVE = "reserve"
    EARMARKED = "earmarked"
    CARRY = "carry"


class Knowledge(StrEnum):
    """Whether a number was foreseen before the year or counted after it."""

    ESTIMATE = "estimate"
    ACTUAL = "actual"


BASIS_LABELS = {
    Basis.SURCHARGE_PAYMENTS: "Surcharge payments",
    Basis.COVERED_CHILD_MONTHS: "Covered child-months",
    Basis.ATTRIBUTED_UNITS: "Attributed units",
}
MODE_LABELS = {
    TrueUpMode.POOL: "Into the need of the next year, for all",
    TrueUpMode.PAYER: "To each payer, with its next notice",
}
EXCLUDED_LABELS = {
    ExcludedShareTo.PAYERS: "The payers in scope bear it",
    ExcludedShareTo.STATE: "The state bears it",
}
CLASS_LABELS = {
    CoverageClass.PRIVATE: "Private payers",
    CoverageClass.MEDICAID: "Medicaid",
    CoverageClass.STATE_DIRECT: "State",
}
KIND_LABELS = {
    PayerKind.HEALTH_INSURER: "Health insurer",
    PayerKind.HMO: "Health maintenance organization",
    PayerKind.THIRD_PARTY_ADMINISTRATOR: "Third-party administrator",
    PayerKind.SELF_INSURED_PLAN: "Self-insured plan",
}
LINE_LABELS = {
    LineKind.CONTRACT: "Contract",
    LineKind.ADMINISTRATION: "Administration",
    LineKind.RESERVE: "Reserve",
    LineKind.EARMARKED: "Earmarked money, spent first",
    LineKind.CARRY: "Carry from before CertHub",
}


@dataclass(frozen=True, slots=True)
class FederalShare:
    """The federal share of Medicaid spending from a day on, in hundredths of a percent."""

    from_on: date
    hundredths: int


@dataclass(frozen=True, slots=True)
class Configuration:
    """The choices of one fund year."""

    fiscal_year: int
    basis: Basis = Basis.COVERED_CHILD_MONTHS
    threshold_cents: int = THRESHOLD_CENTS
    admin_cap: int = ADMIN_CAP
    reserve_cap: int = RESERVE_CAP
    prior_cost_cents: int = 0
    medicaid_rate_cents: int = 0
    federal_shares: tuple[FederalShare, ...] = ()
    instalments: int = INSTALMENTS
    true_up_mode: TrueUpMode = TrueUpMode.POOL
    excluded_share_to: ExcludedShareTo = ExcludedShareTo.PAYERS
    appeal_days: int = APPEAL_DAYS
    notice_days: int = NOTICE_DAYS


def require_configuration(chosen: Configuration) -> None:
    """Refuse choices that no year can work with, beside their field."""
    for field, hundredths in (("admin_cap", chosen.admin_cap), ("reserve_cap", chosen.reserve_cap)):
        if not 0 <= hundredths <= WHOLE:
            raise Refusal("Type a percentage from 0 to 100.", field=field)
    if chosen.instalments not in INSTALMENT_CHOICES:
        offered = ", ".join(str(number) for number in INSTALMENT_CHOICES)
        raise Refusal(f"Choose one of these numbers of instalments: {offered}.", field="instalments")
    _require_shares(chosen.fiscal_year, chosen.federal_shares)


def federal_share_on(shares: Sequence[FederalShare], day: date) -> FederalShare:
    """The share that counts on a day: the latest one that has begun."""
    return max((one for one in shares if one.from_on <= day), key=lambda one: one.from_on)


def read_federal_shares(text: str) -> tuple[FederalShare, ...]:
    """What was typed: a day and a percentage on each line, such as "2026-07-01 50.00". Raises `Refusal`."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        day, _, typed = line.strip().partition(" ")
        found.append(FederalShare(_day(day, line), _hundredths(typed, line)))
    return tuple(sorted(found, key=lambda one: one.from_on))


def federal_shares_in_words(shares: Sequence[FederalShare]) -> str:
    """The same as it is typed."""
    return "\n".join(f"{one.from_on.isoformat()} {percent(one.hundredths)}" for one in shares)


def _require_shares(fiscal_year: int, shares: Sequence[FederalShare]) -> None:
    if not shares:
        raise Refusal("Type the federal share and the day from which it counts.", field="federal_shares")
    days = [one.from_on for one in shares]
    if len(set(days)) < len(days):
        raise Refusal("Two federal shares begin on the same day. Keep one of them.", field="federal_shares")
    if min(days) > first_day(fiscal_year):
        raise Refusal(
            f"No federal share counts on {written(first_day(fiscal_year))}, the first day of {named(fiscal_year)}. "
            "Add a line for it.",
            field="federal_shares",
        )
    if max(days) > last_day(fiscal_year):
        raise Refusal(
            f"A federal share begins after {written(last_day(fiscal_year))}, the last day of {named(fiscal_year)}. "
            "Put it into the next year.",
            field="federal_shares",
        )


def _day(typed: str, line: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refusal(_unreadable(line), field="federal_shares") from None


def _hundredths(typed: str, line: str) -> int:
    whole, _, part = typed.strip().removesuffix("%").partition(".")
    if not (whole + part).isascii() or not whole.isdigit() or (part and not part.isdigit()) or len(part) > 2:  # noqa: PLR2004  (hundredths)
        raise Refusal(_unreadable(line), field="federal_shares")
    hundredths = int(whole[:9]) * 100 + int(part.ljust(2, "0"))
    if hundredths > WHOLE:
        raise Refusal("A federal share is at most 100 percent.", field="federal_shares")
    return hundredths


def _unreadable(line: str) -> str:
    return f"“{line.strip()[:40]}” cannot be read. Type a day and a percentage, such as 2026-07-01 50.00."
