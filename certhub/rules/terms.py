"""Dates that explain themselves: how long a credential lasts, when it can be renewed, and which days count.

Every day is a civil date of the agency, and a credential is valid through the whole of its last day. Terms and windows
therefore run from a first day to a last day, both included: 24 months from August 1, 2025 end on July 31, 2027.

Months are counted to the same day of a later month, or to the last day of a month that has no such day (January 31 plus
one month is 28 or February 29). A birthday on February 29 falls on February 28 in other years, by the same rule.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from certhub.clock import AGENCY_ZONE
from certhub.rules.standard import TermPolicy
from certhub.rules.vocabulary import ApplicationKind, ExpiryRule, YearParity

ONE_DAY = timedelta(days=1)

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_LEAP_DAY = (2, 29)
_PARITY = {YearParity.ANY: "", YearParity.ODD: " of an odd year", YearParity.EVEN: " of an even year"}


@dataclass(frozen=True, slots=True)
class Explained:
    """A computed date with the phrase that derives it, shown beside it and kept with the decision."""

    on: date
    because: str


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a credential: valid from the first to the last day, both included."""

    starts_on: date
    expires_on: date
    because: str


@dataclass(frozen=True, slots=True)
class RenewalWindow:
    """The days around an expiry that decide what the holder can still do."""

    opens_on: Explained
    expires_on: Explained
    grace_until: Explained
    reinstatement_until: Explained


def written(day: date) -> str:
    """The date as a person writes it, in the same words on every machine: "March 10, 2026"."""
    return f"{written_birthday(day.month, day.day)}, {day.year}"


def written_birthday(month: int, day: int) -> str:
    """A day of any year as a person writes it: "March 10". CertHub keeps no year of birth."""
    return f"{MONTHS[month - 1]} {day}"


