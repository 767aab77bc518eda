"""What a session would add to what somebody still lacks before the next deadline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from certhub.rules.findings import counted, listed, quantity
from certhub.rules.requirement_kinds.training_counting import CourseSetParameters
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import course_code_of
from certhub.rules.transcript import Account


@dataclass(frozen=True, slots=True)
class Offer:
    """What a session gives to whoever completes it: the course's code, minutes by category, and the day of its end."""

    code: str
    minutes: Mapping[TrainingCategory, int]
    on: date
    approved: bool


def helps(account: Account, offer: Offer) -> str:
    """What of one requirement the session would meet, in words; nothing where it would not help.

    It helps where the requirement counts such training at all, and only up to what is still lacking: hours in a
    category that is met already help no more than any others, and a session after the last day helps nobody.
    """
    until = _last_day(account)
    if not account.needs or (until is not None and offer.on > until):
        return ""
    code = account.requirement.code
    if isinstance(account.params, CourseSetParameters):
        wanted = {course_code_of(one) for need in account.needs for one in need.courses}
        return f"a course that is missing for {code}" if course_code_of(offer.code) in wanted else ""
    if account.params.provider_approved and not offer.approved:
        return ""
    given = {
        category: Decimal(minutes) / 60
        for category, minutes in offer.minutes.items()
        if not account.params.categories or category.value in account.params.categories
    }
    short = {need.category: need.hours for need in account.needs if need.category is not None}
    of_any = next((need.hours for need in account.needs if need.category is None and not need.courses), Decimal(0))
    in_short = {one: min(hours, short[one]) for one, hours in given.items() if one in short}
    # What lies beyond the categories that are short can be met by hours of any kind that count.
    open_to_any = max(of_any - sum(short.values()), Decimal(0))
    spare = sum(given.values(), Decimal(0)) - sum(in_short.values(), Decimal(0))
    total = sum(in_short.values(), Decimal(0)) + min(spare, open_to_any)
    if not total:
        return ""
    on = listed([f"{quantity(hours)} on {one.short_label}" for one, hours in in_short.items()])
    return f"{quantity(total)} of {counted(of_any, 'hour')} to go for {code}" + (f", of them {on}" if on else "")


def lacking_in_words(accounts: Iterable[Account]) -> str:
    """What somebody still lacks, over all requirements."""
    return "; ".join(f"{one.requirement.code}: {one.lacking}" for one in accounts if one.lacking)


def _last_day(account: Account) -> date | None:
    """The last day on which training helps; None where the window moves along with a decision to come."""
    due = account.finding.due_on
    return due if account.window is not None and due is not None and due >= account.window[1] else None


def help_in_words(accounts: Iterable[Account], offer: Offer) -> str:
    """What a session would add for somebody, over all requirements; nothing where it would not help."""
    return "; ".join(found for one in accounts if (found := helps(one, offer)))
