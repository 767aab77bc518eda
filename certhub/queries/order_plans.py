"""What putting an order in force, or revoking it, does to each term: worked out first, and then done as shown."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from certhub.database import canonical, db
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.orders import BoardOrder, OrderEffect
from certhub.models.parties import Party
from certhub.queries.orders import counts, covers, extension_of, touched_by_orders
from certhub.queries.paging import Page
from certhub.queries.standing import ended as has_ended
from certhub.rules.orders import (
    CoveredTerm,
    Extension,
    Obstacle,
    Outcome,
    TermDates,
    outcome_of,
    outcome_without,
)

_PAGE = 50
_party = Party.__table__
_Later = aliased(CredentialPeriod)


@dataclass(frozen=True, slots=True)
class PlannedTerm:
    """One term of a cohort with what becomes of it; `granted_id` is the term before any order."""

    period_id: int
    credential_id: int
    party_id: int
    number: str
    name: str
    granted_id: int
    now: TermDates
    outcome: Outcome

    @property
    def moves(self) -> bool:
        """Whether its dates change."""
        return self.outcome.obstacle is None


@dataclass(frozen=True, slots=True)
class Plan:
    """What putting an order in force, or revoking it, does to each term, in the order of names."""

    terms: tuple[PlannedTerm, ...]

    @property
    def moving(self) -> tuple[PlannedTerm, ...]:
        """The terms whose dates change."""
        return tuple(term for term in self.terms if term.moves)

    @property
    def obstacles(self) -> dict[Obstacle, int]:
        """How many terms keep their dates, by the reason."""
        found: dict[Obstacle, int] = defaultdict(int)
        for term in self.terms:
            if term.outcome.obstacle is not None:
                found[term.outcome.obstacle] += 1
        return dict(sorted(found.items()))

    @property
    def fingerprint(self) -> str:
        """The same for the same terms with the same outcome: what was confirmed is what is done."""
        told = [(term.period_id, term.outcome.dates.expires_on, term.outcome.dates.grace_until) for term in self.terms]
        return hashlib.sha256(canonical(told).encode()).hexdigest()

    def page(self, cursor: str | None) -> Page[PlannedTerm]:
        """Some of the terms; the cursor is the place of the first one, and nonsense is the first page."""
        readable = cursor is not None and cursor.isascii() and cursor.isdigit() and len(cursor) < 10  # noqa: PLR2004  (any place)
        first = min(int(cursor), len(self.terms)) if readable and cursor else 0
        return Page(
            rows=list(self.terms[first : first + _PAGE]),
            next=str(first + _PAGE) if first + _PAGE < len(self.terms) else None,
            previous=str(max(first - _PAGE, 0)) if first else None,
        )


def plan(order: BoardOrder) -> Plan:
    """What putting an extension in force does to its cohort, in two statements however many there are."""
    rows = db.session.execute(_cohort(order)).all()
    known = _under_orders(select(_cohort(order).with_only_columns(CredentialPeriod.id).subquery().c.id))
    extension = extension_of(order)
    lapsed_before = order.adopted_on if order.expires_from is None else None
    return _planned(rows, known, lambda term: outcome_of(term, extension, lapsed_before=lapsed_before))


def plan_of_revocation(order: BoardOrder) -> Plan:
    """What revoking an order does to the terms that it counts for."""
    counted = select(OrderEffect.granted_id).where(OrderEffect.order_id == order.id, counts(OrderEffect))
    touched = select(OrderEffect.after_id).where(OrderEffect.granted_id.in_(counted))
    rows = db.session.execute(
        _terms().where(CredentialPeriod.id.in_(touched)).order_by(_party.c.sort_name, CredentialPeriod.id)
    ).all()
    return _planned(rows, _under_orders(touched, but_not=order.id), outcome_without)


def credentials_in_question(order: BoardOrder) -> Select[int]:
    """The credentials that putting an order in force, or revoking it, can change."""
    counted = select(CredentialPeriod.credential_id).join(OrderEffect, OrderEffect.granted_id == CredentialPeriod.id)
    if order.in_force_at is not None:
        return counted.where(OrderEffect.order_id == order.id)
    return select(_cohort(order).with_only_columns(CredentialPeriod.credential_id).subquery().c.credential_id)


def _terms() -> Select[Any]:
    """Terms that stand, with their holders, and whether a later term was granted."""
    period = CredentialPeriod
    return (
        select(
            period.id,
            period.credential_id,
            Credential.party_id,
            Credential.number,
            _party.c.name,
            period.expires_on,
            period.grace_until,
            period.reinstatement_until,
            period.because,
            _renewed().label("renewed"),
        )
        .select_from(period)
        .join(Credential, Credential.id == period.credential_id)
        .join(_party, _party.c.id == Credential.party_id)
        .where(period.superseded_at.is_(None))
    )


def _renewed() -> ColumnElement[bool]:
    """Whether a later term of the same credential stands."""
    return exists(
        select(_Later.id).where(
            _Later.credential_id == CredentialPeriod.credential_id,
            _Later.superseded_at.is_(None),
            _Later.starts_on > CredentialPeriod.starts_on,
        )
    )


def _cohort(order: BoardOrder) -> Select[Any]:
    """The terms that an order is for: each holder's last one, and earlier ones that were not over at the vote."""
    ended = has_ended(order.adopted_on, Credential.__table__.c.id).label("ended")
    return (
        _terms()
        .add_columns(ended)
        .join(BoardOrder, BoardOrder.id == order.id)
        .where(
            or_(~_renewed(), CredentialPeriod.expires_on >= order.adopted_on),
            covers(
                party_id=Credential.__table__.c.party_id,
                region=_party.c.region,
                credential_id=Credential.__table__.c.id,
                standard_id=Credential.__table__.c.standard_id,
                last_day=CredentialPeriod.expires_on,
            ),
        )
        .order_by(_party.c.sort_name, CredentialPeriod.id)
    )


