"""Who bears a line of a vendor's invoice: private payers, then Medicaid, then another program, and DPH last.

DPH manages the state's payer-of-last-resort function (final report of the Massachusetts consortium). It pays what is
left of a line only after each earlier payer is recorded as paid, denied or not applicable, with evidence, as the fund
for catastrophic illness in children does with its denial letters (M.G.L. c.111K). Medicaid comes after private cover
under the federal rules of third-party liability (42 CFR 433 subpart D).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from certhub.rules.allocation import largest_remainder
from certhub.rules.caseload import MODEL, Tier
from certhub.rules.money import dollars
from certhub.rules.pooled_fund.words import units as in_units
from certhub.rules.refusal import Refusal
from certhub.rules.terms import last_day_of_month

CLAIM_DAYS = 90
"""130 CMR 450.309: MassHealth takes a claim within 90 days of the service."""
_HUNDREDTHS = 100


class Source(StrEnum):
    """Who bears a part of the cost."""

    PRIVATE = "private"
    MEDICAID = "medicaid"
    OTHER = "other"
    DPH = "dph"


EARLIER = (Source.PRIVATE, Source.MEDICAID, Source.OTHER)
"""Everybody who comes before DPH, in the order in which they are asked."""

SOURCE_LABELS = {
    Source.PRIVATE: "Private payers",
    Source.MEDICAID: "Medicaid",
    Source.OTHER: "Another program",
    Source.DPH: "DPH, as last payer",
}


class Outcome(StrEnum):
    """What an earlier payer does about a line."""

    PAID = "paid"
    DENIED = "denied"
    NOT_APPLICABLE = "not_applicable"


OUTCOME_LABELS = {
    Outcome.PAID: "Paid",
    Outcome.DENIED: "Denied",
    Outcome.NOT_APPLICABLE: "Not applicable",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an earlier payer does about a line: `of_cents` is what those ahead left, `cents` what it pays of that."""

    outcome: Outcome
    cents: int
    of_cents: int


@dataclass(frozen=True, slots=True)
class Borne:
    """Who bears an amount, in cents; `open_cents` is what no payer is recorded for yet."""

    by: Mapping[Source, int]
    open_cents: int

    @property
    def settled_cents(self) -> int:
        """What has a payer."""
        return sum(self.by.values())


@dataclass(frozen=True, slots=True)
class Coverage:
    """Active children of a coordinator in a month by coverage, and their weight by tier in hundredths."""

    private: int
    medicaid: int
    other: int
    weight_hundredths: int

    @property
    def children(self) -> int:
        """All of them."""
        return self.private + self.medicaid + self.other

    @property
    def medicaid_units(self) -> int:
        """Acuity-weighted child-months whose first cover is Medicaid, in hundredths, rounded down."""
        return self.weight_hundredths * self.medicaid // self.children if self.children else 0


def borne(allowed_cents: int, answers: Mapping[Source, Answer]) -> Borne:
    """Who bears what is allowed of a line.

    What the payers ahead leave arrives at the next one. It bears what it pays of the amount that it was asked about;
    what it was not asked about is open, such as days that were released later, or what a payer ahead took back. DPH
    bears what everybody was asked about and nobody pays.
    """
    by, left, open_cents = dict.fromkeys(Source, 0), allowed_cents, 0
    for source in EARLIER:
        asked, by[source] = _asked(left, answers.get(source))
        open_cents += left - asked
        left = asked - by[source]
    by[Source.DPH] = left
    return Borne(by, open_cents)


def arrives(source: Source, allowed_cents: int, answers: Mapping[Source, Answer]) -> int:
    """What those ahead of a payer leave for it, as far as they were asked."""
    left = allowed_cents
    for ahead in EARLIER[: EARLIER.index(source)]:
        asked, pays = _asked(left, answers.get(ahead))
        left = asked - pays
    return left


def next_source(answers: Mapping[Source, Answer], allowed_cents: int) -> Source | None:
    """Who is to be asked next about a line; None where everybody was asked about all that arrives."""
    left = allowed_cents
    for source in EARLIER:
        asked, pays = _asked(left, answers.get(source))
        if asked < left:
            return source
        left = asked - pays
    return None


def _asked(left_cents: int, answer: Answer | None) -> tuple[int, int]:
    """How much of what arrives a payer was asked about, and what it pays of that."""
    asked = min(left_cents, answer.of_cents) if answer is not None else 0
    return asked, min(answer.cents, asked) if answer is not None else 0


def require_order(source: Source, answers: Mapping[Source, Answer], allowed_cents: int) -> None:
    """Refuse to record a payer before those that come ahead of it. Raises `Refusal`."""
    first = next_source(answers, allowed_cents)
    if first is not None and EARLIER.index(first) < EARLIER.index(source):
        come, they = ("come", "they do") if first is Source.PRIVATE else ("comes", "it does")
        raise Refusal(f"{SOURCE_LABELS[first]} {come} first. Record what {they} about this invoice, then come back.")


