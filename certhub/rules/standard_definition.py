"""Reading a standard from TOML or JSON values, and writing it back, with every mistake in one line.

Standards are data: a mistake in one must be found when it is loaded, never when a person is judged by it.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from certhub.rules.requirement_kinds import parameter_problems
from certhub.rules.requirement_kinds.parameters import Parameters
from certhub.rules.standard import LONGEST_TERM_MONTHS, Requirement, RequirementGroup, Standard, TermPolicy
from certhub.rules.vocabulary import (
    Discipline,
    ExpiryRule,
    GroupOperator,
    RequirementKind,
    Severity,
    Stage,
    SubjectType,
    YearParity,
)

MemberT = TypeVar("MemberT", bound=StrEnum)

LONGEST_CODE = 20
LONGEST_TITLE = 200
LONGEST_TEXT = 4000
MOST_REQUIREMENTS = 200

_CODE = re.compile(r"[A-Z]{2,4}(-[A-Z0-9]{1,12}){1,3}")
_GROUP_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LEAP_YEAR_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_TERM_DEFAULTS = TermPolicy(term_months=24)


class StandardError(ValueError):
    """A standard that cannot be loaded; `problems` holds one line for each mistake."""

    def __init__(self, problems: Collection[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class _Report:
    """Collects problems under the name of the file and the place in it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.lines: list[str] = []

    def say(self, place: str, what: str) -> None:
        self.lines.append(f"{self.source}: {place + ': ' if place else ''}{what}")

    def close(self, place: str, reader: Parameters) -> None:
        """Take over a reader's problems; what it calls a parameter of a kind is just a value here."""
        reader.unread()
        for line in reader.problems:
            self.say(place, line.removeprefix("parameter ").replace(" for this kind", ""))


def parse_standard(raw: Mapping[str, Any], source: str) -> Standard:
    """The standard that the values describe; `source` names it in messages, for example "cc-core.toml".

    Raises StandardError with one line for each mistake.
    """
    report = _Report(source)
    reader = Parameters(raw)
    code = reader.text("code")
    version = reader.whole("version", 1, 9999)
    subject_type = _member(reader, "subject_type", SubjectType)
    title, citation = reader.text("title"), reader.text("citation")
    terms_raw = raw.get("terms")
    group_tables, requirement_tables = _tables(raw, "groups", report), _tables(raw, "requirements", report)
    for name in ("terms", "groups", "requirements"):
        reader.skip(name)
    report.close("", reader)
    if code and (not _CODE.fullmatch(code) or len(code) > LONGEST_CODE):
        report.say("", f'"code" must look like CC-CORE, got "{code[:40]}"')

    if not isinstance(terms_raw, Mapping):
        report.say("", 'table "terms" is missing')
        terms_raw = {"term_months": 24}
    terms = _terms(terms_raw, report)
    groups = tuple(_group(table, place, report) for place, table in enumerate(group_tables, start=1))
    requirements = tuple(_requirement(table, place, report) for place, table in enumerate(requirement_tables, start=1))
    if not requirements and isinstance(raw.get("requirements"), list):
        report.say("", "a standard needs at least one requirement")
    _check_groups(groups, requirements, report)
    _check_texts(raw, "", report)
    for duplicate in _duplicates([requirement.code for requirement in requirements]):
        report.say(f"requirement {duplicate}", "the code is used twice")
    if report.lines:
        raise StandardError(report.lines)
    return Standard(code, version, subject_type, title, citation, terms, requirements, groups)


def to_raw(standard: Standard) -> dict[str, Any]:
    """The standard as JSON values; `parse_standard` reads them back to an equal standard."""
    return {
        "code": standard.code,
        "version": standard.version,
        "subject_type": standard.subject_type.value,
        "title": standard.title,
        "citation": standard.citation,
        "terms": _terms_to_raw(standard.terms),
        "groups": [_group_to_raw(group) for group in standard.groups],
        "requirements": [_requirement_to_raw(requirement) for requirement in standard.requirements],
    }


def _tables(raw: Mapping[str, Any], name: str, report: _Report) -> list[Mapping[str, Any]]:
    given = raw.get(name, [] if name == "groups" else None)
    if not isinstance(given, list | tuple) or not all(isinstance(table, Mapping) for table in given):
        report.say("", f'"{name}" must be a list of tables')
        return []
    if len(given) > MOST_REQUIREMENTS:
        report.say("", f'"{name}" has {len(given)} tables, at most {MOST_REQUIREMENTS}')
        return []
    return list(given)


def _member(reader: Parameters, name: str, members: type[MemberT], default: MemberT | None = None) -> MemberT:
    allowed = [member.value for member in members]
    given = reader.text(name, choices=allowed, default=None if default is None else default.value)
    return members(given) if given in allowed else next(iter(members))


