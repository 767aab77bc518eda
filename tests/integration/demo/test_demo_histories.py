"""The demo state shows what happens to a credential over the years: actions, late renewals, corrections, merges."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from certhub.database import db, transaction
from certhub.demo import actions, applicants, faults, filings, histories, late_renewals
from certhub.demo.timeline import moment
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential
from certhub.models.convenings import Convening, ConveningAttendance, ConveningTheme
from certhub.models.record_merges import RecordMerge
from certhub.queries import corrections, credential_status, evaluations, merge_plans, notices, submittals
from certhub.rules.permissions import OPERATOR
from certhub.rules.status import AUTHORIZED_STATUSES, status_on
from certhub.rules.submittals import SubmittalState
from certhub.rules.terms import ONE_DAY
from certhub.rules.vocabulary import (
    ApplicationKind,
    ApplicationStatus,
    CredentialStatus,
    HearingOutcome,
    Role,
    StatusEventKind,
)
from certhub.services import record_merges
from tests.integration.demo.loading import TODAY, NothingIsKept, assigned, party, statuses


def credential_of(name: str) -> Credential:
    return db.session.scalars(select(Credential).where(Credential.party_id == party(name).id)).one()


def renewal_of(name: str) -> Application:
    return db.session.scalars(
        select(Application).where(
            Application.party_id == party(name).id, Application.kind == ApplicationKind.RENEWAL
        )
    ).one()  # fmt: skip


def test_a_suspension_was_lifted_by_a_hearing_and_its_days_stay_on_the_timeline(demo: Flask) -> None:
    credential = credential_of(actions.SUSPENDED_AT_ONCE)
    of_credential = notices.of_credential(OPERATOR, credential)
    steps = notices.hearings_of(of_credential)

    [standing] = [one for one in corrections.recorded_events(credential) if one.event.superseded_at is None]
    event = standing.event
    assert event.kind is StatusEventKind.SUMMARY_SUSPENSION
    assert event.ends_on is not None
    assert [entry.outcome for entries in steps.values() for entry in entries if entry.outcome] == [
        HearingOutcome.REVERSED
    ]
    assert [notice.tells_an_end for notice in sorted(of_credential, key=lambda one: one.id)] == [False, True]
    history = credential_status.history_of(credential.id)
    assert status_on(history, event.effective_on) is CredentialStatus.SUMMARY_SUSPENSION
    assert status_on(history, event.ends_on + ONE_DAY) in AUTHORIZED_STATUSES


def test_a_probation_is_running_and_practice_goes_on(demo: Flask) -> None:
    assert statuses()[actions.ON_PROBATION] is CredentialStatus.PROBATION
    assert CredentialStatus.PROBATION in AUTHORIZED_STATUSES
    assert actions.ON_PROBATION in assigned()


def test_one_late_renewal_is_decided_and_the_work_ended_with_the_term(demo: Flask) -> None:
    first, second = sorted(credential_of(late_renewals.RENEWED_LATE).periods, key=lambda one: one.starts_on)
    application = renewal_of(late_renewals.RENEWED_LATE)

    assert application.status is ApplicationStatus.APPROVED
    assert application.submitted_on is not None
    assert first.expires_on < application.submitted_on <= first.grace_until
    assert second.starts_on == first.expires_on + ONE_DAY
    assert late_renewals.RENEWED_LATE not in assigned(application.submitted_on)
    assert late_renewals.RENEWED_LATE in assigned()


def test_one_late_renewal_is_looked_at_and_gave_its_reasons(demo: Flask) -> None:
    application = renewal_of(late_renewals.RENEWING_LATE)
    finding = evaluations.judge(application, as_of=TODAY).evaluation.finding("CC-10B")

    assert application.status is ApplicationStatus.UNDER_REVIEW
    assert finding is not None
    assert finding.provided
    assert statuses()[late_renewals.RENEWING_LATE] is CredentialStatus.EXPIRED
    assert late_renewals.RENEWING_LATE not in assigned()


def test_a_term_was_corrected_years_later_and_can_be_looked_at_in_both_histories(demo: Flask) -> None:
    credential = credential_of(histories.CORRECTED)
    [right] = [one for one in corrections.recorded_terms(credential) if one.correction is not None]
    wrong = right.replaced

    assert wrong is not None
    assert right.period.recorded_at - wrong.recorded_at > timedelta(days=730)
    between = right.period.starts_on - ONE_DAY
    known_then = credential_status.history_of(credential.id, right.period.recorded_at - ONE_DAY)
    assert status_on(known_then, between) in AUTHORIZED_STATUSES
    assert status_on(credential_status.history_of(credential.id), between) not in AUTHORIZED_STATUSES


def test_two_records_with_a_term_each_are_one_and_the_merge_can_be_undone(demo: Flask) -> None:
    done = db.session.scalars(select(RecordMerge)).one()
    kept, absorbed = party(histories.MERGED), party(histories.AGAIN.name)

    assert (done.kept_id, done.absorbed_id) == (kept.id, absorbed.id)
    assert credential_of(kept.name).periods
    assert credential_of(absorbed.name).periods
    assert statuses()[kept.name] in AUTHORIZED_STATUSES
    assert statuses()[absorbed.name] is CredentialStatus.VOID

    administrator = db.session.scalars(select(User).where(User.role == Role.DPH_ADMINISTRATOR)).one()
    with suppress(NothingIsKept), transaction():
        record_merges.undo(done, reason="They are two people.", actor=administrator, at=moment(TODAY))
        assert statuses()[absorbed.name] in AUTHORIZED_STATUSES
        assert not merge_plans.plan(done.kept, done.absorbed, on=TODAY).obstacles
        raise NothingIsKept
    assert statuses()[absorbed.name] is CredentialStatus.VOID


@pytest.mark.parametrize("name", [late_renewals.RENEWED_LATE, late_renewals.RENEWING_LATE, histories.MERGED])
def test_nobody_of_these_works_on_a_day_without_a_credential(demo: Flask, name: str) -> None:
    holds = credential_status.history_of(credential_of(name).id)
    first = min(term.starts_on for term in holds.periods)
    days = [first + timedelta(days=turn) for turn in range(0, (TODAY - first).days, 7)]

    assert not [day for day in days if name in assigned(day) and status_on(holds, day) not in AUTHORIZED_STATUSES]


def test_the_readme_leads_to_people_who_are_there(demo: Flask) -> None:
    told = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    shown = (
        actions.SUSPENDED_AT_ONCE, actions.ON_PROBATION, histories.CORRECTED, histories.MERGED,
        late_renewals.RENEWING_LATE, faults.EXPIRED_ASSIGNED.whose, applicants.WALKER,
    )  # fmt: skip

    assert all(f"**{name}**" in told for name in shown)
    assert all(party(name) for name in shown)


def test_two_state_meetings_were_held_with_people_and_themes_and_one_is_to_come(demo: Flask) -> None:
    meetings = db.session.scalars(select(Convening).order_by(Convening.held_on)).all()
    there = [
        db.session.scalar(
            select(func.count(ConveningAttendance.id)).where(ConveningAttendance.convening_id == meeting.id)
        )
        for meeting in meetings
    ]
    assert [meeting.held_on <= TODAY for meeting in meetings] == [True, True, False]
    assert [number > 10 for number in there if number is not None] == [True, True, False]
    assert {theme.convening_id for theme in db.session.scalars(select(ConveningTheme))} == {
        meeting.id for meeting in meetings[:2]
    }


def test_papers_between_applications_are_accepted_sent_back_and_waiting(demo: Flask) -> None:
    found = {
        (one.state, one.submittal.requirement_code, one.submittal.party.name)
        for credential in db.session.scalars(select(Credential))
        for one in submittals.of_credential(credential)
        if one.submittal.requirement_code not in filings.CODES
    }
    assert found == {
        (SubmittalState.ACCEPTED, "VO-06", "Harbor Family Collaborative"),
        (SubmittalState.WAITING, "VO-06", "Harbor Family Collaborative"),
        (SubmittalState.RETURNED, "VO-14", "Blackstone Care Network"),
    }
    assert submittals.waiting(OPERATOR, on=TODAY) == (1, 0)
