"""Files as other systems write them: encodings, separators, Excel with all its habits, and what is no file at all."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from certhub.rules.file_types import CSV, XLSX
from certhub.rules.refusal import Refusal
from certhub.rules.spreadsheet import MOST_ROWS
from certhub.services import spreadsheet, training_import_check
from tests.factories import make_coordinator, make_vendor
from tests.integration.parties.browsing import checked, fetched, send, vendor_hr
from tests.integration.training_imports.files import checked_file, completions, import_it, line, lines, upload

ANA = "ana@example.org"
HEADING = ("Learner", "E-mail", "Course ID", "Course Title", "Provider", "Completion Date", "Credits", "Credit Type")


def workbook(
    *rows: Sequence[object], merge: str = "", formats: Mapping[str, str] | None = None, others: Sequence[str] = ()
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    for place, number_format in (formats or {}).items():
        sheet[place].number_format = number_format
    for name in others:
        book.create_sheet(name).append(["", "Something"])
    book.create_sheet("Empty")
    book.create_sheet("Lists").append(["Hidden"])
    book["Lists"].sheet_state = "hidden"
    if merge:
        sheet.merge_cells(merge)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def worked_out(book: bytes, results: Mapping[str, object]) -> bytes:
    """The workbook as Excel saves it: each formula with the value that it had when the file was saved."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name).decode()
            for place, value in results.items() if name.endswith("sheet1.xml") else ():
                kind = ' t="str"' if isinstance(value, str) else ""
                body, found = re.subn(
                    rf'<c r="{place}"[^>]*?(?: t="[a-z]+")?><f>(.*?)</f><v\s*/?>(?:</v>)?</c>',
                    rf'<c r="{place}"{kind}><f>\1</f><v>{value}</v></c>',
                    body,
                )
                assert found == 1, place
            new.writestr(name, body)
    return out.getvalue()


@pytest.fixture
def hr(client: FlaskClient) -> FlaskClient:
    vendor = make_vendor()
    make_coordinator("Zoë Müller", vendor=vendor, email=ANA)
    vendor_hr(client, vendor)
    return client


@pytest.mark.parametrize(
    ("separator", "encoding", "above"),
    [
        (",", "utf-8-sig", ""),
        (";", "cp1252", ""),
        ("\t", "utf-16", ""),
        (";", "utf-8", "sep=;\r\n"),
        ("|", "utf-8", ""),
        (";", "utf-8", "Training export, 2026\r\n"),
        (";", "utf-8", "Training, export, of, the, year, 2026, for, Bridge, Family, Partners\r\n\r\n"),
        ("\t", "utf-8", ";;;\r\nFrom: one, two, three\r\n"),
    ],
)
def test_a_file_is_read_in_the_encodings_and_with_the_separators_that_programs_use(
    hr: FlaskClient, separator: str, encoding: str, above: str
) -> None:
    row = ("Müller, Zoë", ANA, "T-1", "Éthique", "Institut", "2/14/2026", "1.5", "ethics")
    quoted = separator.join(f'"{cell}"' for cell in row)
    import_it(hr, checked_file(hr, (above + separator.join(HEADING) + "\r\n" + quoted + "\r\n").encode(encoding)))
    (found,) = completions()
    assert (found.title, found.course_code, found.completed_on) == ("Éthique", "T-1", date(2026, 2, 14))


def test_an_excel_file_with_dates_times_formulas_and_empty_columns_is_read(hr: FlaskClient) -> None:
    data = workbook(
        (),
        (*HEADING[:5], None, *HEADING[5:], None, None),
        ("", ANA, "T-1", "Care plans", "Institute", None, date(2026, 2, 14), time(1, 30), "core"),
        ("", ANA, "T-2", "Ethics", "Institute", None, datetime(2026, 2, 15, 9, 30), 2, "ethics"),  # noqa: DTZ001  (a spreadsheet knows no zones)
        ("", ANA, "T-3", "Systems", "Institute", None, 46068, 0.25, "systems"),
        ("", ANA, "T-4", "=1+1", "Institute", None, date(2026, 2, 14), 1, "core"),
        ("", ANA, "T-5", '=CONCATENATE("Home"," visits")', "Institute", None, date(2026, 2, 16), "=SUM(1,0.5)", "core"),
    )
    address = checked_file(hr, worked_out(data, {"D7": "Home visits", "H7": 1.5}), "train.xlsx")
    page = fetched(hr, address)
    assert "1 row is not right yet." in page
    assert "Enter the title of the training. In merged cells" in page  # a formula that no program has worked out
    import_it(hr, address, leave_out="y")
    assert [(one.minutes, one.completed_on) for one in completions()] == [
        (90, date(2026, 2, 14)),
        (120, date(2026, 2, 15)),
        (15, date(2026, 2, 15)),
        (90, date(2026, 2, 16)),
    ]
    assert completions()[-1].title == "Home visits"  # what the formula showed, and never its text


def test_a_score_in_a_cell_of_percent_is_what_the_cell_shows(hr: FlaskClient) -> None:
    rows = [
        ("", ANA, "", f"Part {place}", "Institute", date(2026, 2, 14), 1, "core", score)
        for place, score in enumerate((1, 0.85, 0.29, 0.7 + 0.2, 1, 90, 1))
    ]
    formats = {"I2": "0%", "I3": "0.00%", "I4": "0%;[Red]-0%", "I5": "0%", "I6": "0.0%", "I7": '0"%"', "I8": '0"%"'}
    address = checked_file(hr, workbook((*HEADING, "Score"), *rows, formats=formats), "train.xlsx")
    assert "This can be a share (1 is a full score) or a percentage" in fetched(hr, address)  # the last one: text only
    import_it(hr, address, leave_out="y")
    assert [one.score for one in completions()] == [100, 85, 29, 90, 100, 90]


