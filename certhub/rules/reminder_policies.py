"""Reminder policies: which steps each kind of due date has, and who hears of each. Data, checked when it is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar


class ObligationKind(StrEnum):
    """What falls due."""

    CREDENTIAL_RENEWAL = "credential_renewal"
    LICENCE_RENEWAL = "licence_renewal"
    DOCUMENT_RENEWAL = "document_renewal"
    LICENCE_RECHECK = "licence_recheck"
    BACKGROUND_RECHECK = "background_recheck"
    CE_PROOF = "ce_proof"
    ATTEST_ANEW = "attest_anew"
    TRAINING_SHORTFALL = "training_shortfall"
    TRAINING_SESSION = "training_session"
    CONTRACT_END = "contract_end"
    CONTRACT_OPTION = "contract_option"
    FINANCIAL_REPORT = "financial_report"
    INSURANCE_END = "insurance_end"
    CORRECTIVE_ANSWER = "corrective_answer"
    CORRECTIVE_MILESTONE = "corrective_milestone"
    CASELOAD_REPORT = "caseload_report"
    FILING = "filing"
    VENDOR_INVOICE = "vendor_invoice"
    INVOICE_RETURNED = "invoice_returned"
    PAYER_INSTALMENT = "payer_instalment"
    APPLICATION_GOAL = "application_goal"
    PAPER_GOAL = "paper_goal"
    HEARING_REQUEST = "hearing_request"
    HEARING = "hearing"


class Audience(StrEnum):
    """In what role somebody is reminded."""

    HOLDER = "holder"
    EMPLOYER = "employer"
    ORGANIZATION = "organization"
    PAYER = "payer"
    REVIEWER = "reviewer"
    FUND = "fund"
    DPH = "dph"
    FORMER_EMPLOYER = "former_employer"


class DayCount(StrEnum):
    """What the offsets of a policy count: days of the calendar, or days on which state offices are open."""

    CALENDAR = "calendar_days"
    BUSINESS = "business_days"


class Channel(StrEnum):
    """How somebody is told. Another one gets a name here and its writer in `services.reminder_channels`."""

    MAIL = "mail"


class Bundling(StrEnum):
    """Whether a line joins the one message of the day, or leaves as a message of its own."""

    DIGEST = "digest"
    SINGLE = "single"


DAY_COUNT_LABELS: dict[DayCount, str] = {
    DayCount.CALENDAR: "calendar days",
    DayCount.BUSINESS: "business days",
}
CHANNEL_LABELS: dict[Channel, str] = {Channel.MAIL: "e-mail"}
BUNDLING_LABELS: dict[Bundling, str] = {
    Bundling.DIGEST: "in the one message of the day",
    Bundling.SINGLE: "as a message of its own",
}

AUDIENCE_LABELS: dict[Audience, str] = {
    Audience.HOLDER: "the coordinator",
    Audience.EMPLOYER: "HR at the employer",
    Audience.ORGANIZATION: "the organization",
    Audience.PAYER: "the payer",
    Audience.REVIEWER: "the reviewer at DPH who has it",
    Audience.FUND: "fund managers of DPH",
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
    ObligationKind.TRAINING_SHORTFALL: "Continuing education that is short of its pace before a renewal",
    ObligationKind.TRAINING_SESSION: "A training session in which somebody has a seat",
    ObligationKind.CONTRACT_END: "The last day of a contract",
    ObligationKind.CONTRACT_OPTION: "Options of a contract to look at",
    ObligationKind.FINANCIAL_REPORT: "A Uniform Financial Report of a vendor",
    ObligationKind.INSURANCE_END: "An insurance of a vendor that ends",
    ObligationKind.CORRECTIVE_ANSWER: "An answer to a corrective action",
    ObligationKind.CORRECTIVE_MILESTONE: "A milestone of a corrective action plan",
    ObligationKind.CASELOAD_REPORT: "A monthly caseload report",
    ObligationKind.FILING: "A quarterly or yearly report or survey",
    ObligationKind.VENDOR_INVOICE: "An invoice of a vendor that waits for DPH",
    ObligationKind.INVOICE_RETURNED: "An invoice that went back to the vendor",
    ObligationKind.PAYER_INSTALMENT: "An instalment of a payer",
    ObligationKind.APPLICATION_GOAL: "An application that waits for DPH",
    ObligationKind.PAPER_GOAL: "A paper between applications that waits for DPH",
    ObligationKind.HEARING_REQUEST: "The time to ask for a hearing",
    ObligationKind.HEARING: "A hearing",
}


Choice = TypeVar("Choice", bound=StrEnum)


class PolicyError(ValueError):
    """The policies cannot be used; the message says in one line what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Since:
    """From which day a step has been in force without a break, and why its earlier days are not made up for."""

    day: date
    before: str


