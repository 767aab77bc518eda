"""What is exposed when a link of the chain breaks: which assignments, by which links, and on which days.

An assignment hangs on a chain: the vendor's certification, the contract that it is made under, the coordinator's
employment at the vendor, the coordinator's credential, and the practice's commitment. Each link must hold on every day
of the assignment. A link is broken where its status does not authorize (`rules.status`): grace does not, a renewal that
was filed in time does. A party that never held a credential is without the link from the first day of the assignment.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from certhub.rules.independence import Span
from certhub.rules.status import History, explain_status, is_authorized, status_on
from certhub.rules.terms import ONE_DAY, written
from certhub.rules.vocabulary import CredentialStatus


class Link(StrEnum):
    """The links from the vendor down to the practice, in the order of the chain."""

    VENDOR_CERTIFICATION = "vendor-certification"
    CONTRACT = "contract"
    EMPLOYMENT = "employment"
    CREDENTIAL = "credential"
    COMMITMENT = "commitment"


LINK_LABELS: dict[Link, str] = {
    Link.VENDOR_CERTIFICATION: "Vendor certification",
    Link.CONTRACT: "Contract",
    Link.EMPLOYMENT: "Employment",
    Link.CREDENTIAL: "Coordinator credential",
    Link.COMMITMENT: "Practice commitment",
}

_WORDS: dict[Link, str] = {
    Link.VENDOR_CERTIFICATION: "{vendor} is without a certification in force",
    Link.CONTRACT: "{vendor} is without a contract in force for this assignment",
    Link.EMPLOYMENT: "{coordinator} is without an employment at {vendor}",
    Link.CREDENTIAL: "{coordinator} is without a credential in force",
    Link.COMMITMENT: "{practice} is without a commitment in force",
}


class Reader(StrEnum):
    """For whom an exposure is told."""

    DEPARTMENT = "department"
    VENDOR = "vendor"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Chain:
    """An assignment with all that it hangs on; each party's credentials as their histories."""

    assignment: Span
    coordinator: str
    practice: str
    vendor: str
    contract: tuple[Span, ...] = ()
    employments: tuple[Span, ...] = ()
    certification: tuple[History, ...] = ()
    credential: tuple[History, ...] = ()
    commitment: tuple[History, ...] = ()


