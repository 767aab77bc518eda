"""The demo state holds what its recipe says, shows each planted fault, and is the same on each load."""

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, true

from certhub.database import db, transaction
from certhub.demo import deadlines, faults, histories, state
from certhub.demo.applicants import WALKER
from certhub.demo.timeline import moment
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.ce_audits import CeAudit
from certhub.models.certification import Application, Certificate, Credential, CredentialPeriod, Evidence
from certhub.models.due_process import ActionNotice
from certhub.models.messages import Message, MessageStatus, Obligation, Reminder, ReminderNotice, ReminderStatus
from certhub.models.parties import Assignment, Coordinator, Employment, ExternalLicence, Party, Practice
from certhub.models.training import TrainingCompletion
from certhub.queries import (
    ce_audits,
    credentials,
    evaluations,
    exposure,
    independence,
    notices,
    record_merges,
    reviews,
)
from certhub.rules.business_days import holiday_on
from certhub.rules.exposure import Link, Reader
from certhub.rules.identifiers import npi_is_valid
from certhub.rules.languages import LANGUAGES
from certhub.rules.permissions import OPERATOR
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS, scored
from certhub.rules.status import AUTHORIZED_STATUSES
from certhub.rules.vocabulary import (
    ApplicationStatus,
    CredentialStatus,
    Discipline,
    HearingStep,
    Region,
    SubjectType,
)
from certhub.services import digests, obligations, password_hashing, reminders
from certhub.services.audit_verification import verify
from tests.conftest import Databases
from tests.integration.demo.loading import (
    LEAP_DAY,
    TODAY,
    Carbon,
    NothingIsKept,
    assigned,
    explanation,
    loaded,
    open_judgement,
    party,
    statuses,
)


def reminded(today: date) -> set[str]:
    """Whom the first run of the worker would write to about the licence that is about to end; nothing is kept."""
    told: set[str] = set()
    with suppress(NothingIsKept), transaction():
        reminders.plan(today, policies=obligations.shipped_policies(), at=moment(today))
        told = set(
            db.session.scalars(
                select(ReminderNotice.recipient)
                .join(Reminder, Reminder.id == ReminderNotice.reminder_id)
                .join(Obligation, Obligation.id == Reminder.obligation_id)
                .where(
                    Obligation.party_id == party(deadlines.REMINDED).id,
                    ReminderNotice.status == ReminderStatus.PLANNED,
                )
            )
        )
        waiting = digests.waiting_recipients("", None)
        assert told <= set(waiting)
        assert digests.enqueue_digests(
            waiting, today, policies=obligations.shipped_policies(), link=lambda _item: "/", at=moment(today)
        ) == len(waiting)
        raise NothingIsKept
    return told


# --- the recipe -------------------------------------------------------------------------------------------------------


def test_the_counts_are_those_of_the_recipe(demo: Flask) -> None:
    kinds = Counter(db.session.scalars(select(Party.kind)))
    assert kinds == {
        SubjectType.VENDOR: 8,
        SubjectType.COORDINATOR: 62,  # sixty people, one of them on file twice, and one until two records were merged
        SubjectType.PRACTICE: 45,
        SubjectType.TRAINING_PROGRAM: 3,
    }
    assert Counter(db.session.scalars(select(Coordinator.discipline))) == {
        Discipline.NURSE: 15,
        Discipline.SOCIAL_WORKER: 22,  # one of them on a record that was merged
        Discipline.EDUCATOR: 7,  # one of them on file twice
        Discipline.THERAPIST: 6,
        Discipline.EXPERIENCED_PARENT: 12,
    }
    practices = Counter(db.session.scalars(select(Practice.region)))
    assert practices == {
        Region.WESTERN: 5,
        Region.CENTRAL: 6,
        Region.NORTHEAST: 9,
        Region.METRO_WEST: 10,
        Region.SOUTHEAST: 9,
        Region.BOSTON: 6,
    }
    assert set(db.session.scalars(select(Party.region).where(Party.kind == SubjectType.VENDOR))) == set(Region)


