"""Forms of a change of employer."""

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.models.employer_changes import EmployerChange
from certhub.queries.employer_changes import Present
from certhub.rules.employer_change import last_day_before
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.rules.vocabulary import EmploymentKind
from certhub.services.employer_changes import Answer, Wanted
from certhub.web.forms import CertHubForm, Checkboxes, Day, Line, Text, options

EMPLOYED_AS = {EmploymentKind.EMPLOYEE: "Employee", EmploymentKind.CONTRACTOR: "Contractor (1099)"}


class AskForm(CertHubForm):
    """Whom a vendor asks, and for what."""

    known_by = Line(
        "E-mail address or credential number of the person",
        [InputRequired("Enter the e-mail address or the credential number.")],
        longest=254,
        description="The business e-mail that DPH has on file, or a number like CC-2026-000123-4.",
    )
    last_name = Line("Last name of the person", [InputRequired("Enter the last name.")])
    starts_on = Day("First day of work with you", [InputRequired("Enter the first day of work.")])
    kind = SelectField("Employed as", choices=options(EMPLOYED_AS.items()))
    job_title = Line("Job title", [Optional()], longest=120)
    practices = Checkboxes(
        "If the person works with one of these practices already, the work goes on for us",
        [Optional()],
        coerce=int,
        description="The practices that your coordinators work with now. You do not learn here where the person works.",
    )
    message = Text(
        "Message to the person",
        [Optional()],
        longest=1000,
        description="It stands in the letter. No data on children or families.",
    )

    def offer(self, practices: list[tuple[int, str]]) -> None:
        """Let the vendor choose among the practices that it serves; one that serves none is not asked."""
        self.practices.choices = options((str(number), name) for number, name in practices)
        if not practices:
            del self.practices

    def wanted(self) -> Wanted:
        """What was typed, as the service takes it."""
        return Wanted(
            known_by=self.known_by.data or "",
            last_name=self.last_name.data or "",
            starts_on=self.starts_on.data,
            kind=EmploymentKind(self.kind.data),
            job_title=self.job_title.data or "",
            message=self.message.data or "",
            practices=frozenset(self.practices.data or ()) if "practices" in self else frozenset(),
        )


class AnswerForm(CertHubForm):
    """The person's consent, or their no."""

    answer = RadioField(
        "Your answer",
        [InputRequired("Choose your answer.")],
        choices=options([("yes", "Yes, I want to work for them, and they may read my record"), ("no", "No")]),
    )
    ending = Checkboxes(
        "These employments end",
        [Optional()],
        coerce=int,
        description="Take the mark away where you go on working side by side.",
    )
    agreed = BooleanField("I have read the statement and I sign it.", description="Not needed if you say no.")
    signed_name = Line("Your full name", [InputRequired("Type your full name in place of a signature.")])

    def offer(self, change: EmployerChange, present: list[Present]) -> None:
        """Ask which of the present employments end; who has none is not asked."""
        last_day = written(last_day_before(change.starts_on))
        self.ending.label.text = f"These employments end on {last_day}"
        self.ending.choices = options((str(one.id), one.employer) for one in present)
        if not self.is_submitted():
            self.ending.data = [one.id for one in present]
        if not present:
            del self.ending

    def given(self, *, address: str) -> Answer:
        """What was chosen and typed. Raises `Refusal` for a consent that is not signed."""
        consents = self.answer.data == "yes"
        if consents and not self.agreed.data:
            raise Refusal("Tick the box to sign the statement, or say no.", field="agreed")
        return Answer(
            consents=consents,
            signed_name=self.signed_name.data or "",
            address=address,
            ending=frozenset(self.ending.data or ()) if "ending" in self else frozenset(),
        )


class LastDayForm(CertHubForm):
    """Another last day of work, with what it rests on."""

    ends_on = Day("Last day of work", [InputRequired("Enter the last day of work.")])
    reason = Line(
        "How you know", [InputRequired("Say how you know that this was the last day.")], longest=500,
        description="The person reads this. For example: the letter of resignation names this day.",
    )  # fmt: skip


class SettleForm(CertHubForm):
    """Which day is the last one."""

    last_day = RadioField("Which day was the last day of work?", [InputRequired("Choose the day.")])