@dataclass(frozen=True, slots=True)
class Break:
    """The days of an assignment on which a link is broken; `to_on` is the last, None while no end is known.

    A practice is told of a break without the link: `link` is None then.
    """

    link: Link | None
    from_on: date
    to_on: date | None
    sentence: str
    because: str = ""

    def on(self, day: date) -> bool:
        """Whether the link is broken on `day`."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


_SPANS: dict[Link, Callable[[Chain], tuple[Span, ...]]] = {
    Link.CONTRACT: lambda chain: chain.contract,
    Link.EMPLOYMENT: lambda chain: chain.employments,
}
"""The links that hold on plain days; the others have a history."""


def breaks_of(chain: Chain, links: Collection[Link] = tuple(Link)) -> tuple[Break, ...]:
    """Each break of some links in the days of the assignment, past ones too, the earliest first."""
    found = [_break(chain, link, span) for link in Link if link in links for span in _without(chain, link)]
    return tuple(sorted(found, key=lambda one: one.from_on))  # sorting is stable: the order of the chain stays


def exposure_on(chain: Chain, day: date, links: Collection[Link] = tuple(Link)) -> tuple[Break, ...]:
    """The breaks of some links that stand on `day`, the earliest first: its first day is that of the exposure."""
    return tuple(one for one in breaks_of(chain, links) if one.on(day))


def breaks_of_correction(chain: Chain, on: date) -> tuple[Break, ...]:
    """The breaks that a correction recorded on a day can bring about or end, the earliest first.

    A term that runs out later as planned is no consequence of it, for it may be renewed until then, and neither is a
    credential that may be granted until then. An employment that ends, or a status that bars the holder, is.
    """
    return tuple(one for one in breaks_of(chain) if not may_be_held_by_then(chain, one, on))


def as_read_by(
    reader: Reader, breaks: tuple[Break, ...], *, coordinator: str, practice: str, vendor: str
) -> tuple[Break, ...]:
    """What `reader` may read of breaks that stand on one day.

    A vendor does not read how the credential stands of somebody who no longer works for it. A practice reads its own
    commitment, and of all else that the coordinator is not cleared and since when: why is between the person, the
    vendor and DPH.
    """
    if reader is Reader.VENDOR and any(one.link is Link.EMPLOYMENT for one in breaks):
        return tuple(one for one in breaks if one.link is not Link.CREDENTIAL)
    if reader is not Reader.PRACTICE:
        return breaks
    own = [one for one in breaks if one.link is Link.COMMITMENT]
    others = [one for one in breaks if one.link is not Link.COMMITMENT]
    if others:
        first = min(one.from_on for one in others)
        sentence = f"{coordinator} is not cleared to work with {practice} from {written(first)} on."
        own.append(Break(None, first, None, sentence, f"Ask {vendor} who can take over."))
    return tuple(sorted(own, key=lambda one: one.from_on))


def may_be_held_by_then(chain: Chain, found: Break, on: date) -> bool:
    """Whether what is broken from a later day on may be renewed or granted between `on` and that day."""
    if found.link is None or found.link is Link.EMPLOYMENT or found.from_on <= on:
        return False
    if found.link is Link.CONTRACT:
        # It may be renewed until its last day, also before it has begun; one that is over may not.
        return any(span.to_on is None or on <= span.to_on for span in chain.contract)
    histories = _histories(chain, found.link)
    ran_out = (CredentialStatus.IN_GRACE, CredentialStatus.EXPIRED)
    return not histories or any(status_on(history, found.from_on) in ran_out for history in histories)


def _without(chain: Chain, link: Link) -> Iterable[Span]:
    """The longest stretches of days of the assignment without `link`."""
    days = chain.assignment
    turns = sorted({days.from_on, *(day for day in _turns(chain, link) if _within(days, day))})
    since: date | None = None
    for day in turns:
        holds = _holds(chain, link, day)
        if holds and since is not None:
            yield Span(since, day - ONE_DAY)
            since = None
        elif not holds and since is None:
            since = day
    if since is not None:
        yield Span(since, days.to_on)


def _holds(chain: Chain, link: Link, day: date) -> bool:
    if link in _SPANS:
        return any(_within(spell, day) for spell in _SPANS[link](chain))
    return any(is_authorized(status_on(history, day)) for history in _histories(chain, link))


def _histories(chain: Chain, link: Link) -> tuple[History, ...]:
    held = {
        Link.VENDOR_CERTIFICATION: chain.certification,
        Link.CREDENTIAL: chain.credential,
        Link.COMMITMENT: chain.commitment,
    }
    return held[link]


def _turns(chain: Chain, link: Link) -> Iterable[date]:
    """The days on which the link can begin or cease to hold."""
    if link in _SPANS:
        for spell in _SPANS[link](chain):
            yield spell.from_on
            if spell.to_on is not None:
                yield spell.to_on + ONE_DAY
        return
    for history in _histories(chain, link):
        for period in history.periods:
            yield from (period.starts_on, period.expires_on + ONE_DAY)
        for event in history.events:
            yield event.effective_on
            if event.ends_on is not None:
                yield event.ends_on + ONE_DAY
        yield from (renewal.closed_on for renewal in history.renewals if renewal.closed_on is not None)


def _within(span: Span, day: date) -> bool:
    return span.from_on <= day and (span.to_on is None or day <= span.to_on)


def _break(chain: Chain, link: Link, span: Span) -> Break:
    what = _WORDS[link].format(vendor=chain.vendor, coordinator=chain.coordinator, practice=chain.practice)
    until = "on" if span.to_on is None else f"through {written(span.to_on)}"
    return Break(
        link, span.from_on, span.to_on, f"{what} from {written(span.from_on)} {until}.", _because(chain, link, span)
    )


def _because(chain: Chain, link: Link, broken: Span) -> str:
    if link is Link.CONTRACT:
        over = [span.to_on for span in chain.contract if span.to_on is not None and span.to_on < broken.from_on]
        return f"Its last day in force was {written(max(over))}." if over else "It is not in force yet."
    if link is Link.EMPLOYMENT:
        ended = [spell.to_on for spell in chain.employments if spell.to_on is not None and spell.to_on < broken.from_on]
        return f"The last day of work was {written(max(ended))}." if ended else "No employment is on file."
    histories = _histories(chain, link)
    if not histories:
        return "None was ever granted."
    return " ".join(explain_status(_without_grace(history), broken.from_on) for history in histories)


def _without_grace(history: History) -> History:
    """The same credential without the days of grace, which do not authorize: their end would read like a promise."""
    return replace(history, periods=tuple(replace(term, grace_until=term.expires_on) for term in history.periods))
