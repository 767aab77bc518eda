"""Builders and parameters for the cases of the requirement kinds."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from certhub.rules.champions import ChampionRole
from certhub.rules.dossier import CompletionItem, Dossier, EvidenceItem, LicenceItem, Occasion
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.standard import Requirement
from certhub.rules.training_categories import COMPETENCIES
from certhub.rules.vocabulary import (
    ApplicationKind,
    RequirementKind,
    Result,
    Severity,
    Stage,
    SubjectType,
    Verdict,
)

AS_OF = date(2027, 6, 15)
ENTRY = Occasion(AS_OF, ApplicationKind.INITIAL, date(2027, 6, 15), date(2029, 6, 30))
RENEWAL = Occasion(
    AS_OF, ApplicationKind.RENEWAL, date(2027, 8, 1), date(2029, 7, 31), date(2025, 8, 1), date(2027, 7, 31)
)
AFTER_EXPIRY = replace(RENEWAL, as_of=date(2027, 8, 15))
MET, SHORT, BOUNDARY = "met", "short", "boundary"
K = RequirementKind


def requirement(kind: RequirementKind, params: Mapping[str, Any], **changes: Any) -> Requirement:
    """A requirement T-1 of the kind, with whatever the case changes."""
    facts: dict[str, Any] = {
        "code": "TT-1",
        "title": "A requirement",
        "plain_text": "Do this.",
        "kind": kind,
        "stages": frozenset({Stage.INITIAL, Stage.RENEWAL}),
        "severity": Severity.CRITICAL,
        "citation": "Program default",
        "params": params,
    }
    return Requirement(**(facts | changes))


def given(
    occurred_on: date | None = date(2027, 6, 1),
    *,
    id: int = 1,  # noqa: A002 (the field's own name)
    verdict: Verdict = Verdict.ACCEPTED,
    expires_on: date | None = None,
    has_file: bool = True,
    for_earlier_term: bool = False,
    code: str = "TT-1",
    **value: Any,
) -> EvidenceItem:
    """Evidence for T-1; keywords are its value."""
    return EvidenceItem(id, code, value, occurred_on, expires_on, has_file, verdict, for_earlier_term)


def done(
    on: date,
    hours: str = "1",
    category: str = "core",
    *,
    id: int = 1,  # noqa: A002 (the field's own name)
    **changes: Any,
) -> CompletionItem:
    """One completion."""
    return CompletionItem(id, "Course", on, Decimal(hours), category, **changes)


def subject(*evidence: EvidenceItem, **changes: Any) -> Dossier:
    """A coordinator with this evidence."""
    return Dossier(SubjectType.COORDINATOR, 7, evidence=evidence, **changes)


def trained(*completions: CompletionItem) -> Dossier:
    """A coordinator with these completions."""
    return subject(completions=completions)


def form(number: int, rated: int, *, skip: int = 0, verdict: Verdict = Verdict.ACCEPTED) -> EvidenceItem:
    """A reference form that rates `rated` competencies after leaving out the first `skip`."""
    keys = list(COMPETENCIES)
    ratings = {key: 3 if skip <= place < skip + rated else "na" for place, key in enumerate(keys)}
    return given(id=number, verdict=verdict, ratings=ratings, reference_name=f"Reference {number}")


def assessed(
    on: date,
    score: int,
    *,
    id: int = 1,  # noqa: A002 (the field's own name)
    instrument: str = "MHI-FV",
    **scores: int,
) -> EvidenceItem:
    """A self-assessment with the same score everywhere, except domains given as `d3=4`."""
    themes = {theme: scores.get(f"d{theme[0]}", score) for theme in INSTRUMENTS[instrument].themes}
    return given(on, id=id, instrument=instrument, scores=themes, completed_by=["physician", "family_advisor"])


@dataclass(frozen=True)
class Case:
    """A situation and what the rule must say of it."""

    name: str
    aspect: str
    kind: RequirementKind
    params: Mapping[str, Any]
    dossier: Dossier
    result: Result
    says: str
    occasion: Occasion = field(default=ENTRY)


INSURANCE: dict[str, Any] = {"types": ["general_liability"], "must_not_expire_before": "decision"}
FRESH: dict[str, Any] = {"types": ["w9"], "max_age_days": 30}
SCOPE: dict[str, Any] = {"text_id": "scope", "version": 2, "signer_role": "coordinator", "each_term": True}
SIGNED: dict[str, Any] = {"text_id": "scope", "version": 2, "signer_role": "coordinator", "agreed": True}
REASONED: dict[str, Any] = {**SCOPE, "with_reasons": True}
BY_VENDOR: dict[str, Any] = {"template_id": "pact", "version": 1, "party": "vendor", "agreed": True}
PACT: dict[str, Any] = {"template_id": "pact", "version": 1, "parties": ["vendor", "dph"], "each_term": True}
CE: dict[str, Any] = {"min": 24, "window_months": 24, "category_mins": {"ethics_scope": 2}}
FORMS: dict[str, Any] = {"min_forms": 3, "min_rated_per_form": 8}
WORK: dict[str, Any] = {
    "id": "work",
    "title": "2,000 hours",
    "min_hours": 2000,
    "within_years": 10,
    "alternatives": [
        {"id": "practicum", "title": "a practicum of 12 months", "min_months": 12},
        {"id": "lived", "title": "3 years as a parent", "min_months": 36, "min_mentorship_hours": 20},
    ],
}
LICENCE: dict[str, Any] = {"any_of": ["RN", "LICSW"], "status_in": ["current"], "reverify_days": 90}
LETTER: dict[str, Any] = {
    "any_of": ["eohhs_qualification"], "status_in": ["unconditional"], "held_in": "evidence",
}  # fmt: skip
CORI: dict[str, Any] = {"checks": ["CORI"], "recheck_months": 36}
LEIE: dict[str, Any] = {"registry": "leie", "within_days_of_decision": 30}
LEIE_BY_DPH: dict[str, Any] = {**LEIE, "done_by": "department"}
INDEX: dict[str, Any] = {
    "instruments": ["MHI-FV", "MHI-SV"],
    "first_instruments": ["MHI-FV"],
    "min_total_pct": 50,
    "min_improvement": 5,
    "first_year_no_pass_mark": True,
    "max_age_months": 12,
    "alternatives": ["ncqa_pcmh"],
}
POINTS: dict[str, Any] = {"core": ["c1", "c2"], "elective_min": 3, "elective_pool": {"e1": 1, "e2": 2}}
VISITS: dict[str, Any] = {"metric": "visits", "op": ">=", "limit": 4, "label": "Visits", "per": "family"}
USE: dict[str, Any] = {"metric": "caseload_utilisation", "op": "<=", "limit": 1, "label": "Caseload use"}
LED: dict[str, Any] = {"rules": ["champions_named"]}
PHYSICIAN, STAFF = ChampionRole
BOTH: dict[str, Any] = {"rules": ["no_conflicts", "employed_by_certified_vendor"]}
MEETINGS: dict[str, Any] = {"event_type": "state_meeting", "min_count": 2, "window_months": 24}
UFR: dict[str, Any] = {"what": "UFR", "due_rule": "after_fiscal_year", "due_month": 5, "due_day": 15}
NOTICE: dict[str, Any] = {"what": "notice", "due_rule": "after_event", "due_days": 30}
VISIT: dict[str, Any] = {"checklist_id": "visit", "cap_allowed": True, "max_age_months": 24}
FEE: dict[str, Any] = {"amount_cents": 3500, "waivable_for": ["hardship"]}
RN = LicenceItem("RN", "1", date(2027, 6, 15), "current", date(2027, 6, 1))


def cori(on: date, *, cleared: bool = True, verdict: Verdict = Verdict.ACCEPTED) -> Dossier:
    return subject(given(on, check="CORI", cleared=cleared, verdict=verdict))


def leie(on: date, result: str = "clear") -> Dossier:
    return subject(given(on, registry="leie", result=result))


def ufr(filed_on: date, year: int = 2026) -> EvidenceItem:
    return given(filed_on, period_end=f"{year}-06-30")


def meetings(*days: date) -> Dossier:
    return subject(*(given(day, id=place, event="Meeting") for place, day in enumerate(days, start=1)))
