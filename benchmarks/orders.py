"""One order of the Board for every coordinator: previewed, put in force, revoked, and the letters about it.

Into a copy of the generated state, with an audit entry for each term that moves.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TypeVar

from benchmarks.databases import Database, copied
from benchmarks.results import Measure
from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.orders import BoardOrder
from certhub.queries import announcements, order_plans, standards
from certhub.rules.orders import Cohort, OrderKind, OrderText
from certhub.rules.vocabulary import SubjectType
from certhub.services import announcements as announcements_service
from certhub.services import orders

SECONDS, OF_HOLDERS = 10.0, 20_000
LETTERS_AT_ONCE = 200

Result = TypeVar("Result")


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:  # noqa: ARG001  (one run is enough, also of the whole)
    """Each step that an administrator waits for, and one piece of the worker's letters."""
    with copied(database, address) as copy, copy.app().app_context():
        held = copy.size.coordinators
        order = _drafted()
        plan, preview = _timed(lambda: order_plans.plan(order))
        _, counting = _timed(lambda: announcements.letters_planned(order, plan, on=clock.today()))
        _, adopting = _timed(lambda: _put_in_force(order, plan.fingerprint))
        asked, asking = _timed(lambda: _asked(order))
        _, letters = _timed(lambda: _written(asked))
        plan_back, preview_back = _timed(lambda: order_plans.plan_of_revocation(order))
        _, revoking = _timed(lambda: _revoked(order, plan_back.fingerprint))
        limit = max(SECONDS * held / OF_HOLDERS, 1.0)
        moved = f"{len(plan.moving):,} of {held:,} terms"
        yield Measure("orders", f"an order previewed, {moved} move", copy.kind, preview + counting, "s", limit)
        yield Measure("orders", f"an order put in force, {moved} move", copy.kind, adopting + asking, "s", limit)
        yield Measure("orders", "the same order's revocation previewed", copy.kind, preview_back, "s", limit)
        yield Measure("orders", "the same order revoked", copy.kind, revoking, "s", limit)
        yield Measure("orders", f"{LETTERS_AT_ONCE} letters about it written", copy.kind, letters, "s", limit)
        db.session.remove()
        db.engine.dispose()


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _administrator() -> User:
    return db.session.get_one(User, 1)


def _drafted() -> BoardOrder:
    standard = standards.for_subject(SubjectType.COORDINATOR)
    with transaction():
        return orders.draft(
            OrderText(
                title="Winter storm", kind=OrderKind.EXTENSION, adopted_on=clock.today() - timedelta(days=1),
                citation="M.G.L. c.30A s.13", text="The Board extends every term.", extends_months=3,
                cohort=Cohort(standard_id=standard.id),
            ),
            actor=_administrator(),
            at=clock.now(),
        )  # fmt: skip


def _put_in_force(order: BoardOrder, seen: str) -> None:
    with transaction():
        orders.put_in_force(order, seen=seen, actor=_administrator(), at=clock.now())


def _asked(order: BoardOrder) -> int:
    with transaction():
        return announcements_service.ask_about_order(order, actor=_administrator(), at=clock.now()).id


def _written(asked: int) -> None:
    with transaction():
        announcements_service.write(asked, limit=LETTERS_AT_ONCE, base_url="https://certhub.example", at=clock.now())


def _revoked(order: BoardOrder, seen: str) -> None:
    with transaction():
        orders.revoke(
            order, revoked_on=clock.today(), reason="Measured.", seen=seen, actor=_administrator(), at=clock.now()
        )
