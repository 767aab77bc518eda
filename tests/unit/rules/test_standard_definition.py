"""Standards as data: what is shipped loads, comes back from JSON, and every mistake is one line."""

import copy
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import certhub.data
from certhub.rules.evidence_forms import required_signer, text_to_sign
from certhub.rules.standard import Standard
from certhub.rules.standard_definition import StandardError, parse_standard, to_raw
from certhub.rules.vocabulary import RequirementKind, Severity, SubjectType

DATA = Path(certhub.data.__file__).parent
SHIPPED = sorted((DATA / "standards").glob("*.toml"))
TEXTS = {
    (text["id"], text["version"]): text
    for text in tomllib.loads((DATA / "attestations.toml").read_text(encoding="utf-8"))["texts"]
}


def shipped(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / "standards" / f"{name}.toml").read_text(encoding="utf-8"))


def standard(name: str) -> Standard:
    return parse_standard(shipped(name), f"{name}.toml")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_standard_loads_and_comes_back_from_json(path: Path) -> None:
    found = standard(path.stem)
    stored = json.loads(json.dumps(to_raw(found)))

    assert parse_standard(stored, "stored") == found
    assert found.code.lower() == path.stem


@pytest.mark.parametrize(
    ("name", "subject_type", "months", "count"),
    [
        ("cc-core", SubjectType.COORDINATOR, 24, 13),
        ("vo-core", SubjectType.VENDOR, 24, 18),
        ("pr-core", SubjectType.PRACTICE, 12, 12),
        ("tp-core", SubjectType.TRAINING_PROGRAM, 36, 12),
    ],
)
def test_the_four_shipped_standards_are_complete(name: str, subject_type: SubjectType, months: int, count: int) -> None:
    found = standard(name)
    prefix = name[:2].upper()
    codes = {requirement.code for requirement in found.requirements}

    assert (found.subject_type, found.terms.term_months, found.version) == (subject_type, months, 1)
    assert found.terms.end_of_month
    assert {f"{prefix}-{number:02}" for number in range(1, count + 1)} <= codes
    assert all(requirement.evidence_hint for requirement in found.requirements)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_text_that_a_shipped_standard_asks_to_sign_is_shipped_for_the_same_signer(path: Path) -> None:
    for requirement in standard(path.stem).requirements:
        wanted = text_to_sign(requirement)
        if wanted is not None:
            text = TEXTS[wanted]
            assert text["kind"] == requirement.kind.value
            assert required_signer(requirement) in (None, text["signer_role"])
            assert text["text"].strip()


@pytest.mark.parametrize("code", ["CC-08", "PR-09", "VO-10"])
def test_independence_from_practices_is_a_critical_relationship_rule(code: str) -> None:
    found = next(one for one in standard(f"{code[:2].lower()}-core").requirements if one.code == code)
    assert found.kind is RequirementKind.RELATIONSHIP_RULE
    assert found.severity is Severity.CRITICAL


def _set(*path: str | int, to: object) -> Callable[[dict[str, Any]], None]:
    def change(raw: Any) -> None:
        for step in path[:-1]:
            raw = raw[step]
        raw[path[-1]] = to

    return change


def _add_group(**group: object) -> Callable[[dict[str, Any]], None]:
    return lambda raw: raw.setdefault("groups", []).append({"title": "A group", "operator": "all"} | group)


def _cycle(raw: dict[str, Any]) -> None:
    raw["groups"] = [
        {"code": "GG-A", "title": "A", "operator": "all", "parent": "GG-B"},
        {"code": "GG-B", "title": "B", "operator": "all", "parent": "GG-A"},
    ]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (_set("requirements", 0, "citation", to=" "), 'cc-core.toml: requirement CC-01: "citation" must be a text'),
        (_set("requirements", 0, "plain_text", to=""), 'requirement CC-01: "plain_text" must be a text'),
        (_set("requirements", 0, "kind", to="wish"), 'requirement CC-01: "kind" must be one of document'),
        (_set("requirements", 0, "stages", to=["never"]), 'requirement CC-01: "stages" must be a list of initial'),
        (
            _set("requirements", 0, "params", "version", to="one"),
            'CC-01: parameter "version" must be a whole',
        ),
        (_set("requirements", 0, "colour", to="red"), 'requirement CC-01: "colour" is not known'),
        (_set("requirements", 0, "code", to="CC-01B"), "requirement CC-01B: the code is used twice"),
        (_set("requirements", 0, "code", to="first"), '"code" must look like CC-09, got "first"'),
        (_set("requirements", 0, "group", to="GG-A"), 'requirement CC-01: group "GG-A" is not defined'),
        (_set("requirements", 0, "params", to=[]), 'requirement CC-01: "params" must be a table'),
        (_set("requirements", 0, "applies_when", to={"discipline": ["plumber"]}), "nurse, social_worker"),
        (_set("requirements", to=[]), "at least one requirement"),
        (_set("requirements", to="none"), '"requirements" must be a list of tables'),
        (_set("terms", "expiry_rule", to="fixed_month_day"), 'terms: expiry rule "fixed_month_day" needs'),
        (_set("terms", "term_months", to=0), 'terms: "term_months" must be a whole number from 1 to 120, got 0'),
        (_set("terms", "grace_days", to=400), 'terms: "grace_days" must be a whole number from 0 to 365'),
        (_set("terms", "fixed_day", to=31), 'do not fit the expiry rule "rolling"'),
        (_set("terms", "year_parity", to="odd"), '"year_parity" does not fit the expiry rule "rolling"'),
        (_set("terms", "reinstatement_days", to=10), '"reinstatement_days" is shorter than "grace_days"'),
        (_set("terms", to="two years"), 'cc-core.toml: table "terms" is missing'),
        (_set("version", to=True), '"version" must be a whole number from 1 to 9999, got True'),
        (_add_group(code="GG-A"), "group GG-A: the group has no members"),
        (_add_group(code="GG-A", operator="at_least_n", n=3), '"n" must be a whole number from 1 to 0'),
        (_add_group(code="GG-A", n=1), '"n" does not fit the operator "all"'),
        (_add_group(code="GG-A", parent="GG-X"), 'parent "GG-X" is not defined'),
        (_cycle, "group GG-A: the group stands inside itself"),
    ],
)
def test_a_mistake_in_a_standard_is_one_line_that_says_where_and_what(
    change: Callable[[dict[str, Any]], None], line: str
) -> None:
    raw = copy.deepcopy(shipped("cc-core"))
    change(raw)
    with pytest.raises(StandardError, match=re.escape(line)) as caught:
        parse_standard(raw, "cc-core.toml")
    assert all(problem.startswith("cc-core.toml: ") and "\n" not in problem for problem in caught.value.problems)


def test_all_mistakes_are_reported_at_once() -> None:
    raw = shipped("cc-core")
    hours = next(one for one in raw["requirements"] if one["code"] == "CC-09")
    hours["params"]["min"] = "many"
    raw["requirements"][0]["title"] = ""
    raw["terms"]["term_months"] = "long"
    with pytest.raises(StandardError) as caught:
        parse_standard(raw, "cc-core.toml")

    assert len(caught.value.problems) == 3 + 1  # without its minimum, the category minimums are too high as well
    assert 'requirement CC-09: parameter "min" must be a number from 0.25 to 10000, got "many"' in str(caught.value)
