"""Why each line of a plan is as it is, in sentences with numbers, and what the next best was."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from certhub.rules.independence import Span
from certhub.rules.languages import LANGUAGES
from certhub.rules.placement.costs import Priced, miles_between, unserved_percent
from certhub.rules.placement.problem import Candidate, Demand, Plan
from certhub.rules.placement.stretches import in_sequence
from certhub.rules.regions import REGION_LABELS

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A placement that is proposed, with its reasons; `next_best_points` is by how much the next best is worse."""

    candidate_id: int
    demand_id: int
    practice_id: int
    days: Span | None
    share: int
    points: int
    miles: int | None
    """None where the town of the practice is not known."""
    why: str
    next_best: str
    next_best_id: int | None
    next_best_points: int | None


def explained(priced: Priced, plan: Plan) -> tuple[Line, ...]:
    """Each placement of a plan with its reasons, in the order of the plan."""
    candidates = {one.id: number for number, one in enumerate(priced.candidates)}
    demands = {one.id: number for number, one in enumerate(priced.demands)}
    left = [one.room for one in priced.candidates]
    working: defaultdict[int, set[int]] = defaultdict(set)
    for line in plan.placements:
        left[candidates[line.candidate_id]] -= line.share
        working[line.demand_id].add(line.candidate_id)
    lines: list[Line] = []
    for line in plan.placements:
        number = demands[line.demand_id]
        one, demand = priced.candidates[candidates[line.candidate_id]], priced.demands[number]
        other = _next_best(priced, number, line.share, left, working[line.demand_id])
        points = priced.points(number, candidates[line.candidate_id], line.share)
        # More need stays unmet where the next best has less room.
        worse = priced.points(number, other, line.share) - points if other is not None else None
        next_one = priced.candidates[other] if other is not None else None
        lines.append(
            Line(
                one.id, demand.id, demand.practice, demand.days, line.share, points,
                miles_between(one.place, demand.place),
                _why(one, demand, line.share),
                _told(one, next_one, demand, worse, priced),
                next_one.id if next_one else None,
                worse,
            )
        )  # fmt: skip
    return tuple(lines)


def in_language_words(languages: Mapping[str, int]) -> str:
    """The languages that families want, with their shares: "Spanish (30 percent)"."""
    ordered = sorted(languages.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{LANGUAGES.get(code, code)} ({percent} percent)" for code, percent in ordered)


def _next_best(priced: Priced, demand: int, share: int, left: list[int], working: set[int]) -> int | None:
    """The cheapest other coordinator who still has room for the same share when the whole plan stands."""
    return next(
        (
            number
            for number in priced.order[demand]
            if left[number] >= share and priced.candidates[number].id not in working
        ),
        None,
    )


def _why(one: Candidate, demand: Demand, share: int) -> str:
    miles = miles_between(one.place, demand.place)
    near = "in the same town" if miles == 0 else f"{_miles_in_words(miles)} away"
    if miles is None:
        near = "the town of the practice is not on record, so the way does not count"
    whole = "the whole need" if share == demand.share else f"{share} of the {demand.share} percent that are needed"
    said = [
        f"{near[0].upper()}{near[1:]}, with room for {one.room} percent of a full-time position; this meets {whole}."
    ]
    if demand.languages:
        said.append(_language_sentence(one, demand))
    if demand.stays == one.id:
        said.append(f"Works with this practice {demand.until} and goes on, so families keep who they know.")
    elif demand.practice in one.practices_today:
        said.append("Works with this practice already, so families keep who they know.")
    if one.place.region is not demand.place.region:
        said.append(f"Comes from the {REGION_LABELS[one.place.region]} region.")
    if one.authorized:
        said.append(one.authorized)
    return " ".join(said)


def _language_sentence(one: Candidate, demand: Demand) -> str:
    spoken = {code: percent for code, percent in demand.languages.items() if code in one.languages}
    missing = {code: percent for code, percent in demand.languages.items() if code not in one.languages}
    if not missing:
        return f"Speaks what the families want: {in_language_words(spoken)}."
    if not spoken:
        return f"Does not speak what some families want: {in_language_words(missing)}."
    return f"Speaks {in_language_words(spoken)}, but not {in_language_words(missing)}."


def _told(one: Candidate, other: Candidate | None, demand: Demand, worse: int | None, priced: Priced) -> str:
    if other is None or worse is None:
        return f"Nobody else within {priced.problem.limits.miles} miles has room for as much."
    reasons = []
    mine, theirs = miles_between(one.place, demand.place), miles_between(other.place, demand.place)
    if mine is not None and theirs is not None and theirs != mine:
        direction = "farther" if theirs > mine else "nearer"
        reasons.append(f"{_miles_in_words(abs(theirs - mine))} {direction}")
    served, also = (_WHOLE - unserved_percent(each.languages, demand) for each in (one, other))
    if served != also:
        reasons.append(f"can speak with {also} instead of {served} percent of the families")
    if demand.practice in one.practices_today and demand.practice not in other.practices_today:
        reasons.append("new to the practice")
    if demand.practice in other.practices_today and demand.practice not in one.practices_today:
        reasons.append("works there already")
    if other.place.region is not one.place.region:
        reasons.append(f"from the {REGION_LABELS[other.place.region]} region")
    because = ", ".join(reasons) or "alike in all that counts"
    if worse < 0:
        return (
            f"{other.name} would be better here by {-worse} points ({because}), but the plan as a whole would be worse."
        )
    if worse == 0:
        return f"{other.name} would be just as good: {because}."
    return f"{other.name}, worse by {worse} points: {because}."


def _miles_in_words(miles: int | None) -> str:
    return f"{miles} {'mile' if miles == 1 else 'miles'}"


def one_after_the_other(lines: Iterable[Line]) -> list[Line]:
    """The lines of one coordinator in one practice on days that do not overlap, each with the sum of its days.

    Reasons and points are those of the larger share.
    """
    together: dict[tuple[int, int], list[Line]] = {}
    for line in lines:
        together.setdefault((line.candidate_id, line.practice_id), []).append(line)
    found: list[Line] = []
    for same in together.values():
        parts = [(line.days, line.share) for line in same if line.days is not None]
        if len(same) == 1 or len(parts) < len(same):
            found += same
            continue
        for days, share in in_sequence(parts):
            there = [line for line in same if line.days is not None and line.days.overlap(days)]
            found.append(replace(max(there, key=lambda line: line.share), days=days, share=share))
    return found
