"""What an allocation rests on as plain values, so that it can be kept for good and compared by its hash."""

from dataclasses import asdict
from typing import Any

from certhub.rules.pooled_fund.shares import Inputs


def plain(inputs: Inputs) -> dict[str, Any]:
    """Choices, lines, units by month and payers with their bases."""
    return {
        "configuration": asdict(inputs.configuration),
        "lines": [asdict(line) for line in inputs.lines],
        "units": {
            month.isoformat(): {one.value: number for one, number in sorted(classes.items())}
            for month, classes in sorted(inputs.units.items())
        },
        "payers": [asdict(payer) for payer in sorted(inputs.payers, key=lambda one: one.id)],
        "written_off_cents": inputs.written_off_cents,
    }
