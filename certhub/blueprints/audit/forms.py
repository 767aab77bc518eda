"""The filters of the audit trail and the access log."""

from operator import itemgetter

from wtforms import SelectField
from wtforms.validators import Optional

from certhub.rules.audit_sentences import SENTENCES
from certhub.web.forms import Day, Line, options
from certhub.web.plain_words import PlainForm

_ACTIONS = [(action.value, words.capitalize()) for action, words in SENTENCES.items()]


class _Reads(PlainForm):
    class Meta:
        """A form that only reads needs no protection against forgery."""

        csrf = False


class TrailForm(_Reads):
    """The filters of the audit trail, read from the address of the page."""

    action = SelectField(
        "What was done",
        default="",
        choices=options([("", "All"), *sorted(_ACTIONS, key=itemgetter(1))]),
    )
    actor = Line("Who", [Optional()], description="An e-mail address, or the name of a job.")
    party = Line("About", [Optional()], description="A credential number, or the number of a record.")
    since = Day("From", [Optional()])
    until = Day("Through", [Optional()])


class AccessForm(_Reads):
    """The filters of the access log."""

    reader = Line("Who read", [Optional()], description="An e-mail address.")
