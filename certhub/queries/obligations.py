"""What falls due, whether it still needs anybody, and why somebody was or was not reminded.

Each kind of due date has a source of its own (`queries.obligation_sources`); here they are put together.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.fund import Payer
from certhub.models.messages import Obligation, Reminder, ReminderNotice, ReminderStatus
from certhub.models.parties import Employment, Party
from certhub.queries.obligation_sources import SOURCES
from certhub.queries.obligation_sources.credentials import stays_in_force
from certhub.queries.obligation_sources.source import DueItem, Source
from certhub.queries.standing import has_died
from certhub.rules.reminder_policies import ObligationKind, Policies
from certhub.rules.reminder_reasons import LEFT, NEARER, OFF

DIED = "the holder has died"
TOO_LONG_AGO = "its date passed too long ago"
"""Why a date is closed that nobody acted on for as long as its policy waits."""


def works_on(day: date, coordinator_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Condition on employments: the person works there on `day`, or is about to."""
    return and_(
        Employment.coordinator_id == coordinator_id,
        Employment.superseded_at.is_(None),
        or_(Employment.ends_on.is_(None), Employment.ends_on >= day),
    )


def settled_because(
    day: date, policies: Policies, kinds: Collection[ObligationKind] = SOURCES.keys()
) -> ColumnElement[str | None]:
    """Why an obligation of one of some kinds no longer needs anybody; NULL while it does."""
    longest = case(
        *((Obligation.kind == kind, day - timedelta(days=policy.open_days)) for kind, policy in policies.items())
    )
    told = [kind for kind in kinds if SOURCES[kind].stops_at_death]
    return func.coalesce(
        _by_kind(lambda one: one.settled(day), kinds),
        case(
            (and_(Obligation.kind.in_(told), has_died(day, Obligation.party_id)), literal(DIED, String)), else_=null()
        ),
        case((Obligation.due_on < longest, literal(TOO_LONG_AGO, String)), else_=null()),
    )


def paused_because(day: date, kinds: Collection[ObligationKind] = SOURCES.keys()) -> ColumnElement[str | None]:
    """Why nobody is reminded of an open obligation of one of some kinds at present; NULL where somebody is."""
    worked = exists().where(Employment.coordinator_id == Obligation.party_id, Employment.superseded_at.is_(None))
    works = exists().where(works_on(day, Obligation.party_id))
    # The query around this may read employments of its own, which are not the ones that are meant here.
    worked, works = worked.correlate(Obligation), works.correlate(Obligation)
    stops = Obligation.kind.in_([kind for kind, one in SOURCES.items() if one.stops_when_left])
    return func.coalesce(
        _by_kind(lambda one: one.waits_because(day) if one.waits_because else None, kinds),
        case((and_(stops, worked, ~works), literal(LEFT, String)), else_=null()),
    )


def _by_kind(
    of: Callable[[Source], ColumnElement[Any] | SQLColumnExpression[Any] | None],
    kinds: Collection[ObligationKind] = SOURCES.keys(),
) -> ColumnElement[Any]:
    """What the source of an obligation's kind says; NULL where it says nothing."""
    found = [(kind, of(SOURCES[kind])) for kind in kinds]
    told = [(Obligation.kind == kind, said) for kind, said in found if said is not None]
    return case(*told, else_=null()) if told else null()


def open_kinds() -> list[ObligationKind]:
    """The kinds of which something is open; the others need not be looked at."""
    return list(db.session.scalars(select(Obligation.kind).where(Obligation.closed_at.is_(None)).distinct()))


def planned_kinds() -> list[ObligationKind]:
    """The kinds of which a reminder is planned and has not left."""
    planned = select(Reminder.obligation_id).where(Reminder.status == ReminderStatus.PLANNED)
    return list(db.session.scalars(select(Obligation.kind).where(Obligation.id.in_(planned)).distinct()))


def sources() -> list[Source]:
    """The sources of which something can fall due: those whose tables are empty need not be asked."""
    tables = {one.rests_on for one in SOURCES.values() if one.rests_on is not None}
    ordered = sorted(tables, key=lambda one: one.__name__)
    if not ordered:
        return list(SOURCES.values())
    filled = db.session.execute(select(*(select(table.__table__).exists() for table in ordered))).one()
    empty = {table for table, is_filled in zip(ordered, filled, strict=True) if not is_filled}
    return [one for one in SOURCES.values() if one.rests_on not in empty]


def office(kinds: Collection[ObligationKind] = SOURCES.keys()) -> ColumnElement[Any]:
    """The account at DPH whose work an obligation of one of some kinds is; NULL where it is nobody's in particular."""
    return _by_kind(lambda one: one.office() if one.office else None, kinds)


def is_unassigned() -> ColumnElement[bool]:
    """Whether an obligation is the work of one person at DPH, and nobody has it yet."""
    return and_(Obligation.kind.in_([kind for kind, one in SOURCES.items() if one.office]), office().is_(None))


def digest_items(notice_ids: Sequence[int]) -> list[DueItem]:
    """What each of these notices tells of, the nearest date first."""
    rows = db.session.execute(_digest_items(), {"notices": _padded(notice_ids)})
    return [replace(item_of(row, notice_id=row.id), bundling=row.bundling) for row in rows]


