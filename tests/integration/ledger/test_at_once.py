"""Two payments at the same moment: one after the other, and never more than the fund holds."""

from functools import partial

from flask import Flask

from certhub.database import db, give_up, transaction
from certhub.models.accounts import User
from certhub.models.vendor_invoices import VendorInvoice
from certhub.queries import ledger
from certhub.services import vendor_invoices as services
from tests.at_once import at_once
from tests.integration.ledger.arranged import NOW, TODAY, Billed


def test_two_payments_at_once_come_one_after_the_other_and_never_take_more_than_there_is(committed_app: Flask) -> None:
    first = Billed()
    first.ask_everybody()
    second = first.filed(1_000_00, number="H-2")
    first.invoice, before = second, first.invoice
    first.ask_everybody()
    first.receive(1_000_00)
    by_id = first.by.id

    def pay(invoice_id: int) -> None:
        invoice = db.session.get_one(VendorInvoice, invoice_id)
        with transaction():
            services.pay(
                invoice, paid_on=TODAY, amount_cents=1_000_00, reference="EFT1",
                actor=db.session.get_one(User, by_id), at=NOW,
            )  # fmt: skip

    problems = at_once(committed_app, partial(pay, before.id), partial(pay, second.id))
    give_up()
    assert len(problems) == 1
    assert "The fund holds $0.00" in str(problems[0])
    assert ledger.money().cash_cents == 0
    assert first.reconciled().agrees
