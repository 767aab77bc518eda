"""Parameters of a requirement as they are typed into a form, and back.

What cannot be read as what it should be stays as it was typed, so that the parser of standards says what is wrong with
it beside its field (`rules.standard_definition`); nothing is guessed and nothing is lost.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from certhub.rules.findings import quantity
from certhub.rules.requirement_kinds.parameter_fields import ParameterField, ParameterInput, parameter_fields
from certhub.rules.requirement_kinds.parameters import decimal_of
from certhub.rules.vocabulary import RequirementKind

Typed = Mapping[str, str | Sequence[str] | bool]
"""What was typed, by the names of `answers_of`: text, several choices, or a box that was checked."""

MOST_TABLES = 12
_WHOLE = re.compile(r"-?\d{1,12}")
_LONGEST_NUMBER = 24


def parameters_from(kind: RequirementKind, typed: Typed) -> dict[str, Any]:
    """The raw parameters that were typed; what was left empty, or says what holds anyway, is left out."""
    return _table_from(parameter_fields(kind), typed, "")


def answers_of(kind: RequirementKind, params: Mapping[str, Any]) -> dict[str, str | list[str] | bool]:
    """What a form shows of raw parameters, by field name: `min`, `category_mins-core`, `alternatives-2-id`."""
    return _answers(parameter_fields(kind), params, "")


def field_of(parameter: str) -> str:
    """The name of the form's field for a parameter as the parser names it: `alternatives[2].id`, `domain_mins.3`."""
    return re.sub(r"\[(\d+)\]", r"-\1", parameter).replace(".", "-")


def _table_from(fields: Sequence[ParameterField], typed: Typed, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields:
        value = _value_from(field, typed, prefix + field.name)
        if value is not None and value not in ("", [], {}):
            found[field.name] = value
    return found


def _value_from(field: ParameterField, typed: Typed, name: str) -> Any:
    given = typed.get(name, "")
    match field.input:
        case ParameterInput.TABLES:
            tables = (_table_from(field.fields, typed, f"{name}-{place}-") for place in range(1, MOST_TABLES + 1))
            return [table for table in tables if table]
        case ParameterInput.NUMBERS if field.choices:
            asked = {key: str(typed.get(f"{name}-{key}", "")).strip() for key in field.choices}
            return {key: _number(text) for key, text in asked.items() if text}
        case ParameterInput.NUMBERS:
            pairs = (line.rpartition("=") for line in str(given).splitlines() if line.strip())
            return {(key or number).strip(): _number(number.strip()) if key else number for key, _, number in pairs}
        case ParameterInput.CHOICES:
            chosen = [given] if isinstance(given, str) else list(given) if isinstance(given, Sequence) else []
            return [one for one in chosen if one]
        case ParameterInput.TEXTS:
            return [line.strip() for line in str(given).splitlines() if line.strip()]
        case ParameterInput.FLAG:
            checked = given is True or given == "y"
            return None if checked == field.default else checked
        case ParameterInput.WHOLE:
            text = str(given).strip()
            return int(text) if _WHOLE.fullmatch(text) else text
        case ParameterInput.NUMBER:
            return _number(str(given).strip())
        case _:
            return str(given).strip()


def _number(text: str) -> int | float | str:
    """A number as JSON and TOML know it; what is none stays text."""
    try:
        found = Decimal(text) if len(text) <= _LONGEST_NUMBER else None
    except InvalidOperation:
        return text
    if found is None or not found.is_finite():
        return text
    return int(found) if found == found.to_integral_value() else float(found)


def _answers(
    fields: Sequence[ParameterField], params: Mapping[str, Any], prefix: str
) -> dict[str, str | list[str] | bool]:
    found: dict[str, str | list[str] | bool] = {}
    for field in fields:
        name, value = prefix + field.name, params.get(field.name)
        match field.input:
            case ParameterInput.TABLES:
                for place, table in enumerate(value or (), start=1):
                    found |= _answers(field.fields, table, f"{name}-{place}-")
            case ParameterInput.NUMBERS if field.choices:
                found |= {f"{name}-{key}": _shown(number) for key, number in (value or {}).items()}
            case ParameterInput.NUMBERS:
                found[name] = "\n".join(f"{key} = {_shown(number)}" for key, number in (value or {}).items())
            case ParameterInput.CHOICES:
                found[name] = list(value or ())
            case ParameterInput.TEXTS:
                found[name] = "\n".join(value or ())
            case ParameterInput.FLAG:
                found[name] = bool(field.default if value is None else value)
            case ParameterInput.CHOICE:
                found[name] = str(value or field.default or "")
            case _:
                found[name] = "" if value is None else _shown(value)
    return found


def _shown(value: object) -> str:
    number = decimal_of(value)
    return str(value) if number is None else quantity(number)
