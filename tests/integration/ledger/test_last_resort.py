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
from certhub.models.ledger import PayerAnswer
from certhub.models.parties import Coordinator
from certhub.queries import fund_sources, missed_medicaid, payer_answers
from certhub.rules.audit_actions import AuditAction
from certhub.rules.caseload import Tier
from certhub.rules.caseload_report import Breakdown
from certhub.rules.last_resort import EARLIER, Outcome, Source, coverage_of
from certhub.rules.refusal import Refusal
from certhub.services import audit
from tests import factories
from tests.contract.caseload import NUMBERS
from tests.factories import ARRANGING, WHEN, sign_in
from tests.integration.exposure.arranging import certified
from tests.integration.ledger.arranged import TODAY, Billed
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
    with pytest.raises(Refusal, match=r"The others leave \$480.00 of the line"):
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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_report_and_the_rule_say_the_same_of_what_dph_bears(data: st.DataObject) -> None:
    billed = _any_billed()
    for source in EARLIER:
        billed.ask(source)
    left = 1_000_00
    for source in EARLIER:
        cents = data.draw(st.integers(0, left), label=source.value)
        billed.ask(source, cents, units=left)
        left -= cents
    (shares,) = payer_answers.shares(billed.invoice)
    rows = [one for one in fund_sources.last_resort(billed.by, billed.year).rows if one.invoice_id == billed.invoice.id]
    assert sum(one.dph_cents for one in rows) == shares.borne.by[Source.DPH] == left


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
    sent = {f"amount_{line.id}": "1.00", "evidence": "", "evidence_on": f"{TODAY}"}
    refused = send(client, address, **sent)
    assert "Name the evidence" in refused.text
    assert 'value="1.00"' in refused.text
    no_amount = send(client, address, **sent | {f"amount_{line.id}": "", "evidence": "Letter 7"})
    assert "denied or not applicable" in no_amount.text
    assert send(client, address, **sent | {"evidence": "Letter 7"}).status_code == 302
    shown = fetched(client, f"/invoices/{billed.invoice.id}/payers")
    assert "Letter 7" in shown
    assert "Medicaid" in shown
    assert client.get(f"/invoices/{billed.invoice.id}/payers/dph").status_code == 404
