"""The filters of a register, and the button that exports it."""

from datetime import datetime
from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import Optional

from certhub import clock
from certhub.rules.dates_in_use import is_in_use
from certhub.rules.regions import REGION_LABELS
from certhub.rules.status import STATUS_LABELS
from certhub.web.forms import CertHubForm, Day, options, tidy
from certhub.web.plain_words import PlainForm

_REGIONS = [(region.value, label) for region, label in REGION_LABELS.items()]
_STATUSES = [(status.value, entry.label) for status, entry in STATUS_LABELS.items()]
_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")


class Moment(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A day and a time of day in Massachusetts; its data is an aware instant."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read the instant; say how to type it where it cannot be read."""
        self.data = None
        self.typed = tidy(valuelist[0]) if valuelist else ""
        if not self.typed:
            return
        for form in _FORMATS:
            try:
                found = datetime.strptime(self.typed, form)  # noqa: DTZ007  (the zone is added below)
            except ValueError:
                continue
            if is_in_use(found.date()):
                self.data = found.replace(tzinfo=clock.AGENCY_ZONE)
                return
        raise ValueError("Type a day and a time, such as 2026-07-31 16:30.")

    def _value(self) -> str:
        if self.data is not None:
            return f"{self.data.astimezone(clock.AGENCY_ZONE):%Y-%m-%dT%H:%M:%S}"
        return str(getattr(self, "typed", "") or "")


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
