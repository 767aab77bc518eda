"""The forms by which people tell the worker what to do."""

from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired, Length

from certhub.web.forms import CertHubForm, Day, Text

_LONGEST_REASON = 300


class RunJobForm(CertHubForm):
    """Run a job now, for a day."""

    name = SelectField("Job", [InputRequired("Choose a job.")])
    day = Day(
        "For the day",
        [InputRequired("Enter the day.")],
        description="The job does what is due on it.",
    )
    dry_run = BooleanField("Only count what it would do, and change nothing")


class PauseJobForm(CertHubForm):
    """Let the worker leave a job alone."""

    name = SelectField("Job", [InputRequired("Choose a job.")])
    reason = Text(
        "Why",
        [InputRequired("Say why, so that others know when the job can go on."), Length(max=_LONGEST_REASON)],
        render_kw={"rows": 3},
    )