def _terms(raw: Mapping[str, Any], report: _Report) -> TermPolicy:
    """Ranges are those seen in the field, with room: 24 months (CHW, RN) to 60 (CCM), grace of 0 to 30 days."""
    reader = Parameters(raw)
    usual = _TERM_DEFAULTS
    terms = TermPolicy(
        term_months=reader.whole("term_months", 1, LONGEST_TERM_MONTHS),
        expiry_rule=_member(reader, "expiry_rule", ExpiryRule, usual.expiry_rule),
        fixed_month=reader.whole_or_none("fixed_month", 1, 12),
        fixed_day=reader.whole_or_none("fixed_day", 1, 31),
        year_parity=_member(reader, "year_parity", YearParity, usual.year_parity),
        minimum_term_months=reader.whole(
            "minimum_term_months", 0, LONGEST_TERM_MONTHS, default=usual.minimum_term_months
        ),
        end_of_month=reader.flag("end_of_month", default=usual.end_of_month),
        renewal_window_days=reader.whole("renewal_window_days", 1, 365, default=usual.renewal_window_days),
        grace_days=reader.whole("grace_days", 0, 365, default=usual.grace_days),
        reinstatement_days=reader.whole("reinstatement_days", 0, 1826, default=usual.reinstatement_days),
        incomplete_expires_days=reader.whole(
            "incomplete_expires_days", 30, 1826, default=usual.incomplete_expires_days
        ),
        appeal_days=reader.whole("appeal_days", 1, 365, default=usual.appeal_days),
    )
    report.close("terms", reader)
    for problem in _contradictions(terms):
        report.say("terms", problem)
    return terms


def _contradictions(terms: TermPolicy) -> list[str]:
    problems = []
    fixed = terms.expiry_rule is ExpiryRule.FIXED_MONTH_DAY
    if fixed and (terms.fixed_month is None or terms.fixed_day is None):
        problems.append('expiry rule "fixed_month_day" needs "fixed_month" and "fixed_day"')
    if not fixed and (terms.fixed_month is not None or terms.fixed_day is not None):
        problems.append(f'"fixed_month" and "fixed_day" do not fit the expiry rule "{terms.expiry_rule}"')
    if terms.fixed_month and terms.fixed_day and terms.fixed_day > _LEAP_YEAR_DAYS[terms.fixed_month - 1]:
        problems.append(f"month {terms.fixed_month} has no day {terms.fixed_day}")
    if terms.expiry_rule is ExpiryRule.ROLLING and terms.year_parity is not YearParity.ANY:
        problems.append('"year_parity" does not fit the expiry rule "rolling"')
    if terms.year_parity is not YearParity.ANY and terms.term_months % 24:
        problems.append(f'"year_parity" needs a term of whole two years, got {terms.term_months} months')
    if terms.minimum_term_months > terms.term_months:
        problems.append('"minimum_term_months" is longer than the term')
    if terms.reinstatement_days < terms.grace_days:
        problems.append('"reinstatement_days" is shorter than "grace_days"')
    return problems


def _group(raw: Mapping[str, Any], place: int, report: _Report) -> RequirementGroup:
    reader = Parameters(raw)
    group = RequirementGroup(
        code=reader.text("code"),
        title=reader.text("title"),
        operator=_member(reader, "operator", GroupOperator),
        n=reader.whole_or_none("n", 1, 99),
        parent=reader.text("parent", default="") or None,
    )
    report.close(f"group {group.code or place}", reader)
    if group.code and not _GROUP_CODE.fullmatch(group.code):
        report.say(f"group {place}", f'"code" must look like CC-SKILLS, got "{group.code[:40]}"')
    return group


def _requirement(raw: Mapping[str, Any], place: int, report: _Report) -> Requirement:
    reader = Parameters(raw)
    code = reader.text("code")
    where = f"requirement {code or place}"
    kind = _member(reader, "kind", RequirementKind)
    stages = reader.texts("stages", choices=[stage.value for stage in Stage])
    params = raw.get("params", {})
    applies_when = raw.get("applies_when", {})
    for name in ("params", "applies_when"):
        reader.skip(name)
    requirement = Requirement(
        code=code,
        title=reader.text("title"),
        plain_text=reader.text("plain_text"),
        kind=kind,
        stages=frozenset(Stage(stage) for stage in stages),
        severity=_member(reader, "severity", Severity),
        citation=reader.text("citation"),
        params=_copied(params) if isinstance(params, Mapping) else {},
        applies_when=_conditions(applies_when, where, report),
        group=reader.text("group", default="") or None,
        evidence_hint=reader.text("evidence_hint", default=""),
        waivable=reader.flag("waivable", default=False),
        per_site=reader.flag("per_site", default=False),
        sort=reader.whole("sort", 0, 9999, default=place),
    )
    report.close(where, reader)
    if {Stage.LATE, Stage.ONGOING} <= requirement.stages:
        report.say(where, '"stages" has "late" beside "ongoing", which is asked for at all times; leave one out')
    if code and (not _CODE.fullmatch(code) or len(code) > LONGEST_CODE):
        report.say(where, f'"code" must look like CC-09, got "{code[:40]}"')
    if not isinstance(params, Mapping):
        report.say(where, '"params" must be a table')
    elif raw.get("kind") == kind.value:
        for line in parameter_problems(kind, params):
            report.say(where, line)
    return requirement


