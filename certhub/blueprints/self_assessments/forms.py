"""Forms of the self-assessment and of family feedback."""

from collections.abc import Mapping
from typing import Any

from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, Optional

from certhub.models.medical_home import FamilyFeedback
from certhub.queries.instrument_words import InstrumentWords
from certhub.rules.family_feedback import METHOD_LABELS, QUESTION_GROUPS, FeedbackRound
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS, steps
from certhub.rules.self_assessment import RESPONDENT_LABELS
from certhub.rules.vocabulary import FeedbackMethod, RespondentRole
from certhub.web.forms import CertHubForm, Day, Line, options

THEME = "theme-"
_GROUP = "favourable-"


class OpenForm(CertHubForm):
    """Which version of the index, and where the licensed copy is."""

    instrument = SelectField(
        "Version of the index",
        [InputRequired("Choose a version.")],
        choices=options([(one.id, f"{one.title}: {len(one.themes)} themes") for one in INSTRUMENTS.values()]),
        description="The first application needs the full version. Later each of the two will do.",
    )
    licensed_copy = Line(
        "Where your licensed copy is kept",
        [InputRequired("Say where your licensed copy is kept. You need it to rate each theme.")],
        description='For example "Binder in the conference room". CertHub does not hold the texts of the index.',
    )


class RespondentForm(CertHubForm):
    """Somebody who answers."""

    name = Line(
        "Name",
        [InputRequired("Enter a name.")],
        description='For a family advisor "Family advisor 1" is enough. The result keeps roles, no names.',
    )
    role = SelectField(
        "Role",
        [InputRequired("Choose a role.")],
        choices=options([("", "Choose…"), *((role.value, label) for role, label in RESPONDENT_LABELS.items())]),
    )
    email = Line(
        "E-mail",
        [Optional()],
        longest=254,
        description="We send a personal link; no account is needed. Leave it empty for answers on paper.",
    )

    def chosen_role(self) -> RespondentRole:
        """The role that was chosen."""
        return RespondentRole(self.role.data)


class CloseForm(CertHubForm):
    """The day on which the practice agreed."""

    held_on = Day("Day of the meeting", [InputRequired("Enter the day on which you agreed.")])


class FeedbackForm(CertHubForm):
    """A round of family feedback in counts."""

    method = SelectField(
        "How you asked",
        [InputRequired("Choose how you asked.")],
        choices=options([("", "Choose…"), *((one.value, label) for one, label in METHOD_LABELS.items())]),
    )
    starts_on = Day("First day of the round", [InputRequired("Enter the first day.")])
    ends_on = Day("Last day of the round", [InputRequired("Enter the last day.")])
    families = IntegerField(
        "Families in your practice",
        [InputRequired("Enter a whole number.")],
        description="Families of children with special health care needs. A survey asks at least 1 in 10 of them.",
        render_kw={"inputmode": "numeric"},
    )
    asked = IntegerField("Families asked", [InputRequired("Enter a whole number.")], render_kw={"inputmode": "numeric"})
    answered = IntegerField(
        "Families that answered", [InputRequired("Enter a whole number.")], render_kw={"inputmode": "numeric"}
    )

    def round(self) -> FeedbackRound:
        """What was typed."""
        shares = {group: self[_GROUP + group].data for group in QUESTION_GROUPS}
        return FeedbackRound(
            method=FeedbackMethod(self.method.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            families=self.families.data,
            asked=self.asked.data,
            answered=self.answered.data,
            favourable={group: percent for group, percent in shares.items() if percent is not None},
        )


for _group, _label in QUESTION_GROUPS.items():
    setattr(
        FeedbackForm,
        _GROUP + _group,
        IntegerField(
            _label, [Optional()], description="Percent of good answers, 0 to 100.", render_kw={"inputmode": "numeric"}
        ),
    )


def feedback_form(feedback: FamilyFeedback | None = None) -> FeedbackForm:
    """The form of a round, filled in with the one that is corrected."""
    if feedback is None:
        return FeedbackForm()
    shares = {_GROUP + group: percent for group, percent in feedback.favourable.items()}
    return FeedbackForm(obj=feedback, data={"method": feedback.method.value, **shares})


def scores_form(
    words: InstrumentWords,
    domain: str,
    scores: Mapping[str, int],
    *,
    label: str = "{theme} {title}",
    base: type[CertHubForm] = CertHubForm,
) -> CertHubForm:
    """A choice for each theme of a domain, on the scale of the instrument; `LinkForm` for whoever has no account."""
    scale = ((str(step.score), f"{step.score}: {step.words}") for step in steps(words.instrument))
    choices = [("", "Not answered"), *scale]
    fields: dict[str, Any] = {
        THEME + theme: SelectField(
            label.format(theme=theme, title=title),
            [Optional()],
            choices=options(choices),
            description=words.hints[theme],
            validate_choice=False,
        )
        for theme, title in words.instrument.themes_of(domain).items()
    }
    form: CertHubForm = type("ScoresForm", (base,), fields)(
        data={THEME + theme: str(score) for theme, score in scores.items()}
    )
    return form


def chosen_scores(form: CertHubForm) -> dict[str, str]:
    """What was chosen, by theme."""
    return {field.name.removeprefix(THEME): field.data or "" for field in form if field.name.startswith(THEME)}
