"""Records for tests, made through the models in one audited transaction each."""

import itertools
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.auth.login import token_hash
from certhub.database import db, transaction
from certhub.models import Base
from certhub.models.accounts import User, UserSession
from certhub.models.parties import (
    Coordinator,
    Employment,
    Municipality,
    Party,
    Practice,
    TrainingProgram,
    VendorOrganization,
)
from certhub.rules.audit_actions import AuditAction
from certhub.rules.name_order import folded
from certhub.rules.vocabulary import Discipline, EmploymentKind, Role
from certhub.services import audit

WHEN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ARRANGING = audit.SystemActor("test")

_numbers = itertools.count(1)


Row = TypeVar("Row", bound=Base)


def saved(row: Row) -> Row:
    """Save `row` as a test's starting point."""
    with transaction() as session:
        session.add(row)
        session.flush()
        audit.record(ARRANGING, AuditAction.PARTY_REGISTERED, row, at=WHEN)
    return row


def municipality(name: str = "Worcester") -> Municipality:
    return db.session.scalars(select(Municipality).where(Municipality.name == name)).one()


def make_vendor(name: str | None = None, **values: Any) -> VendorOrganization:
    number = next(_numbers)
    town = municipality()
    name = name or f"Bridge Family Partners {number}"
    return saved(
        VendorOrganization(
            name=name, sort_name=folded(name), vendor_code=f"VC6{number:09d}", created_at=WHEN,
            municipality_id=town.id, region=town.region, email=f"office{number}@example.org", **values,
        )
    )  # fmt: skip


def make_practice(name: str | None = None, **values: Any) -> Practice:
    number = next(_numbers)
    town = municipality()
    name = name or f"Elm Street Pediatrics {number}"
    values.setdefault("npi", "1234567893")
    return saved(
        Practice(
            name=name, sort_name=folded(name), created_at=WHEN, municipality_id=town.id, region=town.region, **values
        )
    )


def make_program(name: str | None = None, **values: Any) -> TrainingProgram:
    name = name or f"Care Coordination Institute {next(_numbers)}"
    return saved(TrainingProgram(name=name, sort_name=folded(name), created_at=WHEN, **values))


def make_coordinator(
    name: str | None = None, *, vendor: VendorOrganization | None = None, **values: Any
) -> Coordinator:
    number = next(_numbers)
    town = municipality()
    name = name or f"Ana Ferreira {number}"
    values.setdefault("discipline", Discipline.SOCIAL_WORKER)
    values.setdefault("email", f"coordinator{number}@example.org")
    values = {"sort_name": folded(name), "municipality_id": town.id, "region": town.region, **values}
    person = saved(Coordinator(name=name, created_at=WHEN, **values))
    if vendor is not None:
        make_employment(person, vendor)
    return person


def make_employment(
    person: Coordinator, employer: Party, *, starts_on: date = date(2025, 1, 6), ends_on: date | None = None
) -> Employment:
    return saved(
        Employment(
            coordinator_id=person.id, employer_id=employer.id, kind=EmploymentKind.EMPLOYEE,
            starts_on=starts_on, ends_on=ends_on, recorded_at=WHEN,
        )
    )  # fmt: skip


def make_user(role: Role, party: Party | None = None, **values: Any) -> User:
    number = next(_numbers)
    values.setdefault("email", f"{role.value}.{number}@example.org")
    values.setdefault("name", f"{role.value.replace('_', ' ').title()} {number}")
    return saved(User(role=role, party_id=party.id if party else None, created_at=WHEN, **values))


def sign_in(client: FlaskClient, user: User) -> FlaskClient:
    """Sign `user` in without the sign-in page: a session row and the cookie that points to it."""
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    with transaction() as session:
        session.add(
            UserSession(
                user_id=user.id, token_hash=token_hash(token), created_at=now, expires_at=now + timedelta(hours=12)
            )
        )
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client
