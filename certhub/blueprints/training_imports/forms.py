"""Forms of the import of training: the file, its columns, its words, its people, and what is to be done with it."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, FileField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.queries.training_imports import Candidate, Doubt, Word
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_columns import (
    DATE_ORDER_LABELS,
    FIELD_LABELS,
    LEFT_OUT,
    SCORE_LABELS,
    UNIT_LABELS,
    DateOrder,
    Field,
    Heading,
    HoursUnit,
    Layout,
    Proposal,
    ScoreUnit,
)
from certhub.services.training_import_check import Glance
from certhub.services.training_mappings import LONGEST_NAME
from certhub.web.forms import CertHubForm, Line, Text, options

NOBODY = "nobody"
_CATEGORIES = [(one.value, one.label) for one in TrainingCategory]


class UploadForm(CertHubForm):
    """A file to check."""

    file = FileField(
        "Spreadsheet",
        [InputRequired("Choose the file.")],
        description="CSV or Excel (XLSX), up to 100,000 rows. Only the first sheet of an Excel file is read. The file "
        "must say nothing about children or families.",
    )


class ColumnsForm(CertHubForm):
    """How a file is to be read; the columns themselves are added for each file."""

    date_order = SelectField(
        "How dates are written",
        choices=options((one.value, label) for one, label in DATE_ORDER_LABELS.items()),
        description="Dates such as 2026-03-04 and March 4, 2026 are understood in any case. A time with its time zone "
        "becomes the day that it was in Massachusetts.",
    )
    hours_unit = SelectField(
        "What a number of hours means", choices=options((one.value, label) for one, label in UNIT_LABELS.items())
    )
    score_unit = SelectField(
        "How scores are written",
        choices=options((one.value, label) for one, label in SCORE_LABELS.items()),
        description="A score with a percent sign is understood in any case.",
    )
    default_category = SelectField(
        "Category where the file does not say",
        [Optional()],
        choices=options([("", "None: such a row is to be corrected"), *_CATEGORIES]),
    )
    approved = BooleanField(
        "Where the file does not say: the providers are approved by DPH or by a licensing board.",
        description="Only hours of approved providers count for most requirements.",
    )
    save_as = Line(
        "Save these choices under a name",
        [Optional()],
        longest=LONGEST_NAME,
        description="The next file with the same headings is then read in this way. A name that you used before is "
        "replaced.",
    )

    def layout(self, headings: Sequence[Heading], before: Layout) -> Layout:
        """What was chosen; the words for categories stay as they are."""
        chosen = {one.key: self[f"column_{one.position}"].data for one in headings}
        return Layout(
            {key: Field(value) for key, value in chosen.items() if value},
            DateOrder(self.date_order.data),
            HoursUnit(self.hours_unit.data),
            TrainingCategory(self.default_category.data) if self.default_category.data else None,
            before.words,
            approved=self.approved.data,
            score_unit=ScoreUnit(self.score_unit.data),
        )


def columns_form(glance: Glance, proposal: Proposal) -> ColumnsForm:
    """The form for the columns of one file, filled in as it is proposed."""
    offered = options([("", "Not used"), *((one.value, label) for one, label in FIELD_LABELS.items())])
    fields: dict[str, Any] = {
        f"column_{one.position}": SelectField(
            one.name, [Optional()], choices=offered, description=_examples(glance, one)
        )
        for one in glance.headings
        if not one.added
    }
    layout = proposal.layout
    form: ColumnsForm = type("ColumnsOfOneFile", (ColumnsForm,), fields)(
        date_order=layout.date_order.value,
        hours_unit=layout.hours_unit.value,
        score_unit=layout.score_unit.value,
        default_category=layout.default_category.value if layout.default_category else "",
        approved=layout.approved,
        save_as=proposal.name,
        **{f"column_{one.position}": layout.columns.get(one.key, "") for one in glance.headings},
    )
    return form


def words_form(words: Sequence[Word]) -> CertHubForm:
    """What the words of a file stand for, one question for each."""
    offered = options([("", "Choose…"), *_CATEGORIES, (LEFT_OUT, "Leave these rows out")])
    fields: dict[str, Any] = {
        _asked_for(word): SelectField(
            f"“{word.spelled}”",
            [InputRequired("Choose what this word stands for.")],
            choices=offered,
            description=f"In row {word.first_row:,}" + (f" and {word.rows - 1:,} more." if word.rows > 1 else "."),
        )
        for word in words
    }
    form: CertHubForm = type("WordsOfOneFile", (CertHubForm,), fields)()
    return form


def meanings(form: CertHubForm, words: Sequence[Word]) -> Mapping[str, str]:
    """What was said that the words stand for, by the folded word."""
    return {word.key: form[_asked_for(word)].data for word in words}


def _asked_for(word: Word) -> str:
    """The name of a field: of the word itself and not of its place, which moves when somebody else answers first."""
    return f"word_{hashlib.sha256(word.key.encode()).hexdigest()[:16]}"


def people_form(doubts: Sequence[Doubt]) -> CertHubForm:
    """Who the doubtful people of a file are; those left open stay open."""
    fields: dict[str, Any] = {
        f"doubt_{doubt.id}": RadioField(
            _asked_about(doubt),
            [Optional()],
            choices=options(
                [
                    *((str(one.id), _described(one)) for one in doubt.candidates),
                    (NOBODY, f"None of these: leave out {_rows_of(doubt)}"),
                ]
            ),
            description=f"In {_rows_of(doubt)} of the file.",
        )
        for doubt in doubts
    }
    said = {f"doubt_{doubt.id}": NOBODY if doubt.is_nobody else str(doubt.answer or "") for doubt in doubts}
    form: CertHubForm = type("PeopleOfOneFile", (CertHubForm,), fields)(**said)
    return form


def answers(form: CertHubForm, doubts: Sequence[Doubt]) -> Mapping[int, int | None]:
    """What was answered, by the number of the doubt; None stands for nobody."""
    typed = {doubt.id: form[f"doubt_{doubt.id}"].data for doubt in doubts}
    return {number: None if value == NOBODY else int(value) for number, value in typed.items() if value}


class ImportForm(CertHubForm):
    """Import what is right, and say what becomes of the rest."""

    leave_out = BooleanField("Leave these rows out")


class UndoForm(CertHubForm):
    """Why an import is undone."""

    reason = Text("Reason", [InputRequired("Say why this import is undone.")], longest=500)
    seen = HiddenField()


def _examples(glance: Glance, heading: Heading) -> str:
    found = glance.examples(heading)
    return "For example: " + "; ".join(found) + "." if found else "The first rows have nothing here."


def _asked_about(doubt: Doubt) -> str:
    also = ", ".join(part for part in (doubt.email, doubt.number) if part)
    name = doubt.name or "No name"
    return f"Who is {name} ({also})?" if also else f"Who is {name}?"


def _rows_of(doubt: Doubt) -> str:
    return f"row {doubt.first_row:,}" + (f" and {doubt.rows - 1:,} more" if doubt.rows > 1 else "")


def _described(one: Candidate) -> str:
    return ", ".join([one.name, one.email or "no e-mail address", *(one.numbers or ("no credential yet",))])
