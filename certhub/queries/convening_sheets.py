"""The attendance sheet of a meeting, and the problems that were raised at meetings."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.convenings import Convening, ConveningAttendance, ConveningTheme
from certhub.models.parties import Coordinator, Employment, Party, VendorOrganization
from certhub.queries import convening_answers, convenings, participations
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, party_visible
from certhub.rules.convenings import Raised
from certhub.rules.name_order import by_last_name, folded
from certhub.rules.permissions import Viewer, is_employer
from certhub.rules.vocabulary import SubjectType

MOST_SIGNING = 500
"""Names on one sign-in sheet; of a larger meeting there are several."""

_party = Party.__table__.c
_person = Coordinator.__table__.c
_Attendee = Coordinator.__table__.alias("attendee")
_attendee = _Attendee.c
_LaterTheme = aliased(ConveningTheme)


@dataclass(frozen=True, slots=True)
class SheetFilters:
    """What the sheet is narrowed to; the page keeps these in its address."""

    q: str = ""
    vendor_id: int | None = None
    coming: bool = False

    @property
    def any(self) -> bool:
        """Whether the sheet is narrowed at all."""
        return self != SheetFilters()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A person on the sheet."""

    id: int
    name: str
    employers: tuple[str, ...] = ()
    is_coming: bool | None = None
    attended: bool = False


@dataclass(frozen=True, slots=True)
class SignInSheet:
    """One of the sheets that are signed at the door: sheet `number` of `sheets`, with `total` people on all of them."""

    rows: list[SheetRow]
    number: int
    sheets: int
    total: int

    @property
    def before(self) -> int:
        """How many people are on the sheets before this one."""
        return (self.number - 1) * MOST_SIGNING


def sheet(viewer: Viewer, meeting: Convening, filters: SheetFilters, *, cursor: str | None) -> Page[SheetRow]:
    """Those of the people whom the viewer sees who may come or did, by name; a search looks at everybody on file."""
    statement = _narrowed(viewer, meeting, filters)
    found = paged(statement, [Party.sort_name, Party.id], _row, cursor=cursor)
    return Page(_completed(viewer, meeting, found.rows), found.next, found.previous)


