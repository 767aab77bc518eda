"""What a person types in for each requirement, and how it is checked: the definition behind one generic web form.

A form never asks for what other records already say (training, employment, caseload), and never for the content of a
criminal record: only when a check was asked for and answered, whether it cleared, by whom, and when it is due again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from certhub.rules.findings import listed, quantity
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds import KINDS, checks, duties, qualifications, training, typed_parameters
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.requirement_kinds.papers import document_name, party_name
from certhub.rules.standard import Requirement
from certhub.rules.training_categories import COMPETENCIES, COMPETENCY_LISTS, NCCS_DOMAINS
from certhub.rules.vocabulary import RequirementKind

MOST_CHARACTERS = 2000
SHORT_TEXT = 200
NOT_RATED = "na"
OCCURRED, EXPIRES = "occurred_on", "expires_on"
_EARLIEST = date(1900, 1, 1)
_LATEST = date(2200, 12, 31)


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


@dataclass(frozen=True, slots=True)
class EvidenceInput:
    """Checked evidence, ready to be kept."""

    value: Mapping[str, Any] = field(default_factory=dict)
    occurred_on: date | None = None
    expires_on: date | None = None


def _choice(name: str, label: str, choices: Mapping[str, str], *, hint: str = "") -> EvidenceField:
    return EvidenceField(name, label, Input.CHOICE, hint=hint, choices=tuple(choices.items()))


def _day(name: str, label: str, *, required: bool = True, hint: str = "") -> EvidenceField:
    return EvidenceField(name, label, Input.DATE, required=required, hint=hint)


def _amount(name: str, label: str, most: int, *, required: bool = True, hint: str = "") -> EvidenceField:
    return EvidenceField(
        name, label, Input.NUMBER, required=required, hint=hint, minimum=Decimal(0), maximum=Decimal(most)
    )


def _document_fields(params: Any) -> tuple[EvidenceField, ...]:
    kinds = {one: document_name(one).capitalize() for one in params.types}
    return (
        _choice("document_type", "Document", kinds),
        _day(OCCURRED, "Date of the document"),
        _day(EXPIRES, "Good through", required=bool(params.must_not_expire_before), hint="The last day it is good."),
        EvidenceField("note", "Note", Input.TEXTAREA, required=False, hint="Leave out children's names."),
    )


def _signature_fields(params: Any) -> tuple[EvidenceField, ...]:
    parties = getattr(params, "parties", ())
    choice = (
        (_choice("party", "Signed for", {one: party_name(one).capitalize() for one in parties}),) if parties else ()
    )
    return (
        *choice,
        EvidenceField("agreed", "I have read the text and I sign it", Input.CHECKBOX),
        EvidenceField("signed_by", "Full name of the person who signs"),
        _day(OCCURRED, "Date of signature"),
    )


def _hours_fields(params: Any) -> tuple[EvidenceField, ...]:
    if params.unit != training.WORK:
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


def _experience_fields(params: Any) -> tuple[EvidenceField, ...]:
    settings = {one: document_name(one).capitalize() for path in params.paths for one in path.settings}
    where = _choice("setting", "Where", settings) if settings else EvidenceField("setting", "Where")
    mentored = any(path.min_mentorship_hours is not None for path in params.paths)
    mentor = (_amount("mentorship_hours", "Hours with a mentor", 10_000, required=False),) if mentored else ()
    return (
        _choice("path", "Kind of experience", {path.id: path.title.capitalize() for path in params.paths}),
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
    return (
        _choice("credential", "Credential", {one: name(one) for one in params.any_of}),
        EvidenceField("number", "Number", required=False),
        _choice("status", "Status", {one: name(one).capitalize() for one in statuses}),
        _day(OCCURRED, "Date of the letter"),
        _day(EXPIRES, "Good through", required=False),
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
    roles = {"physician": "Physician", "nurse": "Nurse", "staff": "Office staff", "parent": "Parent", "other": "Other"}
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
    if params.due_rule == duties.AFTER_EVENT:
        first = _day("event_on", "Day of the event")
    else:
        first = _day("period_end", "Last day of the period", hint="For example 30 June for a state fiscal year.")
    return (first, _day(OCCURRED, "Filed on"), EvidenceField("note", "Note", Input.TEXTAREA, required=False))


def _review_fields(params: Any) -> tuple[EvidenceField, ...]:
    results = {one.value: one.label.capitalize() for one in checks.ReviewResult}
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
    grounds = {"": "None", **{one: one.replace("_", " ").capitalize() for one in params.waivable_for}}
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


_FIELDS: Mapping[RequirementKind, Callable[[Any], tuple[EvidenceField, ...]]] = {
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
_NEVER_A_FILE = frozenset({RequirementKind.BACKGROUND_CHECK})


def fields_for(requirement: Requirement) -> tuple[EvidenceField, ...]:
    """The fields of the requirement's form; empty where it is computed from other records."""
    return _FIELDS[requirement.kind](typed_parameters(requirement))


