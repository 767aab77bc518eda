"""Forms of the coordinator's record."""

import calendar
from typing import Any

from wtforms import BooleanField, FileField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.models.parties import Coordinator
from certhub.queries.organizations import Match
from certhub.rules.disciplines import DISCIPLINE_LABELS
from certhub.rules.licences import CHECK_RESULTS, LICENCE_STATUSES
from certhub.rules.vocabulary import Discipline, EmploymentKind
from certhub.services.parties import require_birthday
from certhub.web.contact_hours import HoursForm
from certhub.web.forms import CertHubForm, Day, Line, Text, options
from certhub.web.particulars import ParticularsForm, number_or_none, numbered

EMPLOYMENT_LABELS = {EmploymentKind.EMPLOYEE: "Employee", EmploymentKind.CONTRACTOR: "Contractor (1099)"}

_MONTHS = numbered([(month, calendar.month_name[month]) for month in range(1, 13)], "Not given")
_DAYS = numbered([(day, str(day)) for day in range(1, 32)], "Not given")


_FULL_TIME = 100


def _full_time() -> IntegerField:
    return IntegerField(
        "Share of a full-time week, in percent", [Optional()], default=_FULL_TIME, description="100 is full time."
    )


def full_time_typed(form: "SpellForm | RegisterForm", otherwise: int = _FULL_TIME) -> int:
    """The share of the week that was typed; where the field was left empty, the one that is on file."""
    typed: int | None = form.full_time_percent.data
    return otherwise if typed is None else typed


class CoordinatorForm(ParticularsForm):
    """What is on file about a person."""

    discipline = SelectField(
        "Discipline",
        [InputRequired("Choose a discipline.")],
        choices=options([("", "Choose…"), *DISCIPLINE_LABELS.items()]),
    )
    birth_month = SelectField("Month of birth", [Optional()], choices=_MONTHS, coerce=number_or_none)
    birth_day = SelectField("Day of birth", [Optional()], choices=_DAYS, coerce=number_or_none)
    confirmed = BooleanField("This is a different person with the same name.")

    def __init__(self, *args: Any, party: Coordinator | None = None, **kwargs: Any) -> None:
        if party is not None:
            kwargs = {
                "discipline": party.discipline.value,
                "birth_month": party.birth_month,
                "birth_day": party.birth_day,
                **kwargs,
            }
        super().__init__(*args, party=party, **kwargs)
        self.email.validators = [InputRequired("Enter the business e-mail address.")]
        self.email.flags.required = True

    @property
    def chosen_discipline(self) -> Discipline:
        """The discipline that was chosen."""
        return Discipline(self.discipline.data)

    def birthday(self) -> tuple[int, int] | None:
        """Month and day of birth. Raises `Refusal`."""
        return require_birthday(self.birth_month.data, self.birth_day.data)


class SpellForm(CertHubForm):
    """How and how long somebody is employed."""

    kind = SelectField("Employed as", choices=options(EMPLOYMENT_LABELS.items()))
    job_title = Line("Job title", [Optional()], longest=120)
    full_time_percent = _full_time()
    starts_on = Day("First day of work", [InputRequired("Enter the first day of work.")])
    ends_on = Day("Last day of work", [Optional()], description="Leave this empty while the employment goes on.")


class RegisterForm(CoordinatorForm):
    """A new person and, with them, the employment."""

    employer_id = SelectField("Employer", [Optional()], coerce=number_or_none)
    kind = SelectField("Employed as", choices=options(EMPLOYMENT_LABELS.items()))
    job_title = Line("Job title", [Optional()], longest=120)
    full_time_percent = _full_time()
    starts_on = Day("First day of work", [Optional()])

    def filled_in_by_employer(self) -> None:
        """Ask for the first day of work instead of the employer, who is the one that asks."""
        del self.employer_id
        self.starts_on.validators = [InputRequired("Enter the first day of work.")]
        self.starts_on.flags.required = True


class EmploymentForm(SpellForm):
    """An employment at an organization that was searched for."""

    employer_id = RadioField("Employer", [InputRequired("Choose the employer.")], coerce=number_or_none)

    def offer(self, matches: list[Match]) -> None:
        """Let the person choose among what the search found."""
        self.employer_id.choices = options((str(each.id), _named(each)) for each in matches)


class CorrectionForm(SpellForm):
    """A corrected employment, with the reason."""

    reason = Line("What was wrong", [InputRequired("Say what was wrong.")], longest=500)
    seen = HiddenField()


class LastDayForm(CertHubForm):
    """The end of an employment or an assignment."""

    ends_on = Day("Last day", [InputRequired("Enter the last day.")])


