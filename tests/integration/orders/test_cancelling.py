"""Over generated histories: an order and its revocation cancel out, terms never overlap, and Python and SQL agree."""

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.orders import BoardOrder
from certhub.queries import credential_status, orders
from certhub.rules.orders import Cohort, Extension, TermDates, under
from certhub.rules.refusal import Refusal
from certhub.rules.standard import TermPolicy
from certhub.rules.status import status_on
from certhub.rules.terms import renewal_term
from certhub.rules.vocabulary import Role
from tests import factories
from tests.integration.orders.arranging import NOW, drafted, holder, put_in_force, revoked, standing, term

FIRST = date(2026, 5, 1)
TWO_MONTHS = TermPolicy(2)
days = st.integers(0, 300).map(lambda offset: FIRST + timedelta(days=offset))


@dataclass(frozen=True)
class Adopt:
    """The Board adopts an order; `grace_only` leaves the last day."""

    to: date | None
    months: int
    grace_only: bool


@dataclass(frozen=True)
class Revoke:
    """The Board revokes one of the orders in force: the `place`-th, counted round."""

    place: int


@dataclass(frozen=True)
class Renew:
    """The holder's renewal is granted; it was filed so many days after the last day, before it where negative."""

    filed_after: int


adopting = st.builds(
    lambda to, months, grace_only: Adopt(to, 0 if to else months, grace_only),
    st.none() | days, st.integers(1, 6), st.booleans(),
)  # fmt: skip
revoking = st.builds(Revoke, st.integers(0, 5))
renewing = st.builds(Renew, st.integers(-90, 90))
histories = st.tuples(days, st.lists(adopting | revoking, max_size=5))
renewed_histories = st.tuples(days, st.lists(adopting | revoking | renewing, max_size=5))

quickly = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@dataclass
class World:
    """One credential, and the orders in force for it."""

    administrator: User
    credential: Credential
    at: datetime = NOW
    in_force: list[BoardOrder] | None = None
    renewed_in_grace: set[date] = field(default_factory=set)

    def do(self, step: Adopt | Revoke | Renew) -> None:
        self.at += timedelta(hours=1)
        self.in_force = self.in_force or []
        if isinstance(step, Adopt):
            self._adopt(step)
        elif isinstance(step, Revoke):
            if self.in_force:
                revoked(self.in_force.pop(step.place % len(self.in_force)), self.administrator, at=self.at)
        else:
            self._renew(step.filed_after)

    def _renew(self, filed_after: int) -> None:
        last = standing(self.credential)[-1]
        filed_on = last.expires_on + timedelta(days=filed_after)
        following = renewal_term(
            TWO_MONTHS, last.expires_on, filed_on + timedelta(days=5), submitted_on=filed_on,
            grace_until=last.grace_until,
        )  # fmt: skip
        if filed_on <= last.grace_until:
            self.renewed_in_grace.add(following.starts_on)
        term(self.credential, following.starts_on, following.expires_on, grace=TWO_MONTHS.grace_days)

    def _adopt(self, step: Adopt) -> None:
        order = drafted(
            self.administrator,
            at=self.at,
            extends_to=step.to,
            extends_months=step.months,
            grace_only=step.grace_only,
            cohort=Cohort(credential_id=self.credential.id),
        )
        try:
            put_in_force(order, self.administrator, at=self.at)
        except Refusal:
            return  # it moves nobody
        assert self.in_force is not None
        self.in_force.append(order)


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


def extensions(of: list[BoardOrder] | None) -> list[Extension]:
    return [orders.extension_of(order) for order in of or []]


@quickly
@given(histories)
def test_the_dates_are_always_those_of_the_grant_under_the_orders_in_force(
    administrator: User, history: tuple[date, list[Adopt | Revoke]]
) -> None:
    expires_on, steps = history
    world = World(administrator, holder(expires_on))
    granted: TermDates = orders.dates_of(standing(world.credential)[0])
    for step in steps:
        world.do(step)
        assert orders.dates_of(standing(world.credential)[0]) == under(granted, extensions(world.in_force))
    while world.in_force:
        world.do(Revoke(len(steps)))

    assert orders.dates_of(standing(world.credential)[0]) == granted


@quickly
@given(renewed_histories)
def test_terms_never_overlap_renewing_loses_no_day_and_python_and_sql_agree_on_every_status(
    administrator: User, history: tuple[date, list[Adopt | Revoke | Renew]]
) -> None:
    expires_on, steps = history
    world = World(administrator, holder(expires_on))
    for step in steps:
        world.do(step)
    terms = standing(world.credential)

    for earlier, later in itertools.pairwise(terms):
        assert later.starts_on > earlier.expires_on
        assert (later.starts_on == earlier.expires_on + timedelta(days=1)) or (
            later.starts_on not in world.renewed_in_grace
        )
    probed = {day + timedelta(days=off) for one in terms for day in (one.expires_on, one.grace_until) for off in (0, 1)}
    for known_at in (None, NOW + timedelta(minutes=90)):
        told = credential_status.history_of(world.credential.id, known_at)
        for day in probed:
            column = credential_status.status_column(Credential.id, as_of=day, known_at=known_at)
            found = db.session.scalar(select(column).where(Credential.id == world.credential.id))
            assert found is status_on(told, day)


def test_a_term_that_was_superseded_by_an_order_is_still_there(administrator: User) -> None:
    world = World(administrator, holder(date(2026, 8, 31)))

    for step in (Adopt(date(2026, 12, 31), 0, grace_only=False), Revoke(0)):
        world.do(step)

    rows = db.session.scalars(
        select(CredentialPeriod.expires_on)
        .where(CredentialPeriod.credential_id == world.credential.id)
        .order_by(CredentialPeriod.id)
    )
    assert list(rows) == [date(2026, 8, 31), date(2026, 12, 31), date(2026, 8, 31)]
