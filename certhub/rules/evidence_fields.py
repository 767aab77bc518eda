"""The fields that a person fills in for each requirement kind: the definition behind one generic web form.

A form never asks for what other records already say (training, employment, caseload), and never for the content of a
criminal record: only when a check was asked for and answered, whether it cleared, by whom, and when it is due again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from certhub.rules.dossier import ENCOUNTER_DATA
from certhub.rules.requirement_kinds import checks, duties, qualifications
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.requirement_kinds.papers import REASONS, document_name, party_name
from certhub.rules.requirement_kinds.training_counting import WORK
from certhub.rules.self_assessment import RESPONDENT_LABELS
from certhub.rules.training_categories import COMPETENCIES, COMPETENCY_LISTS, NCCS_DOMAINS
from certhub.rules.vocabulary import RequirementKind

KNOWN_FOR: Mapping[str, str] = MappingProxyType(
    {
        "under_6_months": "Less than 6 months",
        "6_to_12_months": "6 months to 1 year",
        "1_to_3_years": "1 to 3 years",
        "over_3_years": "More than 3 years",
    }
)
"""How long a referee knows the applicant."""

OCCURRED, EXPIRES = "occurred_on", "expires_on"
SENT_DIRECTLY = "sent_directly"
"""Marks a form that a referee sent in without going through the applicant; no form of the applicant can set it."""


class Input(StrEnum):
    """How a field is typed in."""

    TEXT = "text"
    TEXTAREA = "textarea"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"
    CHECKBOX = "checkbox"
    MULTI_CHOICE = "multi_choice"
    SCORE_GRID = "score_grid"


@dataclass(frozen=True, slots=True)
class EvidenceField:
    """One field of an evidence form.

    `choices` are (value, label) pairs; in a score grid they are its rows, and the value of row `r` of grid `g` arrives
    as `g-r`. `minimum` and `maximum` limit numbers and scores. `or_not_rated` lets a row of a grid be "not applicable".
    """

    name: str
    label: str
    input: Input = Input.TEXT
    required: bool = True
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    or_not_rated: bool = False


REASONS_HINT = "What happened, and when. Nothing about children or families, and no medical details."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _choice(name: str, label: str, choices: Mapping[str, str], *, hint: str = "") -> EvidenceField:
    return EvidenceField(name, label, Input.CHOICE, hint=hint, choices=tuple(choices.items()))


def _day(name: str, label: str, *, required: bool = True, hint: str = "") -> EvidenceField:
    return EvidenceField(name, label, Input.DATE, required=required, hint=hint)


def _amount(name: str, label: str, most: int, *, required: bool = True, hint: str = "") -> EvidenceField:
    return EvidenceField(
        name, label, Input.NUMBER, required=required, hint=hint, minimum=Decimal(0), maximum=Decimal(most)
    )


def _document_fields(params: Any) -> tuple[EvidenceField, ...]:
    kinds = {one: _capital(document_name(one)) for one in params.types}
    return (
        _choice("document_type", "Document", kinds),
        _day(OCCURRED, "Date of the document"),
        _day(EXPIRES, "Good through", required=bool(params.must_not_expire_before), hint="The last day it is good."),
        EvidenceField("note", "Note", Input.TEXTAREA, required=False, hint="Leave out children's names."),
    )


def _signature_fields(params: Any) -> tuple[EvidenceField, ...]:
    parties = getattr(params, "parties", ())
    choice = (_choice("party", "Signed for", {one: _capital(party_name(one)) for one in parties}),) if parties else ()
    reasons = (
        EvidenceField(
            REASONS, "Reasons, in your own words", Input.TEXTAREA,
            hint=REASONS_HINT,
        ),
    )  # fmt: skip
    return (
        *choice,
        *(reasons if getattr(params, "with_reasons", False) else ()),
        EvidenceField("agreed", "The text was read and signed", Input.CHECKBOX),
        EvidenceField("signed_by", "Full name of the person who signed"),
        _day(OCCURRED, "Date of signature"),
    )


def _hours_fields(params: Any) -> tuple[EvidenceField, ...]:
    if params.unit != WORK:
        return ()
    return (
        EvidenceField("setting", "Where you worked"),
        _amount("hours", "Hours", 10_000),
        _day(OCCURRED, "Last day of this work"),
    )


def _competency_fields(params: Any) -> tuple[EvidenceField, ...]:
    return (
        EvidenceField("reference_name", "Name of the person who gives the reference"),
        EvidenceField("relationship", "How this person knows your work"),
        _day(OCCURRED, "Date of the form"),
        EvidenceField(
            "ratings",
            "Ratings",
            Input.SCORE_GRID,
            hint="1 is lowest and 4 is highest. Choose not applicable where the person has not seen the skill.",
            choices=tuple(COMPETENCY_LISTS[params.competency_list].items()),
            minimum=Decimal(1),
            maximum=Decimal(qualifications.TOP_RATING),
            or_not_rated=True,
        ),
    )


def referee_fields(requirement_fields: tuple[EvidenceField, ...]) -> tuple[EvidenceField, ...]:
    """The fields of a form that the referee sent in, which asks a little more than one that was typed from paper."""
    more = (
        EvidenceField("organization", "Organization", required=False),
        EvidenceField("known_for", "Has known the applicant for", Input.CHOICE, choices=tuple(KNOWN_FOR.items())),
        EvidenceField("comment", "Comment", Input.TEXTAREA, required=False),
    )
    return (*requirement_fields, *more)


def _experience_fields(params: Any) -> tuple[EvidenceField, ...]:
    settings = {one: _capital(document_name(one)) for path in params.paths for one in path.settings}
    where = _choice("setting", "Where", settings) if settings else EvidenceField("setting", "Where")
    mentored = any(path.min_mentorship_hours is not None for path in params.paths)
    mentor = (_amount("mentorship_hours", "Hours with a mentor", 10_000, required=False),) if mentored else ()
    return (
        _choice("path", "Kind of experience", {path.id: _capital(path.title) for path in params.paths}),
        where,
        _day("started_on", "First day"),
        _day(OCCURRED, "Last day", hint="Today if it goes on."),
        _amount("hours", "Hours in all", 100_000, required=False, hint="Needed where the path asks for hours."),
        *mentor,
    )


def _credential_fields(params: Any) -> tuple[EvidenceField, ...]:
    if params.held_in != qualifications.IN_EVIDENCE:
        return ()
    name = qualifications.credential_name
    statuses = (*params.status_in, *(one for one in ("rejected", "expired") if one not in params.status_in))
    points = (
        _amount(
            "core_criteria", "Core criteria met", qualifications.NCQA_CORE, required=False,
            hint=f"For NCQA only. Recognition needs all {qualifications.NCQA_CORE}.",
        ),
        _amount(
            "elective_credits", "Elective credits", 100, required=False,
            hint=f"For NCQA only. Recognition needs {qualifications.NCQA_CREDITS} or more.",
        ),
    )  # fmt: skip
    return (
        _choice("credential", "Credential", {one: name(one) for one in params.any_of}),
        EvidenceField("number", "Number", required=False),
        _choice("status", "Status", {one: _capital(name(one)) for one in statuses}),
        _day(OCCURRED, "Date of the letter"),
        _day(EXPIRES, "Good through", required=False),
        *(points if qualifications.NCQA_PCMH in params.any_of else ()),
    )


def _background_fields(params: Any) -> tuple[EvidenceField, ...]:
    return (
        _choice("check", "Check", {one: one for one in params.checks}),
        _day("requested_on", "Asked for on"),
        _day(OCCURRED, "Answered on"),
        _choice("cleared", "Cleared", {"yes": "Yes", "no": "No"}, hint="Do not enter what the report says."),
        EvidenceField("reviewer", "Who reviewed the result"),
        _day(EXPIRES, "Due again by", required=False),
    )


def _registry_fields(params: Any) -> tuple[EvidenceField, ...]:
    return (
        _choice(
            "result",
            f"Result of the search in the {checks.REGISTRIES[params.registry]}",
            {checks.CLEAR: "No match", checks.LISTED: "Match found"},
        ),
        _day(OCCURRED, "Searched on"),
    )


def _instrument_fields(params: Any) -> tuple[EvidenceField, ...]:
    themes = {key: title for name in params.instruments for key, title in INSTRUMENTS[name].themes.items()}
    top = max(INSTRUMENTS[name].high for name in params.instruments)
    roles = {role.value: label for role, label in RESPONDENT_LABELS.items()}
    return (
        _choice("instrument", "Index", {name: INSTRUMENTS[name].title for name in params.instruments}),
        _day(OCCURRED, "Filled in on"),
        EvidenceField("completed_by", "Filled in by", Input.MULTI_CHOICE, choices=tuple(roles.items())),
        EvidenceField(
            "scores",
            "Scores",
            Input.SCORE_GRID,
            hint="Full version: 1 to 8 for each theme. Short version: 1 to 5 for its ten themes.",
            choices=tuple(themes.items()),
            minimum=Decimal(1),
            maximum=Decimal(top),
        ),
    )


def _points_fields(params: Any) -> tuple[EvidenceField, ...]:
    titles = {**COMPETENCIES, **NCCS_DOMAINS}
    criteria = tuple((one, titles.get(one, one)) for one in (*params.core, *params.elective_pool))
    return (
        EvidenceField("criteria", "Met", Input.MULTI_CHOICE, hint="Check each one that is met.", choices=criteria),
        _day(OCCURRED, "As of"),
    )


def _participation_fields(params: Any) -> tuple[EvidenceField, ...]:  # noqa: ARG001 (shape of the table)
    return EvidenceField("event", "Name or place of the meeting"), _day(OCCURRED, "Date of the meeting")


def _filing_fields(params: Any) -> tuple[EvidenceField, ...]:
    if params.due_rule == duties.AFTER_PERIOD and params.what == ENCOUNTER_DATA:
        return ()  # judged from the caseload reports that are filed here
    if params.due_rule == duties.AFTER_EVENT:
        first = _day("event_on", "Day of the event")
    else:
        first = _day("period_end", "Last day of the period", hint="For example June 30 for a state fiscal year.")
    return (first, _day(OCCURRED, "Filed on"), EvidenceField("note", "Note", Input.TEXTAREA, required=False))


def _review_fields(params: Any) -> tuple[EvidenceField, ...]:
    results = {one.value: _capital(one.label) for one in checks.ReviewResult}
    plan = (EvidenceField("cap_approved", "Corrective action plan approved", Input.CHECKBOX, required=False),)
    return (
        _choice("result", "Result", results),
        EvidenceField("reviewer", "Reviewer"),
        EvidenceField("independent", "The reviewer has no ties to the subject", Input.CHECKBOX, required=False),
        *(plan if params.cap_allowed else ()),
        _day(OCCURRED, "Date of the review"),
    )


def _fee_fields(params: Any) -> tuple[EvidenceField, ...]:
    if params.amount_cents == 0:
        return ()
    grounds = {"": "None", **{one: _capital(one.replace("_", " ")) for one in params.waivable_for}}
    waiver = (
        EvidenceField(
            "waiver_ground", "Ask for a waiver", Input.CHOICE, required=False, choices=tuple(grounds.items())
        ),
    )
    return (
        _amount("paid", "Paid, in dollars", 1_000_000, required=False),
        EvidenceField("receipt", "Receipt number", required=False),
        *(waiver if params.waivable_for else ()),
        _day(OCCURRED, "Paid or asked on"),
    )


def _no_fields(params: Any) -> tuple[EvidenceField, ...]:  # noqa: ARG001 (shape of the table)
    return ()


FIELDS: Mapping[RequirementKind, Callable[[Any], tuple[EvidenceField, ...]]] = {
    RequirementKind.DOCUMENT: _document_fields,
    RequirementKind.ATTESTATION: _signature_fields,
    RequirementKind.AGREEMENT: _signature_fields,
    RequirementKind.HOURS: _hours_fields,
    RequirementKind.COURSE_SET: _no_fields,
    RequirementKind.COMPETENCY: _competency_fields,
    RequirementKind.EXPERIENCE: _experience_fields,
    RequirementKind.CREDENTIAL_HELD: _credential_fields,
    RequirementKind.BACKGROUND_CHECK: _background_fields,
    RequirementKind.REGISTRY_CLEAR: _registry_fields,
    RequirementKind.INSTRUMENT_SCORE: _instrument_fields,
    RequirementKind.POINTS: _points_fields,
    RequirementKind.RATIO: _no_fields,
    RequirementKind.RELATIONSHIP_RULE: _no_fields,
    RequirementKind.PARTICIPATION: _participation_fields,
    RequirementKind.FILING: _filing_fields,
    RequirementKind.REVIEW: _review_fields,
    RequirementKind.FEE: _fee_fields,
}