@dataclass(frozen=True, slots=True)
class Policy:
    """When to remind of one kind of due date, whom, and how."""

    kind: ObligationKind
    offsets: tuple[int, ...]
    """Days before the due date, the earliest reminder first; -1 is the day after it."""
    business_days: bool
    """Whether a step on a weekend or holiday moves forward to the next business day."""
    open_days: int
    """How long after its due date an obligation is still something to act on."""
    recipients: Mapping[Audience, tuple[int, ...]]
    """Which steps each audience hears of."""
    wording: Mapping[Audience, str] = field(default_factory=lambda: MappingProxyType({}))
    """How that was said where it was not step by step ("from 0"): it stays true when steps are added."""
    counted_in: DayCount = DayCount.CALENDAR
    """What the offsets count."""
    channel: Channel = Channel.MAIL
    bundling: Bundling = Bundling.DIGEST
    text: str = ""
    """A sentence of DPH in front of the line; plain text."""
    may_opt_out: bool = False
    """Whether a reader may opt out: only of courtesies, never where the date has a consequence."""
    is_on: bool = True
    since: Mapping[int, Since] = field(default_factory=lambda: MappingProxyType({}))
    """From when each step has been in force; not part of the data, but of their versions. Empty for "always"."""


Policies = Mapping[ObligationKind, Policy]

_NEEDED = {"offsets", "business_days", "open_days", "recipients"}
_OPTIONAL = {"counted_in", "channel", "bundling", "text", "may_opt_out", "is_on"}
FURTHEST = 730
"""How far from a due date a step can be."""
FURTHEST_BUSINESS = 60
LONGEST_OPEN_BUSINESS = 120
"""Limits where business days count: what is so urgent is neither a quarter ahead nor open for long."""
LONGEST_SHIFT = 3
"""How many days a step moves at most: over a weekend and the holiday beside it."""
MOST_STEPS = 16
LONGEST_TEXT = 300
_FROM = re.compile(r"from (-?\d{1,3})\Z")


def parse_policies(raw: Mapping[str, Any], source: str) -> dict[ObligationKind, Policy]:
    """The policies in `raw`, one for each kind of obligation. Raises `PolicyError`."""
    known = {kind.value for kind in ObligationKind}
    for name in raw:
        if name not in known:
            raise PolicyError(f"{source}: [{name}] is not a kind of obligation; there are {', '.join(sorted(known))}")
    missing = known - set(raw)
    if missing:
        raise PolicyError(f"{source}: there is no policy for {', '.join(sorted(missing))}")
    return {kind: parse_policy(kind, raw[kind.value], f"{source}: [{kind.value}]") for kind in ObligationKind}


def parse_policy(kind: ObligationKind, raw: Mapping[str, Any], where: str) -> Policy:
    """One policy. Raises `PolicyError`."""
    unknown = sorted(set(raw) - _NEEDED - _OPTIONAL)
    if unknown:
        raise PolicyError(f"{where} {unknown[0]} is not known; there are {', '.join(sorted(_NEEDED | _OPTIONAL))}")
    if not set(raw) >= _NEEDED:
        raise PolicyError(f"{where} must have {', '.join(sorted(_NEEDED))}; it has {', '.join(sorted(raw))}")
    counted_in = _one_of(DayCount, raw, "counted_in", DayCount.CALENDAR, where)
    offsets = _steps(raw["offsets"], f"{where} offsets", _furthest(counted_in))
    return Policy(
        kind,
        offsets,
        _flag(raw, "business_days", where),
        _open_days(raw, offsets, counted_in, where),
        _recipients(raw["recipients"], offsets, where),
        wording={Audience(name): said for name, said in raw["recipients"].items() if isinstance(said, str)},
        counted_in=counted_in,
        channel=_one_of(Channel, raw, "channel", Channel.MAIL, where),
        bundling=_one_of(Bundling, raw, "bundling", Bundling.DIGEST, where),
        text=_text(raw.get("text", ""), where),
        may_opt_out=_flag({"may_opt_out": False, **raw}, "may_opt_out", where),
        is_on=_flag({"is_on": True, **raw}, "is_on", where),
    )


def to_raw(policy: Policy) -> dict[str, Any]:
    """The policy as data, as `parse_policy` reads it; `since` is not part of it."""
    return {
        "offsets": list(policy.offsets),
        "business_days": policy.business_days,
        "open_days": policy.open_days,
        "recipients": {
            audience.value: in_words(policy, audience) or list(steps) for audience, steps in policy.recipients.items()
        },
        "counted_in": policy.counted_in.value,
        "channel": policy.channel.value,
        "bundling": policy.bundling.value,
        "text": policy.text,
        "may_opt_out": policy.may_opt_out,
        "is_on": policy.is_on,
    }


