"""A person's transcript: for each requirement of training and each entry whether it counts, and why where it does not.

It is no second judgement: `requirement_kinds.training_counting` says what becomes of an entry, for the finding and for
this; here it is put into words. The sum of what counts is the total of the finding.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from certhub.rules.dossier import Dossier, Occasion
from certhub.rules.evaluation import counts_at
from certhub.rules.findings import Finding, counted, listed, quantity
from certhub.rules.requirement_kinds import Prepared, applies_to, counts_training, prepared
from certhub.rules.requirement_kinds.training_counting import (
    NO_HOURS,
    CourseSetParameters,
    Ground,
    HoursParameters,
    Reckoned,
    Tally,
    courses_reckoned,
    first_granted,
    hours_reckoned,
    hours_window,
    spared,
    tally_of,
)
from certhub.rules.standard import Requirement, Standard
from certhub.rules.terms import ONE_DAY, window_before, written
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import course_code_of
from certhub.rules.vocabulary import Result, Stage


@dataclass(frozen=True, slots=True)
class Line:
    """What one requirement makes of one entry: how many of its hours count, and the sentence that says so."""

    code: str
    ground: Ground
    sentence: str
    hours: Decimal = NO_HOURS

    @property
    def counts(self) -> bool:
        """Whether any of it counts."""
        return self.ground in (Ground.COUNTS, Ground.CARRIED)


@dataclass(frozen=True, slots=True)
class Need:
    """What somebody still lacks: hours of a category, hours of any kind (no category), or `number` of some courses."""

    code: str
    category: TrainingCategory | None = None
    hours: Decimal = NO_HOURS
    courses: tuple[str, ...] = ()
    number: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """One requirement of training: how it stands, the hours behind that, and what becomes of each entry.

    `tally` and `window` (the first and last day that count) are None for a set of courses.
    """

    requirement: Requirement
    params: HoursParameters | CourseSetParameters
    finding: Finding
    reckoned: tuple[Reckoned, ...]
    tally: Tally | None
    window: tuple[date, date] | None
    spared: bool

    @property
    def asked(self) -> bool:
        """Whether anything is asked for here: it is not waived, and nobody is spared in a first term."""
        return self.finding.result not in (Result.NOT_APPLICABLE, Result.WAIVED)

    @property
    def so_far(self) -> str:
        """What is there of what is asked for: "13.5 of 24 hours", "3 of 5 courses"."""
        if isinstance(self.params, CourseSetParameters):
            return f"{sum(one.counts for one in self.reckoned)} of {counted(self.params.need, 'course')}"
        return "" if self.tally is None else f"{quantity(self.tally.total)} of {counted(self.tally.minimum, 'hour')}"

    @property
    def lacking(self) -> str:
        """What is still lacking, in words: "10.5 hours, of them 1 on ethics"; nothing where nothing is."""
        if not self.needs:
            return ""
        first, *short = self.needs
        if first.courses:
            choice = "" if first.number == len(first.courses) else f"{first.number} of "
            return choice + listed(first.courses)
        of_them = listed([f"{quantity(one.hours)} on {one.category.short_label}" for one in short if one.category])
        return counted(first.hours, "hour") + (f", of them {of_them}" if of_them else "")

    @property
    def counts_until(self) -> date | None:
        """The last day on which training can still be finished for it; the window itself ends today at the latest."""
        if self.window is None:
            return None
        return max(self.window[1], self.finding.due_on or self.window[1])

    @property
    def counts_when(self) -> str:
        """When training must be finished to count, as a sentence; empty for courses and where nothing is asked for."""
        if self.window is None or self.counts_until is None or not self.asked:
            return ""
        first, last = self.window[0], written(self.counts_until)
        spell = f"at any time up to {last}" if first == date.min else f"from {written(first)} to {last}"
        return f"Training counts if it was finished {spell}."

    @property
    def needs(self) -> tuple[Need, ...]:
        """What is still lacking: the hours in all first, then each category that is short; or the courses."""
        if not self.asked:
            return ()
        code = self.requirement.code
        if isinstance(self.params, CourseSetParameters):
            done = {course_code_of(one.entry.course_code) for one in self.reckoned if one.counts}
            missing = tuple(one for one in self.params.ids if course_code_of(one) not in done)
            to_do = self.params.need - len(done)
            return (Need(code, courses=missing, number=to_do),) if to_do > 0 else ()
        if self.tally is None or not self.tally.to_go:
            return ()
        short = (Need(code, TrainingCategory(one.category), one.short) for one in self.tally.categories if one.short)
        return Need(code, hours=self.tally.to_go), *short


@dataclass(frozen=True, slots=True)
class CategoryHours:
    """Hours that count under one name, beside those that are asked for; 0 where nothing is."""

    label: str
    short_label: str
    had: Decimal
    wanted: Decimal


def hours_table(found: Account) -> list[CategoryHours]:
    """The hours of each category that has or needs some, those carried over, and all of them; empty for courses."""
    if found.tally is None or not found.asked:
        return []
    hours = found.tally
    wanted = {one.category: one.wanted for one in hours.categories}
    rows = [
        CategoryHours(
            one.label, one.short_label, hours.by_category.get(one.value, NO_HOURS), wanted.get(one.value, NO_HOURS)
        )
        for one in TrainingCategory
        if hours.by_category.get(one.value) or one.value in wanted
    ]
    if hours.carried:
        rows.append(CategoryHours("Carried over from the window before", "carried over", hours.carried, NO_HOURS))
    return [*rows, CategoryHours("All hours that count", "in all", hours.total, hours.minimum)]


class Span(StrEnum):
    """In which window an entry lies, seen from the term that is looked at."""

    AFTER = "after"
    NOW = "now"
    BEFORE = "before"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True)
class Windows:
    """The window of the term that is looked at, and the one before it, each with its first and last day."""

    now: tuple[date, date]
    before: tuple[date, date]

    def of(self, day: date) -> Span:
        """The window that a day lies in."""
        if day > self.now[1]:
            return Span.AFTER
        if day >= self.now[0]:
            return Span.NOW
        return Span.BEFORE if day >= self.before[0] else Span.EARLIER


def asked_at(standard: Standard, occasion: Occasion) -> list[Prepared]:
    """The requirements of a standard that look at training on an occasion."""
    return [
        prepared(one)
        for one in standard.requirements
        if counts_training(one)
        and (counts_at(one, occasion.kind, late=occasion.is_late) or Stage.ONGOING in one.stages)
    ]


def accounts(asked: Iterable[Prepared], dossier: Dossier, occasion: Occasion) -> list[Account]:
    """What each requirement that applies to the person makes of the training in the dossier."""
    return [_account(one, dossier, occasion) for one in asked if applies_to(one.requirement, dossier)]


def _account(asked: Prepared, dossier: Dossier, occasion: Occasion) -> Account:
    finding, params = asked.judge(dossier, occasion), asked.params
    if isinstance(params, CourseSetParameters):
        reckoned = courses_reckoned(params, dossier, occasion)
        return Account(asked.requirement, params, finding, reckoned, tally=None, window=None, spared=False)
    reckoned = hours_reckoned(params, dossier, occasion)
    return Account(
        asked.requirement,
        params,
        finding,
        reckoned,
        tally=tally_of(params, dossier, occasion, reckoned),
        window=hours_window(params, occasion),
        spared=spared(params, dossier, occasion),
    )


def lines(found: Account, dossier: Dossier, occasion: Occasion, reasons: Mapping[int, str]) -> dict[int, Line]:
    """For each entry by its number the sentence of one requirement; `reasons` are those of reviewers who rejected."""
    code = found.requirement.code
    if found.spared:
        line = Line(code, Ground.SPARED, "No hours are asked for in the first term.")
        return {one.entry.id: line for one in found.reckoned}
    return {
        one.entry.id: Line(
            code,
            one.ground,
            sentence_of(one, found.params, dossier, occasion, reasons.get(one.entry.id, "")),
            one.hours,
        )
        for one in found.reckoned
    }


def windows_of(params: HoursParameters | None, occasion: Occasion, *, months: int) -> Windows:
    """The windows that entries are grouped by: of a requirement of hours, or of `months` where there is none."""
    months = months if params is None or params.window_months is None else params.window_months
    last = occasion.previous_expiry or occasion.as_of
    if params is not None and params.window_months is not None:
        first = hours_window(params, occasion)[0]
        last = max(last, hours_window(params, occasion)[1])
    else:
        first = window_before(last, months)[0]
    return Windows((first, last), window_before(first - ONE_DAY, months))


def sentence_of(
    one: Reckoned,
    params: HoursParameters | CourseSetParameters,
    dossier: Dossier,
    occasion: Occasion,
    reason: str = "",
) -> str:
    """Why an entry counts or does not, as its owner is told."""
    if one.ground is Ground.REJECTED:
        return f"DPH found that this training is not approved{': ' + reason.rstrip('.') if reason else ''}."
    if isinstance(params, CourseSetParameters):
        return _of_course(one, params, occasion)
    return _of_hours(one, params, dossier, occasion)


def _of_hours(one: Reckoned, params: HoursParameters, dossier: Dossier, occasion: Occasion) -> str:
    entry, (first, last) = one.entry, hours_window(params, occasion)
    finished = f"Finished on {written(entry.completed_on)}"
    match one.ground:
        case Ground.COUNTS:
            return f"{counted(one.hours, 'hour counts', 'hours count')}."
        case Ground.CARRIED:
            some = "" if one.hours == entry.hours else f" of its {quantity(entry.hours)}"
            verb = "is" if one.hours == 1 and not some else "are"
            noun = "hours" if some else "hour" if one.hours == 1 else "hours"
            return f"{quantity(one.hours)}{some} {noun} {verb} carried over from the window before."
        case Ground.NEEDED_BEFORE:
            return f"Needed for the window before, which ended on {written(first - ONE_DAY)}."
        case Ground.NOT_CARRIED:
            return f"Beyond the {counted(params.carry_over_max, 'hour')} that can be carried over."
        case Ground.BEFORE_GRANT:
            granted = first_granted(dossier)
            of = f" on {written(granted)}" if granted else ""
            return f"{finished}, before the first certificate{of}. Hours are carried over from then on only."
        case Ground.BEFORE_WINDOW:
            return f"{finished}, before the window that began on {written(first)}."
        case Ground.AFTER_WINDOW:
            return f"{finished}, after {written(last)}, the last day that counts."
        case Ground.NOT_ASKED:
            return f"“{TrainingCategory(entry.category).label}” is not one of the categories that count here."
        case Ground.NOT_APPROVED:
            return "The provider is not on record as approved, and only approved training counts here."
        case _:
            return _twice(one)


def _twice(one: Reckoned) -> str:
    instead = one.instead or one.entry
    given = f" from {instead.provider}" if instead.provider else ""
    return f"Entered twice: the entry with {counted(instead.hours, 'hour')}{given} counts."


def _of_course(one: Reckoned, params: CourseSetParameters, occasion: Occasion) -> str:
    entry = one.entry
    match one.ground:
        case Ground.COUNTS:
            return f"Counts as course {entry.course_code}."
        case Ground.NOT_YET:
            return f"Finished on {written(entry.completed_on)}, after {written(occasion.as_of)}."
        case Ground.LOW_SCORE:
            needed = f"{quantity(params.min_score or 0)} percent are needed"
            if entry.score is None:
                return f"No score is on file; {needed}."
            return f"The score is {quantity(entry.score)} percent; {needed}."
        case Ground.DONE_BEFORE:
            return f"Taken before: the course of {written((one.instead or entry).completed_on)} counts."
        case _:
            return "Not one of the courses that are asked for."


def retired(*, on: date, corrected: bool) -> str:
    """What is said of an entry that was taken back or corrected; it counts for nothing."""
    if corrected:
        return f"Corrected on {written(on)}: a newer entry stands in its place."
    return f"Taken back on {written(on)}. It counts for nothing."
