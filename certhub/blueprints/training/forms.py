"""Forms of the catalogue, of sessions, and of enrolments."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from flask import request
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from certhub.models.course_sessions import CourseSession, SessionMeeting
from certhub.models.courses import Course
from certhub.rules import local_times
from certhub.rules.course_meetings import MOST_MEETINGS, Meeting
from certhub.rules.courses import DELIVERY_LABELS, TAGS, Delivery
from certhub.rules.evaluation_form import SCALE, STATEMENTS
from certhub.rules.languages import LANGUAGES
from certhub.rules.refusal import Refusal
from certhub.rules.training_entry import hours_field
from certhub.services.course_sessions import SessionFacts
from certhub.services.courses import CourseFacts
from certhub.web.contact_hours import HoursForm
from certhub.web.forms import CertHubForm, Checkboxes, Day, Line, Seen, Text, TimeOfDay, options
from certhub.web.particulars import number_or_none, numbered

ROWS = 4
"""Rows for meetings that an empty form has; a button adds as many."""


class CourseForm(HoursForm):
    """A course of the catalogue."""

    code = Line(
        "Code",
        [InputRequired("Enter a code.")],
        longest=40,
        description="Standards and files of other systems name the course by it, for example PCCC-M1.",
    )
    title = Line("Title", [InputRequired("Enter the title of the course.")])
    program_id = SelectField("Training program", [Optional()], coerce=number_or_none)
    summary = Text("What it is about", [Optional()])
    delivery = RadioField(
        "How it is given", [InputRequired("Choose how it is given.")], choices=options(DELIVERY_LABELS.items())
    )
    languages = Checkboxes(
        "Languages", [InputRequired("Check at least one language.")], choices=options(LANGUAGES.items())
    )
    tags = Checkboxes("What it covers", [Optional()], choices=options(TAGS.items()))
    accessibility = Text(
        "Access", [Optional()], description="Captions, ramps, large print: what people who need it should know."
    )
    prerequisites = Checkboxes("Needed before", [Optional()], coerce=number_or_none)
    pass_mark = IntegerField(
        "Pass mark of the final test (percent)", [Optional()], description="Leave this empty if there is no test."
    )
    partial_credit = BooleanField("Somebody who misses a part earns the hours of the rest.")
    valid_months = IntegerField(
        "Months for which a completion is valid",
        [Optional()],
        description="Leave this empty if it does not end.",
    )
    external_system = Line(
        "Other system", [Optional()], longest=40, description="If the course stands in one, for example TRAIN."
    )
    external_affiliate = Line("Affiliate there", [Optional()], longest=80)
    external_course_id = Line("Course number there", [Optional()], longest=40)
    offered_from = Day("Offered from", [InputRequired("Enter the first day.")])
    offered_until = Day("Offered until", [Optional()], description="Leave this empty while it goes on.")

    def __init__(self, *args: Any, course: Course | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **{**_on_file(course), **kwargs})

    def validate_valid_months(self, field: Any) -> None:
        """Months that can be meant."""
        if field.data is not None and not 1 <= field.data <= 120:  # noqa: PLR2004  (ten years)
            raise ValueError("Type months from 1 to 120, or leave this empty.")

    def facts(self, program_id: int | None) -> CourseFacts:
        """What was typed, as the service takes it."""
        return CourseFacts(
            code=self.code.data,
            title=self.title.data,
            delivery=Delivery(self.delivery.data),
            hours=self.hours(),
            offered_from=self.offered_from.data,
            program_id=program_id,
            summary=self.summary.data or "",
            accessibility=self.accessibility.data or "",
            languages=self.languages.data or (),
            tags=self.tags.data or (),
            prerequisites=[number for number in self.prerequisites.data or () if number],
            pass_mark=self.pass_mark.data,
            partial_credit=self.partial_credit.data,
            valid_months=self.valid_months.data,
            external_system=self.external_system.data or "",
            external_affiliate=self.external_affiliate.data or "",
            external_course_id=self.external_course_id.data or "",
            offered_until=self.offered_until.data,
        )


class SessionForm(CertHubForm):
    """When and where a course is given; `meetings` has a row of fields for each meeting."""

    seats = IntegerField("Seats", [InputRequired("Enter how many people can come.")])
    trainers = Line("Given by", [InputRequired("Enter who gives the session.")], longest=300)
    language = SelectField("Language", choices=options(LANGUAGES.items()), default="en")
    place = Line("Place", [Optional()], longest=300, description="Building, street, city or town.")
    link = Line("Link to join", [Optional()], longest=500, description="Shown only to those who have a seat.")
    notes = Text("What participants should know", [Optional()], longest=2000)
    enrol_until = Day("Last day to enrol", [InputRequired("Enter the last day to enrol.")])
    withdraw_until = Day(
        "Last day to give up a seat",
        [InputRequired("Enter the last day to give up a seat.")],
        description="After it, only the trainer or DPH can free a seat.",
    )

    def validate_seats(self, field: Any) -> None:
        """Seats that a room can have."""
        if field.data is not None and not 1 <= field.data <= 2000:  # noqa: PLR2004  (the largest hall)
            raise ValueError("Type seats from 1 to 2,000.")

    def validate_link(self, field: Any) -> None:
        """A link leads to a page."""
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValueError("Type the whole address, beginning with https://.")

    def rows(self) -> list[tuple[Any, Any, Any, Any]]:
        """The fields of each meeting: day, from, to, and which meeting on file it is."""
        return [
            (self[f"day_{number}"], self[f"from_{number}"], self[f"to_{number}"], self[f"meeting_{number}"])
            for number in range(1, MOST_MEETINGS + 1)
            if f"day_{number}" in self
        ]

    def facts(self) -> SessionFacts:
        """What was typed, as the service takes it. Raises `Refusal` for a time that does not exist."""
        return SessionFacts(
            meetings=self.meetings(),
            seats=self.seats.data,
            trainers=self.trainers.data,
            enrol_until=self.enrol_until.data,
            withdraw_until=self.withdraw_until.data,
            place=self.place.data or "",
            link=self.link.data or "",
            language=self.language.data,
            notes=self.notes.data or "",
        )

    def meetings(self) -> list[Meeting]:
        """The meetings of the rows that are filled in. Raises `Refusal` beside a field."""
        found = []
        for day, begins, ends, known in self.rows():
            typed = (day.data, begins.data, ends.data)
            if not any(typed):
                continue
            for one in (day, begins, ends):
                if one.data is None:
                    raise Refusal("Fill in the day and both times of this meeting, or leave all three empty.",
                                  field=one.name)  # fmt: skip
            found.append(
                Meeting(
                    local_times.instant(day.data, begins.data, field=begins.name),
                    local_times.instant(day.data, ends.data, field=ends.name),
                    known.number,
                )
            )
        if not found:
            raise Refusal("Enter the day and the times of at least one meeting.", field="day_1")
        return found


class PeriodForm(SessionForm):
    """When a course at one's own pace can be taken: a first and a last day."""

    day_1 = Day("First day", [InputRequired("Enter the first day.")])
    last_day = Day("Last day", [InputRequired("Enter the last day.")])
    meeting_1 = Seen()

    def rows(self) -> list[tuple[Any, Any, Any, Any]]:
        """There are no meetings."""
        return []

    def meetings(self) -> list[Meeting]:
        """The period as one meeting, from the first morning to the last evening."""
        return [
            Meeting(
                local_times.instant(self.day_1.data, time(0, 0)),
                local_times.instant(self.last_day.data, time(23, 59)),
                self.meeting_1.number,
            )
        ]


