"""A renewal around its last day: what a late one is asked for, to the minute, and what grows old while DPH has it."""

import html
import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.demo.evidence import Person, sufficient
from certhub.models.certification import Application, Credential, CredentialPeriod
from certhub.models.parties import Party
from certhub.queries import credentials, evaluations
from certhub.queries.credentials import latest_period
from certhub.queries.evaluations import RenewalOutlook
from certhub.rules.evidence_forms import checked_value
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import (
    ApplicationKind,
    ApplicationStatus,
    CredentialStatus,
    Role,
    StatusEventKind,
    Verdict,
)
from certhub.services import applications, status_events
from certhub.services import evidence as evidence_service
from certhub.web.context import press
from tests import factories
from tests.factories import sign_in
from tests.integration.certification.test_lifecycle import train
from tests.integration.exposure.arranging import Placed, certified, placed
from tests.integration.parties.browsing import fetched, send

LAST = date(2027, 1, 31)
IN_TIME, IN_GRACE, AFTER_GRACE = (
    datetime(2027, 1, 20, 15, tzinfo=UTC),
    datetime(2027, 2, 5, 15, tzinfo=UTC),
    datetime(2027, 3, 5, 15, tzinfo=UTC),
)
REASONS = "CC-10B"


@pytest.fixture
def chain(app: Flask) -> Placed:
    return placed(credential_until=LAST)


@pytest.fixture
def desk(chain: Placed) -> lifecycle.Desk:
    found = lifecycle.Desk(
        factories.make_user(Role.VENDOR_HR, chain.vendor), factories.make_user(Role.DPH_REVIEWER), press()
    )
    hours = {"core": 17, "ethics_scope": 2, "cultural": 3, "family_partnership": 2}
    train(chain.person, found, on=date(2026, 9, 1), categories=hours)
    return found


def filled(chain: Placed, desk: lifecycle.Desk, at: datetime) -> Application:
    """A draft with all that is asked for at that moment."""
    with transaction():
        return lifecycle.furnished(lifecycle.opened(chain.person, desk, at=at), desk, at=at)


def filed(application: Application, desk: lifecycle.Desk, at: datetime) -> Application:
    with transaction():
        return lifecycle.submitted(application, desk, at=at)


def decided(application: Application, desk: lifecycle.Desk, at: datetime) -> CredentialPeriod:
    with transaction():
        lifecycle.reviewed(application, desk, at=at)
    with transaction():
        applications.approve(application, "", press=desk.press, actor=desk.reviewer, at=at)
    return newest(application.credential)


def newest(credential: Credential | None) -> CredentialPeriod:
    assert credential is not None
    period = latest_period(credential)
    assert period is not None
    return period


def status(credential: Credential, on: date) -> CredentialStatus:
    return credentials.view(credential, on=on).status


def asked(application: Application, at: datetime) -> set[str]:
    report = evaluations.judge(application, as_of=clock.civil_date(at)).report
    return {finding.requirement for finding in report.findings} - set(report.informational)


def test_a_draft_that_is_sent_in_after_the_last_day_is_asked_for_reasons(chain: Placed, desk: lifecycle.Desk) -> None:
    application = filled(chain, desk, IN_TIME)
    assert REASONS not in asked(application, IN_TIME)

    with pytest.raises(Refusal, match="CC-10B Reasons for a late renewal"):
        filed(application, desk, IN_GRACE)
    with transaction():
        lifecycle.furnished(application, desk, at=IN_GRACE)
    filed(application, desk, IN_GRACE)
    period = decided(application, desk, IN_GRACE + timedelta(days=15))

    assert application.kind is ApplicationKind.RENEWAL
    assert (period.starts_on, period.expires_on) == (date(2027, 2, 1), date(2029, 1, 31))
    kept = evaluations.as_closed(application)
    assert kept is not None
    assert REASONS in {finding.requirement for finding in kept.findings}
    assert REASONS not in kept.informational


def test_a_renewal_in_time_is_never_asked_for_reasons_however_late_it_is_decided(
    chain: Placed, desk: lifecycle.Desk
) -> None:
    application = filed(filled(chain, desk, IN_TIME), desk, IN_TIME)

    assert REASONS not in asked(application, IN_TIME + timedelta(days=200))
    period = decided(application, desk, IN_TIME + timedelta(days=20))
    assert period.starts_on == date(2027, 2, 1)