class AssignmentForm(CertHubForm):
    """A place in a practice that was searched for."""

    practice_id = RadioField("Practice", [InputRequired("Choose the practice.")], coerce=number_or_none)
    contract_id = SelectField("Contract", [InputRequired("Choose the contract.")], coerce=number_or_none)
    places = IntegerField(
        "Places", [Optional()], description="Children of the practice that the coordinator has room for."
    )
    share_percent = IntegerField(
        "Or share of a full-time week, in percent", [Optional()], description="Where places are not counted."
    )
    starts_on = Day("First day", [InputRequired("Enter the first day.")])
    ends_on = Day(
        "Last day", [Optional()], description="Leave this empty if it goes on while everything that it needs holds."
    )
    over_capacity_reason = Line(
        "Why this may pass the capacity",
        [Optional()],
        longest=500,
        description="Only where it does. DPH keeps the reason with the assignment.",
    )

    def offer(self, matches: list[Match]) -> None:
        """Let the person choose among what the search found."""
        self.practice_id.choices = options((str(each.id), _named(each)) for each in matches)


class AssignmentCorrectionForm(CertHubForm):
    """The right days of an assignment, with the reason."""

    starts_on = Day("First day", [InputRequired("Enter the first day.")])
    ends_on = Day("Last day", [Optional()], description="Leave this empty if no end is planned.")
    reason = Line("What was wrong", [InputRequired("Say what was wrong.")], longest=500)
    broken_links_reason = Line(
        "Why days are recorded on which something does not hold", [Optional()], longest=500,
        description="Only where there are such days. DPH keeps the reason with the assignment.",
    )  # fmt: skip
    seen = HiddenField()


class LicenceForm(CertHubForm):
    """A licence from another body."""

    kind = Line(
        "Kind of licence",
        [InputRequired("Enter the kind of licence.")],
        longest=40,
        description="For example RN, LICSW or CCM.",
    )
    number = Line("Licence number", [InputRequired("Enter the licence number.")], longest=40)
    issued_by = Line("Issued by", [InputRequired("Enter who issued it.")], longest=120)
    licence_status = SelectField("Status", choices=options(LICENCE_STATUSES.items()))
    expires_on = Day("Last day on which it is valid", [Optional()], description="Leave this empty if it has no end.")
    verified_on = Day(
        "Checked at the source on",
        [Optional()],
        description="The day on which you looked it up on the web page of the body that issued it.",
    )


class LicenceCheckForm(CertHubForm):
    """A look at the source of a licence."""

    checked_on = Day("Looked up on", [InputRequired("Enter the day on which you looked.")])
    source = Line(
        "Where",
        [InputRequired("Say where you looked the licence up.")],
        description="For example: license lookup of the Board of Registration in Nursing.",
    )
    result = RadioField(
        "What you found", [InputRequired("Choose what you found.")], choices=options(CHECK_RESULTS.items())
    )


class BackgroundCheckForm(CertHubForm):
    """The answer to a check that was done again; never what a report says."""

    check = SelectField("Check", [InputRequired("Choose the check.")])
    answered_on = Day("Answered on", [InputRequired("Enter the day of the answer.")])
    source = Line(
        "Where the answer came from",
        [InputRequired("Say where the answer came from.")],
        description="For example: Department of Criminal Justice Information Services. Never what a report says.",
    )
    result = RadioField(
        "Result",
        [InputRequired("Choose the result.")],
        choices=options([("clear", "Clear"), ("not_clear", "Not clear")]),
    )


class TrainingForm(HoursForm):
    """One finished training with its hours by category."""

    title = Line("Title of the training", [InputRequired("Enter the title of the training.")])
    provider = Line("Given by", [InputRequired("Enter who gave the training.")])
    provider_approved = BooleanField(
        "The program or provider is approved by DPH or by a licensing board.",
        description="Only approved training counts for a renewal. DPH checks this.",
    )
    course_code = Line("Course code", [Optional()], longest=40, description="If there is one, for example PCCC-M1.")
    completed_on = Day("Finished on", [InputRequired("Enter the day on which the training was finished.")])
    score = IntegerField(
        "Score in the final test (percent)", [Optional()], description="Leave this empty if there was no test."
    )
    file = FileField(
        "Certificate of completion",
        [Optional()],
        description="PDF, PNG, JPEG, TIFF or DOCX. Nothing about children or families.",
    )


class WithdrawForm(CertHubForm):
    """Why hours are taken back."""

    reason = Text("Reason", [InputRequired("Say why these hours are taken back.")], longest=500)
    seen = HiddenField()


def _named(match: Match) -> str:
    return f"{match.name}, {match.municipality}" if match.municipality else match.name
