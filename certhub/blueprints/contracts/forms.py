"""The forms of a contract, its budget, its steps and its amendments."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, DecimalField, FileField, IntegerField, RadioField, SelectField
from wtforms.validators import Email, InputRequired, NumberRange, Optional, Regexp

from certhub.models.contracts import Contract, ContractAmendment
from certhub.queries import contracts
from certhub.rules.contract_amendments import AMENDMENT_LABELS, AmendmentKind
from certhub.rules.contract_close_out import OpenItem
from certhub.rules.contracts import (
    COMPENSATION_LABELS,
    PROCUREMENT_LABELS,
    START_LABELS,
    STEP_LABELS,
    TERMS_LABELS,
    Compensation,
    ProcurementType,
    StartRule,
    StepKind,
    Terms,
)
from certhub.services.contract_amendments import AmendmentText
from certhub.services.contracts import ContractText
from certhub.web.dollars import Dollars
from certhub.web.forms import CertHubForm, Day, Line, Text, options
from certhub.web.particulars import number_or_none, numbered

_HUNDREDTHS = _WHOLE = 100
_MOST_OPTIONS, _LONGEST_OPTION = 20, 60
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_DISCOUNTS = (10, 15, 20, 30)


def _discount(days: int) -> DecimalField:
    return DecimalField(
        f"Discount if paid within {days} days, in percent",
        [Optional(), NumberRange(0, _WHOLE, "Type a percentage from 0 to 100.")],
        places=2,
        default=0,
    )


class ContractForm(CertHubForm):
    """What the Standard Contract Form asks for."""

    vendor_id = SelectField("Contractor", [InputRequired("Choose the vendor.")], coerce=number_or_none)
    number = Line(
        "Document number", [InputRequired("Enter the document number.")], longest=20,
        description="The MMARS document id, at most 20 characters.",
    )  # fmt: skip
    title = Line("Title", [InputRequired("Give the contract a title.")], longest=200)
    scope = Text("Performance", [InputRequired("Say what the contractor does.")], render_kw={"rows": 4})
    legal_name = Line("Legal name", [InputRequired("Enter the legal name.")], longest=200, description="As on the W-9.")
    doing_business_as = Line("Doing business as", [Optional()], longest=200)
    legal_address = Line(
        "Legal address", [InputRequired("Enter the legal address.")], longest=300, description="As on the W-9."
    )
    remittance_address = Line(
        "Remittance address", [Optional()], longest=300, description="Only if it differs from the legal address."
    )
    address_code = Line(
        "Vendor code address id",
        [Optional(), Regexp(r"^AD\d{3}$", message="Type AD and three digits, such as AD001.")],
        longest=5, description="Where payments go, such as AD001.",
    )  # fmt: skip
    contractor_manager = Line(
        "Contract manager of the contractor", [InputRequired("Name the contract manager.")], longest=200
    )
    contractor_email = Line(
        "E-mail of the contract manager",
        [InputRequired("Enter an e-mail address."), Email("Type an e-mail address, such as name@example.org.")],
        longest=254,
    )
    contractor_phone = Line("Phone of the contract manager", [Optional()], longest=30)
    department_manager = Line("Contract manager of DPH", [InputRequired("Name the contract manager.")], longest=200)
    department_email = Line(
        "E-mail of DPH's contract manager",
        [InputRequired("Enter an e-mail address."), Email("Type an e-mail address, such as name@example.org.")],
        longest=254,
    )
    procurement_id = Line(
        "Procurement", [InputRequired("Enter the number of the procurement.")], longest=60,
        description="COMMBUYS bid or purchase order, or the RFR number.",
    )  # fmt: skip
    procurement_type = SelectField("Kind of procurement", choices=options(PROCUREMENT_LABELS.items()))
    rfr_posted_on = Day("RFR posted on", [Optional()])
    awarded_on = Day("Awarded on", [Optional()])
    continues_id = SelectField("Renews which contract", [Optional()], coerce=number_or_none)
    procurement_ends_on = Day(
        "Last day that options can reach", [Optional()], description="Where the procurement names one."
    )
    terms = RadioField("Terms and conditions", choices=options(TERMS_LABELS.items()))
    compensation = RadioField("Compensation", choices=options(COMPENSATION_LABELS.items()))
    start_rule = RadioField("The contractor may begin", choices=options(START_LABELS.items()))
    start_on = Day("First day", [Optional()], description="Where the contract names a day.")
    ends_on = Day("Last day", [InputRequired("Enter the last day.")])
    option_count = IntegerField(
        "Options to renew", [Optional(), NumberRange(0, _MOST_OPTIONS, f"Type a number from 0 to {_MOST_OPTIONS}.")],
        default=0, description="How many there are.",
    )  # fmt: skip
    option_months = IntegerField(
        "Months of each option",
        [Optional(), NumberRange(0, _LONGEST_OPTION, f"Type a number from 0 to {_LONGEST_OPTION}.")], default=0,
    )  # fmt: skip
    needs_secretariat = BooleanField("The secretariat must approve it, too")
    discount_10_days = _discount(10)
    discount_15_days = _discount(15)
    discount_20_days = _discount(20)
    discount_30_days = _discount(30)
    supplier_diversity = Text("Supplier diversity commitment", [Optional()], render_kw={"rows": 2})

    def __init__(self, *args: Any, contract: Contract | None = None, **kwargs: Any) -> None:
        super().__init__(*args, data=_on_file(contract), **kwargs)
        if contract is not None:
            del self.vendor_id
        else:
            self.vendor_id.choices = numbered(contracts.vendor_choices())
        renewed = contract.continues_id if contract else None
        renewable = contracts.renewable_choices(renewed_now=renewed)
        self.continues_id.choices = numbered(renewable, "None: it renews no other contract")

    def typed(self) -> ContractText:
        """What was typed, as the service takes it."""
        typed: dict[str, Any] = {name: getattr(self, name).data for name in _AS_TYPED}
        typed |= {name: getattr(self, name).data or None for name in _MAY_BE_EMPTY}
        typed |= {f"discount_{days}_days": self._discount(days) for days in _DISCOUNTS}
        typed |= {name: typed[name] or 0 for name in ("option_count", "option_months")}
        return ContractText(
            **typed,
            procurement_type=ProcurementType(self.procurement_type.data),
            compensation=Compensation(self.compensation.data),
            terms=Terms(self.terms.data),
            start_rule=StartRule(self.start_rule.data),
            continues_id=self.continues_id.data or None,
        )

    def _discount(self, days: int) -> int:
        return int((getattr(self, f"discount_{days}_days").data or 0) * _HUNDREDTHS)


_AS_TYPED = (
    "number", "title", "scope", "procurement_id", "ends_on", "needs_secretariat", "option_count", "option_months",
    "legal_name", "legal_address", "contractor_manager", "contractor_email", "department_manager", "department_email",
)  # fmt: skip
_MAY_BE_EMPTY = (
    "start_on", "rfr_posted_on", "awarded_on", "procurement_ends_on", "doing_business_as", "remittance_address",
    "address_code", "contractor_phone", "supplier_diversity",
)  # fmt: skip


def _on_file(contract: Contract | None) -> dict[str, Any]:
    if contract is None:
        return {
            "terms": Terms.HUMAN_AND_SOCIAL_SERVICES.value, "compensation": Compensation.MAXIMUM_OBLIGATION.value,
            "start_rule": StartRule.SIGNATURES.value, "procurement_type": ProcurementType.DEPARTMENT_PROCUREMENT.value,
        }  # fmt: skip
    found = {name: getattr(contract, name) for name in (*_AS_TYPED, *_MAY_BE_EMPTY)}
    found |= {
        name: getattr(contract, name).value for name in ("terms", "compensation", "start_rule", "procurement_type")
    }
    found["continues_id"] = contract.continues_id
    return found | {
        f"discount_{days}_days": getattr(contract, f"discount_{days}_days") / _HUNDREDTHS for days in _DISCOUNTS
    }


class LineForm(CertHubForm):
    """An amount of a fiscal year."""

    fiscal_year = IntegerField(
        "Fiscal year",
        [
            InputRequired("Enter the fiscal year."),
            NumberRange(_FIRST_YEAR, _LAST_YEAR, "Type the year in which it ends, such as 2027."),
        ],
        description="By the year in which it ends: 2027 is July 1, 2026 to June 30, 2027.",
    )
    object_code = Line(
        "Object code", [Regexp(r"^[A-Z]{2}\d{0,2}$", message="Type two letters and digits, such as MM3.")], longest=4,
        default="MM3", description="MM3 is human and social services for clients.",
    )  # fmt: skip
    purpose = Line("Purpose", [InputRequired("Say what the amount is for.")], longest=200)
    amount = Dollars("Amount", [InputRequired("Enter an amount.")])


class RateForm(CertHubForm):
    """The price of one unit."""

    service = Line("Service", [InputRequired("Name the service.")], longest=120)
    unit = Line(
        "Unit", [InputRequired("Say what one unit is.")], longest=60, description="Such as a month of one position."
    )
    rate = Dollars("Price of one unit", [InputRequired("Enter an amount.")])


class DocumentIdForm(CertHubForm):
    """A further document in the accounting system."""

    document_number = Line("Document number", [InputRequired("Enter the document number.")], longest=20)


class StepForm(CertHubForm):
    """The next step of a contract or an amendment."""

    kind = RadioField("Step", [InputRequired("Choose the step.")])
    happened_on = Day("Day", [InputRequired("Enter the day.")])
    person = Line("Name of who signed or decided", [Optional()], longest=200)
    person_title = Line("Title", [Optional()], longest=120)
    note = Text("Note", [Optional()], render_kw={"rows": 3})
    file = FileField("Signed page", [Optional()], description="PDF, PNG, JPEG or DOCX. The vendor can read it, too.")

    def offer(self, kinds: tuple[StepKind, ...]) -> None:
        """Let the person choose among the steps that can come next."""
        self.kind.choices = options((kind.value, STEP_LABELS[kind]) for kind in kinds)

    def particulars(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        return {
            "happened_on": self.happened_on.data, "person": self.person.data or None,
            "person_title": self.person_title.data or None, "note": self.note.data or None,
        }  # fmt: skip


class CloseOutForm(CertHubForm):
    """The last step of a contract; `close_out_form` adds a reason for each thing that is open."""

    happened_on = Day("Closed out on", [InputRequired("Enter the day.")])
    note = Text("Note", [Optional()], render_kw={"rows": 3})


def close_out_form(items: Sequence[OpenItem]) -> type[CloseOutForm]:
    """The form with a reason for each thing that is open."""
    reasons = {
        item.key: Line(
            item.sentence,
            [InputRequired("Settle it first, or say why the contract is closed out all the same.")],
            longest=500,
            description="Why the contract is closed out all the same.",
        )
        for item in items
    }
    return type("CloseOutOfContractForm", (CloseOutForm,), reasons)


class AmendmentForm(CertHubForm):
    """What an amendment changes."""

    kind = RadioField("Kind", choices=options(AMENDMENT_LABELS.items()))
    reason = Text("What changes, and why", [InputRequired("Say what changes, and why.")], render_kw={"rows": 3})
    scope = Text(
        "Performance from then on",
        [Optional()],
        render_kw={"rows": 3},
        description="Only where the performance changes.",
    )
    new_ends_on = Day(
        "New last day", [Optional()], description="Only where it changes. An option has its own length: leave it empty."
    )
    start_rule = RadioField("The amendment counts", choices=options(START_LABELS.items()))
    start_on = Day("From", [Optional()], description="Where the amendment names a day.")

    def __init__(self, *args: Any, amendment: ContractAmendment | None = None, **kwargs: Any) -> None:
        data: dict[str, Any] = {"kind": AmendmentKind.STANDARD.value, "start_rule": StartRule.SIGNATURES.value}
        if amendment is not None:
            data = {
                "kind": amendment.kind.value, "reason": amendment.reason, "scope": amendment.scope,
                "new_ends_on": amendment.new_ends_on, "start_rule": amendment.start_rule.value,
                "start_on": amendment.start_on,
            }  # fmt: skip
        super().__init__(*args, data=data, **kwargs)

    def typed(self) -> AmendmentText:
        """What was typed, as the service takes it."""
        return AmendmentText(
            AmendmentKind(self.kind.data), self.reason.data, self.scope.data or None, StartRule(self.start_rule.data),
            self.start_on.data, self.new_ends_on.data,
        )  # fmt: skip
