"""Holders with terms, and orders that move them, for the tests of orders."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.orders import BoardOrder
from certhub.models.parties import Party
from certhub.models.standards import StandardSet, StandardVersion
from certhub.queries import order_plans
from certhub.queries.order_plans import Plan
from certhub.rules.orders import Cohort, OrderKind, OrderText
from certhub.rules.vocabulary import Region
from certhub.services import orders as orders_service
from tests import factories

ADOPTED = date(2026, 5, 3)
NOW = datetime(2026, 5, 20, 15, tzinfo=UTC)
WESTERN = Cohort(region=Region.WESTERN)


def standard(code: str = "CC-CORE") -> StandardSet:
    return db.session.scalars(select(StandardSet).where(StandardSet.code == code)).one()


def holder(expires_on: date = date(2026, 8, 31), *, region: Region = Region.WESTERN, **values: Any) -> Credential:
    """A coordinator in a region with a credential of two years."""
    person = factories.make_coordinator(region=region, **values)
    return certified(person, expires_on)


def certified(party: Party, expires_on: date) -> Credential:
    found = standard()
    credential = factories.saved(
        Credential(
            party_id=party.id, subject_type=party.kind, standard_id=found.id, number=f"CC-2024-{party.id:06d}-1",
            granted_on=expires_on - timedelta(days=730), recorded_at=factories.WHEN,
        )
    )  # fmt: skip
    term(credential, expires_on - timedelta(days=730), expires_on)
    return credential


def term(credential: Credential, starts_on: date, expires_on: date, grace: int = 60) -> CredentialPeriod:
    version = db.session.scalars(
        select(StandardVersion).where(StandardVersion.standard_id == credential.standard_id)
    ).first()
    assert version is not None
    return factories.saved(
        CredentialPeriod(
            credential_id=credential.id, standard_version_id=version.id, starts_on=starts_on, expires_on=expires_on,
            grace_until=expires_on + timedelta(days=grace), reinstatement_until=expires_on + timedelta(days=365),
            because="24 months from the grant", recorded_at=factories.WHEN,
        )
    )  # fmt: skip


def text(**values: Any) -> OrderText:
    given: dict[str, Any] = {
        "title": "Winter storm", "kind": OrderKind.EXTENSION, "adopted_on": ADOPTED, "citation": "M.G.L. c.30A s.13",
        "text": "The Board extends these terms.", "cohort": WESTERN,
    }  # fmt: skip
    if not {"extends_to", "extends_months", "extends_days", "waived_codes"} & set(values):
        given["extends_to"] = date(2026, 12, 31)
    return OrderText(**{**given, **values})


def drafted(administrator: User, *, at: datetime = NOW, **values: Any) -> BoardOrder:
    with transaction():
        return orders_service.draft(text(**values), actor=administrator, at=at)


def put_in_force(order: BoardOrder, administrator: User, *, at: datetime = NOW) -> Plan:
    seen = order_plans.plan(order).fingerprint if order.kind is OrderKind.EXTENSION else ""
    with transaction():
        return orders_service.put_in_force(order, seen=seen, actor=administrator, at=at)


def in_force(administrator: User, *, at: datetime = NOW, **values: Any) -> BoardOrder:
    order = drafted(administrator, at=at, **values)
    put_in_force(order, administrator, at=at)
    return order


def revoked(order: BoardOrder, administrator: User, *, at: datetime = NOW + timedelta(days=1)) -> Plan:
    seen = order_plans.plan_of_revocation(order).fingerprint
    with transaction():
        return orders_service.revoke(
            order, revoked_on=clock.civil_date(at), reason="The court said so.", seen=seen, actor=administrator, at=at
        )


def standing(credential: Credential) -> list[CredentialPeriod]:
    """The terms that stand, the first one first, as they are in the database."""
    identity = sqlalchemy.inspect(credential).identity
    assert identity is not None
    db.session.expire_all()
    return list(
        db.session.scalars(
            select(CredentialPeriod)
            .where(CredentialPeriod.credential_id == identity[0], CredentialPeriod.superseded_at.is_(None))
            .order_by(CredentialPeriod.starts_on)
        )
    )


def last_day(credential: Credential) -> date:
    return standing(credential)[-1].expires_on