def signing(viewer: Viewer, meeting: Convening, *, number: int = 1) -> SignInSheet:
    """A sheet of those who said they come, in the order of last names; the nearest one where there is no such number.

    All names are read to be put in order, and what else stands beside a name is read for this sheet only.
    """
    statement = _narrowed(viewer, meeting, SheetFilters(coming=True))
    everybody = sorted(
        (_row(row) for row in db.session.execute(statement)), key=lambda row: (by_last_name(row.name), row.id)
    )
    sheets = max(1, -(-len(everybody) // MOST_SIGNING))
    number = min(max(1, number), sheets)
    shown = everybody[(number - 1) * MOST_SIGNING : number * MOST_SIGNING]
    return SignInSheet(_completed(viewer, meeting, shown), number, sheets, len(everybody))


def people(viewer: Viewer, ids: Collection[int]) -> dict[int, Coordinator]:
    """Some coordinators by number. Raises `NotVisible` where the viewer may not see one of them."""
    found = db.session.scalars(
        select(Coordinator).where(
            Coordinator.id.in_(ids), Coordinator.merged_into_id.is_(None), party_visible(viewer, _person.id)
        )
    )
    seen = {person.id: person for person in found}
    missing = set(ids) - set(seen)
    if missing:
        raise NotVisible(min(missing))
    return seen


def vendors() -> list[tuple[int, str]]:
    """Every vendor, by name, to narrow the sheet to one."""
    rows = db.session.execute(
        select(_party.id, _party.name).where(_party.kind == SubjectType.VENDOR).order_by(_party.sort_name, _party.id)
    )
    return [(row[0], row[1]) for row in rows]


def vendor(vendor_id: int) -> VendorOrganization | None:
    """A vendor that the sheet can be narrowed to."""
    return db.session.get(VendorOrganization, vendor_id)


def standing_rows(convening_id: int, ids: Collection[int]) -> dict[int, list[ConveningAttendance]]:
    """What counts now of the attendance of some people: a row for each of their records on which there is one."""
    rows = db.session.execute(
        select(func.coalesce(_person.merged_into_id, _person.id), ConveningAttendance)
        .join(Coordinator.__table__, _person.id == ConveningAttendance.coordinator_id)
        .where(
            ConveningAttendance.convening_id == convening_id,
            or_(_person.id.in_(ids), _person.merged_into_id.in_(ids)),
            participations.stands(),
        )
        .order_by(ConveningAttendance.id)
    )
    found: defaultdict[int, list[ConveningAttendance]] = defaultdict(list)
    for person, row in rows:
        found[person].append(row)
    return found


def themes(meeting: Convening) -> list[ConveningTheme]:
    """What was raised at a meeting and stands, in the order in which it was written down."""
    return list(
        db.session.scalars(
            select(ConveningTheme)
            .where(ConveningTheme.convening_id == meeting.id, _stands())
            .order_by(ConveningTheme.id)
        )
    )


def theme(meeting: Convening, theme_id: int) -> ConveningTheme:
    """A theme of a meeting, also one that was corrected meanwhile. Raises `NotVisible`."""
    found = db.session.get(ConveningTheme, theme_id)
    if found is None or found.convening_id != meeting.id:
        raise NotVisible(theme_id)
    return found


def is_superseded(theme_id: int) -> bool:
    """Whether a theme was corrected or struck."""
    return bool(db.session.scalar(select(exists().where(ConveningTheme.supersedes_id == theme_id))))


def raised(*, cursor: str | None) -> Page[tuple[ConveningTheme, Convening]]:
    """What was raised at all meetings and stands, the latest meeting first."""
    statement = (
        select(ConveningTheme, Convening).join(Convening, Convening.id == ConveningTheme.convening_id).where(_stands())
    )
    return paged(
        statement,
        [Convening.held_on, ConveningTheme.id],
        lambda row: (row[0], row[1]),
        cursor=cursor,
        newest_first=True,
    )


def tallied() -> list[Raised]:
    """Everything that was raised and stands, as far as it is counted."""
    rows = db.session.execute(
        select(ConveningTheme.domain, ConveningTheme.region, ConveningTheme.raised_by_count).where(_stands())
    )
    return [Raised(*row) for row in rows]


def _stands() -> ColumnElement[bool]:
    return and_(
        ConveningTheme.withdrawn.is_(False),
        ~exists(select(_LaterTheme.id).where(_LaterTheme.supersedes_id == ConveningTheme.id)),
    )


def _narrowed(viewer: Viewer, meeting: Convening, filters: SheetFilters) -> Select[Any]:
    """Those of the people whom the viewer sees that fit the filters, with the answer and whether they were there.

    What was said or recorded on a record that another one absorbed is that person's.
    """
    said = convening_answers.of_meeting(meeting.id).c
    there = participations.people_at(ConveningAttendance.convening_id == meeting.id).c
    statement = (
        select(
            _party.id,
            _party.name,
            _person.id.in_(select(said.person_id).where(said.is_coming)),
            _person.id.in_(select(said.person_id).where(~said.is_coming)),
            _person.id.in_(select(there.person_id)),
        )
        .join(Coordinator.__table__, _person.id == _party.id)
        .where(_person.merged_into_id.is_(None), party_visible(viewer, _person.id))
    )
    if filters.vendor_id is not None:
        statement = statement.where(
            exists(
                select(Employment.id).where(
                    Employment.coordinator_id == _person.id,
                    Employment.employer_id == filters.vendor_id,
                    _on_the_day(meeting),
                )
            )
        )
    if filters.coming:
        statement = statement.where(_person.id.in_(select(said.person_id).where(said.is_coming)))
    if "@" in filters.q:
        return statement.where(_party.email == filters.q.lower())
    if filters.q:
        return statement.where(_party.sort_name.contains(folded(filters.q), autoescape=True))
    is_on_file = or_(_person.id.in_(select(said.person_id)), _person.id.in_(_recorded(meeting)))
    return statement.where(or_(convenings.may_attend(meeting.region, meeting.held_on), is_on_file))


def _recorded(meeting: Convening) -> Select[Any]:
    """Of whom anything was recorded at a meeting, also where it was taken back."""
    return (
        select(func.coalesce(_attendee.merged_into_id, _attendee.id))
        .select_from(ConveningAttendance)
        .join(_Attendee, _attendee.id == ConveningAttendance.coordinator_id)
        .where(ConveningAttendance.convening_id == meeting.id)
    )


def _on_the_day(meeting: Convening) -> ColumnElement[bool]:
    return and_(
        Employment.superseded_at.is_(None),
        Employment.starts_on <= meeting.held_on,
        or_(Employment.ends_on.is_(None), Employment.ends_on >= meeting.held_on),
    )


def _completed(viewer: Viewer, meeting: Convening, rows: list[SheetRow]) -> list[SheetRow]:
    """The rows with their employers of the day, read in one statement."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    # An employer reads where its people work for itself, and not where else.
    own = Employment.employer_id == viewer.party_id if is_employer(viewer) else Employment.id.is_not(None)
    employers: defaultdict[int, list[str]] = defaultdict(list)
    for person, name in db.session.execute(
        select(Employment.coordinator_id, _party.name)
        .join(Party.__table__, _party.id == Employment.employer_id)
        .where(Employment.coordinator_id.in_(ids), _on_the_day(meeting), own)
        .order_by(Employment.starts_on, Employment.id)
    ):
        employers[person].append(name)
    return [replace(row, employers=tuple(employers[row.id])) for row in rows]


def _row(row: Any) -> SheetRow:
    _, _, comes, declined, attended = row[:5]
    is_coming = True if comes else (False if declined else None)
    return SheetRow(row[0], row[1], is_coming=is_coming, attended=bool(attended))
