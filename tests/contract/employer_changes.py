"""Changes of employer for the world of the contract tests: asked by ours, asked of ours, and agreed to by ours."""

import secrets
from datetime import timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.models import Base
from certhub.models.accounts import User
from certhub.models.employer_changes import EmployerChange, EmployerChangeEffect, EmployerChangeLink, LastDayProposal
from certhub.models.parties import Coordinator, Employment, VendorOrganization
from certhub.rules.tokens import token_hash
from certhub.rules.vocabulary import EmploymentKind, Role, SubjectType
from tests import factories
from tests.factories import WHEN


def changing(
    vendor: VendorOrganization, person: Coordinator, hr: User
) -> dict[SubjectType, dict[str, list[int | str]]]:
    """The vendor asks somebody to join it; our coordinator is asked by another one, and has agreed to a third."""
    employment = db.session.scalars(select(Employment).where(Employment.coordinator_id == person.id)).one()
    other = factories.make_vendor()
    other_hr = factories.make_user(Role.VENDOR_HR, other)
    common = {
        "known_by": "somebody@example.org", "last_name": "Silva", "starts_on": clock.today() + timedelta(days=30),
        "kind": EmploymentKind.EMPLOYEE, "asked_at": clock.now(), "expires_at": clock.now() + timedelta(days=30),
    }  # fmt: skip
    ours = EmployerChange(vendor_id=vendor.id, asked_by_id=hr.id, **common)
    waiting = EmployerChange(vendor_id=other.id, party_id=person.id, asked_by_id=other_hr.id, **common)
    agreed = EmployerChange(
        vendor_id=other.id, party_id=person.id, asked_by_id=other_hr.id, consented_at=clock.now(), **common
    )
    saved_all(ours, waiting, agreed)
    link = f"consent-of-{person.id}-{secrets.token_hex(8)}"
    saved_all(
        EmployerChangeEffect(
            change_id=agreed.id, employer_id=vendor.id, employment_before_id=employment.id,
            employment_after_id=employment.id,
        ),
        LastDayProposal(
            change_id=agreed.id, employer_id=vendor.id, party_id=person.id, last_on=clock.today(), reason="Letter",
            proposed_by_id=hr.id, proposed_at=WHEN,
        ),
        EmployerChangeLink(change_id=waiting.id, token_hash=token_hash(link), created_at=WHEN),
    )  # fmt: skip
    return {
        SubjectType.VENDOR: {"change_id": [ours.id, agreed.id]},
        SubjectType.COORDINATOR: {"change_id": [waiting.id, agreed.id], "token": [link]},
    }


def saved_all(*rows: Base) -> None:
    for row in rows:
        factories.saved(row)
