"""Renewals that were approved, and the samples drawn from them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.ce_audits import CeAudit
from certhub.models.certification import Application, Credential, Decision, EvaluationRecord
from certhub.models.parties import Coordinator, VendorOrganization
from certhub.models.standards import StandardSet
from certhub.rules.vocabulary import ApplicationKind, ApplicationStatus, DecisionOutcome, Role
from certhub.services import ce_audits
from tests.factories import WHEN, make_coordinator, make_user, make_vendor, saved

FROM, TO = date(2026, 4, 1), date(2026, 6, 30)


def standard() -> StandardSet:
    return db.session.scalars(select(StandardSet).where(StandardSet.code == "CC-CORE")).one()


def renewed(person: Coordinator, decided_on: date = date(2026, 5, 4), **values: Any) -> Credential:
    """A renewal that was approved on a day."""
    reviewer = make_user(Role.DPH_REVIEWER)
    found = standard()
    credential = db.session.scalar(select(Credential).where(Credential.party_id == person.id)) or saved(
        Credential(
            party_id=person.id, subject_type=person.kind, standard_id=found.id, number=f"CC-2026-{person.id:06d}-1",
            granted_on=date(2024, 5, 1), recorded_at=WHEN,
        )
    )  # fmt: skip
    at = datetime.combine(decided_on, datetime.min.time(), UTC) + timedelta(hours=16)
    fields: dict[str, Any] = {"kind": ApplicationKind.RENEWAL, **values}
    outcome = fields.pop("outcome", DecisionOutcome.APPROVED)
    application = saved(
        Application(
            party_id=person.id, owner_id=person.id, status=ApplicationStatus.APPROVED, standard_id=found.id,
            credential_id=credential.id, opened_by_id=reviewer.id, opened_at=WHEN, submitted_at=WHEN,
            submitted_on=date(2026, 3, 2), closed_on=decided_on, closed_at=at,
            stage_from=decided_on, **fields,
        )
    )  # fmt: skip
    evaluation = saved(
        EvaluationRecord(
            application_id=application.id, standard_version_id=found.versions[0].id, as_of=decided_on, result="met",
            complete=True, findings=[], engine_version="1", inputs_hash="0" * 64, recorded_at=WHEN,
        )
    )  # fmt: skip
    saved(
        Decision(
            application_id=application.id, outcome=outcome, evaluation_id=evaluation.id, decided_by_id=reviewer.id,
            decided_at=at, decided_on=decided_on,
        )
    )  # fmt: skip
    return credential


def population(number: int = 11) -> tuple[VendorOrganization, list[Coordinator]]:
    vendor = make_vendor()
    people = [make_coordinator(vendor=vendor) for _ in range(number)]
    for person in people:
        renewed(person)
    return vendor, people


def drawn(by: User | None = None, **values: Any) -> CeAudit:
    asked: dict[str, Any] = {
        "decided_from": FROM, "decided_to": TO, "number": None, "seed": "lottery 2026-07-01",
        "due_on": clock.today() + timedelta(days=30), "base_url": "https://certhub.example", "at": clock.now(),
    }  # fmt: skip
    actor = by or make_user(Role.DPH_ADMINISTRATOR)
    found = standard()
    with transaction():
        return ce_audits.draw(found, actor=actor, **(asked | values))
