"""A standard as a TOML file, the way the shipped ones are written; reading it back gives the same standard."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from certhub.rules.standard import Standard
from certhub.rules.standard_definition import to_raw


def toml_of(standard: Standard) -> str:
    """The whole standard as TOML."""
    return "\n".join(_table(to_raw(standard), "")).lstrip("\n") + "\n"


def _table(table: Mapping[str, Any], path: str) -> list[str]:
    """Plain values first, then the tables inside, each under its own heading."""
    lines = [f"{_key(name)} = {_value(value)}" for name, value in table.items() if not _has_heading(value)]
    for name, value in table.items():
        inner = f"{path}.{_key(name)}" if path else _key(name)
        if isinstance(value, Mapping):
            if value:
                lines += ["", f"[{inner}]", *_table(value, inner)]
        elif _has_heading(value):
            for one in value:
                lines += ["", f"[[{inner}]]", *_table(one, inner)]
    return lines


def _has_heading(value: object) -> bool:
    """Whether a value is written as tables of its own and not behind its name."""
    if isinstance(value, Mapping):
        return True
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for DEL, which TOML wants escaped as well.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Sequence):
        return f"[{', '.join(_value(one) for one in value)}]"
    return str(value)


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else _value(name)
