"""Each lesson of `docs/lessons.md` is held by tests that exist and say which lesson it is."""

import ast
import re
from typing import NamedTuple

import pytest

from tests.contract.sources import ROOT, trees

_ROW = re.compile(r"^\| (\d+) \|.*\| (.+?) \|$", re.MULTILINE)
_TEST = re.compile(r"`([a-z_/]+\.py)::(test_\w+)`")
_NAMED = re.compile(r"\blessons? ((?:\d+(?:, | and )?)+)", re.IGNORECASE)


class Lesson(NamedTuple):
    """One row: its number, and the tests that it names as (path, function)."""

    number: int
    tests: list[tuple[str, str]]


def lessons() -> list[Lesson]:
    text = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
    return [Lesson(int(number), _TEST.findall(cell)) for number, cell in _ROW.findall(text)]


def said_in(function: ast.FunctionDef, module: ast.Module) -> set[int]:
    """The lessons that a test names in its own docstring or in that of its module."""
    words = f"{ast.get_docstring(function) or ''} {ast.get_docstring(module) or ''}"
    return {int(number) for found in _NAMED.findall(words) for number in re.findall(r"\d+", found)}


def test_the_lessons_about_terms_certificates_and_training_are_listed_in_order() -> None:
    assert [one.number for one in lessons()] == [*range(1, 4), *range(11, 18), *range(20, 26), 27]


@pytest.mark.parametrize("lesson", lessons(), ids=lambda one: str(one.number))
def test_a_lesson_is_held_by_tests_that_say_so(lesson: Lesson) -> None:
    assert lesson.tests
    for path, name in lesson.tests:
        module = trees("tests")[f"tests/{path}"]
        [function] = [one for one in module.body if isinstance(one, ast.FunctionDef) and one.name == name]
        assert lesson.number in said_in(function, module), f"{path}::{name} does not name lesson {lesson.number}"
