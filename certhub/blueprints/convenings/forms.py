"""The forms of state meetings."""

from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from certhub.rules.convenings import LONGEST_TOPIC, MOST_TOPICS, STATEWIDE, MeetingFacts, agenda_of
from certhub.rules.local_times import instant
from certhub.rules.refusal import Refusal
from certhub.rules.regions import REGION_LABELS
from certhub.rules.training_categories import NCCS_DOMAINS
from certhub.rules.vocabulary import Region
from certhub.services.convening_records import ThemeFacts
from certhub.web.forms import CertHubForm, Day, Line, Seen, Text, TimeOfDay, options

_REGIONS = [("", STATEWIDE), *((region.value, label) for region, label in REGION_LABELS.items())]
_MOST_PEOPLE = 10_000
_SAFE_LINK = "https://"


class MeetingForm(CertHubForm):
    """When and where a meeting is, for whom, and what it is about."""

    title = Line("Title", [InputRequired("Give the meeting a title.")], description="For example: Spring state meeting")
    held_on = Day("Day", [InputRequired("Choose the day.")])
    begins = TimeOfDay(
        "Begins at", [InputRequired("Type when it begins.")], description="Massachusetts time, such as 9:30 AM."
    )
    ends = TimeOfDay("Ends at", [InputRequired("Type when it ends.")], description="On the same day.")
    place = Line(
        "Place", [Optional()], longest=300, description="Building, street and city. Leave empty if it is online only."
    )
    link = Line(
        "Link to join online", [Optional()], longest=500, description="Begins with https://. Leave empty if nobody can."
    )
    region = SelectField(
        "For whom",
        choices=options(_REGIONS),
        description="Invitations go to the coordinators of the region. Others may come as well.",
    )
    agenda = Text(
        "Agenda",
        [Optional()],
        longest=MOST_TOPICS * (LONGEST_TOPIC + 1),
        description="One topic on each line, in the order of the meeting.",
        render_kw={"rows": 6},
    )
    shown = Seen()

    def facts(self) -> MeetingFacts:
        """What was typed. Raises `Refusal` for a time that the clocks skip, an unsafe link, and too long an agenda."""
        link = self.link.data or ""
        if link and not link.startswith(_SAFE_LINK):
            raise Refusal("Type the whole link, beginning with https://.", field="link")
        return MeetingFacts(
            title=self.title.data,
            starts_at=instant(self.held_on.data, self.begins.data, field="begins"),
            ends_at=instant(self.held_on.data, self.ends.data, field="ends"),
            place=self.place.data or "",
            link=link,
            region=Region(self.region.data) if self.region.data else None,
            agenda=agenda_of(self.agenda.data or ""),
        )


class CancelForm(CertHubForm):
    """Why a meeting does not take place."""

    reason = Text(
        "Why it is cancelled",
        [InputRequired("Say why the meeting is cancelled.")],
        longest=500,
        description="Everybody who said they come, or was invited, reads this.",
        render_kw={"rows": 3},
    )


class InviteForm(CertHubForm):
    """Nothing to fill in: the page says what happens."""


class AnswerForm(CertHubForm):
    """Whether somebody comes."""

    coming = RadioField(
        "Will you come?",
        [InputRequired("Choose whether you come.")],
        choices=options([("yes", "Yes, I come"), ("no", "No, I cannot come")]),
    )


class SheetForm(CertHubForm):
    """The answers or the attendance of the people on a page; the boxes are named by their numbers."""


class ThemeForm(CertHubForm):
    """A problem that coordinators raised."""

    title = Line("What is the problem?", [InputRequired("Name the problem in a few words.")])
    said = Text(
        "What was said",
        [InputRequired("Write down what was said.")],
        longest=4000,
        description="In general words. No child, family, practice staff or coordinator is named or described.",
        render_kw={"rows": 5},
    )
    domain = SelectField(
        "Domain of the national standards",
        [InputRequired("Choose one of the six domains.")],
        choices=options(
            [("", "Choose a domain"), *((code, f"{code} {title}") for code, title in NCCS_DOMAINS.items())]
        ),
    )
    region = SelectField("Where", choices=options(_REGIONS))
    people = IntegerField(
        "How many people raised it",
        [
            InputRequired("Type how many people raised it."),
            NumberRange(1, _MOST_PEOPLE, "Type a number from 1 to 10,000."),
        ],
        description="A count only. Nobody is named.",
    )
    evidence = Text(
        "Evidence",
        [Optional()],
        longest=2000,
        description="Figures, reports or letters that show the problem.",
        render_kw={"rows": 3},
    )

    def facts(self) -> ThemeFacts:
        """What was typed."""
        return ThemeFacts(
            title=self.title.data,
            said=self.said.data,
            domain=self.domain.data,
            region=Region(self.region.data) if self.region.data else None,
            people=self.people.data,
            evidence=self.evidence.data or "",
        )
