"""What holders handed in between applications: of one credential, or all that waits for DPH."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, and_, case, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from certhub.database import db
from certhub.models.certification import Credential, Evidence
from certhub.models.parties import Party
from certhub.models.submittals import Submittal, SubmittalReview
from certhub.queries import standards
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, credential_visible, party_visible
from certhub.rules.permissions import Viewer
from certhub.rules.standard import Requirement
from certhub.rules.submittals import SubmittalState, state_of
from certhub.rules.vocabulary import Verdict

_KEYS: tuple[InstrumentedAttribute[Any], ...] = (Submittal.due_on, Submittal.id)
_MOST_SHOWN = 50

_Given, _Back = aliased(Submittal), aliased(Evidence)
_Word, _LaterWord = aliased(SubmittalReview), aliased(SubmittalReview)
"""Kept, because an alias is dear to make and every judgement asks for these."""


@dataclass(frozen=True, slots=True)
class SubmittalView:
    """What was handed in, the requirement that it is for, how it stands, and the reviewers' words, newest first."""

    submittal: Submittal
    requirement: Requirement
    state: SubmittalState
    reviews: list[SubmittalReview]

    @property
    def word(self) -> SubmittalReview | None:
        """The word that counts; None while nobody has looked at it."""
        return self.reviews[0] if self.reviews else None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One line of what waits for DPH."""

    id: int
    party: str
    number: str
    requirement_code: str
    handed_in_on: date
    due_on: date
    expires_on: date | None


def one(viewer: Viewer, submittal_id: int) -> SubmittalView:
    """What was handed in under one number. Raises `NotVisible`."""
    found = db.session.scalar(
        _whole().where(
            Submittal.id == submittal_id,
            Submittal.credential_id.in_(select(Credential.id).where(credential_visible(viewer))),
        )
    )
    if found is None:
        raise NotVisible(submittal_id)
    return _views([found])[0]


def of_credential(credential: Credential) -> list[SubmittalView]:
    """What was handed in for a credential that the viewer sees, the newest first; at most 50."""
    statement = _whole().where(Submittal.credential_id == credential.id)
    return _views(list(db.session.scalars(statement.order_by(Submittal.id.desc()).limit(_MOST_SHOWN))))


def earlier(viewer: Viewer, evidence_id: int) -> Evidence:
    """Evidence of a holder, which runs out and wants a newer one. Raises `NotVisible`."""
    found = db.session.scalar(
        select(Evidence).where(Evidence.id == evidence_id, party_visible(viewer, Evidence.__table__.c.party_id))
    )
    if found is None:
        raise NotVisible(evidence_id)
    return found


def as_it_stands(submittal: Submittal) -> SubmittalView:
    """What was handed in as it stands in this moment, for whoever holds its lock."""
    return _views([submittal])[0]


def page(viewer: Viewer, *, cursor: str | None = None) -> Page[WaitingRow]:
    """What waits for a reviewer, the nearest date first."""
    return paged(_waiting(viewer), _KEYS, _row, cursor=cursor)


def waiting(viewer: Viewer, *, on: date) -> tuple[int, int]:
    """How much waits for a reviewer, and how much of it for longer than it should."""
    rows = _waiting(viewer).subquery()
    late = select(func.count()).select_from(rows).where(rows.c.due_on < on)
    found = db.session.execute(select(func.count(), late.scalar_subquery()).select_from(rows)).one()
    return found[0], found[1]


def of_evidence(evidence_ids: list[int]) -> list[Submittal]:
    """What was handed in with some evidence and waits for a reviewer."""
    if not evidence_ids:
        return []
    return list(
        db.session.scalars(
            select(Submittal)
            .where(Submittal.evidence_id.in_(evidence_ids), is_waiting(Submittal))
            .order_by(Submittal.id)
        )
    )


def is_waiting(given: type[Submittal]) -> ColumnElement[bool]:
    """Condition: nobody has looked at it, and it was not taken back."""
    return ~(
        select(_Word.id).where(_Word.submittal_id == given.id).exists()
        | select(_Back.id).where(_Back.supersedes_id == given.evidence_id).exists()
    )


def counts(row: type[Evidence]) -> ColumnElement[bool]:
    """Condition on evidence: what was handed in between applications counts once DPH has accepted it."""
    accepted = select(_Word.id).where(_counts(_Given), _Word.verdict == Verdict.ACCEPTED)
    return ~select(_Given.id).where(_Given.evidence_id == row.id, ~accepted.exists()).exists()


def sent_back(evidence_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Condition on evidence: it was handed in between applications, and DPH sent it back."""
    returned = select(_Word.id).where(_counts(_Given), _Word.verdict == Verdict.RETURNED)
    return select(_Given.id).where(_Given.evidence_id == evidence_id, returned.exists()).exists()


def with_verdicts(statement: Select[Any]) -> Select[Any]:
    """A statement that reads evidence, with a column `handed_in`: the word on what was handed in between applications.

    It is pending while there is none, and None for evidence that came another way.
    """
    word = case((Submittal.id.is_not(None), func.coalesce(_Word.verdict, Verdict.PENDING)))
    return (
        statement.add_columns(type_coerce(word, _Word.verdict.type).label("handed_in"))
        .outerjoin(Submittal, Submittal.evidence_id == Evidence.id)
        .outerjoin(_Word, _counts(Submittal))
    )


def _counts(given: type[Submittal]) -> ColumnElement[bool]:
    """Condition on a reviewer's word: it is the one that counts of what was handed in."""
    return and_(
        _Word.submittal_id == given.id, ~select(_LaterWord.id).where(_LaterWord.supersedes_id == _Word.id).exists()
    )


def _whole() -> Select[Submittal]:
    return select(Submittal).options(
        joinedload(Submittal.evidence).joinedload(Evidence.provided_by),
        joinedload(Submittal.credential),
        joinedload(Submittal.party),
        joinedload(Submittal.standard_version),
    )


def _views(found: list[Submittal]) -> list[SubmittalView]:
    taken_back = set(
        db.session.scalars(
            select(Evidence.supersedes_id).where(Evidence.supersedes_id.in_([one.evidence_id for one in found]))
        )
    )
    words: defaultdict[int, list[SubmittalReview]] = defaultdict(list)
    for word in db.session.scalars(
        select(SubmittalReview)
        .options(joinedload(SubmittalReview.reviewer))
        .where(SubmittalReview.submittal_id.in_([one.id for one in found]))
        .order_by(SubmittalReview.id.desc())
    ):
        words[word.submittal_id].append(word)
    return [_view(given, words[given.id], taken_back=given.evidence_id in taken_back) for given in found]


def _view(given: Submittal, words: list[SubmittalReview], *, taken_back: bool) -> SubmittalView:
    standard = standards.definition_of(given.standard_version)
    [requirement] = [one for one in standard.requirements if one.code == given.requirement_code]
    state = state_of(words[0].verdict if words else None, taken_back=taken_back)
    return SubmittalView(given, requirement, state, words)


def _waiting(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Submittal.id,
            Party.name,
            Credential.number,
            Submittal.requirement_code,
            Submittal.handed_in_on,
            Submittal.due_on,
            Evidence.expires_on,
        )
        .join(Party, Party.id == Submittal.party_id)
        .join(Credential, Credential.id == Submittal.credential_id)
        .join(Evidence, Evidence.id == Submittal.evidence_id)
        .where(is_waiting(Submittal), credential_visible(viewer))
    )


def _row(row: Row[*tuple[Any, ...]]) -> WaitingRow:
    return WaitingRow(*row[:7])
