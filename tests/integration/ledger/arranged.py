"""An approved invoice of a vendor in the fund year 2026, and money to pay it with."""

from datetime import UTC, date, datetime

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.contracts import Contract
from certhub.models.fund import FundYear
from certhub.models.parties import Coordinator
from certhub.models.vendor_invoices import VendorInvoice
from certhub.queries import fund, ledger, vendor_invoices
from certhub.queries.reconciliation import Reconciled, of_year
from certhub.rules.independence import Span
from certhub.rules.last_resort import EARLIER, Outcome, Source
from certhub.rules.ledger import Account, MovementKind
from certhub.rules.permissions import OPERATOR
from certhub.rules.pooled_fund.configuration import Configuration, FederalShare
from certhub.rules.vocabulary import Role
from certhub.services import fund_movements, fund_years, payer_answers
from certhub.services import vendor_invoices as services
from certhub.services.payer_answers import Said
from certhub.services.vendor_invoices import LineText
from tests import factories
from tests.integration.exposure.arranging import certified, suspended

FISCAL_YEAR = 2026
NOW = datetime(2025, 10, 10, 15, tzinfo=UTC)
TODAY = NOW.date()
SEPTEMBER = Span(date(2025, 9, 1), date(2025, 9, 30))


class Billed:
    """A vendor's invoice of September 2025 with one line, approved by the fund manager."""

    def __init__(
        self, cents: int = 1_000_00, coordinator: Coordinator | None = None, *, suspended_days: int = 0
    ) -> None:
        self.vendor = factories.make_vendor()
        credential = certified(self.vendor)
        if suspended_days:
            suspended(credential, date(2025, 9, 31 - suspended_days), date(2025, 9, 30))
        self.by: User = factories.make_user(Role.FUND_MANAGER)
        self.contract = db.session.get_one(Contract, factories.contract_of(self.vendor.id))
        self.year: FundYear = opened(self.by)
        self.invoice = self.filed(cents, coordinator)

    def filed(self, cents: int, coordinator: Coordinator | None = None, number: str = "H-1") -> VendorInvoice:
        return self.filed_with([LineText(coordinator, "Supervision", SEPTEMBER, cents)], number=number)

    def filed_with(self, lines: list[LineText], *, number: str) -> VendorInvoice:
        hr = factories.make_user(Role.VENDOR_HR, self.vendor)
        with transaction():
            made = services.file(self.contract, number=number, month=SEPTEMBER, lines=lines, actor=hr, at=NOW)
            services.approve(made, actor=self.by, at=NOW)
        return vendor_invoices.one(OPERATOR, made.id)

    def ask(self, source: Source, cents: int = 0, *, units: int | None = None, evidence: str = "Letter 7") -> None:
        """Record what a payer does about the only line; without an amount it denies."""
        said = Said(Outcome.PAID if cents else Outcome.DENIED, cents, units)
        with transaction():
            payer_answers.record(
                self.invoice, source, {self.invoice.lines[0].id: said}, evidence=evidence, evidence_on=TODAY,
                actor=self.by, at=NOW,
            )  # fmt: skip

    def ask_everybody(self, private: int = 520_00, medicaid: int = 410_00) -> None:
        """The shares of the worked example: DPH bears what is left."""
        for source, cents in zip(EARLIER, (private, medicaid, 0), strict=True):
            self.ask(source, cents, units=10_00 if cents and source is Source.MEDICAID else None)

    def pay(self, cents: int) -> None:
        with transaction():
            services.pay(self.invoice, paid_on=TODAY, amount_cents=cents, reference="EFT1", actor=self.by, at=NOW)

    def receive(self, cents: int, kind: MovementKind = MovementKind.STATE) -> int:
        with transaction():
            made = fund_movements.record(
                self.year, kind, cents, happened_on=TODAY, reference="Transfer 1", actor=self.by, at=NOW
            )
        return made.id

    def balances(self) -> dict[Account, int]:
        return {one.account: one.cents for one in ledger.trial_balance(self.by, FISCAL_YEAR)}

    def reconciled(self) -> Reconciled:
        return of_year(self.by, self.year)


def payable_by_dph(invoice_id: int) -> None:
    """Nobody before DPH pays an invoice, and the state has put money into the fund."""
    by = factories.make_user(Role.FUND_MANAGER)
    invoice = vendor_invoices.one(OPERATOR, invoice_id)
    year = fund.of_fiscal_year(FISCAL_YEAR) or opened(by)
    said = {line.id: Said(Outcome.NOT_APPLICABLE) for line in invoice.lines}
    with transaction():
        for source in EARLIER:
            payer_answers.record(
                invoice, source, said, evidence="Rule 7", evidence_on=TODAY, actor=by, at=datetime.now(UTC)
            )
        fund_movements.record(
            year, MovementKind.STATE, 10_000_00, happened_on=TODAY, reference="Transfer", actor=by, at=NOW
        )


def opened(by: User) -> FundYear:
    """The fund year 2026, without a need."""
    with transaction():
        return fund_years.open_year(
            Configuration(
                FISCAL_YEAR, medicaid_rate_cents=145_00, federal_shares=(FederalShare(date(2025, 7, 1), 5000),)
            ),
            actor=by, at=NOW,
        )  # fmt: skip
