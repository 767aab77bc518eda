"""The schema documents itself: every table says what it is, and the dictionary on file is the one of the models."""

from pathlib import Path

import pytest

from certhub.cli import data_dictionary
from certhub.models import Base

FILE = Path(__file__).parents[2] / "docs" / "data-dictionary.md"


def test_the_dictionary_on_file_is_the_one_of_the_models() -> None:
    assert FILE.read_text(encoding="utf-8") == data_dictionary.written(), (
        "run: certhub data-dictionary docs/data-dictionary.md"
    )


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_table_says_what_it_is_and_names_instants_and_dates_by_their_ending(table: str) -> None:
    found = Base.metadata.tables[table]

    assert found.comment
    assert found.comment.endswith(".")
    for column in found.columns:
        kind = column.type.python_type.__name__
        if kind in ("datetime", "date"):
            good = {"datetime": ("_at", "at", "_until"), "date": ("_on", "_until", "_from", "_to", "as_of")}[kind]
            assert column.name.endswith(good), f"{table}.{column.name} is a {kind} by another name"
