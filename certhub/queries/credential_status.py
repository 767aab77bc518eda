"""A credential's status as SQL: the twin of `rules.status.status_on`, step by step.

Four forms say the same. `status_column` is a correlated expression for pages of a few rows; `Standing` joins three
grouped subqueries for whole registers; `has_status` asks for one status, so that a list finds the few in grace without
working out the status of everybody; `in_force` only tells whose credential authorizes. A property test holds all four
equal to the rules.

`as_of` is the day in question. `known_at` is the instant whose knowledge counts: rows that were recorded by then and
not yet superseded; None is what is known now.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import (
    ColumnElement,
    Enum,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.types import TypeEngine

from certhub.database import db
from certhub.models.certification import Application, Credential, CredentialPeriod, StatusEvent
from certhub.queries.knowledge import Day, closed_on, completed, known, submitted, waits
from certhub.rules.status import (
    AUTHORIZED_STATUSES,
    CONDITIONAL_PRECEDENCE,
    EVENT_PRECEDENCE,
    Event,
    History,
    Period,
    Renewal,
)
from certhub.rules.terms import ONE_DAY
from certhub.rules.vocabulary import CredentialStatus, StatusEventKind, SubjectType

Key = int | SQLColumnExpression[int]
Statement = TypeVar("Statement", bound=Select[Any])

_S = CredentialStatus
_STATUS = cast(
    "TypeEngine[CredentialStatus]",
    Enum(CredentialStatus, native_enum=False, create_constraint=False, values_callable=list, length=40),
)
_PRECEDENCE = (*EVENT_PRECEDENCE, *CONDITIONAL_PRECEDENCE)
_RANKS = {kind: rank for rank, kind in enumerate(_PRECEDENCE, start=1)}
_LAST_STOPPING = len(EVENT_PRECEDENCE)
_EXPRESSIONS_KEPT = 32
"""How many expressions are kept for use again: putting one together takes ten times as long as its query."""


def status_column(
    credential_id: Key, *, as_of: Day, known_at: datetime | None = None
) -> ColumnElement[CredentialStatus]:
    """The status on `as_of` as an expression that can be selected, compared and filtered by.

    `credential_id` is a column of the statement around it: `status_column(Credential.id, as_of=clock.today())`.
    """
    return _status_column(credential_id, as_of, known_at)


@lru_cache(maxsize=_EXPRESSIONS_KEPT)
def _status_column(credential_id: Key, as_of: Day, known_at: datetime | None) -> ColumnElement[CredentialStatus]:
    period = aliased(CredentialPeriod)
    conditional = _event_status(CONDITIONAL_PRECEDENCE, credential_id, as_of, known_at)
    of_period = case(
        (period.expires_on >= as_of, func.coalesce(conditional, _word(_S.CURRENT))),
        (
            _pending(credential_id, period.expires_on, as_of, known_at),
            func.coalesce(conditional, _word(_S.RENEWAL_PENDING)),
        ),
        (period.grace_until >= as_of, _word(_S.IN_GRACE)),
        else_=_word(_S.EXPIRED),
    )
    latest = (
        select(of_period)
        .where(period.credential_id == credential_id, period.starts_on <= as_of, known(period, known_at))
        .order_by(period.starts_on.desc(), period.expires_on.desc(), period.grace_until.desc())
        .limit(1)
        .correlate_except(period)
        .scalar_subquery()
    )
    stopping = _event_status(EVENT_PRECEDENCE, credential_id, as_of, known_at)
    return type_coerce(func.coalesce(stopping, latest, _word(_S.NOT_YET_EFFECTIVE)), _STATUS)


def has_status(
    credential_id: SQLColumnExpression[int], status: CredentialStatus, *, as_of: date
) -> ColumnElement[bool]:
    """Condition that a credential has this status on `as_of`, by what is known now.

    Where few can have the status, their ids are looked up first; where many do, each row is asked in its turn.
    """
    return _has_status(credential_id, status, as_of)


@lru_cache(maxsize=_EXPRESSIONS_KEPT)
def _has_status(credential_id: SQLColumnExpression[int], status: CredentialStatus, as_of: date) -> ColumnElement[bool]:
    barred = _under(EVENT_PRECEDENCE, credential_id, as_of)
    if status is _S.IN_GRACE:
        period = aliased(CredentialPeriod)
        late = select(period.credential_id).where(
            period.expires_on < as_of,
            period.grace_until >= as_of,
            _latest(period, as_of),
            ~_pending(period.credential_id, period.expires_on, as_of, None),
        )
        return and_(credential_id.in_(late), ~barred)
    if status is _S.RENEWAL_PENDING:
        carried = credential_id.in_(_carried(as_of))
        return and_(carried, ~barred, ~_under(CONDITIONAL_PRECEDENCE, credential_id, as_of))
    of_status = status_column(credential_id, as_of=as_of) == status
    if status.value in set(StatusEventKind):
        event = aliased(StatusEvent)
        those = select(event.credential_id).where(
            event.kind == StatusEventKind(status.value), _active(event, as_of), known(event, None)
        )
        return and_(credential_id.in_(those), of_status)
    return of_status


def period_in_question(
    credential_id: Key, *, as_of: Day, known_at: datetime | None = None
) -> ColumnElement[int | None]:
    """The id of the latest period that has begun by `as_of`, NULL before the first.

    Join it for the dates and their reason:
    `.outerjoin(CredentialPeriod, CredentialPeriod.id == period_in_question(Credential.id, as_of=day))`.
    """
    return _period_in_question(credential_id, as_of, known_at)


@lru_cache(maxsize=_EXPRESSIONS_KEPT)
def _period_in_question(credential_id: Key, as_of: Day, known_at: datetime | None) -> ColumnElement[int | None]:
    period = aliased(CredentialPeriod)
    return (
        select(period.id)
        .where(period.credential_id == credential_id, period.starts_on <= as_of, known(period, known_at))
        .order_by(period.starts_on.desc(), period.expires_on.desc(), period.grace_until.desc(), period.id.desc())
        .limit(1)
        .correlate_except(period)
        .scalar_subquery()
    )


def is_authorized(status: ColumnElement[CredentialStatus]) -> ColumnElement[bool]:
    """Condition that a status allows practice, with or without conditions."""
    return status.in_(sorted(AUTHORIZED_STATUSES))


@lru_cache(maxsize=_EXPRESSIONS_KEPT)
def in_force(as_of: date, known_at: datetime | None = None) -> Select[int, SubjectType]:
    """Who holds a credential that authorizes on `as_of`, as known at `known_at` (now): the party and the kind.

    What is needed to say yes or no is less than the status, so nothing is sorted or joined: an index names the terms
    that run, and the few that a renewal carries on or that an event bars are looked up.
    """
    period, event = aliased(CredentialPeriod), aliased(StatusEvent)
    running = select(period.credential_id).where(period.expires_on >= as_of, _latest(period, as_of, known_at))
    barred = select(event.credential_id).where(
        event.kind.in_(EVENT_PRECEDENCE), _active(event, as_of), known(event, known_at)
    )
    return select(Credential.party_id, Credential.subject_type).where(
        Credential.id.in_(union_all(running, _carried(as_of, known_at))), Credential.id.not_in(barred)
    )


def latest_period(as_of: date, known_at: datetime | None = None) -> Subquery:
    """One row per credential: its latest period that has begun by `as_of`.

    Columns: credential_id, id, starts_on, expires_on, grace_until, because, standard_version_id.
    """
    period = CredentialPeriod
    newest = (period.starts_on.desc(), period.expires_on.desc(), period.grace_until.desc(), period.id.desc())
    ranked = (
        select(
            period.credential_id,
            period.id,
            period.starts_on,
            period.expires_on,
            period.grace_until,
            period.because,
            period.standard_version_id,
            func.row_number().over(partition_by=period.credential_id, order_by=newest).label("place"),
        )
        .where(period.starts_on <= as_of, known(period, known_at))
        .subquery()
    )
    columns = [column for column in ranked.c if column.key != "place"]
    return select(*columns).where(ranked.c.place == 1).subquery("latest_period")


@dataclass(frozen=True, slots=True)
class Standing:
    """Status and dates of every credential on one day, for statements about whole registers."""

    period: Subquery
    events: Subquery
    renewals: Subquery
    status: ColumnElement[CredentialStatus]

    def joined(self, statement: Statement, credential_id: SQLColumnExpression[int]) -> Statement:
        """`statement` with the three subqueries, so that it can select `status` and the columns of `period`."""
        for part in (self.period, self.events, self.renewals):
            statement = statement.outerjoin(part, part.c.credential_id == credential_id)
        return statement


def standing(as_of: date, known_at: datetime | None = None) -> Standing:
    """The set-based form: each table is read once, however many credentials there are."""
    period = latest_period(as_of, known_at)
    events = (
        select(StatusEvent.credential_id, func.min(_rank()).label("rank"))
        .where(_active(StatusEvent, as_of), known(StatusEvent, known_at))
        .group_by(StatusEvent.credential_id)
        .subquery("active_event")
    )
    renewals = (
        # A renewal was in time for the period if the earliest that still waits was.
        select(Application.credential_id, func.min(Application.submitted_on).label("submitted_on"))
        .where(Application.credential_id.is_not(None), waits(Application, as_of, known_at))
        .group_by(Application.credential_id)
        .subquery("waiting_renewal")
    )
    of_event = case(
        {rank: _word(CredentialStatus(kind.value)) for kind, rank in _RANKS.items()}, value=events.c.rank, else_=null()
    )
    status = case(
        (events.c.rank <= _LAST_STOPPING, of_event),
        (period.c.starts_on.is_(None), _word(_S.NOT_YET_EFFECTIVE)),
        (period.c.expires_on >= as_of, func.coalesce(of_event, _word(_S.CURRENT))),
        (renewals.c.submitted_on <= period.c.expires_on, func.coalesce(of_event, _word(_S.RENEWAL_PENDING))),
        (period.c.grace_until >= as_of, _word(_S.IN_GRACE)),
        else_=_word(_S.EXPIRED),
    )
    return Standing(period, events, renewals, type_coerce(status, _STATUS))


def history_of(credential_id: int, known_at: datetime | None = None) -> History:
    """All that the rules need to tell the status of one credential on any day."""
    return histories_of(Credential.id == credential_id, known_at)[credential_id][1]


def histories_of(condition: ColumnElement[bool], known_at: datetime | None = None) -> dict[int, tuple[int, History]]:
    """For each credential under a condition its holder and its history, in three statements however many there are."""
    statement = select(Credential.id, Credential.party_id).where(condition).order_by(Credential.id)
    period, event = CredentialPeriod, StatusEvent
    rows = db.session.execute(
        statement.add_columns(period.starts_on, period.expires_on, period.grace_until)
        .outerjoin(period, and_(period.credential_id == Credential.id, known(period, known_at)))
        .order_by(period.starts_on, period.id)
    )
    holders: dict[int, int] = {}
    periods: defaultdict[int, list[Period]] = defaultdict(list)
    for number, party_id, *dates in rows:
        holders[number] = party_id
        if dates[0] is not None:
            periods[number].append(Period(*dates))
    events: defaultdict[int, list[Event]] = defaultdict(list)
    for number, _, *told in db.session.execute(
        statement.add_columns(event.kind, event.effective_on, event.ends_on)
        .join(event, event.credential_id == Credential.id)
        .where(known(event, known_at))
        .order_by(event.effective_on, event.id)
    ):
        events[number].append(Event(*told))
    renewals = _renewals(condition, known_at)
    return {
        number: (party_id, History(tuple(periods[number]), tuple(events[number]), tuple(renewals[number])))
        for number, party_id in holders.items()
    }


def history_with(credential_id: int, periods: Iterable[CredentialPeriod], events: Iterable[StatusEvent]) -> History:
    """The history of one credential as known now, for whoever has read its terms and events already."""
    return History(
        tuple(Period(*dates) for dates in sorted((one.starts_on, one.expires_on, one.grace_until) for one in periods)),
        tuple(
            Event(one.kind, one.effective_on, one.ends_on)
            for one in sorted(events, key=lambda event: (event.effective_on, event.id))
        ),
        tuple(_renewals(Credential.id == credential_id, None)[credential_id]),
    )


def _renewals(condition: ColumnElement[bool], known_at: datetime | None) -> defaultdict[int, list[Renewal]]:
    """For each credential under a condition the applications to renew it, in the order in which they were filed."""
    found: defaultdict[int, list[Renewal]] = defaultdict(list)
    for number, on, complete, closed in db.session.execute(
        select(
            Credential.id,
            Application.submitted_on,
            completed(Application, known_at),
            closed_on(Application, known_at),
        )
        .join(Application, Application.credential_id == Credential.id)
        .where(condition, submitted(Application, known_at))
        .order_by(Credential.id, Application.submitted_on, Application.id)
    ):
        if on is not None:
            found[number].append(Renewal(on, bool(complete), closed))
    return found


def _carried(as_of: date, known_at: datetime | None = None) -> Select[int | None]:
    """The credentials past the last day of their latest term that a renewal filed in time carries on."""
    return select(Application.credential_id).where(
        Application.credential_id.is_not(None),
        waits(Application, as_of, known_at),
        _last_day(Application.credential_id, as_of, known_at).between(Application.submitted_on, as_of - ONE_DAY),
    )


def _latest(period: type[CredentialPeriod], as_of: date, known_at: datetime | None = None) -> ColumnElement[bool]:
    """Condition that the period has begun and no later one has: of those known at one time, no two begin on one day."""
    later = aliased(CredentialPeriod)
    newer = select(later.id).where(
        later.credential_id == period.credential_id,
        later.starts_on > period.starts_on,
        later.starts_on <= as_of,
        known(later, known_at),
    )
    return and_(period.starts_on <= as_of, known(period, known_at), ~newer.exists())


def _last_day(
    credential_id: Key | SQLColumnExpression[int | None], as_of: date, known_at: datetime | None = None
) -> ScalarSelect[date]:
    """The last day of the latest period that has begun."""
    period = aliased(CredentialPeriod)
    return (
        select(period.expires_on)
        .where(period.credential_id == credential_id, period.starts_on <= as_of, known(period, known_at))
        .order_by(period.starts_on.desc())
        .limit(1)
        .correlate_except(period)
        .scalar_subquery()
    )


def _under(
    kinds: tuple[StatusEventKind, ...], credential_id: SQLColumnExpression[int], as_of: date
) -> ColumnElement[bool]:
    """Condition that an event of these kinds is active; asked of one credential after another."""
    event = aliased(StatusEvent)
    return exists(
        select(literal(1))
        .select_from(event)
        .where(event.credential_id == credential_id, event.kind.in_(kinds), _active(event, as_of), known(event, None))
        .correlate_except(event)
    )


def _word(status: CredentialStatus) -> ColumnElement[str]:
    return literal(status.value)


def _rank() -> ColumnElement[int]:
    return case(_RANKS, value=StatusEvent.kind, else_=null())


def _active(event: type[StatusEvent], as_of: Day) -> ColumnElement[bool]:
    return and_(event.effective_on <= as_of, or_(event.ends_on.is_(None), event.ends_on >= as_of))


def _event_status(
    precedence: tuple[StatusEventKind, ...], credential_id: Key, as_of: Day, known_at: datetime | None
) -> ColumnElement[Any]:
    """The first of the active events in `precedence`, as a word."""
    event = aliased(StatusEvent)
    place = case({kind: rank for rank, kind in enumerate(precedence)}, value=event.kind)
    return (
        select(type_coerce(event.kind, String()))
        .where(
            event.credential_id == credential_id,
            event.kind.in_(precedence),
            _active(event, as_of),
            known(event, known_at),
        )
        .order_by(place)
        .limit(1)
        .correlate_except(event)
        .scalar_subquery()
    )


def _pending(
    credential_id: Key, last_day: SQLColumnExpression[date], as_of: Day, known_at: datetime | None
) -> ColumnElement[bool]:
    application = aliased(Application)
    return exists(
        select(literal(1))
        .select_from(application)
        .where(
            application.credential_id == credential_id,
            application.submitted_on <= last_day,
            waits(application, as_of, known_at),
        )
        .correlate_except(application)
    )
