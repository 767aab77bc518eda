"""Two versions of a standard side by side: what was added, changed and removed, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from certhub.rules.disciplines import DISCIPLINE_LABELS
from certhub.rules.parameter_words import NOT_SET, label_of, value_in_words
from certhub.rules.requirement_kinds.parameter_fields import parameter_fields
from certhub.rules.standard import Requirement, Standard
from certhub.rules.standard_words import (
    REQUIREMENT_KIND_LABELS,
    SEVERITY_LABELS,
    STAGE_LABELS,
    group_in_words,
    term_fields_in_words,
)
from certhub.rules.vocabulary import Discipline, Stage


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that reads differently: its name, how it was and how it is."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedRequirement:
    """A requirement that both versions have, with each thing that differs."""

    before: Requirement
    after: Requirement
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a later version adds, changes and removes; `reordered` where what is left stands in another order."""

    heading: tuple[Change, ...]
    terms: tuple[Change, ...]
    added: tuple[Requirement, ...]
    changed: tuple[ChangedRequirement, ...]
    removed: tuple[Requirement, ...]
    groups: tuple[Change, ...]
    reordered: bool

    @property
    def same(self) -> bool:
        """Whether the two ask for the same in the same words."""
        return not (
            self.heading or self.terms or self.added or self.changed or self.removed or self.groups or self.reordered
        )


def compared(before: Standard, after: Standard) -> Comparison:
    """What `after` changes of `before`. A requirement is the same one where it has the same code."""
    old = {one.code: one for one in in_order(before)}
    new = {one.code: one for one in in_order(after)}
    both = [code for code in new if code in old]
    changed = [
        ChangedRequirement(old[code], new[code], changes)
        for code in both
        if (changes := _differences(_told(old[code], before), _told(new[code], after)))
    ]
    return Comparison(
        heading=_differences(
            {"Title": before.title, "Source": before.citation}, {"Title": after.title, "Source": after.citation}
        ),
        terms=_differences(term_fields_in_words(before.terms), term_fields_in_words(after.terms)),
        added=tuple(one for code, one in new.items() if code not in old),
        changed=tuple(changed),
        removed=tuple(one for code, one in old.items() if code not in new),
        groups=_differences(_groups(before), _groups(after)),
        reordered=[code for code in old if code in new] != both,
    )


def in_order(standard: Standard) -> list[Requirement]:
    """The requirements as pages show them."""
    return sorted(standard.requirements, key=lambda one: (one.sort, one.code))


def conditions_in_words(requirement: Requirement) -> list[str]:
    """Whom a requirement is limited to, one sentence for each condition."""
    found = []
    for name, allowed in requirement.applies_when.items():
        words = [DISCIPLINE_LABELS[Discipline(one)] for one in allowed] if name == "discipline" else list(allowed)
        what = "" if name == "discipline" else f"{name.replace('_', ' ')}: "
        found.append(f"{what}{', '.join(words)}")
    return found


def _told(requirement: Requirement, standard: Standard) -> dict[str, str]:
    """Everything that a requirement says, by label."""
    groups = {group.code: group.title for group in standard.groups}
    told = {
        "Title": requirement.title,
        "In plain words": requirement.plain_text,
        "Kind": REQUIREMENT_KIND_LABELS[requirement.kind],
        "Asked for": ", ".join(STAGE_LABELS[stage] for stage in Stage if stage in requirement.stages),
        "Weight": SEVERITY_LABELS[requirement.severity],
        "Can be waived": "yes" if requirement.waivable else "no",
        "For each site": "yes" if requirement.per_site else "no",
        "Only for": "; ".join(conditions_in_words(requirement)) or "everybody",
        "Group": groups.get(requirement.group or "", NOT_SET),
        "What to provide": requirement.evidence_hint or NOT_SET,
        "Source": requirement.citation,
    }
    for field in parameter_fields(requirement.kind):
        told[label_of(field).rstrip(".")] = value_in_words(field, requirement.params.get(field.name))
    return told


def _groups(standard: Standard) -> dict[str, str]:
    titles = {group.code: group.title for group in standard.groups}
    return {
        f"Group {group.code}": group_in_words(group)
        + (f" Inside {titles[group.parent]}." if group.parent is not None else "")
        for group in standard.groups
    }


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    labels = dict.fromkeys([*before, *after])
    return tuple(
        Change(label, before.get(label, NOT_SET), after.get(label, NOT_SET))
        for label in labels
        if before.get(label, NOT_SET) != after.get(label, NOT_SET)
    )
