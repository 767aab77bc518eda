"""Which days of an invoice are held back, and where an invoice stands.

Payments are held to certified days: a day on which the vendor's certification, the contract, the employment or the
coordinator's credential did not hold is flagged, and its share of the amount waits until somebody at DPH decides with a
reason (program default; compare the findings of the State Auditor on payments to a debarred vendor and without the
required documents).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from certhub.rules.allocation import largest_remainder
from certhub.rules.exposure import Break, Link
from certhub.rules.independence import Span
from certhub.rules.money import dollars
from certhub.rules.refusal import Refusal
from certhub.rules.status import Tone
from certhub.rules.terms import ONE_DAY

LINKS_OF_WORK = (Link.VENDOR_CERTIFICATION, Link.CONTRACT, Link.EMPLOYMENT, Link.CREDENTIAL)
"""What must hold on each day of a coordinator's work for it to be paid."""

LINKS_OF_COST = (Link.VENDOR_CERTIFICATION, Link.CONTRACT)
"""What must hold on each day of another cost of the program."""


@dataclass(frozen=True, slots=True)
class HeldDays:
    """Days one after another on which something did not hold, the share of the amount for them, and why.

    `links` are what did not hold; `released` whether DPH let the days be paid for all that.
    """

    starts_on: date
    ends_on: date
    cents: int
    because: str
    links: frozenset[Link] = frozenset()
    released: bool = False


def held_days(
    days: Span, amount_cents: int, breaks: Iterable[Break], *, held: Collection[HeldDays] = ()
) -> tuple[HeldDays, ...]:
    """The days of a line that are held back, with their share of its amount by days, to the cent.

    Days that are held already are left out, so that a later look adds only what has become known since. Days that were
    released are held again where another link has become known to be broken on them.
    """
    assert days.to_on is not None  # noqa: S101  (an invoice always has a last day)
    last = days.to_on
    broken: dict[date, dict[Link, str]] = {}
    for one in breaks:
        for day in _days(max(days.from_on, one.from_on), last if one.to_on is None else min(last, one.to_on)):
            if one.link is not None:
                broken.setdefault(day, {})[one.link] = one.sentence
    for before in held:
        for day in _days(before.starts_on, before.ends_on):
            settled = before.links if before.released else frozenset(Link)
            broken[day] = {link: words for link, words in broken.get(day, {}).items() if link not in settled}
    runs = _runs({day: found for day, found in broken.items() if found})
    whole = (last - days.from_on).days + 1
    weights = {number: (until - since).days + 1 for number, (since, until, _) in enumerate(runs)}
    weights[-1] = whole - sum(weights.values())
    shares = largest_remainder(amount_cents, weights)
    left = amount_cents - sum(before.cents for before in held if not before.released)
    found_days = []
    for number, (since, until, found) in enumerate(runs):
        cents = min(shares[number], left)  # rounding twice never holds more than there is
        left -= cents
        because = " ".join(dict.fromkeys(found.values()))
        found_days.append(HeldDays(since, until, cents, because, frozenset(found)))
    return tuple(found_days)


def _days(since: date, until: date) -> Iterator[date]:
    while since <= until:
        yield since
        since += ONE_DAY


def _runs(broken: dict[date, dict[Link, str]]) -> list[tuple[date, date, dict[Link, str]]]:
    runs: list[tuple[date, date, dict[Link, str]]] = []
    for day, found in sorted(broken.items()):
        if runs and runs[-1][1] + ONE_DAY == day and runs[-1][2] == found:
            runs[-1] = (runs[-1][0], day, found)
        else:
            runs.append((day, day, found))
    return runs


class InvoiceState(StrEnum):
    """Where an invoice stands; derived, never stored."""

    FILED = "filed"
    RETURNED = "returned"
    APPROVED = "approved"
    PAID_IN_PART = "paid_in_part"
    PAID = "paid"
    OVERPAID = "overpaid"


@dataclass(frozen=True, slots=True)
class StateLabel:
    """A state in words, its meaning and its colour."""

    label: str
    meaning: str
    tone: Tone


STATE_LABELS: dict[InvoiceState, StateLabel] = {
    InvoiceState.FILED: StateLabel("With DPH", "Filed; DPH looks at it.", "info"),
    InvoiceState.RETURNED: StateLabel("Returned", "Sent back to the vendor; it draws nothing down.", "warning"),
    InvoiceState.APPROVED: StateLabel("Approved", "What is not held back can be paid.", "good"),
    InvoiceState.PAID_IN_PART: StateLabel("Paid in part", "Something is held back, or not paid yet.", "warning"),
    InvoiceState.PAID: StateLabel("Paid", "All that is payable is paid.", "good"),
    InvoiceState.OVERPAID: StateLabel(
        "Paid too much", "Days were held back or denied after they were paid. Reverse the payment.", "danger"
    ),
}