def session_form(course: Course, *, session: CourseSession | None = None) -> SessionForm:
    """The form for a session of a course: with a row for each meeting, or with a first and a last day.

    Whoever asks for more rows gets them with all that was typed; the form comes back as long as it was sent.
    """
    known = list(session.meetings) if session else []
    values = _of_session(session)
    if course.delivery is Delivery.SELF_PACED:
        if known:
            values |= {"day_1": _shown(known[0])[0], "last_day": local_times.shown(known[-1].ends_at)[0]}
            values["meeting_1"] = known[0].id
        return PeriodForm(**values)
    sent = sum(name.startswith("day_") for name in request.form)
    number = min(max(sent + ROWS * asks_for_rows(), len(known) + 1, ROWS), MOST_MEETINGS)
    fields: dict[str, Any] = {}
    for place in range(1, number + 1):
        fields[f"day_{place}"] = Day(f"Day of meeting {place}", [Optional()])
        fields[f"from_{place}"] = TimeOfDay(f"Meeting {place} starts at", [Optional()])
        fields[f"to_{place}"] = TimeOfDay(f"Meeting {place} ends at", [Optional()])
        fields[f"meeting_{place}"] = Seen()
    for place, one in enumerate(known, 1):
        day, begins, ends = _shown(one)
        values |= {f"day_{place}": day, f"from_{place}": begins, f"to_{place}": ends, f"meeting_{place}": one.id}
    made: type[SessionForm] = type("MeetingsForm", (SessionForm,), fields)
    return made(**values)


