"""A contract on its way: drafted, with its budget, and whatever DPH must have on file before it signs."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from certhub.database import transaction
from certhub.models.accounts import User
from certhub.models.contracts import Contract, ContractAmendment
from certhub.models.parties import VendorOrganization
from certhub.rules.contract_amendments import AmendmentKind
from certhub.rules.contract_oversight import InsuranceKind, QualificationStatus
from certhub.rules.contracts import Compensation, ProcurementType, StartRule, StepKind, Terms
from certhub.rules.fiscal_years import fiscal_year_of
from certhub.rules.vocabulary import Role
from certhub.services import contract_amendments, contract_money, contract_oversight, contract_steps, contracts
from certhub.services.contract_amendments import AmendmentText
from certhub.services.contract_oversight import PolicyText
from certhub.services.contracts import ContractText
from tests import factories

K = StepKind
AT = datetime(2026, 6, 15, 15, tzinfo=UTC)
TODAY = date(2026, 6, 15)
LAST = date(2028, 6, 30)
SIGNATURES = ((K.NEGOTIATED, 1), (K.SENT_FOR_SIGNATURE, 2), (K.CONTRACTOR_SIGNED, 8), (K.DEPARTMENT_SIGNED, 10))
"""The steps in their order, each with its day of June 2026."""

TEXT = ContractText(
    number="INTF3101202600001", title="Care coordination", scope="Coordinators in practices.",
    procurement_id="BD-26-1031", procurement_type=ProcurementType.DEPARTMENT_PROCUREMENT,
    compensation=Compensation.MAXIMUM_OBLIGATION, terms=Terms.HUMAN_AND_SOCIAL_SERVICES,
    start_rule=StartRule.LATER_DATE, start_on=date(2026, 7, 1), ends_on=LAST, needs_secretariat=False,
    rfr_posted_on=None, awarded_on=None, procurement_ends_on=date(2029, 6, 30), option_count=2, option_months=12,
    legal_name="Harbor Family Network, Inc.", doing_business_as=None, legal_address="1 Main Street, Boston, MA 02108",
    remittance_address=None, address_code="AD001", contractor_manager="Ruth Kowalski",
    contractor_email="ruth@example.org", contractor_phone=None, department_manager="Rosemary Tan",
    department_email="fund@example.org", discount_10_days=100, discount_15_days=0, discount_20_days=0,
    discount_30_days=0, supplier_diversity=None,
)  # fmt: skip


@dataclass
class Office:
    """Who is at work, and the contract."""

    vendor: VendorOrganization
    administrator: User
    contract: Contract


def drafted(budget: dict[int, int] | None = None, **changes: Any) -> Office:
    """A draft with the amounts of its years, in cents."""
    vendor = factories.make_vendor("Harbor Family Network")
    administrator = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        contract = contracts.draft(vendor, replace(TEXT, **changes), actor=administrator, at=AT)
        for year, cents in (budget or {2027: 200_000_00, 2028: 210_000_00}).items():
            contract_money.add_line(
                contract, fiscal_year=year, object_code="MM3", purpose="Coordinators", amount_cents=cents,
                actor=administrator, at=AT,
            )  # fmt: skip
    return Office(vendor, administrator, contract)


def checked(office: Office, on: date = date(2026, 6, 1), *, insured: bool = True) -> None:
    """What DPH looks at before it signs is on file and in order."""
    admin = office.administrator
    with transaction():
        contract_oversight.check_debarment(
            office.contract, source="SAM.gov", checked_on=on, listed=False, note=None, actor=admin, at=AT
        )
        contract_oversight.record_qualification(
            office.contract, fiscal_year=2026, status=QualificationStatus.UNCONDITIONAL, decided_on=date(2026, 1, 5),
            actor=admin, at=AT,
        )  # fmt: skip
        for kind in (InsuranceKind.GENERAL_LIABILITY, InsuranceKind.PROFESSIONAL_LIABILITY) if insured else ():
            given = PolicyText(kind, "Mutual", f"P-{kind}", 1_000_000_00, date(2026, 1, 1), date(2027, 12, 31))
            contract_oversight.record_policy(office.contract, given, actor=admin, at=AT)


def step(office: Office, kind: StepKind, day: int | date, *, at: datetime = AT, **told: Any) -> None:
    """One step of the contract; `day` is a day of June 2026, or a date."""
    happened_on = date(2026, 6, day) if isinstance(day, int) else day
    with transaction():
        contract_steps.record(
            office.contract, kind, happened_on=happened_on, person="Ruth Kowalski", note="As agreed",
            actor=office.administrator, at=at, **told,
        )  # fmt: skip


def executed(**changes: Any) -> Office:
    """A contract that both have signed; in force from July 1, 2026."""
    office = drafted(**changes)
    checked(office)
    for kind, day in SIGNATURES:
        step(office, kind, day)
    return office


def amended(
    office: Office,
    *,
    lines: dict[int, int] | None = None,
    rate_cents: int | None = None,
    signed_on: date = date(2027, 5, 4),
    **changes: Any,
) -> ContractAmendment:
    """An amendment that is drafted, signed and executed on one day; `lines` are cents by fiscal year."""
    at = datetime.combine(signed_on, AT.timetz())
    admin = office.administrator
    given = AmendmentText(AmendmentKind.STANDARD, "More work", None, StartRule.SIGNATURES, None, None)
    with transaction():
        amendment = contract_amendments.draft(office.contract, replace(given, **changes), actor=admin, at=at)
        for year, cents in (lines or {}).items():
            contract_money.add_line(
                office.contract, amendment=amendment, fiscal_year=year, object_code="MM3", purpose="Coordinators",
                amount_cents=cents, actor=admin, at=at,
            )  # fmt: skip
        if rate_cents is not None:
            contract_money.add_rate(
                office.contract, amendment=amendment, service="Coordination", unit="a month", rate_cents=rate_cents,
                actor=admin, at=at,
            )  # fmt: skip
        contract_oversight.check_debarment(
            office.contract, source="SAM.gov", checked_on=signed_on, listed=False, note=None, actor=admin, at=at
        )
        contract_oversight.record_qualification(
            office.contract, fiscal_year=fiscal_year_of(signed_on), status=QualificationStatus.CONDITIONAL,
            decided_on=signed_on, actor=admin, at=at,
        )  # fmt: skip
    for kind, _ in SIGNATURES:
        with transaction():
            contract_steps.record(
                office.contract, kind, amendment=amendment, happened_on=signed_on, person="Ruth Kowalski",
                actor=admin, at=at,
            )  # fmt: skip
    return amendment