def test_scores_of_a_text_file_that_are_all_one_are_never_taken_for_one_percent(hr: FlaskClient) -> None:
    data = f"E-mail,Title,Provider,Date,Hours,Score\n{ANA},Care plans,Institute,2026-02-14,1,1\n".encode()
    address = checked_file(hr, data, default_category="core")
    assert "1 row is not right yet." in fetched(hr, address)
    import_it(hr, checked_file(hr, data, default_category="core", score_unit="share"))
    assert [one.score for one in completions()] == [100]


def test_the_other_sheets_of_a_workbook_are_named_as_not_read(hr: FlaskClient) -> None:
    row = ("", ANA, "", "Care plans", "Institute", "2026-02-14", 1, "core")
    address = checked_file(hr, workbook(HEADING, row, others=("January", "February")), "train.xlsx")
    assert "Not read: <bdi>“January”</bdi>, <bdi>“February”</bdi>." in fetched(hr, address)
    assert "Not read" not in fetched(hr, checked_file(hr, workbook(HEADING, row), "train.xlsx"))
    assert "Only the first sheet of an Excel file is read." in fetched(hr, "/training-imports")


def test_a_hidden_sheet_before_the_first_is_passed_over() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(HEADING)))
    book.move_sheet("Lists", -2)
    book.active = book["Sheet"]
    out = io.BytesIO()
    book.save(out)
    assert [cells[0] for _, cells in spreadsheet.read(out.getvalue(), XLSX)] == ["Learner"]


def test_merged_cells_are_told_and_a_title_above_the_headings_is_passed_over(hr: FlaskClient) -> None:
    row = ("", ANA, "", "Care plans", "Institute", "2026-02-14", 1, "core")
    data = workbook(("Transcript",), HEADING, row, row, merge="D3:D4")
    address = checked_file(hr, data, "train.xlsx")
    assert "In merged cells only the first one holds the value" in fetched(hr, address)


def test_headings_that_come_twice_are_told_apart(hr: FlaskClient) -> None:
    data = f"E-mail,Title,Provider,Date,Hours,Hours\n{ANA},Care plans,Institute,2026-02-14,9,1.5\n".encode()
    columns = upload(hr, data).headers["Location"]
    assert "Hours (2)" in fetched(hr, columns)
    import_it(hr, checked_file(hr, data, column_4="", column_5="hours", default_category="core"))
    assert [one.minutes for one in completions()] == [90]


def test_a_zip_bomb_in_excels_clothes_is_refused_before_it_is_opened(
    hr: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "x")
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (spreadsheet.LARGEST_UNPACKED + 1))
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_args, **_options: pytest.fail("it was opened"))
    answer = upload(hr, out.getvalue(), "train.xlsx")
    assert answer.status_code == 422
    assert "far larger inside than it looks" in answer.get_data(as_text=True)


def test_a_spreadsheet_may_be_larger_than_a_document_and_one_that_is_too_large_is_to_be_split(
    app: Flask, hr: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = app.extensions["certhub"]
    small = replace(running.settings, max_upload_bytes=1_000, max_spreadsheet_bytes=4_000)
    monkeypatch.setitem(app.extensions, "certhub", replace(running, settings=small))
    rows = [line(email=ANA, title="Care plans for everybody")] * 100
    assert upload(hr, lines(*rows[:20])).status_code == 302
    for form in ("/training-imports", "/roster-imports"):
        answer = send(hr, form, file=(io.BytesIO(lines(*rows)), "rows.csv"))
        assert answer.status_code == 422
        assert "Split it into smaller files and import one after the other." in (page := checked(answer))
        assert "scanning" not in page


def test_what_is_larger_than_any_file_may_be_gets_a_page_that_knows_documents_and_spreadsheets(
    app: Flask, hr: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.extensions["certhub"].settings
    assert app.config["MAX_CONTENT_LENGTH"] > max(settings.max_upload_bytes, settings.max_spreadsheet_bytes)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2_000)
    answer = upload(hr, lines(*[line(email=ANA)] * 100))
    assert answer.status_code == 413
    assert "scan a document at a lower resolution, or split a spreadsheet into several files" in checked(answer)


def test_a_hundred_thousand_rows_are_read_and_one_more_is_refused() -> None:
    longest = b"Title,Date\n" + b"Care plans,2026-02-14\n" * MOST_ROWS
    assert sum(map(len, training_import_check.pieces(longest, CSV))) == MOST_ROWS == 100_000
    with pytest.raises(
        Refusal, match=r"^This file has more than 100,000 rows\. Split it into smaller files"
    ) as refused:
        list(training_import_check.pieces(longest + b"Care plans,2026-02-14\n", CSV))
    assert refused.value.field == "file"


def test_a_long_excel_file_is_read_some_rows_at_a_time() -> None:
    data = workbook(HEADING, *([f"Person {number}"] for number in range(2_500)))
    sizes = [len(rows) for rows in training_import_check.pieces(data, XLSX)]
    assert sizes == [2_000, 500]
