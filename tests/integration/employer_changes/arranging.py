"""A coordinator of one vendor, placed in a practice, whom another vendor asks to join it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.employer_changes import EmployerChange
from certhub.models.messages import Message
from certhub.models.parties import Assignment, Coordinator, Employment, Practice, VendorOrganization
from certhub.rules.vocabulary import EmploymentKind, Role
from certhub.services import employer_changes as service
from certhub.services.employer_changes import Answer, Wanted
from tests import factories
from tests.factories import ARRANGING, WHEN, placement, saved
from tests.integration.exposure.arranging import certified
from tests.integration.parties.browsing import send

BASE = "https://certhub.example.org"
NAME = "Ana Ferreira"


def days(number: int) -> date:
    return clock.today() + timedelta(days=number)


@dataclass
class Move:
    """Who takes part in a change of employer."""

    person: Coordinator
    old: VendorOrganization
    new: VendorOrganization
    practice: Practice
    old_hr: User
    new_hr: User
    account: User

    @property
    def spells(self) -> dict[str, tuple[date, date | None]]:
        db.session.expire_all()
        rows = db.session.scalars(
            select(Employment).where(Employment.coordinator_id == self.person.id, Employment.superseded_at.is_(None))
        )
        return {one.employer.name: (one.starts_on, one.ends_on) for one in rows}

    @property
    def work(self) -> set[tuple[str, str, date, date | None]]:
        db.session.expire_all()
        rows = db.session.scalars(
            select(Assignment).where(Assignment.coordinator_id == self.person.id, Assignment.superseded_at.is_(None))
        )
        return {(one.practice.name, one.vendor.name, one.starts_on, one.ends_on) for one in rows}


def arranged(*, with_account: bool = True) -> Move:
    old, new = factories.make_vendor("Harbor Family Network"), factories.make_vendor("Blackstone Valley Care")
    person = factories.make_coordinator(NAME, vendor=old, email="ana.ferreira@example.org")
    practice = factories.make_practice("Elm Street Pediatrics", email="office@elmstreet.example.org")
    placed(person, practice, old)
    account = factories.make_user(Role.COORDINATOR, person, email="ana@example.org") if with_account else None
    return Move(
        person, old, new, practice, factories.make_user(Role.VENDOR_HR, old, name="Olga Alt"),
        factories.make_user(Role.VENDOR_HR, new, name="Nils Neu"), account,  # type: ignore[arg-type]  # used where there is one
    )  # fmt: skip


def in_order(move: Move) -> None:
    """Everybody is certified and the new employer has a contract, so that work can go on there."""
    for party in (move.old, move.new, move.person, move.practice):
        certified(party)
    factories.contract_of(move.new.id)


def placed(
    person: Coordinator, practice: Practice, vendor: VendorOrganization, starts_on: date = date(2025, 3, 3)
) -> Assignment:
    return saved(
        placement(
            coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=starts_on,
            recorded_at=WHEN,
        )
    )  # fmt: skip


def serves(vendor: VendorOrganization, practice: Practice) -> None:
    """Somebody else works in the practice for the vendor already."""
    placed(factories.make_coordinator(vendor=vendor), practice, vendor)


def asked(move: Move, *, starts_on: date | None = None, **changes: Any) -> EmployerChange:
    wanted = {
        "known_by": str(move.person.email), "last_name": "Ferreira", "starts_on": starts_on or days(20),
        "kind": EmploymentKind.EMPLOYEE, "job_title": "Care coordinator", **changes,
    }  # fmt: skip
    vendor = wanted.pop("vendor", move.new)
    hr = wanted.pop("hr", move.new_hr)
    with transaction():
        return service.ask(vendor, Wanted(**wanted), base_url=BASE, actor=hr, at=clock.now())


def agreed(move: Move, change: EmployerChange, *, goes_on: bool = False) -> EmployerChange:
    """The person says yes; the present employment ends unless it goes on side by side."""
    present = frozenset() if goes_on else frozenset(_present(move))
    with transaction():
        service.answer(
            change, Answer(True, NAME, "192.0.2.7", present), base_url=BASE, actor=move.account or ARRANGING,
            at=clock.now(),
        )  # fmt: skip
    return change


def _present(move: Move) -> list[int]:
    return list(
        db.session.scalars(
            select(Employment.id).where(
                Employment.coordinator_id == move.person.id,
                Employment.employer_id == move.old.id,
                Employment.superseded_at.is_(None),
            )
        )
    )


def letters(kind: str = "employer-change-") -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.kind.startswith(kind)).order_by(Message.id)))


def link_in(letter: Message) -> str:
    found = re.search(r"https?://[^/]+(/\S+)", letter.body_text)
    assert found, letter.body_text
    return found[1]


def typed(move: Move, **changes: Any) -> dict[str, Any]:
    return {
        "known_by": move.person.email, "last_name": "Ferreira", "starts_on": days(20).isoformat(), "kind": "employee",
        "job_title": "Care coordinator", **changes,
    }  # fmt: skip


def answered(client: FlaskClient, path: str, **changes: Any) -> TestResponse:
    return send(client, path, **{"answer": "yes", "agreed": "y", "signed_name": NAME, **changes})


def held(person: Coordinator) -> str:
    """The number of a credential that the person holds."""
    return certified(person).number