def asks_for_rows() -> bool:
    """Whether the form was sent for more rows, and not to be saved."""
    return "more_rows" in request.form


class ReasonForm(CertHubForm):
    """Why something is called off or given up."""

    reason = Text("Reason", [InputRequired("Say why.")], longest=500)


class PickForm(CertHubForm):
    """The people who are to be enrolled."""

    people = SelectMultipleField("People", [Optional()], choices=[], coerce=number_or_none, validate_choice=False)


class NeedsForm(CertHubForm):
    """What somebody needs to take part."""

    interpreter = SelectField(
        "Interpreter", [Optional()], choices=options([("", "None needed"), *list(LANGUAGES.items())[1:]])
    )
    accommodation = Text(
        "Anything else you need",
        [Optional()],
        longest=1000,
        description="For example captions, a seat near the door, or breaks. Only the trainers, the employer and DPH "
        "read this. Nobody has to say why.",
    )


class MoveForm(CertHubForm):
    """Another session of the same course."""

    session_id = RadioField("Other sessions", [InputRequired("Choose a session.")], coerce=number_or_none)


class WalkInForm(CertHubForm):
    """Somebody who came without a seat, as the sign-in sheet has them."""

    name = Line("Name", [InputRequired("Enter the name on the sign-in sheet.")])
    key = Line(
        "E-mail or credential number",
        [InputRequired("Enter the e-mail or the credential number.")],
        description="As the person wrote it on the sign-in sheet. A number looks like CC-2026-000123-4.",
    )


class CheckInForm(CertHubForm):
    """The code of a meeting."""

    code = Line("Code", [InputRequired("Type the code that the trainer shows.")], longest=12)


class EvaluationForm(CertHubForm):
    """What a participant thought of a session; the statements are fields of their own."""

    comment = Text(
        "Anything else", [Optional()], longest=2000, description="Leave out names, also of children and families."
    )

    def answers(self) -> dict[str, int]:
        """The chosen answers, as far as there are any."""
        return {name: self[name].data for name in STATEMENTS if self[name].data is not None}

    def statements(self) -> list[Any]:
        """The fields, in the order of the form."""
        return [self[name] for name in STATEMENTS]


for _name, _statement in STATEMENTS.items():
    setattr(
        EvaluationForm,
        _name,
        RadioField(
            _statement,
            [InputRequired("Choose an answer.")],
            choices=options((str(number), word) for number, word in SCALE.items()),
            coerce=number_or_none,
        ),
    )


def programs_offered(form: CourseForm, programs: Sequence[tuple[int, str]]) -> None:
    """Let DPH choose whose course it is."""
    form.program_id.choices = numbered(programs, "DPH itself")


def _on_file(course: Course | None) -> dict[str, Any]:
    if course is None:
        return {"languages": ["en"]}
    return {
        "code": course.code,
        "title": course.title,
        "program_id": course.program_id,
        "summary": course.summary,
        "delivery": course.delivery.value,
        "languages": [one.code for one in course.languages],
        "tags": [one.tag for one in course.tags],
        "accessibility": course.accessibility,
        "prerequisites": [one.needs_id for one in course.prerequisites],
        "pass_mark": course.pass_mark,
        "partial_credit": course.partial_credit,
        "valid_months": course.valid_months,
        "external_system": course.external_system,
        "external_affiliate": course.external_affiliate,
        "external_course_id": course.external_course_id,
        "offered_from": course.offered_from,
        "offered_until": course.offered_until,
        **{hours_field(category): value / 60 for category, value in course.minutes.items()},
    }


def _of_session(session: CourseSession | None) -> dict[str, Any]:
    if session is None:
        return {}
    return {
        "seats": session.seats,
        "trainers": session.trainers,
        "language": session.language,
        "place": session.place,
        "link": session.link,
        "notes": session.notes,
        "enrol_until": session.enrol_until,
        "withdraw_until": session.withdraw_until,
    }


def _shown(meeting: SessionMeeting) -> tuple[date, time, time]:
    day, begins = local_times.shown(meeting.starts_at)
    return day, begins, local_times.shown(meeting.ends_at)[1]
