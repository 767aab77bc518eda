"""The base of all forms: trimmed, checked for what no field accepts, and able to show a rule's refusal."""

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from wtforms import DateField, HiddenField, SelectMultipleField, StringField, TextAreaField, TimeField, widgets
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation

from certhub import clock
from certhub.rules.dates_in_use import OUTSIDE, is_in_use
from certhub.rules.refusal import Refusal
from certhub.web.plain_words import PlainForm
from certhub.web.submissions import fresh_token

LONGEST_KEY = 18
"""Digits of the number of a record."""
LONGEST_LINE = 200
LONGEST_TEXT = 4000
_MOMENTS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")


def tidy(value: Any) -> Any:
    """What was typed, in normal form and without space around it."""
    return unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else value


class Printable:
    """Refuses control characters, which no form field has a use for and PostgreSQL cannot store."""

    def __init__(self, *, lines: bool = False, longest: int = LONGEST_LINE) -> None:
        self.lines = lines
        self.longest = longest

    def __call__(self, _form: Any, field: Any) -> None:
        """Raise where the field holds what cannot be kept."""
        text = field.data or ""
        if any(unicodedata.category(char) == "Cc" and not (self.lines and char in "\n\r\t") for char in text):
            raise StopValidation("This has a character that cannot be saved. Type it again instead of pasting it.")
        if len(text) > self.longest:
            raise StopValidation(f"This is too long: {len(text):,} characters. Use at most {self.longest:,}.")


class Line(StringField):  # type: ignore[misc]  # WTForms ships no types
    """One line of text."""

    def __init__(self, label: str, validators: Any = (), *, longest: int = LONGEST_LINE, **kwargs: Any) -> None:
        super().__init__(label, [Printable(longest=longest), *validators], filters=[tidy], **kwargs)


class Text(TextAreaField):  # type: ignore[misc]  # WTForms ships no types
    """Several lines of text."""

    def __init__(self, label: str, validators: Any = (), *, longest: int = LONGEST_TEXT, **kwargs: Any) -> None:
        super().__init__(label, [Printable(lines=True, longest=longest), *validators], filters=[tidy], **kwargs)


class Day(DateField):  # type: ignore[misc]  # WTForms ships no types
    """A date: the browser's date field, or typed as 2026-07-31 or 7/31/2026."""

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%m/%d/%Y"], **kwargs)

    def process_formdata(self, valuelist: Any) -> None:
        """Read the date; say how to type it where it cannot be read."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Type a date that exists, such as 2026-07-31 or 7/31/2026.") from None
        if self.data is not None and not is_in_use(self.data):
            raise ValueError(OUTSIDE)


class Moment(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A day and a time of day in Massachusetts; its data is an aware instant."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the instant; say how to type it where it cannot be read."""
        self.data = None
        self.typed = tidy(valuelist[0]) if valuelist else ""
        if not self.typed:
            return
        for form in _MOMENTS:
            try:
                found = datetime.strptime(self.typed, form)  # noqa: DTZ007  (the zone is added below)
            except ValueError:
                continue
            if is_in_use(found.date()):
                self.data = found.replace(tzinfo=clock.AGENCY_ZONE)
                return
        raise ValueError("Type a day and a time, such as 2026-07-31 16:30.")

    def _value(self) -> str:
        if self.data is not None:
            return f"{self.data.astimezone(clock.AGENCY_ZONE):%Y-%m-%dT%H:%M:%S}"
        return str(getattr(self, "typed", "") or "")


class TimeOfDay(TimeField):  # type: ignore[misc]  # WTForms ships no types
    """A time of the clock: the browser's time field, or typed as 16:30 or 4:30 PM."""

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%H:%M", "%H:%M:%S", "%I:%M %p"], **kwargs)

    def process_formdata(self, valuelist: Any) -> None:
        """Read the time; say how to type it where it cannot be read."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Type a time of day, such as 16:30 or 4:30 PM.") from None


class Checkboxes(SelectMultipleField):  # type: ignore[misc]  # WTForms ships no types
    """Several answers of a list, as boxes to tick."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class Seen(HiddenField):  # type: ignore[misc]  # WTForms ships no types
    """Sends back the number of the record that stood on the page, so that nobody answers to what has changed since."""

    @property
    def number(self) -> int | None:
        """The number; None for an empty field and for what is none."""
        typed = str(self.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_KEY else None


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """The answers of a select or radio field, from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


class CertHubForm(PlainForm):
    """A form with protection against forgery and against being sent twice."""

    submission_token = HiddenField(default=fresh_token)

    @property
    def refused(self) -> bool:
        """Whether anything is to be corrected."""
        return bool(self.errors)

    @property
    def http_status(self) -> int:
        """The HTTP status of the page that shows this form: 422 where something is to be corrected."""
        return 422 if self.refused else 200

    def refuse(self, refusal: Refusal) -> None:
        """Put a rule's refusal beside its field, or above the form where it has none."""
        field = self._fields.get(refusal.field or "")
        if field is not None:
            field.errors = [*field.errors, refusal.message]
        else:
            self.form_errors.append(refusal.message)


@contextmanager
def refusals_shown_on(form: CertHubForm) -> Iterator[None]:
    """Show a `Refusal` on the form instead of failing; put `transaction()` inside, so that nothing is saved."""
    try:
        yield
    except Refusal as refusal:
        form.refuse(refusal)