def takes_file(requirement: Requirement) -> bool:
    """Whether a file may be added; never for a background check, whose report must not be kept."""
    return bool(fields_for(requirement)) and requirement.kind not in _NEVER_A_FILE


def needs_file(requirement: Requirement) -> bool:
    """Whether the evidence counts only with a file."""
    return requirement.kind is RequirementKind.DOCUMENT and bool(typed_parameters(requirement).needs_file)


def is_computed(requirement: Requirement) -> bool:
    """Whether the requirement is judged from other records alone."""
    return KINDS[requirement.kind].computed or not fields_for(requirement)


def done_by_department(requirement: Requirement) -> bool:
    """Whether the department itself enters the evidence (a debarment search, a site review)."""
    return getattr(typed_parameters(requirement), "done_by", "") == "department"


def required_signer(requirement: Requirement) -> str | None:
    """The role that must sign an attestation, None for everything else."""
    if requirement.kind is not RequirementKind.ATTESTATION:
        return None
    return str(typed_parameters(requirement).signer_role)


def text_to_sign(requirement: Requirement) -> tuple[str, int] | None:
    """The id and version of the text that is signed (see data/attestations.toml), None where nothing is signed."""
    params = typed_parameters(requirement)
    if requirement.kind is RequirementKind.ATTESTATION:
        return params.text_id, params.version
    if requirement.kind is RequirementKind.AGREEMENT:
        return params.template_id, params.version
    return None


def checked_value(requirement: Requirement, raw: Mapping[str, str | list[str]], *, today: date) -> EvidenceInput:
    """What was typed in, checked and ready to keep.

    Raises Refusal with a sentence for the field that is wrong.
    """
    fields = fields_for(requirement)
    if not fields:
        raise Refusal("Nothing is entered for this requirement. It is computed from other records.")
    found: dict[str, Any] = {}
    for one in fields:
        given = _grid(one, raw) if one.input is Input.SCORE_GRID else _READERS[one.input](one, raw.get(one.name))
        if given is not None:
            found[one.name] = given
    _require_past(fields, found, today)
    occurred_on, expires_on = found.pop(OCCURRED, None), found.pop(EXPIRES, None)
    if occurred_on is not None and expires_on is not None and expires_on < occurred_on:
        raise Refusal("The end date is before the first date. Check both.", field=EXPIRES)
    _TIDY.get(requirement.kind, _unchanged)(typed_parameters(requirement), found)
    value = {name: given.isoformat() if isinstance(given, date) else given for name, given in found.items()}
    return EvidenceInput(value, occurred_on, expires_on)


