"""The words that the pages of contracts share, and the years as they show them."""

from collections.abc import Mapping
from dataclasses import dataclass

from certhub.models.contracts import Contract
from certhub.rules.contract_amendments import AMENDMENT_LABELS, CHANGE_LABELS
from certhub.rules.contract_oversight import (
    DEPTH_LABELS,
    INSURANCE_LABELS,
    QUALIFICATION_LABELS,
    RESULT_LABELS,
)
from certhub.rules.contracts import (
    COMPENSATION_LABELS,
    PROCUREMENT_LABELS,
    STAGE_LABELS,
    START_LABELS,
    STEP_LABELS,
    TERMS_LABELS,
)
from certhub.rules.fiscal_years import fiscal_year_in_words
from certhub.rules.money import dollars

WORDS = {
    "stage": STAGE_LABELS, "step": STEP_LABELS, "procurement": PROCUREMENT_LABELS, "compensation": COMPENSATION_LABELS,
    "terms": TERMS_LABELS, "start": START_LABELS, "amendment": AMENDMENT_LABELS, "change": CHANGE_LABELS,
    "qualification": QUALIFICATION_LABELS, "insurance": INSURANCE_LABELS, "depth": DEPTH_LABELS,
    "result": RESULT_LABELS, "dollars": dollars, "year": fiscal_year_in_words,
}  # fmt: skip
"""What each member of the vocabularies is called, and how money and years are written."""


@dataclass(frozen=True, slots=True)
class YearRow:
    """A fiscal year of a contract: what may be spent, what is invoiced, what is left; in cents."""

    name: str
    maximum: int
    drawn: int

    @property
    def left(self) -> int:
        """What can still be invoiced."""
        return self.maximum - self.drawn

    @property
    def share(self) -> float:
        """How much of the maximum is invoiced, for the bar beside the numbers."""
        return self.drawn / self.maximum if self.maximum else 0.0


def years_of(
    maxima: Mapping[int, Mapping[int, int]], drawn: Mapping[int, Mapping[int, int]], contract: Contract
) -> list[YearRow]:
    """The fiscal years of one contract, the first one first."""
    used = drawn.get(contract.id, {})
    return [
        YearRow(fiscal_year_in_words(year), cents, used.get(year, 0))
        for year, cents in sorted(maxima.get(contract.id, {}).items())
    ]
