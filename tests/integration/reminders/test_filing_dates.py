"""What standards ask organizations to file after each quarter or year: told on its steps, and ended by the filing."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub.database import db, transaction
from certhub.documents.calendar import AllDay
from certhub.models.accounts import User
from certhub.models.certification import Credential, CredentialPeriod, Evidence
from certhub.models.messages import Obligation
from certhub.models.parties import Party
from certhub.models.submittals import FilingDue, Submittal
from certhub.queries import calendar, standards
from certhub.queries.obligation_sources.filings import FILED, NOT_IN_FORCE, WITH_DEPARTMENT
from certhub.queries.obligation_sources.source import CORRECTED
from certhub.queries.obligations import paused_because
from certhub.queries.standing import CREDENTIAL_ENDED
from certhub.rules.evidence_forms import checked_value
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.standard_draft import Raw
from certhub.rules.vocabulary import ApplicationStatus, Role, StatusEventKind, Transition, Verdict
from certhub.services import filing_dues, submittals
from certhub.services import standards as service
from certhub.web.addresses import due_link
from tests.factories import ARRANGING, make_program, make_user, make_vendor, saved, sign_in
from tests.integration.parties.browsing import statements_of
from tests.integration.reminders.arranging import (
    POLICIES,
    a_credential,
    a_period,
    a_renewal,
    an_event,
    changed,
    instant,
    ledger,
    run_on,
    watch_from,
)
from tests.integration.reminders.dates import closed, due, told
from tests.integration.standards.drafts import opened

K = ObligationKind.FILING
BEGUN = date(2027, 3, 8)
"""In the first quarter, with the report of the quarter before missing for more than a month already."""
QUARTER = date(2027, 3, 31)
FIRST, SECOND, SURVEY = date(2027, 4, 30), date(2027, 7, 30), date(2028, 3, 30)
"""By when the reports of the first two quarters of 2027 and its survey are due; 2028 is a leap year."""


@pytest.fixture
def vendor(app: Flask) -> Party:
    """A vendor that was certified in the first quarter of 2027, with its HR and an administrator of DPH."""
    vendor = make_vendor("Riverbend Families")
    make_user(Role.VENDOR_HR, vendor, email="hr@example.org")
    make_user(Role.DPH_ADMINISTRATOR, email="dph@example.org")
    changed(terms_of(a_credential(vendor, date(2028, 12, 31), "VO-CORE"))[0], starts_on=date(2027, 2, 1))
    watch_from(BEGUN)
    return vendor


def credential_of(party: Party) -> Credential:
    return db.session.scalars(select(Credential).where(Credential.party_id == party.id)).one()


def terms_of(credential: Credential) -> list[CredentialPeriod]:
    return list(db.session.scalars(select(CredentialPeriod).where(CredentialPeriod.credential_id == credential.id)))


def filed(party: Party, period_end: date, on: date, code: str = "VO-16") -> Submittal:
    """The holder hands in that something was filed."""
    credential = credential_of(party)
    version = standards.next_renewal(terms_of(credential)[-1], as_of=on).version
    requirement = next(one for one in standards.definition_of(version).requirements if one.code == code)
    typed = {"period_end": period_end.isoformat(), "occurred_on": on.isoformat()}
    given = checked_value(requirement, typed, today=on)
    with transaction():
        return submittals.hand_in(
            credential, version, requirement, given, file=None, actor=account(party), at=instant(on)
        )  # fmt: skip


def account(party: Party) -> User:
    return db.session.scalars(select(User).where(User.party_id == party.id)).one()


def looked_at(paper: Submittal, verdict: Verdict, on: date) -> None:
    reviewer = make_user(Role.DPH_REVIEWER)
    with transaction():
        submittals.look_at(
            paper, verdict, reason="Because", shown=None, base_url="https://certhub.example", actor=reviewer,
            at=instant(on),
        )  # fmt: skip


def paused(day: date) -> dict[date, str | None]:
    """Why nobody is reminded of what is open."""
    rows = select(Obligation.due_on, paused_because(day, [K])).where(Obligation.kind == K)
    return {row.due_on: row[1] for row in db.session.execute(rows.where(Obligation.closed_at.is_(None)))}


def test_a_report_is_due_a_month_after_each_quarter_and_a_survey_ninety_days_after_the_year(vendor: Party) -> None:
    assert due(K) == [FIRST, SURVEY]  # the running quarter and year; the one before was not held to its end
    run_on(date(2027, 4, 1))
    assert due(K) == [FIRST, SECOND, SURVEY]


def test_a_training_program_reports_each_year_and_is_asked_for_the_last_that_is_missing(app: Flask) -> None:
    a_credential(make_program(), date(2028, 12, 31), "TP-CORE")
    run_on(date(2027, 1, 4))
    assert due(K) == [date(2026, 3, 31), date(2027, 3, 31), date(2028, 3, 30)]


def test_the_vendor_hears_on_each_step_and_dph_from_the_day_after(vendor: Party) -> None:
    for day in (date(2027, 3, 31), date(2027, 4, 23), FIRST):
        before = told("hr@example.org").count("VO-16")
        run_on(day)
        assert told("hr@example.org").count("VO-16") == before + 1, day
    assert "Riverbend Families: filing VO-16, quarterly report of January to March 2027" in told("hr@example.org")
    assert "Then enter the last day of the period" in told("hr@example.org")
    assert told("dph@example.org") == ""
    run_on(date(2027, 5, 3))  # the first office day after it
    assert "Ask the organization for it." in told("dph@example.org")
    run_on(date(2027, 5, 17))
    assert [(step, status) for step, status, _ in ledger() if status == "sent" or step == -15][-1][0] == -15
    assert told("hr@example.org").count("VO-16") == 5


def test_the_filing_ends_it_once_dph_has_accepted_it_and_waits_with_dph_until_then(vendor: Party) -> None:
    run_on(date(2027, 4, 2))
    paper = filed(vendor, QUARTER, date(2027, 4, 5))
    run_on(date(2027, 4, 6))
    assert due(K) == [FIRST, SECOND, SURVEY]
    assert paused(date(2027, 4, 6)) == {FIRST: WITH_DEPARTMENT, SECOND: None, SURVEY: None}
    looked_at(paper, Verdict.ACCEPTED, date(2027, 4, 7))
    run_on(date(2027, 4, 8))
    assert (due(K), closed(K)) == ([SECOND, SURVEY], [FILED])


def test_what_dph_sent_back_or_is_of_another_period_or_of_a_draft_ends_nothing(vendor: Party) -> None:
    run_on(date(2027, 4, 2))
    looked_at(filed(vendor, QUARTER, date(2027, 4, 5)), Verdict.RETURNED, date(2027, 4, 6))
    looked_at(filed(vendor, QUARTER - timedelta(days=1), date(2027, 4, 5)), Verdict.ACCEPTED, date(2027, 4, 6))
    draft = a_renewal(credential_of(vendor), ApplicationStatus.DRAFT)
    saved(
        Evidence(
            party_id=vendor.id, application_id=draft.id, requirement_code="VO-16", recorded_at=instant(BEGUN),
            value={"period_end": QUARTER.isoformat()}, occurred_on=date(2027, 4, 5),
        )
    )  # fmt: skip
    run_on(date(2027, 4, 8))
    assert due(K) == [FIRST, SECOND, SURVEY]
    assert paused(date(2027, 4, 8))[FIRST] is None


def test_what_was_taken_back_is_asked_for_again(vendor: Party) -> None:
    run_on(date(2027, 4, 2))
    paper = filed(vendor, QUARTER, date(2027, 4, 5))
    with transaction():
        submittals.take_back(paper, actor=account(vendor), at=instant(date(2027, 4, 6)))
    assert paused(date(2027, 4, 6))[FIRST] is None


def test_a_vendor_that_lost_its_certificate_hears_nothing(vendor: Party) -> None:
    an_event(credential_of(vendor), StatusEventKind.REVOKED, date(2027, 3, 20))
    run_on(date(2027, 3, 31))
    assert (due(K), closed(K)) == ([], [CREDENTIAL_ENDED, CREDENTIAL_ENDED])
    assert "VO-16" not in told("hr@example.org")


def test_of_a_suspended_one_it_waits_and_no_period_is_added(vendor: Party) -> None:
    event = an_event(credential_of(vendor), StatusEventKind.SUSPENDED, date(2027, 3, 20))
    run_on(date(2027, 4, 1))
    assert paused(date(2027, 4, 1)) == {FIRST: NOT_IN_FORCE, SURVEY: NOT_IN_FORCE}
    changed(event, ends_on=date(2027, 4, 5))
    run_on(date(2027, 4, 7))
    assert paused(date(2027, 4, 7)) == {FIRST: None, SECOND: None, SURVEY: None}


def test_a_period_that_ended_before_the_certificate_or_between_two_is_not_asked_for(vendor: Party) -> None:
    [term] = terms_of(credential_of(vendor))
    last = date(2027, 3, 24)
    changed(term, expires_on=last, grace_until=last, reinstatement_until=last)
    run_on(date(2027, 3, 30))
    assert (due(K), closed(K)) == ([], [CREDENTIAL_ENDED] * 2)  # nothing can be renewed any more
    a_period(credential_of(vendor), date(2029, 4, 4), date(2027, 4, 5))
    run_on(date(2027, 4, 6))
    assert due(K) == [SECOND, SURVEY]
    assert filing_dues.NOT_HELD in {row.put_aside_because for row in db.session.scalars(select(FilingDue))}


def test_only_the_reports_that_are_judged_are_asked_for_and_the_earlier_ones_let_go(app: Flask) -> None:
    vendor = make_vendor()
    a_credential(vendor, date(2028, 12, 31), "VO-CORE")  # since the first of January 2025
    run_on(date(2026, 10, 29))
    assert due(K) == [date(2026, 3, 31), date(2026, 4, 30), date(2026, 7, 30), date(2026, 10, 30), date(2027, 1, 30),
                      date(2027, 3, 31)]  # fmt: skip
    run_on(date(2026, 11, 2))
    assert due(K)[1] == date(2026, 7, 30)
    assert closed(K) == [filing_dues.LATER_ONES]


def changed_to(raw: Raw) -> Raw:
    """A version without the survey, and with more time for the quarterly report."""
    kept = [one for one in raw["requirements"] if one["code"] != "VO-13"]
    for one in kept:
        if one["code"] == "VO-16":
            one["params"] = {**one["params"], "due_days": 45}
    return {**raw, "requirements": kept}


def test_what_a_later_version_asks_no_more_is_told_no_more_and_another_day_moves_it(vendor: Party) -> None:
    draft, at = opened("VO-CORE"), instant(date(2027, 3, 9))
    with transaction():
        seen = service.revise(draft.id, changed_to, seen=draft.definition_hash, actor=ARRANGING, at=at).definition_hash
        service.adopt(
            draft.id, seen=seen, effective_from=date(2027, 4, 1), transition=Transition.BY_SUBMISSION, actor=ARRANGING,
            at=at,
        )  # fmt: skip
    run_on(date(2027, 4, 2))
    assert due(K) == [FIRST + timedelta(days=15), SECOND + timedelta(days=15)]
    assert sorted(str(one) for one in closed(K)) == [CORRECTED, filing_dues.NO_LONGER_ASKED]


def test_many_are_noted_by_as_many_statements_as_few_and_a_day_without_news_writes_nothing(vendor: Party) -> None:
    def statements() -> list[str]:
        def look() -> None:
            db.session.expire_all()
            with transaction():
                filing_dues.note(BEGUN, floor=BEGUN - timedelta(days=POLICIES[K].open_days), at=instant(BEGUN))

        return statements_of(look)

    few = statements()
    assert not any(one.startswith(("INSERT", "UPDATE")) for one in few)
    for _ in range(4):
        a_credential(make_vendor(), date(2028, 12, 31), "VO-CORE")
        a_credential(make_program(), date(2028, 12, 31), "TP-CORE")
    written = statements()
    assert [one.split()[0] for one in written] == [*(one.split()[0] for one in few), "INSERT"]
    assert len(statements()) == len(few)
    assert db.session.scalar(select(func.count()).select_from(FilingDue)) == 2 + 4 * 6 + 4 * 3


def test_the_list_of_dates_the_calendar_and_the_ledgers_page_name_it_with_its_period(
    client: FlaskClient, vendor: Party
) -> None:
    run_on(FIRST)
    hr = account(vendor)
    with time_machine.travel(instant(FIRST), tick=False):
        browser = sign_in(client, hr)
        for address in ("/due?kind=filing", "/account/reminders"):
            assert "VO-16, quarterly report of January to March 2027" in browser.get(address).text
        found = calendar.events_of(hr, base_url="https://certhub.example", link=due_link(client.application))
    reports = {one.summary: one.when for one in found if "VO-16" in one.summary}
    assert reports == {
        "Due: filing VO-16, quarterly report of January to March 2027": AllDay(FIRST, FIRST),
        "Due: filing VO-16, quarterly report of April to June 2027": AllDay(SECOND, SECOND),
    }
