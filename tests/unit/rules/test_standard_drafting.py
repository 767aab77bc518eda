"""Drafts: each kind's own parameters as fields, changes step by step, comparison, and the file."""

import contextlib
import copy
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import certhub.data
from certhub.documents.standard_file import toml_of
from certhub.rules import standard_draft
from certhub.rules.disciplines import DISCIPLINE_LABELS
from certhub.rules.parameter_entry import answers_of, field_of, parameters_from
from certhub.rules.parameter_words import NOT_SET, choice_in_words, hint_of, label_of, value_in_words
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds import typed_parameters
from certhub.rules.requirement_kinds.parameter_fields import ParameterField, ParameterInput, parameter_fields
from certhub.rules.standard import Requirement, RequirementGroup, Standard
from certhub.rules.standard_comparison import Comparison, compared
from certhub.rules.standard_definition import StandardError, parse_standard, to_raw
from certhub.rules.standard_draft import DraftGone
from certhub.rules.vocabulary import Discipline, GroupOperator, RequirementKind, Stage
from tests.unit.rules.requirement_builders import Case, requirement
from tests.unit.rules.requirement_cases import CASES

SHIPPED = sorted((Path(certhub.data.__file__).parent / "standards").glob("*.toml"))


def shipped(path: Path) -> Standard:
    return parse_standard(tomllib.loads(path.read_text(encoding="utf-8")), path.name)


CORE = shipped(next(path for path in SHIPPED if path.stem == "cc-core"))
RAW = to_raw(CORE)


def every_field(kind: RequirementKind) -> list[ParameterField]:
    return [inner for field in parameter_fields(kind) for inner in (field, *field.fields)]


@pytest.mark.parametrize("kind", RequirementKind)
def test_every_parameter_of_every_kind_has_its_label_and_its_choices_in_words(kind: RequirementKind) -> None:
    fields = every_field(kind)
    assert fields
    for field in fields:
        assert label_of(field)
        assert hint_of(field) is not None
        assert all("_" not in choice_in_words(field.name, choice) for choice in field.choices)
    labels = [label_of(field) for field in parameter_fields(kind)]
    assert len(set(labels)) == len(labels)


def test_what_only_some_choices_ask_for_is_found_and_marked() -> None:
    fields = {field.name: field for field in parameter_fields(RequirementKind.FILING)}
    assert {name for name, field in fields.items() if field.sometimes} == {
        "due_month", "due_day", "period", "due_days", "periods",
    }  # fmt: skip
    assert fields["what"].required
    assert not fields["penalty"].required


def test_the_ways_to_show_experience_are_tables_of_their_own() -> None:
    alternatives = parameter_fields(RequirementKind.EXPERIENCE)[-1]
    assert alternatives.input is ParameterInput.TABLES
    assert [field.name for field in alternatives.fields][:2] == ["id", "title"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_parameters_come_back_from_their_form_with_the_same_meaning(case: Case) -> None:
    asked = requirement(case.kind, case.params)
    again = replace(asked, params=parameters_from(case.kind, answers_of(case.kind, case.params)))
    assert typed_parameters(again) == typed_parameters(asked)


@pytest.mark.parametrize(
    "shown",
    [one for path in SHIPPED for one in shipped(path).requirements],
    ids=lambda one: one.code,
)
def test_a_shipped_requirement_comes_back_from_its_form_with_the_same_meaning(shown: Requirement) -> None:
    typed = answers_of(shown.kind, shown.params)
    again = replace(shown, params=parameters_from(shown.kind, typed))
    assert typed_parameters(again) == typed_parameters(shown)


def test_what_is_no_number_stays_as_it_was_typed_so_that_the_parser_can_name_it() -> None:
    typed = {**answers_of(RequirementKind.HOURS, {"min": 24}), "min": "many", "category_mins-cultural": "3,5"}
    params = parameters_from(RequirementKind.HOURS, typed)
    assert (params["min"], params["category_mins"]) == ("many", {"cultural": "3,5"})
    assert parameters_from(RequirementKind.POINTS, {"core": "A\n\n B ", "elective_pool": "E1 = 2.5\nE2"}) == {
        "core": ["A", "B"], "elective_pool": {"E1": 2.5, "E2": "E2"},
    }  # fmt: skip


@given(text=st.text(max_size=40))
def test_nothing_that_can_be_typed_breaks_the_reading_of_parameters(text: str) -> None:
    for kind in RequirementKind:
        names = [field.name for field in parameter_fields(kind)]
        raw = parameters_from(kind, dict.fromkeys(names, text))
        changed = copy.deepcopy(RAW)
        changed["requirements"][0] |= {"kind": kind.value, "params": raw}
        with contextlib.suppress(StandardError):
            parse_standard(changed, "draft")


@pytest.mark.parametrize(
    ("parameter", "field"),
    [("min", "min"), ("domain_mins.3", "domain_mins-3"), ("alternatives[2].id", "alternatives-2-id")],
)
def test_a_parameter_in_a_message_names_its_field(parameter: str, field: str) -> None:
    assert field_of(parameter) == field


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_standard_comes_back_from_its_file(path: Path) -> None:
    found = shipped(path)
    assert parse_standard(tomllib.loads(toml_of(found)), "file") == found


@given(text=st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=60).filter(str.strip))
def test_any_words_come_back_from_the_file(text: str) -> None:
    changed = {**RAW, "title": text, "requirements": [{**RAW["requirements"][0], "plain_text": text + '"\\\n' + text}]}
    found = parse_standard(changed, "draft")
    assert parse_standard(tomllib.loads(toml_of(found)), "file") == found


