"""What becomes of every piece of training under a requirement: it counts, or there is one ground why it does not.

Findings and transcripts are both read from here, so that what a transcript says of an entry is what was judged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from certhub.rules.dossier import CompletionItem, Dossier, Occasion
from certhub.rules.terms import ONE_DAY, add_months, window_before
from certhub.rules.training_entry import course_code_of, marks_of
from certhub.rules.vocabulary import ApplicationKind

CONTACT, WORK = "contact", "work"
EXPIRY, DECISION = "expiry", "decision"
FULL, PRORATED, EXEMPT = "full", "prorated", "exempt"
QUARTER_HOUR = Decimal("0.25")
FIRST_GRANTED = "first_granted_on"
NO_HOURS = Decimal(0)


@dataclass(frozen=True, slots=True)
class HoursParameters:
    """How many hours are asked for, in which window, and of which categories.

    `categories` limits what counts at all (everything where it is empty). `carry_over_max` hours beyond the minimum of
    the window before may be carried over. `prorate` lowers the minimums for a term shorter than the window.
    `first_cycle` says what a holder's first term asks for, whatever `prorate` says: all hours, hours in proportion, or
    none; where it is empty, the first term is like any other.
    """

    unit: str
    min: Decimal
    window_months: int | None
    anchor: str
    categories: tuple[str, ...]
    category_mins: Mapping[str, Decimal]
    provider_approved: bool
    carry_over_max: Decimal
    prorate: bool
    first_cycle: str


@dataclass(frozen=True, slots=True)
class CourseSetParameters:
    """Which courses are asked for, how many of them, and with what score."""

    ids: tuple[str, ...]
    need: int
    min_score: Decimal | None


class Ground(StrEnum):
    """Why an entry counts, or why it does not."""

    COUNTS = "counts"
    CARRIED = "carried"
    NEEDED_BEFORE = "needed_before"
    NOT_CARRIED = "not_carried"
    BEFORE_GRANT = "before_grant"
    BEFORE_WINDOW = "before_window"
    AFTER_WINDOW = "after_window"
    NOT_YET = "not_yet"
    REJECTED = "rejected"
    NOT_ASKED = "not_asked"
    NOT_APPROVED = "not_approved"
    TWICE = "twice"
    LOW_SCORE = "low_score"
    DONE_BEFORE = "done_before"
    SPARED = "spared"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Reckoned:
    """One entry under one requirement; `hours` of it count, and `instead` is the entry that counts in its place."""

    entry: CompletionItem
    ground: Ground
    hours: Decimal = NO_HOURS
    instead: CompletionItem | None = None

    @property
    def counts(self) -> bool:
        """Whether any of it counts, in its own window or carried over."""
        return self.ground in (Ground.COUNTS, Ground.CARRIED)


def hours_window(params: HoursParameters, occasion: Occasion) -> tuple[date, date]:
    """The first and last day on which an hour counts.

    "Within the 24 months immediately preceding the expiration date" (272 CMR 7.03) is measured back from the expiry,
    and from the day of the judgement where there is none. Nothing counts that lies after the day of the judgement.
    For a reinstatement, hours made up since the expiry count too, or it could never be earned back.
    """
    end = occasion.as_of
    if params.anchor == EXPIRY and occasion.previous_expiry is not None:
        end = occasion.previous_expiry
    start = date.min if params.window_months is None else window_before(end, params.window_months)[0]
    if occasion.kind is ApplicationKind.REINSTATEMENT or params.window_months is None:
        return start, occasion.as_of
    return start, min(end, occasion.as_of)


def counted_spans(params: HoursParameters, occasion: Occasion) -> tuple[tuple[date, date], ...]:
    """The spans of days, first and last included, in which a contact hour can count, now or carried over."""
    if params.unit != CONTACT:
        return ()
    now = hours_window(params, occasion)
    before = window_carried_from(params, occasion)
    return (now,) if before is None else (now, before)


def window_carried_from(params: HoursParameters, occasion: Occasion) -> tuple[date, date] | None:
    """The window before this one, where hours can be carried over from it."""
    if not params.carry_over_max or params.window_months is None or occasion.kind is ApplicationKind.INITIAL:
        return None
    return window_before(hours_window(params, occasion)[0] - ONE_DAY, params.window_months)


def hours_reckoned(params: HoursParameters, dossier: Dossier, occasion: Occasion) -> tuple[Reckoned, ...]:
    """What becomes of each completion under a requirement of contact hours, in the order of their dates.

    Hours beyond the minimum of the window before are carried over, since the first grant; those needed then are not
    used again. The full minimum is kept back, even where that term was asked for less or for nothing: an exemption
    lightens a term and saves nothing up. What was carried into that window is not in it, so that no hour is carried
    twice.
    """
    now = hours_window(params, occasion)
    before, granted = window_carried_from(params, occasion), first_granted(dossier)
    found: list[Reckoned] = []
    inside: list[CompletionItem] = []
    earlier: list[CompletionItem] = []
    for done in dossier.completions:
        day = done.completed_on
        in_time = now[0] <= day <= now[1]
        could_be_carried = before is not None and before[0] <= day <= before[1]
        if not in_time and not could_be_carried:
            found.append(Reckoned(done, Ground.BEFORE_WINDOW if day < now[0] else Ground.AFTER_WINDOW))
        elif done.rejected:
            found.append(Reckoned(done, Ground.REJECTED))
        elif params.categories and done.category not in params.categories:
            found.append(Reckoned(done, Ground.NOT_ASKED))
        elif params.provider_approved and not done.provider_approved:
            found.append(Reckoned(done, Ground.NOT_APPROVED))
        elif in_time:
            inside.append(done)
        elif granted is None or day < granted:
            found.append(Reckoned(done, Ground.BEFORE_GRANT))
        else:
            earlier.append(done)
    kept, twins = _told_apart(inside)
    found += [Reckoned(done, Ground.COUNTS, done.hours) for done in kept] + twins
    kept, twins = _told_apart(earlier)
    found += [*_carried(params, kept), *twins]
    return tuple(sorted(found, key=lambda one: (one.entry.completed_on, one.entry.id)))


def _told_apart(completions: Iterable[CompletionItem]) -> tuple[list[CompletionItem], list[Reckoned]]:
    """Each training once, in the order of the dates, and the entries of one that is there already.

    Two entries of the same training (one from the provider, one from the employer; or one typed in twice) are one
    completion; the one with more hours stands.
    """
    kept: list[CompletionItem] = []
    twins: list[Reckoned] = []
    alike: dict[tuple[date, str], list[CompletionItem]] = {}
    for done in completions:
        alike.setdefault((done.completed_on, done.category), []).append(done)
    for together in alike.values():
        if len(together) == 1:  # nothing else of that day and category: most of what is on file
            kept += together
            continue
        owner: dict[tuple[object, ...], CompletionItem] = {}
        for done in sorted(together, key=lambda one: (-one.hours, one.id)):
            marks = marks_of(done.title, done.provider, done.course_code, done.completed_on, done.category)
            known = min((owner[mark] for mark in marks if mark in owner), key=lambda one: one.id, default=None)
            if known is not None:
                twins.append(Reckoned(done, Ground.TWICE, instead=known))
                continue
            kept.append(done)
            owner |= dict.fromkeys(marks, done)
    return sorted(kept, key=lambda one: (one.completed_on, one.id)), twins


def _carried(params: HoursParameters, earlier: Sequence[CompletionItem]) -> list[Reckoned]:
    """The completions of the window before: the first hours were needed then, the next ones are carried over."""
    found: list[Reckoned] = []
    needed, room = params.min, params.carry_over_max
    for done in earlier:
        beyond = max(done.hours - needed, NO_HOURS)
        needed = max(needed - done.hours, NO_HOURS)
        hours = min(beyond, room)
        room -= hours
        if hours:
            found.append(Reckoned(done, Ground.CARRIED, hours))
        else:
            found.append(Reckoned(done, Ground.NOT_CARRIED if beyond else Ground.NEEDED_BEFORE))
    return found


def carried_beyond(params: HoursParameters, earlier: Decimal) -> Decimal:
    """How many of the hours of the window before are carried over."""
    return min(params.carry_over_max, max(NO_HOURS, earlier - params.min))


def courses_reckoned(params: CourseSetParameters, dossier: Dossier, occasion: Occasion) -> tuple[Reckoned, ...]:
    """What becomes of each completion under a set of courses, in the order of their dates; of a course the first."""
    found: list[Reckoned] = []
    first: dict[str, CompletionItem] = {}
    wanted = {course_code_of(one): one for one in params.ids}
    for done in sorted(dossier.completions, key=lambda one: (one.completed_on, one.id)):
        code = wanted.get(course_code_of(done.course_code))
        if code is None:
            found.append(Reckoned(done, Ground.NOT_ASKED))
        elif done.completed_on > occasion.as_of:
            found.append(Reckoned(done, Ground.NOT_YET))
        elif done.rejected:
            found.append(Reckoned(done, Ground.REJECTED))
        elif params.min_score is not None and (done.score is None or done.score < params.min_score):
            found.append(Reckoned(done, Ground.LOW_SCORE))
        elif code in first:
            found.append(Reckoned(done, Ground.DONE_BEFORE, instead=first[code]))
        else:
            first[code] = done
            found.append(Reckoned(done, Ground.COUNTS, done.hours))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class CategoryTally:
    """The hours of a category that has a minimum of its own."""

    category: str
    had: Decimal
    wanted: Decimal

    @property
    def short(self) -> Decimal:
        """How many hours are missing."""
        return max(self.wanted - self.had, NO_HOURS)


@dataclass(frozen=True, slots=True)
class Tally:
    """The hours that count, beside those that are asked for.

    Hours count for the total and in their category; carried ones for the total only. `held` of the window's months
    is what the minimums are in proportion to, None where they are the full ones.
    """

    by_category: Mapping[str, Decimal]
    carried: Decimal
    minimum: Decimal
    categories: tuple[CategoryTally, ...]
    held: int | None = None

    @property
    def total(self) -> Decimal:
        """All hours that count."""
        return sum(self.by_category.values(), self.carried)

    @property
    def to_go(self) -> Decimal:
        """How many more hours are needed at least; an hour of a category that is short closes both gaps."""
        of_categories = sum((one.short for one in self.categories), NO_HOURS)
        return max(self.minimum - self.total, of_categories, NO_HOURS)


def tally(
    params: HoursParameters,
    dossier: Dossier,
    occasion: Occasion,
    hours: Iterable[tuple[str, Decimal]],
    carried: Decimal,
) -> Tally:
    """Hours by category, with what was carried over, beside the minimums for the part of the window that was held."""
    factor, held = _proration(params, dossier, occasion)
    by_category: dict[str, Decimal] = {}
    for category, number in hours:
        by_category[category] = by_category.get(category, NO_HOURS) + number
    return Tally(
        by_category,
        carried,
        lowered(params.min, factor),
        tuple(
            CategoryTally(name, by_category.get(name, NO_HOURS), lowered(asked, factor))
            for name, asked in params.category_mins.items()
        ),
        held if factor < 1 else None,
    )


def tally_of(
    params: HoursParameters, dossier: Dossier, occasion: Occasion, reckoned: Iterable[Reckoned] | None = None
) -> Tally:
    """The tally of contact hours; `reckoned` where the caller has it already."""
    entries = hours_reckoned(params, dossier, occasion) if reckoned is None else reckoned
    inside: list[tuple[str, Decimal]] = []
    carried = NO_HOURS
    for one in entries:
        if one.ground is Ground.COUNTS:
            inside.append((one.entry.category, one.hours))
        carried += one.hours if one.ground is Ground.CARRIED else NO_HOURS
    return tally(params, dossier, occasion, inside, carried)


def spared(params: HoursParameters, dossier: Dossier, occasion: Occasion) -> bool:
    """Whether nothing is asked for, because the first term is exempt."""
    return params.first_cycle == EXEMPT and is_first_term(dossier, occasion)


def first_granted(dossier: Dossier) -> date | None:
    """The day of the party's first grant; None before it."""
    given = dossier.facts.get(FIRST_GRANTED)
    return date.fromisoformat(given) if isinstance(given, str) else given if isinstance(given, date) else None


