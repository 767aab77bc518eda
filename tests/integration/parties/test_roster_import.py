"""Roster imports: checked first, carried out whole or not at all, and never twice."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from certhub.cli.import_roster import import_group
from certhub.database import db, transaction
from certhub.models.files import StoredFile
from certhub.models.imports import ImportStatus, RosterImport
from certhub.models.parties import Coordinator, Employment, ExternalLicence, VendorOrganization
from certhub.rules.audit_actions import AuditAction
from certhub.rules.file_types import CSV, XLSX
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Discipline, Role
from certhub.services import roster_import, spreadsheet
from certhub.services.roster_plan import plan_for
from tests.factories import ARRANGING, WHEN, make_coordinator, make_employment, make_user, make_vendor, sign_in
from tests.integration.parties.browsing import checked, entries, fetched, send, statements_of, vendor_hr

HEADING = "name,email,discipline,employment_start"
ANA = "Ana Ferreira,ana@example.org,Nurse,2026-03-02"
BRUNO = "Bruno Costa,bruno@example.org,Educator,3/2/2026"


def lines(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def upload(client: FlaskClient, data: bytes, name: str = "roster.csv", **extra: str) -> TestResponse:
    return send(client, "/roster-imports", file=(io.BytesIO(data), name), **extra)


def carry_out(client: FlaskClient, address: str) -> TestResponse:
    return send(client, f"{address}/carry-out", page=address)


def people() -> list[Coordinator]:
    db.session.expire_all()
    return list(db.session.scalars(select(Coordinator).order_by(Coordinator.sort_name)))


def workbook(*rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_dry_run_saves_nobody_and_the_import_adds_all_of_them(client: FlaskClient) -> None:
    vendor = make_vendor()
    vendor_hr(client, vendor)
    row = f'{ANA},617-555-0123,"English, Spanish",Worcester,Care coordinator,RN,RN1'
    data = lines(f"{HEADING},phone,languages,city,job title,licence kind,licence number", row, BRUNO)
    address = upload(client, data).headers["Location"]
    page = fetched(client, address)
    assert "Import 2 coordinators" in page
    assert people() == []
    assert carry_out(client, address).status_code == 302
    assert "2 coordinators were added" in fetched(client, address)
    ana, bruno = people()
    assert (ana.name, ana.phone, ana.discipline) == ("Ana Ferreira", "617-555-0123", Discipline.NURSE)
    assert [language.code for language in ana.languages] == ["en", "es"]
    assert ana.municipality is not None
    assert ana.region is ana.municipality.region
    assert [(spell.employer_id, spell.job_title) for spell in ana.employments] == [(vendor.id, "Care coordinator")]
    assert [(licence.kind, licence.number) for licence in ana.licences] == [("RN", "RN1")]
    assert bruno.employments[0].starts_on == date(2026, 3, 2)
    assert [entry.party_id for entry in entries(AuditAction.PARTY_REGISTERED)][-2:] == [ana.id, bruno.id]
    assert '"employment"' in entries(AuditAction.PARTY_REGISTERED)[-1].changes
    assert len(entries(AuditAction.ROSTER_IMPORTED)) == 1
    assert "ana@example.org" not in entries(AuditAction.ROSTER_CHECKED)[0].changes


def test_a_double_click_imports_once(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    address = upload(client, lines(HEADING, ANA)).headers["Location"]
    carry_out(client, address)
    assert client.get(address).status_code == 200
    roster = db.session.scalars(select(RosterImport)).one()
    checked_roster = roster_import.read(lines(HEADING, ANA), CSV, at=WHEN)
    with transaction():
        assert roster_import.carry_out(roster, checked_roster, actor=ARRANGING, at=WHEN) is None
    assert len(people()) == 1
    assert len(entries(AuditAction.ROSTER_IMPORTED)) == 1


def test_a_file_with_mistakes_says_where_and_offers_no_import(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    data = lines(
        HEADING, ANA, "", "Bruno Costa,bruno(at)example.org,Educator,31/06/2012", "=cmd(),ANA@example.org,Nurse,"
    )
    address = upload(client, data).headers["Location"]
    page = fetched(client, address)
    assert "3 cells need a correction" in page
    assert "Import 1" not in page
    report = client.get(f"{address}/report.csv").get_data(as_text=True).lstrip("\ufeff")
    found = [(row["row"], row["column"]) for row in csv.DictReader(io.StringIO(report))]
    assert ("4", "email") in found
    assert ("4", "employment_start") in found
    assert ("5", "employment_start") in found
    carry_out_anyway = send(client, f"{address}/carry-out", page=address)
    assert carry_out_anyway.status_code == 302
    assert people() == []


def test_a_report_cannot_carry_a_formula(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    data = lines(HEADING, 'Ana Ferreira,"=HYPERLINK(""http://x"")",Nurse,2026-03-02')
    address = upload(client, data).headers["Location"]
    assert "'=HYPERLINK" in client.get(f"{address}/report.csv").get_data(as_text=True)


def test_people_who_work_here_are_matched_by_email_and_only_what_differs_changes(client: FlaskClient) -> None:
    vendor = make_vendor()
    known = make_coordinator(
        "Ana Ferreira", vendor=vendor, email="ana@example.org", discipline=Discipline.NURSE, phone="617-555-0100"
    )
    make_coordinator("Bruno Costa", vendor=vendor, email="bruno@example.org", discipline=Discipline.EDUCATOR)
    vendor_hr(client, vendor)
    data = lines(f"{HEADING},phone,languages", "Ana Ferreira,ANA@example.org,Nurse,2025-01-06,617-555-0199,pt",
                 "Bruno Costa,bruno@example.org,Educator,2025-02-01,,")  # fmt: skip
    address = upload(client, data).headers["Location"]
    page = fetched(client, address)
    assert "Import 1 change" in page
    assert "On file is January 6, 2025." in page
    carry_out(client, address)
    db.session.expire_all()
    assert (known.phone, [language.code for language in known.languages]) == ("617-555-0199", ["pt"])
    (entry,) = entries(AuditAction.PARTY_UPDATED)
    assert json.loads(entry.changes)["phone"] == ["617-555-0100", "617-555-0199"]
    assert db.session.scalar(select(func.count()).select_from(Employment)) == 2


def test_a_person_of_another_vendor_is_refused_without_a_word_about_them(client: FlaskClient) -> None:
    other = make_vendor("Secret Employer")
    make_coordinator("Secret Name", vendor=other, email="ana@example.org")
    vendor_hr(client, make_vendor())
    address = upload(client, lines(HEADING, ANA)).headers["Location"]
    page = fetched(client, address)
    assert "A coordinator with this e-mail is already registered." in page
    assert "Secret" not in page


def test_a_roster_that_changed_in_between_is_refused_as_a_whole(client: FlaskClient) -> None:
    vendor = make_vendor()
    vendor_hr(client, vendor)
    address = upload(client, lines(HEADING, ANA, BRUNO)).headers["Location"]
    make_coordinator(vendor=make_vendor(), email="bruno@example.org")
    carry_out(client, address)
    page = fetched(client, address)
    assert "Nothing was imported. Row 3, email: A coordinator with this e-mail is already registered." in page
    assert [person.email for person in people()] == ["bruno@example.org"]
    assert db.session.scalars(select(RosterImport.status)).one() is ImportStatus.CHECKED


def test_a_discarded_file_is_not_imported(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    address = upload(client, lines(HEADING, ANA)).headers["Location"]
    assert send(client, f"{address}/discard", page=address).status_code == 302
    roster = db.session.scalars(select(RosterImport)).one()
    with pytest.raises(Refusal, match="was discarded"), transaction():
        roster_import.carry_out(roster, roster_import.read(lines(HEADING, ANA), CSV, at=WHEN), actor=ARRANGING, at=WHEN)
    assert people() == []


@pytest.mark.parametrize("path", ["", "/report.csv"])
def test_another_vendors_import_does_not_exist(client: FlaskClient, path: str) -> None:
    vendor_hr(client, make_vendor())
    address = upload(client, lines(HEADING, ANA)).headers["Location"]
    vendor_hr(client, make_vendor())
    assert client.get(f"{address}{path}").status_code == 404
    for verb in ("carry-out", "discard"):
        assert send(client, f"{address}/{verb}", page="/roster-imports").status_code == 404
    assert "roster.csv" not in fetched(client, "/roster-imports")


def test_dph_imports_for_a_vendor_that_it_chooses(client: FlaskClient) -> None:
    vendor = make_vendor()
    sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
    address = upload(client, lines(HEADING, ANA), vendor_id=str(vendor.id)).headers["Location"]
    carry_out(client, address)
    assert [spell.employer_id for spell in people()[0].employments] == [vendor.id]


def test_the_template_can_be_imported_as_it_is(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    template = client.get("/roster-imports/template.csv").get_data()
    address = upload(client, template).headers["Location"]
    assert "Import 1 coordinator" in fetched(client, address)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (lines("\ufeff" + HEADING, "Zoë Łukasz,zoe@example.org,Nurse,2026-03-02"), "BOM"),
        ("\n".join([HEADING, "Zoë O’Brien,zoe@example.org,Nurse,2026-03-02"]).encode("cp1252"), "Windows-1252"),
        ("\n".join([HEADING, "Zoë,zoe@example.org,Nurse,2026-03-02"]).encode("utf-16"), "UTF-16"),
        (lines(HEADING.replace(",", ";"), "Zoë;zoe@example.org;Nurse;2026-03-02"), "semicolons"),
        (lines(HEADING.replace(",", "\t"), "Zoë\tzoe@example.org\tNurse\t2026-03-02"), "tabs"),
        (lines("sep=;", HEADING.replace(",", ";"), "Zoë;zoe@example.org;Nurse;2026-03-02"), "Excel's hint"),
        (lines("", ",,,", HEADING + ",,", "", "Zoë,zoe@example.org,Nurse,2026-03-02,,", ",,,"), "empty rows"),
        (f'{HEADING}\r\n"Zoë\r\nLukasz",zoe@example.org,Nurse,2026-03-02\r\n'.encode(), "a line break in a cell"),
    ],
)
def test_every_usual_form_of_csv_is_read(app: Flask, data: bytes, name: str) -> None:
    read = roster_import.read(data, CSV, at=WHEN)
    assert read.problems == []
    assert read.rows[0].name.startswith("Zoë")
    assert read.rows[0].email == "zoe@example.org"


def test_row_numbers_are_those_of_the_spreadsheet(app: Flask) -> None:
    read = roster_import.read(lines("", HEADING, "", ANA, "x"), CSV, at=WHEN)
    assert read.rows[0].row == 4
    assert {problem.row for problem in read.problems} == {5}


def test_an_excel_file_is_read_with_its_dates_numbers_and_formulas(app: Flask) -> None:
    data = workbook(
        ["Name", "E-mail address", "Discipline", "Start date", "Phone", None, "Notes"],
        [None, None],
        ["Ana Ferreira", "ana@example.org", "Nurse", datetime(2026, 3, 2), 6175550123, None, "=1+1"],  # noqa: DTZ001  (a spreadsheet's dates have no zone)
        ["Bruno Costa", "bruno@example.org", "Educator", "2026-03-02", 6175550124.0],
    )
    read = roster_import.read(data, XLSX, at=WHEN)
    assert read.problems == []
    assert [(row.row, row.starts_on, row.phone) for row in read.rows] == [
        (3, date(2026, 3, 2), "617-555-0123"),
        (4, date(2026, 3, 2), "617-555-0124"),
    ]
    assert read.heading.ignored == ("Notes",)


def test_merged_cells_are_told_as_empty_cells_of_their_row(app: Flask) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ([*HEADING.split(",")], ANA.split(","), BRUNO.split(",")):
        sheet.append(row)
    sheet.merge_cells("D2:D3")
    out = io.BytesIO()
    book.save(out)
    read = roster_import.read(out.getvalue(), XLSX, at=WHEN)
    assert [(problem.row, problem.column) for problem in read.problems] == [(3, "employment_start")]


def test_a_sheet_that_lies_about_its_size_is_read_by_what_it_holds(app: Flask) -> None:
    source = workbook(HEADING.split(","), ANA.split(","))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            if name.endswith("sheet1.xml"):
                body = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', body)
            new.writestr(name, body)
    assert len(roster_import.read(out.getvalue(), XLSX, at=WHEN).rows) == 1


def test_an_excel_file_that_unpacks_to_too_much_is_refused_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "x")
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (2 * 1024 * 1024))
    monkeypatch.setattr(spreadsheet, "LARGEST_UNPACKED", 1024 * 1024)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_args, **_options: pytest.fail("it was opened"))
    with pytest.raises(Refusal, match="far larger inside than it looks"):
        list(spreadsheet.read(out.getvalue(), XLSX))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (lines(HEADING), "headings and no people"),
        (b"\n\n,,\n", "no rows"),
        (lines("name,email"), "Missing here: discipline, employment_start"),
        (lines(HEADING + ",E-mail address", ANA), "mean the same"),
        (b"", "This file is empty."),
        (b"%PDF-1.7\n", "This kind of file cannot be used."),
        (lines(HEADING, '"Ana' + "x" * 200_000), "cannot be read after row"),
        (b"PK\x03\x04not a package", "This kind of file cannot be used."),
    ],
)
def test_a_file_that_is_no_roster_is_refused_beside_its_field(client: FlaskClient, data: bytes, sentence: str) -> None:
    vendor_hr(client, make_vendor())
    answer = upload(client, data, "roster.xlsx")
    assert answer.status_code == 422
    assert sentence in checked(answer)
    assert db.session.scalars(select(StoredFile)).all() == []


def test_a_damaged_excel_file_is_refused(app: Flask) -> None:
    source = workbook(HEADING.split(","), ANA.split(","))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name)[: 200 if name.endswith("sheet1.xml") else None])
    with pytest.raises(Refusal, match="This Excel file cannot be read"):
        roster_import.read(out.getvalue(), XLSX, at=WHEN)


def test_a_report_keeps_the_first_thousand_problems_and_says_so(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    data = lines(HEADING, *["Ana Ferreira,wrong,Wizard,2026-03-02"] * 600)
    address = upload(client, data).headers["Location"]
    page = fetched(client, address)
    assert "1,200 cells need a correction" in page
    assert "The first 1,000 cells of 1,200 cells" in page


def test_a_namesake_who_works_here_is_a_notice_and_no_obstacle(app: Flask) -> None:
    vendor = make_vendor()
    make_coordinator("ANA FERREIRA", vendor=vendor, email="other@example.org")
    plan = plan_for(vendor.id, roster_import.read(lines(HEADING, ANA), CSV, at=WHEN))
    assert (len(plan.new), plan.problems) == (1, [])
    assert "works here already" in plan.notices[0].message


def test_a_former_employee_is_not_brought_back_by_an_import(app: Flask) -> None:
    vendor = make_vendor()
    person = make_coordinator(email="ana@example.org")
    make_employment(person, vendor, ends_on=WHEN.date() - timedelta(days=1))
    plan = plan_for(vendor.id, roster_import.read(lines(HEADING, ANA), CSV, at=WHEN))
    assert [problem.column for problem in plan.problems] == ["email"]


def test_a_plan_costs_a_statement_for_hundreds_of_rows_not_for_each(app: Flask) -> None:
    vendor = make_vendor()
    data = lines(HEADING, *[f"Ana Ferreira,ana{number}@example.org,Nurse,2026-03-02" for number in range(400)])
    read = roster_import.read(data, CSV, at=WHEN)
    assert len(statements_of(lambda: plan_for(vendor.id, read))) <= 6


# --- the command line -------------------------------------------------------------------------------------------------


def run(app: Flask, path: Path, vendor: VendorOrganization, *options: str) -> tuple[int, str]:
    arguments = ["roster", str(path), "--vendor-code", vendor.vendor_code, *options]
    result = app.test_cli_runner().invoke(import_group, arguments)
    return result.exit_code, result.output


def test_the_command_line_imports_the_same_way(committed_app: Flask, tmp_path: Path) -> None:
    vendor = make_vendor()
    path = tmp_path / "roster.csv"
    path.write_bytes(lines(HEADING, ANA, BRUNO))
    code, said = run(committed_app, path, vendor, "--dry-run")
    assert (code, "2 new" in said, "this was a dry run" in said) == (0, True, True)
    assert db.session.scalar(select(func.count()).select_from(RosterImport)) == 0
    code, said = run(committed_app, path, vendor)
    assert (code, "Imported." in said) == (0, True)
    assert len(people()) == 2
    assert entries(AuditAction.ROSTER_IMPORTED)[0].actor == "certhub import roster"


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_the_command_line_fails_where_a_row_is_wrong(
    committed_app: Flask, tmp_path: Path, options: tuple[str, ...]
) -> None:
    vendor = make_vendor()
    path = tmp_path / "roster.csv"
    path.write_bytes(lines(HEADING, ANA, "[red]Bruno[/red],x,Educator,2026-03-02"))
    code, said = run(committed_app, path, vendor, *options)
    assert code == 1
    assert "Nothing was imported." in said
    assert people() == []


def test_new_licences_are_added_once(app: Flask) -> None:
    vendor = make_vendor()
    data = lines(f"{HEADING},licence kind,licence number", f"{ANA},RN,RN1")
    for _ in range(2):
        read = roster_import.read(data, CSV, at=datetime(2026, 3, 2, tzinfo=UTC))
        plan = plan_for(vendor.id, read)
        with transaction() as session:
            file = StoredFile(
                owner_id=vendor.id, party_id=vendor.id, sha256="0" * 64, size=1, media_type=CSV,
                original_name="r.csv", uploaded_at=WHEN,
            )  # fmt: skip
            session.add(file)
            session.flush()
            kept = roster_import.check(vendor, file, plan, actor=ARRANGING, at=WHEN)
            roster_import.carry_out(kept, read, actor=ARRANGING, at=WHEN)
    assert db.session.scalar(select(func.count()).select_from(ExternalLicence)) == 1
