"""Reminder policies over time: which version is in force on a day, and since when each of its steps."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from certhub.rules.reminder_policies import Policy, Since
from certhub.rules.reminder_reasons import ADDED_LATER, OFF
from certhub.rules.terms import ONE_DAY


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of a policy, the first day that is planned by it, and the day on which it was made."""

    version: int
    effective_from: date
    policy: Policy
    made_on: date


def standing(versions: Iterable[PolicyVersion]) -> list[PolicyVersion]:
    """The versions that are or were ever to be in force: a change that had not begun is replaced by a later one."""
    kept = list(versions)
    return [
        one
        for one in kept
        if not any(later.version > one.version and later.made_on < one.effective_from for later in kept)
    ]


def in_force(versions: Sequence[PolicyVersion], day: date) -> Policy | None:
    """The policy in force on `day`, with the days since which its steps have been; None before the first.

    A step that a change added is never told for a day before the change, and one that was switched off is not made up
    for when it is switched on again: `Since` says from which day on it is told.
    """
    spells = list(_spells(standing(versions), day))
    if not spells:
        return None
    policy = spells[0].policy
    began = ((step, _since(step, spells)) for step in policy.offsets) if policy.is_on else ()
    return replace(policy, since={step: since for step, since in began if since is not None})


def _spells(versions: Sequence[PolicyVersion], day: date) -> Iterator[PolicyVersion]:
    """The version in force on `day`, then the one in force before it began, and so on."""
    while True:
        begun = [one for one in versions if one.effective_from <= day]
        if not begun:
            return
        current = max(begun, key=lambda one: one.version)
        yield current
        day = current.effective_from - ONE_DAY


def _since(step: int, spells: Sequence[PolicyVersion]) -> Since | None:
    """The first day of the unbroken time in which a step is told; None where that has no beginning."""
    now = spells[0]
    for later, before in pairwise(spells):
        same = step in before.policy.offsets and before.policy.counted_in is now.policy.counted_in
        if not (same and before.policy.is_on):
            return Since(later.effective_from, OFF if same else ADDED_LATER)
    return None