def test_reasons_are_written_by_the_signer_and_read_by_a_reviewer(chain: Placed, desk: lifecycle.Desk) -> None:
    application = filled(chain, desk, IN_GRACE)
    judgement = evaluations.judge(application, as_of=IN_GRACE.date())
    requirement = judgement.requirement(REASONS)
    assert requirement is not None
    finding = judgement.evaluation.finding(REASONS)
    assert finding is not None
    assert finding.awaiting_review
    assert finding.explanation == "Signed on February 5, 2027, with reasons. Waiting for review."

    [typed] = sufficient(requirement, on=IN_GRACE.date(), person=Person("Ana Ferreira"))
    with pytest.raises(Refusal, match="Reasons, in your own words") as refused:
        checked_value(requirement, {**typed, "reasons": " "}, today=IN_GRACE.date())
    assert refused.value.field == "reasons"


def test_the_form_asks_for_the_reasons_beside_the_text_that_is_signed(
    chain: Placed, desk: lifecycle.Desk, client: FlaskClient
) -> None:
    application = filled(chain, desk, IN_GRACE)
    with time_machine.travel(IN_GRACE, tick=True):
        path = f"/applications/{application.id}/requirements/{REASONS}/evidence/new"
        form = fetched(sign_in(client, desk.applicant), path)
        answer = send(client, path, agreed="y", signed_by="Ana Ferreira", occurred_on="2027-02-05", reasons="")

    assert "I have not worked as a certified care coordinator since that day" in " ".join(form.split())
    assert "(optional)" not in form.partition("Reasons, in your own words")[2].partition("</label>")[0]
    assert answer.status_code == 422
    assert 'Fill in "Reasons, in your own words".' in html.unescape(answer.text)


def test_whoever_takes_a_timely_renewal_back_files_the_next_one_late(chain: Placed, desk: lifecycle.Desk) -> None:
    credential = chain.credential(chain.person)
    first = filed(filled(chain, desk, IN_TIME), desk, IN_TIME)
    assert status(credential, IN_GRACE.date()) is CredentialStatus.RENEWAL_PENDING
    with transaction():
        applications.withdraw(first, actor=desk.applicant, at=IN_GRACE)

    assert status(credential, IN_GRACE.date() - timedelta(days=1)) is CredentialStatus.RENEWAL_PENDING
    assert status(credential, IN_GRACE.date()) is CredentialStatus.IN_GRACE
    assert REASONS in asked(filled(chain, desk, IN_GRACE), IN_GRACE)


def outlook(chain: Placed, on: date) -> RenewalOutlook | None:
    return evaluations.renewal_outlook(credentials.view(chain.credential(chain.person), on=on), as_of=on)


@pytest.mark.parametrize(
    ("on", "kind", "starts_on"),
    [
        (LAST, ApplicationKind.RENEWAL, date(2027, 2, 1)),
        (LAST + timedelta(days=1), ApplicationKind.RENEWAL, date(2027, 2, 1)),
        (LAST + timedelta(days=30), ApplicationKind.RENEWAL, date(2027, 2, 1)),
        (LAST + timedelta(days=31), ApplicationKind.REINSTATEMENT, date(2027, 3, 3)),
        (LAST + timedelta(days=365), ApplicationKind.REINSTATEMENT, date(2028, 1, 31)),
    ],
)
def test_the_outlook_follows_the_window_to_the_day(
    chain: Placed, on: date, kind: ApplicationKind, starts_on: date
) -> None:
    found = outlook(chain, on)

    assert found is not None
    assert (found.judgement.occasion.kind, found.judgement.term.starts_on) == (kind, starts_on)
    assert found.is_late is (LAST < on <= LAST + timedelta(days=30))
    assert found.due_on is not None
    assert found.due_on >= on
    assert (found.judgement.requirement(REASONS) is not None) is found.is_late


@pytest.mark.parametrize(
    ("filed_at", "words"),
    [
        (IN_TIME, "The next term begins on the day after the last day of this one"),
        (IN_GRACE, "It was filed while a late renewal was still taken."),
        (AFTER_GRACE, "A new term begins on the day on which DPH decides."),
    ],
    ids=["in time", "late", "to be reinstated"],
)
def test_what_was_filed_stays_what_it_is_while_it_waits_and_both_pages_say_so(
    chain: Placed, desk: lifecycle.Desk, client: FlaskClient, filed_at: datetime, words: str
) -> None:
    application = filed(filled(chain, desk, filed_at), desk, filed_at)
    much_later = LAST + timedelta(days=400)

    found = outlook(chain, much_later)
    assert found is not None
    judged = evaluations.judge(application, as_of=much_later)
    assert (found.filed_on, found.due_on) == (filed_at.date(), None)
    assert (found.judgement.occasion, found.judgement.term) == (judged.occasion, judged.term)
    assert found.judgement.evaluation == judged.evaluation

    with time_machine.travel(datetime(2028, 3, 6, 17, tzinfo=UTC), tick=True):
        page = fetched(sign_in(client, desk.applicant), f"/credentials/{chain.credential(chain.person).id}")
    assert words in page
    assert "Late renewal until" not in page
    assert "Too late to renew" not in page
    assert ("Until DPH decides, the credential stays in force." in page) is (filed_at is IN_TIME)