def in_words(policy: Policy, audience: Audience) -> str:
    """How the steps of an audience were said, such as "from 0"; empty where they were listed."""
    said = policy.wording.get(audience, "")
    try:
        holds = said and _chosen(said, policy.offsets, "") == policy.recipients[audience]
    except PolicyError:
        return ""
    return said if holds else ""


def _furthest(counted_in: DayCount) -> int:
    return FURTHEST if counted_in is DayCount.CALENDAR else FURTHEST_BUSINESS


def _flag(raw: Mapping[str, Any], name: str, where: str) -> bool:
    if not isinstance(raw[name], bool):
        raise PolicyError(f"{where} {name} must be true or false")
    return bool(raw[name])


def _one_of(choices: type[Choice], raw: Mapping[str, Any], name: str, default: Choice, where: str) -> Choice:
    chosen = raw.get(name, default.value)
    if chosen not in [each.value for each in choices]:
        raise PolicyError(f"{where} {name} must be one of {', '.join(choices)}")
    return choices(chosen)


def _text(raw: Any, where: str) -> str:
    if not isinstance(raw, str) or len(raw) > LONGEST_TEXT or not raw.isprintable() or raw != raw.strip():
        raise PolicyError(f"{where} text must be one line of at most {LONGEST_TEXT} characters")
    return raw


def _open_days(raw: Mapping[str, Any], offsets: tuple[int, ...], counted_in: DayCount, where: str) -> int:
    longest = FURTHEST if counted_in is DayCount.CALENDAR else LONGEST_OPEN_BUSINESS
    open_days = raw["open_days"]
    if not _whole(open_days) or not 0 <= open_days <= longest:
        raise PolicyError(f"{where} open_days must be a whole number from 0 to {longest}")
    last = _last_day(-offsets[-1], counted_in, shifts=raw["business_days"])
    if open_days < last:
        raise PolicyError(
            f"{where} open_days ends before the last reminder, which can go out {last} days after the due date"
        )
    return int(open_days)


def _last_day(after: int, counted_in: DayCount, *, shifts: bool) -> int:
    """How many days after the due date the last step can go out, at the latest."""
    if counted_in is DayCount.BUSINESS and after != 0:
        return 2 * after + 5 if after > 0 else 0  # five business days are a week, with a holiday or two among them
    return after + LONGEST_SHIFT if shifts else after


def _recipients(raw: Any, offsets: tuple[int, ...], where: str) -> dict[Audience, tuple[int, ...]]:
    allowed = {audience.value for audience in Audience if audience is not Audience.FORMER_EMPLOYER}
    if not isinstance(raw, Mapping) or not raw:
        raise PolicyError(f"{where} recipients must name at least one of {', '.join(sorted(allowed))}")
    recipients = {}
    for name, steps in raw.items():
        if name not in allowed:
            raise PolicyError(f"{where} recipients: {name} is not one of {', '.join(sorted(allowed))}")
        chosen = _chosen(steps, offsets, f"{where} recipients.{name}")
        strange = [step for step in chosen if step not in offsets]
        if strange:
            raise PolicyError(f"{where} recipients.{name}: step {strange[0]} is not among the offsets")
        recipients[Audience(name)] = chosen
    return recipients


def _chosen(raw: Any, offsets: tuple[int, ...], where: str) -> tuple[int, ...]:
    """The steps of one audience: all of them, those from one on (how a matter is escalated), or each by its number."""
    if raw == "every step":
        return offsets
    first = _FROM.match(raw) if isinstance(raw, str) else None
    if first is None:
        return _steps(raw, where, FURTHEST)
    if int(first[1]) not in offsets:
        raise PolicyError(f"{where}: step {int(first[1])} is not among the offsets")
    return tuple(step for step in offsets if step <= int(first[1]))


def _steps(raw: Any, where: str, furthest: int) -> tuple[int, ...]:
    if not isinstance(raw, list) or not raw or not all(_whole(step) and abs(step) <= furthest for step in raw):
        raise PolicyError(f"{where} must be a list of whole numbers of days, from -{furthest} to {furthest}")
    if raw != sorted(set(raw), reverse=True):
        raise PolicyError(f"{where} must go from the earliest reminder to the latest, each once")
    if len(raw) > MOST_STEPS:
        raise PolicyError(f"{where} must be at most {MOST_STEPS} steps")
    return tuple(raw)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
