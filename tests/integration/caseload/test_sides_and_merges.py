"""Drafts are their side's own, a line is not lost beside a filing, and a merge leaves no line behind."""

import threading
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.caseload import CaseloadDraft, CaseloadLine, CaseloadQuestion, CaseloadReport, ReportSource
from certhub.models.parties import Coordinator, VendorOrganization
from certhub.models.record_merges import RecordMerge
from certhub.queries import caseload_reports, caseload_use, dossiers
from certhub.rules.caseload_checks import Check, QuestionState
from certhub.rules.caseload_report import CHILDREN
from certhub.rules.vocabulary import Role
from certhub.services import caseload_questions, record_merges
from certhub.services import caseload_reports as service
from tests.at_once import at_once
from tests.factories import make_coordinator, make_employment, make_practice, make_user, sign_in
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

TODAY = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def who(app: Flask) -> Arranged:
    return arranged()


def typed(who: Arranged, lines: dict[tuple[int, int], Any], by: User, source: ReportSource = ReportSource.FORM) -> None:
    with transaction():
        service.type_lines(who.vendor.id, OCTOBER, lines, source=source, actor=by, at=NOVEMBER_9)


def test_dph_sees_nothing_of_what_a_vendor_types_until_it_is_filed(client: FlaskClient, who: Arranged) -> None:
    typed(who, {who.pair: line(17)}, who.hr)
    reviewer, fund = make_user(Role.DPH_REVIEWER), make_user(Role.DPH_ADMINISTRATOR)
    with time_machine.travel(TODAY):
        for viewer in (reviewer, fund):
            sign_in(client, viewer)
            page = client.get(who.address()).text
            assert ("Typed, not filed" in page, ">17<" in page, "not filed." in page) == (False, False, False)
            assert ",17," not in client.get(who.address("/template.csv")).text
        sign_in(client, who.hr)
        own = client.get(who.address()).text
    assert "Typed, not filed" in own
    assert "Only you see them until you file the month." in own


def test_what_dph_types_from_paper_is_not_mixed_with_what_the_vendor_types(who: Arranged) -> None:
    office = make_user(Role.DPH_ADMINISTRATOR)
    typed(who, {who.pair: line(17)}, who.hr)
    typed(who, {who.pair: line(12)}, office, ReportSource.PAPER)
    drafts = [caseload_reports.drafts_of(one, who.vendor.id, OCTOBER)[who.pair][CHILDREN] for one in (who.hr, office)]
    with transaction():
        report, _ = service.file(
            who.vendor, OCTOBER, places(who), filed_on=NOVEMBER_9.date(), seen=None, actor=office, at=NOVEMBER_9
        )
    assert drafts == [17, 12]
    assert (report.children, report.source) == (12, ReportSource.PAPER)
    assert set(caseload_reports.drafts_of(who.hr, who.vendor.id, OCTOBER)) == {who.pair}
    assert caseload_reports.drafts_of(office, who.vendor.id, OCTOBER) == {}


def test_a_question_that_was_accepted_is_not_asked_again_in_the_third_version(who: Arranged) -> None:
    def asked() -> list[CaseloadQuestion]:
        return list(db.session.scalars(select(CaseloadQuestion).where(CaseloadQuestion.about == Check.CONTACTS)))

    filed(who, {who.pair: line(10, contacted=11)})
    (question,), reviewer = asked(), make_user(Role.DPH_REVIEWER)
    with transaction():
        caseload_questions.accept(question, "", actor=reviewer, at=NOVEMBER_9)
    for closures in (1, 2):
        filed(who, {who.pair: line(10, contacted=11, closures=closures)})

    assert [one.state for one in asked()] == [QuestionState.ACCEPTED]
    assert len(caseload_reports.versions(who.vendor.id, OCTOBER)) == 3


