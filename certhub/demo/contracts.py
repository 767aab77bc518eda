"""The vendors' contracts: signed, renewed by options each spring, amended, and one that ended with work under it."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.demo import fund_money
from certhub.demo.office import Office
from certhub.demo.organizations import VENDORS, VendorPlan
from certhub.demo.timeline import Story, day_of_month, moment, office_day
from certhub.models.accounts import User
from certhub.models.contracts import Contract, ContractAmendment
from certhub.models.parties import Assignment, Coordinator, VendorOrganization
from certhub.models.vendor_invoices import VendorInvoice
from certhub.queries import contract_oversight as contract_oversight_now
from certhub.queries import contracts as contracts_now
from certhub.queries import vendor_invoices as vendor_invoices_now
from certhub.rules.contract_amendments import AmendmentKind
from certhub.rules.contract_oversight import InsuranceKind, QualificationStatus, VisitDepth, VisitResult
from certhub.rules.contracts import Compensation, ProcurementType, StartRule, StepKind, Terms
from certhub.rules.fiscal_years import days_of_fiscal_year, fiscal_year_of, fiscal_years_of
from certhub.rules.independence import Span
from certhub.rules.terms import ONE_DAY
from certhub.services import (
    contract_amendments,
    contract_money,
    contract_oversight,
    contract_steps,
    contracts,
    vendor_invoices,
)
from certhub.services.contract_amendments import AmendmentText
from certhub.services.contract_oversight import PolicyText
from certhub.services.contracts import ContractText
from certhub.services.vendor_invoices import LineText

_YEARLY_CENTS = {
    "pioneer": 215_000_00, "blackstone": 225_000_00, "merrimack": 230_000_00, "charles": 220_000_00,
    "southcoast": 225_000_00, "harbor": 305_000_00, "commonwealth": 210_000_00, "baystate": 210_000_00,
}  # fmt: skip
"""The maximum obligation of a full fiscal year: $1,840,000.00 together, as in the worked year of the pooled fund."""

_STATUSES = {
    "merrimack": QualificationStatus.WITH_CORRECTIVE_ACTION_PLAN, "southcoast": QualificationStatus.CONDITIONAL,
}  # fmt: skip
_MANAGER, _MANAGER_EMAIL = "Rosemary Tan", "fund@example.org"
_SOURCE = "OSD list of debarred contractors and SAM.gov"
_OPTIONS = 5
_VISITED = "merrimack"
_AMENDING = "harbor"
_MONTHS_INVOICED = 4
PILOT = "baystate"
"""The vendor whose pilot contract has ended while somebody still works under it."""


def of(office: Office, vendor: str) -> Contract:
    """The vendor's contract for the whole program."""
    return office.contracts[vendor]


def assigned(person: Coordinator) -> list[Assignment]:
    """The assignments of a person that count now."""
    return list(
        db.session.scalars(
            select(Assignment).where(Assignment.coordinator_id == person.id, Assignment.superseded_at.is_(None))
        )
    )


def first_contract(office: Office, plan: VendorPlan, vendor: VendorOrganization, *, on: date) -> Story[None]:
    """Drafted, negotiated and signed within two weeks of the certification; it runs to the end of the next year."""
    at = moment(on, 60)
    yield at
    begins_on = _signed_on(on)
    ends_on = days_of_fiscal_year(fiscal_year_of(begins_on) + 1).to_on or on
    given = text(plan, vendor, number=f"INTF31{plan.number:02d}{on.year}P0700", ends_on=ends_on)
    contract = contracts.draft(vendor, given, actor=office.administrator, at=at)
    for year in fiscal_years_of(begins_on, ends_on):
        _budget(office, contract, year, _YEARLY_CENTS[plan.key], at)
    checked(office, plan.key, contract, at)
    yield from _signed(office, contract, on=on)
    office.contracts[plan.key] = contract


def yearly_options(office: Office, since: date) -> Story[None]:
    """In May of each year, the options of all contracts that end in June; and the papers of the new year."""
    first = fiscal_year_of(since)
    for year in range(first, fiscal_year_of(office.today) + 2):
        on = office_day(date(year, 5, 11))
        at = moment(on, 200)
        yield at
        for key, contract in office.contracts.items():
            checked(office, key, contract, at)
            if contracts_now.last_day_agreed(contract) == days_of_fiscal_year(year).to_on:
                _exercised(office, contract, at)


