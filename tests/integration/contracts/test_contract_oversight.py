"""What DPH noted of a vendor under contract, and how it is put right."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certhub.database import transaction
from certhub.queries import contract_oversight
from certhub.rules.refusal import Refusal
from certhub.services import contract_oversight as service
from tests.integration.contracts.arranging import AT, drafted
from tests.integration.parties.browsing import administrator, fetched, send

YEAR_ENDED = date(2025, 6, 30)


def test_a_filing_day_that_was_typed_wrongly_is_corrected_and_both_stay_on_file(client: FlaskClient) -> None:
    office = drafted()
    administrator(client)
    address = f"/contracts/{office.contract.id}"
    sent = send(client, f"{address}/financial-reports/new", year_ended_on=YEAR_ENDED.isoformat(), filed_on="2025-12-01")
    assert sent.status_code == 302
    (report,) = contract_oversight.on_file(office.contract).reports
    assert "Late" in fetched(client, address)
    correcting = f"{address}/financial-reports/{report.id}/correct"
    assert "after its fiscal year has ended" in send(client, correcting, filed_on="2025-06-30", reason="Slip").text
    assert send(client, correcting, filed_on="2025-11-12", reason="The stamp says 12").status_code == 302
    page = fetched(client, address)
    assert "corrected from December 1, 2025: The stamp says 12" in page
    assert "Late" not in page
    (corrected,) = contract_oversight.on_file(office.contract).reports
    assert (corrected.filed_on, corrected.supersedes_id) == (date(2025, 11, 12), report.id)


def test_only_the_newest_word_on_a_report_is_corrected(app: Flask) -> None:
    office = drafted()
    admin = office.administrator
    with transaction():
        report = service.record_financial_report(
            office.contract, year_ended_on=YEAR_ENDED, filed_on=date(2025, 12, 1), actor=admin, at=AT
        )
        service.correct_financial_report(
            office.contract, report, filed_on=date(2025, 11, 12), reason="Slip", actor=admin, at=AT
        )
    with pytest.raises(Refusal, match="Somebody else corrected this report"), transaction():
        service.correct_financial_report(
            office.contract, report, filed_on=date(2025, 11, 13), reason="Slip", actor=admin, at=AT
        )
    with pytest.raises(Refusal, match="is on file"), transaction():
        service.record_financial_report(
            office.contract, year_ended_on=YEAR_ENDED, filed_on=date(2025, 12, 1), actor=admin, at=AT
        )
