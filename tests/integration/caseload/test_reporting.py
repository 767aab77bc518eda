"""A vendor types its month line by line, files it, and corrects it; DPH types what comes on paper."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from certhub.database import db, transaction
from certhub.models.audit import AuditEntry
from certhub.models.caseload import (
    CaseloadCount,
    CaseloadDraft,
    CaseloadLine,
    CaseloadQuestion,
    CaseloadReport,
    ReportSource,
)
from certhub.queries import caseload_reports
from certhub.rules.caseload_checks import Check, QuestionState
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import caseload_reports as service
from tests.factories import make_coordinator, make_practice, make_user, sign_in
from tests.integration.caseload.arranging import (
    NOVEMBER_9,
    OCTOBER,
    SEPTEMBER,
    Arranged,
    arranged,
    assigned,
    filed,
    line,
    places,
)
from tests.integration.exposure.arranging import changed
from tests.integration.parties.browsing import fetched, send, tokens_of

TODAY = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)


@pytest.fixture
def who(app: Flask) -> Arranged:
    return arranged()


def standing(who: Arranged) -> CaseloadReport:
    found = caseload_reports.standing(who.vendor.id, OCTOBER)
    assert found is not None
    return found


def test_hr_fills_in_a_line_and_files_the_month(client: FlaskClient, who: Arranged) -> None:
    with time_machine.travel(TODAY):
        sign_in(client, who.hr)
        month = client.get(who.address()).text
        kept = fetched(client, send(client, who.line_address(), **line(12, admissions=2)).location)
        check = client.get(who.address("/file")).text
        done = fetched(client, send(client, who.address("/file")).location)

    assert "To fill in" in month
    assert "due November 16, 2026 (in 7 days)" in month
    assert "Typed, not filed" in kept
    assert "The line of Ana Ferreira" in kept
    assert "Nothing: the report fits" in check
    assert "October 2026 is filed." in done
    report = standing(who)
    assert (report.children, report.line_count, report.filed_on, report.due_on, report.source) == (
        12, 1, date(2026, 11, 9), date(2026, 11, 16), ReportSource.FORM,
    )  # fmt: skip
    assert caseload_reports.lines_of(report.id)[who.pair] == {
        **dict.fromkeys(caseload_reports.COLUMNS, 0), **line(12, admissions=2)
    }  # fmt: skip
    assert db.session.scalar(select(func.count(CaseloadDraft.id))) == 0
    told = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "caseload_report.filed")).one()
    assert told.party_id == who.vendor.id


def test_a_line_that_does_not_add_up_is_refused_beside_its_field_and_keeps_what_was_typed(
    client: FlaskClient, who: Arranged
) -> None:
    with time_machine.travel(TODAY):
        sign_in(client, who.hr)
        answer = send(client, who.line_address(), **{**line(12), "coverage_both": "1", "age_0_2": "some"})
        contradicting = send(client, who.line_address(), **line(12, coverage_both=1))

    assert answer.status_code == contradicting.status_code == 422
    assert "Type a whole number, such as 25." in answer.text
    assert 'value="some"' in answer.text
    assert "Coverage adds up to 13, but there are 12 active children." in contradicting.text
    assert 'aria-describedby="coverage_private-error"' in contradicting.text
    assert db.session.scalar(select(func.count(CaseloadDraft.id))) == 0


def test_what_is_left_empty_is_0_and_commas_are_read(client: FlaskClient, who: Arranged) -> None:
    typed = {key: f"{number:,}" for key, number in line(1200).items()}
    with time_machine.travel(TODAY):
        sign_in(client, who.hr)
        send(client, who.line_address(), **{**typed, "closures": "", "admissions": " "})
    assert caseload_reports.drafts_of(who.hr, who.vendor.id, OCTOBER)[who.pair] == line(1200)


def test_after_one_line_comes_the_next_one_that_is_empty(client: FlaskClient, who: Arranged) -> None:
    other = assigned(who.vendor, make_coordinator("Ben Osei", vendor=who.vendor), who.practice)
    with time_machine.travel(TODAY):
        sign_in(client, who.hr)
        first = send(client, who.line_address(), **line())
        last = send(client, who.address(f"/lines/{other.id}"), **line())
    assert first.location == who.address(f"/lines/{other.id}")
    assert last.location == who.address()


def test_a_month_that_goes_on_is_not_reported(client: FlaskClient, who: Arranged) -> None:
    with time_machine.travel(datetime(2026, 10, 31, 15, 0, tzinfo=UTC)):
        sign_in(client, who.hr)
        page = client.get(who.address()).text
        answer = send(client, who.line_address(), **line())
    assert "This month is not over." in page
    assert "/lines/" not in page
    assert "October 2026 is not over." in answer.text
    assert answer.status_code == 422


def test_a_correction_supersedes_what_was_filed_and_what_does_not_change_stays(who: Arranged) -> None:
    other = make_coordinator("Ben Osei", vendor=who.vendor)
    assigned(who.vendor, other, who.practice)
    first = filed(who, {who.pair: line(10), (other.id, who.practice.id): line(5)})
    second = filed(who, {who.pair: line(11)})

    assert second.supersedes_id == first.id
    assert first.superseded_at == NOVEMBER_9
    assert second.children == 16
    assert caseload_reports.lines_of(second.id)[other.id, who.practice.id]["children"] == 5
    assert caseload_reports.lines_of(first.id)[who.pair]["children"] == 10
    assert [one.id for one in caseload_reports.versions(who.vendor.id, OCTOBER)] == [second.id, first.id]


def test_a_correction_does_not_make_a_month_late_that_was_filed_in_time(client: FlaskClient, who: Arranged) -> None:
    filed(who, {who.pair: line(10)})
    second = filed(who, {who.pair: line(11)}, at=datetime(2026, 12, 21, 15, tzinfo=UTC))

    assert (second.filed_on, second.first_filed_on) == (date(2026, 12, 21), NOVEMBER_9.date())
    with time_machine.travel(datetime(2026, 12, 22, 15, tzinfo=UTC), tick=False):
        sign_in(client, who.hr)
        page = fetched(client, f"/caseload/vendors/{who.vendor.id}?year=2026")
        report = fetched(client, who.address())
    assert "Filed in time" in page
    assert "Filed late" not in page
    assert "Filed November 9, 2026, corrected 1 time." in report


def test_a_correction_never_drops_children_whose_assignment_is_not_on_file_any_more(who: Arranged) -> None:
    other = make_coordinator("Ben Osei", vendor=who.vendor)
    gone = assigned(who.vendor, other, who.practice)
    filed(who, {who.pair: line(10), (other.id, who.practice.id): line(5)})
    changed(gone, coordinator_id=make_coordinator(vendor=who.vendor).id)  # as a merge of two records does
    with pytest.raises(Refusal, match="What was filed before has 5 children"):
        filed(who, {who.pair: line(11)})


def test_nobody_corrects_what_somebody_else_corrected_meanwhile(who: Arranged) -> None:
    report = filed(who, {who.pair: line(10)})
    with transaction():
        service.type_lines(
            who.vendor.id, OCTOBER, {who.pair: line(9)}, source=ReportSource.FORM, actor=who.hr, at=NOVEMBER_9
        )
    for seen in (None, report.id - 1):
        with pytest.raises(Refusal, match="Somebody else filed this month"), transaction():
            service.file(
                who.vendor, OCTOBER, places(who), filed_on=NOVEMBER_9.date(), seen=seen, actor=who.hr, at=NOVEMBER_9
            )


def test_a_month_without_lines_or_without_a_change_is_not_filed(client: FlaskClient, who: Arranged) -> None:
    with time_machine.travel(TODAY):
        sign_in(client, who.hr)
        empty = send(client, who.address("/file"))
        report = filed(who, {who.pair: line(10)})
        same = send(client, who.address("/file"), seen=str(report.id))
    assert "There is nothing to file." in empty.text
    assert "Nothing has changed since this month was filed." in same.text


def test_a_second_click_files_nothing_twice(client: FlaskClient, who: Arranged) -> None:
    with time_machine.travel(TODAY):
        sign_in(client, who.hr)
        send(client, who.line_address(), **line())
        tokens = tokens_of(client.get(who.address("/file")))
        answers = [client.post(who.address("/file"), data=tokens) for _ in range(2)]
    assert [answer.location for answer in answers] == [who.address()] * 2
    assert db.session.scalar(select(func.count(CaseloadReport.id))) == 1


def test_what_is_typed_can_be_forgotten_and_what_was_filed_stays(client: FlaskClient, who: Arranged) -> None:
    filed(who, {who.pair: line(10)})
    with time_machine.travel(TODAY):
        sign_in(client, who.hr)
        send(client, who.line_address(), **line(20))
        send(client, who.address("/forget"), page=who.address())
        page = client.get(who.address()).text
    assert "Typed, not filed" not in page
    assert standing(who).children == 10


def test_dph_types_what_came_on_paper_with_the_day_on_which_it_came(client: FlaskClient, who: Arranged) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 15, 0, tzinfo=UTC)):
        sign_in(client, make_user(Role.DPH_ADMINISTRATOR))
        send(client, who.line_address(), **line())
        early = send(client, who.address("/file"), filed_on="2026-10-30")
        ahead = send(client, who.address("/file"), filed_on="2026-11-21")
        send(client, who.address("/file"), filed_on="2026-11-13")
    assert "October 2026 was not over on that day." in early.text
    assert "cannot be in the future" in ahead.text
    report = standing(who)
    assert (report.source, report.filed_on) == (ReportSource.PAPER, date(2026, 11, 13))


def test_a_blank_form_names_every_assignment_and_every_number(client: FlaskClient, who: Arranged) -> None:
    with time_machine.travel(TODAY):
        page = sign_in(client, who.hr).get(who.address("/blank-form")).text
    assert "Ana Ferreira" in page
    assert page.count("<td></td>") == 67


def test_the_month_shows_dph_who_is_late_and_what_all_reports_add_up_to(client: FlaskClient, who: Arranged) -> None:
    late, missing = arranged(), arranged()
    filed(who, {who.pair: line(10)})
    filed(late, {late.pair: line(7)}, at=datetime(2026, 11, 17, 15, 0, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 11, 18, 15, 0, tzinfo=UTC)):
        page = sign_in(client, make_user(Role.DPH_REVIEWER)).get("/caseload?month=202610").text
    rows = {
        name: page.split(name, 1)[1].split("</tr>")[0]
        for name in (who.vendor.name, late.vendor.name, missing.vendor.name)
    }
    assert ["Filed in time" in rows[who.vendor.name], "Filed late" in rows[late.vendor.name]] == [True, True]
    assert "Overdue" in rows[missing.vendor.name]
    assert ">17<" in page  # both reports by coverage


def test_a_vendor_sees_its_months_with_what_is_owed_and_filed(client: FlaskClient, who: Arranged) -> None:
    filed(who, {who.pair: line(10)})
    with time_machine.travel(TODAY):
        sign_in(client, who.hr)
        home = client.get("/caseload")
        page = client.get(f"/caseload/vendors/{who.vendor.id}").text
        before = client.get(f"/caseload/vendors/{who.vendor.id}?year=2025").text
    assert home.location == f"/caseload/vendors/{who.vendor.id}"
    assert page.count("Overdue") == 9  # January to September
    assert page.count("Filed in time") == 1
    assert before.count("No assignment") == 12


def test_two_spells_in_one_month_are_one_line(who: Arranged) -> None:
    practice = make_practice()
    assigned(who.vendor, who.person, practice, starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 8))
    assigned(who.vendor, who.person, practice, starts_on=date(2026, 10, 20))
    found = [place for place in places(who) if place.practice_id == practice.id]
    assert len(found) == 1
    assert len(found[0].spans) == 2
    assert not [place for place in places(who, SEPTEMBER) if place.practice_id == practice.id]


def test_an_empty_line_without_an_assignment_is_left_out_and_one_with_it_says_that_there_were_no_children(
    who: Arranged,
) -> None:
    gone = make_practice()
    assigned(who.vendor, who.person, gone, ends_on=date(2026, 9, 30))
    first = filed(who, {who.pair: {}, (who.person.id, gone.id): line(3)})
    asked = {one.about for one in db.session.scalars(select(CaseloadQuestion))}
    second = filed(who, {(who.person.id, gone.id): {}})

    assert first.line_count == 2
    assert asked == {Check.NO_ASSIGNMENT}
    assert (second.line_count, second.children) == (1, 0)
    assert {one.state for one in db.session.scalars(select(CaseloadQuestion))} == {QuestionState.CORRECTED}


def test_the_database_itself_refuses_to_change_what_was_filed(who: Arranged) -> None:
    filed(who, {who.pair: line(10)})
    for statement in (
        update(CaseloadLine).values(children=0, tier_1=0, tier_2=0, tier_3=0),
        update(CaseloadCount).values(number=1),
        delete(CaseloadLine),
    ):
        with pytest.raises(DBAPIError, match="never changed"), transaction():
            db.session.execute(statement)
