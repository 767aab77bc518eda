"""Forms of caseload reports: the numbers of a line, filing, spreadsheets, questions, and the filters of the use."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wtforms import FileField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.rules.caseload import LIGHT_LABELS
from certhub.rules.caseload_checks import Move
from certhub.rules.caseload_report import FIELDS, PARTS, TOTALS, Breakdown, Line
from certhub.rules.regions import REGION_LABELS
from certhub.web.forms import CertHubForm, Day, Seen, Text, options
from certhub.web.particulars import number_or_none, numbered
from certhub.web.plain_words import PlainForm

_LABELS = {**TOTALS, **{part.key: part.label for one in Breakdown for part in PARTS[one]}}
_LONGEST_NUMBER = 9


class Count(IntegerField):  # type: ignore[misc]  # WTForms ships no types
    """A number of children, families or encounters; nothing typed is 0."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the number, with or without commas."""
        typed = (valuelist[0] if valuelist else "").replace(",", "").strip()
        self.data = 0
        if not typed:
            return
        if not (typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER):
            raise ValueError("Type a whole number, such as 25.")
        self.data = int(typed)


class _LineForm(CertHubForm):
    """What a coordinator had at a practice; a field for each number is added below."""

    next_one = HiddenField()

    def numbers(self) -> dict[str, int]:
        """What was typed."""
        return {key: self[key].data or 0 for key in FIELDS}

    def tell(self, mistakes: Mapping[str, str]) -> None:
        """Put each contradiction beside its field."""
        for key, message in mistakes.items():
            self[key].errors = [*self[key].errors, message]


LineForm: type[_LineForm] = type("LineForm", (_LineForm,), {key: Count(_LABELS[key]) for key in FIELDS})


def line_form(line: Line) -> _LineForm:
    """The form of one line, filled in as it stands."""
    return LineForm(data={key: line[key] for key in FIELDS if line.get(key)})


class FileForm(CertHubForm):
    """File a month; DPH also says when a paper came in."""

    seen = Seen()
    filed_on = Day(
        "Day on which the paper came in",
        [InputRequired("Enter the day on which DPH received the paper.")],
    )


class SheetForm(CertHubForm):
    """A spreadsheet to check."""

    file = FileField(
        "Spreadsheet",
        [InputRequired("Choose the file.")],
        description="CSV or Excel (XLSX). Counts only: nothing about one child or family.",
    )


class AnswerForm(CertHubForm):
    """The vendor's answer to a question."""

    words = Text("Your answer", longest=1000, description="Nothing about one child or family.")


class SettleForm(CertHubForm):
    """What DPH says to a question."""

    move = RadioField(
        "What becomes of the question",
        [InputRequired("Choose one.")],
        choices=options(
            [(Move.ACCEPTED.value, "Accept it as explained"), (Move.ASKED_AGAIN.value, "Ask the vendor again")]
        ),
    )
    words = Text(
        "Words to the vendor", longest=1000, description="Needed to ask again. Nothing about one child or family."
    )


class MonthForm(PlainForm):
    """The month of a list, read from the address of the page."""

    class Meta:
        """A form that only reads needs no protection against forgery."""

        csrf = False

    month = SelectField("Month", [Optional()], coerce=number_or_none)

    def offer(self, months: Iterable[tuple[int, str]]) -> None:
        """The months that can be chosen."""
        self.month.choices = options((str(number), words) for number, words in months)


class UseForm(PlainForm):
    """The filters of the use of coordinators, read from the address of the page."""

    class Meta:
        """As above."""

        csrf = False

    as_of = Day("As of", [Optional()], description="Any day, also a past one.")
    region = SelectField(
        "Region",
        default="",
        choices=options([("", "All"), *((region.value, label) for region, label in REGION_LABELS.items())]),
    )
    vendor = SelectField("Vendor", [Optional()], coerce=number_or_none, default="")
    light = SelectField(
        "How full",
        default="",
        choices=options([("", "All"), *((light.value, label) for light, label in LIGHT_LABELS.items())]),
    )

    def offer(self, vendors: Iterable[tuple[int, str]]) -> None:
        """The vendors that can be chosen."""
        self.vendor.choices = numbered(vendors, "All")


class DayForm(PlainForm):
    """The day of one coordinator's page."""

    class Meta:
        """As above."""

        csrf = False

    as_of = Day("As of", [Optional()])


def chosen_day(form: UseForm | DayForm, today: date) -> tuple[date, bool]:
    """The day that was asked for, today where none or none that can be read; and whether the filters were readable."""
    readable = bool(form.validate())
    found = (form.as_of.data if readable else None) or today
    if form.as_of.data is None and not form.as_of.errors:
        form.as_of.data = found
    return found, readable