def _exercised(office: Office, contract: Contract, at: datetime) -> None:
    given = AmendmentText(
        AmendmentKind.OPTION, "The work goes on for another fiscal year under the option.", None,
        StartRule.LATER_DATE, contracts_now.last_day_agreed(contract) + ONE_DAY, None,
    )  # fmt: skip
    amendment = contract_amendments.draft(contract, given, actor=office.administrator, at=at)
    year = fiscal_year_of(contracts_now.last_day_agreed(contract) + ONE_DAY)
    key = next(key for key, one in office.contracts.items() if one is contract)
    for object_code, purpose, cents in _lines(_YEARLY_CENTS[key]):
        contract_money.add_line(
            contract, amendment=amendment, fiscal_year=year, object_code=object_code, purpose=purpose,
            amount_cents=cents, actor=office.administrator, at=at,
        )  # fmt: skip
    for kind in (
        StepKind.NEGOTIATED,
        StepKind.SENT_FOR_SIGNATURE,
        StepKind.CONTRACTOR_SIGNED,
        StepKind.DEPARTMENT_SIGNED,
    ):
        _amendment_step(office, amendment, kind, at)


def _amendment_step(office: Office, amendment: ContractAmendment, kind: StepKind, at: datetime) -> None:
    contract = amendment.contract
    person, title = _signer(contract, kind)
    contract_steps.record(
        contract,
        kind,
        amendment=amendment,
        happened_on=clock.civil_date(at),
        person=person,
        person_title=title,
        actor=office.administrator,
        at=at,
    )


def _signed(office: Office, contract: Contract, *, on: date) -> Story[None]:
    steps = (
        (StepKind.NEGOTIATED, 2), (StepKind.SENT_FOR_SIGNATURE, 3), (StepKind.CONTRACTOR_SIGNED, 8),
        (StepKind.DEPARTMENT_SIGNED, 10),
    )  # fmt: skip
    for kind, days in steps:
        day = office_day(on + timedelta(days=days))
        at = moment(day, 61)
        yield at
        person, title = _signer(contract, kind)
        contract_steps.record(
            contract, kind, happened_on=day, person=person, person_title=title, actor=office.administrator, at=at
        )


def _signed_on(drafted_on: date) -> date:
    """The day of the last signature on a contract that is drafted on a day."""
    return office_day(drafted_on + timedelta(days=10))


def _signer(contract: Contract, kind: StepKind) -> tuple[str | None, str | None]:
    if kind is StepKind.CONTRACTOR_SIGNED:
        return contract.contractor_manager, "Executive director"
    return (_MANAGER, "Director of contracts") if kind is StepKind.DEPARTMENT_SIGNED else (None, None)


def text(
    plan: VendorPlan, vendor: VendorOrganization, *, number: str, ends_on: date, options: int = _OPTIONS
) -> ContractText:
    """What a contract of the program says."""
    return ContractText(
        number=number, title="Practice-based care coordination",
        scope=(
            "Hire, supervise and pay certified care coordinators, and place them by caseload in pediatric practices "
            "that are committed to the medical home. The contractor reports caseloads each month."
        ),
        procurement_id="BD-23-1031-CYSHCN", procurement_type=ProcurementType.DEPARTMENT_PROCUREMENT,
        compensation=Compensation.MAXIMUM_OBLIGATION, terms=Terms.HUMAN_AND_SOCIAL_SERVICES,
        start_rule=StartRule.SIGNATURES, start_on=None, ends_on=ends_on, needs_secretariat=False, rfr_posted_on=None,
        awarded_on=None, procurement_ends_on=None, option_count=options, option_months=12 if options else 0,
        legal_name=vendor.name, doing_business_as=None,
        legal_address=f"{100 + plan.number} Main Street, {plan.town}, MA", remittance_address=None,
        address_code="AD001", contractor_manager=plan.hr_name, contractor_email=plan.hr_email, contractor_phone=None,
        department_manager=_MANAGER, department_email=_MANAGER_EMAIL, discount_10_days=100, discount_15_days=50,
        discount_20_days=0, discount_30_days=0,
        supplier_diversity="3 percent of the yearly amount with certified diverse suppliers.",
    )  # fmt: skip


def _lines(cents: int) -> tuple[tuple[str, str, int], ...]:
    indirect = cents // 20
    return (
        ("MM3", "Care coordinators: salaries, fringe, travel and supervision", cents - indirect),
        ("MM3", "Indirect costs, at most 5 percent", indirect),
    )


def _budget(office: Office, contract: Contract, year: int, cents: int, at: datetime) -> None:
    for object_code, purpose, amount in _lines(cents):
        contract_money.add_line(
            contract, fiscal_year=year, object_code=object_code, purpose=purpose, amount_cents=amount,
            actor=office.administrator, at=at,
        )  # fmt: skip


