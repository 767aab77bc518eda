"""Orders of the Board: which there are, whom each is for, what it does or did, and where it shows.

One condition says whom an order is for (`_covers`), between columns of the order and of the subject. It is read in both
directions: the cohort of one order, and the orders that cover one holder.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, exists, func, literal, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from certhub.database import db
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.orders import BoardOrder, OrderEffect, OrderRevocation
from certhub.models.parties import Employment, Party
from certhub.models.standards import StandardSet
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.orders import (
    Extension,
    OrderKind,
    OrderState,
    TermDates,
    WaiverInForce,
)
from certhub.rules.permissions import Viewer
from certhub.rules.vocabulary import SubjectType

_party = Party.__table__
_TakenBack = aliased(OrderEffect)


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What an order did to one credential."""

    credential_id: int
    number: str
    name: str
    before_on: date
    after_on: date
    grace_before: date
    grace_after: date
    taken_back: bool


def state_of(order: BoardOrder) -> OrderState:
    """Where an order stands."""
    if order.in_force_at is None:
        return OrderState.DRAFT
    return OrderState.IN_FORCE if order.revocation is None else OrderState.REVOKED


def extension_of(order: BoardOrder) -> Extension:
    """What an order does to a term."""
    return Extension(
        order.number, order.extends_to, order.extends_months, order.extends_days, grace_only=order.grace_only
    )


def dates_of(period: CredentialPeriod) -> TermDates:
    """The days of a term that an order can move."""
    return TermDates(period.expires_on, period.grace_until, period.reinstatement_until, period.because)


def page(viewer: Viewer, *, cursor: str | None = None) -> Page[BoardOrder]:
    """The orders that the viewer may read, newest first."""
    statement: Select[*tuple[Any, ...]] = (
        select(BoardOrder)
        .options(joinedload(BoardOrder.standard), joinedload(BoardOrder.vendor))
        .where(_visible_to(viewer))
    )
    return paged(statement, [BoardOrder.id], lambda row: row[0], cursor=cursor, newest_first=True)


def one(viewer: Viewer, order_id: int) -> BoardOrder:
    """An order that the viewer may read. Raises `NotVisible`: a draft is nobody's business outside DPH."""
    found = db.session.scalar(select(BoardOrder).where(BoardOrder.id == order_id, _visible_to(viewer)))
    if found is None:
        raise NotVisible(order_id)
    return found


def covering_grant(credential: Credential, period: CredentialPeriod) -> list[BoardOrder]:
    """The extensions in force that also count for terms granted later and cover this one, the oldest first."""
    return list(
        db.session.scalars(
            _in_force(OrderKind.EXTENSION).where(
                BoardOrder.future_grants.is_(True),
                covers(
                    party_id=literal(credential.party_id),
                    region=literal(credential.party.region),
                    credential_id=literal(credential.id),
                    standard_id=literal(credential.standard_id),
                    last_day=literal(period.expires_on),
                ),
            )
        )
    )


