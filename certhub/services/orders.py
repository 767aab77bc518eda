"""Orders of the Board: drafted, put in force, revoked; `rules.orders` works the dates out, here they are superseded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from certhub import clock
from certhub.database import db, locked, look_at, repeat_plans
from certhub.models.accounts import User
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.orders import BoardOrder, OrderEffect, OrderRevocation
from certhub.queries import order_plans, orders, standards
from certhub.queries.order_plans import Plan, PlannedTerm
from certhub.rules.audit_actions import AuditAction
from certhub.rules.orders import (
    KEPT_LABELS,
    OBSTACLE_LABELS,
    Obstacle,
    OrderKind,
    OrderText,
    moved,
    require_order,
    under,
)
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.services import audit
from certhub.services.bulk_changes import new_numbers

_period: Any = CredentialPeriod.__table__
_effect: Any = OrderEffect.__table__

_MANY = 1_000
"""From so many effects on, PostgreSQL looks at their table at once: a revocation minutes later would wait for it."""


@dataclass(frozen=True, slots=True)
class Document:
    """The signed order; its bytes are in the file store already."""

    sha256: str
    name: str


def draft(given: OrderText, *, document: Document | None = None, actor: User, at: datetime) -> BoardOrder:
    """Write an order down; nothing counts until it is put in force."""
    _require(given, at=at)
    order = BoardOrder(drafted_by_id=actor.id, drafted_at=at)
    _write(order, given, document)
    db.session.add(order)
    db.session.flush()
    audit.record(actor, AuditAction.ORDER_DRAFTED, order, at=at)
    return order


def change(order: BoardOrder, given: OrderText, *, document: Document | None = None, actor: User, at: datetime) -> None:
    """Change a draft; the document stays unless there is a new one."""
    _require_draft(locked(order))
    _require(given, at=at, own_id=order.id)
    _write(order, given, document)
    db.session.flush()
    audit.record(actor, AuditAction.ORDER_CHANGED, order, at=at)


def discard(order: BoardOrder, *, actor: User, at: datetime) -> None:
    """Put a draft away for good; the trail keeps what it said."""
    _require_draft(locked(order))
    audit.record(actor, AuditAction.ORDER_DISCARDED, order, at=at)
    db.session.delete(order)


def put_in_force(order: BoardOrder, *, seen: str, actor: User, at: datetime) -> Plan:
    """Let an order count from now on, exactly as the preview showed it.

    `seen` is the fingerprint of the plan that was confirmed; where the records changed since, nothing is done. Terms
    that another order moves at least as far are noted all the same: this order counts for them if that one is revoked.
    """
    _require_draft(locked(order))
    plan = Plan(())
    if order.kind is OrderKind.EXTENSION:
        _lock_credentials(order)
        plan = order_plans.plan(order)
        if not plan.moving:
            raise Refusal("The order moves nobody's date. Change for whom it is, or how far it extends.")
        _require_seen(plan, seen)
    order.in_force_at, order.in_force_by_id = at, actor.id
    audit.record(
        actor,
        AuditAction.ORDER_PUT_IN_FORCE,
        order,
        at=at,
        moved=len(plan.moving),
        unchanged=_told(plan, OBSTACLE_LABELS),
    )
    db.session.flush()
    _carry_out(plan, order, taken_back=False, actor=actor, at=at)
    return plan


def revoke(
    order: BoardOrder,
    *,
    revoked_on: date,
    reason: str,
    citation: str = "",
    seen: str,
    actor: User,
    at: datetime,
) -> Plan:
    """End an order: the dates that it moved are worked out again from the grant and the orders that stay in force."""
    locked(order)
    if order.in_force_at is None:
        raise Refusal("This order is a draft. There is nothing to revoke yet.")
    if db.session.scalar(select(OrderRevocation.id).where(OrderRevocation.order_id == order.id)):
        raise Refusal("This order was revoked already. Open it again and look.")
    if revoked_on < order.adopted_on:
        raise Refusal("The order was not adopted yet on this day.", field="revoked_on")
    if revoked_on > clock.civil_date(at):
        raise Refusal("The Board has not met on this day yet. Enter the day of the vote.", field="revoked_on")
    if not reason.strip():
        raise Refusal("Say why, in one or two sentences. The record keeps it.", field="reason")
    _lock_credentials(order)
    plan = order_plans.plan_of_revocation(order)
    _require_seen(plan, seen)
    revocation = OrderRevocation(
        order_id=order.id,
        revoked_on=revoked_on,
        reason=reason.strip(),
        citation=citation.strip(),
        revoked_by_id=actor.id,
        revoked_at=at,
    )
    db.session.add(revocation)
    db.session.flush()
    db.session.expire(order, ["revocation"])
    audit.record(
        actor,
        AuditAction.ORDER_REVOKED,
        revocation,
        at=at,
        order=order.number,
        moved=len(plan.moving),
        unchanged=_told(plan, KEPT_LABELS),
    )
    _carry_out(plan, order, taken_back=True, actor=actor, at=at)
    return plan


def follow_grant(period: CredentialPeriod, *, actor: User, at: datetime) -> CredentialPeriod:
    """Apply the orders in force that also count for later grants to a term that was just granted.

    Returns the term as it then is. The one without the orders was never known to anybody, but stays on record as what
    was granted.
    """
    return apply(period, orders.covering_grant(period.credential, period), actor=actor, at=at)


def apply(period: CredentialPeriod, covering: Sequence[BoardOrder], *, actor: User, at: datetime) -> CredentialPeriod:
    """Work out the dates of a term, which is recorded at this moment, under these orders; returns the term as it is."""
    credential = period.credential
    granted = orders.dates_of(period)
    dates = under(granted, [orders.extension_of(order) for order in covering])
    if dates == granted:
        return period
    period.superseded_at = at
    db.session.flush()
    after = CredentialPeriod(
        credential=credential,
        application_id=period.application_id,
        standard_version_id=period.standard_version_id,
        starts_on=period.starts_on,
        expires_on=dates.expires_on,
        grace_until=dates.grace_until,
        reinstatement_until=dates.reinstatement_until,
        because=dates.because,
        recorded_at=at,
        supersedes_id=period.id,
    )
    db.session.add(after)
    db.session.flush()
    counting = [order for order in covering if moved(granted, orders.extension_of(order)) != granted]
    for order in counting:
        db.session.add(OrderEffect(order_id=order.id, granted_id=period.id, before_id=period.id, after_id=after.id))
    db.session.flush()
    audit.record(
        actor,
        AuditAction.TERM_MOVED,
        after,
        at=at,
        party_id=credential.party_id,
        orders=[order.number for order in counting],
    )
    return after


def _require(given: OrderText, *, at: datetime, own_id: int | None = None) -> None:
    require_order(given, today=clock.civil_date(at))
    taken = db.session.scalar(select(BoardOrder.id).where(BoardOrder.number == given.number))
    if taken is not None and taken != own_id:
        raise Refusal("Another order has this number already. Type the next one, or leave it empty.", field="number")
    if given.kind is OrderKind.WAIVER and given.cohort.standard_id is not None:
        in_force = standards.definition_of(standards.in_force(given.cohort.standard_id, given.adopted_on))
        waivable = {requirement.code: requirement.waivable for requirement in in_force.requirements}
        for code in given.waived_codes:
            if code not in waivable:
                raise Refusal(f"{in_force.code} has no requirement {code}.", field="waived_codes")
            if not waivable[code]:
                raise Refusal(f"{code} cannot be waived: {in_force.code} does not allow it.", field="waived_codes")


def _write(order: BoardOrder, given: OrderText, document: Document | None) -> None:
    extends = given.kind is OrderKind.EXTENSION
    order.number = given.number or order.number or _next_number(given.adopted_on.year)
    order.title, order.kind, order.adopted_on = given.title, given.kind, given.adopted_on
    order.citation, order.text = given.citation, given.text
    order.extends_to = given.extends_to if extends else None
    order.extends_months = given.extends_months if extends else 0
    order.extends_days = given.extends_days if extends else 0
    order.grace_only, order.future_grants = given.grace_only and extends, given.future_grants and extends
    order.waived_codes = [] if extends else list(given.waived_codes)
    order.submitted_from = None if extends else given.submitted_from
    order.submitted_to = None if extends else given.submitted_to
    cohort = given.cohort
    order.credential_id, order.standard_id, order.region = cohort.credential_id, cohort.standard_id, cohort.region
    order.vendor_id, order.expires_from = cohort.vendor_id, cohort.expires_from
    order.expires_to = cohort.expires_to
    if document is not None:
        order.document_sha256, order.document_name = document.sha256, document.name


def _next_number(year: int) -> str:
    last = max((int(number.partition("-")[2]) for number in orders.numbers_of(year)), default=0)
    return f"{year}-{last + 1:02d}"


def _require_draft(order: BoardOrder) -> None:
    if order.in_force_at is not None:
        raise Refusal("This order is in force already and never changes. Open it again and look.")


def _require_seen(plan: Plan, seen: str) -> None:
    if plan.fingerprint != seen:
        raise Refusal(
            "The records have changed since you opened this page, and nothing was done. Look at the list once more, "
            "then confirm again."
        )


def _lock_credentials(order: BoardOrder) -> None:
    """Nobody grants or moves a term of these credentials until this is done; always in one order, so nobody waits."""
    db.session.execute(
        select(Credential.id)
        .where(Credential.id.in_(order_plans.credentials_in_question(order)))
        .order_by(Credential.id)
        .with_for_update(of=Credential)
    )


def _carry_out(plan: Plan, order: BoardOrder, *, taken_back: bool, actor: User, at: datetime) -> None:
    """Supersede each term that moves, in three statements however many there are, with an audit entry for each."""
    if plan.moving:
        repeat_plans()
        connection = db.session.connection()
        after = dict(zip((term.period_id for term in plan.moving), new_numbers(_period, len(plan.moving)), strict=True))
        connection.execute(
            update(_period).where(_period.c.id == bindparam("before")).values(superseded_at=at),
            [{"before": term.period_id} for term in plan.moving],
        )
        connection.execute(_successors(at), [_successor(term, after[term.period_id]) for term in plan.moving])
        for term in plan.moving:
            audit.record_plain(
                actor,
                AuditAction.TERM_MOVED,
                CredentialPeriod.__tablename__,
                after[term.period_id],
                at=at,
                party_id=term.party_id,
                told=_difference(term, order),
            )
        _note(plan.moving, order, after, taken_back=taken_back)
    elsewhere = [term for term in plan.terms if term.outcome.obstacle is Obstacle.OTHER_ORDER]
    _note(elsewhere, order, {term.period_id: term.period_id for term in elsewhere}, taken_back=taken_back)


def _successors(at: datetime) -> Any:
    """The same term with other days: what does not change is taken from the row that is superseded."""
    told = {
        "id": bindparam("after"),
        "expires_on": bindparam("ends", type_=_period.c.expires_on.type),
        "grace_until": bindparam("grace", type_=_period.c.grace_until.type),
        "reinstatement_until": bindparam("reinstatement", type_=_period.c.reinstatement_until.type),
        "because": bindparam("why", type_=_period.c.because.type),
        "recorded_at": bindparam("now", at, type_=_period.c.recorded_at.type),
        "supersedes_id": _period.c.id,
    }
    kept = ["credential_id", "application_id", "standard_version_id", "starts_on"]
    chosen = select(*told.values(), *(_period.c[name] for name in kept)).where(_period.c.id == bindparam("before"))
    return insert(_period).from_select([*told, *kept], chosen)


def _successor(term: PlannedTerm, after: int) -> dict[str, Any]:
    dates = term.outcome.dates
    return {
        "before": term.period_id,
        "after": after,
        "ends": dates.expires_on,
        "grace": dates.grace_until,
        "reinstatement": dates.reinstatement_until,
        "why": dates.because,
    }


def _note(terms: Sequence[PlannedTerm], order: BoardOrder, after: dict[int, int], *, taken_back: bool) -> None:
    if terms:
        db.session.connection().execute(
            insert(_effect),
            [
                {
                    "order_id": order.id,
                    "granted_id": term.granted_id,
                    "before_id": term.period_id,
                    "after_id": after[term.period_id],
                    "taken_back": taken_back,
                }
                for term in terms
            ],
        )
        if len(terms) >= _MANY:
            look_at(_effect.name)


def _difference(term: PlannedTerm, order: BoardOrder) -> dict[str, Any]:
    """Before and after of each day that moved."""
    now, dates = term.now, term.outcome.dates
    told: dict[str, Any] = {"order": order.number, "credential": term.number, "reason": _in_words(term, order)}
    for name in ("expires_on", "grace_until", "reinstatement_until"):
        before, after = getattr(now, name), getattr(dates, name)
        if before != after:
            told[name] = [before, after]
    return told


def _in_words(term: PlannedTerm, order: BoardOrder) -> str:
    """What the timeline of the holder's record says."""
    now, dates = term.now, term.outcome.dates
    if now.expires_on != dates.expires_on:
        return f"Order {order.number}: the last day was {written(now.expires_on)} and is {written(dates.expires_on)}."
    return (
        f"Order {order.number}: late renewal was open until {written(now.grace_until)} and is until "
        f"{written(dates.grace_until)}."
    )


def _told(plan: Plan, labels: dict[Obstacle, str]) -> dict[str, int]:
    """How many terms stay as they are, by the reason in words."""
    return {labels[obstacle]: number for obstacle, number in plan.obstacles.items()}
