"""Closing a contract out: what is still open, and how long its records are kept after it.

Sources: 808 CMR 1.04 (Uniform Financial Report), the Commonwealth Terms and Conditions for Human and Social Services
(records are kept for seven years after the final payment); that what is open needs a reason is a program default.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import ONE_DAY, Explained, add_months, written

RETENTION_YEARS = 7
"""The contractor keeps its records so long after the final payment."""

STATE_YEAR_ENDS = (6, 30)
"""Month and day on which a vendor's fiscal year ends while none of its reports says otherwise."""


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that is not settled; `key` tells it from the others, `sentence` says what it is."""

    key: str
    sentence: str


def require_settled(items: Collection[OpenItem], reasons: Mapping[str, str]) -> dict[str, str]:
    """The reason for each thing that is open; refused where one has none. Raises `Refusal`."""
    found = {item.key: reasons.get(item.key, "").strip() for item in items}
    for item in items:
        if not found[item.key]:
            raise Refusal(
                f"{item.sentence} Settle it first, or say why the contract is closed out all the same.", field=item.key
            )
    return found


def report_years(in_force: Span, year_ends: tuple[int, int]) -> tuple[date, ...]:
    """The last days of the vendor's fiscal years that have a day of the contract in them."""
    assert in_force.to_on is not None  # noqa: S101  (a contract always has a last day)
    found: list[date] = []
    year = in_force.from_on.year
    while not found or found[-1] < in_force.to_on:
        end = _year_end(year, year_ends)
        if end >= in_force.from_on:
            found.append(end)
        year += 1
    return tuple(found)


def _year_end(year: int, year_ends: tuple[int, int]) -> date:
    month, day = year_ends
    if (month, day) in ((2, 28), (2, 29)):  # the last day of February
        return date(year, 3, 1) - ONE_DAY
    return date(year, month, day)


def records_kept_until(final_payment_on: date | None, ended_on: date) -> Explained:
    """How long the contractor keeps its records: from the final payment, or from the end where nothing was paid."""
    since = final_payment_on or ended_on
    what = "the final payment" if final_payment_on else "the last day, for nothing was paid"
    return Explained(
        add_months(since, 12 * RETENTION_YEARS),
        f"{RETENTION_YEARS} years after {what}, {written(since)}; longer while a dispute or an audit goes on "
        "(Commonwealth Terms and Conditions for Human and Social Services)",
    )
