"""Completions from files: checked first, imported whole or not at all, never twice, and undone whole (lesson 21)."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.certification import Application
from certhub.models.parties import Employment
from certhub.models.standards import StandardSet
from certhub.models.training import TrainingCompletion
from certhub.models.training_imports import TrainingImport, TrainingImportStatus
from certhub.queries import training_imports as imports
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import ApplicationKind, SubjectType
from certhub.services import audit, training, training_imports
from tests.factories import ARRANGING, make_coordinator, make_employment, make_vendor, saved
from tests.integration.parties.browsing import administrator, entries, fetched, send, statements_of, vendor_hr
from tests.integration.training.arranging import course
from tests.integration.training_imports.files import (
    HEADING,
    checked_file,
    completions,
    import_it,
    line,
    lines,
    upload,
)

ANA, BRUNO = "ana@example.org", "bruno@example.org"


def the_import() -> TrainingImport:
    db.session.expire_all()
    return db.session.scalars(select(TrainingImport).order_by(TrainingImport.id.desc()).limit(1)).one()


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    text = client.get(address).get_data(as_text=True).lstrip("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_file_is_checked_imported_and_undone_as_a_whole(client: FlaskClient) -> None:
    vendor = make_vendor()
    ana = make_coordinator("Ana Ferreira", vendor=vendor, email=ANA)
    hr = vendor_hr(client, vendor)
    address = checked_file(
        client, lines(line(email=ANA, score="90", code="x-1"), line(email=ANA, title="Ethics", category="ethics"))
    )
    assert "Import 2 rows" in fetched(client, address)
    assert completions() == []

    assert import_it(client, address).status_code == 302
    assert "2 rows are on file for 1 person" in fetched(client, address)
    first, second = completions()
    assert (first.coordinator_id, first.vendor_id, first.recorded_by_id) == (ana.id, vendor.id, hr.id)
    assert (first.title, first.provider, first.provider_approved, first.course_code) == (
        "Care plans",
        "Institute",
        True,
        "X-1",
    )
    assert (first.category, first.minutes, first.score, first.completed_on) == ("core", 90, 90, date(2026, 2, 1))
    assert (second.category, second.score, second.import_id) == ("ethics_scope", None, the_import().id)
    told = entries(AuditAction.TRAINING_RECORDED)
    assert [(entry.subject_id, entry.party_id) for entry in told] == [(first.id, ana.id), (second.id, ana.id)]
    assert json.loads(told[0].changes)["minutes"] == [None, 90]
    assert "Care plans" in fetched(client, f"/coordinators/{ana.id}")

    assert "2 training entries of 1 person will not count any more: 3 hours" in fetched(client, f"{address}/undo")
    send(client, f"{address}/undo", reason="Wrong file")
    assert "Its hours do not count any more. The reason: <bdi>Wrong file</bdi>" in fetched(client, address)
    assert [row.superseded_at is not None for row in completions()] == [True, True, False, False]
    assert [(row.withdrawn, row.supersedes_id) for row in completions()[2:]] == [(True, first.id), (True, second.id)]
    withdrawn = entries(AuditAction.TRAINING_WITHDRAWN)
    assert [json.loads(entry.changes)["reason"] for entry in withdrawn] == ["Wrong file", "Wrong file"]


def test_nothing_is_imported_while_a_row_is_wrong_unless_somebody_leaves_such_rows_out(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    vendor_hr(client, vendor)
    address = checked_file(
        client, lines(line(email=ANA), line(email=ANA, day="31/06/2012"), line(email=ANA, hours="two"))
    )
    page = fetched(client, address)
    assert "2 rows are not right yet." in page
    assert "June 2012 has 30 days" in page
    refused = import_it(client, address)
    assert refused.status_code == 422
    assert "check the box to leave these rows out" in refused.get_data(as_text=True)
    assert completions() == []
    assert import_it(client, address, leave_out="y").status_code == 302
    assert len(completions()) == 1
    assert json.loads(entries(AuditAction.TRAINING_IMPORT_APPLIED)[0].changes)["completions"] == 1


def test_refused_rows_come_back_with_what_to_do_and_are_read_by_the_saved_columns_when_they_return(
    client: FlaskClient,
) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    vendor_hr(client, vendor)
    heading = "Mail,What,By,When,How long"
    data = (
        f"Our report,,,,\n{heading}\n{ANA},=1+1,Institute,14/2/2026,90\n{ANA},Ethics,Institute,30/2/2026,45\n".encode()
    )
    columns = upload(client, data).headers["Location"]
    choices = {
        "column_0": "email", "column_1": "title", "column_2": "provider", "column_3": "completed_on",
        "column_4": "hours", "date_order": "day_first", "hours_unit": "minutes", "default_category": "general",
        "save_as": "From the clinic",
    }  # fmt: skip
    address = send(client, columns, **choices).headers["Location"]
    back = client.get(f"{address}/refused.csv").get_data()
    (row,) = csv.DictReader(io.StringIO(back.decode("utf-8-sig")))
    assert list(row)[:-1] == heading.split(",")
    assert row["What"] == "Ethics"
    assert row["What to do"].startswith("When: This date does not exist: February 2026 has 28 days.")
    assert import_it(client, address, leave_out="y").status_code == 302

    corrected = back.replace(b"30/2/2026", b"28/2/2026").replace(b"Ethics", b"'=ethics")
    columns = upload(client, corrected).headers["Location"]
    assert "those that you saved under “From the clinic”" in fetched(client, columns)
    address = send(client, columns, **choices).headers["Location"]
    import_it(client, address)
    assert [(one.title, one.minutes, one.completed_on) for one in completions()] == [
        ("=1+1", 90, date(2026, 2, 14)),
        ("=ethics", 45, date(2026, 2, 28)),
    ]


def test_what_is_given_back_cannot_run_in_a_spreadsheet(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    vendor_hr(client, vendor)
    address = checked_file(client, lines(line(email=ANA, title='"=HYPERLINK(""http://x"")"', day="x")))
    assert "'=HYPERLINK" in client.get(f"{address}/refused.csv").get_data(as_text=True)
    assert rows_of(client, f"{address}/report.csv")[0]["What is there"] == "x"


def test_a_second_upload_finds_everything_on_file_and_a_file_that_says_it_twice_imports_it_once(
    client: FlaskClient,
) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    vendor_hr(client, vendor)
    data = lines(
        line(email=ANA), line(email=ANA, title="CARE  PLANS", hours="2"), line(email=ANA, title="Other", code="m-1"),
        line(email=ANA, title="Another name", code="M - 1"),
    )  # fmt: skip
    address = checked_file(client, data)
    assert "Row 2 is the same training." in fetched(client, f"{address}?rows=twice")
    import_it(client, address)
    assert [(row.title, row.minutes) for row in completions()] == [("Care plans", 90), ("Other", 90)]
    again = checked_file(client, data)
    page = fetched(client, again)
    assert "There is nothing new in this file." in page
    assert "“Care plans”, given by Institute, is on file with 1.5 hours." in page
    assert import_it(client, again).status_code == 422
    assert len(completions()) == 2
    assert {row["State"] for row in rows_of(client, f"{again}/report.csv")} == {"On file already"}


def test_a_double_click_imports_and_undoes_once(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    hr = vendor_hr(client, vendor)
    address = checked_file(client, lines(line(email=ANA)))
    import_it(client, address)
    with transaction():
        assert training_imports.carry_out(the_import(), leave_out=False, actor=hr, at=clock.now()) is None
    assert len(completions()) == 1
    send(client, f"{address}/undo", reason="Wrong file")
    with transaction():
        assert training_imports.undo(the_import(), reason="Again", actor=hr, at=clock.now()) is None
    assert len(completions()) == 2
    assert len(entries(AuditAction.TRAINING_IMPORT_REVERTED)) == 1


def test_somebody_else_of_another_vendor_is_as_unknown_as_nobody(client: FlaskClient) -> None:
    vendor, other = make_vendor(), make_vendor("Secret Employer")
    make_coordinator("Bruno Costa", vendor=other, email=BRUNO)
    make_employment(make_coordinator(email="left@example.org"), vendor, ends_on=date(2026, 1, 31))
    vendor_hr(client, vendor)
    rows = (line(email=BRUNO), line(email="nobody@example.org"), line(name="Bruno Costa"), line(name="No Body"))
    address = checked_file(client, lines(*rows, line(email="left@example.org")))
    told = [row["What to do"] for row in rows_of(client, f"{address}/report.csv")]
    assert told[0] == told[1] == told[4]
    assert told[2] == told[3]
    assert "Secret Employer" not in fetched(client, address)


def test_what_was_entered_since_the_check_is_left_out(client: FlaskClient) -> None:
    vendor = make_vendor()
    ana = make_coordinator(vendor=vendor, email=ANA)
    hr = vendor_hr(client, vendor)
    address = checked_file(client, lines(line(email=ANA), line(email=ANA, title="Ethics")))
    saved(
        TrainingCompletion(
            coordinator_id=ana.id, vendor_id=vendor.id, title="Ethics", provider="institute", category="core",
            minutes=60, completed_on=date(2026, 2, 1), recorded_by_id=hr.id, recorded_at=clock.now(),
        )
    )  # fmt: skip
    import_it(client, address)
    assert sorted(row.title for row in completions()) == ["Care plans", "Ethics"]
    assert "1 row is on file for 1 person" in fetched(client, address)


def test_two_files_with_the_same_training_that_were_checked_before_either_was_imported_bring_it_once(
    client: FlaskClient,
) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    vendor_hr(client, vendor)
    both = [checked_file(client, lines(line(email=ANA), line(email=ANA, title=title))) for title in ("One", "Two")]
    for address in both:
        assert import_it(client, address).status_code == 302
    assert [row.title for row in completions()] == ["Care plans", "One", "Two"]


def test_nothing_is_imported_once_a_person_of_the_file_works_elsewhere(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    bruno = make_coordinator(vendor=vendor, email=BRUNO)
    vendor_hr(client, vendor)
    address = checked_file(client, lines(line(email=ANA), line(email=BRUNO)))
    with transaction() as session:
        employment = session.scalars(select(Employment).where(Employment.coordinator_id == bruno.id)).one()
        employment.ends_on = date(2026, 1, 31)
        audit.record(ARRANGING, AuditAction.PARTY_UPDATED, employment, at=clock.now())
    answer = import_it(client, address)
    assert answer.status_code == 422
    assert "the person of row 3 does not work for you any more" in answer.get_data(as_text=True)
    assert completions() == []


def test_undoing_leaves_what_was_taken_back_before_and_names_it(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator("Ana Ferreira", vendor=vendor, email=ANA)
    hr = vendor_hr(client, vendor)
    address = checked_file(client, lines(line(email=ANA), line(email=ANA, title="Ethics")))
    import_it(client, address)
    with transaction():
        training.withdraw(completions()[0], reason="Not attended", actor=hr, at=clock.now())
    page = fetched(client, f"{address}/undo")
    assert "1 training entry of 1 person" in page
    assert "1 entry of the file was taken back before." in page
    assert "Care plans" in page
    send(client, f"{address}/undo", reason="Wrong file")
    rows = completions()
    assert [row.supersedes_id for row in rows if row.withdrawn] == [rows[0].id, rows[1].id]


def test_an_import_is_undone_only_as_it_was_shown_and_with_a_reason(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    hr = vendor_hr(client, vendor)
    address = checked_file(client, lines(line(email=ANA), line(email=ANA, title="Ethics")))
    import_it(client, address)
    assert "Say why this import is undone." in send(client, f"{address}/undo", reason=" ").get_data(as_text=True)
    seen = imports.undo_plan(hr, the_import()).fingerprint
    with transaction():
        training.withdraw(completions()[0], reason="Not attended", actor=hr, at=clock.now())
    with pytest.raises(Refusal, match="this is not what was last shown"), transaction():
        training_imports.undo_as_shown(the_import(), reason="Wrong", seen=seen, actor=hr, at=clock.now())
    assert the_import().status is TrainingImportStatus.APPLIED


def test_undoing_tells_of_other_files_that_left_rows_out_because_of_this_one(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    administrator(client)
    checked_file(client, lines(line(email=ANA)), "of-dph.csv")
    vendor_hr(client, vendor)
    address = checked_file(client, lines(line(email=ANA), line(email=ANA, title="Ethics")), "first.csv")
    assert import_it(client, address).status_code == 302
    own = checked_file(client, lines(line(email=ANA), line(email=ANA, title="Another")), "second.csv")
    import_it(client, own)
    administrator(client)
    checked_file(client, lines(line(email=ANA, title="Ethics")), "again-of-dph.csv")

    assert "2 rows of other files were left out before" in fetched(client, f"{address}/undo")
    vendor_hr(client, vendor)
    page = fetched(client, f"{address}/undo")
    assert "1 row of other files was left out before" in page
    assert "second.csv" in page
    assert "of-dph.csv" not in page
    assert "other files" not in fetched(client, f"{own}/undo")

    send(client, f"{address}/undo", reason="Wrong file")
    again = checked_file(client, lines(line(email=ANA), line(email=ANA, title="Another")), "second.csv")
    assert "Import 1 row" in fetched(client, again)


def test_undoing_tells_nothing_of_applications_that_a_former_employer_may_not_see(client: FlaskClient) -> None:
    vendor, elsewhere = make_vendor(), make_vendor()
    ana = make_coordinator(vendor=vendor, email=ANA)
    bruno = make_coordinator(vendor=vendor, email=BRUNO)
    hr = vendor_hr(client, vendor)
    address = checked_file(client, lines(line(email=ANA), line(email=BRUNO)))
    import_it(client, address)
    with transaction() as session:
        employment = session.scalars(select(Employment).where(Employment.coordinator_id == bruno.id)).one()
        employment.ends_on = date(2026, 1, 31)
        audit.record(ARRANGING, AuditAction.PARTY_UPDATED, employment, at=clock.now())
    make_employment(bruno, elsewhere)
    standard = db.session.scalars(select(StandardSet).where(StandardSet.subject_type == SubjectType.COORDINATOR)).one()
    for person, owner in ((ana, vendor), (bruno, elsewhere)):
        saved(
            Application(
                party_id=person.id, owner_id=owner.id, standard_id=standard.id, kind=ApplicationKind.INITIAL,
                opened_by_id=hr.id, opened_at=clock.now(), stage_from=clock.today(),
            )
        )  # fmt: skip

    page = fetched(client, f"{address}/undo")
    assert "2 training entries of 2 people" in page
    assert "1 application of these people is open." in page
    administrator(client)
    assert "2 applications of these people are open." in fetched(client, f"{address}/undo")


def test_a_discarded_file_is_not_kept_row_by_row_and_cannot_be_imported(client: FlaskClient) -> None:
    vendor = make_vendor()
    make_coordinator("Ana Ferreira", vendor=vendor, email=ANA)
    vendor_hr(client, vendor)
    address = checked_file(client, lines(line(email=ANA)))
    assert send(client, f"{address}/discard", page=address).status_code == 302
    page = fetched(client, address)
    assert "This file was discarded." in page
    assert "Ana Ferreira" not in page
    assert import_it(client, address).status_code == 422
    assert send(client, f"{address}/discard", page=address).status_code == 302
    assert completions() == []


def test_an_import_costs_the_same_statements_for_few_rows_and_for_many(client: FlaskClient) -> None:
    """Lesson 23."""
    vendor = make_vendor()
    for number in range(12):
        make_coordinator(vendor=vendor, email=f"p{number}@example.org")
    vendor_hr(client, vendor)

    def cost(rows: int, title: str) -> tuple[int, int]:
        data = lines(*(line(email=f"p{number % 12}@example.org", title=f"{title} {number}") for number in range(rows)))
        addresses: list[str] = []
        checking = len(statements_of(lambda: addresses.append(checked_file(client, data))))
        return checking, len(statements_of(lambda: import_it(client, addresses[0])))

    cost(1, "First")  # a file that is listed and a form that was sent cost some statements of their own
    assert cost(1, "Few") == cost(120, "Many")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\n\n,,\n", "no rows"),
        (HEADING.encode(), "headings and no completions"),
        (b"%PDF-1.7\n", "This kind of file cannot be used."),
        (b"PK\x03\x04not a package", "This kind of file cannot be used."),
    ],
)
def test_a_file_without_completions_is_refused_beside_its_field(
    client: FlaskClient, data: bytes, sentence: str
) -> None:
    vendor_hr(client, make_vendor())
    answer = upload(client, data)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_columns_that_lack_something_are_refused_and_what_was_chosen_stays(client: FlaskClient) -> None:
    vendor_hr(client, make_vendor())
    columns = upload(client, b"Person,Topic\nAna,Ethics\n").headers["Location"]
    answer = send(
        client,
        columns,
        column_0="name",
        column_1="title",
        date_order="day_first",
        hours_unit="hours",
        default_category="core",
    )
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Choose the column for “Who gave the training”." in page
    assert '<option selected value="day_first">' in page


def test_a_number_of_another_system_becomes_the_course_that_standards_name(client: FlaskClient) -> None:
    vendor = make_vendor()
    vendor_hr(client, vendor)
    person = make_coordinator("Ana Ferreira", vendor=vendor)
    course(
        code="EQUITY-101",
        external_system="TRAIN",
        external_course_id="1098765",
        hours={TrainingCategory.CULTURAL: Decimal(3)},
    )

    address = checked_file(client, lines(line(email=str(person.email), code="1098765", category="")))
    import_it(client, address)

    assert [(one.course_code, one.category) for one in completions()] == [("EQUITY-101", "cultural")]
