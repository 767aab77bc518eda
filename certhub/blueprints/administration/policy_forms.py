"""The form that changes a reminder policy."""

import re
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, RadioField
from wtforms.validators import InputRequired, Optional

from certhub.rules.refusal import Refusal
from certhub.rules.reminder_policies import (
    BUNDLING_LABELS,
    DAY_COUNT_LABELS,
    LONGEST_TEXT,
    Audience,
    Policy,
    in_words,
    to_raw,
)
from certhub.services.reminder_policies import LONGEST_REASON
from certhub.web.forms import CertHubForm, Day, Line, Seen, Text, options

EVERY = "every step"
_NUMBER = re.compile(r"-?[0-9]{1,4}")
_SHOWN = 20
_STEPS = 'Such as "every step", "from 0" (that step and all after it), or "0, -1". Leave it empty for nobody.'


class PolicyForm(CertHubForm):
    """One reminder policy: when, whom, and how."""

    is_on = BooleanField("Reminders of this kind are sent")
    offsets = Line(
        "Days before the due date",
        [InputRequired("Enter the days, such as 30, 7, 0, -1.")],
        description="The earliest first, with commas: 30, 7, 0, -1. 0 is the day itself, -1 the day after it.",
    )
    counted_in = RadioField(
        "They are", choices=options([(one.value, words) for one, words in DAY_COUNT_LABELS.items()])
    )
    business_days = BooleanField("A step on a weekend or a state holiday moves to the next business day")
    open_days = IntegerField(
        "Stays open for so many days after the due date",
        [InputRequired("Enter the number of days.")],
        description="After that, nobody is reminded of it any more.",
    )
    to_holder = Line("The coordinator hears of", [Optional()], description=_STEPS)
    to_employer = Line("HR at the employer hears of", [Optional()], description=_STEPS)
    to_organization = Line("The organization hears of", [Optional()], description=_STEPS)
    to_payer = Line("The payer hears of", [Optional()], description=_STEPS)
    to_reviewer = Line("Whoever at DPH it is with hears of", [Optional()], description=_STEPS)
    to_fund = Line("Fund managers hear of", [Optional()], description=_STEPS)
    to_dph = Line("DPH administrators hear of", [Optional()], description=_STEPS)
    bundling = RadioField(
        "A reminder goes", choices=options([(one.value, words) for one, words in BUNDLING_LABELS.items()])
    )
    text = Line(
        "A sentence of yours in front of it", [Optional()], longest=LONGEST_TEXT, description="Plain words, one line."
    )
    effective_from = Day(
        "From",
        [InputRequired("Enter the first day of the change.")],
        description="Tomorrow or later. Nothing is told for days before it.",
    )
    reason = Text("Why it changes", [Optional()], longest=LONGEST_REASON, render_kw={"rows": 3})
    version = Seen()
    shown = HiddenField()

    def audiences(self, concerned: frozenset[Audience]) -> list[Any]:
        """The fields of those who can be told of this kind; the others are left out."""
        for audience in Audience:
            if audience not in concerned and f"to_{audience.value}" in self:
                del self[f"to_{audience.value}"]
        return [self[f"to_{one.value}"] for one in Audience if f"to_{one.value}" in self]

    def typed(self, now: Policy) -> dict[str, Any]:
        """The policy as data. Raises `Refusal`."""
        recipients: dict[str, Any] = {}
        for audience in Audience:
            name = f"to_{audience.value}"
            said = _plain(self[name].data).lower() if name in self else ""
            if said:
                plain = said == EVERY or said.startswith("from ")
                recipients[audience.value] = said if plain else _numbers(said, name)
        return {
            **to_raw(now),
            "is_on": self.is_on.data,
            "offsets": _numbers(self.offsets.data, "offsets"),
            "counted_in": self.counted_in.data,
            "business_days": self.business_days.data,
            "open_days": self.open_days.data,
            "recipients": recipients,
            "bundling": self.bundling.data,
            "text": self.text.data or "",
        }


def as_typed(policy: Policy) -> dict[str, Any]:
    """What the form of a policy holds at first."""
    return {
        "is_on": policy.is_on,
        "offsets": _listed(policy.offsets),
        "counted_in": policy.counted_in.value,
        "business_days": policy.business_days,
        "open_days": policy.open_days,
        "bundling": policy.bundling.value,
        "text": policy.text,
        **{
            f"to_{audience.value}": in_words(policy, audience) or _listed(steps)
            for audience, steps in policy.recipients.items()
        },
    }


def _listed(steps: tuple[int, ...]) -> str:
    return ", ".join(str(step) for step in steps)


def _plain(typed: str | None) -> str:
    return (typed or "").replace("\N{MINUS SIGN}", "-").strip()


def _numbers(typed: str, field: str) -> list[int]:
    each = [one.strip() for one in _plain(typed).split(",")]
    strange = next((one for one in each if not _NUMBER.fullmatch(one)), None)
    if strange is not None:
        said = f'"{strange[:_SHOWN]}" is not a whole number. ' if strange else ""
        raise Refusal(f"{said}Type whole numbers with commas between them, such as 30, 7, 0, -1.", field=field)
    return [int(one) for one in each]