def test_a_line_that_is_typed_anew_while_the_month_is_filed_is_not_lost(
    committed_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = arranged()
    typed(who, {who.pair: line(10)}, who.hr)
    vendor_id, hr_id, pair = who.vendor.id, who.hr.id, who.pair
    db.session.remove()
    reading, done = threading.Event(), threading.Event()
    ask = service._ask

    def slow(*told: Any, **others: Any) -> Any:
        reading.set()
        done.wait(1.0)  # whoever types would be through by now, if filing did not hold the month
        return ask(*told, **others)

    monkeypatch.setattr(service, "_ask", slow)

    def file() -> None:
        hr, vendor = db.session.get_one(User, hr_id), db.session.get_one(VendorOrganization, vendor_id)
        with transaction():
            at = caseload_reports.places(hr, vendor_id, OCTOBER)
            service.file(vendor, OCTOBER, at, filed_on=NOVEMBER_9.date(), seen=None, actor=hr, at=NOVEMBER_9)

    def type_anew() -> None:
        reading.wait(10)
        hr = db.session.get_one(User, hr_id)
        with transaction():
            service.type_lines(vendor_id, OCTOBER, {pair: line(7)}, source=ReportSource.FORM, actor=hr, at=NOVEMBER_9)
        done.set()

    assert at_once(committed_app, file, type_anew) == []
    hr = db.session.get_one(User, hr_id)
    report = caseload_reports.standing(vendor_id, OCTOBER)
    assert report is not None
    assert caseload_reports.lines_of(report.id)[pair][CHILDREN] == 10
    assert caseload_reports.drafts_of(hr, vendor_id, OCTOBER)[pair][CHILDREN] == 7


def merged(kept: Coordinator, absorbed: Coordinator) -> RecordMerge:
    office = make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        return record_merges.merge(kept, absorbed, reason="One person.", actor=office, at=NOVEMBER_9)


def test_a_merge_takes_lines_drafts_and_questions_along_and_the_month_can_be_corrected(who: Arranged) -> None:
    twin = make_coordinator("Anna Ferreira", vendor=who.vendor)
    other = make_practice("Oak Street Pediatrics")
    assigned(who.vendor, twin, other)
    filed(who, {who.pair: line(10), (twin.id, other.id): line(8, contacted=9)})
    typed(who, {(twin.id, other.id): line(9)}, who.hr)

    done = merged(who.person, twin)

    moved = (who.person.id, other.id)
    standing = caseload_reports.standing(who.vendor.id, OCTOBER)
    assert standing is not None
    lines = caseload_reports.lines_of(standing.id)
    assert {pair: told[CHILDREN] for pair, told in lines.items()} == {who.pair: 10, moved: 8}
    assert caseload_reports.drafts_of(who.hr, who.vendor.id, OCTOBER)[moved][CHILDREN] == 9
    assert set(db.session.scalars(select(CaseloadQuestion.coordinator_id))) == {who.person.id}
    assert caseload_use.history(who.hr, who.person.id, TODAY.date()) == [(OCTOBER, 18)]
    assert {place.pair for place in places(who)} == {who.pair, moved}
    report = filed(who, {moved: line(9)})
    assert (report.children, report.line_count) == (19, 2)
    office = make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        record_merges.undo(done, reason="Two people.", actor=office, at=NOVEMBER_9)
    rows = db.session.scalars(
        select(CaseloadLine.coordinator_id).join(CaseloadReport).where(CaseloadReport.id == standing.id)
    )
    assert set(rows) == {who.person.id, twin.id}
    assert twin.id in set(db.session.scalars(select(CaseloadQuestion.coordinator_id)))


def test_two_drafts_of_one_person_are_added_up_until_somebody_types_the_line_anew(who: Arranged) -> None:
    twin = make_coordinator("Anna Ferreira", vendor=who.vendor)
    assigned(who.vendor, twin, who.practice)
    typed(who, {who.pair: line(10), (twin.id, who.practice.id): line(8)}, who.hr)

    merged(who.person, twin)

    assert caseload_reports.drafts_of(who.hr, who.vendor.id, OCTOBER)[who.pair][CHILDREN] == 18
    typed(who, {who.pair: line(16)}, who.hr)
    assert caseload_reports.drafts_of(who.hr, who.vendor.id, OCTOBER)[who.pair][CHILDREN] == 16
    assert len(db.session.scalars(select(CaseloadDraft)).all()) == 1


def test_nobody_passes_a_limit_by_the_report_of_one_of_two_vendors(client: FlaskClient, who: Arranged) -> None:
    other = arranged()
    make_employment(who.person, other.vendor)
    assigned(other.vendor, who.person, other.practice)
    filed(who, {who.pair: line(20)})

    def figures() -> Any:
        return dossiers.dossier_of(who.person, application=None, as_of=TODAY.date()).metrics

    assert figures() == {}
    row = caseload_use.of_coordinator(make_user(Role.DPH_REVIEWER), who.person.id, TODAY.date())
    assert row is not None
    assert (row.missing, row.light, row.children) == (1, None, 20)
    with time_machine.travel(TODAY):
        sign_in(client, make_user(Role.DPH_REVIEWER))
        assert "A vendor has not reported" in client.get(f"/caseload/coordinators/{who.person.id}").text
    filed(other, {(who.person.id, other.practice.id): line(30)})
    assert figures()["children_per_fte"] == Decimal("25.00")


def test_a_vendor_that_only_employs_somebody_and_places_them_nowhere_owes_no_line(who: Arranged) -> None:
    make_employment(who.person, arranged().vendor)
    filed(who, {who.pair: line(20)})
    assert dossiers.dossier_of(who.person, application=None, as_of=TODAY.date()).metrics["children_per_fte"] == 10


def test_the_monthly_data_of_a_vendor_is_judged_by_its_reports(who: Arranged) -> None:
    filed(who, {who.pair: line(10)}, month=SEPTEMBER, at=datetime(2026, 10, 9, 15, 0, tzinfo=UTC))
    filed(who, {who.pair: line(10)})
    filings = dossiers.dossier_of(who.vendor, application=None, as_of=TODAY.date()).filings["encounter data"]
    told = [(one.period_end, one.due_on, one.filed_on) for one in filings[:4]]
    assert told == [
        (date(2026, 11, 30), date(2026, 12, 15), None),
        (date(2026, 10, 31), date(2026, 11, 16), date(2026, 11, 9)),
        (date(2026, 9, 30), date(2026, 10, 15), date(2026, 10, 9)),
        (date(2026, 8, 31), date(2026, 9, 15), None),
    ]
