"""Exposed assignments: the SQL twin of `rules.exposure`, set-based, and the dates of what it finds by the rule itself.

SQL finds which assignments are exposed on a day, and by which links: each table is read once, however many there are.
The rule then dates the few that are shown. A property test holds both equal.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, aliased

from certhub.database import db
from certhub.models.certification import Credential
from certhub.models.contracts import ContractPeriod
from certhub.models.exposures import ExposureNotice
from certhub.models.messages import Message, MessageStatus
from certhub.models.parties import Assignment, Employment, Party
from certhub.queries import credential_status
from certhub.queries.knowledge import known
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, party_visible, sees_everything
from certhub.rules.exposure import Break, Chain, Link, Reader, as_read_by, exposure_on
from certhub.rules.independence import Span
from certhub.rules.name_order import folded
from certhub.rules.permissions import Viewer
from certhub.rules.status import History
from certhub.rules.vocabulary import Region, Role, SubjectType

MOST_TOLD = 200
"""How many lines of who was told one page shows."""

_DATED_AT_ONCE = 1000
_EXPRESSIONS_KEPT = 16
"""Of readers and days: putting the conditions together takes as long as a tenth of the query."""
_KEYS: tuple[InstrumentedAttribute[Any], ...] = (Party.sort_name, Assignment.id)
_READERS = {Role.VENDOR_HR: Reader.VENDOR, Role.PRACTICE_MANAGER: Reader.PRACTICE}
_SUBJECTS = {
    Link.VENDOR_CERTIFICATION: (SubjectType.VENDOR, Assignment.vendor_id, ExposureNotice.vendor_id),
    Link.CONTRACT: (SubjectType.VENDOR, Assignment.vendor_id, ExposureNotice.vendor_id),
    Link.EMPLOYMENT: (SubjectType.COORDINATOR, Assignment.coordinator_id, ExposureNotice.coordinator_id),
    Link.CREDENTIAL: (SubjectType.COORDINATOR, Assignment.coordinator_id, ExposureNotice.coordinator_id),
    Link.COMMITMENT: (SubjectType.PRACTICE, Assignment.practice_id, ExposureNotice.practice_id),
}
"""For each link whose it is: the party that holds what is broken."""

_HELD = {link: aliased(Credential) for link in Link}
"""What a link holds, under one name, so that the expression of its status is put together once a day."""

Without = Callable[[Link], ColumnElement[bool]]
"""The condition that whose link it is holds nothing that is in force."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What part of the exposures is asked for; `known_at` is the instant whose knowledge counts, None for now."""

    region: Region | None = None
    vendor: str = ""
    link: Link | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExposedRow:
    """An assignment that is exposed on the day, with what the viewer may read of it."""

    assignment_id: int
    coordinator_id: int
    coordinator: str
    practice_id: int
    practice: str
    vendor_id: int
    vendor: str
    region: Region | None
    starts_on: date
    ends_on: date | None
    breaks: tuple[Break, ...]

    @property
    def links(self) -> frozenset[Link]:
        """The broken links that the viewer may read of."""
        return frozenset(one.link for one in self.breaks if one.link)

    @property
    def from_on(self) -> date:
        """The first day of the exposure: that of the earliest break that stands."""
        return min(one.from_on for one in self.breaks)

    def subject_of(self, link: Link) -> int:
        """The party whose link it is."""
        kind = _SUBJECTS[link][0]
        of = {
            SubjectType.VENDOR: self.vendor_id,
            SubjectType.COORDINATOR: self.coordinator_id,
            SubjectType.PRACTICE: self.practice_id,
        }
        return of[kind]


@dataclass(frozen=True, slots=True)
class ToldRow:
    """Who was told of a broken link, by which message, and how that stands."""

    recipient: str
    reader: Reader
    first_on: date
    placements: int
    message_id: int | None
    status: MessageStatus | None
    sent_at: Any
    over_on: date | None


HEADING = (
    "coordinator", "practice", "vendor", "region", "assigned_from", "assigned_through", "exposed_from", "broken_links",
    "explanation",
)  # fmt: skip
"""The columns of the exported list."""


