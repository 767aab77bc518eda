"""DPH pays last: the earlier payers in their order, with evidence; the reports name each line and each missed unit."""

import csv
import itertools
from datetime import date

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from certhub.database import db, transaction
from certhub.models.caseload import CaseloadCount, CaseloadLine, CaseloadReport, ReportSource
from certhub.models.certification import Credential
from certhub.models.fund import FundYearEvent
from certhub.models.ledger import PayerAnswer
from certhub.models.parties import Coordinator
from certhub.models.vendor_invoices import PaymentHold, VendorInvoiceLine
from certhub.queries import fund_sources, missed_medicaid, payer_answers, vendor_invoices
from certhub.rules.audit_actions import AuditAction
from certhub.rules.caseload import Tier
from certhub.rules.caseload_report import Breakdown
from certhub.rules.independence import Span
from certhub.rules.last_resort import EARLIER, Outcome, Source, coverage_of
from certhub.rules.pooled_fund.year_state import YearEventKind
from certhub.rules.refusal import Refusal
from certhub.services import audit
from certhub.services import payer_answers as service
from certhub.services import vendor_invoices as invoices
from certhub.services.payer_answers import Said
from certhub.services.vendor_invoices import LineText
from tests import factories
from tests.contract.caseload import NUMBERS
from tests.factories import ARRANGING, WHEN, sign_in
from tests.integration.exposure.arranging import certified, suspended
from tests.integration.ledger.arranged import NOW, TODAY, Billed
from tests.integration.parties.browsing import fetched, send

pytestmark = pytest.mark.usefixtures("app")


def reported(billed: Billed, person: Coordinator, coverage: dict[str, int], tiers: dict[Tier, int]) -> None:
    """The vendor's caseload of September 2025 for one coordinator at one practice."""
    practice = factories.make_practice()
    with transaction():
        report = db.session.scalars(select(CaseloadReport).where(CaseloadReport.vendor_id == billed.vendor.id)).first()
        if report is None:
            report = CaseloadReport(
                vendor_id=billed.vendor.id, month_from=date(2025, 9, 1), due_on=date(2025, 10, 15), filed_on=TODAY,
                first_filed_on=TODAY, source=ReportSource.FORM, children=1, line_count=1, filed_by_id=billed.by.id,
                recorded_at=WHEN,
            )  # fmt: skip
            db.session.add(report)
            db.session.flush()
            audit.record(ARRANGING, AuditAction.CASELOAD_REPORT_FILED, report, at=WHEN)
        own = {f"tier_{place}": tiers[tier] for place, tier in enumerate(Tier, start=1)}
        still = {f"first_month_{place}": 0 for place in (1, 2, 3)}
        numbers = NUMBERS | own | still | {"children": sum(tiers.values())}
        line = CaseloadLine(report_id=report.id, coordinator_id=person.id, practice_id=practice.id, **numbers)
        db.session.add(line)
        db.session.flush()
        db.session.add_all(
            CaseloadCount(line_id=line.id, code=code, breakdown=Breakdown.COVERAGE, number=number)
            for code, number in coverage.items()
            if number
        )


def closed(billed: Billed) -> None:
    """The fund year is closed."""
    with transaction():
        event = FundYearEvent(
            fund_year_id=billed.year.id, kind=YearEventKind.CLOSED, recorded_by_id=billed.by.id, recorded_at=WHEN
        )
        db.session.add(event)
        db.session.flush()
        audit.record(ARRANGING, AuditAction.FUND_YEAR_CLOSED, event, at=WHEN)


def working(billed: Billed, name: str = "Ana Ferreira") -> Coordinator:
    person = factories.make_coordinator(name, vendor=billed.vendor)
    certified(person)
    return person


def test_a_payer_is_recorded_only_after_those_ahead_of_it_and_with_evidence() -> None:
    billed = Billed()
    with pytest.raises(Refusal, match="Private payers come first"):
        billed.ask(Source.MEDICAID, 410_00, units=10_00)
    billed.ask(Source.PRIVATE, 520_00)
    with pytest.raises(Refusal, match="Medicaid comes first"):
        billed.ask(Source.OTHER)
    with pytest.raises(Refusal, match="Name the evidence"):
        billed.ask(Source.MEDICAID, 410_00, units=10_00, evidence=" ")
    with pytest.raises(Refusal, match=r"leave \$480.00 of the line"):
        billed.ask(Source.MEDICAID, 480_01, units=10_00)
    with pytest.raises(Refusal, match=r"at most \$145.00 for a unit, so \$290.00"):
        billed.ask(Source.MEDICAID, 410_00, units=2_00)


