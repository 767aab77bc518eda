"""Kinds that score: an instrument's themes and domains, and sets of criteria with points."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from certhub.rules.dossier import Dossier, EvidenceItem, Occasion
from certhub.rules.findings import Finding, counted, listed, quantity, share
from certhub.rules.requirement_kinds.instrument_scales import (
    INSTRUMENTS,
    MHI_DOMAINS,
    Instrument,
    InstrumentScore,
    complete,
    scored,
)
from certhub.rules.requirement_kinds.kind import Kind, best, evidence_for, lacking, latest, reviewed, value_text
from certhub.rules.requirement_kinds.parameters import MOST_MONTHS, Parameters
from certhub.rules.requirement_kinds.qualifications import credential_name
from certhub.rules.standard import Requirement
from certhub.rules.terms import add_months, written
from certhub.rules.vocabulary import ApplicationKind, Result, Verdict


@dataclass(frozen=True, slots=True)
class InstrumentParameters:
    """What score is asked for, of which instruments, how fresh, and what counts instead.

    In the first year there is no pass mark: a complete self-assessment is enough. After it, the total reaches
    `min_total_pct` or lies `min_improvement` percentage points above the first score on file. `domain_mins` always
    hold. `alternatives` are outside recognitions that count in place of the first score.
    """

    instruments: tuple[str, ...]
    first_instruments: tuple[str, ...]
    min_total_pct: Decimal | None
    domain_mins: Mapping[str, Decimal]
    min_improvement: Decimal | None
    first_year_no_pass_mark: bool
    completed_by_n_roles: int
    max_age_months: int | None
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PointsParameters:
    """Which core criteria must all be met, and how many credits from the elective ones."""

    core: tuple[str, ...]
    elective_min: Decimal
    elective_pool: Mapping[str, Decimal]


def _read_instrument(raw: Parameters) -> InstrumentParameters:
    known = tuple(INSTRUMENTS)
    params = InstrumentParameters(
        instruments=raw.texts("instruments", choices=known),
        first_instruments=raw.texts("first_instruments", choices=known, required=False),
        min_total_pct=raw.number_or_none("min_total_pct", 0, 100),
        domain_mins=raw.numbers("domain_mins", 1, 8, choices=tuple(MHI_DOMAINS)),
        min_improvement=raw.number_or_none("min_improvement", Decimal("0.01"), 100),
        first_year_no_pass_mark=raw.flag("first_year_no_pass_mark", default=False),
        completed_by_n_roles=raw.whole("completed_by_n_roles", 1, 10, default=1),
        max_age_months=raw.whole_or_none("max_age_months", 1, MOST_MONTHS),
        alternatives=raw.texts("alternatives", required=False),
    )
    if not set(params.first_instruments) <= set(params.instruments):
        raw.problem("first_instruments", "must be among the instruments")
    return params


def _judge_instrument(
    requirement: Requirement, params: InstrumentParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    first_year = occasion.kind is ApplicationKind.INITIAL
    allowed = params.first_instruments if first_year and params.first_instruments else params.instruments
    need = _score_wanted(params, allowed, first_year=first_year)
    items = [item for item in evidence_for(requirement, dossier, occasion.as_of) if item.occurred_on is not None]
    instead = _alternative(requirement, params, dossier, occasion, need=need)
    if instead is not None and first_year:
        return instead
    found = latest(item for item in items if value_text(item, "instrument") in allowed)
    if found is None or found.occurred_on is None:
        titles = listed([INSTRUMENTS[name].title for name in allowed], last="or")
        entry_only = " An outside recognition counts at entry only." if instead is not None else ""
        return lacking(requirement, need=need, explanation=f"Fill in the {titles}.{entry_only}")
    instrument = INSTRUMENTS[value_text(found, "instrument")]
    done_on = written(found.occurred_on)
    scores = _scores(found, instrument)
    unscored = [theme for theme in instrument.themes if theme not in scores]
    if unscored:
        return Finding(
            requirement.code,
            Result.PARTIAL if scores else Result.NOT_MET,
            have=f"{len(scores)} of {len(instrument.themes)} themes scored",
            need=need,
            explanation=f"{len(scores)} of {len(instrument.themes)} themes are scored; missing: {listed(unscored)}.",
            progress=share(len(scores), len(instrument.themes)),
            evidence_ids=(found.id,),
            provided=False,
        )
    score = scored(instrument, scores)
    faults = _faults_in_score(found, instrument, score, params, items, first_year=first_year)
    due_on = None if params.max_age_months is None else add_months(found.occurred_on, params.max_age_months)
    if due_on is not None and due_on < occasion.as_of:
        faults.insert(0, f"The self-assessment of {done_on} was due again by {written(due_on)}.")
    have = f"{quantity(score.percent)} percent on {done_on}"
    if faults:
        target = params.min_total_pct or Decimal(100)
        return Finding(
            requirement.code,
            Result.PARTIAL,
            have=have,
            need=need,
            explanation=" ".join(faults),
            due_on=due_on,
            progress=min(share(score.percent, target), Fraction(99, 100)),
            evidence_ids=(found.id,),
            provided=due_on is None or due_on >= occasion.as_of,
        )
    means = "; ".join(f"{title} {quantity(score.domain_means[key])}" for key, title in instrument.domains.items())
    explanation = f"Total {have} ({score.total} of {instrument.high * len(instrument.themes)}). Means: {means}."
    return reviewed(requirement, [found], have=have, need=need, explanation=explanation, due_on=due_on)


def _faults_in_score(
    item: EvidenceItem,
    instrument: Instrument,
    score: InstrumentScore,
    params: InstrumentParameters,
    items: list[EvidenceItem],
    *,
    first_year: bool,
) -> list[str]:
    faults = []
    roles = item.value.get("completed_by")
    n_roles = len(set(roles)) if isinstance(roles, list | tuple) else 0
    if params.completed_by_n_roles > 1 and n_roles < params.completed_by_n_roles:
        faults.append(f"It was filled in by {counted(n_roles, 'role')}; {params.completed_by_n_roles} are needed.")
    for domain, minimum in params.domain_mins.items():
        mean = score.domain_means.get(domain)
        if mean is not None and mean < minimum:
            title = instrument.domains[domain]
            faults.append(f"{title} has a mean of {quantity(mean)}; {quantity(minimum)} is needed.")
    if first_year and params.first_year_no_pass_mark:
        return faults
    improvement = _improvement(item, instrument, score, items)
    improved = params.min_improvement is not None and improvement is not None and improvement >= params.min_improvement
    reached = params.min_total_pct is not None and score.percent >= params.min_total_pct
    asked = params.min_total_pct is not None or params.min_improvement is not None
    if asked and not reached and not improved:
        ways = []
        if params.min_total_pct is not None:
            ways.append(f"{quantity(params.min_total_pct)} percent")
        if params.min_improvement is not None:
            ways.append(f"{counted(params.min_improvement, 'point')} more than the first self-assessment")
        change = f", {quantity(improvement)} points from the first" if improvement is not None else ""
        faults.append(f"The total is {quantity(score.percent)} percent{change}; {listed(ways, last='or')} is needed.")
    return faults


def _improvement(
    item: EvidenceItem, instrument: Instrument, score: InstrumentScore, items: list[EvidenceItem]
) -> Decimal | None:
    """Percentage points since the first complete self-assessment with the same instrument, None without one."""
    for earlier in items:
        if earlier.id == item.id or value_text(earlier, "instrument") != instrument.id:
            continue
        scores = _scores(earlier, instrument)
        if complete(instrument, scores):
            return score.percent - scored(instrument, scores).percent
    return None


def _scores(item: EvidenceItem, instrument: Instrument) -> dict[str, int]:
    given = item.value.get("scores")
    if not isinstance(given, Mapping):
        return {}
    return {
        theme: given[theme]
        for theme in instrument.themes
        if isinstance(given.get(theme), int)
        and not isinstance(given[theme], bool)
        and instrument.low <= given[theme] <= instrument.high
    }


def _alternative(
    requirement: Requirement, params: InstrumentParameters, dossier: Dossier, occasion: Occasion, *, need: str
) -> Finding | None:
    """What an outside recognition in force on the day says, None without one.

    As evidence it counts once it is accepted; until then the applicant has done their part.
    """

    def in_force(expires_on: date | None) -> bool:
        return expires_on is None or expires_on >= occasion.as_of

    given = [
        item
        for item in dossier.evidence
        if item.verdict is not Verdict.RETURNED
        and value_text(item, "status") == "current"
        and in_force(item.expires_on)
        and (item.occurred_on is None or item.occurred_on <= occasion.as_of)
    ]
    held = {one.kind for one in dossier.licences if one.status == "current" and in_force(one.expires_on)}
    accepted = held | {value_text(item, "credential") for item in given if item.verdict is Verdict.ACCEPTED}
    name = next((one for one in params.alternatives if one in accepted), "")
    if name:
        title = credential_name(name)
        return Finding(
            requirement.code,
            Result.MET,
            have=title,
            need=need,
            explanation=f"{title} counts in place of the first self-assessment.",
        )
    waiting = next((item for item in given if value_text(item, "credential") in params.alternatives), None)
    if waiting is None:
        return None
    title = credential_name(value_text(waiting, "credential"))
    return Finding(
        requirement.code,
        Result.PARTIAL,
        have=f"{title}, in review",
        need=need,
        explanation=(
            f"{title} counts in place of the first self-assessment once it is accepted under {waiting.requirement}."
        ),
    )


def _score_wanted(params: InstrumentParameters, allowed: tuple[str, ...], *, first_year: bool) -> str:
    need = listed([INSTRUMENTS[name].title for name in allowed], last="or")
    if first_year and params.first_year_no_pass_mark:
        return f"{need}, complete; no pass mark in the first year"
    if params.min_total_pct is not None:
        need += f", {quantity(params.min_total_pct)} percent"
    if params.min_improvement is not None:
        need += f" or {counted(params.min_improvement, 'point')} better than the first"
    return need


def _read_points(raw: Parameters) -> PointsParameters:
    params = PointsParameters(
        core=raw.texts("core"),
        elective_min=raw.number("elective_min", 0, 1000),
        elective_pool=raw.numbers("elective_pool", Decimal("0.5"), 100),
    )
    if sum(params.elective_pool.values()) < params.elective_min:
        raw.problem("elective_min", "is more than the elective pool can give")
    if set(params.core) & set(params.elective_pool):
        raw.problem("elective_pool", "holds a criterion that is core too")
    return params


def _judge_points(requirement: Requirement, params: PointsParameters, dossier: Dossier, occasion: Occasion) -> Finding:
    items = evidence_for(requirement, dossier, occasion.as_of)
    found = best(items)
    need = f"All {len(params.core)} core criteria"
    if params.elective_min:
        need += f" and {counted(params.elective_min, 'elective credit')}"
    if found is None:
        return lacking(requirement, need=need, explanation="No criteria are shown as met yet.")
    given = found.value.get("criteria")
    met = set(given) if isinstance(given, list | tuple) else set()
    core = [one for one in params.core if one in met]
    missing = [one for one in params.core if one not in met]
    credits_ = sum((worth for one, worth in params.elective_pool.items() if one in met), Decimal(0))
    of_credits = f"{quantity(credits_)} of {quantity(params.elective_min)} credits"
    have = f"{len(core)} of {len(params.core)} core criteria"
    if params.elective_min:
        have += f"; {of_credits}"
    if not missing and credits_ >= params.elective_min:
        return reviewed(requirement, [found], have=have, need=need, explanation=f"{have}.")
    faults = f"; core criteria not met: {listed(missing)}" if missing else ""
    return Finding(
        requirement.code,
        Result.PARTIAL if met else Result.NOT_MET,
        have=have,
        need=need,
        explanation=f"{have}{faults}.",
        progress=share(len(core) + min(credits_, params.elective_min), len(params.core) + params.elective_min),
        evidence_ids=(found.id,),
    )


INSTRUMENT_SCORE = Kind(_read_instrument, _judge_instrument)
POINTS = Kind(_read_points, _judge_points)