def checked(office: Office, key: str, contract: Contract, at: datetime) -> None:
    """What DPH looks at before it signs: debarment, qualification, insurance, the financial report."""
    on, admin = clock.civil_date(at), office.administrator
    year = fiscal_year_of(on)
    contract_oversight.check_debarment(
        contract, source=_SOURCE, checked_on=on, listed=False, note=None, actor=admin, at=at
    )
    contract_oversight.record_qualification(
        contract, fiscal_year=year, status=_STATUSES.get(key, QualificationStatus.UNCONDITIONAL), decided_on=on,
        actor=admin, at=at,
    )  # fmt: skip
    for kind, limit in (
        (InsuranceKind.GENERAL_LIABILITY, 1_000_000_00),
        (InsuranceKind.PROFESSIONAL_LIABILITY, 3_000_000_00),
    ):
        given = PolicyText(
            kind, "Commonwealth Mutual", f"{kind.value[:2].upper()}-{contract.vendor_id:04d}-{year}", limit,
            days_of_fiscal_year(year).from_on, days_of_fiscal_year(year + 1).to_on or on,
        )  # fmt: skip
        contract_oversight.record_policy(contract, given, actor=admin, at=at)
    ended = days_of_fiscal_year(year - 1).to_on
    if ended is not None and contract_oversight_now.report_filed(contract.vendor_id, ended) is None:
        filed_on = min(on, date(year - 1, 11, 4 + contract.vendor_id % 9))
        contract_oversight.record_financial_report(contract, year_ended_on=ended, filed_on=filed_on, actor=admin, at=at)


def watched(office: Office) -> Story[None]:
    """A visit with findings and its corrective action, half done."""
    on = office_day(office.today - timedelta(days=75))
    at = moment(on, 210)
    yield at
    contract, admin = of(office, _VISITED), office.administrator
    contract_oversight.record_visit(
        contract, visited_on=on, depth=VisitDepth.FOCUSED, result=VisitResult.CORRECTIVE_ACTION,
        findings="In 3 of 12 supervision files no session is noted for more than two weeks (VO-08).",
        visitors="Margaret Holloway, Daniel Achebe", actor=admin, at=at,
    )  # fmt: skip
    (plan,) = contract_oversight_now.on_file(contract).plans
    at = moment(office_day(on + timedelta(days=21)), 210)
    yield at
    contract_oversight.answer_plan(
        plan, response="Supervisors note each session within two days, and HR looks each month.",
        actor=office.hr[_VISITED], at=at,
    )  # fmt: skip
    day = clock.civil_date(at)
    first = contract_oversight.add_milestone(
        plan, title="Supervisors are trained in the note", due_on=day + timedelta(days=20), actor=admin, at=at
    )
    contract_oversight.add_milestone(
        plan, title="A sample of 12 files shows no gap", due_on=day + timedelta(days=62), actor=admin, at=at
    )
    at = moment(office_day(day + timedelta(days=18)), 210)
    yield at
    contract_oversight.see_milestone_done(
        plan, first, done_on=clock.civil_date(at), note="Attendance sheet of the training", actor=admin, at=at
    )


def amending(office: Office) -> Story[None]:
    """An amendment that waits for the contractor, and the draft of a new contract."""
    on = office_day(office.today - timedelta(days=9))
    at = moment(on, 220)
    yield at
    contract = of(office, _AMENDING)
    year = fiscal_year_of(office.today)
    given = AmendmentText(
        AmendmentKind.STANDARD, "One more half-time coordinator who speaks Haitian Creole, in Boston.", None,
        StartRule.SIGNATURES, None, None,
    )  # fmt: skip
    amendment = contract_amendments.draft(contract, given, actor=office.administrator, at=at)
    contract_money.add_line(
        contract, amendment=amendment, fiscal_year=year, object_code="MM3", purpose="Half-time coordinator to June 30",
        amount_cents=24_500_00, actor=office.administrator, at=at,
    )  # fmt: skip
    for kind in (StepKind.NEGOTIATED, StepKind.SENT_FOR_SIGNATURE):
        _amendment_step(office, amendment, kind, at)
    plan = next(one for one in VENDORS if one.key == "pioneer")
    new = text(
        plan, office.vendors["pioneer"], number=f"INTF31{plan.number:02d}{year + 1}RURAL",
        ends_on=days_of_fiscal_year(year + 1).to_on or office.today, options=0,
    )  # fmt: skip
    contracts.draft(office.vendors["pioneer"], new, actor=office.administrator, at=at)