def _require_past(fields: tuple[EvidenceField, ...], found: Mapping[str, Any], today: date) -> None:
    for one in fields:
        day = found.get(one.name)
        if one.input is not Input.DATE or one.name == EXPIRES or day is None:
            continue
        if day > today:
            raise Refusal(f'"{one.label}" is in the future. Enter today or an earlier day.', field=one.name)
        if one.name != OCCURRED and OCCURRED in found and day > found[OCCURRED]:
            label = next(other.label for other in fields if other.name == OCCURRED)
            raise Refusal(f'"{one.label}" must not be after "{label}".', field=one.name)


def _unchanged(params: Any, found: dict[str, Any]) -> None:
    """Nothing to add for this kind."""


def _tidy_attestation(params: Any, found: dict[str, Any]) -> None:
    found.update(text_id=params.text_id, version=params.version, signer_role=params.signer_role)


def _tidy_agreement(params: Any, found: dict[str, Any]) -> None:
    found.update(template_id=params.template_id, version=params.version)


def _tidy_experience(params: Any, found: dict[str, Any]) -> None:
    path = next(path for path in params.paths if path.id == found["path"])
    for name, wanted in (("hours", path.min_hours), ("mentorship_hours", path.min_mentorship_hours)):
        if wanted is not None and not found.get(name):
            raise Refusal("Enter the hours. This kind of experience is counted in hours.", field=name)


def _tidy_background(params: Any, found: dict[str, Any]) -> None:  # noqa: ARG001 (shape of the table)
    found["cleared"] = found["cleared"] == "yes"


def _tidy_registry(params: Any, found: dict[str, Any]) -> None:
    found["registry"] = params.registry


def _tidy_instrument(params: Any, found: dict[str, Any]) -> None:  # noqa: ARG001 (shape of the table)
    instrument = INSTRUMENTS[found["instrument"]]
    scores = {theme: score for theme, score in found.get("scores", {}).items() if theme in instrument.themes}
    missing = [theme for theme in instrument.themes if theme not in scores]
    if missing:
        raise Refusal(f"Score every theme. Still missing: {listed(missing)}.", field="scores")
    high = [theme for theme, score in scores.items() if score > instrument.high]
    if high:
        raise Refusal(f"The {instrument.title} is scored 1 to {instrument.high}. See {listed(high)}.", field="scores")
    found["scores"] = scores


def _tidy_participation(params: Any, found: dict[str, Any]) -> None:
    found["event_type"] = params.event_type


def _tidy_filing(params: Any, found: dict[str, Any]) -> None:
    found["what"] = params.what


def _tidy_review(params: Any, found: dict[str, Any]) -> None:
    found["checklist_id"] = params.checklist_id


def _tidy_fee(params: Any, found: dict[str, Any]) -> None:  # noqa: ARG001 (shape of the table)
    paid = Decimal(str(found.pop("paid", 0)))
    if not paid and not found.get("waiver_ground"):
        raise Refusal("Enter what was paid.", field="paid")
    found["paid_cents"] = int((paid * 100).to_integral_value())


_TIDY: Mapping[RequirementKind, Callable[[Any, dict[str, Any]], None]] = {
    RequirementKind.ATTESTATION: _tidy_attestation,
    RequirementKind.AGREEMENT: _tidy_agreement,
    RequirementKind.EXPERIENCE: _tidy_experience,
    RequirementKind.BACKGROUND_CHECK: _tidy_background,
    RequirementKind.REGISTRY_CLEAR: _tidy_registry,
    RequirementKind.INSTRUMENT_SCORE: _tidy_instrument,
    RequirementKind.PARTICIPATION: _tidy_participation,
    RequirementKind.FILING: _tidy_filing,
    RequirementKind.REVIEW: _tidy_review,
    RequirementKind.FEE: _tidy_fee,
}


