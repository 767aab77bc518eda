"""Records for tests, made through the models in one audited transaction each."""

import itertools
import secrets
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.auth.login import token_hash
from certhub.connections import WRITES
from certhub.database import db, transaction
from certhub.models import Base
from certhub.models.accounts import User, UserSession
from certhub.models.contracts import BudgetLine, Contract, ContractPeriod
from certhub.models.parties import (
    Assignment,
    Coordinator,
    Employment,
    Municipality,
    Party,
    Practice,
    TrainingProgram,
    VendorOrganization,
)
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contract_amendments import PeriodReason
from certhub.rules.contracts import Compensation, ProcurementType, StartRule, Terms
from certhub.rules.fiscal_years import fiscal_years_of
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


def contract_of(vendor_id: int) -> int:
    """A contract of the vendor, in force for decades; made where there is none, inside a transaction or by itself."""
    found = db.session.scalar(select(Contract.id).where(Contract.vendor_id == vendor_id).order_by(Contract.id))
    if found is not None:
        return found
    with nullcontext(db.session()) if db.session().info.get(WRITES) else transaction():
        return make_contract(db.session.get_one(VendorOrganization, vendor_id)).id


def make_contract(vendor: VendorOrganization, number: str | None = None, **values: Any) -> Contract:
    """An executed contract with money in each fiscal year; inside a transaction."""
    starts_on, ends_on = values.pop("starts_on", date(2020, 7, 1)), values.pop("ends_on", date(2040, 6, 30))
    years = fiscal_years_of(starts_on, ends_on)
    drafter = db.session.scalar(select(User.id).order_by(User.id)) or _drafter()
    contract = Contract(
        vendor_id=vendor.id, number=number or f"INTF{vendor.id:08d}{next(_numbers):04d}", title="Care coordination",
        scope="Care coordination in pediatric practices.", procurement_id="BD-26-1031",
        procurement_type=ProcurementType.DEPARTMENT_PROCUREMENT, compensation=Compensation.MAXIMUM_OBLIGATION,
        terms=Terms.HUMAN_AND_SOCIAL_SERVICES, start_rule=StartRule.SIGNATURES, ends_on=ends_on,
        legal_name=vendor.name, legal_address="1 Main Street, Worcester, MA 01608", contractor_manager="Ruth Kowalski",
        contractor_email="contracts@example.org", department_manager="Rosemary Tan",
        department_email="fund@example.org", drafted_by_id=drafter, drafted_at=WHEN, executed_at=WHEN,
        effective_on=starts_on, effective_because="a test", **values,
    )  # fmt: skip
    db.session.add(contract)
    db.session.flush()
    rows: list[Base] = [
        BudgetLine(
            contract_id=contract.id, fiscal_year=year, object_code="MM3", purpose="Care coordinators",
            amount_cents=500_000_00, in_force_at=WHEN,
        )
        for year in years
    ]  # fmt: skip
    rows.append(
        ContractPeriod(
            contract_id=contract.id, reason=PeriodReason.EXECUTED, because="a test", starts_on=starts_on,
            ends_on=ends_on, recorded_at=WHEN,
        )
    )  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    for row in (contract, *rows):
        audit.record(ARRANGING, AuditAction.CONTRACT_EXECUTED, row, at=WHEN)
    return contract


def _drafter() -> int:
    drafter = User(role=Role.FUND_MANAGER, name="Rosemary Tan", email="drafter@example.org", created_at=WHEN)
    db.session.add(drafter)
    db.session.flush()
    audit.record(ARRANGING, AuditAction.USER_CREATED, drafter, at=WHEN)
    return drafter.id


def placement(*, vendor_id: int, **values: Any) -> Assignment:
    """An assignment under the vendor's contract, for a fifth of a week where nothing else is said; not saved yet."""
    values.setdefault("contract_id", contract_of(vendor_id))
    if "places" not in values:
        values.setdefault("share_percent", 20)
    return Assignment(vendor_id=vendor_id, **values)


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
