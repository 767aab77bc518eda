"""Putting signed statements on file with the facts that they rest on, whichever way they were signed."""

from datetime import datetime

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Evidence
from certhub.models.parties import Party
from certhub.models.signatures import Statement
from certhub.queries import drifts, signed_texts, statements
from certhub.rules.drift import frozen, require_signed_since
from certhub.rules.evidence_forms import required_signer, text_to_sign
from certhub.rules.standard import Requirement


def keep(
    evidence: Evidence, requirement: Requirement, *, party: Party, signer: User | None, name: str, at: datetime
) -> Statement | None:
    """Keep the facts under evidence that states something; None for evidence that nobody signs.

    Raises `Refusal` for a page that was signed before a change that it would be the answer to.
    """
    text = text_to_sign(requirement)
    if text is None:
        return None
    signed_for = str(evidence.value.get("party") or required_signer(requirement))
    asked = [
        one for one in drifts.of_party(party.id)
        if (one.requirement_code, one.statement.signed_for) == (requirement.code, signed_for)
    ]  # fmt: skip
    require_signed_since(
        evidence.occurred_on, [(one.sentence, min(one.changed_on, clock.civil_date(one.noted_at))) for one in asked]
    )
    facts, _ = statements.facts_of(party)
    signing, _ = statements.signer_of(signer, name)
    statement = Statement(
        evidence_id=evidence.id,
        party_id=party.id,
        requirement_code=requirement.code,
        signed_for=signed_for,
        signer_id=signer.id if signer else None,
        signed_name=name,
        rests_on=frozen([*facts, *signing], signed_texts.signed_text(*text).rests_on),
        recorded_at=at,
    )
    db.session.add(statement)
    db.session.flush()
    return statement


def keep_paper(evidence: Evidence, requirement: Requirement, *, party: Party, at: datetime) -> Statement | None:
    """Keep the facts under what was signed on paper, with the signer as named on it; None where nothing is signed.

    Whoever has an account of the organization under that name is taken for the signer: when they leave, CertHub hears.
    Raises `Refusal` as `keep` does.
    """
    name = str(evidence.value.get("signed_by") or "")
    signer = statements.account_named(party.id, name) if text_to_sign(requirement) else None
    return keep(evidence, requirement, party=party, signer=signer, name=name, at=at)