@dataclass(slots=True)
class _Known:
    """What orders have done to a term so far."""

    granted_id: int
    granted: TermDates
    others: tuple[Extension, ...] = ()


def _under_orders(period_ids: Any, *, but_not: int | None = None) -> dict[int, _Known]:
    """For each of some terms that an order has touched: its dates as granted, and the orders that count for it."""
    touched, granted, effect = touched_by_orders(period_ids), aliased(CredentialPeriod), OrderEffect
    standing = and_(effect.granted_id == touched.c.granted_id, counts(effect))
    if but_not is not None:
        standing = and_(standing, effect.order_id != but_not)
    rows = db.session.execute(
        select(
            touched.c.after_id,
            granted.id,
            granted.expires_on,
            granted.grace_until,
            granted.reinstatement_until,
            granted.because,
            BoardOrder.number,
            BoardOrder.extends_to,
            BoardOrder.extends_months,
            BoardOrder.extends_days,
            BoardOrder.grace_only,
        )
        .select_from(touched)
        .join(granted, granted.id == touched.c.granted_id)
        .outerjoin(effect, standing)
        .outerjoin(BoardOrder, BoardOrder.id == effect.order_id)
        .order_by(BoardOrder.in_force_at, BoardOrder.id)
    )
    found: dict[int, _Known] = {}
    for after_id, granted_id, expires_on, grace_until, reinstatement_until, because, number, *how in rows:
        dates = TermDates(expires_on, grace_until, reinstatement_until, because)
        known = found.setdefault(after_id, _Known(granted_id, dates))
        if number is not None:
            to, months, days, grace_only = how
            known.others += (Extension(number, to, months, days, grace_only=grace_only),)
    return found


def _planned(rows: Iterable[Any], known: dict[int, _Known], judged: Callable[[CoveredTerm], Outcome]) -> Plan:
    planned = []
    for row in rows:
        now = TermDates(row.expires_on, row.grace_until, row.reinstatement_until, row.because)
        before = known.get(row.id) or _Known(row.id, now)
        term = CoveredTerm(
            before.granted, now, before.others, ended=bool(getattr(row, "ended", False)), renewed=bool(row.renewed)
        )
        planned.append(
            PlannedTerm(
                row.id, row.credential_id, row.party_id, row.number, row.name, before.granted_id, now,
                judged(term),
            )
        )  # fmt: skip
    return Plan(tuple(planned))
