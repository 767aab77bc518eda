"""Drift: a statement was signed while certain facts were so; when one of them changes, it must be signed anew.

272 CMR 3.05 gives the holder of a credential 30 days to report a change; which facts a text rests on is the program's
default (`rests_on` in data/attestations.toml). Whether the statement was signed on the screen or on paper is all one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from certhub.rules.evidence_fields import OCCURRED
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written

ATTEST_WITHIN = timedelta(days=30)


class FactKind(StrEnum):
    """What a signed statement can rest on."""

    NAME = "name"
    SITES = "sites"
    OWNERS = "owners"
    SIGNER = "signer"
    CHAMPIONS = "champions"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it stands: `key` tells it from others of its kind, `words` say it, `since` is its first day.

    `miswritten` are the words in which the same fact stood before they were corrected, `misdated` its first days.
    """

    kind: FactKind
    key: str
    words: str
    since: date | None = None
    miswritten: frozenset[str] = frozenset()
    misdated: frozenset[date | None] = frozenset()


@dataclass(frozen=True, slots=True)
class Gone:
    """A fact that stands no longer, with the first day without it, and with those that were recorded wrongly.

    `mistaken` are the words of a fact that was recorded and never was so; `since` is then the day that told it.
    """

    kind: FactKind
    key: str
    since: date
    mistaken: frozenset[str] = frozenset()
    misdated: frozenset[date | None] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """A fact under a signed statement that is not as it was, and by when the statement must be signed anew.

    `misdated` are the days from which it counted before the record was corrected; None where no day was recorded.
    """

    kind: FactKind
    fact: str
    sentence: str
    changed_on: date
    due_on: date
    misdated: frozenset[date | None] = frozenset()

    def corrects(self, noted: date, *, noted_on: date) -> bool:
        """Whether the day for which the change was noted was corrected since; a further change corrects nothing."""
        return noted != self.changed_on and noted in {noted_on if day is None else day for day in self.misdated}


Frozen = Mapping[str, Mapping[str, str]]
"""The facts of a statement as they stood: for each kind, words by key."""


def frozen(facts: Iterable[Fact], rests_on: Iterable[FactKind]) -> dict[str, dict[str, str]]:
    """What is kept of the facts that a signed statement rests on."""
    kept: dict[str, dict[str, str]] = {kind.value: {} for kind in rests_on}
    for fact in facts:
        if fact.kind.value in kept:
            kept[fact.kind.value][fact.key] = fact.words
    return kept


def changes(signed: Frozen, *, facts: Iterable[Fact], gone: Iterable[Gone], today: date) -> list[Change]:
    """Every fact under a signed statement that is new, other than it was, or gone.

    A change whose day nobody recorded counts from the day on which it is noted. A corrected spelling is no change, and
    neither is a champion where the statement had none: PR-06 asks for that.
    """
    now = {(fact.kind.value, fact.key): fact for fact in facts}
    left = {(one.kind.value, one.key): one for one in gone if not one.mistaken}
    never = {(one.kind.value, one.key, words): one.since for one in gone for words in one.mistaken}
    found = []
    for name, before in signed.items():
        kind = FactKind(name)
        keys = sorted({*before, *(key for its_kind, key in now if its_kind == name)})
        for key in keys:
            fact = now.get((name, key))
            if fact is not None and (before.get(key) in {fact.words, *fact.miswritten} or _fills_a_gap(fact, before)):
                continue
            told = never.get((name, key, before.get(key, ""))) if fact is None else None
            turn = fact or (None if told else left.get((name, key)))
            on = told or (turn.since if turn else None) or today
            sentence = _sentence(kind, before.get(key), fact.words if fact else None, mistaken=told is not None)
            misdated = turn.misdated if turn else frozenset()
            found.append(Change(kind, f"{name}:{key}", sentence, on, on + ATTEST_WITHIN, misdated))
    return found


def require_signed_since(signed_on: date | None, changes_of_it: Iterable[tuple[str, date]]) -> None:
    """Refuse a page that was signed before what is to be signed anew: it says nothing of what is so now.

    `changes_of_it` are the changes under the statement that nobody has signed for yet: what changed, and from when on.
    """
    for sentence, since in changes_of_it:
        if signed_on is None or signed_on < since:
            raise Refusal(
                f"This was signed before {written(since)}, and a fact under it has changed then. {sentence} Have it "
                "read and signed again, and enter the day of that signature.",
                field=OCCURRED,
            )


def _fills_a_gap(fact: Fact, before: Mapping[str, str]) -> bool:
    return fact.kind is FactKind.CHAMPIONS and fact.key not in before


def _sentence(kind: FactKind, before: str | None, now: str | None, *, mistaken: bool) -> str:
    label = _ONE_OF[kind]
    if before is None:
        return f"New {label}: {now}."
    if mistaken:
        return f"{before} was entered as a {label} by mistake."
    if now is None:
        return _GONE[kind].format(before)
    return f"The {label} changed from {before} to {now}."


_ONE_OF = {
    FactKind.NAME: "legal name",
    FactKind.SITES: "site",
    FactKind.OWNERS: "owner",
    FactKind.SIGNER: "person who signs",
    FactKind.CHAMPIONS: "champion",
}
_GONE = {
    FactKind.NAME: "The legal name {} is gone.",
    FactKind.SITES: "The site {} is closed.",
    FactKind.OWNERS: "{} is an owner no longer.",
    FactKind.SIGNER: "{}, who signed, is with the organization no longer.",
    FactKind.CHAMPIONS: "{} is a champion of the practice no longer.",
}