def months_held(first: date, last: date) -> int:
    """Whole months from the first to the last day of a term, both included."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    while months > 0 and add_months(first, months) > last + ONE_DAY:
        months -= 1
    return max(months, 0)


def is_first_term(dossier: Dossier, occasion: Occasion) -> bool:
    """Whether the term that is renewed is the one that the party's first grant began.

    A new grant years after the first one, or a reinstatement, begins no first term again.
    """
    granted = first_granted(dossier)
    return granted is not None and occasion.previous_start is not None and occasion.previous_start <= granted


def _proration(params: HoursParameters, dossier: Dossier, occasion: Occasion) -> tuple[Fraction, int]:
    prorate = params.prorate
    if params.first_cycle and is_first_term(dossier, occasion):
        prorate = params.first_cycle == PRORATED
    if not prorate or params.window_months is None:
        return Fraction(1), 0
    if occasion.previous_start is None or occasion.previous_expiry is None:
        return Fraction(1), 0
    held = min(months_held(occasion.previous_start, occasion.previous_expiry), params.window_months)
    return Fraction(held, params.window_months), held


def lowered(minimum: Decimal, factor: Fraction) -> Decimal:
    """The minimum for a part of the window, rounded down to the quarter hour."""
    if factor == 1:
        return minimum
    return int(Fraction(minimum) * factor / Fraction(QUARTER_HOUR)) * QUARTER_HOUR