def _padded(numbers: Sequence[int]) -> list[int]:
    """The numbers with the last one repeated up to a power of two, so that few statements of different lengths arise.

    PostgreSQL plans each length by itself, which takes ten times as long as to run it.
    """
    full = 1 << max(len(numbers) - 1, 0).bit_length()
    return [*numbers, *[numbers[-1] for _ in range(full - len(numbers))]] if numbers else []


@cache
def _digest_items() -> Select[*tuple[Any, ...]]:
    """Built once, because to build it takes many times as long as to run it, and each digest that leaves asks."""
    return (
        select(
            ReminderNotice.id,
            ReminderNotice.audience,
            ReminderNotice.bundling,
            *item_columns(),
        )
        .join(Reminder, Reminder.id == ReminderNotice.reminder_id)
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .outerjoin(Party, Party.id == Obligation.party_id)
        .outerjoin(Payer, Payer.id == Obligation.payer_id)
        .where(ReminderNotice.id.in_(bindparam("notices", expanding=True)))
        .order_by(Obligation.due_on, func.coalesce(Party.sort_name, Payer.sort_name), ReminderNotice.id)
    )


def item_columns(kinds: Collection[ObligationKind] = SOURCES.keys()) -> tuple[ColumnElement[Any], ...]:
    """What a due date of one of some kinds is told with, for a query of `Obligation` with its party and payer."""
    return (
        Obligation.kind.label("kind"),
        Obligation.subject_id.label("subject_id"),
        Obligation.party_id.label("party_id"),
        Obligation.payer_id.label("payer_id"),
        Party.kind.label("party_kind"),
        func.coalesce(Party.name, Payer.name, "").label("name"),
        func.coalesce(_by_kind(lambda one: one.what() if one.what else None, kinds), "").label("what"),
        func.coalesce(_by_kind(lambda one: one.thing() if one.thing else None, kinds), "").label("thing"),
        cast(_by_kind(lambda one: one.page_id() if one.page_id else None, kinds), Integer).label("page_id"),
        Obligation.due_on.label("due_on"),
        stays_in_force().label("stays_in_force"),
    )


def item_of(row: Row[Any], *, notice_id: int) -> DueItem:
    """The due date in a row with `item_columns` and an audience."""
    return DueItem(
        notice_id=notice_id, kind=row.kind, subject_id=row.subject_id, party_id=row.party_id,
        party_kind=row.party_kind, party_name=row.name, what=what_in_words(row), due_on=row.due_on,
        audience=row.audience, stays_in_force=row.stays_in_force, page_id=row.page_id, payer_id=row.payer_id,
    )  # fmt: skip


def what_in_words(row: Row[Any]) -> str:
    """What is due, as its reader calls it: a number or code, and what licence or document that is."""
    what: str = row.what
    thing = SOURCES[row.kind].thing_in_words(row.thing) if row.thing else ""
    return ", ".join(told for told in (what, thing) if told)


def why_not(
    day: date, policies: Policies, kinds: Collection[ObligationKind] = SOURCES.keys()
) -> ColumnElement[str | None]:
    """Why a reminder is not sent, as things stand; NULL where it is. For a query of `Reminder` and `Obligation`."""
    nearer = aliased(Reminder)
    overtaken = (
        exists()
        .where(
            nearer.obligation_id == Reminder.obligation_id,
            nearer.step < Reminder.step,
            nearer.status.in_((ReminderStatus.PLANNED, ReminderStatus.SENT)),
        )
        .correlate(Reminder)
    )
    return func.coalesce(
        settled_because(day, policies, kinds),
        _switched_off(policies),
        case((overtaken, literal(NEARER, String)), else_=null()),
        paused_because(day, kinds),
    )


def _switched_off(policies: Policies) -> ColumnElement[str | None]:
    off = [kind for kind, policy in policies.items() if not policy.is_on]
    return case((Obligation.kind.in_(off), literal(OFF, String)), else_=null())


def works_again(day: date) -> ColumnElement[str | None]:
    """Why an employer need not hear that somebody left: the end was corrected, or the person is back."""
    spell = aliased(Employment)
    again = exists().where(
        spell.coordinator_id == Employment.coordinator_id,
        spell.superseded_at.is_(None),
        or_(spell.ends_on.is_(None), spell.ends_on >= day),
    )
    corrected = Employment.superseded_at.is_not(None)
    return case(
        (again, literal("works there again", String)),
        (corrected, literal("the end of the employment was corrected", String)),
        else_=null(),
    )


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody who left, of which the employer hears once."""

    notice_id: int
    name: str
    ended_on: date | None


def departures(notice_ids: Sequence[int]) -> list[Departure]:
    """Those of these notices that tell of an employment that ended."""
    return [Departure(*row) for row in db.session.execute(_departures(), {"notices": _padded(notice_ids)})]


@cache
def _departures() -> Select[*tuple[Any, ...]]:
    return (
        select(ReminderNotice.id, Party.name, Employment.ends_on)
        .join(Employment, Employment.id == ReminderNotice.employment_id)
        .join(Party, Party.id == Employment.coordinator_id)
        .where(ReminderNotice.id.in_(bindparam("notices", expanding=True)))
        .order_by(Party.sort_name, ReminderNotice.id)
    )