def test_the_same_standard_compared_with_itself_says_so() -> None:
    assert compared(CORE, replace(CORE, version=2)).same


def test_added_changed_and_removed_requirements_are_told_with_what_was_and_what_is() -> None:
    raw = standard_draft.without_requirement(RAW, "CC-10")
    hours = standard_draft.requirement_of(raw, "CC-09")
    assert hours is not None
    hours["params"] = {**hours["params"], "min": 30}
    raw = standard_draft.with_requirement(raw, hours, new=False)
    raw = standard_draft.with_requirement(raw, {**hours, "code": "CC-14", "title": "More"}, new=True)
    found = compared(CORE, parse_standard({**raw, "version": 2}, "draft"))

    assert [one.code for one in found.added] == ["CC-14"]
    assert [one.code for one in found.removed] == ["CC-10"]
    [changed] = found.changed
    [change] = changed.changes
    assert (changed.after.code, change.label, change.before, change.after) == ("CC-09", "Hours", "24", "30")
    assert not found.reordered
    assert not found.terms


def test_terms_and_groups_are_compared_and_an_order_is_told_once() -> None:
    raw = standard_draft.with_terms(RAW, {**RAW["terms"], "grace_days": 45})
    raw = standard_draft.with_group(
        raw, {"code": "CC-PAPERS", "title": "Papers", "operator": "any"}, ["CC-01", "CC-01B"], new=True
    )
    raw = standard_draft.moved(raw, "CC-13", -1)
    found = compared(CORE, parse_standard(raw, "draft"))

    assert [(one.before, one.after) for one in found.terms] == [("30", "45")]
    assert [one.label for one in found.groups] == ["Group CC-PAPERS"]
    assert {one.after.code for one in found.changed} == {"CC-01", "CC-01B"}
    assert found.reordered


def changed_to(**changes: Any) -> Comparison:
    """The first requirement of the shipped standard with something else in it."""
    first, *others = CORE.requirements
    return compared(CORE, replace(CORE, requirements=(replace(first, **changes), *others)))


@pytest.mark.parametrize(
    "after",
    [
        replace(CORE, title="Another title"),
        replace(CORE, citation="Another source"),
        replace(CORE, terms=replace(CORE.terms, grace_days=31)),
        replace(CORE, requirements=(*CORE.requirements, replace(CORE.requirements[0], code="CC-99", sort=99))),
        replace(CORE, requirements=CORE.requirements[:-1]),
        replace(CORE, requirements=(replace(CORE.requirements[0], title="Age"), *CORE.requirements[1:])),
        replace(CORE, requirements=(replace(CORE.requirements[0], sort=99), *CORE.requirements[1:])),
        replace(CORE, groups=(*CORE.groups, RequirementGroup("GG-A", "A group", GroupOperator.ANY))),
    ],
)
def test_one_difference_of_any_sort_is_enough_to_say_that_two_versions_differ(after: Standard) -> None:
    assert not compared(CORE, after).same
    assert not compared(after, CORE).same


def test_requirements_are_compared_in_the_order_in_which_pages_show_them() -> None:
    assert compared(CORE, replace(CORE, requirements=CORE.requirements[::-1])).same


@pytest.mark.parametrize(
    ("changes", "label", "before", "after"),
    [
        ({"stages": frozenset({Stage.INITIAL, Stage.LATE})}, "Asked for", "First application", None),
        ({"waivable": True}, "Can be waived", "no", "yes"),
        ({"per_site": True}, "For each site", "no", "yes"),
        ({"applies_when": {"discipline": ("nurse",), "setting": ("school", "home")}}, "Only for", "everybody", None),
        ({"evidence_hint": ""}, "What to provide", "Read the statement and sign it.", NOT_SET),
    ],
)
def test_a_change_is_told_under_its_label(changes: dict[str, Any], label: str, before: str, after: str | None) -> None:
    told = {
        "Asked for": "First application, Late renewal",
        "Only for": f"{DISCIPLINE_LABELS[Discipline.NURSE]}; setting: school, home",
    }
    [[change]] = [one.changes for one in changed_to(**changes).changed]
    assert (change.label, change.before, change.after) == (label, before, told.get(label, after))


