"""Notices of assessment: what they said stays, whatever changes later, on the page and in the PDF."""

import io
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from flask.testing import FlaskClient

from certhub.database import db, transaction
from certhub.models.fund_accounts import FundNotice
from certhub.queries import fund_accounts
from certhub.rules.pooled_fund.configuration import PayerKind
from certhub.rules.vocabulary import Role
from certhub.services import payers
from certhub.services.payers import PayerEntry
from tests.factories import make_user, sign_in
from tests.integration.documents.pdf_text import contains
from tests.integration.documents.test_letters import assert_accessible_and_archivable, tags
from tests.integration.fund.arranged import ADOPTED, Worked, billed_year, on, worked_year
from tests.integration.fund.test_corrections import REASON, based, changed_on_appeal, opened
from tests.integration.parties.browsing import fetched

OCTOBER = date(2025, 10, 1)


def notices(billed: Worked, place: int = 0) -> list[FundNotice]:
    found = fund_accounts.account(billed.by, billed.year, billed.payers[place].id, today=OCTOBER)
    return list(found.notices)


def address(billed: Worked, notice: FundNotice, place: int = 0) -> str:
    return f"/fund/{billed.year.id}/accounts/{billed.payers[place].id}/notices/{notice.id}"


def test_a_notice_says_the_same_for_ever_whatever_becomes_of_the_payer_and_of_who_issued_it(
    client: FlaskClient, tmp_path: Path
) -> None:
    billed = billed_year()
    (notice,) = notices(billed)
    name, url = billed.payers[0].name, address(billed, notice)
    sign_in(client, make_user(Role.AUDITOR))
    first = client.get(f"{url}/letter.pdf")
    page = fetched(client, url)
    issuer = billed.by.name
    with transaction():
        entry = PayerEntry(
            "Renamed", PayerKind.HMO, "Somebody", "Elsewhere", successor_id=billed.payers[1].id,
            merged_on=date(2025, 9, 1),
        )  # fmt: skip
        payers.change(billed.payers[0], entry, actor=billed.by, at=on(OCTOBER))
        billed.by.name = "Somebody Else"
    opened(billed)
    based(billed, 2, 10_000)
    billed.adopt(on(OCTOBER), reason=REASON)
    db.session.expire_all()

    assert client.get(f"{url}/letter.pdf").data == first.data
    after = fetched(client, url)
    for words in (name, "$988,000.00 × 180,000 ÷ 380,000 = $468,000.00", "August 15, 2025", "$117,000.00", issuer):
        assert words in page
        assert words in after
    assert "Renamed</bdi></strong>" not in after
    assert "A later notice replaces this one." in after
    assert_accessible_and_archivable(first.data, tmp_path)
    assert {"/H1", "/H2", "/L", "/LI", "/P"} <= tags(first.data)
    for words in (name, "Instalment 4 of 4, due on May 15, 2026: $117,000.00", "June 11, 2025", issuer):
        assert contains(first.data, words), words


def test_a_notice_tells_which_one_it_replaces_and_why(client: FlaskClient) -> None:
    billed = billed_year()
    changed_on_appeal(billed, 1, 200_000_00)
    opened(billed)
    based(billed, 0, 200_000)
    billed.adopt(on(OCTOBER), reason=REASON)
    sign_in(client, make_user(Role.AUDITOR))

    corrected = fetched(client, address(billed, notices(billed)[0]))
    assert "This notice replaces the notice of May 12, 2025." in corrected
    assert REASON in corrected
    assert "on appeal" not in corrected
    appealed = fetched(client, address(billed, notices(billed, 1)[0], 1))
    assert "This notice replaces the notice of May 12, 2025." in appealed
    assert "Your share was changed on appeal. It was." in appealed
    assert "× 95,000" not in appealed
    assert "× 95,000" in fetched(client, address(billed, notices(billed, 1)[1], 1))


@pytest.mark.usefixtures("app")
def test_a_notice_goes_to_whoever_stands_for_the_payer_on_its_day() -> None:
    worked = worked_year()
    with transaction():
        for place, into, day in ((4, 3, date(2026, 9, 1)), (2, 1, date(2025, 5, 1))):
            entry = PayerEntry(
                worked.payers[place].name, PayerKind.HMO, successor_id=worked.payers[into].id, merged_on=day
            )
            payers.change(worked.payers[place], entry, actor=worked.by, at=ADOPTED)
        head = PayerEntry(worked.payers[1].name, PayerKind.HMO, "Claims", "1 Main Street\nBoston")
        payers.change(worked.payers[1], head, actor=worked.by, at=ADOPTED)
    worked.adopt()
    worked.notice()

    said = notices(worked, 1)[0].words
    assert said["to"] == [worked.payers[1].name, "Claims", "1 Main Street", "Boston"]
    assert f"Your base includes what merged into it: {worked.payers[2].name} on May 1, 2025." in said["reasons"]
    assert notices(worked, 4)[0].words["to"] == [worked.payers[4].name]
    assert notices(worked, 4)[0].words["stands_for"] == ""


def test_a_notice_of_another_payer_is_not_found(client: FlaskClient) -> None:
    billed = billed_year()
    (notice,) = notices(billed)
    sign_in(client, make_user(Role.AUDITOR))

    assert client.get(address(billed, notice, 1)).status_code == 404
    assert client.get(f"{address(billed, notice, 1)}/letter.pdf").status_code == 404
    with pikepdf.open(io.BytesIO(client.get(f"{address(billed, notice)}/letter.pdf").data)) as pdf:
        assert "/StructTreeRoot" in pdf.Root
