"""What DPH asks for and looks at beside applications."""

from datetime import date, timedelta

from sqlalchemy import select

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.ce_audits import CeAudit, CeSelection
from certhub.models.certification import Application, Credential, Evidence
from certhub.models.parties import Coordinator
from certhub.models.standards import StandardVersion
from certhub.models.submittals import Submittal
from certhub.queries import standards
from certhub.rules.audit_actions import AuditAction
from certhub.rules.ce_audit import population_hash
from certhub.rules.submittals import may_be_handed_in
from certhub.rules.vocabulary import Stage
from certhub.services import audit
from tests.factories import ARRANGING, WHEN, saved


def audited(person: Coordinator, reviewer: User) -> dict[str, list[int | str]]:
    """A draw that has selected the person, on days of its own."""
    application = db.session.scalars(select(Application).where(Application.party_id == person.id)).one()
    credential = db.session.scalars(select(Credential).where(Credential.party_id == person.id)).one()
    day = date(2020, 1, 1) + timedelta(days=person.id)
    audit_of_day = CeAudit(
        standard_id=application.standard_id, decided_from=day, decided_to=day, known_at=WHEN,
        population=[credential.number], population_count=1, population_hash=population_hash([credential.number]),
        size=1, by_percent=True, seed="seed", seed_typed=True, due_on=date(2026, 12, 31), drawn_at=WHEN,
        drawn_by_id=reviewer.id,
    )  # fmt: skip
    saved(audit_of_day)
    selection = CeSelection(
        ce_audit_id=audit_of_day.id, place=1, credential_id=credential.id, application_id=application.id,
        party_id=person.id,
    )  # fmt: skip
    saved(selection)
    return {"ce_audit_id": [audit_of_day.id], "selection_id": [selection.id]}


def handed_in(credential: Credential, version: StandardVersion) -> Submittal:
    """A paper between applications that waits for a reviewer; inside a transaction."""
    found = standards.definition_of(version).requirements
    code = next(one.code for one in found if may_be_handed_in(one) and one.stages - {Stage.INITIAL})
    evidence = Evidence(party_id=credential.party_id, requirement_code=code, value={}, recorded_at=WHEN)
    db.session.add(evidence)
    db.session.flush()
    paper = Submittal(
        evidence_id=evidence.id, party_id=credential.party_id, credential_id=credential.id, requirement_code=code,
        standard_version_id=version.id, handed_in_on=date(2026, 5, 4), due_on=date(2026, 5, 11),
    )  # fmt: skip
    db.session.add(paper)
    db.session.flush()
    audit.record(ARRANGING, AuditAction.PAPER_HANDED_IN, paper, at=WHEN)
    return paper