def test_a_requirement_moves_by_the_order_that_pages_show() -> None:
    raw = copy.deepcopy(standard_draft.moved(RAW, "CC-01", 0))
    raw["requirements"].reverse()
    assert codes(standard_draft.moved(raw, "CC-01", 1))[:2] == ["CC-01B", "CC-01"]


def test_a_group_is_changed_in_its_place_and_its_code_is_taken_once() -> None:
    papers = {"code": "CC-PAPERS", "title": "Papers", "operator": "any"}
    raw = standard_draft.with_group(RAW, papers, ["CC-01", "CC-01B"], new=True)
    with pytest.raises(Refusal, match="CC-PAPERS is used already") as refused:
        standard_draft.with_group(raw, papers, [], new=True)
    assert refused.value.field == "code"

    raw = standard_draft.with_group(raw, {**papers, "title": "All papers"}, ["CC-01B"], new=False)
    changed = standard_draft.group_of(raw, "CC-PAPERS")
    assert changed is not None
    assert changed["title"] == "All papers"
    assert [one["code"] for one in raw["requirements"] if one.get("group") == "CC-PAPERS"] == ["CC-01B"]


def test_what_was_left_out_reads_as_what_then_holds() -> None:
    field = next(one for one in parameter_fields(RequirementKind.HOURS) if one.name == "anchor")
    assert value_in_words(field, None) == value_in_words(field, "expiry")
    [first] = [one for one in parameter_fields(RequirementKind.COURSE_SET) if one.name == "need"]
    assert value_in_words(first, None) == "all of them"


def codes(raw: Any) -> list[str]:
    return [one["code"] for one in raw["requirements"]]


def test_a_requirement_moves_one_place_and_stops_at_the_ends() -> None:
    down = standard_draft.moved(RAW, "CC-01", 1)
    assert codes(down)[:2] == ["CC-01B", "CC-01"]
    assert codes(standard_draft.moved(RAW, "CC-01", -1)) == codes(RAW)
    assert codes(standard_draft.moved(RAW, codes(RAW)[-1], 1)) == codes(RAW)
    assert [one["sort"] for one in down["requirements"]] == list(range(1, len(codes(RAW)) + 1))


def test_a_code_that_is_taken_and_a_part_that_is_gone_are_refused() -> None:
    taken = standard_draft.requirement_of(RAW, "CC-01")
    assert taken is not None
    with pytest.raises(Refusal, match="CC-01 is used already"):
        standard_draft.with_requirement(RAW, taken, new=True)
    with pytest.raises(DraftGone):
        standard_draft.with_requirement(RAW, {**taken, "code": "CC-99"}, new=False)
    with pytest.raises(DraftGone):
        standard_draft.without_group(RAW, "CC-PAPERS")


def test_members_of_a_group_that_is_removed_stay_in_the_group_around_it() -> None:
    raw = standard_draft.with_group(RAW, {"code": "A", "title": "Outer", "operator": "any"}, ["CC-01"], new=True)
    inner = {"code": "B", "title": "Inner", "operator": "any", "parent": "A"}
    raw = standard_draft.with_group(raw, inner, ["CC-01B", "CC-02"], new=True)
    raw = standard_draft.without_group(raw, "B")
    assert [one["code"] for one in raw["requirements"] if one.get("group") == "A"] == ["CC-01", "CC-01B", "CC-02"]


def test_steps_leave_the_values_that_they_were_given_alone() -> None:
    before = copy.deepcopy(RAW)
    standard_draft.moved(RAW, "CC-01", 3)
    standard_draft.without_requirement(RAW, "CC-02")
    standard_draft.with_group(RAW, {"code": "A", "title": "Outer", "operator": "any"}, ["CC-01"], new=True)
    assert before == RAW


def test_the_file_of_another_standard_is_refused_and_the_number_of_the_version_stays() -> None:
    with pytest.raises(Refusal, match="another"):
        standard_draft.replaced_by(RAW, {**RAW, "code": "VO-CORE"})
    assert standard_draft.replaced_by({**RAW, "version": 7}, RAW)["version"] == 7


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"title": "x" * 201}, "too long: 201 characters"),
        ({"citation": "a\x00b"}, "cannot be saved"),
        ({"plain_text": "y" * 4001}, "too long"),
        ({"code": "CC-" + "A" * 12 + "-BBBBBBB"}, "must look like"),
    ],
)
def test_what_no_database_could_keep_is_a_mistake_of_the_standard(change: dict[str, Any], line: str) -> None:
    raw = copy.deepcopy(RAW)
    raw["requirements"][0] |= change
    with pytest.raises(StandardError, match=line):
        parse_standard(raw, "draft")
