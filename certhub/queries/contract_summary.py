"""The words of a contract's summary: the fields of the Standard Contract Form, its years, amendments and steps."""

from datetime import date

from certhub.documents.letter import Letter, Passage, Section, passages, shown
from certhub.models.contracts import Contract, ContractAmendment
from certhub.queries import contract_budgets, contracts
from certhub.rules.contract_amendments import AMENDMENT_LABELS
from certhub.rules.contracts import (
    COMPENSATION_LABELS,
    PROCUREMENT_LABELS,
    STAGE_LABELS,
    STEP_LABELS,
    TERMS_LABELS,
    stage_on,
)
from certhub.rules.fiscal_years import fiscal_year_in_words
from certhub.rules.money import dollars
from certhub.rules.terms import written

_HUNDREDTHS = 100


def of(contract: Contract, day: date) -> Letter:
    """The summary as it is on a day; one that is executed has frozen words, and grows with its amendments."""
    life = contracts.life(contract)
    ends_on = contracts.last_day(contract, life)
    years = contract_budgets.maxima([contract.id]).get(contract.id, {})
    facts = (
        ("Contract", contract.number),
        ("Contractor", shown(contract.legal_name)),
        ("Vendor code", contract.vendor.vendor_code),
        ("State", STAGE_LABELS[stage_on(life, day)].label),
        ("In force", _in_force(contract, ends_on)),
        ("Maximum obligation", dollars(sum(years.values()))),
    )
    return Letter(
        title=shown(contract.title),
        dated_on=day,
        facts=facts,
        sections=(
            Section("Performance", passages(contract.scope)),
            Section("The parties", (Passage((), _parties(contract)),)),
            Section("Procurement and terms", (Passage((), _terms(contract)),)),
            Section("Maximum obligation by fiscal year", _years(contract, years)),
            *_amendments(contract),
            Section("Signatures and steps", (Passage((), _steps(contract)),)),
        ),
        closing="This is a summary from the records of DPH. The signed contract and its amendments prevail.",
    )


def _in_force(contract: Contract, ends_on: date) -> str:
    if contract.effective_on is None:
        return f"Not executed yet; it would end on {written(ends_on)}"
    return f"{written(contract.effective_on)} through {written(ends_on)}"


def _parties(contract: Contract) -> tuple[str, ...]:
    found = [
        f"Contractor: {contract.legal_name}, {contract.legal_address}",
        f"Doing business as: {contract.doing_business_as}" if contract.doing_business_as else "",
        f"Payments go to: {contract.remittance_address}" if contract.remittance_address else "",
        f"Vendor code address: {contract.address_code}" if contract.address_code else "",
        f"Contract manager of the contractor: {contract.contractor_manager}, {contract.contractor_email}",
        f"Department: Department of Public Health ({contract.department_code})",
        f"Contract manager of the department: {contract.department_manager}, {contract.department_email}",
    ]
    return tuple(shown(one) for one in found if one)


def _terms(contract: Contract) -> tuple[str, ...]:
    discounts = [
        f"{getattr(contract, f'discount_{days}_days') / _HUNDREDTHS:.2f} percent within {days} days"
        for days in (10, 15, 20, 30)
        if getattr(contract, f"discount_{days}_days")
    ]
    found = [
        f"Procurement: {contract.procurement_id}, {PROCUREMENT_LABELS[contract.procurement_type].lower()}",
        TERMS_LABELS[contract.terms],
        COMPENSATION_LABELS[contract.compensation],
        f"Effective date: {contract.effective_because}" if contract.effective_because else "",
        f"Options to renew: {contract.option_count} of {contract.option_months} months"
        if contract.option_count
        else "",
        f"Prompt payment discount: {', '.join(discounts)}" if discounts else "",
        f"Supplier diversity: {contract.supplier_diversity}" if contract.supplier_diversity else "",
        *(f"Further document: {one.number}" for one in contract.document_ids),
        *(
            f"Rate: {one.service}, {dollars(one.cents)} for {one.unit} {one.days_in_words()}".rstrip()
            for one in contract_budgets.rates_by_day(contract)
        ),
    ]
    return tuple(shown(one) for one in found if one)


def _years(contract: Contract, years: dict[int, int]) -> tuple[Passage, ...]:
    lines = contract_budgets.lines_in_force(contract) or contract_budgets.lines(contract)
    return tuple(
        Passage(
            (f"{fiscal_year_in_words(year)}: {dollars(cents)}",),
            tuple(
                shown(f"{line.object_code}, {line.purpose}: {dollars(line.amount_cents)}")
                for line in lines
                if line.fiscal_year == year
            ),
        )
        for year, cents in years.items()
    )


def _amendments(contract: Contract) -> tuple[Section, ...]:
    found = contracts.executed_amendments(contract)
    return (Section("Amendments", tuple(_amendment(one) for one in found)),) if found else ()


def _amendment(one: ContractAmendment) -> Passage:
    items = [shown(one.reason)]
    if one.effective_on is not None:
        items.append(f"Counts from {written(one.effective_on)}: {one.effective_because}")
    if one.new_ends_on is not None:
        items.append(f"Last day: {written(one.ends_before_on)} before, {written(one.new_ends_on)} after")
    return Passage((f"Amendment {one.number}: {AMENDMENT_LABELS[one.kind].lower()}",), tuple(items))


def _steps(contract: Contract) -> tuple[str, ...]:
    numbers = {one.id: one.number for one in contracts.executed_amendments(contract)}
    steps = [
        step
        for step in reversed(contracts.steps_of(contract))
        if step.amendment_id is None or step.amendment_id in numbers
    ]
    return tuple(
        shown(
            f"{written(step.happened_on)}: "
            + (f"amendment {numbers[step.amendment_id]}, " if step.amendment_id else "")
            + STEP_LABELS[step.kind].lower()
            + (f", {step.person}" if step.person else "")
            + (f", {step.person_title}" if step.person and step.person_title else "")
        )
        for step in steps
    )
