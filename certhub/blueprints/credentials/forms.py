"""Forms about a credential."""

from wtforms import SelectField
from wtforms.validators import InputRequired, Optional

from certhub.rules.status import STATUS_LABELS
from certhub.rules.vocabulary import CredentialStatus, StatusEventKind
from certhub.web.forms import CertHubForm, Day, Line, Text, options


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


class LiftForm(CertHubForm):
    """The last day of a status event."""

    last_day = Day("Last day", [InputRequired("Say on which day it ends.")])
    reason = Text("Reason", [InputRequired("Give the reason.")], render_kw={"rows": 3})
