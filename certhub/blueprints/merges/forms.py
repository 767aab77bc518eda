"""The forms that merge two records of one person, and separate them again."""

from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from certhub.web.forms import CertHubForm, Checkboxes, Text, options

FIELD_LABELS = {
    "name": "Name",
    "certificate_name": "Name on the certificate",
    "email": "E-mail",
    "phone": "Phone",
    "preferred_language": "Language for letters",
    "address": "Address",
    "birthday": "Birthday",
    "discipline": "Discipline",
}


class MergeForm(CertHubForm):
    """Which values come from the record that is absorbed, and how it is known that both are one person."""

    take = Checkboxes(
        "Take from the other record",
        description="The rest stays as the record that stays has it. Languages of both are kept.",
    )
    reason = Text(
        "Reason",
        [InputRequired("Say how you know that this is one person.")],
        description="For example: the vendor confirmed it by letter. The record keeps it.",
        render_kw={"rows": 3},
    )
    confirmed = BooleanField(
        "I have compared both records, and they are of one person",
        [InputRequired("Tick this box once you have compared both records.")],
    )


class UndoForm(CertHubForm):
    """Why two records are separated again, and whose is what was recorded since."""

    since = RadioField(
        "What was recorded since the merge belongs to",
        choices=options([("kept", "The record that stayed"), ("absorbed", "The record that was absorbed")]),
        default="kept",
        description="Employments, assignments, licences and training. Applications stay where they went on.",
    )
    reason = Text("Reason", [InputRequired("Say why the records are separated again.")], render_kw={"rows": 3})


class TwoPeopleForm(CertHubForm):
    """How it is known that two records that look alike are of two people."""

    reason = Text(
        "Reason",
        [InputRequired("Say how you know that these are two people.")],
        description="For example: the vendor employs both. The record keeps it.",
        render_kw={"rows": 3},
    )


class DoubtForm(CertHubForm):
    """Why two records may be of one person after all."""

    reason = Text("Reason", [InputRequired("Say why the mark is taken back.")], render_kw={"rows": 3})