def test_a_changed_answer_supersedes_and_the_same_answer_is_not_recorded_twice() -> None:
    billed = Billed()
    billed.ask_everybody()
    billed.ask_everybody()
    assert db.session.scalar(select(func.count()).select_from(PayerAnswer)) == len(EARLIER)
    billed.ask(Source.MEDICAID)
    (shares,) = payer_answers.shares(billed.invoice)
    assert shares.answers[Source.MEDICAID].outcome is Outcome.DENIED
    assert (shares.borne.by[Source.DPH], shares.borne.open_cents) == (70_00, 410_00)
    billed.ask(Source.OTHER)
    (shares,) = payer_answers.shares(billed.invoice)
    assert shares.borne.by == {Source.PRIVATE: 520_00, Source.MEDICAID: 0, Source.OTHER: 0, Source.DPH: 480_00}
    assert billed.reconciled().agrees


def test_a_line_that_dph_pays_is_reported_with_the_evidence_of_everybody_before(client: FlaskClient) -> None:
    billed = Billed()
    billed.ask(Source.PRIVATE, 520_00, evidence="Assessments FY2026")
    billed.ask(Source.MEDICAID, 410_00, units=3_00, evidence="Remittance 117")
    assert fund_sources.last_resort(billed.by, billed.year).rows == []
    billed.ask(Source.OTHER, evidence="Denial 8")
    (row,) = fund_sources.last_resort(billed.by, billed.year).rows
    assert (row.allowed_cents, row.dph_cents) == (1_000_00, 70_00)
    assert [(one.outcome, one.cents, one.evidence) for one in row.earlier] == [
        (Outcome.PAID, 520_00, "Assessments FY2026"), (Outcome.PAID, 410_00, "Remittance 117"),
        (Outcome.DENIED, 0, "Denial 8"),
    ]  # fmt: skip
    sign_in(client, billed.by)
    assert "Denial 8" in fetched(client, f"/fund/{billed.year.id}/last-resort")
    text = client.get(f"/fund/{billed.year.id}/last-resort.csv").get_data(as_text=True)
    (line,) = csv.DictReader(text.removeprefix("\ufeff").splitlines())
    assert (line["dph_dollars"], line["medicaid_evidence"], line["other_outcome"]) == (
        "70.00",
        "Remittance 117",
        "denied",
    )


amounts = st.integers(0, 1_200_00)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(amounts, amounts).map(sorted), min_size=len(EARLIER), max_size=len(EARLIER)), amounts)
def test_the_report_and_the_rule_say_the_same_of_what_dph_bears(answers: list[list[int]], held_cents: int) -> None:
    billed = _any_billed()
    with transaction():
        line = VendorInvoiceLine(
            invoice_id=billed.invoice.id, description="Supervision", starts_on=TODAY, ends_on=TODAY,
            amount_cents=1_000_00,
        )  # fmt: skip
        db.session.add(line)
        db.session.flush()
        held = PaymentHold(
            line_id=line.id, starts_on=TODAY, ends_on=TODAY, held_cents=min(held_cents, 1_000_00), because="A test",
            recorded_at=WHEN,
        )  # fmt: skip
        rows = [
            PayerAnswer(
                line_id=line.id, source=source, outcome=Outcome.PAID if cents else Outcome.DENIED, cents=cents,
                of_cents=asked, evidence="Letter", evidence_on=TODAY, recorded_by_id=billed.by.id, recorded_at=WHEN,
            )
            for source, (cents, asked) in zip(EARLIER, answers, strict=True)
        ]  # fmt: skip
        db.session.add_all([held, *rows])
        db.session.flush()
        for row in (line, held, *rows):
            audit.record(ARRANGING, AuditAction.PAYER_ANSWER_RECORDED, row, at=WHEN)
        line_id = line.id
    shares = {one.line.id: one for one in payer_answers.shares(vendor_invoices.as_it_is(billed.invoice))}
    reported = {one.line_id: one.dph_cents for one in fund_sources.whole_last_resort(billed.by, billed.year)}
    assert reported.get(line_id, 0) == shares[line_id].borne.by[Source.DPH]


