"""The filter of what falls due."""

from wtforms import SelectField

from certhub.rules.reminder_policies import OBLIGATION_LABELS
from certhub.web.forms import options
from certhub.web.plain_words import PlainForm

_KINDS = sorted(((kind.value, label) for kind, label in OBLIGATION_LABELS.items()), key=lambda each: each[1])


class DueForm(PlainForm):
    """Read from the address of the page."""

    class Meta:
        """A form that only reads needs no protection against forgery."""

        csrf = False

    kind = SelectField("What", default="", choices=options([("", "All"), *_KINDS]))