def test_lists_and_sentences_say_what_comes_after_the_last_day(
    chain: Placed, desk: lifecycle.Desk, client: FlaskClient
) -> None:
    """Neither a renewal that waits nor one that was granted early looks like a credential that ends."""
    number = chain.credential(chain.person).number
    application = filed(filled(chain, desk, IN_TIME), desk, IN_TIME)
    with time_machine.travel(IN_GRACE, tick=True):
        waits = fetched(sign_in(client, desk.applicant), "/coordinators")
    with transaction():
        on_probation = status_events.record(
            chain.credential(chain.person), StatusEventKind.PROBATION, effective_on=LAST, reason="Late reports.",
            actor=desk.reviewer, at=IN_TIME,
        )  # fmt: skip
    with time_machine.travel(IN_GRACE, tick=True):
        conditional = fetched(sign_in(client, desk.applicant), "/coordinators")
    with transaction():
        status_events.annul(on_probation, reason="A test.", actor=desk.reviewer, at=IN_TIME)
    decided(application, desk, IN_TIME)
    with time_machine.travel(IN_TIME, tick=True):
        granted = fetched(sign_in(client, desk.applicant), "/coordinators")
        own = fetched(client, f"/credentials/{chain.credential(chain.person).id}")

    assert re.search(rf'{number}.*2027-01-31 <span class="under">in force until DPH decides</span>', waits, re.DOTALL)
    assert "days ago</span>" not in waits + conditional
    assert "in force until DPH decides</span>" in conditional
    assert '2027-01-31 <span class="under">renewed through 2029-01-31</span>' in granted
    assert "It is renewed: the next term runs from February 1, 2027 through January 31, 2029." in own


def test_after_the_last_day_for_a_reinstatement_there_is_nothing_left_to_renew(chain: Placed) -> None:
    assert outlook(chain, LAST + timedelta(days=366)) is None


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-10, ("Next renewal", "You lose no day by filing early.", "stays in force until DPH decides")),
        (5, ("Late renewal</span>", "This will be a late renewal.", "Practice is not allowed until DPH has decided.")),
        (40, ("Reinstatement</h2>", "This will be a reinstatement.", "begins on the day on which DPH decides")),
        (366, ("Too late to renew", "This will be a first application.")),
    ],
    ids=["in time", "in grace", "after grace", "after a year"],
)
def test_the_pages_say_what_can_be_filed_and_from_when_it_would_run(
    chain: Placed, desk: lifecycle.Desk, client: FlaskClient, days: int, words: tuple[str, ...]
) -> None:
    """Lesson 12."""
    with time_machine.travel(datetime(2027, 1, 31, 17, tzinfo=UTC) + timedelta(days=days), tick=True):
        sign_in(client, desk.applicant)
        page = fetched(client, f"/credentials/{chain.credential(chain.person).id}")
        form = fetched(client, f"/parties/{chain.person.id}/applications/new")

    assert words[0] in page
    for sentence in words[1:]:
        assert sentence in " ".join(form.split())


def test_the_page_of_a_credential_leads_to_the_renewal_that_is_under_way(
    chain: Placed, desk: lifecycle.Desk, client: FlaskClient
) -> None:
    address = f"/credentials/{chain.credential(chain.person).id}"
    with time_machine.travel(datetime(2026, 10, 3, 17, tzinfo=UTC), tick=True):
        sign_in(client, desk.applicant)
        early = fetched(client, address)
    with time_machine.travel(datetime(2027, 1, 21, 17, tzinfo=UTC), tick=True):
        sign_in(client, desk.applicant)
        before = fetched(client, address)
        renewal = filled(chain, desk, clock.now())
        after = fetched(client, address)

    waits = "What is not met yet goes into the renewal application"
    assert f"{waits}, which opens on November 2, 2026." in early
    assert waits not in before
    assert "Apply for renewal" in before
    assert "Apply for renewal" not in after
    assert f'href="/applications/{renewal.id}">Go on with the renewal application' in after


