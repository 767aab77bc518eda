"""Licences of other bodies: their own end, and the next look at the page of whoever issued them.

Each licence stands for itself: a nurse of two states has two. A licence is told from others by its kind and number,
and an entry that takes the place of another goes on with the reminders of it.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, String, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from certhub.models.messages import Obligation
from certhub.models.parties import ExternalLicence
from certhub.queries.obligation_sources.source import (
    CORRECTED,
    RENEWED,
    Falling,
    Source,
    carried_on,
    falling,
    of_subject,
    reasons,
)
from certhub.queries.standing import CREDENTIAL_ENDED, is_over
from certhub.rules.due_words import DueWords
from certhub.rules.licences import NOTHING_TO_RENEW, licence_name
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.vocabulary import SubjectType

LOOKED_UP = "checked again, or changed"

Licence = type[ExternalLicence]
DayOf = Callable[[Licence], InstrumentedAttribute[date | None]]


def _last_day(row: Licence) -> InstrumentedAttribute[date | None]:
    return row.expires_on


def _next_look(row: Licence) -> InstrumentedAttribute[date | None]:
    return row.check_again_on


def _same(one: Licence, other: Licence) -> ColumnElement[bool]:
    """Whether two entries of one person are of the same licence."""
    named = and_(func.lower(other.kind) == func.lower(one.kind), func.lower(other.number) == func.lower(one.number))
    return and_(other.coordinator_id == one.coordinator_id, or_(other.supersedes_id == one.id, named))


def _stands(row: Licence) -> ColumnElement[bool]:
    return and_(row.superseded_at.is_(None), row.status.not_in(NOTHING_TO_RENEW))


def _falls_due(day: date, floor: date, day_of: DayOf) -> Falling:
    row, later = ExternalLicence, aliased(ExternalLicence)
    return falling(row.id, row.coordinator_id, day_of(row)).where(
        _stands(row),
        day_of(row) >= floor,
        ~exists().where(_same(row, later), later.id != row.id, _stands(later), _goes_beyond(later, row, day_of)),
        ~is_over(day, row.coordinator_id),
    )


def _goes_beyond(later: Licence, row: Licence, day_of: DayOf) -> ColumnElement[bool]:
    """Whether one entry outlives another; of two with one date the newer counts."""
    same_day = and_(day_of(later) == day_of(row), later.id > row.id)
    return or_(day_of(later) > day_of(row), same_day)


def _heir(day_of: DayOf) -> SQLColumnExpression[Any]:
    """The entry that stands in the place of a replaced one, also where it was looked up and renumbered in one day."""
    row, between, other = aliased(ExternalLicence), aliased(ExternalLicence), aliased(ExternalLicence)
    return (
        select(func.max(other.id))
        .where(
            row.id == Obligation.subject_id,
            row.superseded_at.is_not(None),
            _same(row, between),
            _same(between, other),
            other.superseded_at.is_(None),
            day_of(other) == Obligation.due_on,
        )
        .correlate(Obligation)
        .scalar_subquery()
    )


def _standing(day_of: DayOf) -> ColumnElement[bool]:
    row = aliased(ExternalLicence)
    itself = exists().where(
        row.id == Obligation.subject_id, row.superseded_at.is_(None), day_of(row) == Obligation.due_on
    )
    return or_(itself, carried_on(_heir(day_of)))


def _given_up(day_of: DayOf) -> ColumnElement[bool]:
    """Whether the licence has ended for good, as it is on file now."""
    now = aliased(ExternalLicence)
    return exists().where(
        now.id == func.coalesce(_heir(day_of), Obligation.subject_id),
        now.superseded_at.is_(None),
        now.status.in_(NOTHING_TO_RENEW),
    )


def _overtaken(day_of: DayOf, because: str) -> SQLColumnExpression[str | None]:
    """Why another entry of the same licence counts: `because` where it lasts longer, else that it is the newer one."""
    row, later = aliased(ExternalLicence), aliased(ExternalLicence)
    longer = day_of(later) > Obligation.due_on
    doubled = and_(day_of(later) == Obligation.due_on, row.superseded_at.is_(None), later.id > row.id)
    return (
        select(case((longer, literal(because, String)), else_=literal(CORRECTED, String)))
        .where(row.id == Obligation.subject_id, _same(row, later), _stands(later), or_(longer, doubled))
        .order_by(day_of(later).desc())
        .limit(1)
        .correlate(Obligation)
        .scalar_subquery()
    )


def _renewed(day: date) -> ColumnElement[str | None]:
    return func.coalesce(
        _overtaken(_last_day, RENEWED),
        reasons(
            (_given_up(_last_day), "the licence ended"),
            (~_standing(_last_day), CORRECTED),
            (is_over(day, Obligation.party_id), CREDENTIAL_ENDED),
        ),
    )


def _looked_up(day: date) -> ColumnElement[str | None]:
    return func.coalesce(
        _overtaken(_next_look, LOOKED_UP),
        reasons(
            (_given_up(_next_look), "the licence ended"),
            (~_standing(_next_look), LOOKED_UP),
            (is_over(day, Obligation.party_id), CREDENTIAL_ENDED),
        ),
    )


SOURCES = (
    Source(
        kind=ObligationKind.LICENCE_RENEWAL,
        falls_due=lambda day, floor: _falls_due(day, floor, _last_day),
        settled=_renewed,
        heir=lambda: _heir(_last_day),
        what=lambda: of_subject(ExternalLicence.number, ExternalLicence.id),
        thing=lambda: of_subject(ExternalLicence.kind, ExternalLicence.id),
        thing_in_words=licence_name,
        words=DueWords(
            noun="licence",
            ahead="Renew the licence with the body that issued it, then enter the new date.",
            past="Enter the new date if the licence was renewed. If not, tell DPH.",
            ends=True,
        ),
        concerns=frozenset({Audience.HOLDER, Audience.EMPLOYER, Audience.DPH}),
        holders=frozenset({SubjectType.COORDINATOR}),
    ),
    Source(
        kind=ObligationKind.LICENCE_RECHECK,
        falls_due=lambda day, floor: _falls_due(day, floor, _next_look),
        settled=_looked_up,
        heir=lambda: _heir(_next_look),
        what=lambda: of_subject(ExternalLicence.number, ExternalLicence.id),
        thing=lambda: of_subject(ExternalLicence.kind, ExternalLicence.id),
        thing_in_words=licence_name,
        words=DueWords(
            noun="check of licence",
            ahead="Look the licence up with the body that issued it, and record what you found.",
            past="Look the licence up with the body that issued it now, and record what you found.",
        ),
        concerns=frozenset({Audience.EMPLOYER, Audience.DPH}),
        holders=frozenset({SubjectType.COORDINATOR}),
    ),
)