def waivers_for(
    kind: SubjectType,
    whose: Callable[[SQLColumnExpression[Any]], ColumnElement[bool]],
    *,
    submitted_on: date,
    filed: Mapping[int, date] | None = None,
) -> dict[int, tuple[WaiverInForce, ...]]:
    """The requirements that orders in force waive for applications submitted on this day, by party.

    `whose` says which parties of the kind are meant, as a condition on the column of their ids. `filed` has the day of
    each of those whose application was submitted on another one.
    """
    day_of = filed or {}
    days = [submitted_on, *day_of.values()]
    of_the_day = (
        _in_force(OrderKind.WAIVER)
        .join(StandardSet, StandardSet.id == BoardOrder.standard_id)
        .where(
            StandardSet.subject_type == kind,
            BoardOrder.submitted_from <= max(days),
            BoardOrder.submitted_to >= min(days),
        )
    )
    # On most days there is none, and then nobody needs to be compared with it.
    if db.session.scalar(of_the_day.with_only_columns(BoardOrder.id).limit(1)) is None:
        return {}
    credential, term = aliased(Credential), aliased(CredentialPeriod)
    own = (credential.party_id == _party.c.id, credential.subject_type == kind)
    last_day = (
        select(func.max(term.expires_on))
        .join(credential, credential.id == term.credential_id)
        .where(*own, term.superseded_at.is_(None))
        .correlate(_party)
    )
    rows = db.session.execute(
        of_the_day.join(_party, and_(_party.c.kind == kind, whose(_party.c.id)))
        .where(
            covers(
                party_id=_party.c.id,
                region=_party.c.region,
                credential_id=select(credential.id).where(*own).limit(1).correlate(_party).scalar_subquery(),
                standard_id=StandardSet.id.expression,
                last_day=last_day.scalar_subquery(),
            ),
        )
        .with_only_columns(
            _party.c.id, BoardOrder.waived_codes, BoardOrder.number, BoardOrder.adopted_on, BoardOrder.submitted_from,
            BoardOrder.submitted_to,
        )
    )  # fmt: skip
    found: defaultdict[int, dict[str, WaiverInForce]] = defaultdict(dict)
    for party_id, codes, number, adopted_on, first, last in rows:
        if first <= day_of.get(party_id, submitted_on) <= last:
            for code in codes:
                found[party_id].setdefault(code, WaiverInForce(code, number, adopted_on))
    return {party_id: tuple(by_code[code] for code in sorted(by_code)) for party_id, by_code in found.items()}


def waivers_under(standard_id: int) -> dict[str, list[BoardOrder]]:
    """For each requirement of a standard the orders in force that waive it."""
    found: dict[str, list[BoardOrder]] = defaultdict(list)
    for order in db.session.scalars(_in_force(OrderKind.WAIVER).where(BoardOrder.standard_id == standard_id)):
        for code in order.waived_codes:
            found[code].append(order)
    return dict(found)


def of_periods(period_ids: Collection[int]) -> dict[int, list[BoardOrder]]:
    """For each of some terms the orders that its dates are under, the oldest first."""
    touched, effect = (
        touched_by_orders(select(CredentialPeriod.id).where(CredentialPeriod.id.in_(period_ids))),
        OrderEffect,
    )
    rows = db.session.execute(
        select(touched.c.after_id, BoardOrder)
        .select_from(touched)
        .join(effect, and_(effect.granted_id == touched.c.granted_id, counts(effect)))
        .join(BoardOrder, BoardOrder.id == effect.order_id)
        .order_by(BoardOrder.in_force_at, BoardOrder.id)
    )
    found: dict[int, list[BoardOrder]] = defaultdict(list)
    for period_id, order in rows:
        found[period_id].append(order)
    return dict(found)


def grant_of(period: CredentialPeriod) -> CredentialPeriod:
    """The term as it was granted, before any order moved it."""
    granted = db.session.scalar(
        select(CredentialPeriod)
        .join(OrderEffect, OrderEffect.granted_id == CredentialPeriod.id)
        .where(OrderEffect.after_id == period.id)
        .limit(1)
    )
    return period if granted is None else granted


def effects(order: BoardOrder, *, cursor: str | None = None) -> Page[EffectRow]:
    """What an order and its revocation did, credential by credential."""
    before, after = aliased(CredentialPeriod), aliased(CredentialPeriod)
    statement: Select[*tuple[Any, ...]] = (
        select(
            Credential.id,
            Credential.number,
            Party.name,
            before.expires_on,
            after.expires_on,
            before.grace_until,
            after.grace_until,
            OrderEffect.taken_back,
        )
        .select_from(OrderEffect)
        .join(before, before.id == OrderEffect.before_id)
        .join(after, after.id == OrderEffect.after_id)
        .join(Credential, Credential.id == after.credential_id)
        .join(_party, _party.c.id == Credential.party_id)
        .where(OrderEffect.order_id == order.id)
    )
    return paged(statement, [OrderEffect.id], lambda row: EffectRow(*row[:8]), cursor=cursor)


