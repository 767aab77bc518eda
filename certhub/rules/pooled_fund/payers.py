"""Who is billed: payers with their bases, mergers in the year, and who left the market."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from certhub.rules.money import dollars
from certhub.rules.pooled_fund.configuration import Basis
from certhub.rules.pooled_fund.words import units
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written


@dataclass(frozen=True, slots=True)
class PayerFacts:
    """A payer as a year's allocation needs it; `base` is in cents, child-months, or hundredths of a unit."""

    id: int
    name: str
    base: int
    payments_cents: int | None
    successor_id: int | None = None
    merged_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Billed:
    """Whoever stands for itself and for those who merged into it."""

    id: int
    name: str
    base: int
    payments_cents: int | None
    left_on: date | None = None
    absorbed: tuple[int, ...] = ()
    merged: str = ""
    """Who merged into it and when, for its notice."""
    unknown: tuple[str, ...] = ()
    """Of itself and those that merged into it, whose surcharge payments nobody has said."""

    def base_in_words(self, basis: Basis) -> str:
        """Its base as a person writes it."""
        return self.in_words(self.base, basis)

    @staticmethod
    def in_words(number: int, basis: Basis) -> str:
        """A base, or the sum of several, as a person writes it."""
        if basis is Basis.SURCHARGE_PAYMENTS:
            return dollars(number)
        return units(number) if basis is Basis.ATTRIBUTED_UNITS else f"{number:,}"


def billed(payers: Sequence[PayerFacts], *, since: date, through: date) -> list[Billed]:
    """Everybody who is billed for a year: the base of who merges by its last day goes to the successor.

    Whoever left before the year began is billed nothing. In the order of names.
    """
    here = [one for one in payers if one.left_on is None or one.left_on >= since]
    to = successors(payers, through=through)
    found = []
    for one in here:
        if to[one.id] != one.id:
            continue
        absorbed = [other for other in payers if other.id != one.id and to[other.id] == one.id]
        parts = [one, *absorbed]
        known = [part.payments_cents for part in parts if part.payments_cents is not None]
        told = ", ".join(
            f"{other.name} on {written(other.merged_on)}" for other in absorbed if other.merged_on is not None
        )
        found.append(
            Billed(
                id=one.id, name=one.name, base=sum(part.base for part in parts),
                payments_cents=sum(known) if known else None, left_on=one.left_on,
                absorbed=tuple(other.id for other in absorbed), merged=f"includes what merged into it: {told}" if told
                else "",
                unknown=tuple(part.name for part in parts if part.payments_cents is None and _files(part, since)),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))


def _files(payer: PayerFacts, since: date) -> bool:
    """Whether a payer has numbers of its own for the year: not where it merged before."""
    return payer.base > 0 or payer.merged_on is None or payer.merged_on >= since


def successors(payers: Sequence[PayerFacts], *, through: date) -> dict[int, int]:
    """For each payer whoever stands for it on a day: itself, or the last one in the chain of mergers by then."""
    into = {
        one.id: one.successor_id
        for one in payers
        if one.successor_id is not None and one.merged_on is not None and one.merged_on <= through
    }
    return {one.id: _last(one.id, into) for one in payers}


def absorbed_by(here: Sequence[Billed]) -> dict[int, int]:
    """For each payer that merged by the last day of a year, whoever is billed for it."""
    return {absorbed: one.id for one in here for absorbed in one.absorbed}


def keeps_decision(payer_id: int, merged: Mapping[int, int], shares: Mapping[int, int]) -> bool:
    """Whether a share that was decided on appeal stays when shares are adopted anew.

    It does not where the payer merged, or takes over the share of another one: nobody decided what both together bear.
    """
    return payer_id not in merged and not any(shares.get(one) for one, to in merged.items() if to == payer_id)


def require_no_circle(payer_id: int, successor_id: int, into: Mapping[int, int]) -> None:
    """Refuse a merger that would lead back to the payer itself."""
    if payer_id in {successor_id, _last(successor_id, {**into, payer_id: payer_id})}:
        raise Refusal(
            "This payer cannot merge into itself, or into one that merged into it. Choose another one.",
            field="successor_id",
        )


def _last(payer_id: int, into: Mapping[int, int]) -> int:
    seen = {payer_id}
    while (following := into.get(payer_id)) is not None and following not in seen:
        payer_id = following
        seen.add(payer_id)
    return payer_id
