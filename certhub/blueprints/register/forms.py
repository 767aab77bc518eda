"""The filters of a register, and the button that exports it."""

from wtforms import SelectField
from wtforms.validators import Optional

from certhub.rules.regions import REGION_LABELS
from certhub.rules.status import STATUS_LABELS
from certhub.web.forms import CertHubForm, Day, Moment, options
from certhub.web.plain_words import PlainForm

_REGIONS = [(region.value, label) for region, label in REGION_LABELS.items()]
_STATUSES = [(status.value, entry.label) for status, entry in STATUS_LABELS.items()]


class _Filters:
    as_of = Day("As of", [Optional()], description="The day that the register tells about.")
    known_at = Moment(
        "As known at",
        [Optional()],
        description="Leave empty for what is known now.",
        render_kw={"type": "datetime-local", "step": "1"},
    )
    region = SelectField("Region", default="", choices=options([("", "All"), *_REGIONS]))
    status = SelectField("Status", default="", choices=options([("", "All"), *_STATUSES]))


class RegisterForm(_Filters, PlainForm):
    """The filters, read from the address of the page."""

    class Meta:
        """A form that only reads needs no protection against forgery."""

        csrf = False


class ExportForm(_Filters, CertHubForm):
    """The same filters, sent with the export."""
