"""Reading the parameters of a requirement from plain TOML or JSON values, with every problem in one line."""

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

MOST_HOURS = Decimal(10_000)
MOST_MONTHS = 240
MOST_DAYS = 3_660


class Parameters:
    """The raw parameters of one requirement (or one table inside them), read by name.

    Each method returns the value or a harmless stand-in and notes what is wrong in `problems`, so that one pass reports
    everything. `unread` notes the keys that nobody asked for.
    """

    def __init__(self, raw: Mapping[str, Any], *, path: str = "", problems: list[str] | None = None) -> None:
        self._raw = raw
        self._path = path
        self._read: set[str] = set()
        self._inner: list[Parameters] = []
        self.problems: list[str] = [] if problems is None else problems

    def text(self, name: str, *, default: str | None = None, choices: Collection[str] = ()) -> str:
        """A text that is not empty; one of `choices` where they are given."""
        allowed = f"one of {', '.join(choices)}" if choices else "a text that is not empty"
        given = self._given(name, allowed, required=default is None)
        if given is None:
            return default or ""
        if not isinstance(given, str) or not given.strip() or (choices and given not in choices):
            self._wrong(name, allowed, given)
            return default or ""
        return given

    def whole(self, name: str, low: int, high: int, *, default: int | None = None) -> int:
        """A whole number from `low` to `high`."""
        found = self._whole(name, low, high, required=default is None)
        return found if found is not None else default if default is not None else low

    def whole_or_none(self, name: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`, or None where it is left out."""
        return self._whole(name, low, high, required=False)

    def number(self, name: str, low: Decimal | int, high: Decimal | int, *, default: Decimal | None = None) -> Decimal:
        """A number from `low` to `high`."""
        found = self._number(name, low, high, required=default is None)
        return found if found is not None else default if default is not None else Decimal(low)

    def number_or_none(self, name: str, low: Decimal | int, high: Decimal | int) -> Decimal | None:
        """A number from `low` to `high`, or None where it is left out."""
        return self._number(name, low, high, required=False)

    def flag(self, name: str, *, default: bool) -> bool:
        """True or false."""
        given = self._given(name, "true or false", required=False)
        if given is None:
            return default
        if not isinstance(given, bool):
            self._wrong(name, "true or false", given)
            return default
        return given

    def texts(self, name: str, *, choices: Collection[str] = (), required: bool = True) -> tuple[str, ...]:
        """A list of different texts; each one of `choices` where they are given."""
        allowed = f"a list of {', '.join(choices)}" if choices else "a list of texts"
        given = self._given(name, allowed, required=required)
        if given is None:
            return ()
        fits = isinstance(given, list | tuple) and all(
            isinstance(one, str) and one.strip() and (not choices or one in choices) for one in given
        )
        if not fits or (required and not given) or len(set(given)) != len(given):
            self._wrong(name, f"{allowed}, none of them twice", given)
            return ()
        return tuple(given)

    def numbers(
        self, name: str, low: Decimal | int, high: Decimal | int, *, choices: Collection[str] = ()
    ) -> dict[str, Decimal]:
        """A table of numbers from `low` to `high`; each key one of `choices` where they are given."""
        given = self._given(name, "a table of numbers", required=False)
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            self._wrong(name, "a table of numbers", given)
            return {}
        for key in given:
            if choices and key not in choices:
                self.problem(name, f"has the unknown key {_shown(key)}; allowed are {', '.join(choices)}")
        inner = Parameters(given, path=f"{self._path}{name}.", problems=self.problems)
        return {str(key): inner.number(str(key), low, high) for key in given}

    def tables(self, name: str) -> tuple["Parameters", ...]:
        """A list of tables, each to be read by itself."""
        given = self._given(name, "a list of tables", required=False)
        if given is None:
            return ()
        if not isinstance(given, list | tuple) or not all(isinstance(one, Mapping) for one in given):
            self._wrong(name, "a list of tables", given)
            return ()
        found = tuple(
            Parameters(one, path=f"{self._path}{name}[{place}].", problems=self.problems)
            for place, one in enumerate(given, start=1)
        )
        self._inner.extend(found)
        return found

    def problem(self, name: str, what: str) -> None:
        """Note that parameter `name` does not fit, for example with another one."""
        self.problems.append(f'parameter "{self._path}{name}" {what}')

    def skip(self, name: str) -> None:
        """Leave a key to somebody else, who reads it in another way."""
        self._read.add(name)

    def unread(self) -> None:
        """Note each key that no reader asked for."""
        for name in self._raw:
            if name not in self._read:
                known = ", ".join(sorted(self._read)) or "none"
                self.problem(str(name), f"is not known for this kind; known are {known}")
        for inner in self._inner:
            inner.unread()

    def _given(self, name: str, allowed: str, *, required: bool) -> Any:
        self._read.add(name)
        given = self._raw.get(name)
        if given is None and required:
            self.problem(name, f"is missing; expected {allowed}")
        return given

    def _wrong(self, name: str, allowed: str, given: object) -> None:
        self.problem(name, f"must be {allowed}, got {_shown(given)}")

    def _whole(self, name: str, low: int, high: int, *, required: bool) -> int | None:
        allowed = f"a whole number from {low} to {high}"
        given = self._given(name, allowed, required=required)
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
            self._wrong(name, allowed, given)
            return None
        return given

    def _number(self, name: str, low: Decimal | int, high: Decimal | int, *, required: bool) -> Decimal | None:
        allowed = f"a number from {low} to {high}"
        given = self._given(name, allowed, required=required)
        if given is None:
            return None
        found = decimal_of(given)
        if found is None or not low <= found <= high:
            self._wrong(name, allowed, given)
            return None
        return found


def decimal_of(given: object) -> Decimal | None:
    """A finite number from a TOML or JSON value, None for anything else (text, true and false included)."""
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        return None
    try:
        found = Decimal(str(given))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _shown(given: object) -> str:
    text = f'"{given}"' if isinstance(given, str) else repr(given)
    return text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004 (one line of a terminal)
