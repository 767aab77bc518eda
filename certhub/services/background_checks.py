"""Background checks that DPH records between applications: the day, the source and whether it cleared, nothing else."""

from datetime import date, datetime

from certhub import clock
from certhub.database import locked
from certhub.models.accounts import User
from certhub.models.certification import Evidence
from certhub.models.parties import Coordinator
from certhub.queries import background_checks
from certhub.rules.audit_actions import AuditAction
from certhub.rules.evidence_forms import EvidenceInput
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds import typed_parameters
from certhub.rules.requirement_kinds.checks import recheck_due_on
from certhub.rules.standard import Requirement
from certhub.rules.terms import written
from certhub.services import audit
from certhub.services.evidence import keep


def record(
    person: Coordinator,
    requirement: Requirement,
    check: str,
    *,
    answered_on: date,
    source: str,
    cleared: bool,
    actor: User,
    at: datetime,
) -> Evidence:
    """Record the answer to a check that was done again; it counts from now on, also for the next renewal.

    One that did not clear does not put off the day by which the check is due (M.G.L. c.6 s.172; 803 CMR 2.00).
    """
    locked(person)
    source = source.strip()
    if answered_on > clock.civil_date(at):
        raise Refusal("The day of the answer cannot be in the future.", field="answered_on")
    if not source:
        raise Refusal("Say where the answer came from.", field="source")
    for known in background_checks.of_coordinator(person.id):
        if known.check == check and known.answered_on is not None and answered_on <= known.answered_on:
            raise Refusal(
                f"A {check} check of {written(known.answered_on)} is on file already. Enter a later one.",
                field="answered_on",
            )
    given = EvidenceInput(
        {"check": check, "cleared": cleared, "source": source, "reviewer": actor.name},
        answered_on,
        recheck_due_on(typed_parameters(requirement), answered_on, None) if cleared else None,
    )
    evidence = keep(requirement.code, given, party_id=person.id, provided_by=actor, at=at)
    audit.record(actor, AuditAction.BACKGROUND_CHECK_RECORDED, evidence, at=at)
    return evidence
