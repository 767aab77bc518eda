"""What a person types in for each requirement, checked and made ready to keep."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from certhub.rules.dates_in_use import is_in_use
from certhub.rules.evidence_fields import EXPIRES, FIELDS, OCCURRED, EvidenceField, Input
from certhub.rules.findings import listed, quantity
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds import KINDS, typed_parameters
from certhub.rules.requirement_kinds.checks import recheck_due_on
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.requirement_kinds.qualifications import NCQA_CORE, NCQA_CREDITS, NCQA_PCMH
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import RequirementKind

MOST_CHARACTERS = 2000
SHORT_TEXT = 200
NOT_RATED = "na"
_HOURS_OF_A_DAY = 24


@dataclass(frozen=True, slots=True)
class EvidenceInput:
    """Checked evidence, ready to be kept."""

    value: Mapping[str, Any] = field(default_factory=dict)
    occurred_on: date | None = None
    expires_on: date | None = None


_NEVER_A_FILE = frozenset({RequirementKind.BACKGROUND_CHECK})


def fields_for(requirement: Requirement) -> tuple[EvidenceField, ...]:
    """The fields of the requirement's form; empty where it is computed from other records."""
    return FIELDS[requirement.kind](typed_parameters(requirement))


def takes_file(requirement: Requirement) -> bool:
    """Whether a file may be added; never for a background check, whose report must not be kept."""
    return bool(fields_for(requirement)) and requirement.kind not in _NEVER_A_FILE


def needs_file(requirement: Requirement) -> bool:
    """Whether what is typed in counts only with a file: a document, and a reference or signature given on paper."""
    if requirement.kind is RequirementKind.COMPETENCY or text_to_sign(requirement) is not None:
        return True
    return requirement.kind is RequirementKind.DOCUMENT and bool(typed_parameters(requirement).needs_file)


def is_computed(requirement: Requirement) -> bool:
    """Whether the requirement is judged from other records alone."""
    return KINDS[requirement.kind].computed or not fields_for(requirement)


def done_by_department(requirement: Requirement) -> bool:
    """Whether the department itself enters the evidence (a debarment search, a site review)."""
    return getattr(typed_parameters(requirement), "done_by", "") == "department"


def may_be_searched_again(requirement: Requirement) -> bool:
    """Whether DPH may repeat what the applicant looked up: a public list.

    A search counts for some days before the decision, and it can grow old while DPH has the application. Nobody's
    renewal is returned for that.
    """
    return requirement.kind is RequirementKind.REGISTRY_CLEAR


def required_signer(requirement: Requirement) -> str | None:
    """The role that must sign an attestation, None for everything else."""
    if requirement.kind is not RequirementKind.ATTESTATION:
        return None
    return str(typed_parameters(requirement).signer_role)


def asks_reasons(requirement: Requirement) -> bool:
    """Whether whoever signs also gives reasons, in their own words."""
    return bool(getattr(typed_parameters(requirement), "with_reasons", False))


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
    _require_recognition(found)
    occurred_on, expires_on = found.pop(OCCURRED, None), found.pop(EXPIRES, None)
    if occurred_on is not None and expires_on is not None and expires_on < occurred_on:
        raise Refusal("The end date is before the first date. Check both.", field=EXPIRES)
    _require_hours_that_fit(found, found.get("started_on"), occurred_on)
    _TIDY.get(requirement.kind, _unchanged)(typed_parameters(requirement), found)
    if requirement.kind is RequirementKind.BACKGROUND_CHECK:
        expires_on = recheck_due_on(typed_parameters(requirement), occurred_on, expires_on)
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


def _require_recognition(found: Mapping[str, Any]) -> None:
    """Raises `Refusal` where a recognition by NCQA is told without what it rests on, or with too little."""
    if found.get("credential") != NCQA_PCMH or found.get("status") != "current":
        return
    if found.get(EXPIRES) is None:
        raise Refusal("Enter the last day of the recognition. It stands in the letter from NCQA.", field=EXPIRES)
    if Decimal(found.get("core_criteria") or 0) < NCQA_CORE:
        raise Refusal(f"NCQA recognizes a practice that meets all {NCQA_CORE} core criteria.", field="core_criteria")
    if Decimal(found.get("elective_credits") or 0) < NCQA_CREDITS:
        raise Refusal(
            f"NCQA recognizes a practice with at least {NCQA_CREDITS} elective credits.", field="elective_credits"
        )


def _unchanged(params: Any, found: dict[str, Any]) -> None:
    """Nothing to add for this kind."""


def _tidy_attestation(params: Any, found: dict[str, Any]) -> None:
    found.update(text_id=params.text_id, version=params.version, signer_role=params.signer_role)


def _tidy_agreement(params: Any, found: dict[str, Any]) -> None:
    found.update(template_id=params.template_id, version=params.version)


def _require_hours_that_fit(found: Mapping[str, Any], first: date | None, last: date | None) -> None:
    """Raises `Refusal` where there are more hours than the days from `first` to `last` have."""
    if first is None or last is None:
        return
    days = (last - first).days + 1
    for name in ("hours", "mentorship_hours"):
        if Decimal(str(found.get(name) or 0)) > days * _HOURS_OF_A_DAY:
            raise Refusal(
                f"That is more than fits between the two dates: {days:,} {'day has' if days == 1 else 'days have'} "
                f"{days * _HOURS_OF_A_DAY:,} hours. Check the hours and both dates.",
                field=name,
            )


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
    if not is_in_use(day):
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