_billed: dict[int, Billed] = {}
_numbers = itertools.count()


def _any_billed() -> Billed:
    """One invoice for all examples of a test: answers supersede."""
    key = id(db.engine)
    if key not in _billed:
        _billed.clear()
        _billed[key] = Billed()
    return _billed[key]


def test_the_drawdown_by_source_tells_what_came_in_and_what_each_bears(client: FlaskClient) -> None:
    billed = Billed()
    billed.ask_everybody()
    billed.receive(100_00)
    found = {one.source: one for one in fund_sources.by_source(billed.by, billed.year)}
    assert {source: one.drawn_cents for source, one in found.items()} == {
        Source.PRIVATE: 520_00, Source.MEDICAID: 410_00, Source.OTHER: 0, Source.DPH: 70_00,
    }  # fmt: skip
    assert (found[Source.DPH].received_cents, found[Source.DPH].left_cents) == (100_00, 30_00)
    (vendor,) = fund_sources.by_vendor(billed.by, billed.year)
    assert (vendor.by[Source.MEDICAID], vendor.open_cents, vendor.total_cents) == (410_00, 0, 1_000_00)
    sign_in(client, billed.by)
    assert "Drawdown by source" in fetched(client, f"/fund/{billed.year.id}/sources")
    text = client.get(f"/fund/{billed.year.id}/sources.csv").get_data(as_text=True)
    (line,) = csv.DictReader(text.removeprefix("\ufeff").splitlines())
    assert (line["vendor"], line["medicaid_dollars"], line["approved_dollars"]) == (vendor.vendor, "410.00", "1000.00")


def test_reported_units_that_nobody_claimed_are_named_with_the_federal_money(client: FlaskClient) -> None:
    billed = Billed()
    person = working(billed)
    # Over two practices: 47 units of 40 children, 13 of them on Medicaid first.
    reported(billed, person, {"coverage_private": 20, "coverage_both": 4}, {Tier.T1: 10, Tier.T2: 14, Tier.T3: 0})
    reported(billed, person, {"coverage_medicaid": 13, "coverage_other": 3}, {Tier.T1: 0, Tier.T2: 6, Tier.T3: 10})
    (row,) = missed_medicaid.page(billed.by, billed.year).rows
    assert (row.coordinator, row.eligible_units, row.claimed_units) == ("Ana Ferreira", 15_27, 0)
    assert (row.invoice_id, row.outcome, row.claim_until) == (None, None, date(2025, 12, 29))
    assert row.federal_cents == 1107_07  # 15.27 units at $145.00 with a federal share of half
    totals = missed_medicaid.totals(billed.by, billed.year, row.claim_until)
    assert (totals.rows, totals.units, totals.claimable_cents, totals.lost_cents) == (1, 15_27, 1107_07, 0)
    late = missed_medicaid.totals(billed.by, billed.year, date(2025, 12, 30))
    assert (late.claimable_cents, late.lost_cents) == (0, 1107_07)
    sign_in(client, billed.by)
    page = fetched(client, f"/fund/{billed.year.id}/missed-medicaid")
    assert "15.27" in page
    assert "$1,107.07" in page
    assert "15.27" in client.get(f"/fund/{billed.year.id}/missed-medicaid.csv").get_data(as_text=True)


