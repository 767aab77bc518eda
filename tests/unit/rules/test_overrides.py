"""Which critical requirements two people may set aside, as a table, for every shipped standard too."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import certhub
from certhub.rules.findings import Finding
from certhub.rules.overrides import (
    may_be_overridden,
    require_grounds,
    require_overridable,
    require_second_person,
    set_aside,
)
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Requirement, Standard
from certhub.rules.standard_definition import parse_standard
from certhub.rules.vocabulary import RequirementKind, Result, Severity

SHIPPED = [
    parse_standard(tomllib.loads(path.read_text()), path.name)
    for path in sorted((Path(certhub.__file__).parent / "data" / "standards").glob("*.toml"))
]
HOURS = next(one for one in SHIPPED[0].requirements if one.code == "CC-02")
FIXED = replace(HOURS, code="CC-05", waivable=False)


def pair(requirement: Requirement, result: Result) -> tuple[Requirement, Finding]:
    return requirement, Finding(requirement.code, result, "20", "40", "20 of 40 hours.")


@pytest.mark.parametrize("standard", SHIPPED, ids=lambda one: one.code)
def test_independence_background_checks_and_exclusions_are_never_overridden(standard: Standard) -> None:
    protected = {
        RequirementKind.RELATIONSHIP_RULE, RequirementKind.BACKGROUND_CHECK, RequirementKind.REGISTRY_CLEAR,
    }  # fmt: skip
    assert [one.code for one in standard.requirements if one.kind in protected and may_be_overridden(one)] == []


@pytest.mark.parametrize(
    ("requirement", "result", "unmet", "waived", "expected"),
    [
        (HOURS, Result.PARTIAL, ["CC-02"], [], ["CC-02"]),
        (HOURS, Result.WAIVED, [], ["CC-02"], ["CC-02"]),
        (HOURS, Result.WAIVED, [], [], []),  # excused by something else than a reviewer's word
        (HOURS, Result.MET, [], ["CC-02"], []),  # waived once, and met since
        (replace(HOURS, severity=Severity.MAJOR), Result.WAIVED, [], ["CC-02"], []),
    ],
)
def test_what_an_approval_sets_aside(
    requirement: Requirement, result: Result, unmet: list[str], waived: list[str], expected: list[str]
) -> None:
    found = set_aside([pair(requirement, result)], unmet_critical=unmet, waived=waived)
    assert [one.code for one, _ in found] == expected


def test_what_the_standard_does_not_let_be_waived_is_refused_with_its_reason() -> None:
    with pytest.raises(Refusal, match=r"critical requirement is not met\. CC-05 .*: 20 of 40 hours\."):
        require_overridable([pair(HOURS, Result.PARTIAL), pair(FIXED, Result.PARTIAL)])


def test_an_approval_rests_on_a_recommendation_that_names_all_that_is_set_aside() -> None:
    aside = [pair(HOURS, Result.PARTIAL)]
    with pytest.raises(Refusal, match="takes two people"):
        require_grounds(aside, recommended=None)
    with pytest.raises(Refusal, match="does not say why"):
        require_grounds(aside, recommended=[])
    with pytest.raises(Refusal, match="critical requirement is not met"):
        require_grounds([pair(FIXED, Result.PARTIAL)], recommended=["CC-02"])
    require_grounds(aside, recommended=["CC-02"])
    require_grounds([], recommended=None)


def test_nobody_decides_their_own_recommendation() -> None:
    with pytest.raises(Refusal, match="another person makes it"):
        require_second_person(7, 7)
    require_second_person(7, 8)
