"""Forms of the draft of a standard: its requirements, groups, terms and adoption."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask import request
from wtforms import BooleanField, FileField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.rules.disciplines import DISCIPLINE_LABELS
from certhub.rules.parameter_entry import MOST_TABLES, answers_of, field_of, parameters_from
from certhub.rules.parameter_words import choice_in_words, hint_of, label_of
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds.parameter_fields import ParameterField, ParameterInput, parameter_fields
from certhub.rules.standard import RequirementGroup, Standard, TermPolicy
from certhub.rules.standard_comparison import in_order
from certhub.rules.standard_definition import LONGEST_CODE, StandardError
from certhub.rules.standard_draft import DraftChanged, DraftGone, Raw
from certhub.rules.standard_words import (
    EXPIRY_RULE_LABELS,
    REQUIREMENT_KIND_LABELS,
    SEVERITY_LABELS,
    STAGE_LABELS,
    TERM_LABELS,
    YEAR_LABELS,
)
from certhub.rules.transitions import TRANSITION_LABELS
from certhub.rules.vocabulary import GroupOperator, RequirementKind, SubjectType, Transition
from certhub.web.forms import CertHubForm, Checkboxes, Day, Line, Text, options

PARAMETER = "param-"
_OPERATORS = {
    GroupOperator.ALL: "All of them",
    GroupOperator.ANY: "One of them",
    GroupOperator.AT_LEAST_N: "At least a number of them",
}
_MISTAKE = re.compile(
    r"(?:[^:]+: )?(?:(?P<part>terms|(?:requirement|group) \S+): )?"
    r'(?P<parameter>parameter )?"(?P<name>[^"]+)" (?P<what>.+)'
)


class DraftForm(CertHubForm):
    """A change of a draft; `seen` is the hash of the draft that was looked at, so that nobody is overwritten unseen."""

    seen = HiddenField()


class HeadingForm(DraftForm):
    """What the standard is called, and where it comes from."""

    title = Line("Title", [InputRequired("Enter the title.")])
    citation = Line(
        "Source", [InputRequired("Enter the source.")], longest=1000, description="The regulation, or program default."
    )


class GroupForm(DraftForm):
    """Requirements of which all, one, or at least some must be met."""

    code = Line(
        "Code", [InputRequired("Enter a code.")], longest=LONGEST_CODE, description="A short name, such as CC-SKILLS."
    )
    title = Line("Title", [InputRequired("Enter the title.")])
    operator = SelectField(
        "How many must be met", choices=options((one.value, said) for one, said in _OPERATORS.items())
    )
    n = IntegerField(
        "The number", [Optional()], description="Only where at least a number of them must be met.", default=None
    )
    parent = SelectField("Inside another group")
    members = Checkboxes("Requirements in this group")

    def offer(self, standard: Standard, group: RequirementGroup | None) -> None:
        """Offer the requirements and the other groups of the draft."""
        others = [one for one in standard.groups if group is None or one.code != group.code]
        self.parent.choices = options([("", "No"), *((one.code, one.title) for one in others)])
        self.members.choices = options((one.code, f"{one.code} {one.title}") for one in in_order(standard))

    def table(self, code: str | None) -> Raw:
        """What was typed as the raw values of a group."""
        table: Raw = {"code": code or self.code.data, "title": self.title.data, "operator": self.operator.data}
        if self.n.data is not None:
            table["n"] = self.n.data
        if self.parent.data:
            table["parent"] = self.parent.data
        return table


class TermsForm(DraftForm):
    """How long a credential lasts and when it can be renewed."""

    term_months = IntegerField(TERM_LABELS["term_months"], [InputRequired("Enter the months.")])
    expiry_rule = SelectField(
        TERM_LABELS["expiry_rule"], choices=options((one.value, said) for one, said in EXPIRY_RULE_LABELS.items())
    )
    fixed_month = IntegerField(TERM_LABELS["fixed_month"], [Optional()], description="From 1 to 12, for a fixed day.")
    fixed_day = IntegerField(TERM_LABELS["fixed_day"], [Optional()], description="From 1 to 31, for a fixed day.")
    year_parity = SelectField(
        TERM_LABELS["year_parity"], choices=options((one.value, said) for one, said in YEAR_LABELS.items())
    )
    minimum_term_months = IntegerField(TERM_LABELS["minimum_term_months"], [InputRequired("Enter 0 for none.")])
    end_of_month = BooleanField(TERM_LABELS["end_of_month"])
    renewal_window_days = IntegerField(TERM_LABELS["renewal_window_days"], [InputRequired("Enter the days.")])
    grace_days = IntegerField(TERM_LABELS["grace_days"], [InputRequired("Enter 0 for none.")])
    reinstatement_days = IntegerField(TERM_LABELS["reinstatement_days"], [InputRequired("Enter 0 for none.")])
    incomplete_expires_days = IntegerField(TERM_LABELS["incomplete_expires_days"], [InputRequired("Enter the days.")])
    appeal_days = IntegerField(TERM_LABELS["appeal_days"], [InputRequired("Enter the days.")])

    @classmethod
    def showing(cls, terms: TermPolicy, seen: str) -> "TermsForm":
        """The form with what the draft says."""
        return cls(seen=seen, **{name: _plain(getattr(terms, name)) for name in TERM_LABELS})

    def table(self) -> Raw:
        """What was typed as the raw values of a term policy."""
        return {name: self[name].data for name in TERM_LABELS if self[name].data is not None}


class ImportForm(DraftForm):
    """A whole standard as a file."""

    file = FileField(
        "TOML file",
        [InputRequired("Choose the file.")],
        description="All that the draft says is replaced by the file. Export the draft first to see how it is written.",
    )


class KindChoice(CertHubForm):
    """Which kind of requirement is added."""

    kind = SelectField(
        "Kind of requirement", choices=options((one.value, said) for one, said in REQUIREMENT_KIND_LABELS.items())
    )


class AdoptForm(DraftForm):
    """From when, and for whom, a version counts."""

    effective_from = Day(
        "Takes effect on", [InputRequired("Enter the first day.")], description="Today or a later day."
    )
    transition = RadioField(
        "For those who hold a credential",
        [InputRequired("Choose one.")],
        choices=options((one.value, said) for one, said in TRANSITION_LABELS.items()),
        default=Transition.BY_SUBMISSION.value,
    )
    sunset_on = Day(
        "Last date: from this day it counts for everybody", [Optional()], description="Only for the third choice."
    )
    announce = BooleanField("Write to the holders.")
    confirmed = BooleanField(
        "I know that an adopted version never changes again.", [InputRequired("Check this box before you adopt it.")]
    )


def requirement_form(
    kind: RequirementKind, standard: Standard, *, seen: str, shown: Mapping[str, Any] | None = None
) -> DraftForm:
    """The form of one requirement: what all have in common, and the parameters that its kind reads."""
    answers = answers_of(kind, shown.get("params", {})) if shown else answers_of(kind, {})
    fields: dict[str, object] = _common_fields(standard, new=shown is None)
    for field in parameter_fields(kind):
        fields |= _parameter(field, PARAMETER + field.name, _rows(field, answers))
    form: DraftForm = type("RequirementForm", (DraftForm,), fields)(
        data={
            "seen": seen,
            **_common_answers(shown or {}),
            **{PARAMETER + name: value for name, value in answers.items()},
        }
    )
    return form


def requirement_table(form: DraftForm, kind: RequirementKind, *, code: str | None, sort: int) -> Raw:
    """What was typed as the raw values of a requirement."""
    typed = {name.removeprefix(PARAMETER): field.data or "" for name, field in form._fields.items()}
    given = {name: form[name].data or "" for name in ("title", "plain_text", "citation", "evidence_hint")}
    conditions = _conditions(form["other_conditions"].data or "")
    if "disciplines" in form and form["disciplines"].data:
        conditions["discipline"] = form["disciplines"].data
    table: Raw = {
        "code": code or form["code"].data,
        **{name: value for name, value in given.items() if value},
        "kind": kind.value,
        "stages": form["stages"].data or [],
        "severity": form["severity"].data,
        "params": parameters_from(kind, typed),
        "applies_when": conditions,
        "waivable": bool(form["waivable"].data),
        "sort": sort,
    }
    if "per_site" in form and form["per_site"].data:
        table["per_site"] = True
    return {**table, "group": form["group"].data} if form["group"].data else table


@contextmanager
def mistakes_shown_on(form: DraftForm, part: str = "") -> Iterator[None]:
    """Show what is wrong on the form, beside the fields of `part` where it is about one; put `transaction()` inside.

    A draft that is gone is not shown on the form, which would have nothing to be about: that is a page of its own.
    """
    try:
        yield
    except DraftGone:
        raise
    except DraftChanged as changed:
        form.seen.data = changed.now
        form.refuse(changed)
    except Refusal as refusal:
        form.refuse(refusal)
    except StandardError as error:
        for line in error.problems:
            _place(form, line, part)


def as_sentence(line: str) -> str:
    """A line of the parser as a sentence."""
    said = line.partition(": ")[2] or line
    return f"{said[:1].upper()}{said[1:]}."


def _place(form: DraftForm, line: str, part: str) -> None:
    found = _MISTAKE.fullmatch(line)
    if found is not None and (found["part"] or "") == part:
        name = f"{PARAMETER}{field_of(found['name'])}" if found["parameter"] else found["name"].partition(".")[0]
        name = {"applies_when": "other_conditions"}.get(name, name)
        for target in (name, name.rpartition("-")[0]):
            if target in form._fields:
                form.refuse(Refusal(f"This {found['what']}.", field=target))
                return
        if found["parameter"]:
            form.refuse(Refusal(f"“{label_of(re.split(r'[.[]', found['name'])[0])}” {found['what']}."))
            return
    form.refuse(Refusal(as_sentence(line)))


def _common_fields(standard: Standard, *, new: bool) -> dict[str, object]:
    groups = [("", "None"), *((one.code, one.title) for one in standard.groups)]
    fields: dict[str, object] = {}
    if new:
        fields["code"] = Line(
            "Code",
            [InputRequired("Enter a code.")],
            longest=LONGEST_CODE,
            description="Such as CC-14. Evidence is filed under it, so it stays the same in later versions.",
        )
    fields |= {
        "title": Line("Title", [InputRequired("Enter the title.")]),
        "plain_text": Text("In plain words", [InputRequired("Say in plain words what is asked for.")]),
        "evidence_hint": Text("What to provide", [Optional()], description="What the applicant reads beside the form."),
        "citation": Line("Source", [InputRequired("Enter the source.")], longest=1000),
        "severity": SelectField("Weight", choices=options((one.value, said) for one, said in SEVERITY_LABELS.items())),
        "stages": Checkboxes(
            "Asked for",
            [InputRequired("Check at least one.")],
            choices=options((one.value, said) for one, said in STAGE_LABELS.items()),
        ),
        "waivable": BooleanField("A reviewer can waive it."),
        "group": SelectField("Group", choices=options(groups)),
    }
    if standard.subject_type is SubjectType.COORDINATOR:
        fields["disciplines"] = Checkboxes(
            "Only for these backgrounds",
            [Optional()],
            choices=options((one.value, said) for one, said in DISCIPLINE_LABELS.items()),
            description="Check none to ask everybody.",
        )
    if standard.subject_type is SubjectType.PRACTICE:
        fields["per_site"] = BooleanField(
            "Asked for each site.",
            description="Otherwise a practice gives it once, for all its sites. For papers and signatures.",
        )
    fields["other_conditions"] = Text(
        "Other conditions",
        [Optional()],
        description="Only for those whose record says so. One on each line, such as languages: es, pt",
        render_kw={"rows": 2},
    )
    return fields


def _common_answers(shown: Mapping[str, Any]) -> dict[str, Any]:
    conditions = {name: list(values) for name, values in shown.get("applies_when", {}).items()}
    return {
        **{name: shown.get(name) for name in ("title", "plain_text", "evidence_hint", "citation", "severity", "group")},
        "stages": list(shown.get("stages", ())),
        "waivable": shown.get("waivable", False),
        "per_site": shown.get("per_site", False),
        "disciplines": conditions.pop("discipline", []),
        "other_conditions": "\n".join(f"{name}: {', '.join(values)}" for name, values in conditions.items()),
    }


def _conditions(typed: str) -> dict[str, list[str]]:
    pairs = (line.partition(":") for line in typed.splitlines() if line.strip())
    return {name.strip(): [one.strip() for one in values.split(",") if one.strip()] for name, _, values in pairs}


def _rows(field: ParameterField, answers: Mapping[str, Any]) -> int:
    """How many tables a list of tables shows: those that are there or were sent, and an empty one."""
    names: Iterable[str] = [*answers, *(name.removeprefix(PARAMETER) for name in request.form)]
    pattern = re.compile(rf"{field.name}-(\d{{1,2}})-.+")
    filled = [int(found[1]) for name in names if (found := pattern.fullmatch(name))]
    return min(max(filled, default=0) + (request.method == "GET"), MOST_TABLES) or 1


def _parameter(field: ParameterField, name: str, rows: int, before: str = "") -> dict[str, object]:
    """The form's fields for one parameter."""
    label, hint = before + label_of(field), hint_of(field)
    needed = field.required and not field.sometimes and not before
    validators = [InputRequired(f'Fill in "{label}".') if needed else Optional()]
    match field.input:
        case ParameterInput.TABLES:
            found: dict[str, object] = {}
            for place in range(1, rows + 1):
                for one in field.fields:
                    found |= _parameter(one, f"{name}-{place}-{one.name}", 0, f"{label} {place}: ")
            return found
        case ParameterInput.NUMBERS if field.choices:
            return {
                f"{name}-{key}": _number(f"{label}: {choice_in_words(field.name, key)}", validators, hint)
                for key in field.choices
            }
        case ParameterInput.TEXTS | ParameterInput.NUMBERS:
            return {name: Text(label, validators, description=hint, render_kw={"rows": 3})}
        case ParameterInput.CHOICES:
            return {name: Checkboxes(label, validators, choices=_choices(field), description=hint)}
        case ParameterInput.CHOICE:
            return {name: SelectField(label, validators, choices=_choices(field), description=hint)}
        case ParameterInput.FLAG:
            return {name: BooleanField(label, description=hint)}
        case ParameterInput.TEXT:
            return {name: Line(label, validators, longest=1000, description=hint)}
        case _:
            return {name: _number(label, validators, hint)}


def _number(label: str, validators: Sequence[object], hint: str) -> object:
    # Text, so that the parser can name what was typed; it alone knows the limits of each parameter.
    return Line(label, validators, longest=40, description=hint, render_kw={"inputmode": "decimal"})


def _choices(field: ParameterField) -> Sequence[Any]:
    pairs = [(one, _capital(choice_in_words(field.name, one))) for one in field.choices]
    if field.input is ParameterInput.CHOICE and field.default is None:
        pairs = [("", "Choose" if field.required else "Not set"), *pairs]
    return options(pairs)


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)