def test_a_claim_takes_its_units_off_the_missed_ones_and_a_denial_does_not() -> None:
    billed = Billed(coordinator=None)
    person = working(billed)
    reported(billed, person, {"coverage_medicaid": 10, "coverage_private": 10}, {Tier.T1: 0, Tier.T2: 20, Tier.T3: 0})
    billed.invoice = billed.filed(500_00, person, number="H-2")
    allowed = payer_answers.shares(billed.invoice)[0].allowed_cents
    assert allowed > 0
    billed.ask(Source.PRIVATE)
    billed.ask(Source.MEDICAID)
    (row,) = missed_medicaid.page(billed.by, billed.year).rows
    assert (row.missed_units, row.outcome, row.invoice_id) == (10_00, Outcome.DENIED, billed.invoice.id)
    billed.ask(Source.MEDICAID, allowed, units=4_00)
    (row,) = missed_medicaid.page(billed.by, billed.year).rows
    assert (row.claimed_units, row.missed_units, row.outcome) == (4_00, 6_00, Outcome.PAID)
    billed.ask(Source.MEDICAID, allowed, units=10_00)
    assert missed_medicaid.page(billed.by, billed.year).rows == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["coverage_private", "coverage_medicaid", "coverage_both", "coverage_uninsured"]),
        st.integers(1, 40), min_size=1,
    ),
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30)),
)  # fmt: skip
def test_the_report_and_the_rule_count_the_same_units(coverage: dict[str, int], numbers: tuple[int, int, int]) -> None:
    tiers = dict(zip(Tier, numbers, strict=True))
    billed = _any_billed()
    person = working(billed, f"Person {next(_numbers)}")
    reported(billed, person, coverage, tiers)
    found = [one for one in missed_medicaid.whole(billed.by, billed.year) if one.coordinator == person.name]
    expected = coverage_of(coverage, tiers).medicaid_units
    assert [one.eligible_units for one in found] == ([expected] if expected else [])


def test_the_form_proposes_the_coverage_of_the_month_and_keeps_what_was_typed(client: FlaskClient) -> None:
    billed = Billed()
    person = working(billed)
    reported(billed, person, {"coverage_private": 52, "coverage_medicaid": 41, "coverage_other": 7},
             {Tier.T1: 0, Tier.T2: 100, Tier.T3: 0})  # fmt: skip
    billed.invoice = billed.filed(1_000_00, person, number="H-2")
    line = billed.invoice.lines[0]
    allowed = payer_answers.shares(billed.invoice)[0].allowed_cents
    sign_in(client, billed.by)
    address = f"/invoices/{billed.invoice.id}/payers/private"
    page = fetched(client, address)
    assert f'value="{allowed * 52 // 100 / 100:,.2f}"' in page
    assert "52 private, 41 Medicaid, 7 neither" in page
    sent = {f"line_{line.id}": "y", f"amount_{line.id}": "1.00", "evidence": "", "evidence_on": f"{TODAY}"}
    refused = send(client, address, **sent)
    assert "Name the evidence" in refused.text
    assert 'value="1.00"' in refused.text
    no_amount = send(client, address, **sent | {f"amount_{line.id}": "", "evidence": "Letter 7"})
    assert "denied or not applicable" in no_amount.text
    assert send(client, address, **sent | {"evidence": "Letter 7"}).status_code == 302
    shown = fetched(client, f"/invoices/{billed.invoice.id}/payers")
    assert "Letter 7" in shown
    assert "Private payers</strong>: paid $1.00" in client.get(f"/invoices/{billed.invoice.id}/payers").text
    none = send(client, address, **sent | {f"line_{line.id}": "", "evidence": "Letter 8"})
    assert "Choose at least one line." in none.text
    above = send(client, address, **sent | {f"amount_{line.id}": "5,000.00", "evidence": "Letter 8"})
    assert "Those ahead of it leave" in above.text
    assert client.get(f"/invoices/{billed.invoice.id}/payers/dph").status_code == 404


def test_what_a_payer_takes_back_is_open_until_the_next_one_was_asked_about_it() -> None:
    billed = Billed()
    billed.receive(2_000_00)
    billed.ask(Source.PRIVATE, 1_000_00)
    (shares,) = payer_answers.shares(billed.invoice)
    assert shares.borne.open_cents == 0  # nothing is left to ask anybody about
    billed.ask(Source.PRIVATE)
    (shares,) = payer_answers.shares(billed.invoice)
    assert (shares.borne.by[Source.DPH], shares.borne.open_cents) == (0, 1_000_00)
    with pytest.raises(Refusal, match=r"\$0.00 of this invoice has a payer"):
        billed.pay(1_000_00)


