"""Kinds that are computed from what happens: ratio, relationship rule, participation."""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from certhub.rules.champions import CHAMPION_LABELS, champion_in_words, missing_roles
from certhub.rules.dossier import Dossier, EvidenceItem, Occasion, ParticipationItem
from certhub.rules.findings import Finding, counted, listed, quantity, share
from certhub.rules.requirement_kinds.kind import (
    Kind,
    any_evidence,
    evidence_for,
    not_applicable,
    reviewed,
    value_text,
)
from certhub.rules.requirement_kinds.parameters import MOST_MONTHS, Parameters
from certhub.rules.requirement_kinds.training_counting import DECISION, EXPIRY
from certhub.rules.standard import Requirement
from certhub.rules.terms import window_before, written
from certhub.rules.vocabulary import ApplicationKind, Result, Verdict

_OPERATORS: Mapping[str, tuple[Callable[[Any, Any], bool], str]] = {
    "<=": (operator.le, "at most"),
    "<": (operator.lt, "less than"),
    ">=": (operator.ge, "at least"),
    ">": (operator.gt, "more than"),
    "==": (operator.eq, "exactly"),
}
MOST_EVENTS_TOLD = 5
"""How many events an explanation names."""
MOST_CONFLICTS_TOLD = 5
"""How many conflicts an explanation tells in full, so that one shared owner of many practices stays readable."""
NO_CONFLICTS, EMPLOYED, CHAMPIONS = "no_conflicts", "employed_by_certified_vendor", "champions_named"
HELD_PREFIX = "events_held_"


@dataclass(frozen=True, slots=True)
class RatioParameters:
    """Which computed figure is compared with which limit; `label` and `per` name it in sentences."""

    metric: str
    op: str
    limit: Decimal
    label: str
    per: str


@dataclass(frozen=True, slots=True)
class RelationshipParameters:
    """Which rules over relationships must hold: no conflict of independence, employment at a certified vendor."""

    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParticipationParameters:
    """How many events of a type (or what share of those held, in percent) are attended in a window."""

    event_type: str
    min_count: int | None
    min_percent: Decimal | None
    window_months: int
    anchor: str


def _read_ratio(raw: Parameters) -> RatioParameters:
    return RatioParameters(
        metric=raw.text("metric"),
        op=raw.text("op", choices=tuple(_OPERATORS)),
        limit=raw.number("limit", 0, 1_000_000),
        label=raw.text("label"),
        per=raw.text("per", default=""),
    )


def _judge_ratio(requirement: Requirement, params: RatioParameters, dossier: Dossier, occasion: Occasion) -> Finding:
    compare, words = _OPERATORS[params.op]
    per = f" per {params.per}" if params.per else ""
    need = f"{params.label}: {words} {quantity(params.limit)}{per}"
    value = dossier.metrics.get(params.metric)
    if value is None and occasion.kind is ApplicationKind.INITIAL:
        return not_applicable(requirement, need=need, explanation="There is no figure before the first term begins.")
    if value is None:
        return Finding(
            requirement.code,
            Result.NOT_MET,
            have="No figure yet",
            need=need,
            explanation=f"{params.label} has not been reported yet.",
            provided=False,
        )
    met = compare(value, params.limit)
    verb = "is" if met else "is not"
    shown = quantity(value)
    progress = share(value, params.limit) if params.op in (">=", ">") else share(params.limit, value)
    return Finding(
        requirement.code,
        Result.MET if met else Result.NOT_MET,
        have=f"{shown}{per}",
        need=need,
        explanation=f"{params.label}: {shown}{per}, which {verb} {words} {quantity(params.limit)}.",
        progress=share(1, 1) if met else progress,
    )


def _has_metric(requirement: Requirement, params: RatioParameters, dossier: Dossier) -> bool:  # noqa: ARG001 (shape of Kind)
    return params.metric in dossier.metrics


def _read_relationship(raw: Parameters) -> RelationshipParameters:
    return RelationshipParameters(raw.texts("rules", choices=(NO_CONFLICTS, EMPLOYED, CHAMPIONS)))


