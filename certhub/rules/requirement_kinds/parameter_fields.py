"""The parameters of a kind as a form can ask for them: found by letting the kind's own reader say what it reads.

There is no second list of parameters. Where a reader looks at one answer before it asks for another (a filing by its
due rule), it is asked once for each choice, and what only some choices need is marked as such.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache

from certhub.rules.requirement_kinds import KINDS
from certhub.rules.requirement_kinds.parameters import Parameters
from certhub.rules.vocabulary import RequirementKind


class ParameterInput(StrEnum):
    """How a parameter is asked for."""

    TEXT = "text"
    CHOICE = "choice"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    TEXTS = "texts"
    CHOICES = "choices"
    NUMBERS = "numbers"
    TABLES = "tables"


@dataclass(frozen=True, slots=True)
class ParameterField:
    """One parameter: how it is asked for, among which choices, and what holds where it is left out.

    `sometimes` marks what only some of the kind's choices ask for; `fields` are those of each table in a list of them.
    """

    name: str
    input: ParameterInput
    choices: tuple[str, ...] = ()
    required: bool = False
    default: str | int | Decimal | bool | None = None
    sometimes: bool = False
    fields: tuple["ParameterField", ...] = ()


@cache
def parameter_fields(kind: RequirementKind) -> tuple[ParameterField, ...]:
    """The parameters of a kind in the order in which its reader asks for them."""
    first = _asked(kind, {})
    rounds = [first] + [
        _asked(kind, {field.name: choice})
        for field in first
        if field.input is ParameterInput.CHOICE
        for choice in field.choices
    ]
    found: dict[str, ParameterField] = {}
    for asked in rounds:
        for field in asked:
            found.setdefault(field.name, field)
    everywhere = set.intersection(*({field.name for field in asked} for asked in rounds))
    return tuple(replace(field, sometimes=name not in everywhere) for name, field in found.items())


def _asked(kind: RequirementKind, chosen: Mapping[str, str]) -> tuple[ParameterField, ...]:
    listener = _Listener(chosen)
    KINDS[kind].read(listener)
    return listener.fields()


class _Listener(Parameters):
    """Stands for parameters that nobody has typed yet, and notes what the reader asks for."""

    def __init__(self, chosen: Mapping[str, str]) -> None:
        super().__init__({})
        self._chosen = chosen
        self._fields: list[ParameterField] = []
        self._tables: dict[str, _Listener] = {}

    def fields(self) -> tuple[ParameterField, ...]:
        """What was asked for, in order."""
        return tuple(
            replace(one, fields=self._tables[one.name].fields()) if one.name in self._tables else one
            for one in self._fields
        )

    def text(self, name: str, *, default: str | None = None, choices: Collection[str] = ()) -> str:
        """Note a text or a choice; the choice that this round is about is given."""
        given = ParameterInput.CHOICE if choices else ParameterInput.TEXT
        self._note(name, given, choices=tuple(choices), required=default is None, default=default or None)
        return self._chosen.get(name) or default or next(iter(choices), "")

    def _whole(self, name: str, low: int, high: int, *, required: bool) -> int | None:  # noqa: ARG002 (limits are told when they are passed)
        self._note(name, ParameterInput.WHOLE, required=required)
        return None

    def _number(self, name: str, low: Decimal | int, high: Decimal | int, *, required: bool) -> Decimal | None:  # noqa: ARG002 (as above)
        self._note(name, ParameterInput.NUMBER, required=required)
        return None

    def whole(self, name: str, low: int, high: int, *, default: int | None = None) -> int:
        """Note a whole number with its default."""
        found = super().whole(name, low, high, default=default)
        self._fields[-1] = replace(self._fields[-1], default=default)
        return found

    def number(self, name: str, low: Decimal | int, high: Decimal | int, *, default: Decimal | None = None) -> Decimal:
        """Note a number with its default."""
        found = super().number(name, low, high, default=default)
        self._fields[-1] = replace(self._fields[-1], default=default)
        return found

    def flag(self, name: str, *, default: bool) -> bool:
        """Note a box to check."""
        self._note(name, ParameterInput.FLAG, default=default)
        return default

    def texts(self, name: str, *, choices: Collection[str] = (), required: bool = True) -> tuple[str, ...]:
        """Note a list of texts or choices."""
        given = ParameterInput.CHOICES if choices else ParameterInput.TEXTS
        self._note(name, given, choices=tuple(choices), required=required)
        return ()

    def numbers(
        self,
        name: str,
        low: Decimal | int,  # noqa: ARG002 (limits are told when they are passed)
        high: Decimal | int,  # noqa: ARG002 (as above)
        *,
        choices: Collection[str] = (),
    ) -> dict[str, Decimal]:
        """Note a table of numbers."""
        self._note(name, ParameterInput.NUMBERS, choices=tuple(choices))
        return {}

    def tables(self, name: str) -> tuple[Parameters, ...]:
        """Note a list of tables, and listen to what one of them is asked."""
        self._note(name, ParameterInput.TABLES)
        self._tables[name] = _Listener({})
        return (self._tables[name],)

    def problem(self, name: str, what: str) -> None:
        """Nothing was typed, so nothing is wrong."""

    def _note(
        self,
        name: str,
        given: ParameterInput,
        *,
        choices: tuple[str, ...] = (),
        required: bool = False,
        default: str | int | Decimal | bool | None = None,
    ) -> None:
        self._fields.append(ParameterField(name, given, choices, required, default))
