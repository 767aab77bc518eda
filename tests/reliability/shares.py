"""The variants of a proof, shared out among the databases."""

from collections.abc import Iterable
from itertools import cycle
from typing import Any

import pytest


def shared_out(variants: Iterable[Any]) -> list[Any]:
    """In CI each database takes its share of the variants by turns; in `make reliability` each takes all."""
    turns = cycle(("postgresql", "sqlite"))
    return [pytest.param(one, marks=pytest.mark.few_on(next(turns))) for one in variants]
