"""Forms of the reviewers."""

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.rules.vocabulary import ApplicationStatus, DecisionOutcome, Verdict
from certhub.web.forms import CertHubForm, Seen, Text, options


class ReviewItemForm(CertHubForm):
    """A word on the evidence for one requirement."""

    verdict = RadioField(
        "Your finding",
        [InputRequired("Choose one.")],
        choices=options(
            [
                (Verdict.ACCEPTED.value, "Accept"),
                (Verdict.RETURNED.value, "Return for correction"),
                (Verdict.WAIVED.value, "Waive"),
            ]
        ),
    )
    reason = Text(
        "Reason",
        [Optional()],
        description="Needed when you return or waive. The applicant reads it: say what to do.",
        render_kw={"rows": 3},
    )


class PaperForm(CertHubForm):
    """A word on a paper that was handed in between applications."""

    verdict = RadioField(
        "Your finding",
        [InputRequired("Choose one.")],
        choices=options([(Verdict.ACCEPTED.value, "Accept"), (Verdict.RETURNED.value, "Send back")]),
    )
    reason = Text(
        "Reason",
        [Optional()],
        description="Needed when you send it back. The sender reads it: say what to do.",
        render_kw={"rows": 3},
    )
    shown = Seen()


class ApprovalForm(CertHubForm):
    """A word on whether one training is approved."""

    approved = RadioField(
        "Your finding",
        [InputRequired("Choose one.")],
        choices=options([("yes", "It is approved"), ("no", "It is not approved and does not count")]),
    )
    reason = Text(
        "Reason",
        [Optional()],
        description="Needed when it is not approved. The employer reads it.",
        render_kw={"rows": 3},
    )


SEND_BACK = ApplicationStatus.UNDER_REVIEW.value
"""What the decision form says where nothing is decided yet."""


class RecommendationForm(CertHubForm):
    """What a reviewer recommends to the person who decides."""

    outcome = RadioField(
        "Your recommendation",
        [InputRequired("Choose one.")],
        choices=options([(DecisionOutcome.APPROVED.value, "Approve"), (DecisionOutcome.DENIED.value, "Deny")]),
    )
    override_reason = Text(
        "Why the critical requirements are set aside",
        [Optional()],
        description="Needed for an approval. The person who decides, DPH and the auditors read it.",
        render_kw={"rows": 3},
    )
    reason = Text(
        "What else the person who decides should know",
        [Optional()],
        description="Needed when you recommend a denial.",
        render_kw={"rows": 3},
    )


class AssignForm(CertHubForm):
    """Who reviews an application."""

    reviewer = SelectField("Reviewer", [InputRequired("Choose a person.")])


class DecisionForm(CertHubForm):
    """The decision on an application."""

    outcome = RadioField(
        "Decision",
        [InputRequired("Choose one.")],
        choices=options([(DecisionOutcome.APPROVED.value, "Approve"), (DecisionOutcome.DENIED.value, "Deny")]),
    )
    reason = Text(
        "Reason",
        [Optional()],
        description="Needed for a denial, and for an approval while something is not met. The applicant reads it.",
        render_kw={"rows": 4},
    )
    conditions = Text(
        "Conditions of an approval",
        [Optional()],
        description="The hearing asks for them. The approval puts them on the credential, and the holder reads them.",
        render_kw={"rows": 4},
    )
