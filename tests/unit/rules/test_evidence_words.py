"""Evidence is read in the words of its form, never in the names of its columns."""

import importlib.resources
import tomllib

import pytest

from certhub.rules.evidence_words import told, told_scores
from certhub.rules.standard import Requirement
from certhub.rules.standard_definition import parse_standard


def requirement(file: str, code: str) -> Requirement:
    source = importlib.resources.files("certhub.data").joinpath(f"standards/{file}.toml").read_text(encoding="utf-8")
    found = parse_standard(tomllib.loads(source), file)
    return next(one for one in found.requirements if one.code == code)


@pytest.mark.parametrize(
    ("file", "code", "value", "lines"),
    [
        ("cc-core", "CC-05", {"check": "CORI", "requested_on": "2026-01-05", "cleared": True, "reviewer": "J. Ames"},
         [("Check", "CORI"), ("Asked for on", "January 5, 2026"), ("Cleared", "Yes"),
          ("Who reviewed the result", "J. Ames")]),
        ("cc-core", "CC-06", {"registry": "leie", "result": "clear"},
         [("Result of the search in the OIG exclusion list (LEIE)", "No match")]),
        ("cc-core", "CC-07", {"agreed": True, "signed_by": "Ana", "text_id": "scope-of-practice", "version": 1},
         [("The text was read and signed", "Yes"), ("Full name of the person who signed", "Ana")]),
    ],
)  # fmt: skip
def test_answers_are_told_by_their_labels(file: str, code: str, value: dict[str, object], lines: object) -> None:
    assert told(requirement(file, code), value) == lines


def test_scores_are_told_row_by_row_and_unrated_ones_as_not_applicable() -> None:
    [(label, rows)] = told_scores(requirement("cc-core", "CC-04"), {"ratings": {"outreach": 3, "advocacy": "na"}})
    assert label == "Ratings"
    assert [score for _, score in rows] == ["3", "not applicable"]
