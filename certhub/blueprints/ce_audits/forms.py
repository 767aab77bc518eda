"""The forms of the audit of continuing education."""

from flask_wtf.file import FileField
from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.rules.ce_audit import DAYS_TO_ANSWER, OUTCOME_LABELS, PERCENT
from certhub.web.forms import CertHubForm, Day, Line, Seen, Text, options
from certhub.web.plain_words import PlainForm


class _Population:
    standard = SelectField("Standard", coerce=int)
    decided_from = Day("Renewals approved from", [InputRequired("Choose the first day.")])
    decided_to = Day("Through", [InputRequired("Choose the last day.")], description="A day that is over.")


class PopulationForm(_Population, PlainForm):
    """Which renewals: counted before anything is drawn."""

    class Meta:
        """A form that only reads needs no protection against forgery."""

        csrf = False


class DrawForm(_Population, CertHubForm):
    """The draw from the population that was counted."""

    size = IntegerField("How many to draw", [Optional()], description=f"Leave empty for {PERCENT} percent, rounded up.")
    seed = Line(
        "Seed",
        [Optional()],
        description="A public text, such as the lottery numbers of a day that you named before. "
        "Leave empty, and CertHub makes one at the moment of the draw.",
    )
    due_on = Day(
        "Proofs are due on",
        [InputRequired("Choose the last day for the proofs.")],
        description=f"{DAYS_TO_ANSWER} days from today, unless you choose another day.",
    )


class ProofForm(CertHubForm):
    """A paper that shows continuing education."""

    file = FileField(
        "File",
        description="A certificate of completion: PDF, PNG, JPEG, TIFF or Word. No data on families or children.",
    )
    note = Text("Note", [Optional()], longest=500, description="What the paper shows, if it does not say so itself.")


class ReviewForm(CertHubForm):
    """How the audit of a holder ended."""

    outcome = RadioField(
        "Outcome",
        [InputRequired("Choose how the audit ended.")],
        choices=options([(one.value, label) for one, label in OUTCOME_LABELS.items()]),
    )
    reason = Text(
        "Why", [Optional()], longest=1000, description="Needed unless the holder simply passed. The holder can read it."
    )
    shown = Seen()
