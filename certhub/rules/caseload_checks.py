"""What in a caseload report needs a question: beside the assignments, the month before, and the capacity model.

A question stands in nobody's way. The report is filed, DPH reads the question, and the vendor answers or corrects.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from certhub.rules.assignment import Load
from certhub.rules.caseload import Caseload, Light, decimal, utilisation
from certhub.rules.caseload_report import (
    ADMISSIONS,
    CHILDREN,
    CLOSURES,
    CONTACTED,
    ENCOUNTERS,
    FAMILIES,
    SCOPE_FLAGGED,
    Line,
    caseload_of,
    first_month_of,
    month_in_words,
)
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import add_months, last_day_of_month

SUDDEN = Fraction(1, 2)
"""A change of more than this part of the month before is asked about."""
TOO_FEW_TO_ASK = 5
"""Children; a smaller change is never sudden, however large its part."""
MORE_THAN_PLANNED = Fraction(5, 4)
"""A caseload of more than so many times what the assignments plan for is asked about (program default)."""
SHORTEST_WORDS = 10
"""Letters of an answer, so that it says something."""

Pair = tuple[int, int]
"""A coordinator and a practice."""


class Check(StrEnum):
    """What was looked at."""

    NO_ASSIGNMENT = "no_assignment"
    NO_LINE = "no_line"
    FLOW = "flow"
    CAP = "cap"
    CAPACITY = "capacity"
    PLACES = "places"
    FIRST_MONTH = "first_month"
    CONTACTS = "contacts"
    SUDDEN = "sudden"
    NO_ENCOUNTERS = "no_encounters"
    SCOPE = "scope"


CHECK_LABELS: Mapping[Check, str] = MappingProxyType(
    {
        Check.NO_ASSIGNMENT: "Reported without an assignment",
        Check.NO_LINE: "Assigned and not reported",
        Check.FLOW: "Comings and goings do not add up",
        Check.CAP: "More children than the cap",
        Check.CAPACITY: "Over capacity",
        Check.PLACES: "More children than planned",
        Check.FIRST_MONTH: "More new children than admissions",
        Check.CONTACTS: "More contacts than families",
        Check.SUDDEN: "Sudden change",
        Check.NO_ENCOUNTERS: "Children and no encounters",
        Check.SCOPE: "Outside the scope of practice?",
    }
)


class QuestionState(StrEnum):
    """Where a question stands."""

    OPEN = "open"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"


STATE_LABELS: Mapping[QuestionState, str] = MappingProxyType(
    {
        QuestionState.OPEN: "Waits for the vendor",
        QuestionState.ANSWERED: "Answered, waits for DPH",
        QuestionState.ACCEPTED: "Accepted",
        QuestionState.CORRECTED: "Corrected by a new report",
    }
)
STATE_TONES: Mapping[QuestionState, str] = MappingProxyType(
    {
        QuestionState.OPEN: "warning",
        QuestionState.ANSWERED: "info",
        QuestionState.ACCEPTED: "good",
        QuestionState.CORRECTED: "quiet",
    }
)


class Move(StrEnum):
    """What can be done with a question."""

    ANSWERED = "answered"
    ASKED_AGAIN = "asked_again"
    ACCEPTED = "accepted"


MOVE_LABELS: Mapping[Move, str] = MappingProxyType(
    {Move.ANSWERED: "Answered", Move.ASKED_AGAIN: "Asked again", Move.ACCEPTED: "Accepted"}
)

_MOVES: Mapping[Move, tuple[frozenset[QuestionState], QuestionState]] = MappingProxyType(
    {
        Move.ANSWERED: (frozenset({QuestionState.OPEN}), QuestionState.ANSWERED),
        Move.ASKED_AGAIN: (frozenset({QuestionState.ANSWERED}), QuestionState.OPEN),
        Move.ACCEPTED: (frozenset({QuestionState.OPEN, QuestionState.ANSWERED}), QuestionState.ACCEPTED),
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One question: what was looked at, about whom, and the sentence that asks."""

    check: Check
    coordinator_id: int
    practice_id: int | None
    sentence: str

    @property
    def key(self) -> tuple[Check, int, int | None, str]:
        """What makes two questions the same one."""
        return (self.check, self.coordinator_id, self.practice_id, self.sentence)


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with what is on file beside it.

    `before` is the report of the month before, None where there is none; `full_time` the part of a full-time position
    of each coordinator at this vendor in the month, and `names` what everybody and every practice is called.
    """

    month: date
    lines: Mapping[Pair, Line]
    placed: Mapping[Pair, Sequence[Span]]
    before: Mapping[Pair, Line] | None
    full_time: Mapping[int, Fraction]
    names: Mapping[int, str]
    loads: Mapping[Pair, Sequence[Load]] = field(default_factory=dict)
    """What the assignments of the month plan for."""


def findings(reported: Reported) -> list[Finding]:
    """What to ask about, in the order of people's names."""
    found = [
        *_without_assignment(reported),
        *_without_line(reported),
        *(finding for pair, line in reported.lines.items() for finding in _of_line(reported, pair, line)),
        *_of_people(reported),
    ]
    order = list(Check)
    names = reported.names
    return sorted(
        found, key=lambda one: (names[one.coordinator_id], names.get(one.practice_id or 0, ""), order.index(one.check))
    )