def cells(row: ExposedRow) -> tuple[object, ...]:
    """A row's values in the order of `HEADING`."""
    return (
        row.coordinator, row.practice, row.vendor, row.region, row.starts_on, row.ends_on, row.from_on,
        "; ".join(one.link for one in row.breaks if one.link), " ".join(one.sentence for one in row.breaks),
    )  # fmt: skip


def page(
    viewer: Viewer, day: date, filters: Filters | None = None, *, cursor: str | None = None, size: int = 50
) -> Page[ExposedRow]:
    """Some of the assignments that are exposed on `day`, in the order of the coordinators' names."""
    found: Page[Row[Any]] = paged(_exposed(viewer, day, filters), _KEYS, lambda row: row, cursor=cursor, size=size)
    return Page(_dated(viewer, found.rows, day, filters), found.next, found.previous)


def first(viewer: Viewer, day: date, *, number: int) -> tuple[int, list[ExposedRow]]:
    """How many assignments are exposed on `day`, and the first of them, in one statement for the first page."""
    statement = _exposed(viewer, day, None).add_columns(func.count().over().label("all"))
    rows = db.session.execute(statement.order_by(*_KEYS).limit(number)).all()
    return (rows[0].all if rows else 0), _dated(viewer, rows, day)


def whole(viewer: Viewer, day: date, filters: Filters | None = None) -> Iterator[ExposedRow]:
    """Every assignment that is exposed on `day`; the dates of a thousand at once."""
    rows = db.session.execute(_exposed(viewer, day, filters).order_by(*_KEYS)).all()
    for start in range(0, len(rows), _DATED_AT_ONCE):
        yield from _dated(viewer, rows[start : start + _DATED_AT_ONCE], day, filters)


def count(viewer: Viewer, day: date, filters: Filters | None = None) -> int:
    """How many rows `whole` gives."""
    statement = select(func.count()).select_from(Assignment).where(*_conditions(viewer, day, filters))
    return db.session.scalar(statement) or 0


def by_link(
    viewer: Viewer, link: Link, party_id: int, day: date, known_at: datetime | None = None
) -> tuple[Party, list[ExposedRow]]:
    """Whose link it is, and the assignments that it exposes on `day`. Raises `NotVisible`.

    The viewer sees a link of its own record, and one on which an assignment of its own hangs.
    """
    kind, column, _ = _SUBJECTS[link]
    if reader_of(viewer) is Reader.PRACTICE and link is not Link.COMMITMENT:
        raise NotVisible(party_id)
    own = exists().where(column == party_id, _scope(viewer))
    seen = or_(party_visible(viewer), own) if not sees_everything(viewer) else party_visible(viewer)
    party = db.session.scalar(select(Party).where(Party.id == party_id, Party.kind == kind, seen))
    if party is None:
        raise NotVisible(party_id)
    asked = Filters(link=link, known_at=known_at)
    statement = _exposed(viewer, day, asked).where(column == party_id).order_by(*_KEYS)
    return party, _dated(viewer, db.session.execute(statement).all(), day, asked)


def told(viewer: Viewer, link: Link, party_id: int) -> list[ToldRow]:
    """Who was told of a party's broken link, the latest first; a vendor reads whom of its own people CertHub told."""
    notice = ExposureNotice
    scope: ColumnElement[bool] = _SUBJECTS[link][2] == party_id
    if not sees_everything(viewer):
        own = {Reader.VENDOR: notice.vendor_id, Reader.PRACTICE: notice.practice_id}[reader_of(viewer)]
        scope = and_(scope, own == viewer.party_id, notice.reader == reader_of(viewer))
    rows = db.session.execute(
        select(
            notice.recipient_name, notice.reader, notice.first_on, func.count(), notice.message_id, Message.status,
            Message.sent_at, func.max(notice.over_on),
        )
        .outerjoin(Message, Message.id == notice.message_id)
        .where(notice.link == link, scope)
        .group_by(
            notice.recipient_name, notice.reader, notice.first_on, notice.message_id, Message.status, Message.sent_at
        )
        .order_by(notice.first_on.desc(), notice.message_id.desc(), notice.reader, notice.recipient_name)
        .limit(MOST_TOLD)
    )  # fmt: skip
    return [ToldRow(*row) for row in rows]