def test_every_coordinator_was_employed_by_a_vendor_and_most_are_certified(demo: Flask) -> None:
    employed = set(db.session.scalars(select(Employment.coordinator_id)))
    authorized = [name for name, status in statuses().items() if status in AUTHORIZED_STATUSES]

    [double] = record_merges.page_of_doubles(OPERATOR).rows
    assert double.name == histories.TWICE
    standing = set(db.session.scalars(select(Coordinator.id).where(Coordinator.merged_into_id.is_(None))))
    assert employed == standing - {other.id for other in double.others}
    assert len(authorized) >= 40
    ends = db.session.scalars(select(CredentialPeriod.expires_on).where(CredentialPeriod.expires_on >= TODAY)).all()
    for days in (10, 45, 75, 100):
        assert any(end <= TODAY + timedelta(days=days) for end in ends)
    assert len(set(ends)) >= 20


def test_something_stands_in_each_status_a_hearing_is_asked_for_and_an_override_waits_for_a_second_person(
    demo: Flask,
) -> None:
    found = db.session.scalars(select(Application).order_by(Application.id)).all()

    assert {application.status for application in found} == set(ApplicationStatus) - {ApplicationStatus.EXPIRED}
    [denied] = [application for application in found if application.status is ApplicationStatus.DENIED]
    [notice] = [one for one in notices.of_application(denied) if one.decision_id]
    judged = evaluations.as_closed(denied)
    assert judged is not None
    assert [one.requirement for one in judged.findings if not one.satisfied] == ["CC-04"]  # what the denial says
    assert notice.appeal_until is not None
    assert notice.appeal_until >= TODAY
    assert [entry.step for entry in notices.hearing_of(notice)] == [HearingStep.REQUESTED]
    assert any(one.tells_an_end for one in db.session.scalars(select(ActionNotice)))
    [recommended] = [application for application in found if application.status is ApplicationStatus.RECOMMENDED]
    standing = reviews.recommendation_of(recommended)
    assert standing is not None
    assert [one["code"] for one in standing.overrides] == ["CC-09"]
    assert any(
        period.starts_on > TODAY for period in db.session.scalars(select(CredentialPeriod))
    )  # renewed before the first term ended


def test_the_hr_person_finds_a_draft_that_lacks_only_a_few_things(demo: Flask) -> None:
    hr = db.session.scalars(select(User).where(User.email == "hr@example.org")).one()
    application = db.session.scalars(
        select(Application).where(
            Application.owner_id == hr.party_id,
            Application.status == ApplicationStatus.DRAFT,
            Application.credential_id.is_(None),
        )
    ).one()

    judgement = evaluations.judge(application, as_of=TODAY)
    missing = [finding.requirement for finding in judgement.evaluation.findings if not finding.provided]

    assert missing == ["CC-01", "CC-05", "CC-07"]
    assert not judgement.evaluation.complete


def test_the_coordinator_with_an_account_has_part_of_the_hours(demo: Flask) -> None:
    credential = db.session.scalars(select(Credential).where(Credential.party_id == party(WALKER).id)).one()

    outlook = evaluations.renewal_outlook(credentials.view(credential, on=TODAY), as_of=TODAY)

    assert outlook is not None
    finding = outlook.judgement.evaluation.finding("CC-09")
    assert finding is not None
    assert finding.explanation.startswith("13.5 of 24 hours")
    assert finding.due_on == date(2027, 1, 31)


def test_there_is_an_account_for_each_role_and_one_password_for_all(demo: Flask) -> None:
    listed = state.accounts()
    with_password = db.session.scalars(select(User).where(User.password_hash.is_not(None))).all()

    assert [email for _, email, _ in listed] == [email for _, email in state.ACCOUNTS]
    assert {user.email for user in with_password} == {email for _, email in state.ACCOUNTS}
    assert all(password_hashing.is_right(user.password_hash, state.PASSWORD) for user in with_password)


def test_loading_leaves_only_a_handful_of_mails_to_send(demo: Flask) -> None:
    counts = Counter(db.session.scalars(select(Message.status)))

    assert counts.keys() == {MessageStatus.QUEUED, MessageStatus.SENT}
    assert 1 <= counts[MessageStatus.QUEUED] <= 10
    assert counts[MessageStatus.SENT] > 200
    assert db.session.scalar(select(func.count()).select_from(Obligation).where(Obligation.due_on >= TODAY))


def test_the_first_run_of_the_worker_reminds_a_coordinator_and_the_employer_even_on_a_weekend(demo: Flask) -> None:
    assert TODAY.weekday() == 5
    assert reminded(TODAY) == {party(deadlines.REMINDED).email, "hr2@example.org"}


