"""Two records of one person: why they may be one, and what becomes of each part when they are made one.

A merge deletes nothing. What is only on the absorbed record moves to the one that stays; what both tell is set aside
there, so that nothing counts twice; what contradicts is refused and corrected first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written


class Likeness(StrEnum):
    """Why two records may be of one person."""

    NAME_AND_BIRTHDAY = "name_and_birthday"
    EMAIL = "email"
    LICENCE = "licence"


LIKENESS_LABELS = {
    Likeness.NAME_AND_BIRTHDAY: "The same name and birthday",
    Likeness.EMAIL: "The same e-mail address, in other capital letters",
    Likeness.LICENCE: "The same licence number",
}


@dataclass(frozen=True, slots=True)
class Traits:
    """What two records of one person have in common; `name` is folded."""

    name: str
    birthday: tuple[int, int] | None = None
    email: str | None = None
    licences: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    """Kind and number of each licence of another body that counts now."""


def licence_mark(kind: str, number: str) -> tuple[str, str]:
    """What tells a licence from another, however its number was typed: "RN 12-34" is RN 1234."""
    return kind, number.replace(" ", "").replace("-", "").upper()


def likenesses(one: Traits, other: Traits) -> tuple[Likeness, ...]:
    """Why two records may be of one person; none where nothing says so."""
    found = []
    if one.name == other.name and one.birthday is not None and one.birthday == other.birthday:
        found.append(Likeness.NAME_AND_BIRTHDAY)
    if one.email and other.email and one.email.lower() == other.email.lower():
        found.append(Likeness.EMAIL)
    if {licence_mark(*licence) for licence in one.licences} & {licence_mark(*licence) for licence in other.licences}:
        found.append(Likeness.LICENCE)
    return tuple(found)


def told_already(days: Span, kept: Iterable[Span], *, where: str) -> bool:
    """Whether the record that stays tells of work somewhere on all these days already, so that it is set aside.

    Raises `Refusal` where it tells of some of the days only: then one of the two is wrong.
    """
    for other in kept:
        shared = days.overlap(other)
        if shared is None:
            continue
        if shared == days:
            return True
        raise Refusal(
            f"Both records tell of work at {where}, on days that contradict each other: {_in_words(days)}, and "
            f"{_in_words(other)}. Correct one of them first."
        )
    return False


def obstacles(
    *,
    same: bool,
    merged_before: bool,
    told_apart: bool,
    has_absorbed: bool,
    both_apply: bool,
    held_in_force_elsewhere: str,
) -> tuple[str, ...]:
    """What stands in the way of a merge that would lose something or that somebody else has done.

    `held_in_force_elsewhere` is the number of a credential in force that would become void for one that is not.
    """
    if same:
        return ("This is one record. Choose another one to compare it with.",)
    if merged_before:
        return ("One of these records was merged already. Open it again and look.",)
    found = []
    if told_apart:
        found.append("These records were marked as of two people. Take that back first, if it was wrong.")
    if has_absorbed:
        found.append(
            "The record that would be absorbed has absorbed another one itself. Keep that one, or undo the earlier "
            "merge first."
        )
    if both_apply:
        found.append("Both records have an open application. Withdraw one of them first.")
    if held_in_force_elsewhere:
        found.append(
            f"Credential {held_in_force_elsewhere} is in force and would become void, while that of the record that "
            "stays is not in force. Keep the other record instead."
        )
    return tuple(found)


def _in_words(days: Span) -> str:
    return f"from {written(days.from_on)} " + (f"through {written(days.to_on)}" if days.to_on else "on")