def effect_counts(order: BoardOrder) -> tuple[int, int]:
    """How many terms an order moved, and how many of these its revocation moved back.

    A term that was corrected since, and moved by the order once more, is one term still: that of its first record.
    """
    moved = (
        select(OrderEffect.taken_back, OrderEffect.granted_id.label("period_id"))
        .where(OrderEffect.order_id == order.id, OrderEffect.before_id != OrderEffect.after_id)
        .cte("recorded", recursive=True)
    )
    earlier = (
        select(moved.c.taken_back, CredentialPeriod.supersedes_id)
        .join(CredentialPeriod, CredentialPeriod.id == moved.c.period_id)
        .where(CredentialPeriod.supersedes_id.is_not(None))
    )
    recorded = moved.union_all(earlier)
    rows = db.session.execute(
        select(recorded.c.taken_back, func.count(recorded.c.period_id.distinct()))
        .join(CredentialPeriod, CredentialPeriod.id == recorded.c.period_id)
        .where(CredentialPeriod.supersedes_id.is_(None))
        .group_by(recorded.c.taken_back)
    )
    found = {bool(taken_back): number for taken_back, number in rows}
    return found.get(False, 0), found.get(True, 0)


def numbers_of(year: int) -> list[str]:
    """The numbers of the orders of a year."""
    return list(db.session.scalars(select(BoardOrder.number).where(BoardOrder.number.startswith(f"{year}-"))))


def credential_numbered(number: str) -> int | None:
    """The credential with this number."""
    return db.session.scalar(select(Credential.id).where(Credential.number == number))


def standard_sets() -> list[StandardSet]:
    """Every standard, for choosing one."""
    return list(db.session.scalars(select(StandardSet).order_by(StandardSet.code)))


def _visible_to(viewer: Viewer) -> ColumnElement[bool]:
    return true() if sees_everything(viewer) else BoardOrder.in_force_at.is_not(None)


def _in_force(kind: OrderKind) -> Select[BoardOrder]:
    revoked = select(OrderRevocation.id).where(OrderRevocation.order_id == BoardOrder.id)
    return (
        select(BoardOrder)
        .where(BoardOrder.kind == kind, BoardOrder.in_force_at.is_not(None), ~revoked.exists())
        .order_by(BoardOrder.in_force_at, BoardOrder.id)
    )


def covers(
    *,
    party_id: ColumnElement[Any],
    region: ColumnElement[Any],
    credential_id: Any,
    standard_id: ColumnElement[Any],
    last_day: Any,
) -> ColumnElement[bool]:
    """Whether the order of the statement around it is for this holder: each criterion that it has must fit."""
    employed = exists(
        select(Employment.id).where(
            Employment.coordinator_id == party_id,
            Employment.employer_id == BoardOrder.vendor_id,
            Employment.superseded_at.is_(None),
            Employment.starts_on <= BoardOrder.adopted_on,
            or_(Employment.ends_on.is_(None), Employment.ends_on >= BoardOrder.adopted_on),
        )
    )
    return and_(
        or_(BoardOrder.credential_id.is_(None), BoardOrder.credential_id == credential_id),
        or_(BoardOrder.standard_id.is_(None), BoardOrder.standard_id == standard_id),
        or_(BoardOrder.region.is_(None), BoardOrder.region == region),
        or_(BoardOrder.vendor_id.is_(None), employed),
        or_(BoardOrder.expires_from.is_(None), BoardOrder.expires_from <= last_day),
        or_(BoardOrder.expires_to.is_(None), BoardOrder.expires_to >= last_day),
    )


def counts(effect: type[OrderEffect]) -> ColumnElement[bool]:
    """Whether an effect is an order's own and was not taken back by its revocation."""
    taken_back = select(_TakenBack.id).where(
        _TakenBack.order_id == effect.order_id,
        _TakenBack.granted_id == effect.granted_id,
        _TakenBack.taken_back.is_(True),
    )
    return and_(effect.taken_back.is_(False), ~taken_back.exists())


def touched_by_orders(period_ids: Any) -> Any:
    """For each of some terms that an order has touched: the term as it was granted."""
    return (
        select(OrderEffect.after_id, OrderEffect.granted_id)
        .where(OrderEffect.after_id.in_(period_ids))
        .distinct()
        .subquery("touched")
    )