def test_the_audit_trail_holds_follows_time_and_ends_before_the_day(demo: Flask) -> None:
    times = db.session.scalars(select(AuditEntry.at).where(AuditEntry.seq > 10).order_by(AuditEntry.seq)).all()
    story = [at for at in times if at > moment(date(2021, 12, 1))]

    assert verify().broken is None
    assert max(times) < moment(TODAY)
    assert story[: len(story) - 30] == sorted(story[: len(story) - 30])


def test_each_step_tells_its_own_change_of_an_application(demo: Flask) -> None:
    approved = db.session.scalars(
        select(Application.id).where(Application.status == ApplicationStatus.APPROVED)
    ).first()
    entries = db.session.execute(
        select(AuditEntry.action, AuditEntry.changes)
        .where(AuditEntry.subject_type == "application", AuditEntry.subject_id == approved)
        .order_by(AuditEntry.seq)
    ).all()

    told = {action: changes for action, changes in entries}  # noqa: C416  (a Row is not a pair to the type checker)
    assert '"status"' not in told["application.opened"]
    assert '"status":["draft","submitted"]' in told["application.submitted"].replace(" ", "")
    assert '"status":["under_review","approved"]' in told["application.approved"].replace(" ", "")


def test_every_provider_number_and_contact_is_well_formed(demo: Flask) -> None:
    assert all(npi_is_valid(npi) for npi in db.session.scalars(select(Practice.npi)))
    assert all(email.endswith("@example.org") for email in db.session.scalars(select(Party.email)) if email)
    assert all(phone.startswith("617-555-01") for phone in db.session.scalars(select(Party.phone)) if phone)


# --- the planted faults -----------------------------------------------------------------------------------------------


def test_each_fault_has_a_name_a_sentence_and_a_record(demo: Flask) -> None:
    assert len({fault.name for fault in faults.FAULTS}) == len(faults.FAULTS)
    for fault in faults.FAULTS:
        assert fault.sentence.endswith(".")
        assert party(fault.whose)


def test_exactly_one_coordinator_is_expired_and_still_assigned(demo: Flask) -> None:
    found = statuses()
    barred = [name for name in assigned() if found[name] not in AUTHORIZED_STATUSES]

    assert barred == [faults.EXPIRED_ASSIGNED.whose]
    assert found[barred[0]] is CredentialStatus.EXPIRED


def test_exactly_one_credential_stays_in_force_past_its_date(demo: Flask) -> None:
    assert [name for name, status in statuses().items() if status is CredentialStatus.RENEWAL_PENDING] == [
        faults.PENDING_PAST_DATE.whose
    ]


def test_exactly_one_employment_conflict_stands(demo: Flask) -> None:
    [conflict] = independence.conflicts_where(true(), from_on=TODAY)

    assert faults.EMPLOYED_BY_PRACTICE.whose in conflict.sentence
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.actor == faults.LEGACY.name)).one()
    assert "before the rule of independence" in entry.changes


def test_the_debarment_search_found_a_match_after_the_award(demo: Flask) -> None:
    assert "found a match" in explanation(faults.DEBARRED.whose, "VO-05")
    assert open_judgement(faults.DEBARRED.whose).evaluation.unmet_critical == ("VO-05",)


def test_one_financial_report_was_filed_late(demo: Flask) -> None:
    assert "late" in explanation(faults.REPORT_LATE.whose, "VO-04")


def test_three_references_cover_nine_of_ten_competencies(demo: Flask) -> None:
    assert "Professional Skills" in explanation(faults.NINE_OF_TEN.whose, "CC-04")


def test_a_renewal_has_24_hours_and_none_on_ethics(demo: Flask) -> None:
    told = explanation(faults.NO_ETHICS.whose, "CC-09")

    assert told.startswith("24 of 24 hours")
    assert "ethics 0 of 2" in told


def test_the_medical_home_index_rises_in_a_year(demo: Flask) -> None:
    practice = party(faults.INDEX_RISES.whose)
    indexes = [
        scored(INSTRUMENTS["MHI-FV"], item.value["scores"])
        for item in db.session.scalars(
            select(Evidence)
            .where(Evidence.party_id == practice.id, Evidence.requirement_code == "PR-03")
            .order_by(Evidence.id)
        )
    ]

    assert [str(index.domain_means["3"]) for index in indexes] == ["3.83", "6.33"]


def test_one_application_has_waited_for_208_days(demo: Flask) -> None:
    application = db.session.scalars(
        select(Application).where(Application.party_id == party(faults.IDLE.whose).id)
    ).one()

    assert application.status is ApplicationStatus.SUBMITTED
    assert application.reviewer_id is None
    assert application.submitted_on == TODAY - timedelta(days=208)


