"""A spreadsheet is checked row by row, and taken over whole or not at all."""

import csv
import io
from datetime import UTC, datetime

import openpyxl
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db
from certhub.models.caseload import CaseloadSheet, ReportSource, SheetStatus
from certhub.queries import caseload_reports
from certhub.rules.caseload_report import FIELDS
from tests.factories import make_coordinator, sign_in
from tests.integration.caseload.arranging import OCTOBER, Arranged, arranged, assigned, line
from tests.integration.parties.browsing import send

TODAY = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def who(app: Flask) -> Arranged:
    return arranged()


@pytest.fixture
def hr(client: FlaskClient, who: Arranged) -> FlaskClient:
    with time_machine.travel(TODAY):
        return sign_in(client, who.hr)


def uploaded(hr: FlaskClient, who: Arranged, data: bytes, name: str = "caseload.csv") -> str:
    with time_machine.travel(TODAY):
        answer = send(hr, who.address("/spreadsheets"), file=(io.BytesIO(data), name))
        return hr.get(answer.location).text if answer.location else answer.text


def rows(*told: dict[str, object]) -> bytes:
    """A file with the short names of the columns."""
    names = list(dict.fromkeys(name for one in told for name in one))
    text = io.StringIO()
    writer = csv.DictWriter(text, names)
    writer.writeheader()
    writer.writerows(told)
    return text.getvalue().encode()


def own(who: Arranged, **numbers: object) -> dict[str, object]:
    return {"email": who.person.email, "practice": who.practice.name, **numbers}


def sheet() -> CaseloadSheet:
    return db.session.scalars(select(CaseloadSheet)).one()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_comes_back_filled_in_and_is_taken_over(hr: FlaskClient, who: Arranged, kind: str) -> None:
    with time_machine.travel(TODAY):
        template = hr.get(who.address("/template.csv")).data.decode("utf-8-sig")
    heading, first = csv.reader(io.StringIO(template))
    numbers = line(12)
    by_label = dict(zip(FIELDS, heading[3:], strict=True))
    told = {by_label[key]: number for key, number in numbers.items()}
    filled = [*first[:3], *(told.get(label, "") for label in heading[3:])]
    if kind == "xlsx":
        book, out = openpyxl.Workbook(), io.BytesIO()
        shown = book.create_sheet("Caseload", 0)
        shown.append(heading)
        shown.append(filled)
        book.save(out)
        page = uploaded(hr, who, out.getvalue(), "caseload.xlsx")
    else:
        text = io.StringIO()
        csv.writer(text).writerows([heading, filled])
        page = uploaded(hr, who, text.getvalue().encode())
    assert first[:3] == [who.person.name, who.person.email, who.practice.name]
    assert "Take over 1 line" in page
    assert caseload_reports.drafts_of(who.hr, who.vendor.id, OCTOBER) == {}

    with time_machine.travel(TODAY):
        answer = send(hr, who.address(f"/spreadsheets/{sheet().id}"))
        again = send(hr, who.address(f"/spreadsheets/{sheet().id}"))
        send(hr, who.address("/file"))
    assert answer.location == who.address("/file")
    assert "taken over or put aside before" in again.text
    report = caseload_reports.standing(who.vendor.id, OCTOBER)
    assert report is not None
    assert report.source is ReportSource.FILE
    assert caseload_reports.lines_of(report.id)[who.pair]["children"] == 12


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"children": "twelve"}, "Active children", "Type a whole number from 0 to 9,999"),
        ({"tier_2": "-1"}, "Tier 2", "Type a whole number"),
        ({"tier_2": "3.5"}, "Tier 2", "Type a whole number"),
        ({"coverage_both": "1"}, "Private insurance", "Coverage adds up to 13"),
        ({"email": "nobody@example.org"}, "E-mail of the coordinator", "Nobody with an assignment by you"),
        ({"practice": "Another Pediatrics"}, "Practice", "no assignment to a practice of that name"),
    ],
)
def test_each_mistake_is_told_with_its_row_and_column_and_nothing_is_taken_over(
    hr: FlaskClient, who: Arranged, changes: dict[str, object], column: str, words: str
) -> None:
    page = uploaded(hr, who, rows({**own(who), **line(12), **changes}))
    with time_machine.travel(TODAY):
        answer = send(hr, who.address(f"/spreadsheets/{sheet().id}"))
    assert "1 cell needs a correction" in page
    assert column in page
    assert words in page
    assert [problem[0] for problem in sheet().report["problems"]] == [2]
    assert "rows to correct" in answer.text
    assert caseload_reports.drafts_of(who.hr, who.vendor.id, OCTOBER) == {}


def test_two_rows_about_the_same_place_and_an_empty_one_are_told(hr: FlaskClient, who: Arranged) -> None:
    told = {**own(who), **line(12)}
    page = uploaded(hr, who, rows(told, own(who), told))
    assert "Row 2 has the same coordinator and practice." in page
    assert (sheet().row_count, sheet().report["empty"]) == (3, 1)


def test_a_name_that_two_people_have_needs_the_address(hr: FlaskClient, who: Arranged) -> None:
    assigned(who.vendor, make_coordinator("Ana Ferreira", vendor=who.vendor), who.practice)
    page = uploaded(hr, who, rows({"coordinator": "ana ferreira", "practice": who.practice.name, **line(12)}))
    assert "Two people have this name. Add the e-mail address." in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name,town\nAna,Worcester\n", "These columns are missing: Coordinator, Practice, Active children"),
        (b"coordinator,practice,children,Children\n", "Two columns are called"),
        (b"coordinator,practice,children\n", "headings and no numbers"),
        (b" , \n", "has no rows"),
    ],
)
def test_a_file_that_is_no_caseload_is_refused_beside_its_field(
    hr: FlaskClient, who: Arranged, data: bytes, words: str
) -> None:
    assert words in uploaded(hr, who, data)
    assert db.session.scalars(select(CaseloadSheet)).all() == []


def test_a_file_can_be_put_aside(hr: FlaskClient, who: Arranged) -> None:
    uploaded(hr, who, rows({**own(who), **line(12), "Remark": "x"}))
    with time_machine.travel(TODAY):
        page = hr.get(who.address(f"/spreadsheets/{sheet().id}")).text
        send(hr, who.address(f"/spreadsheets/{sheet().id}/discard"), page=who.address())
        send(hr, who.address(f"/spreadsheets/{sheet().id}/discard"), page=who.address())
    assert "Columns that are not used: <bdi>Remark</bdi>" in page
    assert sheet().status is SheetStatus.DISCARDED
