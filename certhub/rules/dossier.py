"""Everything that an evaluation may look at, as frozen values: what is on file about one subject on one day.

The database is read into a `Dossier` by `queries.dossiers`; the rules never see a row. Because a dossier is all that
the rules see, hashing it (`rules.evaluation.inputs_hash`) proves later what a decision was made on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from certhub.rules.champions import ChampionRole
from certhub.rules.orders import WaiverInForce
from certhub.rules.vocabulary import ApplicationKind, Discipline, SubjectType, Verdict


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One piece of evidence, not superseded by a later one.

    `value` holds what the requirement's kind asks for (for example `{"document_type": "w9"}` or
    `{"registry": "leie", "result": "clear"}`); dates are ISO strings inside it. `verdict` is the reviewer's
    latest word on it. `for_earlier_term` says that it was given before the decision that granted the term which now
    runs, and for another application than the one under judgement: what is signed anew for each term is used up. So is
    what was signed without an application, because a fact had changed in the middle of a term.
    """

    id: int
    requirement: str
    value: Mapping[str, Any]
    occurred_on: date | None = None
    expires_on: date | None = None
    has_file: bool = False
    verdict: Verdict = Verdict.PENDING
    for_earlier_term: bool = False


@dataclass(frozen=True, slots=True)
class ItemWord:
    """The reviewer's latest word on one requirement of the application under judgement.

    `seen_inputs` is the hash of what a returned requirement was judged by (`requirement_kinds.inputs_of`): it counts as
    returned while that stays the same.
    """

    requirement: str
    verdict: Verdict
    reason: str = ""
    seen_inputs: str = ""


@dataclass(frozen=True, slots=True)
class CompletionItem:
    """One completed training activity; `hours` are contact hours, `category` one of the training categories.

    `rejected` says that a reviewer found it not approved: it counts for nothing.
    """

    id: int
    title: str
    completed_on: date
    hours: Decimal
    category: str
    course_code: str | None = None
    provider_approved: bool = True
    score: Decimal | None = None
    provider: str = ""
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class ParticipationItem:
    """An event at which DPH recorded the subject; `id` is the event's own number, `event_type` as standards name it."""

    id: int
    event_type: str
    title: str
    occurred_on: date


ENCOUNTER_DATA = "encounter data"
"""What vendors send in each month, as standards name it: their caseload reports."""


@dataclass(frozen=True, slots=True)
class FiledPeriod:
    """A period for which something had to be filed with CertHub itself; `filed_on` is None while it is missing."""

    period_end: date
    due_on: date
    filed_on: date | None


@dataclass(frozen=True, slots=True)
class LicenceItem:
    """An external licence or certificate that the subject holds (RN, LICSW, CCM ...)."""

    kind: str
    number: str
    expires_on: date | None
    status: str
    verified_on: date | None


@dataclass(frozen=True, slots=True)
class SiteItem:
    """An open site of a practice, with its name and address on one line.

    `id` is the number under which the place was first recorded; a corrected address keeps it.
    """

    id: int
    words: str


@dataclass(frozen=True, slots=True)
class ChampionItem:
    """Somebody who leads the work in a practice on the day of the judgement."""

    role: ChampionRole
    name: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known about a subject when it is judged.

    `facts` carries plain attributes of the party by name (for example `npi`, `vendor_code`), `metrics` computed
    numbers (for example `caseload_utilisation`), and `conflicts` the sentences of `rules.independence`, one per breach.
    `employed_by_certified_vendor` is None where the question does not arise (every subject but a coordinator).
    `relationships` has one line for each employment, assignment and ownership of the party, and `words` one word for
    each requirement that a reviewer has spoken on in the application under judgement. `waivers` has one line for each
    requirement that an order of the Board waives for an application submitted on the day of this one. `sites` are those
    of a practice that are open on the day, `champions` those who lead its work then. `participations` are the events
    that the subject attended, as DPH recorded it. `filings` are what the subject files with CertHub itself, by what it
    is, the latest period first; a period that is not among them was not owed.
    """

    subject_type: SubjectType
    subject_id: int
    discipline: Discipline | None = None
    evidence: tuple[EvidenceItem, ...] = ()
    completions: tuple[CompletionItem, ...] = ()
    licences: tuple[LicenceItem, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Decimal] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()
    employed_by_certified_vendor: bool | None = None
    relationships: tuple[str, ...] = ()
    words: tuple[ItemWord, ...] = ()
    waivers: tuple[WaiverInForce, ...] = ()
    sites: tuple[SiteItem, ...] = ()
    champions: tuple[ChampionItem, ...] = ()
    participations: tuple[ParticipationItem, ...] = ()
    filings: Mapping[str, tuple[FiledPeriod, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why and when the subject is judged.

    `as_of` is the day of the judgement. `term_start` and `term_end` are the first and last day of the term that is
    asked for. `previous_expiry` is the last day of the term before it, for a renewal; `previous_start` its first day:
    windows "before expiry" are measured back from `previous_expiry`, and from `as_of` where there is none.
    `filed_on` is the day of the first complete filing, None before it: whether a renewal is late is a question of that
    day, however late it is decided.
    """

    as_of: date
    kind: ApplicationKind
    term_start: date
    term_end: date
    previous_start: date | None = None
    previous_expiry: date | None = None
    filed_on: date | None = None

    @property
    def is_late(self) -> bool:
        """Whether this is a renewal that is filed after the last day of the term that it renews."""
        if self.kind is not ApplicationKind.RENEWAL or self.previous_expiry is None:
            return False
        return (self.filed_on or self.as_of) > self.previous_expiry
