"""A round of family feedback as counts and shares: how many families were asked, and how they see their care.

No family and no child is named, and no answer of a single family is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from certhub.rules.findings import share
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import FeedbackMethod

METHOD_LABELS: Mapping[FeedbackMethod, str] = {
    FeedbackMethod.FAMILY_INDEX: "Family index",
    FeedbackMethod.SAMPLE_SURVEY: "Survey of a sample of families",
}
DOCUMENT_TYPES: Mapping[FeedbackMethod, str] = {
    FeedbackMethod.FAMILY_INDEX: "family_index_summary",
    FeedbackMethod.SAMPLE_SURVEY: "family_survey_summary",
}
"""As what a round counts for a requirement that asks for a document."""

QUESTION_GROUPS: Mapping[str, str] = {
    "access": "Getting care when it is needed",
    "partnership": "Being heard as a partner",
    "coordination": "Help to coordinate the care",
    "plan": "A written plan that all share",
    "support": "Support for the whole family",
}
"""Groups of questions of our own, so that rounds with different questionnaires can be read side by side."""

SAMPLE = Fraction(1, 10)
"""The share of the families that a survey asks (program default)."""

FEWEST_TOLD = 5
"""Shares of fewer answers could tell who answered, and are not kept."""

_MOST_FAMILIES = 100_000


@dataclass(frozen=True, slots=True)
class FeedbackRound:
    """What a practice records of one round; `favourable` has whole percents by question group."""

    method: FeedbackMethod
    starts_on: date
    ends_on: date
    families: int
    asked: int
    answered: int
    favourable: Mapping[str, int]


def require_round(found: FeedbackRound, *, today: date) -> None:
    """Raises `Refusal` beside the field for a round that cannot be."""
    if found.ends_on < found.starts_on:
        raise Refusal("The last day is before the first day. Check both.", field="ends_on")
    if found.ends_on > today:
        raise Refusal("The round is not over yet. Record it after its last day.", field="ends_on")
    if not 1 <= found.families <= _MOST_FAMILIES:
        raise Refusal("Enter how many families of these children your practice has: 1 or more.", field="families")
    if not 1 <= found.asked <= found.families:
        raise Refusal("Enter how many families you asked: 1 or more, and not more than you have.", field="asked")
    if not FEWEST_TOLD <= found.answered <= found.asked:
        raise Refusal(
            f"Enter how many families answered: not more than you asked, and at least {FEWEST_TOLD}, "
            "so that nobody can tell who answered what.",
            field="answered",
        )
    for group in QUESTION_GROUPS:
        if not 0 <= found.favourable.get(group, 0) <= 100:  # noqa: PLR2004  (percent)
            raise Refusal("Enter a whole number from 0 to 100.", field=f"favourable-{group}")
    if not found.favourable:
        raise Refusal(
            "Enter the share of good answers for at least one group of questions.",
            field=f"favourable-{next(iter(QUESTION_GROUPS))}",
        )


def response_rate(found: FeedbackRound) -> Decimal:
    """The percent of the families asked that answered, rounded to a whole number."""
    return Decimal(round(share(found.answered, found.asked) * 100))


def require_enough_asked(method: FeedbackMethod, *, families: int, asked: int) -> None:
    """Raises `Refusal` where a survey asked too few families to count for the standard."""
    if method is FeedbackMethod.SAMPLE_SURVEY and Fraction(asked, families) < SAMPLE:
        needed = -(-families // SAMPLE.denominator)
        raise Refusal(
            f"A survey asks 1 in 10 families. With {families:,} families that is {needed:,}; you asked {asked:,}. "
            "Ask more families and record a new round."
        )
