"""Forms that anybody can use."""

from typing import Any

from flask_wtf.file import FileRequired
from wtforms import BooleanField, FileField, RadioField
from wtforms.validators import InputRequired, Optional

from certhub.models.references import ReferenceRequest
from certhub.rules.evidence_fields import KNOWN_FOR
from certhub.rules.references import IN_PLAIN_WORDS, RATINGS, competencies_of
from certhub.rules.standard import Requirement
from certhub.services.references import Answers
from certhub.web.forms import CertHubForm, Line, Text, options
from certhub.web.link_forms import LinkForm

_RATING = "rating-"
_LONGEST_COMMENT = 2000


class CodeForm(CertHubForm):
    """A verification code, typed from a certificate."""

    class Meta:
        """Asking changes nothing, so the address can be kept and shared."""

        csrf = False

    code = Line(
        "Verification code",
        [InputRequired("Type the code that is printed beside the QR code.")],
        description="Printed beside the QR code. Capitals, spaces and hyphens do not matter.",
        longest=100,
    )


class FileForm(CertHubForm):
    """A PDF that somebody was given."""

    file = FileField(
        "Certificate (PDF)",
        [FileRequired("Choose the PDF file.")],
        description="The file is compared with what was issued and is not kept.",
    )


class ReferenceForm(LinkForm):
    """What a referee says of an applicant; the ratings are added for the competencies that the standard names."""

    known_for = RadioField(
        "How long have you known the applicant?",
        [InputRequired("Choose how long you have known the applicant.")],
        choices=options(KNOWN_FOR.items()),
    )
    relationship = Line(
        "In what role do you know the applicant?",
        [InputRequired("Say in what role you know the applicant.")],
        description="For example: I was the supervisor for two years.",
    )
    organization = Line("Where do you work?", [Optional()])
    comment = Text(
        "Is there anything else that we should know?",
        [Optional()],
        longest=_LONGEST_COMMENT,
        description="Nothing about children or families, please.",
        render_kw={"rows": 4},
    )
    agreed = BooleanField("I have read the statement and I sign it", [InputRequired("Check this box to sign.")])
    consent = BooleanField("I agree to sign electronically", [InputRequired("Check this box to sign here.")])
    signed_name = Line(
        "Your full name",
        [InputRequired("Type your full name. It stands for your signature.")],
        description="Typing your name here stands for your signature.",
    )

    def answers(self, *, address: str) -> Answers:
        """What was typed, as the service takes it."""
        return Answers(
            signed_name=self.signed_name.data or "",
            organization=self.organization.data or "",
            relationship=self.relationship.data or "",
            known_for=self.known_for.data or "",
            ratings={field.name.removeprefix(_RATING): field.data or "" for field in rating_fields(self)},
            comment=self.comment.data or "",
            address=address,
        )


def reference_form(requirement: Requirement, asked: ReferenceRequest) -> ReferenceForm:
    """The form for one referee, with a question for each competency."""
    fields = {
        f"{_RATING}{key}": RadioField(
            title,
            [InputRequired("Choose one answer.")],
            choices=options(RATINGS.items()),
            description=IN_PLAIN_WORDS[key],
        )
        for key, title in competencies_of(requirement).items()
    }
    form: ReferenceForm = type("FormOfOneReferee", (ReferenceForm,), fields)(organization=asked.organization)
    return form


def rating_fields(form: ReferenceForm) -> list[Any]:
    """The questions about the competencies, in the standard's order."""
    return [field for field in form if field.name.startswith(_RATING)]
