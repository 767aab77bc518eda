"""What the weeks of coordinators are taken up with on the days of a plan: assignments, and the children reported."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from certhub.database import db
from certhub.models.parties import Assignment, Employment
from certhub.queries import caseload_use
from certhub.rules.assignment import Load, Spell
from certhub.rules.caseload import MODEL
from certhub.rules.independence import Span
from certhub.rules.permissions import OPERATOR
from certhub.rules.placement.shortfall import share_of_hours
from certhub.rules.placement.stretches import Part, most

_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Weeks:
    """The working time of everybody, and what takes it on the days of a plan, in percent of a full-time position."""

    days: Span
    on: date
    spells: Mapping[tuple[int, int], list[Spell]]
    """By coordinator and employer."""
    work: Mapping[int, list[Row[Any]]]
    """The assignments that touch the days, by practice."""
    today: Mapping[int, set[int]]
    """The practices of each coordinator on the day on which the plan is made."""
    beyond: Mapping[int, int]
    """What the reported children of each coordinator take beyond today's assignments, as long as one of these runs."""
    taken: Mapping[tuple[int, int], list[Part]]
    """By coordinator and employer."""

    def rows_at(self, practice_id: int) -> list[Row[Any]]:
        """The assignments in a practice that touch the days."""
        return self.work.get(practice_id, [])

    def at_practice(self, practice_id: int) -> list[Part]:
        """What the assignments in a practice meet on which days."""
        return [_part(row) for row in self.rows_at(practice_id)]

    def parts_of_pair(self, coordinator_id: int, practice_id: int, vendor_id: int | None) -> list[Part]:
        """What a vendor's coordinator works in a practice on which days."""
        return [
            _part(row)
            for row in self.rows_at(practice_id)
            if row.coordinator_id == coordinator_id and row.vendor_id == vendor_id
        ]

    def room(self, coordinator_id: int, vendor_id: int, also: Iterable[Part] = (), *, on: Span | None = None) -> int:
        """What is left of the week on the fullest of some days, with what is `also` taken."""
        key = (coordinator_id, vendor_id)
        free = [(one.days, -one.full_time_percent) for one in self.spells.get(key, ())]
        return min(_WHOLE, -most([*free, *self.taken.get(key, ()), *also], on or self.days))

    def why_full(self, coordinator_id: int, vendor_id: int) -> str:
        """Why there is no room, in a sentence."""
        if self.beyond.get(coordinator_id) and self.room(coordinator_id, vendor_id) + self.beyond[coordinator_id] > 0:
            return "Has no room left: the children reported for the latest month take the whole week."
        return "Has no room left: the assignments on these days take the whole week."


def weeks(days: Span, on: date, *, vendor_id: int | None) -> Weeks:
    """Everybody's week, in three statements; `on` is today."""
    rows = list(db.session.execute(_work(or_(_touching(days), _touching(Span(on, on)))).order_by(Assignment.id)))
    spells, reported = _spells(), _reported(on, vendor_id)
    work, today = defaultdict[int, list[Row[Any]]](list), defaultdict[int, set[int]](set)
    taken = defaultdict[tuple[int, int], list[Part]](list)
    runs, now = defaultdict[int, list[Span]](list), defaultdict[int, int](int)
    for row in rows:
        span, key = Span(row.starts_on, row.ends_on), (row.coordinator_id, row.vendor_id)
        if span.overlap(Span(on, on)):
            today[row.coordinator_id].add(row.practice_id)
            now[row.coordinator_id] += _share(row)
            runs[row.coordinator_id].append(span)
        if span.overlap(days):
            work[row.practice_id].append(row)
            taken[key].append(_part(row))
    beyond = {}
    for number, percent in reported.items():
        last = max((span.to_on or date.max for span in runs[number]), default=date.min)
        more = percent - now[number]
        if more > 0 and last >= days.from_on:
            beyond[number] = more
            for person, employer in spells:
                if person == number:
                    taken[person, employer].append((Span(days.from_on, last), more))
    return Weeks(days, on, spells, work, today, beyond, taken)


def of_practice(practice_id: int, days: Span) -> list[Part]:
    """What the assignments in one practice meet on which days."""
    rows = db.session.execute(_work(_touching(days)).where(Assignment.practice_id == practice_id))
    return [_part(row) for row in rows]


def _work(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(
        Assignment.coordinator_id, Assignment.practice_id, Assignment.vendor_id, Assignment.starts_on,
        Assignment.ends_on, Assignment.places, Assignment.share_percent,
    ).where(Assignment.superseded_at.is_(None), condition)  # fmt: skip


def _touching(days: Span) -> ColumnElement[bool]:
    return and_(
        Assignment.starts_on <= (days.to_on or date.max),
        or_(Assignment.ends_on.is_(None), Assignment.ends_on >= days.from_on),
    )


def _spells() -> dict[tuple[int, int], list[Spell]]:
    rows = db.session.execute(
        select(
            Employment.coordinator_id, Employment.employer_id, Employment.starts_on, Employment.ends_on,
            Employment.full_time_percent,
        )
        .where(Employment.superseded_at.is_(None))
        .order_by(Employment.starts_on, Employment.id)
    )  # fmt: skip
    found: defaultdict[tuple[int, int], list[Spell]] = defaultdict(list)
    for row in rows:
        found[row.coordinator_id, row.employer_id].append(
            Spell(Span(row.starts_on, row.ends_on), row.full_time_percent)
        )
    return dict(found)


def _reported(on: date, vendor_id: int | None) -> dict[int, int]:
    """What the children of the latest month that counts take, in percent of a full-time position."""
    rows = caseload_use.state(OPERATOR, on, caseload_use.Filters(vendor_id=vendor_id))
    return {row.party_id: share_of_hours(row.hours, MODEL.direct_hours) for row in rows if row.month is not None}


def _part(row: Row[Any]) -> Part:
    return Span(row.starts_on, row.ends_on), _share(row)


def _share(row: Row[Any]) -> int:
    """What an assignment takes, in percent of a full-time position."""
    return share_of_hours(Load(row.places, row.share_percent).hours(), MODEL.direct_hours)
