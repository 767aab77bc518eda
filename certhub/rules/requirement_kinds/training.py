"""Kinds that count training: hours in a window, with minimums by category, and sets of courses.

What counts is said in `training_counting`; here is how it is asked for, and the finding in words.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from certhub.rules.dossier import Dossier, Occasion
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
from certhub.rules.requirement_kinds.training_counting import (
    CONTACT,
    DECISION,
    EXEMPT,
    EXPIRY,
    FULL,
    NO_HOURS,
    PRORATED,
    QUARTER_HOUR,
    WORK,
    CourseSetParameters,
    Ground,
    HoursParameters,
    Tally,
    carried_beyond,
    courses_reckoned,
    first_granted,
    hours_reckoned,
    hours_window,
    spared,
    tally,
    tally_of,
    window_carried_from,
)
from certhub.rules.standard import Requirement
from certhub.rules.terms import written
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import course_code_of
from certhub.rules.vocabulary import ApplicationKind, Result, Verdict

_CATEGORIES = tuple(category.value for category in TrainingCategory)


@dataclass(frozen=True, slots=True)
class _Counted:
    """What counts for a requirement of hours: the tally, the ids of its items, and whether any waits for review."""

    tally: Tally
    ids: tuple[int, ...]
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


def _judge_hours(requirement: Requirement, params: HoursParameters, dossier: Dossier, occasion: Occasion) -> Finding:
    if spared(params, dossier, occasion):
        return _exempt(requirement, params, occasion)
    found = (_work if params.unit == WORK else _training)(requirement, params, dossier, occasion)
    hours, waiting = found.tally, found.waiting

    parts_have, parts_need = [counted(hours.total, "hour")], [counted(hours.minimum, "hour")]
    sentence = [f"{quantity(hours.total)} of {counted(hours.minimum, 'hour')}"]
    for one in hours.categories:
        label = TrainingCategory(one.category).short_label
        parts_have.append(f"{label} {quantity(one.had)}")
        parts_need.append(f"{label} {quantity(one.wanted)}")
        sentence.append(f"{label} {quantity(one.had)} of {quantity(one.wanted)}")

    to_go = hours.to_go
    due_on = occasion.previous_expiry if params.anchor == EXPIRY else None
    if to_go:
        deadline = f" by {written(due_on)}" if due_on is not None and due_on >= occasion.as_of else ""
        sentence.append(f"{counted(to_go, 'hour')} to go{deadline}")
        result = Result.PARTIAL if hours.total else Result.NOT_MET
    else:
        result = Result.PARTIAL if waiting else Result.MET
    explanation = "; ".join(sentence) + "."
    before = window_carried_from(params, occasion)
    if hours.carried and before is not None:
        spell = f"the {counted(params.window_months or 0, 'month')} up to {written(before[1])}"
        explanation += f" {counted(hours.carried, 'hour')} carried over from {spell}."
    if to_go and due_on is not None and due_on < occasion.as_of:
        explanation += _after_the_last_day(due_on, occasion)
    if hours.held is not None:
        held = f"{hours.held} of {params.window_months} months"
        explanation += f" The minimum is lower because the credential was held {held}."
    if waiting:
        explanation += " Waiting for review."
    return Finding(
        requirement.code,
        result,
        have="; ".join(parts_have),
        need="; ".join(parts_need),
        explanation=explanation,
        due_on=due_on,
        progress=share(hours.minimum - to_go, hours.minimum),
        evidence_ids=found.ids,
        provided=hours.total > 0 or not hours.minimum,
        awaiting_review=waiting and not to_go,
    )


def _after_the_last_day(due_on: date, occasion: Occasion) -> str:
    """Whether what is missing can still be made up, now that the last day has passed."""
    if occasion.kind is ApplicationKind.REINSTATEMENT:
        return f" Hours made up since {written(due_on)} count, too."
    later = " They would count for a reinstatement, after the grace period." if occasion.is_late else ""
    return f" Hours after {written(due_on)} do not count for this renewal.{later}"


def _training(_: Requirement, params: HoursParameters, dossier: Dossier, occasion: Occasion) -> _Counted:
    """Contact hours, from the completions."""
    reckoned = hours_reckoned(params, dossier, occasion)
    inside = tuple(one.entry.id for one in reckoned if one.ground is Ground.COUNTS)
    return _Counted(tally_of(params, dossier, occasion, reckoned), inside)


def _work(requirement: Requirement, params: HoursParameters, dossier: Dossier, occasion: Occasion) -> _Counted:
    """Hours of work, from the evidence that was given for the requirement."""
    first, last = hours_window(params, occasion)
    items = [
        item
        for item in evidence_for(requirement, dossier, last)
        if item.occurred_on is not None and item.occurred_on >= first
    ]
    return _Counted(
        tally(
            params,
            dossier,
            occasion,
            [(value_text(item, "category"), value_number(item, "hours")) for item in items],
            _work_carried(requirement, params, dossier, occasion),
        ),
        tuple(item.id for item in items),
        waiting=any(item.verdict is not Verdict.ACCEPTED for item in items),
    )


def _work_carried(requirement: Requirement, params: HoursParameters, dossier: Dossier, occasion: Occasion) -> Decimal:
    granted, window = first_granted(dossier), window_carried_from(params, occasion)
    if granted is None or window is None:
        return NO_HOURS
    first = max(window[0], granted)
    earlier = (
        value_number(item, "hours")
        for item in evidence_for(requirement, dossier, window[1])
        if item.occurred_on is not None and item.occurred_on >= first
    )
    return carried_beyond(params, sum(earlier, NO_HOURS))


def _exempt(requirement: Requirement, params: HoursParameters, occasion: Occasion) -> Finding:
    began = "" if occasion.previous_start is None else f", which began on {written(occasion.previous_start)}"
    return not_applicable(
        requirement,
        need=f"{counted(params.min, 'hour')} from the second term on",
        explanation=f"No hours are asked for in the first term{began}. The next renewal asks for them.",
    )


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
    reckoned = courses_reckoned(params, dossier, occasion)
    code_of = {course_code_of(one): one for one in params.ids}
    done = {code_of[course_code_of(one.entry.course_code)]: one.entry for one in reckoned if one.counts}
    too_low = {code_of[course_code_of(one.entry.course_code)] for one in reckoned if one.ground is Ground.LOW_SCORE}
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