def _typed(one: EvidenceField, given: str | list[str] | None, most: int) -> str:
    """The text of a field without surrounding space; "" for a field that may be left out."""
    text = given[0] if isinstance(given, list) and given else given if isinstance(given, str) else ""
    text = text.strip()
    if "\x00" in text:
        raise Refusal(f'"{one.label}" has a character that cannot be kept. Type it again.', field=one.name)
    if len(text) > most:
        raise Refusal(f'"{one.label}" is too long: {len(text)} characters, {most} at most.', field=one.name)
    if not text and one.required:
        raise Refusal(f'Fill in "{one.label}".', field=one.name)
    return text


def _text(one: EvidenceField, given: str | list[str] | None) -> str | None:
    return _typed(one, given, MOST_CHARACTERS if one.input is Input.TEXTAREA else SHORT_TEXT) or None


def _date(one: EvidenceField, given: str | list[str] | None) -> date | None:
    text = _typed(one, given, SHORT_TEXT)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refusal(f'"{one.label}" is not a date. Write it like 2027-07-31.', field=one.name) from None
    if not _EARLIEST <= day <= _LATEST:
        raise Refusal(f'"{one.label}" has a year that cannot be right. Check it.', field=one.name)
    return day


def _number(one: EvidenceField, given: str | list[str] | None) -> str | None:
    text = _typed(one, given, SHORT_TEXT).replace(",", "")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Refusal(f'"{one.label}" is not a number. Write it like 12 or 12.5.', field=one.name)
    low, high = one.minimum or Decimal(0), one.maximum or Decimal(10**9)
    if not low <= number <= high:
        raise Refusal(f'"{one.label}" must be from {quantity(low)} to {quantity(high)}.', field=one.name)
    return quantity(number.quantize(Decimal("0.01")))


def _one_of(one: EvidenceField, given: str | list[str] | None) -> str | None:
    text = _typed(one, given, SHORT_TEXT)
    if text and text not in dict(one.choices):
        raise Refusal(f'Choose one of the answers for "{one.label}".', field=one.name)
    return text or None


def _ticked(one: EvidenceField, given: str | list[str] | None) -> bool:
    ticked = _typed(EvidenceField(one.name, one.label, required=False), given, SHORT_TEXT)
    yes = ticked.lower() in ("y", "yes", "on", "true", "1")
    if one.required and not yes:
        raise Refusal(f'Check the box "{one.label}".', field=one.name)
    return yes


def _several(one: EvidenceField, given: str | list[str] | None) -> list[str]:
    values = [given] if isinstance(given, str) and given else given if isinstance(given, list) else []
    known = [value for value, _ in one.choices]
    if any(value not in known for value in values):
        raise Refusal(f'Choose from the list for "{one.label}".', field=one.name)
    if one.required and not values:
        raise Refusal(f'Choose at least one answer for "{one.label}".', field=one.name)
    return [value for value in known if value in values]


def _grid(one: EvidenceField, raw: Mapping[str, str | list[str]]) -> dict[str, int | str]:
    found: dict[str, int | str] = {}
    low, high = int(one.minimum or 0), int(one.maximum or 0)
    for row, label in one.choices:
        cell = EvidenceField(one.name, label, required=False)
        text = _typed(cell, raw.get(f"{one.name}-{row}"), SHORT_TEXT)
        if not text:
            continue
        if text == NOT_RATED and one.or_not_rated:
            found[row] = NOT_RATED
        elif text.isascii() and text.isdigit() and low <= int(text) <= high:
            found[row] = int(text)
        else:
            raise Refusal(f'The score for "{label}" must be a whole number from {low} to {high}.', field=one.name)
    if one.required and not found:
        raise Refusal(f'Fill in "{one.label}".', field=one.name)
    return found


_READERS: Mapping[Input, Callable[[EvidenceField, str | list[str] | None], Any]] = {
    Input.TEXT: _text,
    Input.TEXTAREA: _text,
    Input.DATE: _date,
    Input.NUMBER: _number,
    Input.CHOICE: _one_of,
    Input.CHECKBOX: _ticked,
    Input.MULTI_CHOICE: _several,
}