@dataclass(frozen=True, slots=True)
class Amounts:
    """What an invoice comes to, in cents: all of it, what waits for a decision, what was denied, what is paid.

    What is paid are the payments less those that were reversed.
    """

    total: int
    waiting: int = 0
    denied: int = 0
    paid: int = 0

    @property
    def payable(self) -> int:
        """What can be paid now."""
        return max(0, self._left)

    @property
    def overpaid(self) -> int:
        """What is paid of days that were held back or denied afterwards."""
        return max(0, -self._left)

    @property
    def _left(self) -> int:
        return self.total - self.waiting - self.denied - self.paid


def state_of(amounts: Amounts, *, returned: bool, approved: bool) -> InvoiceState:
    """Where an invoice stands."""
    if returned:
        return InvoiceState.RETURNED
    if not approved:
        return InvoiceState.FILED
    if amounts.overpaid:
        return InvoiceState.OVERPAID
    if amounts.payable == 0 and amounts.waiting == 0:
        return InvoiceState.PAID
    return InvoiceState.PAID_IN_PART if amounts.paid else InvoiceState.APPROVED


def require_room(*, maximum: int, drawn: int, asked: int, year: str) -> None:
    """Refuse an invoice that would pass the contract's maximum obligation of the fiscal year. Raises `Refusal`."""
    if drawn + asked > maximum:
        raise Refusal(
            f"This invoice of {dollars(asked)} passes the maximum obligation of {year}: {dollars(maximum)}, of which "
            f"{dollars(maximum - drawn)} is left. Ask DPH for an amendment before you invoice more."
        )


def require_own_days(days: Span, others: Collection[Span], *, whose: str) -> None:
    """Refuse days of a coordinator that another invoice has already. Raises `Refusal`."""
    for other in others:
        if days.overlap(other) is not None:
            raise Refusal(
                f"Another invoice has days of {whose} in this time already. Withdraw the line, or ask DPH to return "
                "the other invoice."
            )


def require_payment(amount_cents: int, amounts: Amounts) -> None:
    """Refuse a payment that is more than what can be paid now. Raises `Refusal`."""
    if amount_cents <= 0:
        raise Refusal("Type an amount above zero.", field="amount")
    if amount_cents > amounts.payable:
        raise Refusal(
            f"{dollars(amounts.payable)} can be paid now: what is held back waits for a decision, and what was denied "
            "is not paid.",
            field="amount",
        )


def require_nothing_new(held: Collection[HeldDays]) -> None:
    """Refuse a payment while something has become known that is not held back yet. Raises `Refusal`."""
    if held:
        because = " ".join(dict.fromkeys(one.because for one in held))
        raise Refusal(
            f"Something has become known since this invoice was approved: {because} "
            f"{dollars(sum(one.cents for one in held))} is held back for these days. Decide about them first, then pay "
            "what can be paid."
        )


def require_reversal(
    *, is_reversal: bool, is_reversed: bool, paid_on: date, reversed_on: date, reason: str, today: date
) -> None:
    """Refuse a reversal of what cannot be reversed, without a reason, or on a day that cannot be. Raises `Refusal`."""
    if is_reversal:
        raise Refusal("This is a reversal already. To pay again, record a payment.")
    if is_reversed:
        raise Refusal("This payment was reversed already. Open the invoice and look.")
    if reversed_on < paid_on:
        raise Refusal("A payment cannot be reversed before it was made.", field="reversed_on")
    if reversed_on > today:
        raise Refusal("This day is still to come. Type today or an earlier day.", field="reversed_on")
    if not reason.strip():
        raise Refusal("Say why, such as a returned cheque or a wrong amount.", field="reason")


def amounts_of(lines: Sequence[int], holds: Sequence[tuple[int, bool | None]], payments: Sequence[int]) -> Amounts:
    """The amounts of an invoice; a hold is its cents and whether it was released, None while it waits."""
    return Amounts(
        sum(lines),
        waiting=sum(cents for cents, released in holds if released is None),
        denied=sum(cents for cents, released in holds if released is False),
        paid=sum(payments),
    )
