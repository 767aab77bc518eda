"""The forms by which people decide about mail that did not go out, or may not have."""

from wtforms import RadioField
from wtforms.validators import InputRequired

from certhub.web.forms import CertHubForm, Line, Seen

AGAIN, ARRIVED = "again", "arrived"


class SendAgainForm(CertHubForm):
    """To which address a message goes this time."""

    recipient = Line("E-mail address", [InputRequired("Enter the address.")], longest=254)


class DecideForm(CertHubForm):
    """One decision about many messages."""

    decision = RadioField("What shall become of them?", [InputRequired("Choose what shall become of them.")])
    up_to = Seen()
