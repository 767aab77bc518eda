"""Audits of continuing education: the population of a draw, the draws, and the requests to holders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, defer, joinedload

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.ce_audits import CeAudit, CeProof, CeResult, CeSelection
from certhub.models.certification import Application, Credential, Decision
from certhub.models.parties import Employment, Party
from certhub.models.standards import StandardSet
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, party_visible, sees_everything
from certhub.rules import ce_audit
from certhub.rules.ce_audit import CeOutcome
from certhub.rules.permissions import Viewer
from certhub.rules.vocabulary import ApplicationKind, DecisionOutcome, SubjectType


@dataclass(frozen=True, slots=True)
class Renewed:
    """A renewal that belongs to a population."""

    number: str
    credential_id: int
    application_id: int
    party_id: int


@dataclass(frozen=True, slots=True)
class SelectedRow:
    """Somebody whom a draw has selected, with how it stands."""

    id: int
    place: int
    number: str
    party_id: int
    name: str
    due_on: date
    proofs: int
    outcome: CeOutcome | None


@dataclass(frozen=True, slots=True)
class Again:
    """What drawing again found: the same population by hash, on record as it was known, and the same sample."""

    hash: str
    hash_equal: bool
    on_record_equal: bool
    sample: tuple[str, ...]
    sample_equal: bool

    @property
    def equal(self) -> bool:
        """Whether all of it is as it was drawn."""
        return self.hash_equal and self.on_record_equal and self.sample_equal


def population(standard_id: int, first: date, last: date, *, known_at: datetime) -> dict[str, Renewed]:
    """The renewals approved in some days under a standard, as known at an instant, by credential number.

    A credential that was renewed twice in these days is in the population once, with its later renewal.
    """
    rows = db.session.execute(
        select(Credential.number, Credential.id, Application.id, Credential.party_id)
        .select_from(Decision)
        .join(Application, Application.id == Decision.application_id)
        .join(Credential, Credential.id == Application.credential_id)
        .where(
            Application.kind == ApplicationKind.RENEWAL,
            Application.standard_id == standard_id,
            Decision.outcome == DecisionOutcome.APPROVED,
            Decision.decided_on.between(first, last),
            Decision.decided_at <= known_at,
        )
        .order_by(Decision.decided_at, Decision.id)
    )
    return {row.number: Renewed(*row) for row in rows}


def standards() -> list[StandardSet]:
    """The standards whose renewals ask for continuing education: those for coordinators."""
    return list(
        db.session.scalars(
            select(StandardSet).where(StandardSet.subject_type == SubjectType.COORDINATOR).order_by(StandardSet.code)
        )
    )


def drawn_before(standard_id: int, first: date, last: date) -> tuple[date, date] | None:
    """The first and the last day of a draw that has some of these days already."""
    found = db.session.execute(
        select(CeAudit.decided_from, CeAudit.decided_to)
        .where(CeAudit.standard_id == standard_id, CeAudit.decided_from <= last, CeAudit.decided_to >= first)
        .order_by(CeAudit.decided_from)
        .limit(1)
    ).first()
    return None if found is None else (found.decided_from, found.decided_to)


def page(viewer: Viewer, *, cursor: str | None = None) -> Page[CeAudit]:
    """The draws, the latest first; for DPH."""
    statement = (
        select(CeAudit)
        .options(defer(CeAudit.population))  # thousands of numbers in each
        .where(CeAudit.id.is_not(None) if sees_everything(viewer) else CeAudit.id.is_(None))
    )
    return paged(statement, [CeAudit.id], lambda row: row[0], cursor=cursor, newest_first=True)


def one(viewer: Viewer, ce_audit_id: int) -> CeAudit:
    """A draw; for DPH. Raises `NotVisible`."""
    found = db.session.get(CeAudit, ce_audit_id, options=[joinedload(CeAudit.drawn_by)])
    if found is None or not sees_everything(viewer):
        raise NotVisible(ce_audit_id)
    return found


def selected(viewer: Viewer, audit: CeAudit) -> list[SelectedRow]:
    """Who was drawn, in the order of the draw."""
    statement = _selected(viewer).where(CeSelection.ce_audit_id == audit.id).order_by(CeSelection.place)
    return [_row(row) for row in db.session.execute(statement)]


def requests(viewer: Viewer, *, cursor: str | None = None) -> Page[SelectedRow]:
    """The requests to a coordinator, or to the people of a vendor, the latest first."""
    return paged(_selected(viewer), [CeSelection.id], _row, cursor=cursor, newest_first=True)


def selection(viewer: Viewer, selection_id: int) -> CeSelection:
    """One holder's request. Raises `NotVisible`."""
    found = db.session.scalar(
        select(CeSelection)
        .options(joinedload(CeSelection.ce_audit), joinedload(CeSelection.credential), joinedload(CeSelection.party))
        .where(CeSelection.id == selection_id, party_visible(viewer, CeSelection.__table__.c.party_id))
    )
    if found is None:
        raise NotVisible(selection_id)
    return found