def state_after(state: QuestionState, move: Move) -> QuestionState:
    """Where a question stands after a move. Raises `Refusal` for one that cannot be."""
    allowed, after = _MOVES[move]
    if state not in allowed:
        raise Refusal(f"This question stands at “{STATE_LABELS[state]}”. Look at the page again before you go on.")
    return after


def can_move(state: QuestionState, move: Move) -> bool:
    """Whether the move is possible."""
    return state in _MOVES[move][0]


def require_words(words: str) -> str:
    """What somebody wrote to a question, without space around it. Raises `Refusal` where it says too little."""
    told = words.strip()
    if len(told) < SHORTEST_WORDS:
        raise Refusal(f"Write at least {SHORTEST_WORDS} letters, so that the other side understands.", field="words")
    return told


def works_in(month: date, spans: Sequence[Span]) -> bool:
    """Whether one of the spans has a day in the month."""
    first, last = month.replace(day=1), last_day_of_month(month)
    return any(span.from_on <= last and (span.to_on is None or span.to_on >= first) for span in spans)


def _named(reported: Reported, pair: Pair) -> str:
    return f"{reported.names[pair[0]]} at {reported.names[pair[1]]}"


def _without_assignment(reported: Reported) -> Iterator[Finding]:
    month = month_in_words(reported.month)
    for pair, line in reported.lines.items():
        if any(line.values()) and not works_in(reported.month, reported.placed.get(pair, ())):
            words = f"{_named(reported, pair)} is reported and had no assignment there in {month}. Which one is right?"
            yield Finding(Check.NO_ASSIGNMENT, *pair, words)


def _without_line(reported: Reported) -> Iterator[Finding]:
    month = month_in_words(reported.month)
    for pair, spans in reported.placed.items():
        if pair not in reported.lines and works_in(reported.month, spans):
            words = (
                f"{_named(reported, pair)} had an assignment in {month} and is not reported. Were there no children?"
            )
            yield Finding(Check.NO_LINE, *pair, words)


def _of_line(reported: Reported, pair: Pair, line: Line) -> Iterator[Finding]:
    name, now = _named(reported, pair), line.get(CHILDREN, 0)
    if reported.before is not None:
        yield from _since(reported, pair, line, reported.before.get(pair, {}))
    yield from _beside_the_plan(reported, pair, line)
    families, contacted = line.get(FAMILIES, 0), line.get(CONTACTED, 0)
    if contacted > families:
        words = f"{name}: {contacted:,} families were contacted, but only {families:,} are active. How can that be?"
        yield Finding(Check.CONTACTS, *pair, words)
    if now and not line.get(ENCOUNTERS, 0):
        words = f"{name}: {now:,} active children and not one encounter in the month. What happened?"
        yield Finding(Check.NO_ENCOUNTERS, *pair, words)
    if flagged := line.get(SCOPE_FLAGGED, 0):
        words = (
            f"{name}: {flagged:,} written reports to agencies. Coordinators do not write reports that physicians or "
            "nurses write. Who wrote them?"
        )
        yield Finding(Check.SCOPE, *pair, words)


