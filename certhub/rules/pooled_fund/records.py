"""What shares and a true-up rest on as plain values, so that they can be kept for good and compared by their hash."""

from dataclasses import asdict
from typing import Any

from certhub.rules.pooled_fund.fiscal_year import first_day, last_day
from certhub.rules.pooled_fund.payers import successors
from certhub.rules.pooled_fund.shares import Inputs
from certhub.rules.pooled_fund.true_up import Actual, Assessed

_CHOICES = (
    "fiscal_year", "basis", "threshold_cents", "medicaid_rate_cents", "federal_shares", "true_up_mode",
    "excluded_share_to",
)  # fmt: skip
"""The choices that a true-up rests on."""


def plain(inputs: Inputs) -> dict[str, Any]:
    """Choices, lines, units by month and payers with their bases."""
    return {
        "configuration": asdict(inputs.configuration),
        "lines": [asdict(line) for line in inputs.lines],
        "units": _units(inputs),
        "payers": [asdict(payer) for payer in sorted(inputs.payers, key=lambda one: one.id)],
        "written_off_cents": inputs.written_off_cents,
    }


def of_true_up(inputs: Inputs, actual: Actual, assessed: Assessed) -> dict[str, Any]:
    """What the outcome of a true-up rests on, and nothing else.

    A payer that is renamed, registered later, or merges or leaves after the year changes no outcome, and neither does a
    contract that is signed later: the true-up takes the actual cost.
    """
    chosen = asdict(inputs.configuration)
    year = inputs.configuration.fiscal_year
    now = successors(inputs.payers, through=last_day(year))
    left = {one.id: one.left_on is not None and one.left_on < first_day(year) for one in inputs.payers}
    return {
        "configuration": {name: chosen[name] for name in _CHOICES},
        "units": _units(inputs),
        "payers": [
            [one.id, one.base, one.payments_cents, now[one.id], left[now[one.id]]]
            for one in sorted(inputs.payers, key=lambda one: one.id)
            if one.base or one.payments_cents is not None or assessed.by_payer.get(one.id)
        ],
        "written_off_cents": inputs.written_off_cents,
        "actual": asdict(actual),
        "assessed": {str(payer_id): cents for payer_id, cents in sorted(assessed.by_payer.items()) if cents},
        "medicaid_cents": assessed.medicaid_cents,
        "state_cents": assessed.state_cents,
    }


def _units(inputs: Inputs) -> dict[str, dict[str, int]]:
    return {
        month.isoformat(): {one.value: number for one, number in sorted(classes.items())}
        for month, classes in sorted(inputs.units.items())
    }