def _judge_relationship(
    requirement: Requirement, params: RelationshipParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    faults: list[str] = []
    needs: list[str] = []
    haves: list[str] = []
    if EMPLOYED in params.rules:
        needs.append("Employed by a certified vendor")
        if dossier.employed_by_certified_vendor:
            haves.append("Employed by a certified vendor")
        else:
            faults.append(f"No employment at a certified vendor is on file for {written(occasion.as_of)}.")
    if NO_CONFLICTS in params.rules:
        needs.append("no conflict with a practice" if needs else "No conflict with a practice")
        faults.extend(sorted(dossier.conflicts)[:MOST_CONFLICTS_TOLD])
        if len(dossier.conflicts) > MOST_CONFLICTS_TOLD:
            faults.append(f"There are {len(dossier.conflicts) - MOST_CONFLICTS_TOLD} more conflicts like these.")
        conflicts = counted(len(dossier.conflicts), "conflict") if dossier.conflicts else "no conflict"
        haves.append(conflicts if haves else conflicts.capitalize())
    if CHAMPIONS in params.rules:
        needs.append("A physician champion and a staff champion")
        haves.extend(
            champion_in_words(one.name, one.role) for one in sorted(dossier.champions, key=lambda one: one.role)
        )
        missing = missing_roles(one.role for one in dossier.champions)
        if missing:
            faults.append(f"No {listed([CHAMPION_LABELS[role].lower() for role in missing])} is on file.")
    have = ", ".join(haves) or "Nothing on file"
    return Finding(
        requirement.code,
        Result.NOT_MET if faults else Result.MET,
        have=have,
        need=", ".join(needs),
        explanation=" ".join(faults) or f"{have}.",
    )


def _always(requirement: Requirement, params: object, dossier: Dossier) -> bool:  # noqa: ARG001 (shape of Kind)
    return True


def _read_participation(raw: Parameters) -> ParticipationParameters:
    params = ParticipationParameters(
        event_type=raw.text("event_type"),
        min_count=raw.whole_or_none("min_count", 1, 100),
        min_percent=raw.number_or_none("min_percent", 1, 100),
        window_months=raw.whole("window_months", 1, MOST_MONTHS),
        anchor=raw.text("anchor", default=EXPIRY, choices=(EXPIRY, DECISION)),
    )
    if (params.min_count is None) == (params.min_percent is None):
        raw.problem("min_count", "or min_percent is needed, and only one of them")
    return params


def _judge_participation(
    requirement: Requirement, params: ParticipationParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    measured = params.anchor == EXPIRY and occasion.previous_expiry is not None
    end = occasion.previous_expiry if measured and occasion.previous_expiry is not None else occasion.as_of
    first = window_before(end, params.window_months)[0]
    last = occasion.as_of if occasion.kind is ApplicationKind.REINSTATEMENT else min(end, occasion.as_of)
    recorded = [one for one in _recorded(params, dossier) if first <= one.occurred_on <= last]
    known_days = {one.occurred_on for one in recorded}
    attended: dict[tuple[str, object], EvidenceItem] = {}
    for item in evidence_for(requirement, dossier, occasion.as_of):
        fits = value_text(item, "event_type") in ("", params.event_type)
        if item.occurred_on in known_days:
            continue  # whatever name somebody typed: DPH recorded the meeting of that day
        if fits and item.occurred_on is not None and first <= item.occurred_on <= last:
            meeting = (value_text(item, "event").strip().casefold(), item.occurred_on)
            if meeting not in attended or item.verdict is Verdict.ACCEPTED:
                attended[meeting] = item
    what = params.event_type.replace("_", " ")
    had = len(recorded) + len(attended)
    wanted, need = _events_wanted(params, dossier, what)
    if wanted is None:
        return not_applicable(requirement, need=need, explanation=f"No {what} was held in this time.")
    missing = max(0, wanted - had)
    due_on = end if measured else None
    explanation = f"{had} of {counted(wanted, what)} since {written(first)}"
    named = _named(recorded)
    if not missing:
        accepted = [item for item in attended.values() if item.verdict is Verdict.ACCEPTED]
        counting = accepted if len(recorded) + len(accepted) >= wanted else attended.values()
        finding = reviewed(
            requirement,
            sorted(counting, key=lambda item: item.id),
            have=counted(had, what),
            need=need,
            explanation=f"{explanation}.{named}",
            due_on=due_on,
        )
        return replace(finding, progress=share(had, wanted))
    explanation += f"; {missing} to go"
    explanation += f" by {written(due_on)}" if due_on is not None and due_on >= occasion.as_of else ""
    return Finding(
        requirement.code,
        Result.PARTIAL if had else Result.NOT_MET,
        have=counted(had, what),
        need=need,
        explanation=f"{explanation}.{named}",
        due_on=due_on,
        progress=share(had, wanted),
        evidence_ids=tuple(sorted(item.id for item in attended.values())),
        provided=had > 0,
    )


def _recorded(params: ParticipationParameters, dossier: Dossier) -> list[ParticipationItem]:
    """The events of the type that DPH recorded, in the order of their days: these need no word of a reviewer."""
    fitting = (one for one in dossier.participations if one.event_type == params.event_type)
    return sorted(fitting, key=lambda one: (one.occurred_on, one.id))


def _named(recorded: list[ParticipationItem]) -> str:
    """The events on record by name, the latest ones where there are many."""
    if not recorded:
        return ""
    told = [f"{one.title} ({written(one.occurred_on)})" for one in recorded[-MOST_EVENTS_TOLD:]]
    more = len(recorded) - len(told)
    return f" On record: {listed([*told, f'{more} before'] if more else told)}."


def _events_wanted(params: ParticipationParameters, dossier: Dossier, what: str) -> tuple[int | None, str]:
    if params.min_count is not None:
        return params.min_count, f"{counted(params.min_count, what)} in {counted(params.window_months, 'month')}"
    percent = params.min_percent or Decimal(0)
    held = dossier.metrics.get(HELD_PREFIX + params.event_type, Decimal(0))
    need = f"{quantity(percent)} percent of the {what}s held in {counted(params.window_months, 'month')}"
    if held <= 0:
        return None, need
    return math.ceil(held * percent / 100), need


def _figure(params: RatioParameters, dossier: Dossier) -> object:
    return dossier.metrics.get(params.metric)


def _relationships(params: RelationshipParameters, dossier: Dossier) -> object:
    if CHAMPIONS in params.rules:
        return sorted((one.role.value, one.name) for one in dossier.champions)
    # Not the sentences of the conflicts: they tell the days that are left, and so change by themselves.
    return sorted(dossier.relationships), len(dossier.conflicts), dossier.employed_by_certified_vendor


def _participations(params: ParticipationParameters, dossier: Dossier) -> object:
    # Not the titles: that a meeting is called something else answers no word of a reviewer.
    return [(one.id, one.occurred_on) for one in _recorded(params, dossier)]


def _took_part(requirement: Requirement, params: ParticipationParameters, dossier: Dossier) -> bool:
    return bool(_recorded(params, dossier)) or any_evidence(requirement, params, dossier)


RATIO = Kind(_read_ratio, _judge_ratio, computed=True, has_data=_has_metric, records=_figure)
RELATIONSHIP_RULE = Kind(
    _read_relationship, _judge_relationship, computed=True, has_data=_always, records=_relationships
)
PARTICIPATION = Kind(_read_participation, _judge_participation, has_data=_took_part, records=_participations)
