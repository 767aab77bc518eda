"""Orders of the Board: dates move and come back, cohorts, other orders, renewals, reminders, waivers."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.exc import DatabaseError

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.certification import CredentialPeriod
from certhub.models.messages import Obligation
from certhub.models.orders import BoardOrder
from certhub.queries import credential_status, order_plans, orders
from certhub.rules.audit_actions import AuditAction
from certhub.rules.orders import Cohort, Obstacle, OrderKind
from certhub.rules.refusal import Refusal
from certhub.rules.status import status_on
from certhub.rules.vocabulary import CredentialStatus, Region, Role, StatusEventKind
from certhub.services import obligations, status_events
from certhub.services import orders as orders_service
from certhub.services.audit_verification import verify
from tests import factories
from tests.integration.orders.arranging import (
    ADOPTED,
    NOW,
    certified,
    drafted,
    holder,
    in_force,
    last_day,
    put_in_force,
    revoked,
    standard,
    standing,
    term,
    text,
)

YEAR_END = date(2026, 12, 31)


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


def test_an_order_moves_the_last_day_and_both_histories_stay_readable(administrator: User) -> None:
    credential = holder(date(2026, 8, 31))

    order = in_force(administrator)

    [period] = standing(credential)
    assert (period.expires_on, period.grace_until) == (YEAR_END, date(2026, 10, 30) + (YEAR_END - date(2026, 8, 31)))
    assert period.because == "24 months from the grant, extended to December 31, 2026 by Order 2026-01"
    assert orders.of_periods([period.id]) == {period.id: [order]}
    day = date(2026, 12, 1)
    assert status_on(credential_status.history_of(credential.id), day) is CredentialStatus.CURRENT
    before = credential_status.history_of(credential.id, NOW - timedelta(seconds=1))
    assert status_on(before, day) is CredentialStatus.EXPIRED


def test_revoking_the_order_brings_the_dates_back(administrator: User) -> None:
    credential = holder(date(2026, 8, 31))
    [before] = standing(credential)
    order = in_force(administrator, extends_months=3)
    [between] = standing(credential)
    assert between.expires_on == date(2026, 11, 30)

    revoked(order, administrator)

    [after] = standing(credential)
    assert orders.dates_of(after) == orders.dates_of(before)
    assert after.supersedes_id == between.id
    assert orders.of_periods([after.id]) == {}
    known = credential_status.history_of(credential.id, NOW)
    assert [period.expires_on for period in known.periods] == [date(2026, 11, 30)]


@pytest.mark.parametrize("first_to_go", [0, 1])
def test_two_orders_can_be_revoked_in_any_order_and_the_other_one_goes_on_counting(
    administrator: User, first_to_go: int
) -> None:
    credential = holder(date(2026, 8, 31))
    [before] = standing(credential)
    both = [in_force(administrator, extends_to=YEAR_END)]
    both.append(in_force(administrator, extends_days=10, at=NOW + timedelta(hours=1)))
    assert last_day(credential) == date(2027, 1, 10)

    gone = both.pop(first_to_go)
    revoked(gone, administrator)
    assert last_day(credential) == (date(2026, 9, 10) if first_to_go == 0 else YEAR_END)
    revoked(both[0], administrator)

    assert orders.dates_of(standing(credential)[0]) == orders.dates_of(before)


def test_an_order_that_another_one_overtakes_counts_once_that_one_is_revoked(administrator: User) -> None:
    credential = holder(date(2026, 8, 31))
    far = in_force(administrator, extends_to=YEAR_END)
    elsewhere = holder(date(2026, 8, 30), region=Region.BOSTON)
    near = drafted(administrator, extends_to=date(2026, 9, 30), cohort=Cohort(standard_id=standard().id))
    assert order_plans.plan(near).obstacles == {Obstacle.OTHER_ORDER: 1}
    put_in_force(near, administrator, at=NOW + timedelta(hours=1))
    assert (last_day(credential), last_day(elsewhere)) == (YEAR_END, date(2026, 9, 30))

    revoked(far, administrator)

    assert last_day(credential) == date(2026, 9, 30)
    revoked(near, administrator)
    assert last_day(credential) == date(2026, 8, 31)


def test_the_cohort_is_whoever_fits_every_criterion(administrator: User) -> None:
    vendor, other = factories.make_vendor(), factories.make_vendor()
    fits = holder(date(2026, 8, 31), vendor=vendor)
    employed_later = certified(factories.make_coordinator(region=Region.WESTERN), date(2026, 8, 31))
    factories.make_employment(employed_later.party, vendor, starts_on=date(2026, 5, 4))  # type: ignore[arg-type]  # a coordinator, loaded as a party
    for outside in (
        holder(date(2026, 8, 31), vendor=other), holder(date(2026, 8, 31), vendor=vendor, region=Region.BOSTON),
        holder(date(2026, 10, 1), vendor=vendor), holder(date(2026, 7, 31), vendor=vendor),
    ):  # fmt: skip
        assert outside.id != fits.id
    cohort = Cohort(
        standard_id=standard().id, region=Region.WESTERN, vendor_id=vendor.id,
        expires_from=date(2026, 8, 1), expires_to=date(2026, 9, 30),
    )  # fmt: skip

    plan = order_plans.plan(drafted(administrator, cohort=cohort))

    assert [one.credential_id for one in plan.terms] == [fits.id]


def test_the_preview_names_who_keeps_the_dates_and_why(administrator: User) -> None:
    ended, early, gone, long = (
        holder(date(2026, 8, 31)), holder(date(2026, 6, 30)), holder(date(2024, 1, 31)), holder(date(2027, 6, 30))
    )  # fmt: skip
    moves = holder(date(2026, 8, 31))
    with transaction():
        status_events.record(
            ended, StatusEventKind.REVOKED, effective_on=date(2026, 4, 1), reason="Found guilty",
            actor=administrator, at=NOW,
        )  # fmt: skip
    renewal = term(early, date(2026, 7, 1), date(2028, 6, 30))

    plan = order_plans.plan(drafted(administrator))

    found = {(one.credential_id, one.period_id == renewal.id): one.outcome.obstacle for one in plan.terms}
    assert found == {
        (ended.id, False): Obstacle.ENDED, (early.id, False): Obstacle.RENEWED, (early.id, True): Obstacle.LONGER,
        (gone.id, False): Obstacle.LAPSED, (long.id, False): Obstacle.LONGER, (moves.id, False): None,
    }  # fmt: skip


def test_an_early_renewal_that_was_granted_already_never_overlaps(administrator: User) -> None:
    credential = holder(date(2026, 6, 30))
    term(credential, date(2026, 7, 1), date(2028, 6, 30))

    in_force(administrator, extends_months=3)

    first, second = standing(credential)
    assert (first.expires_on, second.starts_on, second.expires_on) == (
        date(2026, 6, 30), date(2026, 7, 1), date(2028, 9, 30),
    )  # fmt: skip


def test_a_renewal_granted_meanwhile_keeps_its_term_and_no_gap_opens_before_it(administrator: User) -> None:
    credential = holder(date(2026, 6, 30))
    order = in_force(administrator, extends_to=date(2026, 9, 30))
    term(credential, date(2026, 10, 1), date(2028, 9, 30))

    plan = revoked(order, administrator)

    assert plan.obstacles == {Obstacle.RENEWED: 1}
    assert [(one.starts_on, one.expires_on) for one in standing(credential)][-2:] == [
        (date(2024, 6, 30), date(2026, 9, 30)), (date(2026, 10, 1), date(2028, 9, 30)),
    ]  # fmt: skip


def test_reminders_follow_the_date_there_and_back(administrator: User) -> None:
    credential = holder(date(2026, 8, 31))
    policies, day = obligations.shipped_policies(), date(2026, 5, 20)

    def derived() -> dict[date, str | None]:
        with transaction():
            obligations.derive(day, policies=policies, at=NOW)
        rows = db.session.execute(
            select(Obligation.due_on, Obligation.closed_because).where(Obligation.subject_id == credential.id)
        )
        return {row.due_on: row.closed_because for row in rows}

    assert derived() == {date(2026, 8, 31): None}
    order = in_force(administrator)
    assert derived() == {date(2026, 8, 31): "an order of the Board moved the date", YEAR_END: None}
    revoked(order, administrator)
    assert derived() == {date(2026, 8, 31): None, YEAR_END: "an order of the Board moved the date"}


def test_an_order_that_moves_nobody_is_refused(administrator: User) -> None:
    order = drafted(administrator)

    with pytest.raises(Refusal, match="moves nobody"):
        put_in_force(order, administrator)

    db.session.expire_all()
    assert order.in_force_at is None


def test_what_was_not_in_the_preview_is_not_done(administrator: User) -> None:
    holder()
    order = drafted(administrator)
    seen = order_plans.plan(order).fingerprint
    holder()

    with pytest.raises(Refusal, match="changed since you opened"), transaction():
        orders_service.put_in_force(order, seen=seen, actor=administrator, at=NOW)


def test_an_order_is_put_in_force_once_and_revoked_once(administrator: User) -> None:
    holder()
    order = in_force(administrator)
    with pytest.raises(Refusal, match="in force already"):
        put_in_force(order, administrator)
    with pytest.raises(Refusal, match="in force already"), transaction():
        orders_service.change(order, text(), actor=administrator, at=NOW)
    revoked(order, administrator)
    with pytest.raises(Refusal, match="revoked already"):
        revoked(order, administrator)


def test_a_draft_that_is_changed_is_held_to_the_same_rules_and_keeps_its_own_number(administrator: User) -> None:
    first, second = drafted(administrator), drafted(administrator)
    for wrong, sentence in (
        ({"adopted_on": NOW.date() + timedelta(days=1)}, "day"),
        ({"number": first.number}, "number already"),
    ):
        with pytest.raises(Refusal, match=sentence), transaction():
            orders_service.change(second, text(**wrong), actor=administrator, at=NOW)
    with transaction():
        orders_service.change(second, text(number=second.number, title="Ice storm"), actor=administrator, at=NOW)
    assert second.title == "Ice storm"


@pytest.mark.parametrize(
    ("revoked_on", "reason", "field"),
    [
        (ADOPTED - timedelta(days=1), "The court said so.", "revoked_on"),
        (NOW.date() + timedelta(days=1), "The court said so.", "revoked_on"),
        (ADOPTED, " ", "reason"),
    ],
)
def test_a_revocation_that_cannot_be_is_refused_beside_its_field(
    administrator: User, revoked_on: date, reason: str, field: str
) -> None:
    credential = holder()
    order = in_force(administrator)
    given = {"seen": order_plans.plan_of_revocation(order).fingerprint, "actor": administrator, "at": NOW}
    with pytest.raises(Refusal) as refused, transaction():
        orders_service.revoke(order, revoked_on=revoked_on, reason=reason, **given)  # type: ignore[arg-type]  # of several types
    assert refused.value.field == field
    assert last_day(credential) == YEAR_END
    with transaction():
        orders_service.revoke(order, revoked_on=ADOPTED, reason="The court said so.", **given)  # type: ignore[arg-type]  # as above


def test_a_revocation_that_is_not_as_its_preview_showed_it_is_not_done(administrator: User) -> None:
    first, _ = holder(), holder()
    order = in_force(administrator)
    seen = order_plans.plan_of_revocation(order).fingerprint
    [period] = standing(first)
    term(first, period.expires_on + timedelta(days=1), date(2028, 12, 31))  # renewed since

    with pytest.raises(Refusal, match="changed since you opened"), transaction():
        orders_service.revoke(
            order, revoked_on=NOW.date(), reason="The court said so.", seen=seen, actor=administrator, at=NOW
        )
    db.session.expire_all()
    assert order.revocation is None


def test_a_draft_cannot_be_revoked(administrator: User) -> None:
    with pytest.raises(Refusal, match="This order is a draft"):
        revoked(drafted(administrator), administrator)


def test_the_database_refuses_to_change_or_remove_an_order_in_force(administrator: User) -> None:
    holder()
    order = in_force(administrator)
    draft = drafted(administrator)
    for statement in (
        BoardOrder.__table__.update().where(BoardOrder.id == order.id).values(title="Another"),  # type: ignore[attr-defined]  # SQLAlchemy types a model's table as FromClause
        BoardOrder.__table__.delete().where(BoardOrder.id == order.id),  # type: ignore[attr-defined]  # as above
    ):
        with pytest.raises(DatabaseError, match="never changed or removed"), db.session.begin_nested():
            db.session.connection().execute(statement)
    with transaction():
        orders_service.change(draft, text(), actor=administrator, at=NOW)


def test_a_number_is_given_in_sequence_and_never_twice(administrator: User) -> None:
    assert [drafted(administrator).number for _ in range(2)] == ["2026-01", "2026-02"]
    assert drafted(administrator, number="2026-07").number == "2026-07"
    with pytest.raises(Refusal, match="number already"):
        drafted(administrator, number="2026-07")
    assert drafted(administrator).number == "2026-08"


def test_each_term_that_moves_is_in_the_audit_trail_with_its_dates(administrator: User) -> None:
    credential = holder(date(2026, 8, 31))
    order = in_force(administrator)

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == AuditAction.TERM_MOVED)).one()

    assert entry.party_id == credential.party_id
    assert '"expires_on":["2026-08-31","2026-12-31"]' in entry.changes
    assert f'"order":"{order.number}"' in entry.changes
    assert verify().broken is None


def test_a_waiver_needs_requirements_that_can_be_waived(administrator: User) -> None:
    def waiver(code: str) -> BoardOrder:
        return drafted(
            administrator, kind=OrderKind.WAIVER, waived_codes=(code,), cohort=Cohort(standard_id=standard().id),
            submitted_from=date(2026, 5, 1), submitted_to=YEAR_END,
        )  # fmt: skip

    with pytest.raises(Refusal, match="CC-08 cannot be waived"):
        waiver("CC-08")
    with pytest.raises(Refusal, match="has no requirement XX-1"):
        waiver("XX-1")
    assert waiver("CC-09").waived_codes == ["CC-09"]


def test_an_order_costs_the_same_statements_for_few_holders_and_for_many(administrator: User) -> None:
    def cost(order: BoardOrder) -> int:
        statements: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        engine = db.engine.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            put_in_force(order, administrator)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    for _ in range(2):
        holder()
    few = cost(drafted(administrator))
    for _ in range(40):
        holder()
    many = cost(drafted(administrator, extends_to=date(2027, 1, 31)))

    assert many == few
    assert db.session.scalar(
        select(func.count()).select_from(CredentialPeriod).where(
            CredentialPeriod.expires_on == date(2027, 1, 31), CredentialPeriod.superseded_at.is_(None)
        )
    ) == 42  # fmt: skip


@pytest.mark.only_on("postgresql")
def test_the_database_knows_of_the_many_effects_of_an_order_at_once(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or it takes their table for empty until it looks by itself, and the letters about the order take minutes."""
    monkeypatch.setattr(orders_service, "_MANY", 4)

    def known() -> int:
        asked = "SELECT reltuples FROM pg_class WHERE relname = 'order_effect'"
        return int(db.session.connection().exec_driver_sql(asked).scalar_one())

    for _ in range(3):
        holder()
    in_force(administrator)
    before = known()
    holder()
    put_in_force(drafted(administrator, extends_to=date(2027, 1, 31)), administrator)

    assert before <= 0
    assert known() == 7
