"""What a notice of assessment says. It is written once, kept with the notice, and never worked out again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.pooled_fund.configuration import BASIS_LABELS, Basis
from certhub.rules.pooled_fund.fiscal_year import in_words
from certhub.rules.pooled_fund.invoices import Planned, due_on
from certhub.rules.pooled_fund.steps import Step
from certhub.rules.terms import written


@dataclass(frozen=True, slots=True)
class Part:
    """A line of what is assessed."""

    label: str
    cents: int


@dataclass(frozen=True, slots=True)
class Due:
    """An instalment with the day on which it is due."""

    number: int
    due_on: date
    cents: int


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a notice goes; a payer that merged is told through whoever stands for it."""

    name: str
    attention: str
    address: str
    stands_for: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that a notice says."""

    to: tuple[str, ...]
    payer: str
    year: str
    stands_for: str
    parts: tuple[Part, ...]
    total_cents: int
    reasons: tuple[str, ...]
    instalments: tuple[Due, ...]
    signed_by: str

    def plain(self) -> dict[str, Any]:
        """As it is kept for good."""
        found = asdict(self)
        for one in found["instalments"]:
            one["due_on"] = one["due_on"].isoformat()
        return found


def kept(plain: dict[str, Any]) -> Words:
    """A notice as it was kept."""
    return Words(
        to=tuple(plain["to"]), payer=plain["payer"], year=plain["year"], stands_for=plain["stands_for"],
        parts=tuple(Part(**one) for one in plain["parts"]), total_cents=plain["total_cents"],
        reasons=tuple(plain["reasons"]),
        instalments=tuple(
            Due(one["number"], date.fromisoformat(one["due_on"]), one["cents"]) for one in plain["instalments"]
        ),
        signed_by=plain["signed_by"],
    )  # fmt: skip


def words(
    to: Addressee,
    payer: str,
    fiscal_year: int,
    *,
    share_cents: int,
    adjustments: Sequence[tuple[int, int]],
    reasons: Sequence[str],
    planned: Sequence[Planned],
    earliest: date,
    signed_by: str,
) -> Words:
    """The words of a notice; `adjustments` are fiscal years with the cents that their true-ups charge or credit."""
    parts = [Part("Your share of the year", share_cents)]
    parts += [
        Part(f"{'Credit' if cents < 0 else 'Charge'} of the true-up of {named(year)}", cents)
        for year, cents in adjustments
    ]
    return Words(
        to=tuple(filter(None, (to.name, to.attention, *to.address.splitlines()))),
        payer=payer,
        year=in_words(fiscal_year),
        stands_for=to.stands_for,
        parts=tuple(parts),
        total_cents=sum(one.cents for one in parts),
        reasons=tuple(filter(None, reasons)),
        instalments=tuple(Due(one.number, due_on(one.planned_on, earliest), one.cents) for one in planned),
        signed_by=signed_by,
    )


def basis_words(private: Step, payer_id: int, basis: Basis) -> str:
    """How the share of a payer was worked out, from the step as it was adopted; empty where it has no share."""
    line = next((one for one in private.lines if one.key == payer_id), None)
    if line is None:
        return ""
    formula = next((one for one in private.formulas if one.startswith(f"{line.label}: ")), "")
    if not formula:
        return ""
    formula = formula.removeprefix(f"{line.label}: ")
    return f"Private payers share by {BASIS_LABELS[basis].lower()}. Your share is {formula}."


def base_words(note: str) -> str:
    """What a notice says of the base."""
    return f"Your base {note}." if note else ""


def replacing_words(issued_on: date | None) -> str:
    """That a notice takes the place of another one."""
    return (
        "" if issued_on is None else f"This notice replaces the notice of {written(issued_on)}. What you paid counts."
    )


def appeal_words(reason: str) -> str:
    """That a share was changed on appeal."""
    return f"Your share was changed on appeal. {reason}".strip()


KEPT_ON_APPEAL = "Your share was decided on appeal and stays as it was decided."


def settled_words(fiscal_year: int, cents: int) -> str:
    """That a difference is settled at once."""
    what = "charges you what was assessed too little" if cents > 0 else "credits you what was assessed too much"
    return (
        f"The true-up of {named(fiscal_year)} {what}. It is settled now, because you left the market and get no later "
        "notice."
    )
