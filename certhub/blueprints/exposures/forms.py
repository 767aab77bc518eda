"""The filters of the exposures, and the button that exports them."""

from wtforms import SelectField
from wtforms.validators import Optional

from certhub.rules.exposure import LINK_LABELS
from certhub.rules.regions import REGION_LABELS
from certhub.web.forms import CertHubForm, Day, Line, Moment, options
from certhub.web.plain_words import PlainForm

_REGIONS = [(region.value, label) for region, label in REGION_LABELS.items()]
_LINKS = [(link.value, label) for link, label in LINK_LABELS.items()]


class _Filters:
    as_of = Day("As of", [Optional()], description="Any day, also a past one.")
    known_at = Moment(
        "As known at",
        [Optional()],
        description="Leave empty for what is known now.",
        render_kw={"type": "datetime-local", "step": "1"},
    )
    region = SelectField("Region of the practice", default="", choices=options([("", "All"), *_REGIONS]))
    vendor = Line("Vendor", [Optional()], description="A part of its name.")
    link = SelectField("Broken link", default="", choices=options([("", "All"), *_LINKS]))


class ExposuresForm(_Filters, PlainForm):
    """The filters, read from the address of the page."""

    class Meta:
        """A form that only reads needs no protection against forgery."""

        csrf = False


class DayForm(PlainForm):
    """The day of one broken link's page."""

    class Meta:
        """As above."""

        csrf = False

    as_of = Day("As of", [Optional()])
    known_at = Moment("As known at", [Optional()], render_kw={"type": "datetime-local", "step": "1"})


class ExportForm(_Filters, CertHubForm):
    """The same filters, sent with the export."""
