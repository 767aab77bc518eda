"""Two records of one person: which pairs there may be, what each holds, and the merges that were done."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, select, union
from sqlalchemy.orm import joinedload

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential
from certhub.models.parties import Assignment, Coordinator, Employment, ExternalLicence, Party
from certhub.models.record_merges import RecordMerge, RecordMergeItem, ToldApart
from certhub.models.references import ReferenceRequest
from certhub.models.training import TrainingCompletion
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.lifecycle import OPEN_STATUSES
from certhub.rules.permissions import Viewer
from certhub.rules.record_merge import Likeness, Traits, likenesses

_party, _person = Party.__table__.c, Coordinator.__table__.c
_PARTS: tuple[tuple[str, Any, Any], ...] = (
    ("Employments", Employment, Employment.coordinator_id),
    ("Assignments", Assignment, Assignment.coordinator_id),
    ("Licences", ExternalLicence, ExternalLicence.coordinator_id),
    ("Training entries", TrainingCompletion, TrainingCompletion.coordinator_id),
    ("Applications", Application, Application.party_id),
    ("References asked for", ReferenceRequest, ReferenceRequest.party_id),
    ("Accounts", User, User.party_id),
)


@dataclass(frozen=True, slots=True)
class Double:
    """Another record that may be of the same person, with the reasons."""

    id: int
    name: str
    reasons: tuple[Likeness, ...]


@dataclass(frozen=True, slots=True)
class DoubleRow:
    """A record with those that may be of the same person."""

    id: int
    name: str
    others: tuple[Double, ...]


def page_of_doubles(viewer: Viewer, *, cursor: str | None = None) -> Page[DoubleRow]:
    """The records of which there may be a double, in the order of names; each pair once, in five statements."""
    if not sees_everything(viewer):
        return Page([], None, None)
    pairs = _pairs().subquery("pairs")
    statement = select(_party.id, _party.name).where(_party.id.in_(select(pairs.c.one)))
    found: Page[Any] = paged(statement, (Party.sort_name, Party.id), lambda row: row, cursor=cursor)
    shown = [row[0] for row in found.rows]
    others: defaultdict[int, list[int]] = defaultdict(list)
    for one, other in db.session.execute(
        select(pairs.c.one, pairs.c.other).where(pairs.c.one.in_(shown)).order_by(pairs.c.one, pairs.c.other)
    ):
        others[one].append(other)
    traits = traits_of({*shown, *(number for several in others.values() for number in several)})
    rows = [
        DoubleRow(
            row[0],
            row[1],
            tuple(
                Double(number, traits[number][0], likenesses(traits[row[0]][1], traits[number][1]))
                for number in others[row[0]]
            ),
        )
        for row in found.rows
    ]
    return Page(rows, found.next, found.previous)


def traits_of(ids: Collection[int]) -> dict[int, tuple[str, Traits]]:
    """The name of each of some records, and what it can have in common with another one."""
    licences: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for owner, kind, number in db.session.execute(
        select(ExternalLicence.coordinator_id, ExternalLicence.kind, ExternalLicence.number).where(
            ExternalLicence.coordinator_id.in_(ids), ExternalLicence.superseded_at.is_(None)
        )
    ):
        licences[owner].add((kind, number))
    rows = db.session.execute(
        select(_party.id, _party.name, _party.sort_name, _person.birth_month, _person.birth_day, _party.email)
        .join(Coordinator.__table__, _person.id == _party.id)
        .where(_party.id.in_(ids))
    )
    return {
        number: (name, Traits(folded, (month, day) if month else None, email, frozenset(licences[number])))
        for number, name, folded, month, day, email in rows
    }


def counts_of(party_id: int) -> dict[str, int]:
    """How much of each kind hangs on a record now."""
    counted = [
        select(literal(label).label("label"), func.count().label("number")).where(
            column == party_id, *([model.superseded_at.is_(None)] if hasattr(model, "superseded_at") else [])
        )
        for label, model, column in _PARTS
    ]
    first, *rest = counted
    return {row.label: row.number for row in db.session.execute(first.union_all(*rest))}


def page(viewer: Viewer, *, cursor: str | None = None) -> Page[RecordMerge]:
    """The merges that were done, newest first."""
    statement: Select[*tuple[Any, ...]] = select(RecordMerge).options(*_WITH)
    if not sees_everything(viewer):
        return Page([], None, None)
    return paged(statement, (RecordMerge.id,), lambda row: row[0], cursor=cursor, newest_first=True)


def one(viewer: Viewer, merge_id: int) -> RecordMerge:
    """A merge. Raises `NotVisible`."""
    found = db.session.scalar(select(RecordMerge).options(*_WITH).where(RecordMerge.id == merge_id))
    if found is None or not sees_everything(viewer):
        raise NotVisible(merge_id)
    return found


def of_record(party_id: int) -> list[RecordMerge]:
    """The merges that stand, into a record."""
    return list(
        db.session.scalars(
            select(RecordMerge)
            .options(*_WITH)
            .where(RecordMerge.kept_id == party_id, RecordMerge.undone_at.is_(None))
            .order_by(RecordMerge.id)
        )
    )


def items_of(merge: RecordMerge) -> list[RecordMergeItem]:
    """What a merge changed, in the order in which it did."""
    return list(
        db.session.scalars(
            select(RecordMergeItem).where(RecordMergeItem.merge_id == merge.id).order_by(RecordMergeItem.id)
        )
    )


def apart(one_id: int, other_id: int) -> ToldApart | None:
    """The mark that two records are of two people, in whichever order they are named; None where there is none."""
    first, second = sorted((one_id, other_id))
    return db.session.scalar(
        select(ToldApart)
        .options(*_APART)
        .where(ToldApart.one_id == first, ToldApart.other_id == second, ToldApart.taken_back_at.is_(None))
    )


def one_apart(viewer: Viewer, mark_id: int) -> ToldApart:
    """A mark that two records are of two people, also one that was taken back. Raises `NotVisible`."""
    found = db.session.scalar(select(ToldApart).options(*_APART).where(ToldApart.id == mark_id))
    if found is None or not sees_everything(viewer):
        raise NotVisible(mark_id)
    return found


def page_of_apart(viewer: Viewer, *, cursor: str | None = None) -> Page[ToldApart]:
    """The pairs that were marked as of two people, newest first, with those that were taken back."""
    statement: Select[*tuple[Any, ...]] = select(ToldApart).options(*_APART)
    if not sees_everything(viewer):
        return Page([], None, None)
    return paged(statement, (ToldApart.id,), lambda row: row[0], cursor=cursor, newest_first=True)


def open_applications(*party_ids: int) -> dict[int, list[Application]]:
    """The open applications of some records."""
    found: defaultdict[int, list[Application]] = defaultdict(list)
    for application in db.session.scalars(
        select(Application).where(Application.party_id.in_(party_ids), Application.status.in_(OPEN_STATUSES))
    ):
        found[application.party_id].append(application)
    return found


def credentials_of(party_id: int) -> list[Credential]:
    """The credentials of a record itself, without those of records that it absorbed."""
    return list(db.session.scalars(select(Credential).where(Credential.party_id == party_id).order_by(Credential.id)))


_WITH = (joinedload(RecordMerge.kept), joinedload(RecordMerge.absorbed), joinedload(RecordMerge.merged_by))
_APART = (
    joinedload(ToldApart.one),
    joinedload(ToldApart.other),
    joinedload(ToldApart.told_by),
    joinedload(ToldApart.taken_back_by),
)


def _pairs() -> Any:
    """Every pair of records that `likenesses` finds, as one set: the smaller number first.

    Without those that were marked as of two people.
    """
    people = select(_person.id).join(Party.__table__, _party.id == _person.id).where(_person.merged_into_id.is_(None))
    born = cast(_person.birth_month * 100 + _person.birth_day, String)
    licensed = (
        select(ExternalLicence.coordinator_id.label("id"), _mark(ExternalLicence).label("mark"))
        .join(Coordinator.__table__, _person.id == ExternalLicence.coordinator_id)
        .where(ExternalLicence.superseded_at.is_(None), _person.merged_into_id.is_(None))
    )
    alike = union(
        _sharing(people.add_columns((_party.sort_name + literal("/") + born).label("mark"))),
        _sharing(people.add_columns(func.lower(_party.email).label("mark"))),
        _sharing(licensed),
    ).subquery("alike")
    marked = select(ToldApart.id).where(
        ToldApart.one_id == alike.c.one, ToldApart.other_id == alike.c.other, ToldApart.taken_back_at.is_(None)
    )
    return select(alike.c.one, alike.c.other).where(~marked.exists())


def _sharing(marked: Select[*tuple[Any, ...]]) -> Select[Any]:
    """The pairs that share a mark: only the few marks that come more than once are compared with one another."""
    every = marked.cte()
    several = select(every.c.mark).group_by(every.c.mark).having(func.count() > 1)
    likely = select(every.c.id, every.c.mark).where(every.c.mark.in_(several)).cte()
    one, other = likely.alias(), likely.alias()
    return select(one.c.id.label("one"), other.c.id.label("other")).join(
        other, and_(other.c.mark == one.c.mark, other.c.id > one.c.id)
    )


def _mark(licence: type[ExternalLicence]) -> ColumnElement[str]:
    number = func.replace(func.replace(licence.number, " ", ""), "-", "")
    return licence.kind + literal("/") + func.upper(number)
