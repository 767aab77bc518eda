"""Step 6: instalments, when they are due, and where each stands. What was paid goes to the oldest instalment first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from certhub.rules.allocation import largest_remainder
from certhub.rules.business_days import next_business_day
from certhub.rules.money import dollars
from certhub.rules.pooled_fund.configuration import INSTALMENT_CHOICES
from certhub.rules.pooled_fund.fiscal_year import first_day, last_day
from certhub.rules.refusal import Refusal
from certhub.rules.status import StatusLabel
from certhub.rules.terms import ONE_DAY, add_months, last_day_of_month, written

DUE_SOON_DAYS = 30
"""Before its due day an instalment is announced as due: Rhode Island bills 30 days ahead."""
_MONTHS = 12
_DAY = 15
_TWICE_A_MONTH = 24


class InvoiceStatus(StrEnum):
    """Where an instalment stands on a day."""

    DRAFT = "draft"
    NOTICED = "noticed"
    DUE = "due"
    PARTIAL = "partial"
    OVERDUE = "overdue"
    REFERRED = "referred"
    PAID = "paid"
    WRITTEN_OFF = "written_off"


STATUS_LABELS = {
    InvoiceStatus.DRAFT: StatusLabel("Draft", "The notice has not gone out.", "muted"),
    InvoiceStatus.NOTICED: StatusLabel("Noticed", "The notice has gone out; it is due later.", "info"),
    InvoiceStatus.DUE: StatusLabel("Due", "It is due within 30 days.", "warning"),
    InvoiceStatus.PARTIAL: StatusLabel("Paid in part", "A part is paid, and the rest is not yet overdue.", "warning"),
    InvoiceStatus.OVERDUE: StatusLabel("Overdue", "The due day is over, and something is open.", "danger"),
    InvoiceStatus.REFERRED: StatusLabel("Referred", "It is with whoever collects it.", "danger"),
    InvoiceStatus.PAID: StatusLabel("Paid", "It is paid in full.", "good"),
    InvoiceStatus.WRITTEN_OFF: StatusLabel("Written off", "What is open will not be collected.", "muted"),
}


class AppealOutcome(StrEnum):
    """How an appeal ended."""

    STANDS = "stands"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


OUTCOME_LABELS = {
    AppealOutcome.STANDS: "The assessment stands",
    AppealOutcome.CHANGED: "The assessment is changed",
    AppealOutcome.WITHDRAWN: "The payer took the appeal back",
}


class PaymentKind(StrEnum):
    """What a movement of money is."""

    PAYMENT = "payment"
    REVERSAL = "reversal"
    REFUND = "refund"
    TRANSFER = "transfer"


REVERSIBLE = frozenset({PaymentKind.PAYMENT, PaymentKind.REFUND})
PAYMENT_LABELS = {
    PaymentKind.PAYMENT: "Payment",
    PaymentKind.REVERSAL: "Reversal",
    PaymentKind.REFUND: "Refund",
    PaymentKind.TRANSFER: "Transfer after a merger",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """One instalment before anything is paid."""

    number: int
    cents: int
    planned_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """An instalment on a day."""

    number: int
    cents: int
    due_on: date
    paid_cents: int
    written_off_cents: int
    status: InvoiceStatus

    @property
    def open_cents(self) -> int:
        """What is still to be paid."""
        return self.cents - self.paid_cents - self.written_off_cents


def instalments(total_cents: int, number: int, fiscal_year: int) -> tuple[Planned, ...]:
    """A total in equal instalments, the first ones with the extra cent; none where the payer gets money back."""
    if total_cents <= 0:
        return ()
    parts = largest_remainder(total_cents, dict.fromkeys(range(1, number + 1), 1))
    days = planned_days(fiscal_year, number)
    return tuple(Planned(place, parts[place], day) for place, day in enumerate(days, start=1) if parts[place])


@cache
def planned_days(fiscal_year: int, number: int) -> tuple[date, ...]:
    """The 15th in the middle of each part of the year; four parts: August, November, February, May, as in Vermont.

    Twenty-four parts are the 15th and the last day of each month. A day on which offices are closed moves on, but not
    out of the year.
    """
    if number not in INSTALMENT_CHOICES:
        raise ValueError(f"a year is not divided into {number}")
    last = last_day(fiscal_year)
    return tuple(_business_day(day, last) for day in _days(first_day(fiscal_year), number))


def rebilled(
    total_cents: int, before: Sequence[Planned], *, earliest_before: date, earliest_now: date, in_one: bool = False
) -> tuple[Planned, ...]:
    """The instalments of a notice that replaces another one.

    What falls due before the new notice has had its days stays as it is, so that nothing which is overdue becomes
    undue, and nothing new is due at once. The rest is shared by the instalments to come; where there are none, or with
    `in_one`, it is one more instalment. A total that falls takes from the last instalments first.
    """
    stays = [one for one in before if in_one or due_on(one.planned_on, earliest_before) < earliest_now]
    to_come = [one for one in before if one not in stays]
    found, left = [], max(total_cents, 0)
    for one in stays:
        cents = min(one.cents, left)
        left -= cents
        found.append(replace(one, cents=cents))
    if left and to_come:
        parts = largest_remainder(left, {one.number: 1 for one in to_come})
        found += [replace(one, cents=parts[one.number]) for one in to_come]
    elif left:
        found.append(Planned(max((one.number for one in before), default=0) + 1, left, earliest_now))
    return tuple(one for one in found if one.cents)


def together(schedules: Iterable[Sequence[Planned]]) -> tuple[Planned, ...]:
    """The instalments of several assessments as one: those of the same number are added up."""
    found: dict[int, Planned] = {}
    for one in (part for schedule in schedules for part in schedule):
        other = found.get(one.number)
        found[one.number] = replace(other, cents=other.cents + one.cents) if other else one
    return tuple(found[number] for number in sorted(found))


def _business_day(day: date, last: date) -> date:
    """The day or the next one on which offices are open; at the end of the year the one before."""
    moved = next_business_day(day)
    while moved > last:
        day -= ONE_DAY
        moved = next_business_day(day)
    return moved


def _days(first: date, number: int) -> Iterator[date]:
    if number == _TWICE_A_MONTH:
        for month in range(_MONTHS):
            begins = add_months(first, month)
            yield begins.replace(day=_DAY)
            yield last_day_of_month(begins)
        return
    length = _MONTHS // number
    for part in range(number):
        yield add_months(first, part * length + length // 2).replace(day=_DAY)


def due_on(planned_on: date, earliest_due_on: date | None) -> date:
    """The planned day, or the first one after the notice on which anything can be due."""
    return planned_on if earliest_due_on is None else max(planned_on, earliest_due_on)


def earliest_due_on(noticed_on: date, notice_days: int) -> date:
    """The first business day on which anything is due after a notice."""
    return next_business_day(noticed_on + timedelta(days=notice_days))


def standing(
    planned: Sequence[Planned],
    *,
    today: date,
    earliest: date | None,
    paid_cents: int,
    written_off_cents: int,
    referred: frozenset[int] = frozenset(),
) -> list[Standing]:
    """Where each instalment stands; `earliest` is the first due day after the notice, None before there is one."""
    found, before = [], 0
    for one in planned:
        paid = _within(paid_cents - before, one.cents)
        covered = _within(paid_cents + written_off_cents - before, one.cents)
        day = due_on(one.planned_on, earliest)
        status = status_of(
            one.cents, paid, covered, due=day, today=today, noticed=earliest is not None,
            referred=one.number in referred,
        )  # fmt: skip
        found.append(Standing(one.number, one.cents, day, paid, covered - paid, status))
        before += one.cents
    return found


def status_of(
    cents: int, paid: int, covered: int, *, due: date, today: date, noticed: bool, referred: bool
) -> InvoiceStatus:
    """The one word for an instalment; what is covered and not paid is written off."""
    if covered >= cents:
        return InvoiceStatus.PAID if paid >= cents else InvoiceStatus.WRITTEN_OFF
    if not noticed:
        return InvoiceStatus.DRAFT
    if referred:
        return InvoiceStatus.REFERRED
    if today > due:
        return InvoiceStatus.OVERDUE
    if paid > 0:
        return InvoiceStatus.PARTIAL
    return InvoiceStatus.DUE if today >= due - timedelta(days=DUE_SOON_DAYS) else InvoiceStatus.NOTICED


def _within(amount: int, most: int) -> int:
    return max(0, min(amount, most))


def require_payment(cents: int, *, received_on: date, today: date) -> None:
    """Refuse a payment that is none, or that is said to come in later than today."""
    if cents <= 0:
        raise Refusal("Type an amount above zero. To take a payment back, reverse it.", field="amount")
    if received_on > today:
        raise Refusal("This day has not come yet. Type the day on which the money came in.", field="received_on")


def outstanding(owed_cents: int, *, paid_cents: int, written_off_cents: int) -> int:
    """What is still to come of what a payer owes; below zero it has a credit.

    What was written off lowers what is still to come and never makes a credit: it is no money that came in.
    """
    balance = owed_cents - paid_cents
    return balance if balance <= 0 else max(balance - written_off_cents, 0)


def require_refund(cents: int, *, paid_on: date, today: date, credit_cents: int) -> None:
    """Refuse a refund that is none, that is dated later than today, or that is more than the payer has in credit."""
    if cents <= 0:
        raise Refusal("Type an amount above zero.", field="amount")
    if paid_on > today:
        raise Refusal("This day has not come yet. Type the day on which the money went out.", field="received_on")
    if cents > credit_cents:
        raise Refusal(
            f"The payer has {dollars(max(credit_cents, 0))} in credit. No more than that can be paid back.",
            field="amount",
        )


def require_reversible(*, can_be: bool, is_reversed: bool) -> None:
    """Refuse to reverse what is something else, such as a reversal, or what was reversed before."""
    if not can_be:
        raise Refusal("Only a payment, a refund or a write-off can be reversed. A reversal stays.")
    if is_reversed:
        raise Refusal("This was reversed already. Open the account again to see its reversal.")


def require_write_off(cents: int, *, open_cents: int, on: date, today: date) -> None:
    """Refuse to write off nothing, more than is open, or on a day to come."""
    if cents <= 0:
        raise Refusal("Type an amount above zero.", field="amount")
    if cents > open_cents:
        raise Refusal(f"Open are {dollars(open_cents)}. No more than that can be written off.", field="amount")
    if on > today:
        raise Refusal("This day has not come yet. Type the day of the decision.", field="written_off_on")


def require_referral(status: InvoiceStatus, *, on: date, today: date) -> None:
    """Refuse to refer an instalment that is not overdue."""
    if status is not InvoiceStatus.OVERDUE:
        raise Refusal("Only what is overdue can be referred. Look at where each instalment stands.", field="number")
    if on > today:
        raise Refusal("This day has not come yet. Type the day on which it was referred.", field="referred_on")


def require_appeal(*, filed_on: date, noticed_on: date | None, until: date | None, today: date) -> None:
    """Refuse an appeal against no notice, after its time, or from a day to come."""
    if noticed_on is None or until is None:
        raise Refusal("There is no notice yet that could be appealed. Issue the notices first.")
    if filed_on < noticed_on:
        raise Refusal(f"The notice is of {written(noticed_on)}. An appeal cannot be older.", field="filed_on")
    if filed_on > today:
        raise Refusal("This day has not come yet. Type the day on which the appeal came in.", field="filed_on")
    if filed_on > until:
        raise Refusal(
            f"The time to appeal ended on {written(until)}. An appeal that came in later is not taken.",
            field="filed_on",
        )


def require_outcome(outcome: AppealOutcome, reason: str, changed_cents: int | None, assessed_cents: int) -> None:
    """Refuse an outcome without its reason, or a change that does not say to what."""
    if not reason.strip():
        raise Refusal("Say why. The payer reads it.", field="reason")
    if outcome is not AppealOutcome.CHANGED:
        return
    if changed_cents is None or changed_cents < 0:
        raise Refusal("Type the new assessment of the year.", field="changed_to")
    if changed_cents == assessed_cents:
        raise Refusal("This is the assessment as it is. If it stays, choose that it stands.", field="changed_to")


def appeal_until(noticed_on: date, appeal_days: int) -> date:
    """The last day for an appeal, which is a business day."""
    return next_business_day(noticed_on + timedelta(days=appeal_days))
