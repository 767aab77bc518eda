"""Kinds that count training: hours in a window, with minimums by category, and sets of courses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from certhub.rules.dossier import CompletionItem, Dossier, Occasion
from certhub.rules.findings import Finding, counted, listed, quantity, share
from certhub.rules.requirement_kinds.kind import (
    Kind,
    any_evidence,
    evidence_for,
    not_applicable,
    value_number,
    value_text,
)
from certhub.rules.requirement_kinds.parameters import MOST_HOURS, MOST_MONTHS, Parameters
from certhub.rules.standard import Requirement
from certhub.rules.terms import ONE_DAY, add_months, window_before, written
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import course_code_of, marks_of
from certhub.rules.vocabulary import ApplicationKind, Result, Verdict

CONTACT, WORK = "contact", "work"
EXPIRY, DECISION = "expiry", "decision"
FULL, PRORATED, EXEMPT = "full", "prorated", "exempt"
QUARTER_HOUR = Decimal("0.25")
FIRST_GRANTED = "first_granted_on"
_CATEGORIES = tuple(category.value for category in TrainingCategory)


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


@dataclass(frozen=True, slots=True)
class _Activity:
    id: int
    on: date
    hours: Decimal
    category: str
    waiting: bool = False


def _read_hours(raw: Parameters) -> HoursParameters:
    params = HoursParameters(
        unit=raw.text("unit", default=CONTACT, choices=(CONTACT, WORK)),
        min=raw.number("min", QUARTER_HOUR, MOST_HOURS),
        window_months=raw.whole_or_none("window_months", 1, MOST_MONTHS),
        anchor=raw.text("anchor", default=EXPIRY, choices=(EXPIRY, DECISION)),
        categories=raw.texts("categories", choices=_CATEGORIES, required=False),
        category_mins=raw.numbers("category_mins", QUARTER_HOUR, MOST_HOURS, choices=_CATEGORIES),
        provider_approved=raw.flag("provider_approved", default=False),
        carry_over_max=raw.number("carry_over_max", 0, MOST_HOURS, default=Decimal(0)),
        prorate=raw.flag("prorate", default=False),
        first_cycle=raw.text("first_cycle", default="", choices=(FULL, PRORATED, EXEMPT)),
    )
    if sum(params.category_mins.values()) > params.min:
        raw.problem("category_mins", f"ask for more hours together than the minimum of {quantity(params.min)}")
    stray = [name for name in params.category_mins if params.categories and name not in params.categories]
    if stray:
        raw.problem("category_mins", f'name {listed(stray)}, which parameter "categories" does not count')
    for name, needs_window in (
        ("carry_over_max", params.carry_over_max > 0),
        ("prorate", params.prorate),
        ("first_cycle", params.first_cycle == PRORATED),
    ):
        if needs_window and params.window_months is None:
            raw.problem(name, "needs window_months")
    return params


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
    before = _window_before(params, occasion)
    return (now,) if before is None else (now, before)


def _judge_hours(requirement: Requirement, params: HoursParameters, dossier: Dossier, occasion: Occasion) -> Finding:
    if params.first_cycle == EXEMPT and is_first_term(dossier, occasion):
        return _exempt(requirement, params, occasion)
    first, last = hours_window(params, occasion)
    inside = _activities(requirement, params, dossier, first, last)
    carried = _carried_over(requirement, params, dossier, occasion)
    total = sum((activity.hours for activity in inside), carried)
    factor, held = _proration(params, dossier, occasion)
    minimum = _lowered(params.min, factor)

    short_by_category: dict[str, Decimal] = {}
    parts_have, parts_need = [counted(total, "hour")], [counted(minimum, "hour")]
    sentence = [f"{quantity(total)} of {counted(minimum, 'hour')}"]
    for name, asked in params.category_mins.items():
        wanted = _lowered(asked, factor)
        had = sum((activity.hours for activity in inside if activity.category == name), Decimal(0))
        label = TrainingCategory(name).short_label
        parts_have.append(f"{label} {quantity(had)}")
        parts_need.append(f"{label} {quantity(wanted)}")
        sentence.append(f"{label} {quantity(had)} of {quantity(wanted)}")
        if had < wanted:
            short_by_category[name] = wanted - had

    to_go = max(minimum - total, sum(short_by_category.values(), Decimal(0)), Decimal(0))
    due_on = occasion.previous_expiry if params.anchor == EXPIRY else None
    waiting = any(activity.waiting for activity in inside)
    if to_go:
        deadline = f" by {written(due_on)}" if due_on is not None and due_on >= occasion.as_of else ""
        sentence.append(f"{counted(to_go, 'hour')} to go{deadline}")
        result = Result.PARTIAL if total else Result.NOT_MET
    else:
        result = Result.PARTIAL if waiting else Result.MET
    explanation = "; ".join(sentence) + "."
    before = _window_before(params, occasion)
    if carried and before is not None:
        spell = f"the {counted(params.window_months or 0, 'month')} up to {written(before[1])}"
        explanation += f" {counted(carried, 'hour')} carried over from {spell}."
    if to_go and due_on is not None and due_on < occasion.as_of:
        explanation += _after_the_last_day(due_on, occasion)
    if factor < 1:
        explanation += f" The minimum is lower because the credential was held {held} of {params.window_months} months."
    if waiting:
        explanation += " Waiting for review."
    return Finding(
        requirement.code,
        result,
        have="; ".join(parts_have),
        need="; ".join(parts_need),
        explanation=explanation,
        due_on=due_on,
        progress=share(minimum - to_go, minimum),
        evidence_ids=tuple(activity.id for activity in inside),
        provided=total > 0 or not minimum,
        awaiting_review=waiting and not to_go,
    )


def _after_the_last_day(due_on: date, occasion: Occasion) -> str:
    """Whether what is missing can still be made up, now that the last day has passed."""
    if occasion.kind is ApplicationKind.REINSTATEMENT:
        return f" Hours made up since {written(due_on)} count, too."
    later = " They would count for a reinstatement, after the grace period." if occasion.is_late else ""
    return f" Hours after {written(due_on)} do not count for this renewal.{later}"


def _activities(
    requirement: Requirement, params: HoursParameters, dossier: Dossier, first: date, last: date
) -> list[_Activity]:
    """What counts from the first to the last day; work is read from evidence, contact hours from completions."""
    if params.unit == WORK:
        return [
            _Activity(
                item.id,
                item.occurred_on,
                value_number(item, "hours"),
                value_text(item, "category"),
                waiting=item.verdict is not Verdict.ACCEPTED,
            )
            for item in evidence_for(requirement, dossier, last)
            if item.occurred_on is not None and item.occurred_on >= first
        ]
    return [
        _Activity(done.id, done.completed_on, done.hours, done.category)
        for done in once_each(
            done
            for done in dossier.completions
            if first <= done.completed_on <= last
            and not done.rejected
            and (not params.categories or done.category in params.categories)
            and (done.provider_approved or not params.provider_approved)
        )
    ]


def once_each(completions: Iterable[CompletionItem]) -> tuple[CompletionItem, ...]:
    """The completions in order of their dates, each once.

    Two entries of the same training (one from the provider, one from the employer; or one typed in twice) are one
    completion; the one with more hours stands.
    """
    found: list[CompletionItem] = []
    seen: set[tuple[object, ...]] = set()
    for done in sorted(completions, key=lambda one: (-one.hours, one.id)):
        marks = marks_of(done.title, done.provider, done.course_code, done.completed_on, done.category)
        if seen.isdisjoint(marks):
            found.append(done)
            seen |= marks
    return tuple(sorted(found, key=lambda one: (one.completed_on, one.id)))


def _carried_over(requirement: Requirement, params: HoursParameters, dossier: Dossier, occasion: Occasion) -> Decimal:
    """Hours beyond the minimum of the window before, since the first grant; hours needed then are not used again.

    They count for the total and for no category. The full minimum counts, even where that term was asked for less or
    for nothing: an exemption lightens a term and saves nothing up. What was carried into that window is not in it, so
    that no hour is carried twice.
    """
    granted, window = first_granted(dossier), _window_before(params, occasion)
    if granted is None or window is None:
        return Decimal(0)
    first, last = window
    activities = _activities(requirement, params, dossier, max(first, granted), last)
    earlier = sum((activity.hours for activity in activities), Decimal(0))
    return min(params.carry_over_max, max(Decimal(0), earlier - params.min))


def _window_before(params: HoursParameters, occasion: Occasion) -> tuple[date, date] | None:
    """The window before this one, where hours can be carried over from it."""
    if not params.carry_over_max or params.window_months is None or occasion.kind is ApplicationKind.INITIAL:
        return None
    return window_before(hours_window(params, occasion)[0] - ONE_DAY, params.window_months)


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


def _exempt(requirement: Requirement, params: HoursParameters, occasion: Occasion) -> Finding:
    began = "" if occasion.previous_start is None else f", which began on {written(occasion.previous_start)}"
    return not_applicable(
        requirement,
        need=f"{counted(params.min, 'hour')} from the second term on",
        explanation=f"No hours are asked for in the first term{began}. The next renewal asks for them.",
    )


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


def _lowered(minimum: Decimal, factor: Fraction) -> Decimal:
    """The minimum for a part of the window, rounded down to the quarter hour."""
    if factor == 1:
        return minimum
    return int(Fraction(minimum) * factor / Fraction(QUARTER_HOUR)) * QUARTER_HOUR


def _read_course_set(raw: Parameters) -> CourseSetParameters:
    ids = raw.texts("ids")
    return CourseSetParameters(
        ids=ids,
        need=raw.whole("need", 1, max(len(ids), 1), default=max(len(ids), 1)),
        min_score=raw.number_or_none("min_score", 0, 100),
    )


def _judge_course_set(
    requirement: Requirement, params: CourseSetParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    done: dict[str, CompletionItem] = {}
    too_low: set[str] = set()
    wanted = {course_code_of(one): one for one in params.ids}
    for completion in sorted(dossier.completions, key=lambda one: (one.completed_on, one.id)):
        code = wanted.get(course_code_of(completion.course_code))
        if code is None or completion.rejected or completion.completed_on > occasion.as_of:
            continue
        if params.min_score is not None and (completion.score is None or completion.score < params.min_score):
            too_low.add(code)
        else:
            done.setdefault(code, completion)
    missing = [code for code in params.ids if code not in done]
    explanation = f"{len(done)} of {counted(params.need, 'course')}"
    if len(done) < params.need:
        all_of = "still to do: " if params.need == len(params.ids) else "choose from: "
        explanation += f"; {all_of}{listed(missing)}"
    low = sorted(too_low - set(done))
    if low:
        explanation += f"; score below {quantity(params.min_score or 0)} or not given: {listed(low)}"
    met = len(done) >= params.need
    return Finding(
        requirement.code,
        Result.MET if met else Result.PARTIAL if done else Result.NOT_MET,
        have=listed(list(done)) or "None yet",
        need=f"{params.need} of {listed(params.ids)}" if params.need < len(params.ids) else listed(params.ids),
        explanation=explanation + ".",
        progress=share(len(done), params.need),
        evidence_ids=tuple(completion.id for completion in done.values()),
        provided=bool(done),
    )


def _has_completions(requirement: Requirement, params: object, dossier: Dossier) -> bool:  # noqa: ARG001 (shape of Kind)
    return bool(dossier.completions)


def _has_hours(requirement: Requirement, params: HoursParameters, dossier: Dossier) -> bool:
    has_any = _has_completions if params.unit == CONTACT else any_evidence
    return has_any(requirement, params, dossier)


def _entries(params: object, dossier: Dossier) -> object:  # noqa: ARG001 (shape of Kind)
    return sorted(done.id for done in dossier.completions)


def _entries_of_hours(params: HoursParameters, dossier: Dossier) -> object:
    return _entries(params, dossier) if params.unit == CONTACT else None


HOURS = Kind(_read_hours, _judge_hours, computed=True, has_data=_has_hours, records=_entries_of_hours)
COURSE_SET = Kind(_read_course_set, _judge_course_set, computed=True, has_data=_has_completions, records=_entries)
