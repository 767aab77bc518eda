"""What waits for DPH, and the right to a hearing: told to whoever acts, and ended by what is done."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from certhub.database import transaction
from certhub.models.certification import Application, Credential, Evidence
from certhub.models.due_process import ActionNotice, HearingEntry
from certhub.models.submittals import Submittal
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.vocabulary import ApplicationStatus, HearingStep, Role, StatusEventKind, Verdict
from certhub.services import submittals
from tests.factories import WHEN, make_coordinator, make_user, make_vendor, saved
from tests.integration.reminders.arranging import (
    a_credential,
    a_renewal,
    an_event,
    changed,
    run_on,
    watch_from,
)
from tests.integration.reminders.dates import after, due, told

K = ObligationKind
BEGUN = date(2026, 8, 3)


@pytest.fixture
def credential(app: Flask) -> Credential:
    vendor = make_vendor()
    make_user(Role.VENDOR_HR, vendor, email="hr@example.org")
    make_user(Role.DPH_ADMINISTRATOR, email="admin@example.org")
    person = make_coordinator("Ana Ferreira", email="ana@example.org", vendor=vendor)
    watch_from(BEGUN)
    return a_credential(person, date(2028, 1, 31))


@pytest.fixture
def application(credential: Credential) -> Application:
    found = a_renewal(credential, ApplicationStatus.UNDER_REVIEW)
    reviewer = make_user(Role.DPH_REVIEWER, email="reviewer@example.org")
    changed(found, due_on=date(2026, 9, 10), reviewer_id=reviewer.id)
    return found


def test_the_reviewer_who_has_an_application_hears_before_its_goal_and_administrators_after_it(
    application: Application,
) -> None:
    make_user(Role.DPH_REVIEWER, email="other@example.org")
    run_on(date(2026, 9, 8))
    assert due(K.APPLICATION_GOAL) == [date(2026, 9, 10)]
    assert "Ana Ferreira: application under CC-CORE" in told("reviewer@example.org")
    assert (told("other@example.org"), told("admin@example.org")) == ("", "")
    run_on(date(2026, 9, 11))
    assert "See who has the application" in told("admin@example.org")
    assert told("hr@example.org") == ""


def returned(one: Application) -> None:
    changed(one, status=ApplicationStatus.INCOMPLETE, due_on=None)


def decided(one: Application) -> None:
    changed(one, status=ApplicationStatus.APPROVED, due_on=None, closed_on=date(2026, 9, 9), closed_at=WHEN)


def a_step_further(one: Application) -> None:
    changed(one, due_on=date(2026, 9, 20))


@pytest.mark.parametrize(
    ("act", "left", "why"),
    [
        (returned, [], "it is with the applicant"),
        (decided, [], "it was decided or closed"),
        (a_step_further, [date(2026, 9, 20)], "it came a step further"),
    ],
)
def test_a_goal_ends_when_it_is_no_longer_dphs_turn(
    application: Application, act: Callable[[Application], None], left: list[date], why: str
) -> None:
    run_on(date(2026, 9, 1))
    act(application)
    assert after(date(2026, 9, 2), K.APPLICATION_GOAL) == (left, [why])


GOAL = date(2026, 9, 10)


@pytest.fixture
def paper(credential: Credential) -> Submittal:
    """Handed in between applications, for DPH to look at by its goal."""
    version = credential.periods[0].standard_version_id
    sender = make_user(Role.COORDINATOR, credential.party, email="ana@example.org")
    evidence = saved(
        Evidence(
            party_id=credential.party_id, requirement_code="CC-06", value={}, provided_by_id=sender.id,
            recorded_at=WHEN,
        )
    )  # fmt: skip
    return saved(
        Submittal(
            evidence_id=evidence.id, party_id=credential.party_id, credential_id=credential.id,
            standard_version_id=version, requirement_code="CC-06", handed_in_on=BEGUN, due_on=GOAL,
        )
    )  # fmt: skip


def test_administrators_hear_of_a_paper_between_applications_on_the_day_of_its_goal_and_after_it(
    paper: Submittal,
) -> None:
    make_user(Role.DPH_REVIEWER, email="reviewer@example.org")
    assert after(GOAL - timedelta(days=1), K.PAPER_GOAL) == ([GOAL], [])
    assert told("admin@example.org") == ""
    run_on(GOAL)
    on_its_day = told("admin@example.org")
    assert "Ana Ferreira: paper that was handed in for CC-06" in on_its_day
    run_on(GOAL + timedelta(days=1))
    assert "It was due on September 10, 2026, 1 day ago." in told("admin@example.org")
    assert "It was due on September 10, 2026, 1 day ago." not in on_its_day
    for other in ("reviewer@example.org", "hr@example.org", "ana@example.org"):
        assert told(other) == ""


def accepted(paper: Submittal) -> None:
    looked_at(paper, Verdict.ACCEPTED)


def sent_back(paper: Submittal) -> None:
    looked_at(paper, Verdict.RETURNED)


def looked_at(paper: Submittal, verdict: Verdict) -> None:
    reviewer = make_user(Role.DPH_REVIEWER)
    with transaction():
        submittals.look_at(
            paper, verdict, reason="The page is cut off.", shown=None, base_url="https://certhub.example",
            actor=reviewer, at=WHEN,
        )  # fmt: skip


def taken_back(paper: Submittal) -> None:
    assert paper.evidence.provided_by is not None
    with transaction():
        submittals.take_back(paper, actor=paper.evidence.provided_by, at=WHEN)


@pytest.mark.parametrize("act", [accepted, sent_back, taken_back])
def test_a_reviewers_word_on_a_paper_ends_its_goal_and_says_why(
    paper: Submittal, act: Callable[[Submittal], None]
) -> None:
    run_on(GOAL)
    act(paper)
    assert after(GOAL + timedelta(days=1), K.PAPER_GOAL) == ([], ["DPH looked at it, or it was taken back"])
    assert "It was due on September 10, 2026, 1 day ago." not in told("admin@example.org")


UNTIL = date(2026, 9, 2)


@pytest.fixture
def notice(credential: Credential) -> ActionNotice:
    event = an_event(credential, StatusEventKind.SUSPENDED, BEGUN)
    return saved(
        ActionNotice(
            party_id=credential.party_id, party_name="Ana Ferreira", status_event_id=event.id, text="Suspended",
            appeal_until=UNTIL, issued_on=BEGUN, issued_by_id=make_user(Role.DPH_ADMINISTRATOR).id,
            issued_by_name="Rosemary Tan", recorded_at=WHEN,
        )
    )  # fmt: skip


def an_entry(notice: ActionNotice, step: HearingStep, on: date) -> HearingEntry:
    return saved(
        HearingEntry(
            notice_id=notice.id, step=step, happened_on=on, recorded_by_id=notice.issued_by_id, recorded_at=WHEN
        )
    )


def test_whoever_got_a_notice_hears_until_when_a_hearing_can_be_asked_for(notice: ActionNotice) -> None:
    run_on(UNTIL - timedelta(days=14))
    assert due(K.HEARING_REQUEST) == [UNTIL]
    assert f"about notice {notice.number}" in told("ana@example.org")
    assert told("hr@example.org") == ""  # the person's own right, and the employer is not told of the action by it


def asked(notice: ActionNotice) -> None:
    an_entry(notice, HearingStep.REQUESTED, BEGUN)


def lifted(notice: ActionNotice) -> None:
    assert notice.status_event is not None
    changed(notice.status_event, superseded_at=WHEN)


@pytest.mark.parametrize(
    ("act", "why"), [(asked, "a hearing was asked for"), (lifted, "the action was set aside or changed")]
)
def test_the_right_is_not_reminded_of_once_it_was_used_or_is_not_needed(
    notice: ActionNotice, act: Callable[[ActionNotice], None], why: str
) -> None:
    run_on(BEGUN)
    act(notice)
    assert after(BEGUN + timedelta(days=1), K.HEARING_REQUEST) == ([], [why])


def test_a_hearing_is_reminded_of_on_its_new_day_and_dph_records_what_came_of_it(notice: ActionNotice) -> None:
    first, second = date(2026, 9, 21), date(2026, 10, 5)
    an_entry(notice, HearingStep.REQUESTED, BEGUN)
    an_entry(notice, HearingStep.SCHEDULED, first)
    run_on(first - timedelta(days=14))
    assert "Your hearing about notice" in told("ana@example.org")
    an_entry(notice, HearingStep.SCHEDULED, second)
    assert after(date(2026, 9, 10), K.HEARING) == ([second], ["the hearing was put on another day"])
    run_on(second + timedelta(days=1))
    assert "record that it was held" in told("admin@example.org")
    an_entry(notice, HearingStep.HELD, second)
    assert after(second + timedelta(days=2), K.HEARING)[0] == []
