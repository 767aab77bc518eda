"""A coordinator is placed under a contract, or refused beside the field that says why."""

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.contracts import Contract, ContractPeriod
from certhub.models.parties import Assignment, Coordinator, Employment, Practice, VendorOrganization
from certhub.models.vendor_invoices import VendorInvoice, VendorInvoiceLine
from certhub.queries import exposure
from certhub.rules.assignment import CITATIONS, Load
from certhub.rules.exposure import Link
from certhub.rules.independence import Span
from certhub.rules.permissions import OPERATOR
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import assignments
from tests import factories
from tests.factories import ARRANGING, WHEN, sign_in
from tests.integration.exposure.arranging import certified, changed
from tests.integration.parties.browsing import fetched, send, vendor_hr

FIRST, LAST = date(2026, 3, 9), date(2026, 8, 31)
THIRTY = Load(places=30)


class Chain:
    """Everything that an assignment hangs on, each link in order unless it is left out."""

    def __init__(self, *without: Link) -> None:
        self.vendor, self.practice = (
            factories.make_vendor("Harbor Family Network"),
            factories.make_practice("Elm Street"),
        )
        self.person = factories.make_coordinator("Ana Ferreira", vendor=self.vendor)
        kept: dict[Link, VendorOrganization | Coordinator | Practice] = {
            Link.VENDOR_CERTIFICATION: self.vendor, Link.CREDENTIAL: self.person, Link.COMMITMENT: self.practice
        }  # fmt: skip
        for link, party in kept.items():
            if link not in without:
                certified(party)
        self.contract = db.session.get_one(Contract, factories.contract_of(self.vendor.id))
        if Link.CONTRACT in without:
            (period,) = db.session.scalars(select(ContractPeriod)).all()
            changed(period, ends_on=date(2026, 3, 1))
        if Link.EMPLOYMENT in without:
            (spell,) = db.session.scalars(select(Employment)).all()
            changed(spell, ends_on=date(2026, 3, 1))

    def wanted(self, load: Load = THIRTY, last: date | None = LAST) -> assignments.Wanted:
        return assignments.Wanted(self.person, self.practice, self.contract, load, Span(FIRST, last))

    def record(self, wanted: assignments.Wanted, reason: str | None = None) -> Assignment:
        with transaction():
            return assignments.record(wanted, over_capacity_reason=reason, actor=ARRANGING, at=WHEN)[0]


@pytest.mark.parametrize("link", list(Link))
def test_a_broken_link_is_refused_with_its_citation_beside_a_field_of_the_form(client: FlaskClient, link: Link) -> None:
    chain = Chain(link)
    sign_in(client, factories.make_user(Role.DPH_ADMINISTRATOR))
    answer = send(
        client, f"/coordinators/{chain.person.id}/assignments/new?q=elm", practice_id=str(chain.practice.id),
        contract_id=str(chain.contract.id), places="30", starts_on=FIRST.isoformat(), ends_on=LAST.isoformat(),
    )  # fmt: skip
    if link in (Link.EMPLOYMENT, Link.CONTRACT):  # such a contract is not offered at all
        assert answer.status_code == 422
        with pytest.raises(Refusal) as refused:
            chain.record(chain.wanted())
        assert CITATIONS[link] in refused.value.message
    else:
        assert answer.status_code == 422
        assert CITATIONS[link] in answer.text
        assert 'value="30"' in answer.text  # what was typed stays
    assert db.session.scalar(select(Assignment.id)) is None


def test_an_exhausted_contract_takes_no_more_work(app: object) -> None:
    chain = Chain()
    user = factories.make_user(Role.FUND_MANAGER)
    invoice = factories.saved(
        VendorInvoice(
            contract_id=chain.contract.id, number="1", fiscal_year=2026, starts_on=date(2026, 1, 1),
            ends_on=date(2026, 1, 31), filed_by_id=user.id, filed_at=WHEN,
        )
    )  # fmt: skip
    factories.saved(
        VendorInvoiceLine(
            invoice_id=invoice.id, description="Work", starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31),
            amount_cents=500_000_00,
        )
    )  # fmt: skip
    with pytest.raises(Refusal, match="exhausted in FY2026"):
        chain.record(chain.wanted())
    changed(invoice, returned_at=WHEN, return_reason="Wrong month")
    chain.record(chain.wanted())


