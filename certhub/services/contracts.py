"""Contracts: drafted and changed by DPH until they are sent to be signed; their steps are in `contract_steps`."""

from dataclasses import dataclass, fields
from datetime import date, datetime

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.contracts import Contract, ContractDocumentId
from certhub.models.parties import VendorOrganization
from certhub.queries import contracts
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contracts import Compensation, ProcurementType, StartRule, Terms
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.services import audit, contract_money


@dataclass(frozen=True, slots=True)
class ContractText:
    """What a contract says, as it was typed; the names are those of the columns."""

    number: str
    title: str
    scope: str
    procurement_id: str
    procurement_type: ProcurementType
    compensation: Compensation
    terms: Terms
    start_rule: StartRule
    start_on: date | None
    ends_on: date
    needs_secretariat: bool
    rfr_posted_on: date | None
    awarded_on: date | None
    procurement_ends_on: date | None
    option_count: int
    option_months: int
    legal_name: str
    doing_business_as: str | None
    legal_address: str
    remittance_address: str | None
    address_code: str | None
    contractor_manager: str
    contractor_email: str
    contractor_phone: str | None
    department_manager: str
    department_email: str
    discount_10_days: int
    discount_15_days: int
    discount_20_days: int
    discount_30_days: int
    supplier_diversity: str | None
    continues_id: int | None = None


def draft(vendor: VendorOrganization, given: ContractText, *, actor: User, at: datetime) -> Contract:
    """Write a contract down; nothing counts until the last signature. Raises `Refusal`."""
    _require_text(given, vendor_id=vendor.id)
    contract = Contract(vendor_id=vendor.id, drafted_by_id=actor.id, drafted_at=at)
    _write(contract, given)
    db.session.add(contract)
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_DRAFTED, contract, at=at, party_id=vendor.id)
    return contract


def change(contract: Contract, given: ContractText, *, actor: User, at: datetime) -> None:
    """Change what a contract says before it is sent to be signed. Raises `Refusal`."""
    contract_money.require_changeable(contract, at=at)
    _require_text(given, vendor_id=contract.vendor_id, own=contract)
    _write(contract, given)
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_CHANGED, contract, at=at, party_id=contract.vendor_id)


def add_document_id(contract: Contract, number: str, *, actor: User, at: datetime) -> ContractDocumentId:
    """Note a further document of the accounting system, at any time. Raises `Refusal`."""
    locked(contract)
    if number in {contract.number, *(one.number for one in contract.document_ids)}:
        raise Refusal("This document number is on file for this contract already.", field="document_number")
    document = ContractDocumentId(contract_id=contract.id, number=number, recorded_at=at)
    db.session.add(document)
    db.session.flush()
    audit.record(actor, AuditAction.CONTRACT_DOCUMENT_ADDED, document, at=at, party_id=contract.vendor_id)
    return document


def require_named_day(rule: StartRule, start_on: date | None) -> None:
    """Refuse a day that is missing, or that does not go with the choice. Raises `Refusal`."""
    if rule is not StartRule.SIGNATURES and start_on is None:
        raise Refusal("Type the day on which it begins.", field="start_on")
    if rule is StartRule.SIGNATURES and start_on is not None:
        raise Refusal(
            "A day is typed, and the choice is “on the day of the last signature”. Choose another one, or leave the "
            "day empty.",
            field="start_on",
        )


def _require_text(given: ContractText, *, vendor_id: int, own: Contract | None = None) -> None:
    require_named_day(given.start_rule, given.start_on)
    if given.start_on is not None and given.ends_on < given.start_on:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    if (given.option_count == 0) != (given.option_months == 0):
        raise Refusal("Type both how many options there are and how long each is, or neither.", field="option_count")
    if given.procurement_ends_on is not None and given.procurement_ends_on < given.ends_on:
        raise Refusal("The procurement cannot end before the contract.", field="procurement_ends_on")
    if contracts.number_taken(given.number, but=own):
        raise Refusal("This document number is on file for another contract.", field="number")
    if given.continues_id is not None:
        _require_can_be_renewed(given.continues_id, given, vendor_id=vendor_id, own=own)


def _require_can_be_renewed(renewed_id: int, given: ContractText, *, vendor_id: int, own: Contract | None) -> None:
    renewed = db.session.get(Contract, renewed_id)
    if renewed is None or renewed.vendor_id != vendor_id or renewed is own:
        raise Refusal("A contract renews one of the same vendor. Choose another one, or none.", field="continues_id")
    if renewed.executed_at is None:
        raise Refusal("This contract is not executed, so there is nothing to renew.", field="continues_id")
    if contracts.is_renewed(renewed.id, but=own):
        raise Refusal("Another contract renews this one already. Choose another one, or none.", field="continues_id")
    if given.ends_on <= contracts.last_day_agreed(renewed):
        raise Refusal(
            f"The contract that it renews goes on until {written(contracts.last_day_agreed(renewed))}. The new one "
            "must end after that day.",
            field="ends_on",
        )


def _write(contract: Contract, given: ContractText) -> None:
    for field in fields(given):
        setattr(contract, field.name, getattr(given, field.name))