def _conditions(raw: object, where: str, report: _Report) -> dict[str, tuple[str, ...]]:
    if not isinstance(raw, Mapping):
        report.say(where, '"applies_when" must be a table')
        return {}
    reader = Parameters(raw, path="applies_when.")
    disciplines = [discipline.value for discipline in Discipline]
    found = {str(name): reader.texts(str(name), choices=disciplines if name == "discipline" else ()) for name in raw}
    for name in found:
        if not _NAME.fullmatch(name):
            report.say(where, f'"applies_when" has the name "{name}"; use small letters, digits and _')
    report.close(where, reader)
    return found


def _check_groups(groups: tuple[RequirementGroup, ...], requirements: tuple[Requirement, ...], report: _Report) -> None:
    by_code = {group.code: group for group in groups}
    for duplicate in _duplicates([group.code for group in groups]):
        report.say(f"group {duplicate}", "the code is used twice")
    for requirement in requirements:
        if requirement.group is not None and requirement.group not in by_code:
            report.say(f"requirement {requirement.code}", f'group "{requirement.group}" is not defined')
    for group in groups:
        where = f"group {group.code}"
        if group.parent is not None and group.parent not in by_code:
            report.say(where, f'parent "{group.parent}" is not defined')
        elif _is_inside_itself(group, by_code):
            report.say(where, "the group stands inside itself")
        size = sum(requirement.group == group.code for requirement in requirements)
        size += sum(child.parent == group.code for child in groups)
        if size == 0:
            report.say(where, "the group has no members")
        if group.operator is GroupOperator.AT_LEAST_N:
            if group.n is None or group.n > size:
                given = "nothing" if group.n is None else group.n
                report.say(where, f'"n" must be a whole number from 1 to {size} (the members), got {given}')
        elif group.n is not None:
            report.say(where, f'"n" does not fit the operator "{group.operator}"')


def _check_texts(value: object, place: str, report: _Report) -> None:
    """Every text can be stored by both databases and fits where it is shown."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _check_texts(str(name), f"{place} name", report)
            _check_texts(inner, f"{place}.{name}".lstrip("."), report)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value, start=1):
            _check_texts(inner, f"{place}[{number}]", report)
    elif isinstance(value, str):
        if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in value):
            report.say("", f'"{_ascii(place)}" has a character that cannot be saved')
        longest = LONGEST_TITLE if place.endswith("title") else LONGEST_TEXT
        if len(value) > longest:
            report.say("", f'"{_ascii(place)}" is too long: {len(value)} characters, at most {longest}')


def _ascii(place: str) -> str:
    return ascii(place)[1:-1][:80]


def _is_inside_itself(group: RequirementGroup, by_code: Mapping[str, RequirementGroup]) -> bool:
    seen: set[str] = set()
    parent = group.parent
    while parent is not None and parent in by_code and parent not in seen:
        if parent == group.code:
            return True
        seen.add(parent)
        parent = by_code[parent].parent
    return False


def _duplicates(codes: list[str]) -> list[str]:
    return sorted({code for code in codes if code and codes.count(code) > 1})


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _copied(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(inner) for inner in value]
    return value


def _terms_to_raw(terms: TermPolicy) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "term_months": terms.term_months,
        "expiry_rule": terms.expiry_rule.value,
        "year_parity": terms.year_parity.value,
        "minimum_term_months": terms.minimum_term_months,
        "end_of_month": terms.end_of_month,
        "renewal_window_days": terms.renewal_window_days,
        "grace_days": terms.grace_days,
        "reinstatement_days": terms.reinstatement_days,
        "incomplete_expires_days": terms.incomplete_expires_days,
        "appeal_days": terms.appeal_days,
    }
    if terms.fixed_month is not None:
        raw["fixed_month"] = terms.fixed_month
    if terms.fixed_day is not None:
        raw["fixed_day"] = terms.fixed_day
    return raw


def _group_to_raw(group: RequirementGroup) -> dict[str, Any]:
    raw: dict[str, Any] = {"code": group.code, "title": group.title, "operator": group.operator.value}
    if group.n is not None:
        raw["n"] = group.n
    if group.parent is not None:
        raw["parent"] = group.parent
    return raw


def _requirement_to_raw(requirement: Requirement) -> dict[str, Any]:
    raw: dict[str, Any] = {
        "code": requirement.code,
        "title": requirement.title,
        "plain_text": requirement.plain_text,
        "kind": requirement.kind.value,
        "stages": [stage.value for stage in Stage if stage in requirement.stages],
        "severity": requirement.severity.value,
        "citation": requirement.citation,
        "params": _copied(requirement.params),
        "applies_when": {name: list(values) for name, values in requirement.applies_when.items()},
        "waivable": requirement.waivable,
        "sort": requirement.sort,
    }
    if requirement.per_site:
        raw["per_site"] = True
    if requirement.evidence_hint:
        raw["evidence_hint"] = requirement.evidence_hint
    if requirement.group is not None:
        raw["group"] = requirement.group
    return raw