def written_at(instant: datetime) -> str:
    """The instant in the agency's zone, on one line to its end: "July 31, 2027, 4:05 PM"."""
    local = instant.astimezone(AGENCY_ZONE)
    half = "AM" if local.hour < 12 else "PM"  # noqa: PLR2004  (noon)
    return f"{written(local.date())}, {local.hour % 12 or 12}:{local:%M}\u00a0{half}"


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier), or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    return _clipped(index // 12, index % 12 + 1, day.day)


def last_day_of_month(day: date) -> date:
    """The last day of the month that `day` lies in."""
    return _clipped(day.year, day.month, 31)


def window_before(anchor: date, months: int) -> tuple[date, date]:
    """The first and the last day of the `months` months that end with `anchor`, both included.

    The window before a month's last day is made of whole calendar months, so that the windows before two expiries
    at month ends never share a day, and no hour of training counts twice (272 CMR 7.03: "the 24 months immediately
    preceding the expiration date").
    """
    _require_months(months)
    if anchor == last_day_of_month(anchor):
        return add_months(anchor, 1 - months).replace(day=1), anchor
    return add_months(anchor, -months) + ONE_DAY, anchor


def first_term(policy: TermPolicy, granted_on: date, birthday: tuple[int, int] | None = None) -> Term:
    """The term that a grant on `granted_on` begins.

    `birthday` is the holder's (month, day); only the birthday calendar needs it.

    Raises ValueError when the policy and the arguments do not determine a date.
    """
    expiry = _expiry(policy, granted_on, counted_from=granted_on, origin=written(granted_on), birthday=birthday)
    return Term(granted_on, expiry.on, expiry.because)


def renewal_term(
    policy: TermPolicy,
    previous_expiry: date,
    decided_on: date,
    *,
    submitted_on: date | None = None,
    grace_until: date | None = None,
    birthday: tuple[int, int] | None = None,
) -> Term:
    """The term that a renewal or reinstatement brings.

    A renewal filed up to the end of the grace period runs from the day after the previous expiry, however early it
    was filed and however late it was decided: nobody loses a day, and no day is covered twice. One filed later runs
    from the decision. `submitted_on` is the day of filing; without it the decision day is taken for it.
    `grace_until` is the end of the previous term's own grace period; without it the policy's counts.

    Raises ValueError for a decision before the filing, and as `first_term` does.
    """
    filed_on = decided_on if submitted_on is None else submitted_on
    if decided_on < filed_on:
        raise ValueError(f"decided on {decided_on}, before it was submitted on {filed_on}")

    if grace_until is None:
        grace_until = previous_expiry + timedelta(days=policy.grace_days)
    if filed_on <= grace_until:
        starts_on = previous_expiry + ONE_DAY
        origin = f"the previous expiry on {written(previous_expiry)}"
        expiry = _expiry(policy, starts_on, counted_from=previous_expiry, origin=origin, birthday=birthday)
        return Term(starts_on, expiry.on, expiry.because)

    origin = f"the decision on {written(decided_on)}"
    expiry = _expiry(policy, decided_on, counted_from=decided_on, origin=origin, birthday=birthday)
    limit = "the grace period ended" if grace_until > previous_expiry else "the expiry"
    return Term(
        decided_on, expiry.on, f"{expiry.because}; the application came after {limit} on {written(grace_until)}"
    )


def renewal_window(
    policy: TermPolicy, expires_on: date, *, grace_until: date | None = None, reinstatement_until: date | None = None
) -> RenewalWindow:
    """When renewal opens, and until when a late renewal or a reinstatement is taken.

    `grace_until` and `reinstatement_until` are the days that the record has for the term, which an order of the Board
    can move; where they lie later than the policy's, they count.
    """
    expiry = written(expires_on)
    window = _window(policy, expires_on, expiry)
    return RenewalWindow(
        window.opens_on,
        window.expires_on,
        _recorded(window.grace_until, grace_until, "until then a late renewal is taken"),
        _recorded(window.reinstatement_until, reinstatement_until, "after that only a new application helps"),
    )


def _recorded(computed: Explained, recorded: date | None, meaning: str) -> Explained:
    if recorded is None or recorded <= computed.on:
        return computed
    return Explained(recorded, f"as the record of this term has it; {meaning}")


def _window(policy: TermPolicy, expires_on: date, expiry: str) -> RenewalWindow:
    return RenewalWindow(
        opens_on=Explained(
            expires_on - timedelta(days=policy.renewal_window_days),
            f"{_days(policy.renewal_window_days)} before the expiry on {expiry}",
        ),
        expires_on=Explained(expires_on, f"the last valid day; the credential holds through the whole of {expiry}"),
        grace_until=Explained(
            expires_on + timedelta(days=policy.grace_days),
            f"{_days(policy.grace_days)} after the expiry on {expiry}; until then a late renewal is taken",
        ),
        reinstatement_until=Explained(
            expires_on + timedelta(days=policy.reinstatement_days),
            f"{_days(policy.reinstatement_days)} after the expiry on {expiry}; after that only a new application helps",
        ),
    )


def application_kind_on(window: RenewalWindow, day: date) -> ApplicationKind | None:
    """What a holder may apply for on `day`; None while the renewal window has not opened."""
    if day < window.opens_on.on:
        return None
    if day <= window.grace_until.on:
        return ApplicationKind.RENEWAL
    if day <= window.reinstatement_until.on:
        return ApplicationKind.REINSTATEMENT
    return ApplicationKind.INITIAL


def closes_on(policy: TermPolicy, with_applicant_from: date) -> Explained:
    """The first day on which an application that the applicant has left alone is closed.

    272 CMR 5.04 and the Board's reactivation form close an application that stays incomplete for one year.
    """
    days = policy.incomplete_expires_days
    return Explained(
        with_applicant_from + timedelta(days=days + 1),
        f"more than {_days(days)} after it came to the applicant on {written(with_applicant_from)}",
    )


def fixed_due_date(fiscal_year_end: date, *, month: int = 5, day: int = 15) -> Explained:
    """The `day` of the `month`-th month after a fiscal year's end.

    The defaults are those of the Uniform Financial Report (808 CMR 1.04): the 15th day of the fifth month, so that a
    fiscal year that ends on June 30 makes it due on November 15.
    """
    month_of_filing = add_months(fiscal_year_end.replace(day=1), month)
    due = _clipped(month_of_filing.year, month_of_filing.month, day)
    because = f"the {_ordinal(day)} day of the {_ordinal(month)} month after the fiscal year that ended on "
    return Explained(due, because + written(fiscal_year_end))


def _expiry(
    policy: TermPolicy, starts_on: date, *, counted_from: date, origin: str, birthday: tuple[int, int] | None
) -> Explained:
    _require_months(policy.term_months)
    if policy.expiry_rule is not ExpiryRule.ROLLING:
        return _calendar_expiry(policy, counted_from, origin, birthday)

    last = _last_day(starts_on, policy.term_months)
    because = f"{_count(policy.term_months)} from {origin}"
    if policy.end_of_month:
        return Explained(last_day_of_month(last), f"{because}, to the end of the month")
    return Explained(last, because)


def _calendar_expiry(policy: TermPolicy, origin_on: date, origin: str, birthday: tuple[int, int] | None) -> Explained:
    """The date of a yearly calendar that ends a term counted from `origin_on`.

    It is the last such date within the term's months, so that a five-year credential keeps five years; where that one
    comes before the minimum term, or there is none, it is the first one after the minimum.
    """
    month, day, name = _calendar_day(policy, birthday)
    earliest = max(add_months(origin_on, policy.minimum_term_months), origin_on + ONE_DAY)
    latest = add_months(origin_on, policy.term_months)
    if (month, day) == _LEAP_DAY:
        latest += ONE_DAY  # from February 28 of a common year, the next February 29 lies a day past the same date

    allowed = (on for on in _calendar_dates(policy, month, day, origin_on.year) if on >= earliest)
    first = chosen = next(allowed)
    for on in allowed:
        if on > latest:
            break
        chosen = on

    parity = _PARITY[policy.year_parity]
    if chosen != first:
        because = f"the last {name}{parity} within {_count(policy.term_months)} of {origin}"
    elif policy.minimum_term_months:
        because = f"the first {name}{parity} at least {_count(policy.minimum_term_months)} after {origin}"
    else:
        because = f"the first {name}{parity} after {origin}"
    return Explained(chosen, f"{because}, to the end of the month" if policy.end_of_month else because)


def _calendar_day(policy: TermPolicy, birthday: tuple[int, int] | None) -> tuple[int, int, str]:
    if policy.expiry_rule is ExpiryRule.HOLDER_BIRTHDAY:
        if birthday is None:
            raise ValueError("a term that ends on the holder's birthday needs the birthday")
        month, day = birthday
        return month, day, f"birthday ({written_birthday(month, day)})"
    if policy.fixed_month is None or policy.fixed_day is None:
        raise ValueError("a term with a fixed last day needs its month and day")
    return policy.fixed_month, policy.fixed_day, f"{MONTHS[policy.fixed_month - 1]} {policy.fixed_day}"


def _calendar_dates(policy: TermPolicy, month: int, day: int, from_year: int) -> Iterator[date]:
    for year in range(from_year, date.max.year + 1):
        if policy.year_parity is YearParity.ODD and year % 2 == 0:
            continue
        if policy.year_parity is YearParity.EVEN and year % 2 == 1:
            continue
        yield _clipped(year, month, 31 if policy.end_of_month else day)


def _last_day(starts_on: date, months: int) -> date:
    """The last of `months` months that begin with `starts_on`: the day before its counterpart, clipped like any day."""
    if starts_on.day == 1:
        return last_day_of_month(add_months(starts_on, months - 1))
    counterpart = add_months(starts_on.replace(day=1), months)
    return _clipped(counterpart.year, counterpart.month, starts_on.day - 1)


def _clipped(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _require_months(months: int) -> None:
    if months < 1:
        raise ValueError(f"a term or window lasts at least one month, not {months}")


def _count(months: int) -> str:
    return "1 month" if months == 1 else f"{months} months"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
