"""Recording what the payers before DPH do about the lines of a vendor's invoice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.ledger import PayerAnswer
from certhub.models.vendor_invoices import VendorInvoice
from certhub.queries import fund, payer_answers
from certhub.queries.payer_answers import LineShares
from certhub.rules.audit_actions import AuditAction
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.last_resort import (
    Answer,
    Outcome,
    Source,
    require_answer,
    require_order,
    require_reported,
    require_within_rate,
)
from certhub.rules.ledger import Cause
from certhub.rules.pooled_fund.year_state import require_open
from certhub.rules.refusal import Refusal
from certhub.services import audit, ledger


@dataclass(frozen=True, slots=True)
class Said:
    """What a payer does about one line; units are claimed of Medicaid only."""

    outcome: Outcome
    cents: int = 0
    units_hundredths: int | None = None


def record(
    invoice: VendorInvoice,
    source: Source,
    said: Mapping[int, Said],
    *,
    evidence: str,
    evidence_on: date | None,
    note: str = "",
    actor: User,
    at: datetime,
) -> list[PayerAnswer]:
    """Record what a payer does about some lines, by the line's id; a changed answer supersedes. Raises `Refusal`."""
    locked(invoice)
    if invoice.approved_at is None:
        raise Refusal("This invoice is not approved. Approve it before you record who bears it.")
    year = fund.of_fiscal_year(invoice.fiscal_year)
    if year is None:
        raise Refusal(f"{named(invoice.fiscal_year)} has no fund year yet. Open it, then come back.")
    require_open(fund.facts(locked(year)))
    if not said:
        raise Refusal("Choose at least one line.")
    made = []
    reported = payer_answers.reported(invoice)
    every = payer_answers.shares(invoice)
    for shares in every:
        one = said.get(shares.line.id)
        if one is None:
            continue
        field = f"amount_{shares.line.id}"
        require_order(source, shares.said, shares.allowed_cents)
        answer = Answer(one.outcome, one.cents, shares.left_for(source))
        require_answer(answer, evidence=evidence, evidence_on=evidence_on, today=clock.civil_date(at), field=field)
        if source is Source.MEDICAID:
            require_within_rate(one.cents, one.units_hundredths, rate_cents=year.medicaid_rate_cents, field=field)
            told = reported.get(shares.line.id)
            require_reported(
                one.units_hundredths or 0, told.coverage if told else None,
                claimed_elsewhere=told.claimed_elsewhere + _moved(shares, every, said) if told else 0,
                field=f"units_{shares.line.id}",
            )  # fmt: skip
        before = shares.answers.get(source)
        row = PayerAnswer(
            line_id=shares.line.id, source=source, outcome=one.outcome, cents=one.cents, of_cents=answer.of_cents,
            units_hundredths=one.units_hundredths, evidence=evidence.strip(), evidence_on=evidence_on,
            note=note.strip(), supersedes_id=before.id if before else None, recorded_by_id=actor.id, recorded_at=at,
        )  # fmt: skip
        if before is None or _told(before) != _told(row):
            made.append(row)
    db.session.add_all(made)
    db.session.flush()
    for row in made:
        audit.record(actor, AuditAction.PAYER_ANSWER_RECORDED, row, at=at, party_id=invoice.contract.vendor_id)
    if made:
        ledger.post_invoice(invoice, Cause.PAYER_RECORDED, on=clock.civil_date(at), actor=actor, at=at)
    return made


def _moved(own: LineShares, every: Sequence[LineShares], said: Mapping[int, Said]) -> int:
    """How many units more the other lines of the same coordinator claim by what is said now."""
    return sum(
        (said[one.line.id].units_hundredths or 0) - one.claimed_units
        for one in every
        if one.line.id in said and one is not own and one.person_id == own.person_id
    )


def _told(one: PayerAnswer) -> tuple[object, ...]:
    return (one.outcome, one.cents, one.of_cents, one.units_hundredths, one.evidence, one.evidence_on, one.note)
