"""Gathering what is on file about parties into the dossiers that the rules judge: of one party, or of all of a kind.

Each part is read in one statement, for however many parties, so that judging a whole population costs as many
statements as judging one of it. What a page reads of one person and what a preview reads of 20,000 is the same code.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, SQLColumnExpression, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.certification import Application, Credential, Decision, Evidence, ItemReview
from certhub.models.parties import (
    Assignment,
    Coordinator,
    Employment,
    ExternalLicence,
    OwnershipStake,
    Party,
    PartyLanguage,
    Practice,
    PracticeSite,
    VendorOrganization,
)
from certhub.models.training import TrainingApproval, TrainingCompletion
from certhub.queries import (
    caseload_filings,
    caseload_use,
    champions,
    credential_status,
    independence,
    orders,
    participations,
    sites,
    submittals,
    training,
)
from certhub.queries.open_applications import UnderJudgement, latest
from certhub.rules.dossier import ENCOUNTER_DATA, CompletionItem, Dossier, EvidenceItem, LicenceItem
from certhub.rules.training_entry import is_approved
from certhub.rules.vocabulary import DecisionOutcome, Discipline, SubjectType, Verdict

Completions = Mapping[int, tuple[CompletionItem, ...]]
Whose = Callable[[SQLColumnExpression[Any]], ColumnElement[bool]]
"""Which parties are meant, as a condition on a column that holds a party's id."""

_Later = aliased(Evidence)
"""Kept, because an alias is dear to make and is made anew for nothing."""

_party = Party.__table__.c
_person = Coordinator.__table__.c
_absorbed = Coordinator.__table__.alias("absorbed").c


class _Word(NamedTuple):
    """A reviewer's word, as one evaluation after another looks it up."""

    application_id: int
    requirement_code: str
    verdict: Verdict
    reason: str
    last_evidence_id: int
    seen_inputs: str


def dossier_of(party: Party, *, application: Application | None, as_of: date) -> Dossier:
    """What is on file about `party` on `as_of`; `application` is the one under judgement."""
    found = gathered(
        party.kind,
        lambda column: column == party.id,
        completions=_completions(party, as_of),
        conflicts={party.id: [one.sentence for one in independence.conflicts(party, as_of)]},
        application=application,
        as_of=as_of,
    )
    return found(party.id, party.discipline if isinstance(party, Coordinator) else None)


def gathered(
    kind: SubjectType,
    whose: Whose,
    *,
    completions: Completions,
    conflicts: Mapping[int, Iterable[str]],
    application: Application | None,
    as_of: date,
) -> Callable[[int, Discipline | None], Dossier]:
    """What is on file about the parties of one kind that `whose` admits; the answer gives each one's dossier.

    Training and breaches of independence are read by the caller, who knows how much of them is needed.
    """
    words = _words(whose)
    evidence = _evidence(whose, application, words)
    licences = _licences(whose) if kind is SubjectType.COORDINATOR else {}
    facts, metrics = _facts(kind, whose), _metrics(kind, whose, as_of)
    # Only a reviewer's word asks whether they have changed, and there is none without an application.
    relationships = _relationships(kind, whose) if application else {}
    employed = _employed_by_certified_vendor(whose, as_of) if kind is SubjectType.COORDINATOR else None
    submitted_on = (application.submitted_on if application else None) or as_of
    waivers = orders.waivers_for(kind, whose, submitted_on=submitted_on)
    open_sites = sites.open_sites_of(whose, as_of) if kind is SubjectType.PRACTICE else {}
    attended = participations.of_people(whose, as_of) if kind is SubjectType.COORDINATOR else {}
    leading = champions.leading_on(whose, as_of) if kind is SubjectType.PRACTICE else {}
    filings = caseload_filings.of_vendors(whose, as_of) if kind is SubjectType.VENDOR else {}
    own_words = latest(words.get(application.id, ())) if application else ()

    def dossier(party_id: int, discipline: Discipline | None) -> Dossier:
        return Dossier(
            subject_type=kind,
            subject_id=party_id,
            discipline=discipline,
            evidence=tuple(evidence.get(party_id, ())),
            completions=completions.get(party_id, ()),
            licences=tuple(licences.get(party_id, ())),
            facts=facts[party_id],
            metrics=metrics.get(party_id, {}),
            conflicts=tuple(conflicts.get(party_id, ())),
            employed_by_certified_vendor=None if employed is None else party_id in employed,
            relationships=tuple(sorted(relationships.get(party_id, ()))),
            sites=tuple(open_sites.get(party_id, ())),
            champions=tuple(leading.get(party_id, ())),
            participations=tuple(attended.get(party_id, ())),
            waivers=waivers.get(party_id, ()),
            filings={ENCOUNTER_DATA: filings.get(party_id, ())} if kind is SubjectType.VENDOR else {},
            words=own_words,
        )

    return dossier


