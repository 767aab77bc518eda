"""Somebody who works under a contract, an invoice for the work, and the people who file and decide it."""

from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db
from certhub.models.contracts import Contract
from certhub.models.parties import Coordinator, Practice, VendorOrganization
from certhub.models.vendor_invoices import VendorInvoice
from certhub.queries import vendor_invoices
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import Role
from tests import factories
from tests.factories import WHEN, placement, saved, sign_in
from tests.integration.exposure.arranging import certified, suspended
from tests.integration.parties.browsing import send, vendor_hr

FIRST = date(2025, 9, 1)


class Placed:
    """A coordinator of a vendor who works under its contract; suspended in the last ten days of September 2025."""

    def __init__(self, *spells: tuple[date, date | None], is_suspended: bool = True) -> None:
        self.vendor: VendorOrganization = factories.make_vendor("Harbor Family Network")
        self.person: Coordinator = factories.make_coordinator("Ana Ferreira", vendor=self.vendor)
        self.practice: Practice = factories.make_practice()
        for party in (self.vendor, self.practice):
            certified(party)
        credential = certified(self.person)
        if is_suspended:
            suspended(credential, date(2025, 9, 21), date(2025, 9, 30))
        for starts_on, ends_on in spells or ((FIRST, None),):
            saved(
                placement(
                    coordinator_id=self.person.id, practice_id=self.practice.id, vendor_id=self.vendor.id,
                    starts_on=starts_on, ends_on=ends_on, recorded_at=WHEN,
                )
            )  # fmt: skip
        self.contract = db.session.get_one(Contract, factories.contract_of(self.vendor.id))
        self.address = f"/invoices/contracts/{self.contract.id}/new?month=2025-09"

    def file(self, client: FlaskClient, amount: str = "3,000.00", number: str = "H-1", **more: str) -> int:
        work = {f"work_{self.person.id}_1": amount} if amount else {}
        return send(client, self.address, number=number, **work, **more).status_code

    def approved(self, client: FlaskClient, **more: str) -> int:
        """An invoice that the vendor filed and DPH has approved; DPH is signed in afterwards."""
        vendor_hr(client, self.vendor)
        assert self.file(client, **more) == 302
        number = invoice().id
        fund_manager(client)
        assert send(client, f"/invoices/{number}/approve").status_code == 302
        return number


def invoice() -> VendorInvoice:
    """The newest invoice, as it is now."""
    db.session.expire_all()
    found = db.session.scalars(select(VendorInvoice).order_by(VendorInvoice.id.desc())).first()
    assert found is not None
    return vendor_invoices.one(OPERATOR, found.id)


def fund_manager(client: FlaskClient) -> None:
    """DPH's fund manager is signed in."""
    sign_in(client, factories.make_user(Role.FUND_MANAGER))
