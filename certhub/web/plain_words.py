"""WTForms' own sentences in plain words, for whatever a form does not say itself."""

from typing import Any, ClassVar

from flask_wtf import FlaskForm

_NUMBER = "Type a number, such as 2 or 2.5."
_WHOLE_NUMBER = "Type a whole number, such as 25."
_CHOICE = "Choose one of the answers that the list offers."
_DATE = "Type a date that exists, such as 2026-07-31."

SENTENCES: dict[str, str] = {
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "Not a valid integer value.": _WHOLE_NUMBER,
    "Not a valid choice.": _CHOICE,
    "Invalid Choice: could not coerce.": _CHOICE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOICE,
    "'%(value)s' is not a valid choice for this field.": _CHOICE,
    "'%(value)s' are not valid choices for this field.": _CHOICE,
    "Not a valid datetime value.": "Type a day and a time, such as 2026-07-31 16:30.",
    "Not a valid date value.": _DATE,
    "Not a valid time value.": "Type a time of day, such as 16:30.",
    "Not a valid week value.": "Type a week, such as 2026-W31.",
    "Field must be equal to %(other_name)s.": "Type the same in both fields.",
    "Field must be at least %(min)d character long.": "This is too short. Type at least %(min)d character.",
    "Field must be at least %(min)d characters long.": "This is too short. Type at least %(min)d characters.",
    "Field cannot be longer than %(max)d character.": "This is too long. Type at most %(max)d character.",
    "Field cannot be longer than %(max)d characters.": "This is too long. Type at most %(max)d characters.",
    "Field must be exactly %(max)d character long.": "Type exactly %(max)d character.",
    "Field must be exactly %(max)d characters long.": "Type exactly %(max)d characters.",
    "Field must be between %(min)d and %(max)d characters long.": "Type between %(min)d and %(max)d characters.",
    "Number must be at least %(min)s.": "Type %(min)s or more.",
    "Number must be at most %(max)s.": "Type %(max)s or less.",
    "Number must be between %(min)s and %(max)s.": "Type a number from %(min)s to %(max)s.",
    "Date must be at least %(min)s.": "Type %(min)s or a later day.",
    "Date must be at most %(max)s.": "Type %(max)s or an earlier day.",
    "Date must be between %(min)s and %(max)s.": "Type a day from %(min)s to %(max)s.",
    "This field is required.": "Fill in this field.",
    "Invalid input.": "This is not written as it should be. Check it letter by letter.",
    "Invalid email address.": "Type an e-mail address, such as name@example.org.",
    "Invalid IP address.": "Type a network address, such as 192.0.2.1.",
    "Invalid Mac address.": "Type a device address, such as 00:00:5E:00:53:01.",
    "Invalid URL.": "Type a web address, such as https://www.mass.gov.",
    "Invalid UUID.": "This is not written as it should be. Copy it again.",
    "Invalid value, must be one of: %(values)s.": "Type one of these: %(values)s.",
    "Invalid value, can't be any of: %(values)s.": "Type something else than these: %(values)s.",
    "Invalid field name '%s'.": "This form is not in order. Load the page again.",
    "This field cannot be edited.": "This cannot be changed here.",
    "This field is disabled and cannot have a value.": "This cannot be changed here.",
    "Choices cannot be None.": "This form is not in order. Load the page again.",
}


class _PlainWords:
    """What WTForms asks for its sentences; a sentence that is not known stays as it is."""

    def gettext(self, sentence: str) -> str:
        """The sentence in plain words."""
        return SENTENCES.get(sentence, sentence)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """The sentence for this number in plain words."""
        return self.gettext(one if number == 1 else many)


class PlainForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form whose fields speak plainly, also where the form says nothing itself."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # as above
        """Where the fields get their sentences from."""

        _words: ClassVar[_PlainWords] = _PlainWords()

        def get_translations(self, form: Any) -> _PlainWords:  # noqa: ARG002  (WTForms' signature)
            """The plain words, whatever language the browser asks for."""
            return self._words
