"""Forms about a credential."""

from wtforms import BooleanField, FileField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.rules.status import STATUS_LABELS
from certhub.rules.vocabulary import CredentialStatus, StatusEventKind
from certhub.web.forms import CertHubForm, Day, Line, Text, options
from certhub.web.plain_words import PlainForm


class ReissueForm(CertHubForm):
    """Why a certificate is issued again."""

    reason = Text(
        "Reason",
        [InputRequired("Say why the certificate is issued again.")],
        description="For example: the legal name changed. It is kept with the new certificate.",
        render_kw={"rows": 3},
    )


class StatusForm(CertHubForm):
    """A status event: what, from when, until when, and on what ground."""

    kind = SelectField(
        "What happens",
        [InputRequired("Choose one.")],
        choices=options(
            [
                ("", "Choose…"),
                *((kind.value, STATUS_LABELS[CredentialStatus(kind.value)].label) for kind in StatusEventKind),
            ]
        ),
    )
    effective_on = Day("From", [InputRequired("Say from which day.")])
    ends_on = Day("Last day", [Optional()], description="Leave empty if it has no end yet.")
    reason = Text("Reason", [InputRequired("Give the reason.")], render_kw={"rows": 3})
    citation = Line("Legal ground", [Optional()], description="For example 272 CMR 9.04, or the number of the order.")
    notice = Text(
        "Notice",
        [Optional()],
        longest=10_000,
        description="The holder and the employer get these words. Leave it empty for the usual ones, or draft them, "
        "read them and change what you like.",
        render_kw={"rows": 14},
    )


class HearingForm(CertHubForm):
    """One step of a hearing."""

    step = RadioField("What happened", [InputRequired("Choose one.")])
    on = Day(
        "On", [InputRequired("Say on which day.")], description="For a scheduled hearing: the day it is planned for."
    )
    asked_by = Line(
        "Who asked for it", [Optional()], description="Needed for a request: the holder, or who speaks for them."
    )
    outcome = RadioField("Outcome", [Optional()])
    last_day = Day(
        "New last day of the status", [Optional()], description="Only where the hearing changed how long it lasts."
    )
    from_first_day = BooleanField("Reversed from its first day, as if it had never counted")
    note = Text(
        "Note",
        [Optional()],
        description="Needed where it is modified or reversed. The holder reads it.",
        render_kw={"rows": 4},
    )
    file = FileField(
        "Document", [Optional()], description="PDF, PNG, JPEG or DOCX: the request, the summons or the decision."
    )


class HistoryForm(PlainForm):
    """The two days of a question about the past, read from the address of the page."""

    class Meta:
        """A form that only reads needs no protection against forgery."""

        csrf = False

    as_of = Day("Status on", [Optional()], description="Any day, also a past one.")
    known_on = Day(
        "As known on", [Optional()], description="What CertHub knew when that day was over. Leave empty for now."
    )


class _Correction(CertHubForm):
    """Why a recorded day is replaced, and what was last shown of what that changes."""

    reason = Text(
        "Reason",
        [InputRequired("Say what was wrong, and how you know.")],
        description="For example: the decision letter of 2019 says March 31. The record keeps it.",
        render_kw={"rows": 3},
    )
    citation = Line("Legal ground", [Optional()], description="The rule, the letter or the order that says so.")
    seen = HiddenField()


class TermCorrectionForm(_Correction):
    """The right days of a term."""

    starts_on = Day("First day", [InputRequired("Say from which day the term counts.")])
    expires_on = Day(
        "Last day", [Optional()], description="Leave empty to have it worked out by the version of the standard."
    )


class EventCorrectionForm(_Correction):
    """The right days of a status event."""

    effective_on = Day("From", [InputRequired("Say from which day.")])
    ends_on = Day("Last day", [Optional()], description="Leave empty if it has no end yet.")


class LiftForm(CertHubForm):
    """The last day of a status event."""

    last_day = Day("Last day", [InputRequired("Say on which day it ends.")])
    reason = Text("Reason", [InputRequired("Give the reason.")], render_kw={"rows": 3})