def require_answer(answer: Answer, *, evidence: str, evidence_on: date | None, today: date, field: str) -> None:
    """Refuse an answer that does not fit its amount, is above what is left, or has no evidence. Raises `Refusal`.

    `field` is where the amount was typed.
    """
    if answer.cents < 0 or (answer.outcome is not Outcome.PAID and answer.cents):
        raise Refusal("Only a payer that pays has an amount.", field=field)
    if answer.outcome is Outcome.PAID and not answer.cents:
        raise Refusal("Type what it pays, or leave the amount empty.", field=field)
    if answer.cents > answer.of_cents:
        raise Refusal(
            f"Those ahead of it leave {dollars(answer.of_cents)} of the line. It cannot pay more.", field=field
        )
    if not evidence.strip():
        raise Refusal("Name the evidence, such as the number of a remittance advice or of a denial.", field="evidence")
    if evidence_on is None or evidence_on > today:
        raise Refusal("Type the day of the evidence: today or an earlier day.", field="evidence_on")


def require_within_rate(cents: int, units_hundredths: int | None, *, rate_cents: int, field: str) -> None:
    """Refuse a claim of Medicaid above the approved rate for its units. Raises `Refusal`."""
    most = (units_hundredths or 0) * rate_cents // _HUNDREDTHS
    if cents > most:
        raise Refusal(
            f"Medicaid pays at most {dollars(rate_cents)} for a unit, so {dollars(most)} for these units. Claim more "
            "units if they were served, or a lower amount.",
            field=field,
        )


def require_reported(units_hundredths: int, coverage: Coverage | None, *, claimed_elsewhere: int, field: str) -> None:
    """Refuse to claim more units than the vendor reported for the month, over all lines. Raises `Refusal`.

    Where nothing is reported yet, nothing can be compared.
    """
    if coverage is not None and units_hundredths + claimed_elsewhere > coverage.medicaid_units:
        raise Refusal(
            f"The vendor reported {in_units(coverage.medicaid_units)} units with Medicaid first in this month, and "
            f"other lines claim {in_units(claimed_elsewhere)} of them. Claim no more than what is left, or have the "
            "vendor correct the report.",
            field=field,
        )


def require_settled(amount_cents: int, *, settled_cents: int, paid_cents: int) -> None:
    """Refuse a payment of cost that has no payer yet. Raises `Refusal`."""
    ready = max(settled_cents - paid_cents, 0)
    if amount_cents > ready:
        raise Refusal(
            f"{dollars(ready)} of this invoice has a payer and is not paid yet. DPH pays last: record first what "
            "private payers, Medicaid and other programs do about each line.",
            field="amount",
        )


def coverage_of(counts: Mapping[str, int], tiers: Mapping[Tier, int]) -> Coverage:
    """The coverage in a reported line. With both covers the private one is first; what is neither the state bears."""
    weight = sum(int(MODEL.hours[tier] * _HUNDREDTHS) * number for tier, number in tiers.items())
    return Coverage(
        counts.get("coverage_private", 0) + counts.get("coverage_both", 0),
        counts.get("coverage_medicaid", 0),
        counts.get("coverage_uninsured", 0) + counts.get("coverage_other", 0),
        weight,
    )


def proposed(allowed_cents: int, coverage: Coverage | None, *, rate_cents: int | None) -> Mapping[Source, int]:
    """What each payer would bear of a line by the coverage of the month's children; nothing where none is reported.

    What is above the approved Medicaid rate (None: not known) moves to the state, as in step 4 of the allocation.
    """
    if coverage is None or not coverage.children:
        return dict.fromkeys(Source, 0)
    parts = largest_remainder(allowed_cents, {0: coverage.private, 1: coverage.medicaid, 2: coverage.other})
    most = parts[1] if rate_cents is None else coverage.medicaid_units * rate_cents // _HUNDREDTHS
    gap = max(parts[1] - most, 0)
    return {Source.PRIVATE: parts[0], Source.MEDICAID: parts[1] - gap, Source.OTHER: 0, Source.DPH: parts[2] + gap}


def federal_part(units_hundredths: int, rate_cents: int, federal_share: int) -> int:
    """The federal share of what Medicaid would pay for units, in cents, rounded down.

    `units_hundredths` counts hundredths of a unit, `federal_share` hundredths of a percent.
    """
    return units_hundredths * rate_cents * federal_share // (_HUNDREDTHS * 10_000)


def claim_until(month_from: date) -> date:
    """The last day to claim a month's units: 90 days from the last day of service (130 CMR 450.309)."""
    return last_day_of_month(month_from) + timedelta(days=CLAIM_DAYS)