def _beside_the_plan(reported: Reported, pair: Pair, line: Line) -> Iterator[Finding]:
    """Compare a line with the places, or the share of the week, of the assignments."""
    loads, load = reported.loads.get(pair, ()), caseload_of(line)
    if not loads or not load.children:
        return
    places = sum(one.places or 0 for one in loads)
    planned = sum((one.hours() for one in loads), Fraction(0))
    if all(one.places is not None for one in loads):
        if load.children > MORE_THAN_PLANNED * places:
            words = (
                f"{_named(reported, pair)}: {load.children:,} active children, and the assignment has {places:,} "
                "places. Is the number of places still right?"
            )
            yield Finding(Check.PLACES, *pair, words)
    elif load.hours() > MORE_THAN_PLANNED * planned:
        words = (
            f"{_named(reported, pair)}: the {load.children:,} active children take {decimal(load.hours(), 1)} hours a "
            f"month, and the assignment has {decimal(planned, 1)}. Is the share of the week still right?"
        )
        yield Finding(Check.PLACES, *pair, words)


def _since(reported: Reported, pair: Pair, line: Line, then: Line) -> Iterator[Finding]:
    name, earlier = _named(reported, pair), month_in_words(add_months(reported.month, -1))
    before, new, carried = then.get(CHILDREN, 0), first_month_of(line), first_month_of(then)
    if new > line.get(ADMISSIONS, 0) + carried:
        words = (
            f"{name}: {new:,} children in their first month, but only {line.get(ADMISSIONS, 0):,} came in this month "
            f"and {carried:,} were new at the end of {earlier}. Which of these is right?"
        )
        yield Finding(Check.FIRST_MONTH, *pair, words)
    now, came, went = line.get(CHILDREN, 0), line.get(ADMISSIONS, 0), line.get(CLOSURES, 0)
    if before + came - went != now:
        words = (
            f"{name}: {before:,} children at the end of {earlier}, {came:,} came and {went:,} went. That makes "
            f"{before + came - went:,}, but {now:,} are reported. Which number is right?"
        )
        yield Finding(Check.FLOW, *pair, words)
    if before and abs(now - before) >= TOO_FEW_TO_ASK and Fraction(abs(now - before), before) > SUDDEN:
        words = f"{name}: {before:,} children at the end of {earlier}, {now:,} now. Why so large a change?"
        yield Finding(Check.SUDDEN, *pair, words)


def _of_people(reported: Reported) -> Iterator[Finding]:
    people: dict[int, Caseload] = defaultdict(lambda: Caseload({}))
    for (coordinator_id, _), line in reported.lines.items():
        people[coordinator_id] = people[coordinator_id].with_more(caseload_of(line))
    for coordinator_id, load in people.items():
        found = utilisation(load, reported.full_time.get(coordinator_id, Fraction(0)))
        name, part = reported.names[coordinator_id], decimal(found.full_time, 2)
        if found.over_cap:
            words = (
                f"{name} has {found.children:,} active children; the most for {part} of a full-time position is "
                f"{found.most_children:,}. How are they served?"
            )
            yield Finding(Check.CAP, coordinator_id, None, words)
        if found.light is Light.RED:
            words = (
                f"{name} would need {decimal(found.hours, 1)} hours a month and has {decimal(found.available, 1)} for "
                f"families ({found.percent}). How are they served?"
            )
            yield Finding(Check.CAPACITY, coordinator_id, None, words)
