"""The sheet of who was there: what was typed of each participant, kept and named where something is wrong."""

from collections.abc import Mapping
from datetime import date

from flask import request
from wtforms.validators import InputRequired

from certhub.models.course_sessions import CourseSession
from certhub.rules.courses import Delivery
from certhub.rules.refusal import Refusal, Stale
from certhub.services.session_results import Marked, lasted
from certhub.web.forms import LONGEST_KEY, CertHubForm, Day, Text

LONGEST_NUMBER = 6
"""Digits of a number that can be meant: no course has more minutes."""


class SheetForm(CertHubForm):
    """A sheet as it was sent: a few plain fields for each participant, which may be many.

    `names` has the participants whose fields are on the page. `wrong` says what is to be corrected, by field; while
    there is anything, what was typed comes back.
    """

    def __init__(self, session: CourseSession, names: Mapping[int, str]) -> None:
        super().__init__()
        self.session = session
        self.names = names
        self.wrong: dict[str, str] = {}
        self.stale = False

    @property
    def refused(self) -> bool:
        """Whether anything is to be corrected."""
        return bool(self.errors or self.wrong)

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal beside the field of the participant, with the name; every other one above the sheet."""
        self.stale = isinstance(refusal, Stale)
        of = (refusal.field or "").split("_")
        name = self.names.get(int(of[1])) if len(of) > 1 and of[1].isdigit() else None
        if refusal.field and name:
            self.wrong[refusal.field] = f"{name}: {refusal.message}"
        else:
            super().refuse(refusal)

    def marked(self) -> dict[int, Marked]:
        """What was typed of everybody who is on the page. Raises `Refusal` when something cannot be read."""
        found = {number: self._marked(number) for number in self.names if f"on_page_{number}" in request.form}
        if self.wrong:
            raise Refusal("Nothing was saved. Correct what is marked, then save again.")
        return found

    def is_checked(self, field: str, *, on_file: bool) -> bool:
        """Whether a box is shown checked."""
        return field in request.form if self._keeps(field) else on_file

    def shown(self, field: str, on_file: object) -> str:
        """What a field shows: what was typed while something is wrong, or else what is on file."""
        if self._keeps(field):
            return request.form.get(field, "")
        return "" if on_file is None else str(on_file)

    def _keeps(self, field: str) -> bool:
        """Whether what was typed comes back: not of people who were added since, and not where the page was stale."""
        return self.refused and not self.stale and f"on_page_{field.split('_')[1]}" in request.form

    def _marked(self, number: int) -> Marked:
        minutes, seen = {}, {}
        for one in self.session.meetings:
            whole, part = there_field(number, one.id), minutes_field(number, one.id)
            typed = self._number(part)
            longest = lasted(one, self.session)
            if whole in request.form and typed not in (None, longest):
                self.refuse(Refusal("You checked the box and typed minutes. Keep one of the two.", field=part))
            minutes[one.id] = longest if whole in request.form else typed or 0
            seen[one.id] = _key(seen_field(number, one.id))
        score, seen_score = self._number(score_field(number)), request.form.get(seen_score_field(number), "")
        day = self._day(finished_field(number))
        return Marked(minutes, score, day, seen, int(seen_score) if _is_number(seen_score, LONGEST_NUMBER) else None)

    def _number(self, field: str) -> int | None:
        typed = request.form.get(field, "").strip()
        if not typed:
            return None
        if not _is_number(typed, LONGEST_NUMBER):
            self.refuse(
                Refusal(f'"{typed[:20]}" is no whole number. Type minutes or percent without letters.', field=field)
            )
            return None
        return int(typed)

    def _day(self, field: str) -> date | None:
        if self.session.course.delivery is not Delivery.SELF_PACED or not request.form.get(field, "").strip():
            return None
        day = Day("Finished on").bind(self, field)
        day.process(request.form)
        for message in day.process_errors:
            self.refuse(Refusal(str(message), field=field))
        found: date | None = day.data
        return found


class CorrectResultForm(SheetForm):
    """The right attendance of one participant, with the reason."""

    reason = Text("What was wrong", [InputRequired("Say what was wrong.")], longest=500)


def _key(field: str) -> int:
    typed = request.form.get(field, "")
    return int(typed) if _is_number(typed, LONGEST_KEY) else 0


def _is_number(typed: str, longest: int) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) <= longest


def minutes_field(enrolment_id: int, meeting_id: int) -> str:
    """The name of the field for how long somebody was in a meeting."""
    return f"minutes_{enrolment_id}_{meeting_id}"


def there_field(enrolment_id: int, meeting_id: int) -> str:
    """The name of the box that says that somebody was there for the whole meeting."""
    return f"there_{enrolment_id}_{meeting_id}"


def seen_field(enrolment_id: int, meeting_id: int) -> str:
    """The name of the hidden field that says which attendance stood on the page."""
    return f"seen_{enrolment_id}_{meeting_id}"


def seen_score_field(enrolment_id: int) -> str:
    """The name of the hidden field that says which score stood on the page."""
    return f"seen_{enrolment_id}_score"


def score_field(enrolment_id: int) -> str:
    """The name of the field for somebody's score."""
    return f"score_{enrolment_id}"


def finished_field(enrolment_id: int) -> str:
    """The name of the field for the day on which somebody finished."""
    return f"finished_{enrolment_id}"
