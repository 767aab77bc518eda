"""The audit of continuing education: drawn once for some days, answered with proofs, ended by a reviewer."""

import secrets
from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.ce_audits import CeAudit, CeProof, CeResult, CeSelection
from certhub.models.files import StoredFile
from certhub.models.parties import Party
from certhub.models.standards import StandardSet
from certhub.queries import ce_audits
from certhub.queries.ce_audits import Renewed
from certhub.rules.audit_actions import AuditAction
from certhub.rules.ce_audit import (
    CeOutcome,
    frozen_population,
    population_hash,
    require_due,
    require_outcome,
    require_range,
    require_same_as_shown,
    require_seed,
    require_undrawn,
    sample_size,
)
from certhub.rules.ce_audit import draw as drawn
from certhub.rules.refusal import Refusal
from certhub.services import audit, outbox


def draw(
    standard: StandardSet,
    *,
    decided_from: date,
    decided_to: date,
    number: int | None,
    seed: str,
    due_on: date,
    base_url: str,
    actor: User,
    at: datetime,
) -> CeAudit:
    """Draw a sample of the renewals approved in some days, and write to everybody who was drawn.

    Days are drawn from once only: whoever could draw again could choose the sample. Without a seed one is made here,
    when the population is fixed, so nobody can try seeds. Raises `Refusal`.
    """
    today = clock.civil_date(at)
    require_range(decided_from, decided_to, today=today)
    require_due(due_on, today=today)
    locked(standard)  # two people who draw at once come one after the other
    require_undrawn(ce_audits.drawn_before(standard.id, decided_from, decided_to))
    renewed = ce_audits.population(standard.id, decided_from, decided_to, known_at=at)
    population = frozen_population(renewed)
    size = sample_size(len(population), number)
    sowed = require_seed(seed) if seed else secrets.token_hex(16)
    made = CeAudit(
        standard_id=standard.id,
        decided_from=decided_from,
        decided_to=decided_to,
        known_at=at,
        population=list(population),
        population_count=len(population),
        population_hash=population_hash(population),
        size=size,
        by_percent=number is None,
        seed=sowed,
        seed_typed=bool(seed),
        due_on=due_on,
        drawn_at=at,
        drawn_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, AuditAction.CE_SAMPLE_SELECTED, made, at=at)
    for place, credential_number in enumerate(drawn(population, sowed, size), start=1):
        _select(made, place, renewed[credential_number], base_url=base_url, at=at)
    db.session.flush()
    return made


def provide_proof(selection: CeSelection, file: StoredFile, *, note: str, actor: User, at: datetime) -> CeProof:
    """Hand in a paper for an audit that has not ended. Raises `Refusal`."""
    locked(selection)
    if ce_audits.results(selection):
        raise Refusal("This audit has ended, so nothing more can be handed in. Ask DPH if you have a question.")
    proof = CeProof(selection_id=selection.id, file_id=file.id, note=note, provided_by_id=actor.id, provided_at=at)
    db.session.add(proof)
    db.session.flush()
    audit.record(actor, AuditAction.CE_PROOF_PROVIDED, proof, at=at, party_id=selection.party_id)
    return proof


def record_result(
    selection: CeSelection, outcome: CeOutcome, *, reason: str, shown: int | None, actor: User, at: datetime
) -> CeResult:
    """Say how the audit of one holder ended, or correct it; `shown` is the word that the reviewer had in sight.

    Raises `Refusal`.
    """
    locked(selection)
    before = next(iter(ce_audits.results(selection)), None)
    require_same_as_shown(shown, before.id if before else None)
    require_outcome(outcome, reason, before=before.outcome if before else None)
    result = CeResult(
        selection_id=selection.id,
        outcome=outcome,
        reason=reason,
        reviewer_id=actor.id,
        recorded_at=at,
        supersedes_id=before.id if before else None,
    )
    db.session.add(result)
    db.session.flush()
    action = AuditAction.CE_RESULT_CORRECTED if before else AuditAction.CE_RESULT_RECORDED
    audit.record(actor, action, result, at=at, party_id=selection.party_id)
    return result


def _select(made: CeAudit, place: int, renewed: Renewed, *, base_url: str, at: datetime) -> None:
    selection = CeSelection(
        ce_audit_id=made.id,
        place=place,
        credential_id=renewed.credential_id,
        application_id=renewed.application_id,
        party_id=renewed.party_id,
    )
    db.session.add(selection)
    db.session.flush()
    party = db.session.get_one(Party, renewed.party_id)
    for email, name in ce_audits.readers(party, on=clock.civil_date(at)).items():
        outbox.enqueue(
            "ce-audit-request",
            recipient=email,
            recipient_name=name,
            dedupe_key=f"ce-audit-request:{selection.id}:{email}",
            context={
                "link": f"{base_url}/ce-requests/{selection.id}",
                "party_name": party.name,
                "number": renewed.number,
                "due_on": made.due_on,
            },
            party_id=party.id,
            at=at,
        )
