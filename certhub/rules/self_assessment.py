"""A practice rates itself: several people answer, talk about where they differ, and record one score for each theme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from certhub.rules.findings import listed
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds.instrument_scales import Instrument, InstrumentScore, complete, steps
from certhub.rules.terms import written
from certhub.rules.vocabulary import RespondentRole

FAR_APART = 2
"""Answers that lie more than this apart are to be talked about before a score is recorded."""

LINK_LASTS = timedelta(days=30)
"""How long a personal link to the questions works."""

RESPONDENT_LABELS: Mapping[RespondentRole, str] = {
    RespondentRole.PHYSICIAN: "Physician",
    RespondentRole.NURSE: "Nurse",
    RespondentRole.FRONT_DESK: "Front desk",
    RespondentRole.MANAGER: "Practice manager",
    RespondentRole.COORDINATION: "Care coordination",
    RespondentRole.FAMILY_ADVISOR: "Family advisor",
    RespondentRole.OTHER: "Other staff",
}

MOST_RESPONDENTS = 20

_MOST_MOVED = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """What one person answered: from where they see the practice, and their score for each theme so far."""

    who: str
    role: RespondentRole
    scores: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ThemeAnswers:
    """Everybody's answers for one theme as (who, score), in the order of the people."""

    theme: str
    title: str
    given: tuple[tuple[str, int], ...]

    @property
    def apart(self) -> int:
        """How far the highest answer lies above the lowest."""
        scores = [score for _, score in self.given]
        return max(scores) - min(scores) if scores else 0

    @property
    def far_apart(self) -> bool:
        """Whether the answers differ so much that they are to be talked about."""
        return self.apart > FAR_APART


@dataclass(frozen=True, slots=True)
class Profile:
    """A recorded self-assessment: when, with what scores, and what they come to."""

    held_on: date
    scores: Mapping[str, int]
    score: InstrumentScore


@dataclass(frozen=True, slots=True)
class DomainChange:
    """One domain's mean now and last time; None where there was no last time."""

    domain: str
    title: str
    now: Decimal
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """How far the mean has moved."""
        return None if self.before is None else self.now - self.before


@dataclass(frozen=True, slots=True)
class ThemeChange:
    """One theme's score now and last time."""

    theme: str
    title: str
    now: int
    before: int

    @property
    def change(self) -> Decimal:
        """How far the score has moved."""
        return Decimal(self.now - self.before)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A profile beside the one before it with the same instrument, where there is one."""

    now: Profile
    before: Profile | None
    domains: tuple[DomainChange, ...]
    moved: tuple[ThemeChange, ...]
    """The themes that moved most, up or down."""

    @property
    def percent_change(self) -> Decimal | None:
        """Percentage points since the last one."""
        return None if self.before is None else self.now.score.percent - self.before.score.percent


def read_scores(instrument: Instrument, domain: str, typed: Mapping[str, str]) -> dict[str, int | None]:
    """The scores that were chosen on the page of one domain, None for a theme that was left open.

    `typed` holds them by theme. Raises `Refusal` for what is not on the scale.
    """
    known = {step.score for step in steps(instrument)}
    found: dict[str, int | None] = {}
    for theme in instrument.themes_of(domain):
        text = typed.get(theme, "").strip()
        score = int(text) if text.isascii() and text.isdigit() and len(text) == 1 else None
        if text and score not in known:
            raise Refusal("Choose one of the answers of the list.", field=f"theme-{theme}")
        found[theme] = score
    return found


def with_scores(scores: Mapping[str, int], chosen: Mapping[str, int | None]) -> dict[str, int]:
    """Scores with those of one page put in: what was left open there is taken out."""
    merged = {**scores, **chosen}
    return {theme: score for theme, score in sorted(merged.items()) if score is not None}


def missing_themes(instrument: Instrument, scores: Mapping[str, int]) -> list[str]:
    """The themes without a score, by number and title."""
    return [f"{theme} {title}" for theme, title in instrument.themes.items() if theme not in scores]


def answers_by_theme(instrument: Instrument, domain: str, people: Sequence[Answered]) -> list[ThemeAnswers]:
    """Everybody's answers for each theme of a domain."""
    return [
        ThemeAnswers(theme, title, tuple((one.who, one.scores[theme]) for one in people if theme in one.scores))
        for theme, title in instrument.themes_of(domain).items()
    ]


def themes_to_discuss(instrument: Instrument, people: Sequence[Answered]) -> list[ThemeAnswers]:
    """The themes whose answers lie far apart."""
    return [
        found for domain in instrument.domains for found in answers_by_theme(instrument, domain, people)
        if found.far_apart
    ]  # fmt: skip


def require_closable(
    instrument: Instrument,
    consensus: Mapping[str, int],
    people: Sequence[Answered],
    *,
    held_on: date,
    opened_on: date,
    today: date,
) -> None:
    """Raises `Refusal` while a self-assessment cannot be closed, with what is still to do."""
    if not any(complete(instrument, one.scores) for one in people):
        raise Refusal("Nobody has answered every theme yet. At least one person must finish before you can close.")
    missing = missing_themes(instrument, consensus)
    if missing:
        raise Refusal(f"The agreed score is missing for {listed(missing)}. Record it first.")
    if held_on > today:
        raise Refusal("The meeting lies in the future. Close this after you have met.", field="held_on")
    if held_on < opened_on:
        raise Refusal(
            f"The self-assessment was started on {written(opened_on)}. Enter that day or a later one.", field="held_on"
        )


def compared(instrument: Instrument, now: Profile, before: Profile | None) -> Comparison:
    """A profile beside the one before it."""
    domains = tuple(
        DomainChange(
            domain, title, now.score.domain_means[domain], before.score.domain_means[domain] if before else None
        )
        for domain, title in instrument.domains.items()
    )
    changes = [
        ThemeChange(theme, title, now.scores[theme], before.scores[theme])
        for theme, title in instrument.themes.items()
        if before is not None and now.scores[theme] != before.scores[theme]
    ]
    changes.sort(key=lambda one: -abs(one.change))  # a stable sort: equal ones stay in the order of the themes
    return Comparison(now, before, domains, tuple(changes[:_MOST_MOVED]))
