"""The kind that asks for experience, in hours or months, by one of several paths."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from certhub.rules.dossier import Dossier, EvidenceItem, Occasion
from certhub.rules.findings import Finding, counted, listed, quantity, share
from certhub.rules.requirement_kinds.kind import (
    Kind,
    evidence_for,
    lacking,
    reviewed,
    value_date,
    value_number,
    value_text,
)
from certhub.rules.requirement_kinds.parameters import MOST_HOURS, MOST_MONTHS, Parameters
from certhub.rules.requirement_kinds.training_counting import months_held
from certhub.rules.standard import Requirement
from certhub.rules.terms import ONE_DAY, add_months
from certhub.rules.vocabulary import Result, Verdict


@dataclass(frozen=True, slots=True)
class ExperiencePath:
    """One way to show experience; each figure that is given must be reached."""

    id: str
    title: str
    settings: tuple[str, ...]
    min_hours: Decimal | None
    min_months: int | None
    min_mentorship_hours: Decimal | None
    within_years: int | None


@dataclass(frozen=True, slots=True)
class ExperienceParameters:
    """The path first named and its alternatives; one of them is enough."""

    paths: tuple[ExperiencePath, ...]


@dataclass(frozen=True, slots=True)
class _Progress:
    path: ExperiencePath
    items: tuple[EvidenceItem, ...]
    done: Fraction
    words: str


def _read_path(raw: Parameters) -> ExperiencePath:
    path = ExperiencePath(
        id=raw.text("id"),
        title=raw.text("title"),
        settings=raw.texts("settings", required=False),
        min_hours=raw.number_or_none("min_hours", 1, 100 * MOST_HOURS),
        min_months=raw.whole_or_none("min_months", 1, MOST_MONTHS),
        min_mentorship_hours=raw.number_or_none("min_mentorship_hours", 1, MOST_HOURS),
        within_years=raw.whole_or_none("within_years", 1, 50),
    )
    if path.min_hours is None and path.min_months is None:
        raw.problem("min_hours", "or min_months is needed")
    return path


def _read_experience(raw: Parameters) -> ExperienceParameters:
    paths = (_read_path(raw), *(_read_path(one) for one in raw.tables("alternatives")))
    if len({path.id for path in paths}) < len(paths):
        raw.problem("alternatives", "use the same id twice")
    return ExperienceParameters(paths)


def _judge_experience(
    requirement: Requirement, params: ExperienceParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    items = evidence_for(requirement, dossier, occasion.as_of)
    accepted = tuple(item for item in items if item.verdict is Verdict.ACCEPTED)
    need = listed([path.title for path in params.paths], last="or")
    for pool in (accepted, items):
        complete = [found for found in (_progress(path, pool, occasion) for path in params.paths) if found.done >= 1]
        if complete:
            found = complete[0]
            return reviewed(requirement, found.items, have=found.words, need=need, explanation=f"{found.words}.")
    nearest = max((_progress(path, items, occasion) for path in params.paths), key=lambda found: found.done)
    if not nearest.items:
        return lacking(requirement, need=need, explanation=f"Show one of these: {need}.")
    return Finding(
        requirement.code,
        Result.PARTIAL,
        have=nearest.words,
        need=need,
        explanation=f"Nearest so far: {nearest.words}. One of these is enough: {need}.",
        progress=nearest.done,
        evidence_ids=tuple(item.id for item in nearest.items),
    )


def _progress(path: ExperiencePath, pool: tuple[EvidenceItem, ...], occasion: Occasion) -> _Progress:
    oldest = date.min if path.within_years is None else add_months(occasion.as_of, -12 * path.within_years)
    items = tuple(
        item
        for item in pool
        if value_text(item, "path") == path.id
        and (not path.settings or value_text(item, "setting") in path.settings)
        and item.occurred_on is not None
        and item.occurred_on >= oldest
    )
    shares: list[Fraction] = []
    words: list[str] = []
    if path.min_hours is not None:
        hours = sum((_hours_since(item, oldest) for item in items), Decimal(0))
        shares.append(share(hours, path.min_hours))
        words.append(f"{quantity(hours)} of {counted(path.min_hours, 'hour')}")
    if path.min_months is not None:
        months = _months_together(items, oldest)
        shares.append(share(months, path.min_months))
        words.append(f"{months} of {counted(path.min_months, 'month')}")
    if path.min_mentorship_hours is not None:
        mentorship = sum((value_number(item, "mentorship_hours") for item in items), Decimal(0))
        shares.append(share(mentorship, path.min_mentorship_hours))
        words.append(f"{quantity(mentorship)} of {counted(path.min_mentorship_hours, 'hour')} with a mentor")
    return _Progress(path, items, sum(shares, Fraction(0)) / max(len(shares), 1), f"{path.title}: {listed(words)}")


def _hours_since(item: EvidenceItem, oldest: date) -> Decimal:
    """The hours that lie inside the window: all, or the part of the days for a spell that began before it."""
    hours, started_on, ended_on = value_number(item, "hours"), value_date(item, "started_on"), item.occurred_on
    if started_on is None or ended_on is None or started_on >= oldest:
        return hours
    return (hours * ((ended_on - oldest).days + 1) / ((ended_on - started_on).days + 1)).quantize(Decimal("0.01"))


def _months_together(items: tuple[EvidenceItem, ...], oldest: date) -> int:
    """Whole months of the spells; days on which two spells overlap count once."""
    spells = sorted(
        (max(started_on, oldest), item.occurred_on)
        for item in items
        if (started_on := value_date(item, "started_on")) is not None and item.occurred_on is not None
    )
    merged: list[tuple[date, date]] = []
    for first, last in spells:
        if merged and first <= merged[-1][1] + ONE_DAY:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return sum(months_held(first, last) for first, last in merged)


EXPERIENCE = Kind(_read_experience, _judge_experience)
