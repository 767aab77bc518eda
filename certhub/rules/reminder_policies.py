"""Reminder policies: which steps each kind of due date has, and who hears of each. Data, checked when it is read."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ObligationKind(StrEnum):
    """What falls due."""

    CREDENTIAL_RENEWAL = "credential_renewal"
    LICENCE_RENEWAL = "licence_renewal"
    DOCUMENT_RENEWAL = "document_renewal"
    LICENCE_RECHECK = "licence_recheck"
    BACKGROUND_RECHECK = "background_recheck"
    CE_PROOF = "ce_proof"
    ATTEST_ANEW = "attest_anew"


class Audience(StrEnum):
    """In what role somebody is reminded."""

    HOLDER = "holder"
    EMPLOYER = "employer"
    ORGANIZATION = "organization"
    DPH = "dph"
    FORMER_EMPLOYER = "former_employer"


AUDIENCE_LABELS: dict[Audience, str] = {
    Audience.HOLDER: "the coordinator",
    Audience.EMPLOYER: "HR at the employer",
    Audience.ORGANIZATION: "the organization",
    Audience.DPH: "DPH administrators",
    Audience.FORMER_EMPLOYER: "HR at the former employer",
}

OBLIGATION_LABELS: dict[ObligationKind, str] = {
    ObligationKind.CREDENTIAL_RENEWAL: "Renewal of a credential",
    ObligationKind.LICENCE_RENEWAL: "Renewal of an outside licence",
    ObligationKind.DOCUMENT_RENEWAL: "A document that expires",
    ObligationKind.LICENCE_RECHECK: "A look at the source of an outside licence",
    ObligationKind.BACKGROUND_RECHECK: "A background check that is due again",
    ObligationKind.CE_PROOF: "Proofs for an audit of continuing education",
    ObligationKind.ATTEST_ANEW: "A statement to sign anew, because a fact under it changed",
}


class PolicyError(ValueError):
    """The policies cannot be used; the message says in one line what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When to remind of one kind of due date, and whom."""

    kind: ObligationKind
    offsets: tuple[int, ...]
    """Days before the due date, the earliest reminder first; -1 is the day after it."""
    business_days: bool
    """Whether a step on a weekend or holiday moves forward to the next business day."""
    open_days: int
    """How long after its due date an obligation is still something to act on."""
    recipients: Mapping[Audience, tuple[int, ...]]
    """Which steps each audience hears of."""


Policies = Mapping[ObligationKind, Policy]

_KEYS = {"offsets", "business_days", "open_days", "recipients"}
_FURTHEST = 730


def parse_policies(raw: Mapping[str, Any], source: str) -> dict[ObligationKind, Policy]:
    """The policies in `raw`, one for each kind of obligation. Raises `PolicyError`."""
    known = {kind.value for kind in ObligationKind}
    for name in raw:
        if name not in known:
            raise PolicyError(f"{source}: [{name}] is not a kind of obligation; there are {', '.join(sorted(known))}")
    missing = known - set(raw)
    if missing:
        raise PolicyError(f"{source}: there is no policy for {', '.join(sorted(missing))}")
    return {kind: _policy(kind, raw[kind.value], f"{source}: [{kind.value}]") for kind in ObligationKind}


def _policy(kind: ObligationKind, raw: Mapping[str, Any], where: str) -> Policy:
    if set(raw) != _KEYS:
        raise PolicyError(f"{where} must have exactly {', '.join(sorted(_KEYS))}; it has {', '.join(sorted(raw))}")
    offsets = _steps(raw["offsets"], f"{where} offsets")
    if not isinstance(raw["business_days"], bool):
        raise PolicyError(f"{where} business_days must be true or false")
    open_days = raw["open_days"]
    if not _whole(open_days) or not 0 <= open_days <= _FURTHEST:
        raise PolicyError(f"{where} open_days must be a whole number from 0 to {_FURTHEST}")
    if open_days < -offsets[-1]:
        raise PolicyError(f"{where} open_days ends before the last reminder, {-offsets[-1]} days after the due date")
    return Policy(kind, offsets, raw["business_days"], open_days, _recipients(raw["recipients"], offsets, where))


def _recipients(raw: Any, offsets: tuple[int, ...], where: str) -> dict[Audience, tuple[int, ...]]:
    allowed = {audience.value for audience in Audience if audience is not Audience.FORMER_EMPLOYER}
    if not isinstance(raw, Mapping) or not raw:
        raise PolicyError(f"{where} recipients must name at least one of {', '.join(sorted(allowed))}")
    recipients = {}
    for name, steps in raw.items():
        if name not in allowed:
            raise PolicyError(f"{where} recipients: {name} is not one of {', '.join(sorted(allowed))}")
        chosen = offsets if steps == "every step" else _steps(steps, f"{where} recipients.{name}")
        strange = [step for step in chosen if step not in offsets]
        if strange:
            raise PolicyError(f"{where} recipients.{name}: step {strange[0]} is not among the offsets")
        recipients[Audience(name)] = chosen
    return recipients


def _steps(raw: Any, where: str) -> tuple[int, ...]:
    if not isinstance(raw, list) or not raw or not all(_whole(step) and abs(step) <= _FURTHEST for step in raw):
        raise PolicyError(f"{where} must be a list of whole numbers of days, from -{_FURTHEST} to {_FURTHEST}")
    if raw != sorted(set(raw), reverse=True):
        raise PolicyError(f"{where} must go from the earliest reminder to the latest, each once")
    return tuple(raw)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
