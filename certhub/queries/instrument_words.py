"""What people read of an instrument: our own hints and words for its levels, shipped with CertHub."""

import functools
import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS, Instrument


@dataclass(frozen=True, slots=True)
class InstrumentWords:
    """One version of our words for an instrument, which belongs to its owner."""

    instrument: Instrument
    version: int
    owner: str
    licence: str
    levels: tuple[str, ...]
    """A line for each level, the lowest first."""
    hints: Mapping[str, str]
    """A line for each theme."""


def newest(instrument_id: str) -> InstrumentWords:
    """The newest words for an instrument."""
    return max((one for (key, _), one in _shipped().items() if key == instrument_id), key=lambda one: one.version)


def of_version(instrument_id: str, version: int) -> InstrumentWords:
    """The words that a self-assessment was opened with."""
    return _shipped()[instrument_id, version]


@functools.cache
def _shipped() -> dict[tuple[str, int], InstrumentWords]:
    folder = importlib.resources.files("certhub.data").joinpath("instruments")
    source = tomllib.loads(folder.joinpath("medical-home-index.toml").read_text(encoding="utf-8"))
    found = {}
    for one in source["instruments"]:
        instrument = INSTRUMENTS[one["id"]]
        found[one["id"], one["version"]] = InstrumentWords(
            instrument=instrument,
            version=one["version"],
            owner=source["owner"],
            licence=source["licence"],
            levels=tuple(one["levels"]),
            hints={theme: source["themes"][theme] for theme in instrument.themes},
        )
    return found