def test_capacity_is_passed_with_a_reason_of_dph_only(client: FlaskClient) -> None:
    chain = Chain()
    address = f"/coordinators/{chain.person.id}/assignments/new?q=elm"
    typed = {
        "practice_id": str(chain.practice.id), "contract_id": str(chain.contract.id), "places": "120",
        "starts_on": FIRST.isoformat(), "over_capacity_reason": "A school year with two coordinators on leave",
    }  # fmt: skip
    vendor_hr(client, chain.vendor)
    refused = send(client, address, **typed)
    assert refused.status_code == 422
    assert "take 120.0 hours a month, and 100 percent of a week has 91.0 direct hours" in refused.text
    assert "over_capacity_reason" not in refused.text
    sign_in(client, factories.make_user(Role.DPH_ADMINISTRATOR))
    assert send(client, address, **typed | {"over_capacity_reason": ""}).status_code == 422
    assert send(client, address, **typed).status_code == 302
    assert "two coordinators on leave" in fetched(client, f"/coordinators/{chain.person.id}")


def test_two_assignments_share_the_week_of_one_person(app: object) -> None:
    chain = Chain()
    chain.record(chain.wanted(Load(share_percent=60)))
    other = factories.make_practice("Oak Street")
    certified(other)
    more = assignments.Wanted(chain.person, other, chain.contract, Load(share_percent=41), Span(FIRST, LAST))
    with pytest.raises(Refusal, match="On file: Elm Street 60 percent of a week"):
        chain.record(more)
    chain.record(assignments.Wanted(chain.person, other, chain.contract, Load(share_percent=40), Span(FIRST, LAST)))


def test_a_correction_that_adds_days_is_held_to_the_capacity_and_one_that_takes_days_away_is_not(app: object) -> None:
    chain = Chain()
    short = chain.record(chain.wanted(Load(share_percent=60), last=FIRST))
    other = factories.make_practice("Oak Street")
    certified(other)
    chain.record(
        assignments.Wanted(chain.person, other, chain.contract, Load(share_percent=60), Span(date(2026, 3, 16), LAST))
    )
    with pytest.raises(Refusal, match="has no room for more days"):
        assignments.require_correctable(short, Span(FIRST, LAST), on=date(2026, 3, 20))
    assignments.require_correctable(short, Span(FIRST, date(2026, 3, 15)), on=date(2026, 3, 20))


def test_an_assignment_that_overlaps_another_one_at_the_same_practice_is_refused(app: object) -> None:
    chain = Chain()
    chain.record(chain.wanted(Load(places=10)))
    with pytest.raises(Refusal, match="already works with this practice on some of these days"):
        chain.record(chain.wanted(Load(places=10), last=date(2026, 9, 30)))


def test_what_stops_holding_later_shows_as_an_exposure_at_once(app: object) -> None:
    chain = Chain()
    recorded = chain.record(chain.wanted(last=None))
    day = date(2026, 5, 4)
    assert exposure.page(OPERATOR, day).rows == []
    (period,) = db.session.scalars(select(ContractPeriod)).all()
    changed(period, ends_on=date(2026, 4, 30))
    (row,) = exposure.page(OPERATOR, day).rows
    assert (row.assignment_id, row.links, row.from_on) == (recorded.id, frozenset({Link.CONTRACT}), date(2026, 5, 1))
    before = exposure.Filters(known_at=datetime(2026, 3, 1, tzinfo=UTC))
    assert exposure.page(OPERATOR, day, before).rows == []