def test_a_licence_ends_on_a_saturday_that_is_a_holiday(demo: Flask) -> None:
    end = db.session.scalars(
        select(ExternalLicence.expires_on).where(
            ExternalLicence.coordinator_id == party(faults.SATURDAY_HOLIDAY.whose).id
        )
    ).one()

    assert end is not None
    assert end.weekday() == 5
    assert holiday_on(end)


def test_two_practices_share_a_number(demo: Flask) -> None:
    doubles = db.session.execute(select(Practice.npi).group_by(Practice.npi).having(func.count() > 1)).scalars().all()

    assert doubles == [db.session.scalars(select(Practice.npi).where(Practice.name == faults.SHARED_NPI.whose)).one()]


def test_an_exposure_was_told_to_all_readers_and_a_sample_can_be_drawn_again(demo: Flask) -> None:
    told = exposure.told(OPERATOR, Link.CREDENTIAL, party(faults.EXPIRED_ASSIGNED.whose).id)
    assert {one.reader for one in told if one.status is MessageStatus.SENT} == set(Reader)
    assert ce_audits.again(db.session.scalars(select(CeAudit)).one()).equal


def test_names_in_other_scripts_are_printed_in_latin_letters(demo: Flask) -> None:
    holders = set(db.session.scalars(select(Certificate.facts["holder_name"].as_string())))

    assert {"Kathleen O'Brien", "Chen Mei-Ling", "Aisha Al-Hassan", "Nguyễn Thị Lan"} <= holders
    assert party(faults.RIGHT_TO_LEFT.whose).preferred_language == "ar"
    assert set(db.session.scalars(select(Party.preferred_language))) <= set(LANGUAGES)


# --- the same on each load --------------------------------------------------------------------------------------------


def numbers_and_dates() -> list[object]:
    """Everything that a person would recognize: who, which number, from when to when, what and when."""
    entries = select(AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.subject_type, AuditEntry.party_id)
    statements = (
        select(Party.name, Party.email, Party.phone, Party.region).order_by(Party.id),
        select(Credential.number, Credential.granted_on, Credential.party_id).order_by(Credential.id),
        select(CredentialPeriod.starts_on, CredentialPeriod.expires_on).order_by(CredentialPeriod.id),
        select(Application.party_id, Application.status, Application.submitted_on).order_by(Application.id),
        select(TrainingCompletion.title, TrainingCompletion.completed_on).order_by(TrainingCompletion.id),
        select(Assignment.coordinator_id, Assignment.practice_id, Assignment.starts_on).order_by(Assignment.id),
        entries.where(AuditEntry.actor != "test").order_by(AuditEntry.seq),
    )
    return [tuple(row) for statement in statements for row in db.session.execute(statement)]


@pytest.mark.only_on("sqlite")  # half a minute, and the other tests load it on PostgreSQL as well
def test_loading_again_gives_the_same_names_numbers_and_dates(
    demo: Flask, databases: Databases, tmp_path: Path
) -> None:
    first, codes = numbers_and_dates(), set(db.session.scalars(select(Certificate.verification_code)))

    with loaded(databases, tmp_path, TODAY, Carbon()):
        second, others = numbers_and_dates(), set(db.session.scalars(select(Certificate.verification_code)))

    assert second == first
    assert len(others) == len(codes)
    assert not codes & others


@pytest.mark.only_on("sqlite")  # half a minute, and the other tests load it on PostgreSQL as well
def test_the_state_can_be_loaded_on_a_leap_day(databases: Databases, tmp_path: Path) -> None:
    with loaded(databases, tmp_path, LEAP_DAY, Carbon()):
        found = statuses(LEAP_DAY)
        barred = [name for name in assigned(LEAP_DAY) if found[name] not in AUTHORIZED_STATUSES]
        assert barred == [faults.EXPIRED_ASSIGNED.whose]
        assert found[faults.PENDING_PAST_DATE.whose] is CredentialStatus.RENEWAL_PENDING
        assert len(independence.conflicts_where(true(), from_on=LEAP_DAY)) == 1
        assert "found a match" in explanation(faults.DEBARRED.whose, "VO-05", LEAP_DAY)
        assert "late" in explanation(faults.REPORT_LATE.whose, "VO-04", LEAP_DAY)
        assert "ethics 0 of 2" in explanation(faults.NO_ETHICS.whose, "CC-09", LEAP_DAY)
        assert reminded(LEAP_DAY)