def chains(condition: ColumnElement[bool]) -> dict[int, Chain]:
    """The chain of each assignment under a condition, as the rule sees it."""
    rows = db.session.execute(_assignments().where(condition, Assignment.superseded_at.is_(None))).all()
    return _chains(rows)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An assignment that is asked for, with the columns of one that is on file."""

    id: int
    coordinator_id: int
    coordinator: str
    practice_id: int
    practice: str
    vendor_id: int
    vendor: str
    contract_id: int
    starts_on: date
    ends_on: date | None


def chain_of(person: Party, practice: Party, vendor: Party, contract_id: int, days: Span) -> Chain:
    """The chain of an assignment that is not on file yet."""
    wanted = _Wanted(
        0, person.id, person.name, practice.id, practice.name, vendor.id, vendor.name, contract_id, days.from_on,
        days.to_on,
    )  # fmt: skip
    return _chains([wanted])[0]


def reader_of(viewer: Viewer) -> Reader:
    """For whom exposures are told when the viewer reads them."""
    return Reader.DEPARTMENT if sees_everything(viewer) else _READERS.get(viewer.role, Reader.PRACTICE)


def _scope(viewer: Viewer) -> ColumnElement[bool]:
    """Whose assignments the viewer sees: DPH all, a vendor and a practice those of their own."""
    if sees_everything(viewer):
        return Assignment.id.is_not(None)
    own = {Role.VENDOR_HR: Assignment.vendor_id, Role.PRACTICE_MANAGER: Assignment.practice_id}.get(viewer.role)
    return false() if own is None or viewer.party_id is None else own == viewer.party_id


def _assignments() -> Select[*tuple[Any, ...]]:
    practice, vendor = (Party.__table__.alias(name) for name in ("practice_party", "vendor_party"))
    return (
        select(
            Assignment.id,
            Assignment.coordinator_id,
            Party.__table__.c.name.label("coordinator"),
            Assignment.practice_id,
            practice.c.name.label("practice"),
            Assignment.vendor_id,
            vendor.c.name.label("vendor"),
            Assignment.contract_id,
            practice.c.region,
            Assignment.starts_on,
            Assignment.ends_on,
        )
        .select_from(Assignment)
        .join(Party, Party.id == Assignment.coordinator_id)
        .join(practice, practice.c.id == Assignment.practice_id)
        .join(vendor, vendor.c.id == Assignment.vendor_id)
    )


def _exposed(viewer: Viewer, day: date, filters: Filters | None) -> Select[*tuple[Any, ...]]:
    return _assignments().where(*_conditions(viewer, day, filters))


def _conditions(viewer: Viewer, day: date, filters: Filters | None) -> list[ColumnElement[bool]]:
    """What makes an assignment one of those that are asked for."""
    asked = filters or Filters()
    broken = _broken(reader_of(viewer), day, asked.known_at)
    found = [
        known(Assignment, asked.known_at),
        Assignment.starts_on <= day,
        or_(Assignment.ends_on.is_(None), Assignment.ends_on >= day),
        broken[asked.link] if asked.link else or_(*broken.values()),
        _scope(viewer),
    ]
    practice, vendor = aliased(Party), aliased(Party)
    if asked.region is not None:
        found.append(Assignment.practice_id.in_(select(practice.id).where(practice.region == asked.region)))
    if asked.vendor:
        named = vendor.sort_name.contains(folded(asked.vendor), autoescape=True)
        found.append(Assignment.vendor_id.in_(select(vendor.id).where(vendor.kind == SubjectType.VENDOR, named)))
    return found


@lru_cache(maxsize=_EXPRESSIONS_KEPT)
def _broken(reader: Reader, day: date, known_at: datetime | None) -> dict[Link, ColumnElement[bool]]:
    """For each link the condition that it is broken on `day`, as far as the reader may know."""
    without = (_without_for_all if reader is Reader.DEPARTMENT else _without_for_some)(day, known_at)
    employed = exists().where(
        Employment.coordinator_id == Assignment.coordinator_id,
        Employment.employer_id == Assignment.vendor_id,
        known(Employment, known_at),
        Employment.starts_on <= day,
        or_(Employment.ends_on.is_(None), Employment.ends_on >= day),
    )
    uncredentialed = without(Link.CREDENTIAL)
    term = aliased(ContractPeriod)
    under_contract = select(term.contract_id).where(known(term, known_at), term.starts_on <= day, term.ends_on >= day)
    return {
        Link.VENDOR_CERTIFICATION: without(Link.VENDOR_CERTIFICATION),
        Link.CONTRACT: Assignment.contract_id.not_in(under_contract),
        Link.COMMITMENT: without(Link.COMMITMENT),
        Link.CREDENTIAL: and_(employed, uncredentialed) if reader is Reader.VENDOR else uncredentialed,
        Link.EMPLOYMENT: ~employed,  # last, because it is asked of one assignment after another
    }


def _without_for_all(day: date, known_at: datetime | None) -> Without:
    """That a party holds nothing in force, for every assignment there is: each table is read once."""
    authorized = credential_status.in_force(day, known_at).cte("authorized")

    def without(link: Link) -> ColumnElement[bool]:
        kind, column, _ = _SUBJECTS[link]
        return column.not_in(select(authorized.c.party_id).where(authorized.c.subject_type == kind))

    return without


def _without_for_some(day: date, known_at: datetime | None) -> Without:
    """The same for the assignments of one organization: each party is looked up."""

    def without(link: Link) -> ColumnElement[bool]:
        _, column, _ = _SUBJECTS[link]
        held = _HELD[link]
        status = credential_status.status_column(held.id, as_of=day, known_at=known_at)
        return ~exists().where(held.party_id == column, credential_status.is_authorized(status))

    return without


def _dated(viewer: Viewer, rows: Sequence[Row[Any]], day: date, filters: Filters | None = None) -> list[ExposedRow]:
    reader = reader_of(viewer)
    found = _chains(rows, filters.known_at if filters else None)
    return [_row(row, found[row.id], reader, day) for row in rows]


def _row(row: Row[Any], chain: Chain, reader: Reader, day: date) -> ExposedRow:
    breaks = exposure_on(chain, day)
    return ExposedRow(
        row.id, row.coordinator_id, row.coordinator, row.practice_id, row.practice, row.vendor_id, row.vendor,
        row.region, row.starts_on, row.ends_on,
        as_read_by(reader, breaks, coordinator=row.coordinator, practice=row.practice, vendor=row.vendor),
    )  # fmt: skip


def _chains(rows: Collection[Row[Any] | _Wanted], known_at: datetime | None = None) -> dict[int, Chain]:
    if not rows:
        return {}
    parties = {number for row in rows for number in (row.coordinator_id, row.practice_id, row.vendor_id)}
    held: defaultdict[int, list[History]] = defaultdict(list)
    for party_id, history in credential_status.histories_of(Credential.party_id.in_(parties), known_at).values():
        held[party_id].append(history)
    spells, terms = _plain_days(rows, known_at)
    return {
        row.id: Chain(
            Span(row.starts_on, row.ends_on),
            row.coordinator,
            row.practice,
            row.vendor,
            contract=tuple(terms[row.contract_id]),
            employments=tuple(spells[row.coordinator_id, row.vendor_id]),
            certification=tuple(held[row.vendor_id]),
            credential=tuple(held[row.coordinator_id]),
            commitment=tuple(held[row.practice_id]),
        )
        for row in rows
    }


def _plain_days(
    rows: Collection[Row[Any] | _Wanted], known_at: datetime | None
) -> tuple[dict[tuple[int, int], list[Span]], dict[int, list[Span]]]:
    """The employments by person and employer, and the days in force by contract, in one statement."""
    spell, term = Employment, ContractPeriod
    employed = select(
        spell.coordinator_id.label("one"), spell.employer_id.label("other"), spell.starts_on, spell.ends_on
    ).where(spell.coordinator_id.in_({row.coordinator_id for row in rows}), known(spell, known_at))
    in_force = select(term.contract_id.label("one"), literal(0).label("other"), term.starts_on, term.ends_on).where(
        term.contract_id.in_({row.contract_id for row in rows}), known(term, known_at)
    )
    found = union_all(employed, in_force).subquery()
    spells: defaultdict[tuple[int, int], list[Span]] = defaultdict(list)
    terms: defaultdict[int, list[Span]] = defaultdict(list)
    for row in db.session.execute(select(found).order_by(found.c.starts_on, found.c.ends_on)):
        span = Span(row.starts_on, row.ends_on)
        if row.other:
            spells[row.one, row.other].append(span)
        else:
            terms[row.one].append(span)
    return spells, terms