def test_a_search_that_grew_old_is_done_again_by_the_department_and_no_day_is_lost(
    chain: Placed, desk: lifecycle.Desk, client: FlaskClient
) -> None:
    """Timely by its filing, fresh by its decision: see ADR 22."""
    application = filed(filled(chain, desk, IN_TIME), desk, IN_TIME)
    credential = chain.credential(chain.person)
    late = IN_TIME + timedelta(days=60)
    with transaction():
        lifecycle.reviewed(application, desk, at=IN_TIME + timedelta(days=1))

    with pytest.raises(Refusal, match="CC-06"), transaction():
        applications.approve(application, "", press=desk.press, actor=desk.reviewer, at=late)
    db.session.expire_all()
    assert status(credential, late.date()) is CredentialStatus.RENEWAL_PENDING
    with time_machine.travel(late, tick=True):
        page = fetched(sign_in(client, desk.reviewer), f"/applications/{application.id}")
        decision = fetched(client, f"/applications/{application.id}/decision")
    assert "The search of January 20, 2027 is older than 30 days on March 21, 2027." in page
    assert "Enter a new search" in page
    assert "Nobody may set aside CC-06" in decision
    assert "Recommend it to another person" not in decision
    assert f'href="/applications/{application.id}/requirements/CC-06/evidence/new">Enter what you find now' in decision

    requirement = evaluations.judge(application, as_of=late.date()).requirement("CC-06")
    assert requirement is not None
    [typed] = sufficient(requirement, on=late.date(), person=Person("Reviewer"))
    with transaction():
        given = checked_value(requirement, typed, today=late.date())
        found = evidence_service.provide(application, requirement, given, file=None, actor=desk.reviewer, at=late)
        applications.review_item(application, requirement, Verdict.ACCEPTED, "", actor=desk.reviewer, at=late)
    with pytest.raises(Refusal, match="DPH entered this"), transaction():
        evidence_service.take_back(application, found, actor=desk.applicant, at=late)
    with transaction():
        applications.approve(application, "", press=desk.press, actor=desk.reviewer, at=late)

    period = newest(credential)
    assert (period.starts_on, period.expires_on) == (date(2027, 2, 1), date(2029, 1, 31))


def test_the_department_enters_nothing_else_for_the_applicant(chain: Placed, desk: lifecycle.Desk) -> None:
    application = filled(chain, desk, IN_TIME)
    judgement = evaluations.judge(application, as_of=IN_TIME.date())

    for code, why in (("CC-10", "The applicant provides this"), ("CC-06", "while the application is with DPH")):
        requirement = judgement.requirement(code)
        assert requirement is not None
        typed = sufficient(requirement, on=IN_TIME.date(), person=Person("Reviewer"))[0]
        given = checked_value(requirement, typed, today=IN_TIME.date())
        with pytest.raises(Refusal, match=why), transaction():
            evidence_service.provide(
                application, requirement, given, file=None, actor=desk.reviewer, at=IN_TIME
            )  # fmt: skip


@pytest.mark.parametrize(
    ("last", "hours_from_utc"),
    [
        (date(2027, 7, 31), -4),
        (date(2027, 1, 31), -5),
        (date(2028, 2, 29), -5),  # a leap day
        (date(2027, 3, 14), -4),  # summer time begins: the day has 23 hours
        (date(2027, 11, 7), -5),  # summer time ends: the day has 25 hours
    ],
    ids=str,
)
def test_a_filing_at_23_59_is_in_time_and_one_at_00_01_is_late(app: Flask, last: date, hours_from_utc: int) -> None:
    """Lessons 14 and 15: the day is that of Massachusetts, to the minute."""
    midnight = datetime.combine(last, datetime.min.time(), timezone(timedelta(hours=hours_from_utc))) + timedelta(
        days=1
    )
    found = []
    for at in (midnight - timedelta(minutes=1), midnight + timedelta(minutes=1)):
        vendor = factories.make_vendor()
        credential = certified(vendor, last)
        desk = lifecycle.Desk(
            factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press()
        )
        instant = at.astimezone(UTC)
        with transaction():
            application = lifecycle.opened(db.session.get_one(Party, vendor.id), desk, at=instant)
            lifecycle.submitted(lifecycle.furnished(application, desk, at=instant), desk, at=instant)
        occasion = evaluations.judge(application, as_of=last + timedelta(days=9)).occasion
        found.append((application.submitted_on, occasion.is_late, status(credential, last + timedelta(days=1))))

    assert found == [
        (last, False, CredentialStatus.RENEWAL_PENDING),
        (last + timedelta(days=1), True, CredentialStatus.IN_GRACE),
    ]


def test_a_decision_of_the_last_minute_of_a_term_counts_from_its_own_day(chain: Placed, desk: lifecycle.Desk) -> None:
    application = filed(filled(chain, desk, AFTER_GRACE), desk, AFTER_GRACE)
    assert application.kind is ApplicationKind.REINSTATEMENT

    period = decided(application, desk, datetime(2027, 3, 16, 3, 59, tzinfo=UTC))

    assert (period.starts_on, period.expires_on) == (date(2027, 3, 15), date(2029, 3, 31))
    assert application.status is ApplicationStatus.APPROVED
