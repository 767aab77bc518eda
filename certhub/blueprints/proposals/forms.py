"""The forms of proposals and of what practices need."""

from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.rules.languages import LANGUAGES
from certhub.rules.placement.problem import Limits
from certhub.rules.proposals import DECISION_LABELS, EFFORT_LABELS, MILES, Effort
from certhub.rules.regions import REGION_LABELS
from certhub.web.forms import CertHubForm, Checkboxes, Day, Seen, Text, options
from certhub.web.plain_words import PlainForm

_REGIONS = [(region.value, label) for region, label in REGION_LABELS.items()]
_DECISIONS = [(one.value, label) for one, label in DECISION_LABELS.items()]
LANGUAGE_FIELDS = {code: f"language_{code}" for code in LANGUAGES if code != "en"}


class AskForm(CertHubForm):
    """Which practices, for which days, and how far somebody may travel."""

    regions = Checkboxes("Regions of the practices", choices=options(_REGIONS))
    starts_on = Day("From", [InputRequired("Choose the first day.")], description="Today or later.")
    ends_on = Day(
        "Through",
        [InputRequired("Choose the last day.")],
        description="A line begins later where somebody is there until then.",
    )
    most_miles = IntegerField(
        "At most this many miles away",
        [InputRequired("Type the number of miles.")],
        default=Limits().miles,
        description=f"From the coordinator's town to the practice's town, {MILES[0]} to {MILES[-1]}.",
    )
    effort = RadioField(
        "How long to search",
        default=Effort.CLOSE.value,
        choices=options([(one.value, label) for one, label in EFFORT_LABELS.items()]),
    )


class LinesForm(PlainForm):
    """The filters of the lines, read from the address of the page."""

    class Meta:
        """A form that only reads needs no protection against forgery."""

        csrf = False

    region = SelectField("Region", default="", choices=options([("", "All"), *_REGIONS]))
    decision = SelectField("Decision", default="", choices=options([("", "All"), *_DECISIONS]))


class RegionForm(PlainForm):
    """The region of a list, read from the address of the page."""

    class Meta:
        """As above."""

        csrf = False

    region = SelectField("Region", default="", choices=options([("", "All"), *_REGIONS]))


class AcceptForm(CertHubForm):
    """The lines that were marked on the page."""

    line = Checkboxes("Lines", validate_choice=False)


class AcceptAllForm(CertHubForm):
    """Every open line of the regions that the page shows."""

    region = SelectField("Region", default="", choices=options([("", "All"), *_REGIONS]))


class DeclineForm(CertHubForm):
    """Why a line is declined."""

    reason = Text("Why", [InputRequired("Say why this line is declined.")], longest=500)


class _Need(CertHubForm):
    tier_1 = IntegerField("Children of tier 1", [Optional()], description="Linked with primary care.")
    tier_2 = IntegerField("Children of tier 2", [Optional()], description="With a shared care plan.")
    tier_3 = IntegerField("Children of tier 3", [Optional()], description="Complex, across several places of care.")
    seen = Seen()


NeedForm = type(
    "NeedForm",
    (_Need,),
    {
        "__doc__": "What a practice needs: children by tier, and the languages of their families.",
        "__module__": __name__,
        **{field: IntegerField(LANGUAGES[code], [Optional()]) for code, field in LANGUAGE_FIELDS.items()},
    },
)