def proofs(selection: CeSelection) -> Sequence[CeProof]:
    """The papers that were handed in, the latest first."""
    return db.session.scalars(
        select(CeProof)
        .options(joinedload(CeProof.file), joinedload(CeProof.provided_by))
        .where(CeProof.selection_id == selection.id)
        .order_by(CeProof.id.desc())
    ).all()


def results(selection: CeSelection) -> Sequence[CeResult]:
    """What reviewers said, the latest first: it counts."""
    return db.session.scalars(
        select(CeResult)
        .options(joinedload(CeResult.reviewer))
        .where(CeResult.selection_id == selection.id)
        .order_by(CeResult.id.desc())
    ).all()


def again(audit: CeAudit) -> Again:
    """The draw repeated from what was frozen, and its population from what was on record then."""
    frozen = [str(number) for number in audit.population]
    on_record = population(audit.standard_id, audit.decided_from, audit.decided_to, known_at=audit.known_at)
    sample = ce_audit.draw(frozen, audit.seed, audit.size)
    drawn = db.session.scalars(
        select(Credential.number)
        .join(CeSelection, CeSelection.credential_id == Credential.id)
        .where(CeSelection.ce_audit_id == audit.id)
        .order_by(CeSelection.place)
    ).all()
    hashed = ce_audit.population_hash(frozen)
    return Again(
        hash=hashed,
        hash_equal=hashed == audit.population_hash,
        on_record_equal=list(ce_audit.frozen_population(on_record)) == frozen,
        sample=sample,
        sample_equal=sample == tuple(drawn),
    )


def readers(party: Party, *, on: date) -> dict[str, str]:
    """Who is written to about a holder: the person, and the accounts of the vendors that employ them, by e-mail.

    A vendor without an account is written to at its business e-mail.
    """
    employer, vendor = aliased(Employment), Party.__table__.alias("vendor_party")
    rows = db.session.execute(
        select(vendor.c.email, vendor.c.name, User.email, User.name)
        .select_from(employer)
        .join(vendor, vendor.c.id == employer.employer_id)
        .outerjoin(User, and_(User.party_id == vendor.c.id, User.deactivated_at.is_(None)))
        .where(
            employer.coordinator_id == party.id,
            employer.superseded_at.is_(None),
            employer.starts_on <= on,
            or_(employer.ends_on.is_(None), employer.ends_on >= on),
            vendor.c.kind == SubjectType.VENDOR,
        )
        .order_by(vendor.c.id, User.id)
    ).all()
    found = {party.email: party.name} if party.email else {}
    for office, office_name, email, name in rows:
        if email or office:
            found.setdefault(email or office, name or office_name)
    return found


def _row(row: Row[*tuple[Any, ...]]) -> SelectedRow:
    return SelectedRow(*row[:8])


def _selected(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    later = aliased(CeResult)
    outcome = (
        select(CeResult.outcome)
        .where(CeResult.selection_id == CeSelection.id, ~exists().where(later.supersedes_id == CeResult.id))
        .scalar_subquery()
    )
    handed_in = select(func.count()).where(CeProof.selection_id == CeSelection.id).scalar_subquery()
    party = Party.__table__.c
    return (
        select(
            CeSelection.id, CeSelection.place, Credential.number, CeSelection.party_id, party.name, CeAudit.due_on,
            handed_in, outcome,
        )
        .select_from(CeSelection)
        .join(CeAudit, CeAudit.id == CeSelection.ce_audit_id)
        .join(Credential, Credential.id == CeSelection.credential_id)
        .join(Party, party.id == CeSelection.party_id)
        .where(party_visible(viewer, CeSelection.__table__.c.party_id))
    )  # fmt: skip