def trained(
    whose: Whose, *, completions: Completions, applications: Mapping[int, UnderJudgement], as_of: date
) -> Callable[[int, Discipline | None], Dossier]:
    """What requirements of training look at, of the coordinators whom `whose` admits: nothing else is read.

    `applications` are those under judgement, by the person. Of the words of their reviewers only what they waive is
    told: what they returned rests on evidence, which is not read.
    """
    facts = _facts(SubjectType.COORDINATOR, whose)
    days = {number: one.application.submitted_on for number, one in applications.items()}
    filed = {number: day for number, day in days.items() if day is not None}
    waivers = orders.waivers_for(SubjectType.COORDINATOR, whose, submitted_on=as_of, filed=filed)

    def dossier(party_id: int, discipline: Discipline | None) -> Dossier:
        own_words = applications[party_id].words if party_id in applications else ()
        return Dossier(
            subject_type=SubjectType.COORDINATOR,
            subject_id=party_id,
            discipline=discipline,
            completions=completions.get(party_id, ()),
            facts=facts[party_id],
            waivers=waivers.get(party_id, ()),
            words=tuple(one for one in own_words if one.verdict is Verdict.WAIVED),
        )

    return dossier


def _words(whose: Whose) -> dict[int, list[_Word]]:
    """Every word of the reviewers on the parties' applications, by application, oldest first."""
    found: defaultdict[int, list[_Word]] = defaultdict(list)
    one = ItemReview
    columns = one.application_id, one.requirement_code, one.verdict, one.reason
    rows = db.session.execute(
        select(*columns, func.coalesce(one.last_evidence_id, 0), one.seen_inputs)
        .join(Application, Application.id == one.application_id)
        .where(whose(Application.party_id))
        .order_by(one.id)
    )
    for row in rows:
        found[row[0]].append(_Word(*row))
    return found


def _evidence(
    whose: Whose, application: Application | None, words: Mapping[int, Iterable[_Word]]
) -> dict[int, list[EvidenceItem]]:
    """Evidence that no later one supersedes, by party, oldest first, each with the reviewer's word on it."""
    statement = (
        select(
            Evidence.id,
            func.coalesce(_person.merged_into_id, Evidence.party_id).label("party_id"),
            Evidence.application_id,
            Evidence.requirement_code,
            Evidence.value,
            Evidence.occurred_on,
            Evidence.expires_on,
            Evidence.file_id,
            Evidence.recorded_at,
        )
        .outerjoin(Coordinator.__table__, _person.id == Evidence.party_id)
        .where(
            _of_record(whose, Evidence.party_id),
            Evidence.withdrawn.is_(False),
            ~select(_Later.id).where(_Later.supersedes_id == Evidence.id).exists(),
        )
        .order_by(Evidence.id)
    )
    # The application under judgement speaks last: its reviewer may return what an earlier one accepted.
    mine = application.id if application else 0
    latest = {(one.application_id, one.requirement_code): one for spoken in words.values() for one in spoken}
    granted_at = _latest_grants(whose, but_not=mine)
    found: defaultdict[int, list[EvidenceItem]] = defaultdict(list)
    for row in db.session.execute(submittals.with_verdicts(statement)):
        own = latest.get((mine, row.requirement_code))
        earlier = latest.get((row.application_id or 0, row.requirement_code))
        granted = granted_at.get(row.party_id)
        found[row.party_id].append(
            EvidenceItem(
                id=row.id,
                requirement=row.requirement_code,
                value=row.value,
                occurred_on=row.occurred_on,
                expires_on=row.expires_on,
                has_file=row.file_id is not None,
                verdict=row.handed_in
                if row.handed_in and not (own and own.last_evidence_id >= row.id)
                # What DPH records outside any application waits for nobody, but a reviewer may still return it.
                else Verdict.ACCEPTED
                if row.application_id is None and own is None
                else _verdict_on(row.id, own if own and own.last_evidence_id >= row.id else earlier),
                for_earlier_term=(
                    granted is not None
                    and row.application_id != mine
                    and (row.application_id is None or row.recorded_at <= granted)
                ),
            )
        )
    return found