def test_the_units_of_a_month_are_claimed_once_whichever_line_has_them() -> None:
    billed = Billed()
    person = working(billed)
    reported(billed, person, {"coverage_medicaid": 10, "coverage_private": 10}, {Tier.T1: 0, Tier.T2: 20, Tier.T3: 0})
    billed.invoice = billed.filed(500_00, person, number="H-2")
    billed.ask(Source.PRIVATE)
    with pytest.raises(Refusal, match=r"reported 10 units .* other lines claim 0 of them"):
        billed.ask(Source.MEDICAID, 100_00, units=10_01)
    billed.ask(Source.MEDICAID, 100_00, units=10_00)
    (told,) = payer_answers.reported(billed.invoice).values()
    assert (told.claimed_elsewhere, told.units_left) == (0, 10_00)


def test_nobody_is_recorded_in_a_year_that_is_not_open() -> None:
    billed = Billed()
    closed(billed)
    with pytest.raises(Refusal, match="FY2026 is closed"):
        billed.ask(Source.PRIVATE, 1_00)
    with pytest.raises(Refusal, match="FY2026 is closed"):
        billed.filed(1_00, number="H-2")


def test_nothing_is_said_of_missed_units_before_anything_is_reported(client: FlaskClient) -> None:
    billed = Billed()
    sign_in(client, billed.by)
    assert "No vendor has reported a month of this year." in fetched(client, f"/fund/{billed.year.id}/missed-medicaid")


def test_two_lines_of_one_coordinator_on_a_form_share_the_units_of_the_month() -> None:
    billed = Billed()
    person = working(billed)
    reported(billed, person, {"coverage_medicaid": 10, "coverage_private": 10}, {Tier.T1: 0, Tier.T2: 20, Tier.T3: 0})
    halves = Span(date(2025, 9, 1), date(2025, 9, 10)), Span(date(2025, 9, 20), date(2025, 9, 30))
    lines = [LineText(person, "Coordination", days, 500_00) for days in halves]
    billed.invoice = billed.filed_with(lines, number="H-2")
    one, other = (line.id for line in billed.invoice.lines)

    def claim(source: Source, **units: int) -> None:
        said = {
            line_id: Said(Outcome.PAID, 100_00, claimed) if claimed else Said(Outcome.DENIED)
            for line_id, claimed in ((one, units.get("one", 0)), (other, units.get("other", 0)))
        }
        with transaction():
            service.record(
                billed.invoice, source, said, evidence="Remittance 7", evidence_on=TODAY, actor=billed.by, at=NOW
            )

    claim(Source.PRIVATE)
    with pytest.raises(Refusal, match=r"reported 10 units .* other lines claim 6 of them"):
        claim(Source.MEDICAID, one=5_00, other=6_00)
    claim(Source.MEDICAID, one=5_00, other=5_00)
    claim(Source.MEDICAID, one=4_00, other=6_00)
    assert missed_medicaid.page(billed.by, billed.year).rows == []


def test_a_merged_coordinator_is_one_person_with_one_month() -> None:
    billed = Billed()
    absorbed, kept = working(billed, "Ana Fereira"), working(billed)
    reported(billed, absorbed, {"coverage_medicaid": 10}, {Tier.T1: 0, Tier.T2: 10, Tier.T3: 0})
    with transaction():
        db.session.get_one(Coordinator, absorbed.id).merged_into_id = kept.id
        db.session.flush()
        audit.record(ARRANGING, AuditAction.PARTY_REGISTERED, absorbed, at=WHEN)
    billed.invoice = billed.filed(500_00, kept, number="H-2")
    (told,) = payer_answers.reported(billed.invoice).values()
    assert told.units_left == 10_00
    (row,) = missed_medicaid.page(billed.by, billed.year).rows
    assert (row.coordinator, row.invoice_id) == (kept.name, billed.invoice.id)


def test_nothing_is_held_back_in_a_closed_year_before_it_is_opened_again() -> None:
    billed = Billed()
    credential = db.session.scalars(select(Credential).where(Credential.party_id == billed.vendor.id)).one()
    suspended(credential, date(2025, 9, 21), date(2025, 9, 30))
    closed(billed)
    with pytest.raises(Refusal, match="FY2026 is closed"), transaction():
        invoices.look_again(billed.invoice, actor=billed.by, at=NOW)