def pilot(office: Office) -> Story[None]:
    """A small contract of its own that ended with the last fiscal year; somebody still works under it."""
    last = days_of_fiscal_year(fiscal_year_of(office.today) - 1).to_on or office.today
    on = office_day(last - timedelta(days=300))
    at = moment(on, 60)
    yield at
    plan = next(one for one in VENDORS if one.key == PILOT)
    given = text(plan, office.vendors[PILOT], number=f"INTF31{plan.number:02d}{on.year}PILOT", ends_on=last, options=0)
    contract = contracts.draft(office.vendors[PILOT], given, actor=office.administrator, at=at)
    for year in fiscal_years_of(_signed_on(on), last):
        _budget(office, contract, year, 38_000_00, at)
    checked(office, PILOT, contract, at)
    yield from _signed(office, contract, on=on)
    office.contracts_apart[PILOT] = contract


def invoiced(office: Office) -> Story[None]:
    """Each vendor invoices the last months; the oldest is paid, the newest waits for DPH."""
    months = [day_of_month(office.today, -back, 1) for back in range(_MONTHS_INVOICED, 0, -1)]
    for first in months:
        month = vendor_invoices_now.month_of(first.year, first.month)
        filed_on = office_day((month.to_on or first) + timedelta(days=6))
        at = moment(filed_on, 230)
        yield at
        filed = [_filed(office, key, contract, month, at) for key, contract in office.contracts.items()]
        if first == months[-1]:
            yield from _returned(filed[-1], at)
            return
        at = moment(office_day(filed_on + timedelta(days=9)), 230)
        yield at
        for invoice in filed:
            if invoice is not None:
                _paid(invoice, at)
        if first == months[0]:
            yield from _put_right(office, month, at)


def _returned(invoice: VendorInvoice | None, filed_at: datetime) -> Story[None]:
    """DPH returns one of the newest invoices, so that the vendor files it again."""
    at = moment(office_day(clock.civil_date(filed_at) + timedelta(days=2)), 232)
    yield at
    if invoice is not None:
        vendor_invoices.return_to_vendor(
            invoice, reason="The days of one coordinator are those of the month before.", actor=_fund_manager(), at=at
        )


def _put_right(office: Office, month: Span, paid_at: datetime) -> Story[None]:
    """A payment comes back and is made again, and a supplement asks for what the invoice left out."""
    contract, manager = of(office, _VISITED), _fund_manager()
    at = moment(office_day(clock.civil_date(paid_at) + timedelta(days=5)), 231)
    yield at
    for invoice in vendor_invoices_now.standing_in(contract.id, month)[:1]:
        for payment in invoice.payments[:1]:
            vendor_invoices.reverse(
                invoice, payment, reversed_on=clock.civil_date(at), reason="The bank sent it back: account closed.",
                actor=manager, at=at,
            )  # fmt: skip
            vendor_invoices.pay(
                invoice, paid_on=clock.civil_date(at), amount_cents=payment.amount_cents,
                reference=f"{payment.reference}A", actor=manager, at=at,
            )  # fmt: skip
        days = vendor_invoices_now.days_of_other_cost(contract, month)
        vendor_invoices.file(
            contract, number=f"{invoice.number}-S", month=month, actor=office.hr[_VISITED], at=at,
            lines=[LineText(None, "Interpreters at two home visits", days, 412_50)],
        )  # fmt: skip


def _filed(office: Office, key: str, contract: Contract, month: Span, at: datetime) -> VendorInvoice | None:
    """An amount for each person by the days of the month, within a twelfth of the year."""
    people = vendor_invoices_now.worked(contract, month)
    if not people:
        return None
    each = _YEARLY_CENTS[key] // 12 // len(people) // 100 * 100
    lines = [
        LineText(db.session.get_one(Coordinator, one.coordinator_id), "Care coordination", one.days, each)
        for one in people
    ]
    return vendor_invoices.file(
        contract, number=f"{month.from_on:%Y-%m}", month=month, lines=lines, actor=office.hr[key], at=at
    )


def _fund_manager() -> User:
    return db.session.scalars(select(User).where(User.email == _MANAGER_EMAIL)).one()


def _paid(invoice: VendorInvoice, at: datetime) -> None:
    vendor_invoices.approve(invoice, actor=_fund_manager(), at=at)
    fund_money.answered(invoice, _fund_manager(), at)
    payable = vendor_invoices_now.amounts(invoice).payable
    if payable:
        vendor_invoices.pay(
            invoice, paid_on=clock.civil_date(at), amount_cents=payable, reference=f"EFT{invoice.id:08d}",
            actor=_fund_manager(), at=at,
        )  # fmt: skip