def _of_record(whose: Whose, column: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Evidence never moves: what a record of the same person brought along is read where it was written."""
    absorbed = select(_absorbed.id).where(_absorbed.merged_into_id.is_not(None), whose(_absorbed.merged_into_id))
    return or_(whose(column), column.in_(absorbed))


def _verdict_on(evidence_id: int, word: _Word | None) -> Verdict:
    """What a word on a requirement says of one piece of evidence: a waiver does not look at it."""
    if word is None or word.last_evidence_id < evidence_id or word.verdict is Verdict.WAIVED:
        return Verdict.PENDING
    return word.verdict


def _latest_grants(whose: Whose, *, but_not: int) -> dict[int, datetime]:
    """When an application of each party was approved last, apart from the one under judgement."""
    statement = (
        select(Application.party_id, func.max(Decision.decided_at))
        .join(Application, Application.id == Decision.application_id)
        .where(whose(Application.party_id), Decision.outcome == DecisionOutcome.APPROVED, Application.id != but_not)
        .group_by(Application.party_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _completions(party: Party, as_of: date) -> Completions:
    if party.kind is not SubjectType.COORDINATOR:
        return {}
    rows = db.session.execute(
        select(TrainingCompletion, TrainingApproval.approved)
        .outerjoin(TrainingApproval, training.latest_word())
        .where(
            TrainingCompletion.coordinator_id == party.id,
            TrainingCompletion.superseded_at.is_(None),
            TrainingCompletion.withdrawn.is_(False),
            TrainingCompletion.completed_on <= as_of,
        )
        .order_by(TrainingCompletion.completed_on, TrainingCompletion.id)
    )
    return {party.id: tuple(completion_item(row, found=found) for row, found in rows)}


def completion_item(row: Any, *, found: bool | None) -> CompletionItem:
    """A completion as the rules see it; `found` is the reviewer's latest word on its approval."""
    return CompletionItem(
        id=row.id,
        title=row.title,
        completed_on=row.completed_on,
        hours=_hours(row.minutes),
        category=row.category,
        course_code=row.course_code,
        provider_approved=is_approved(said=row.provider_approved, found=found),
        score=None if row.score is None else Decimal(row.score),
        provider=row.provider,
        rejected=found is False,
    )


@lru_cache(maxsize=1024)
def _hours(minutes: int) -> Decimal:
    """Minutes as hours; a list has tens of thousands of them, and few are different."""
    return Decimal(minutes) / 60


def _licences(whose: Whose) -> dict[int, list[LicenceItem]]:
    rows = db.session.execute(
        select(
            ExternalLicence.coordinator_id,
            ExternalLicence.kind,
            ExternalLicence.number,
            ExternalLicence.expires_on,
            ExternalLicence.status,
            ExternalLicence.verified_on,
        )
        .where(whose(ExternalLicence.coordinator_id), ExternalLicence.superseded_at.is_(None))
        .order_by(ExternalLicence.id)
    )
    found: defaultdict[int, list[LicenceItem]] = defaultdict(list)
    for coordinator_id, kind, number, expires_on, status, verified_on in rows:
        found[coordinator_id].append(LicenceItem(kind, number, expires_on, status, verified_on))
    return found


def _facts(kind: SubjectType, whose: Whose) -> defaultdict[int, dict[str, Any]]:
    facts: defaultdict[int, dict[str, Any]] = defaultdict(lambda: {"languages": []})
    languages = (
        select(PartyLanguage.party_id, PartyLanguage.code)
        .join(Party.__table__, _party.id == PartyLanguage.party_id)
        .where(_party.kind == kind, whose(PartyLanguage.party_id))
        .order_by(PartyLanguage.party_id, PartyLanguage.code)
    )
    for party_id, code in db.session.execute(languages):
        facts[party_id]["languages"].append(code)
    if kind is SubjectType.VENDOR:
        vendor = VendorOrganization.__table__.c
        first = select(func.min(Credential.granted_on)).where(Credential.party_id == vendor.id).scalar_subquery()
        coded = select(vendor.id, vendor.vendor_code, first).where(whose(vendor.id))
        for party_id, code, first_granted_on in db.session.execute(coded):
            granted_then = {"first_granted_on": first_granted_on.isoformat()} if first_granted_on else {}
            facts[party_id] |= {"vendor_code": code} | granted_then
        return facts  # in one statement: a vendor's first page has a limit
    if kind is SubjectType.PRACTICE:
        practice = Practice.__table__.c
        moved = aliased(PracticeSite)
        places = (
            select(func.count(PracticeSite.id))
            .where(
                PracticeSite.practice_id == practice.id,
                PracticeSite.superseded_at.is_(None),
                ~exists().where(moved.moved_from_id == PracticeSite.id),
            )
            .scalar_subquery()
        )
        for party_id, npi, count in db.session.execute(
            select(practice.id, practice.npi, places).where(whose(practice.id))
        ):
            facts[party_id] |= {"npi": npi, "sites": count}
    granted = (
        select(Credential.party_id, func.min(Credential.granted_on))
        .where(whose(Credential.party_id), Credential.subject_type == kind)
        .group_by(Credential.party_id)
    )
    for party_id, first_granted_on in db.session.execute(granted):
        facts[party_id]["first_granted_on"] = first_granted_on.isoformat()
    return facts


def _metrics(kind: SubjectType, whose: Whose, as_of: date) -> dict[int, dict[str, Decimal]]:
    """The figures that can be computed from what is on file."""
    if kind is SubjectType.COORDINATOR:
        return caseload_use.figures(whose(Employment.coordinator_id), as_of)
    if kind is not SubjectType.VENDOR:
        return {}
    certified = exists(
        select(Credential.id).where(
            Credential.party_id == Assignment.coordinator_id,
            credential_status.is_authorized(credential_status.status_column(Credential.id, as_of=as_of)),
        )
    )
    rows = db.session.execute(
        select(Assignment.vendor_id, func.count(case((~certified, 1))))
        .where(
            whose(Assignment.vendor_id),
            Assignment.superseded_at.is_(None),
            Assignment.starts_on <= as_of,
            or_(Assignment.ends_on.is_(None), Assignment.ends_on >= as_of),
        )
        .group_by(Assignment.vendor_id)
    )
    return {vendor_id: {"assignments_without_credential": Decimal(without)} for vendor_id, without in rows}


def _relationships(kind: SubjectType, whose: Whose) -> dict[int, list[str]]:
    """One line for each employment, assignment and ownership that stands, ended or not."""
    lines: defaultdict[int, list[str]] = defaultdict(list)
    if kind is SubjectType.TRAINING_PROGRAM:
        return lines
    party_of = independence.PARTY_OF_ASSIGNMENT[kind]
    assignments = select(
        party_of,
        Assignment.coordinator_id,
        Assignment.practice_id,
        Assignment.vendor_id,
        Assignment.starts_on,
        Assignment.ends_on,
    ).where(whose(party_of), Assignment.superseded_at.is_(None))
    for party_id, *row in db.session.execute(assignments):
        lines[party_id].append("assignment {} {} {} {} {}".format(*row))
    if kind is SubjectType.COORDINATOR:
        spells = select(
            Employment.coordinator_id,
            Employment.employer_id,
            Employment.kind,
            Employment.starts_on,
            Employment.ends_on,
        ).where(whose(Employment.coordinator_id), Employment.superseded_at.is_(None))
        for party_id, employer_id, engaged, starts_on, ends_on in db.session.execute(spells):
            lines[party_id].append(f"employment {employer_id} {engaged.value} {starts_on} {ends_on}")
    else:
        stakes = select(
            OwnershipStake.party_id,
            OwnershipStake.group_id,
            OwnershipStake.percent,
            OwnershipStake.starts_on,
            OwnershipStake.ends_on,
        ).where(whose(OwnershipStake.party_id))
        for party_id, *row in db.session.execute(stakes):
            lines[party_id].append("stake {} {} {} {}".format(*row))
    return lines


def _employed_by_certified_vendor(whose: Whose, as_of: date) -> frozenset[int]:
    """Those of the coordinators who work on `as_of` for a vendor with a credential that is in force; one statement."""
    then = (
        whose(Employment.coordinator_id),
        Employment.superseded_at.is_(None),
        Employment.starts_on <= as_of,
        (Employment.ends_on.is_(None)) | (Employment.ends_on >= as_of),
    )
    in_force = (
        select(Credential.party_id)
        .join(VendorOrganization, VendorOrganization.id == Credential.party_id)
        .where(
            Credential.party_id.in_(select(Employment.employer_id).where(*then)),  # few, whose status is then asked for
            credential_status.is_authorized(credential_status.status_column(Credential.id, as_of=as_of)),
        )
    )
    return frozenset(
        db.session.scalars(select(Employment.coordinator_id).where(*then, Employment.employer_id.in_(in_force)))
    )
