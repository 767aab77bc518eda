"""Builders and the table of cases for the requirement kinds: one row is one situation with its expected result."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from certhub.rules.champions import ChampionRole
from certhub.rules.dossier import ChampionItem, CompletionItem, Dossier, EvidenceItem, LicenceItem, Occasion
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


def _cori(on: date, *, cleared: bool = True, verdict: Verdict = Verdict.ACCEPTED) -> Dossier:
    return subject(given(on, check="CORI", cleared=cleared, verdict=verdict))


def _leie(on: date, result: str = "clear") -> Dossier:
    return subject(given(on, registry="leie", result=result))


def _ufr(filed_on: date, year: int = 2026) -> EvidenceItem:
    return given(filed_on, period_end=f"{year}-06-30")


def _meetings(*days: date) -> Dossier:
    return subject(*(given(day, id=place, event="Meeting") for place, day in enumerate(days, start=1)))


CASES = (
    Case("insurance in force", MET, K.DOCUMENT, INSURANCE,
         subject(given(document_type="general_liability", expires_on=date(2028, 1, 1))), Result.MET, "January 1, 2028"),
    Case("insurance that ends today", BOUNDARY, K.DOCUMENT, INSURANCE,
         subject(given(document_type="general_liability", expires_on=AS_OF)), Result.MET, "June 15, 2027"),
    Case("insurance that ended yesterday", BOUNDARY, K.DOCUMENT, INSURANCE,
         subject(given(document_type="general_liability", expires_on=date(2027, 6, 14))), Result.NOT_MET, "expired on"),
    Case("insurance without an end date", SHORT, K.DOCUMENT, INSURANCE,
         subject(given(document_type="general_liability")), Result.NOT_MET, "no expiry date"),
    Case("insurance that ends before the term", SHORT, K.DOCUMENT, INSURANCE | {"must_not_expire_before": "term_end"},
         subject(given(document_type="general_liability", expires_on=date(2029, 6, 29))), Result.NOT_MET,
         "through the end of the term on June 30, 2029"),
    Case("a paper past its own last day", BOUNDARY, K.DOCUMENT, {"types": ["supervision_plan"]},
         subject(given(document_type="supervision_plan", expires_on=date(2027, 6, 14))), Result.NOT_MET, "expired on"),
    Case("document in review", SHORT, K.DOCUMENT, FRESH,
         subject(given(document_type="w9", verdict=Verdict.PENDING)), Result.PARTIAL, "Waiting for review"),
    Case("document without its file", SHORT, K.DOCUMENT, FRESH,
         subject(given(document_type="w9", has_file=False)), Result.NOT_MET, "Needed: W-9 tax form"),
    Case("document of 30 days", BOUNDARY, K.DOCUMENT, FRESH,
         subject(given(date(2027, 5, 16), document_type="w9")), Result.MET, "W-9"),
    Case("document of 31 days", BOUNDARY, K.DOCUMENT, FRESH,
         subject(given(date(2027, 5, 15), document_type="w9")), Result.NOT_MET, "older than 30 days"),
    Case("one of two documents", SHORT, K.DOCUMENT, {"types": ["w9", "policy"], "need": "all"},
         subject(given(document_type="w9")), Result.NOT_MET, "The policy is missing"),
    Case("a paper that needs no file", MET, K.DOCUMENT, FRESH | {"needs_file": False},
         subject(given(document_type="w9", has_file=False)), Result.MET, "W-9"),
    Case("two papers that end on different days", MET, K.DOCUMENT, {"types": ["w9", "policy"], "need": "all"}, subject(
        given(id=1, document_type="w9", expires_on=date(2029, 1, 1)),
        given(id=2, document_type="policy", expires_on=date(2028, 1, 1))), Result.MET, "good through January 1, 2028"),
    Case("neither of two documents", SHORT, K.DOCUMENT, {"types": ["w9", "policy"]}, subject(), Result.NOT_MET,
         "Needed: W-9 tax form or policy."),
    Case("another text signed", SHORT, K.ATTESTATION, SCOPE, subject(given(**SIGNED | {"text_id": "other"})),
         Result.NOT_MET, "Not signed yet"),
    Case("a text that was not agreed to", SHORT, K.ATTESTATION, SCOPE, subject(given(**SIGNED | {"agreed": False})),
         Result.NOT_MET, "Not signed yet"),
    Case("a signature without a date", SHORT, K.ATTESTATION, SCOPE, subject(given(None, **SIGNED)), Result.NOT_MET,
         "has no date"),
    Case("signed with reasons", MET, K.ATTESTATION, REASONED, subject(given(**SIGNED, reasons="I was ill.")),
         Result.MET, "June 1, 2027, with reasons"),
    Case("signed with reasons that nobody has read", SHORT, K.ATTESTATION, REASONED,
         subject(given(**SIGNED, reasons="I was ill.", verdict=Verdict.PENDING)), Result.PARTIAL, "Waiting for review"),
    Case("signed without the reasons", SHORT, K.ATTESTATION, REASONED, subject(given(**SIGNED, reasons=" ")),
         Result.NOT_MET, "The reasons are missing"),
    Case("signed with reasons for an earlier term", SHORT, K.ATTESTATION, REASONED,
         subject(given(**SIGNED, reasons="I was ill.", for_earlier_term=True)), Result.NOT_MET, "earlier term"),
    Case("signed once, where the standard does not say how often", MET, K.ATTESTATION,
         {"text_id": "scope", "version": 2, "signer_role": "coordinator"},
         subject(given(**SIGNED, for_earlier_term=True)), Result.MET, "Signed on", RENEWAL),
    Case("agreed once, where the standard does not say how often", MET, K.AGREEMENT,
         {"template_id": "pact", "version": 1, "parties": ["vendor"]},
         subject(given(**BY_VENDOR, for_earlier_term=True)), Result.MET, "all parties", RENEWAL),
    *(
        Case(f"{what} signed by the other party", SHORT, K.AGREEMENT, PACT,
             subject(given(id=1, **BY_VENDOR), given(id=2, **BY_VENDOR | {"party": "dph"} | other)), Result.PARTIAL,
             "still to sign: DPH")
        for what, other in (
            ("another agreement", {"template_id": "other"}),
            ("an older agreement", {"version": 0}),
            ("a refused agreement", {"agreed": False}),
        )
    ),
    Case("parties that signed on two days", MET, K.AGREEMENT, PACT, subject(
        given(date(2027, 5, 1), id=1, **BY_VENDOR), given(id=2, **BY_VENDOR | {"party": "dph"})), Result.MET,
        "complete since June 1, 2027"),
    Case("signed", MET, K.ATTESTATION, SCOPE,
         subject(given(**SIGNED, has_file=False, verdict=Verdict.PENDING)), Result.MET, "Signed"),
    Case("signed on paper, in review", SHORT, K.ATTESTATION, SCOPE,
         subject(given(**SIGNED, has_file=True, verdict=Verdict.PENDING)), Result.PARTIAL, "Waiting for review"),
    Case("signed on paper, accepted", MET, K.ATTESTATION, SCOPE,
         subject(given(**SIGNED, has_file=True, verdict=Verdict.ACCEPTED)), Result.MET, "Signed"),
    Case("an older text signed", SHORT, K.ATTESTATION, SCOPE, subject(given(**(SIGNED | {"version": 1}))),
         Result.NOT_MET, "sign version 2"),
    Case("signed by somebody else", SHORT, K.ATTESTATION, SCOPE,
         subject(given(**(SIGNED | {"signer_role": "vendor_hr"}))), Result.NOT_MET, "signed by the coordinator"),
    Case("signed on the first day of the term", BOUNDARY, K.ATTESTATION, SCOPE,
         subject(given(date(2025, 8, 1), **SIGNED)), Result.MET, "August 1, 2025", RENEWAL),
    Case("signed before the term", BOUNDARY, K.ATTESTATION, SCOPE,
         subject(given(date(2025, 7, 31), **SIGNED)), Result.NOT_MET, "earlier term", RENEWAL),
    Case("signed on the day of the grant, for the application that was granted", BOUNDARY, K.ATTESTATION, SCOPE,
         subject(given(date(2025, 8, 1), **SIGNED, for_earlier_term=True)), Result.NOT_MET, "earlier term", RENEWAL),
    Case("signed for the late renewal that brought a backdated term", SHORT, K.ATTESTATION, SCOPE,
         subject(given(date(2025, 8, 20), **SIGNED, for_earlier_term=True)), Result.NOT_MET, "new term", RENEWAL),
    Case("signed once for all terms", MET, K.ATTESTATION, SCOPE | {"each_term": False},
         subject(given(date(2025, 7, 31), **SIGNED, for_earlier_term=True)), Result.MET, "July 31, 2025", RENEWAL),
    Case("a party without accounts signed on screen", SHORT, K.AGREEMENT, PACT, subject(
        given(id=1, template_id="pact", version=1, party="vendor", agreed=True, has_file=False),
        given(id=2, template_id="pact", version=1, party="dph", agreed=True, has_file=False)),
        Result.PARTIAL, "still to sign: DPH"),
    Case("a party without accounts signed on paper", SHORT, K.AGREEMENT, PACT, subject(
        given(id=1, template_id="pact", version=1, party="vendor", agreed=True, has_file=False),
        given(id=2, template_id="pact", version=1, party="dph", agreed=True, verdict=Verdict.PENDING)),
        Result.PARTIAL, "Waiting for review"),
    Case("one party signed again for the new term", SHORT, K.AGREEMENT, PACT, subject(
        given(id=1, template_id="pact", version=1, party="vendor", agreed=True),
        given(id=2, template_id="pact", version=1, party="dph", agreed=True, for_earlier_term=True)),
        Result.PARTIAL, "still to sign: DPH", RENEWAL),
    Case("all parties signed", MET, K.AGREEMENT, PACT, subject(
        given(id=1, template_id="pact", version=1, party="vendor", agreed=True),
        given(id=2, template_id="pact", version=1, party="dph", agreed=True)), Result.MET, "all parties"),
    Case("one party signed", SHORT, K.AGREEMENT, PACT, subject(
        given(template_id="pact", version=1, party="vendor", agreed=True)), Result.PARTIAL, "still to sign: DPH"),
    Case("one party signed a day before the term", BOUNDARY, K.AGREEMENT, PACT, subject(
        given(date(2025, 8, 1), id=1, template_id="pact", version=1, party="vendor", agreed=True),
        given(date(2025, 7, 31), id=2, template_id="pact", version=1, party="dph", agreed=True)),
        Result.PARTIAL, "1 of 2 signatures; still to sign: DPH", RENEWAL),
    Case("24 hours with ethics", MET, K.HOURS, CE,
         trained(done(AS_OF, "22"), done(AS_OF, "2", "ethics_scope", id=2)), Result.MET,
         "24 of 24 hours; ethics 2 of 2.", RENEWAL),
    Case("24 hours without ethics", SHORT, K.HOURS, CE, trained(done(AS_OF, "24")), Result.PARTIAL,
         "24 of 24 hours; ethics 0 of 2; 2 hours to go by July 31, 2027.", RENEWAL),
    Case("hours on the first day of the window", BOUNDARY, K.HOURS, CE | {"category_mins": {}},
         trained(done(date(2025, 8, 1), "24")), Result.MET, "24 of 24 hours", RENEWAL),
    Case("hours on the eve of the window", BOUNDARY, K.HOURS, CE | {"category_mins": {}},
         trained(done(date(2025, 7, 31), "24")), Result.NOT_MET, "0 of 24 hours; 24 hours to go", RENEWAL),
    Case("every course", MET, K.COURSE_SET, {"ids": ["M1", "M2"], "min_score": 80},
         trained(done(AS_OF, id=1, course_code="M1", score=Decimal(80)),
                 done(AS_OF, id=2, course_code="M2", score=Decimal(95))), Result.MET, "2 of 2 courses"),
    Case("a course below its score", SHORT, K.COURSE_SET, {"ids": ["M1", "M2"], "min_score": 80},
         trained(done(AS_OF, id=1, course_code="M1", score=Decimal(79)),
                 done(AS_OF, id=2, course_code="M2", score=Decimal(95))), Result.PARTIAL, "score below 80"),
    Case("any one course", MET, K.COURSE_SET, {"ids": ["M1", "M2"], "need": 1},
         trained(done(AS_OF, course_code="M2")), Result.MET, "1 of 1 course"),
    Case("a course of tomorrow", BOUNDARY, K.COURSE_SET, {"ids": ["M1"]},
         trained(done(date(2027, 6, 16), course_code="M1")), Result.NOT_MET, "still to do: M1"),
    Case("three references cover all ten", MET, K.COMPETENCY, FORMS,
         subject(form(1, 8), form(2, 8, skip=2), form(3, 9)), Result.MET, "10 of 10"),
    Case("three references cover nine of ten", SHORT, K.COMPETENCY, FORMS,
         subject(form(1, 9), form(2, 8), form(3, 9)), Result.PARTIAL,
         "nobody has rated Professional Skills and Conduct yet"),
    Case("a reference that rates seven", SHORT, K.COMPETENCY, FORMS,
         subject(form(1, 10), form(2, 10), form(3, 7)), Result.PARTIAL, "Reference 3 rates 7 of 10"),
    Case("references in review", SHORT, K.COMPETENCY, FORMS,
         subject(form(1, 10), form(2, 8), form(3, 8, verdict=Verdict.PENDING)), Result.PARTIAL, "Waiting for review"),
    Case("a reference of tomorrow", BOUNDARY, K.COMPETENCY, FORMS | {"min_forms": 1},
         subject(given(date(2027, 6, 16), ratings=dict.fromkeys(COMPETENCIES, 3))), Result.NOT_MET, "1 more usable"),
    Case("2,000 hours", MET, K.EXPERIENCE, WORK,
         subject(given(path="work", hours="2000", started_on="2025-01-01")), Result.MET, "2000 of 2000 hours"),
    Case("1,500 hours", SHORT, K.EXPERIENCE, WORK,
         subject(given(path="work", hours="1500", started_on="2025-01-01")), Result.PARTIAL, "1500 of 2000 hours"),
    Case("a practicum of 12 months", MET, K.EXPERIENCE, WORK,
         subject(given(date(2026, 12, 31), path="practicum", started_on="2026-01-01")), Result.MET, "12 of 12 months"),
    Case("two overlapping spells of 11 months", SHORT, K.EXPERIENCE, WORK, subject(
        given(date(2026, 11, 30), id=1, path="practicum", started_on="2026-01-01"),
        given(date(2026, 11, 30), id=2, path="practicum", started_on="2026-01-01")), Result.PARTIAL, "11 of 12 months"),
    Case("a parent without a mentor", SHORT, K.EXPERIENCE, WORK,
         subject(given(path="lived", started_on="2020-01-01")), Result.PARTIAL, "0 of 20 hours with a mentor"),
    Case("work in a setting that counts", MET, K.EXPERIENCE, WORK | {"settings": ["clinic"]},
         subject(given(path="work", hours="2000", setting="clinic")), Result.MET, "2000 of 2000 hours"),
    Case("work in another setting", SHORT, K.EXPERIENCE, WORK | {"settings": ["clinic"]},
         subject(given(path="work", hours="2000", setting="office")), Result.NOT_MET, "Show one of these"),
    Case("work without a date", SHORT, K.EXPERIENCE, WORK,
         subject(given(None, path="work", hours="2000")), Result.NOT_MET, "Show one of these"),
    Case("what was accepted is enough without what waits", MET, K.EXPERIENCE, WORK, subject(
        given(path="work", hours="2000"), given(id=2, path="work", hours="5", verdict=Verdict.PENDING)),
        Result.MET, "2000 of 2000 hours"),
    Case("work that waits for its review", SHORT, K.EXPERIENCE, WORK, subject(
        given(path="work", hours="1000"), given(id=2, path="work", hours="1000", verdict=Verdict.PENDING)),
        Result.PARTIAL, "2000 of 2000 hours"),
    Case("a spell with six of its ten days inside ten years", BOUNDARY, K.EXPERIENCE, WORK | {"min_hours": 600},
         subject(given(date(2017, 6, 20), path="work", hours="1000", started_on="2017-06-11")), Result.MET,
         "600 of 600 hours"),
    Case("two spells without a day between them, the later one first", MET, K.EXPERIENCE, WORK, subject(
        given(date(2026, 12, 31), id=1, path="practicum", started_on="2026-06-16"),
        given(date(2026, 6, 15), id=2, path="practicum", started_on="2026-01-01")), Result.MET, "12 of 12 months"),
    Case("two spells with a month between them", SHORT, K.EXPERIENCE, WORK, subject(
        given(date(2026, 5, 31), id=1, path="practicum", started_on="2026-01-01"),
        given(date(2026, 12, 31), id=2, path="practicum", started_on="2026-07-01")), Result.PARTIAL,
        "11 of 12 months"),
    Case("hours exactly ten years old", BOUNDARY, K.EXPERIENCE, WORK | {"min_hours": 1},
         subject(given(date(2017, 6, 15), path="work", hours="1")), Result.MET, "1 of 1 hour"),
    Case("hours a day older than ten years", BOUNDARY, K.EXPERIENCE, WORK | {"min_hours": 1},
         subject(given(date(2017, 6, 14), path="work", hours="1")), Result.NOT_MET, "Show one of these"),
    Case("references that need not cover all", MET, K.COMPETENCY, FORMS | {"union_all": False},
         subject(form(1, 9), form(2, 8), form(3, 9)), Result.MET, "9 of 10 competencies"),
    Case("two of three references", SHORT, K.COMPETENCY, FORMS, subject(form(1, 10), form(2, 10)), Result.PARTIAL,
         "1 more usable form is needed."),
    Case("a reference without a name", SHORT, K.COMPETENCY, FORMS | {"min_forms": 1}, subject(given(ratings={})),
         Result.NOT_MET, "The form of One reference rates 0 of 10"),
    Case("ratings exactly on their minimum", BOUNDARY, K.COMPETENCY, FORMS | {"min_forms": 1, "min_rating": 3},
         subject(form(1, 10)), Result.MET, "10 of 10"),
    Case("ratings below their minimum", SHORT, K.COMPETENCY, FORMS | {"min_forms": 1, "min_rating": 4},
         subject(form(1, 10)), Result.NOT_MET, "rates 0 of 10"),
    Case("ratings of what is no competency", SHORT, K.COMPETENCY, FORMS | {"min_forms": 1, "min_rated_per_form": 1},
         subject(given(ratings={"singing": 3, next(iter(COMPETENCIES)): True})), Result.NOT_MET, "rates 0 of 10"),
    Case("the licence that lasts longest", MET, K.CREDENTIAL_HELD, LICENCE, subject(licences=(
        replace(RN, expires_on=date(2029, 1, 1)), replace(RN, expires_on=date(2028, 1, 1)),
        replace(RN, kind="CCM", expires_on=date(2030, 1, 1)))), Result.MET,
        "RN: current, good through January 1, 2029"),
    Case("a licence without an end lasts longest", MET, K.CREDENTIAL_HELD, LICENCE,
         subject(licences=(replace(RN, kind="LICSW", expires_on=None), RN)), Result.MET, "LICSW: current."),
    Case("another licence", SHORT, K.CREDENTIAL_HELD, LICENCE, subject(licences=(replace(RN, kind="CCM"),)),
         Result.NOT_MET, "Add one of these: RN or LICSW."),
    Case("a letter of another kind", SHORT, K.CREDENTIAL_HELD, LETTER,
         subject(given(credential="other", status="unconditional")), Result.NOT_MET, "Add one of these"),
    Case("the letter that is in order", MET, K.CREDENTIAL_HELD, LETTER, subject(
        given(date(2027, 4, 1), id=1, credential="eohhs_qualification", status="unconditional"),
        given(date(2027, 5, 1), id=2, credential="eohhs_qualification", status="withdrawn"),
        given(date(2027, 4, 1), id=3, credential="other", status="unconditional")), Result.MET,
        "EOHHS provider qualification: unconditional."),
    Case("licence on its last day", BOUNDARY, K.CREDENTIAL_HELD, LICENCE, subject(licences=(RN,)), Result.MET,
         "good through June 15, 2027"),
    Case("licence after its last day", BOUNDARY, K.CREDENTIAL_HELD, LICENCE, subject(
        licences=(LicenceItem("RN", "1", date(2027, 6, 14), "current", date(2027, 6, 1)),)), Result.NOT_MET,
        "RN expired on June 14, 2027"),
    Case("licence on probation", SHORT, K.CREDENTIAL_HELD, LICENCE, subject(
        licences=(LicenceItem("RN", "1", None, "probation", date(2027, 6, 1)),)), Result.NOT_MET, "is probation"),
    Case("licence long not checked", SHORT, K.CREDENTIAL_HELD, LICENCE, subject(
        licences=(LicenceItem("RN", "1", None, "current", date(2027, 3, 1)),)), Result.NOT_MET, "check it again"),
    Case("qualification letter accepted", MET, K.CREDENTIAL_HELD,
         LETTER,
         subject(given(credential="eohhs_qualification", status="unconditional")), Result.MET, "unconditional"),
    Case("check cleared", MET, K.BACKGROUND_CHECK, CORI, _cori(date(2027, 6, 1)), Result.MET, "June 1, 2030"),
    Case("check that did not clear", SHORT, K.BACKGROUND_CHECK, CORI, _cori(date(2027, 6, 1), cleared=False),
         Result.NOT_MET, "did not clear"),
    Case("check in review", SHORT, K.BACKGROUND_CHECK, CORI, _cori(date(2027, 6, 1), verdict=Verdict.PENDING),
         Result.PARTIAL, "Waiting for review"),
    Case("check due again today", BOUNDARY, K.BACKGROUND_CHECK, CORI, _cori(date(2024, 6, 15)), Result.MET,
         "due by June 15, 2027"),
    Case("check due again yesterday", BOUNDARY, K.BACKGROUND_CHECK, CORI, _cori(date(2024, 6, 14)), Result.NOT_MET,
         "was due again by June 14, 2027"),
    Case("search of 30 days ago", BOUNDARY, K.REGISTRY_CLEAR, LEIE, _leie(date(2027, 5, 16)), Result.MET, "No match"),
    Case("search of 31 days ago", BOUNDARY, K.REGISTRY_CLEAR, LEIE, _leie(date(2027, 5, 15)), Result.NOT_MET, "again"),
    Case(
        "old search by DPH", SHORT, K.REGISTRY_CLEAR, LEIE_BY_DPH, _leie(date(2027, 5, 15)), Result.NOT_MET,
        "DPH searches the OIG exclusion list (LEIE) again before it decides.",
    ),
    Case(
        "no search by DPH yet", SHORT, K.REGISTRY_CLEAR, LEIE_BY_DPH, subject(), Result.NOT_MET,
        "has not been searched yet. DPH does this.",
    ),
    Case("no visit yet", SHORT, K.REVIEW, VISIT, subject(), Result.NOT_MET, "No review is on file yet. DPH does this."),
    Case("search with no match", MET, K.REGISTRY_CLEAR, LEIE, _leie(AS_OF), Result.MET, "July 15, 2027"),
    Case("search with a match", SHORT, K.REGISTRY_CLEAR, LEIE, _leie(AS_OF, "listed"), Result.NOT_MET, "a match"),
    Case("first year has no pass mark", MET, K.INSTRUMENT_SCORE, INDEX, subject(assessed(AS_OF, 1)),
         Result.MET, "12.5"),
    Case("NCQA counts in place of the first score", MET, K.INSTRUMENT_SCORE, INDEX,
         subject(given(code="TT-9", credential="ncqa_pcmh", status="current")), Result.MET, "in place of"),
    Case("NCQA waits for its own review", SHORT, K.INSTRUMENT_SCORE, INDEX,
         subject(given(code="TT-9", credential="ncqa_pcmh", status="current", verdict=Verdict.PENDING)),
         Result.PARTIAL, "once it is accepted under TT-9"),
    Case("NCQA that has ended", SHORT, K.INSTRUMENT_SCORE, INDEX,
         subject(given(code="TT-9", credential="ncqa_pcmh", status="current", expires_on=date(2027, 6, 14))),
         Result.NOT_MET, "Fill in the Medical home index, full version."),
    Case("NCQA through today", BOUNDARY, K.INSTRUMENT_SCORE, INDEX,
         subject(given(code="TT-9", credential="ncqa_pcmh", status="current", expires_on=AS_OF)),
         Result.MET, "in place of"),
    Case("NCQA at a renewal", SHORT, K.INSTRUMENT_SCORE, INDEX,
         subject(given(code="TT-9", credential="ncqa_pcmh", status="current")), Result.NOT_MET,
         "An outside recognition counts at entry only.", RENEWAL),
    Case("answered by two roles where three are asked", SHORT, K.INSTRUMENT_SCORE, INDEX | {"completed_by_n_roles": 3},
         subject(assessed(AS_OF, 6)), Result.PARTIAL, "filled in by 2 roles; 3 are needed"),
    Case("answered by as many roles as are asked", BOUNDARY, K.INSTRUMENT_SCORE, INDEX | {"completed_by_n_roles": 2},
         subject(assessed(AS_OF, 6)), Result.MET, "75 percent"),
    Case("later, below half and not better", SHORT, K.INSTRUMENT_SCORE, INDEX,
         subject(assessed(date(2026, 6, 15), 3), assessed(AS_OF, 3, id=2)), Result.PARTIAL, "37.5 percent, 0 points",
         RENEWAL),
    Case("later, below half but better", MET, K.INSTRUMENT_SCORE, INDEX,
         subject(assessed(date(2026, 6, 15), 2), assessed(AS_OF, 3, id=2)), Result.MET, "37.5 percent", RENEWAL),
    Case("later, exactly half", BOUNDARY, K.INSTRUMENT_SCORE, INDEX, subject(assessed(AS_OF, 4)), Result.MET,
         "50 percent", RENEWAL),
    Case("a care coordination mean below four", SHORT, K.INSTRUMENT_SCORE, INDEX | {"domain_mins": {"3": 4}},
         subject(assessed(AS_OF, 6, d3=3)), Result.PARTIAL, "Care coordination has a mean of 3; 4 is needed", RENEWAL),
    Case("assessment a year old", BOUNDARY, K.INSTRUMENT_SCORE, INDEX, subject(assessed(date(2026, 6, 15), 6)),
         Result.MET, "75 percent", RENEWAL),
    Case("assessment a year and a day old", BOUNDARY, K.INSTRUMENT_SCORE, INDEX,
         subject(assessed(date(2026, 6, 14), 6)), Result.PARTIAL, "due again by June 14, 2027", RENEWAL),
    Case("core and credits", MET, K.POINTS, POINTS, subject(given(criteria=["c1", "c2", "e1", "e2"])),
         Result.MET, "3 of 3"),
    Case("credits short by one", BOUNDARY, K.POINTS, POINTS, subject(given(criteria=["c1", "c2", "e2"])),
         Result.PARTIAL, "2 of 3 credits"),
    Case("core missing", SHORT, K.POINTS, POINTS, subject(given(criteria=["c1", "e1", "e2"])), Result.PARTIAL,
         "not met: c2"),
    Case("caseload exactly full", BOUNDARY, K.RATIO, USE, subject(metrics={"caseload_utilisation": Decimal("1.00")}),
         Result.MET, "at most 1"),
    Case("caseload too high", SHORT, K.RATIO, USE, subject(metrics={"caseload_utilisation": Decimal("1.01")}),
         Result.NOT_MET, "which is not at most 1"),
    Case("visits enough for each family", MET, K.RATIO, VISITS, subject(metrics={"visits": Decimal(4)}), Result.MET,
         "Visits: 4 per family, which is at least 4."),
    Case("a figure above a limit that must lie above it", BOUNDARY, K.RATIO, VISITS | {"op": ">"},
         subject(metrics={"visits": Decimal(4)}), Result.NOT_MET, "which is not more than 4."),
    Case("caseload fine", MET, K.RATIO, USE, subject(metrics={"caseload_utilisation": Decimal("0.8")}),
         Result.MET, "0.8"),
    Case("no caseload before the first term", BOUNDARY, K.RATIO, USE, subject(), Result.NOT_APPLICABLE, "no figure"),
    Case("no caseload at renewal", SHORT, K.RATIO, USE, subject(), Result.NOT_MET, "not been reported", RENEWAL),
    Case("employed and free of conflicts", MET, K.RELATIONSHIP_RULE, BOTH, subject(employed_by_certified_vendor=True),
         Result.MET, "no conflict"),
    Case("many conflicts", SHORT, K.RELATIONSHIP_RULE, BOTH,
         subject(employed_by_certified_vendor=True, conflicts=tuple(f"Works for practice {n}." for n in range(7))),
         Result.NOT_MET, "Works for practice 4. There are 2 more conflicts like these."),
    Case("as many conflicts as are told", BOUNDARY, K.RELATIONSHIP_RULE, {"rules": ["no_conflicts"]},
         subject(conflicts=tuple(f"Works for practice {n}." for n in (5, 4, 3, 2, 1))), Result.NOT_MET,
         " ".join(f"Works for practice {n}." for n in range(1, 6))),
    Case("a conflict", SHORT, K.RELATIONSHIP_RULE, BOTH,
         subject(employed_by_certified_vendor=True, conflicts=("Works for Harbor Pediatrics.",)), Result.NOT_MET,
         "Works for Harbor Pediatrics."),
    Case("not employed on the day", BOUNDARY, K.RELATIONSHIP_RULE, BOTH, subject(employed_by_certified_vendor=False),
         Result.NOT_MET, "June 15, 2027"),
    Case("both champions", MET, K.RELATIONSHIP_RULE, LED,
         subject(champions=(ChampionItem(STAFF, "Kevin Tran"), ChampionItem(PHYSICIAN, "Amara Osei"))), Result.MET,
         "Amara Osei (physician), Kevin Tran (staff)"),
    Case("no staff champion", SHORT, K.RELATIONSHIP_RULE, LED,
         subject(champions=(ChampionItem(PHYSICIAN, "Amara Osei"),)), Result.NOT_MET,
         "No staff champion is on file."),
    Case("no champion", SHORT, K.RELATIONSHIP_RULE, LED, subject(), Result.NOT_MET,
         "No physician champion and staff champion is on file."),
    Case("two meetings", MET, K.PARTICIPATION, MEETINGS, _meetings(date(2026, 5, 1), date(2027, 5, 1)), Result.MET,
         "2 of 2 state meetings", RENEWAL),
    Case("two meetings in review", SHORT, K.PARTICIPATION, MEETINGS,
         subject(given(date(2026, 5, 1), id=1, event="Meeting"),
                 given(date(2027, 5, 1), id=2, event="Meeting", verdict=Verdict.PENDING)),
         Result.PARTIAL, "Waiting for review", RENEWAL),
    Case("a third meeting in review", MET, K.PARTICIPATION, MEETINGS,
         subject(given(date(2026, 5, 1), id=1, event="Meeting"), given(date(2027, 5, 1), id=2, event="Meeting"),
                 given(date(2027, 5, 2), id=3, event="Meeting", verdict=Verdict.PENDING)),
         Result.MET, "3 of 2 state meetings", RENEWAL),
    Case("one meeting entered twice", SHORT, K.PARTICIPATION, MEETINGS, _meetings(date(2026, 5, 1), date(2026, 5, 1)),
         Result.PARTIAL, "1 to go by July 31, 2027", RENEWAL),
    Case("a meeting on the first day", BOUNDARY, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         _meetings(date(2025, 8, 1)), Result.MET, "1 of 1", RENEWAL),
    Case("a meeting on the eve", BOUNDARY, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         _meetings(date(2025, 7, 31)), Result.NOT_MET, "0 of 1", RENEWAL),
    Case("a meeting of another type", SHORT, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         subject(given(event="Meeting", event_type="training")), Result.NOT_MET, "0 of 1", RENEWAL),
    Case("a meeting without a date", SHORT, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         subject(given(None, event="Meeting")), Result.NOT_MET, "0 of 1", RENEWAL),
    Case("a meeting today", BOUNDARY, K.PARTICIPATION, MEETINGS | {"min_count": 1}, _meetings(AS_OF), Result.MET,
         "1 of 1", RENEWAL),
    Case("a meeting counted from the decision", BOUNDARY, K.PARTICIPATION,
         MEETINGS | {"min_count": 1, "anchor": "decision"}, _meetings(date(2025, 6, 15)), Result.NOT_MET, "0 of 1",
         RENEWAL),
    Case("a meeting two years before the decision", BOUNDARY, K.PARTICIPATION,
         MEETINGS | {"min_count": 1, "anchor": "decision"}, _meetings(date(2025, 6, 16)), Result.MET, "1 of 1",
         RENEWAL),
    Case("a meeting before a first application", MET, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         _meetings(date(2027, 6, 1)), Result.MET, "1 of 1"),
    Case("a meeting on the last day of the term", BOUNDARY, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         _meetings(date(2027, 7, 31)), Result.MET, "1 of 1", AFTER_EXPIRY),
    Case("a meeting after the term", BOUNDARY, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         _meetings(date(2027, 8, 1)), Result.NOT_MET, "0 of 1 state meeting since August 1, 2025; 1 to go.",
         AFTER_EXPIRY),
    Case("a meeting after the term, for a reinstatement", MET, K.PARTICIPATION, MEETINGS | {"min_count": 1},
         _meetings(date(2027, 8, 1)), Result.MET, "1 of 1",
         replace(AFTER_EXPIRY, kind=ApplicationKind.REINSTATEMENT)),
    Case("a meeting still to come on the last day", BOUNDARY, K.PARTICIPATION, MEETINGS | {"min_count": 1}, subject(),
         Result.NOT_MET, "1 to go by July 31, 2027", replace(AFTER_EXPIRY, as_of=date(2027, 7, 31))),
    Case("the same meeting, once in review", MET, K.PARTICIPATION, MEETINGS | {"min_count": 1}, subject(
        given(id=1, event="Meeting "), given(id=2, event="meeting", verdict=Verdict.PENDING)), Result.MET, "1 of 1",
        RENEWAL),
    Case("no meeting was held", BOUNDARY, K.PARTICIPATION,
         {"event_type": "state_meeting", "min_percent": 50, "window_months": 24},
         subject(metrics={"events_held_state_meeting": Decimal(0)}), Result.NOT_APPLICABLE, "No state meeting was held",
         RENEWAL),
    Case("half of three meetings held", SHORT, K.PARTICIPATION,
         {"event_type": "state_meeting", "min_percent": 50, "window_months": 24},
         subject(given(event="A"), metrics={"events_held_state_meeting": Decimal(3)}),
         Result.PARTIAL, "1 of 2", RENEWAL),
    Case("report on its due date", BOUNDARY, K.FILING, UFR, subject(_ufr(date(2026, 11, 15))), Result.MET,
         "next is due on November 15, 2027"),
    Case("report a day late", BOUNDARY, K.FILING, UFR, subject(_ufr(date(2026, 11, 16))), Result.PARTIAL, "1 day late"),
    Case("report filed", MET, K.FILING, UFR, subject(_ufr(date(2026, 10, 1))), Result.MET, "on time"),
    Case("report of the year before only", SHORT, K.FILING, UFR, subject(_ufr(date(2025, 10, 1), 2025)),
         Result.NOT_MET, "was due on November 15, 2026 and is missing"),
    Case("notice after 30 days", BOUNDARY, K.FILING, NOTICE, subject(given(date(2027, 5, 31), event_on="2027-05-01")),
         Result.MET, "1 notice on time"),
    Case("notice after 31 days", BOUNDARY, K.FILING, NOTICE, subject(given(date(2027, 6, 1), event_on="2027-05-01")),
         Result.PARTIAL, "1 day late"),
    Case("visit satisfactory", MET, K.REVIEW, VISIT,
         subject(given(checklist_id="visit", result="satisfactory", independent=True)), Result.MET, "Satisfactory"),
    Case("visit two years ago to the day", BOUNDARY, K.REVIEW, VISIT, subject(
        given(date(2025, 6, 15), checklist_id="visit", result="satisfactory", independent=True)), Result.MET, "due by"),
    Case("visit two years and a day ago", BOUNDARY, K.REVIEW, VISIT, subject(
        given(date(2025, 6, 14), checklist_id="visit", result="satisfactory", independent=True)),
         Result.NOT_MET, "due"),
    Case("plan not approved", SHORT, K.REVIEW, VISIT, subject(
        given(checklist_id="visit", result="corrective_action", independent=True)), Result.NOT_MET, "not approved"),
    Case("plan approved", MET, K.REVIEW, VISIT, subject(
        given(checklist_id="visit", result="corrective_action", independent=True, cap_approved=True)),
         Result.MET, "on"),
    Case("reviewer with ties", SHORT, K.REVIEW, VISIT, subject(
        given(checklist_id="visit", result="satisfactory")), Result.NOT_MET, "independent"),
    Case("fee paid", MET, K.FEE, FEE, subject(given(paid_cents=3500)), Result.MET, "$35.00 paid"),
    Case("fee a cent short", BOUNDARY, K.FEE, FEE, subject(given(paid_cents=3499)), Result.PARTIAL,
         "$34.99 paid of $35.00"),
    Case("fee paid beside a paper that waits", MET, K.FEE, FEE, subject(
        given(paid_cents=3500), given(id=2, verdict=Verdict.PENDING)), Result.MET, "$35.00 paid"),
    Case("fee not paid", SHORT, K.FEE, FEE, subject(), Result.NOT_MET, "waived for: hardship"),
    Case("fee that DPH records", SHORT, K.FEE, {"amount_cents": 3500, "done_by": "department"}, subject(),
         Result.NOT_MET, "DPH records it"),
    Case("fee waived", MET, K.FEE, FEE, subject(given(waiver_ground="hardship")), Result.WAIVED, "hardship"),
    Case("fee whose waiver waits", SHORT, K.FEE, FEE, subject(given(waiver_ground="hardship", verdict=Verdict.PENDING)),
         Result.PARTIAL, "waiting for review"),
    Case("no fee", BOUNDARY, K.FEE, {"amount_cents": 0}, subject(), Result.NOT_APPLICABLE, "No fee"),
)  # fmt: skip
