"""From the first draft to the certificate and on to the renewal, for all four kinds of subject."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.documents.engines import TypstEngine
from certhub.filestore import FolderStore
from certhub.models.certification import Application, Certificate, CredentialPeriod
from certhub.models.messages import Message
from certhub.models.parties import Party
from certhub.models.training import TrainingCompletion
from certhub.queries import certification, credentials, evaluations, idle_applications
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import require_credential_number
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import (
    ApplicationKind,
    ApplicationStatus,
    CredentialStatus,
    Role,
    StatusEventKind,
    Verdict,
)
from certhub.services import applications, audit, certificates, status_events
from tests import factories

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def press(tmp_path: Path) -> certificates.Press:
    return certificates.Press(
        TypstEngine(), FolderStore(tmp_path), "https://certhub.example.org", "A. Director", "Director"
    )


@pytest.fixture
def desk(app: Flask, press: certificates.Press) -> lifecycle.Desk:
    vendor = factories.make_vendor()
    return lifecycle.Desk(
        applicant=factories.make_user(Role.VENDOR_HR, vendor),
        reviewer=factories.make_user(Role.DPH_REVIEWER),
        press=press,
    )


def train(person: Party, desk: lifecycle.Desk, *, on: date, categories: dict[str, int], approved: bool = True) -> None:
    """Hours by category, and the five modules of the core curriculum."""
    with transaction() as session:
        rows: list[tuple[str, str | None, str, int]] = [
            ("Core training", None, category, hours) for category, hours in categories.items()
        ]
        rows += [(f"Module {n}", f"PCCC-M{n}", "core", 1) for n in range(1, 6)]
        for title, code, category, hours in rows:
            session.add(
                TrainingCompletion(
                    coordinator_id=person.id,
                    title=title,
                    provider="Institute",
                    provider_approved=approved,
                    course_code=code,
                    category=category,
                    minutes=hours * 60,
                    completed_on=on,
                    recorded_at=START,
                )
            )
        audit.record(desk.applicant, AuditAction.TRAINING_RECORDED, person, at=START)


def certify(party: Party, desk: lifecycle.Desk, at: datetime = START) -> Application:
    with transaction():
        return lifecycle.certified(party, desk, at=at)


def test_a_vendor_goes_from_draft_to_certificate(desk: lifecycle.Desk) -> None:
    vendor = db.session.get_one(Party, desk.applicant.party_id)

    application = certify(vendor, desk)

    assert application.status is ApplicationStatus.APPROVED
    [credential] = credentials.of_party(desk.reviewer, vendor.id)
    assert require_credential_number(credential.number) == credential.number
    assert credential.number.startswith("VO-2026-")
    view = credentials.view(credential, on=date(2026, 3, 20))
    assert view.status is CredentialStatus.CURRENT
    assert view.periods[0].because
    assert view.certificates[0].facts["holder_name"] == vendor.name
    assert desk.press.store.get(view.certificates[0].sha256).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("make", "role", "prefix"),
    [
        (factories.make_practice, Role.PRACTICE_MANAGER, "PC-"),
        (factories.make_program, Role.TRAINING_PROVIDER, "TP-"),
    ],
)
def test_other_organizations_go_through_the_same_lifecycle_under_their_own_standard(
    desk: lifecycle.Desk, make: object, role: Role, prefix: str
) -> None:
    party = make()  # type: ignore[operator]  # one of the two factories above
    own = lifecycle.Desk(factories.make_user(role, party), desk.reviewer, desk.press)

    certify(party, own)

    [credential] = credentials.of_party(desk.reviewer, party.id)
    assert credential.number.startswith(prefix)


def certified_coordinator(desk: lifecycle.Desk) -> tuple[Party, Application]:
    vendor = db.session.get_one(Party, desk.applicant.party_id)
    certify(vendor, desk)
    person = factories.make_coordinator(vendor=vendor)  # type: ignore[arg-type]  # the vendor's row, loaded as a party
    train(person, desk, on=date(2026, 2, 1), categories={"core": 34, "ethics_scope": 3, "cultural": 3})
    return person, certify(person, desk, START + timedelta(days=20))


def test_a_coordinator_is_certified_when_the_vendor_is(desk: lifecycle.Desk) -> None:
    person, application = certified_coordinator(desk)

    [credential] = credentials.of_party(desk.applicant, person.id)
    period = credentials.view(credential, on=date(2026, 4, 10)).periods[0]
    assert application.submitted_on == date(2026, 3, 22)
    assert (period.starts_on, period.expires_on) == (date(2026, 4, 3), date(2028, 4, 30))


def test_an_incomplete_application_is_refused_with_what_is_missing_and_stays_a_draft(desk: lifecycle.Desk) -> None:
    vendor = db.session.get_one(Party, desk.applicant.party_id)
    with transaction():
        application = lifecycle.opened(vendor, desk, at=START)
        lifecycle.furnished(application, desk, at=START, leave_out=frozenset({"VO-06", "VO-08"}))

    with pytest.raises(Refusal, match=r"VO-06.*VO-08"), transaction():
        applications.submit(application, base_url="https://x.example", actor=desk.applicant, at=START)

    db.session.expire_all()
    assert application.status is ApplicationStatus.DRAFT
    assert application.submitted_at is None


def test_returned_items_must_be_given_anew_before_it_is_submitted_again(desk: lifecycle.Desk) -> None:
    vendor = db.session.get_one(Party, desk.applicant.party_id)
    with transaction():
        application = lifecycle.furnished(lifecycle.opened(vendor, desk, at=START), desk, at=START)
        lifecycle.submitted(application, desk, at=START)
        applications.take_up(application, actor=desk.reviewer, at=START)
        requirement = evaluations.judge(application, as_of=date(2026, 3, 2)).requirement("VO-06")
        assert requirement is not None
        applications.review_item(
            application, requirement, Verdict.RETURNED, "It expired. Send the new one.", actor=desk.reviewer, at=START
        )
        applications.return_for_correction(application, base_url="https://x.example", actor=desk.reviewer, at=START)
    later = START + timedelta(days=3)

    with pytest.raises(Refusal, match="VO-06"), transaction():
        applications.submit(application, base_url="https://x.example", actor=desk.applicant, at=later)
    with transaction():
        file = lifecycle.paper(application, desk, at=later)
        lifecycle.provide(application, requirement, desk, file=file, at=later)
        applications.submit(application, base_url="https://x.example", actor=desk.applicant, at=later)

    assert application.status is ApplicationStatus.SUBMITTED
    assert application.submitted_on == date(2026, 3, 2)  # the first complete filing counts
    told = db.session.scalars(select(Message.body_text).where(Message.kind == "application-returned")).all()
    assert told
    assert all("It expired. Send the new one." in text for text in told)


def test_an_approval_is_refused_while_a_critical_requirement_is_not_met(desk: lifecycle.Desk) -> None:
    vendor = db.session.get_one(Party, desk.applicant.party_id)
    with transaction():
        application = lifecycle.submitted(
            lifecycle.furnished(lifecycle.opened(vendor, desk, at=START), desk, at=START), desk, at=START
        )
        applications.take_up(application, actor=desk.reviewer, at=START)

    with pytest.raises(Refusal, match="critical"), transaction():
        applications.approve(application, "Looks fine", press=desk.press, actor=desk.reviewer, at=START)

    db.session.expire_all()
    assert application.status is ApplicationStatus.UNDER_REVIEW
    assert not db.session.scalars(select(CredentialPeriod)).all()


def test_a_renewal_runs_from_the_previous_expiry_and_the_old_certificate_stays_verifiable(desk: lifecycle.Desk) -> None:
    """Lesson 1."""
    vendor = db.session.get_one(Party, desk.applicant.party_id)
    certify(vendor, desk)
    [credential] = credentials.of_party(desk.reviewer, vendor.id)
    first = credentials.view(credential, on=date(2026, 4, 1)).periods[0]
    early = datetime.combine(first.expires_on - timedelta(days=60), datetime.min.time(), tzinfo=UTC).replace(hour=15)

    renewal = certify(vendor, desk, early)

    assert renewal.kind is ApplicationKind.RENEWAL
    view = credentials.view(credential, on=early.date())
    assert view.periods[0].starts_on == first.expires_on + timedelta(days=1)
    assert len(view.certificates) == 2
    for certificate in view.certificates:
        assert credentials.verify(certificate.verification_code, on=early.date()) is not None


def revoked(desk: lifecycle.Desk, vendor: Party, *, on: date) -> None:
    [credential] = credentials.of_party(desk.reviewer, vendor.id)
    administrator = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        status_events.record(
            credential, StatusEventKind.REVOKED, effective_on=on, ends_on=None, reason="Fraud.", citation="",
            actor=administrator, at=datetime.combine(on, datetime.min.time(), tzinfo=UTC).replace(hour=15),
        )  # fmt: skip


def test_a_revoked_credential_is_neither_applied_for_nor_renewed(desk: lifecycle.Desk) -> None:
    vendor = db.session.get_one(Party, desk.applicant.party_id)
    certify(vendor, desk)
    [credential] = credentials.of_party(desk.reviewer, vendor.id)
    [period] = credentials.view(credential, on=date(2026, 4, 1)).periods
    window = datetime.combine(period.expires_on - timedelta(days=60), datetime.min.time(), tzinfo=UTC).replace(hour=15)
    with transaction():
        application = lifecycle.opened(vendor, desk, at=window)
        lifecycle.furnished(application, desk, at=window)
        lifecycle.submitted(application, desk, at=window)
        lifecycle.reviewed(application, desk, at=window)
    revoked(desk, vendor, on=window.date() + timedelta(days=1))
    later = window + timedelta(days=2)

    with pytest.raises(Refusal, match="Revoked since"), transaction():
        applications.approve(application, "", press=desk.press, actor=desk.reviewer, at=later)
    with transaction():
        applications.deny(application, "Revoked.", base_url="https://x.example", actor=desk.reviewer, at=later)
    with pytest.raises(Refusal, match="cannot be renewed"), transaction():
        applications.open_(vendor, base_url=desk.press.base_url, actor=desk.applicant, at=later)

    view = credentials.view(credential, on=later.date())
    assert len(view.periods) == 1
    assert evaluations.renewal_outlook(view, as_of=later.date()) is None
    assert certification.panel_of(desk.reviewer, vendor, on=later.date()).may_apply_for is None


def test_an_application_that_is_left_alone_for_a_year_is_closed_once_and_the_applicant_is_told(
    desk: lifecycle.Desk,
) -> None:
    vendor = db.session.get_one(Party, desk.applicant.party_id)
    with transaction():
        application = lifecycle.opened(vendor, desk, at=START)
    last = START.date() + timedelta(days=365)

    assert idle_applications.left_alone(last, limit=5) == []
    assert idle_applications.left_alone(last + timedelta(days=1), limit=5) == [application]
    with transaction():
        applications.expire(
            application, base_url="https://x.example", actor=desk.reviewer, at=START + timedelta(days=366)
        )

    assert (application.status, application.closed_on) == (ApplicationStatus.EXPIRED, last + timedelta(days=1))
    assert idle_applications.left_alone(date(2030, 1, 1), limit=5) == []
    told = db.session.scalars(select(Message).where(Message.kind == "application-closed")).all()
    assert {message.recipient for message in told} == {desk.applicant.email, vendor.email}
    assert all("since March 2, 2026" in message.body_text for message in told)


def test_a_returned_renewal_that_nobody_corrects_stops_keeping_the_credential_in_force(desk: lifecycle.Desk) -> None:
    vendor = db.session.get_one(Party, desk.applicant.party_id)
    certify(vendor, desk)
    [credential] = credentials.of_party(desk.reviewer, vendor.id)
    [period] = credentials.view(credential, on=date(2026, 4, 1)).periods
    filed = datetime.combine(period.expires_on - timedelta(days=20), datetime.min.time(), tzinfo=UTC).replace(hour=15)
    with transaction():
        application = lifecycle.opened(vendor, desk, at=filed)
        lifecycle.furnished(application, desk, at=filed)
        lifecycle.submitted(application, desk, at=filed)
        applications.take_up(application, actor=desk.reviewer, at=filed)
        requirement = evaluations.judge(application, as_of=filed.date()).requirement("VO-06")
        assert requirement is not None
        applications.review_item(application, requirement, Verdict.RETURNED, "Old.", actor=desk.reviewer, at=filed)
        applications.return_for_correction(application, base_url="https://x.example", actor=desk.reviewer, at=filed)
    closed = filed + timedelta(days=366)

    [idle] = idle_applications.left_alone(closed.date(), limit=5)
    with transaction():
        applications.expire(idle, base_url="https://x.example", actor=desk.reviewer, at=closed)

    status = [credentials.view(credential, on=closed.date() + timedelta(days=n)).status for n in (-1, 0)]
    assert status == [CredentialStatus.RENEWAL_PENDING, CredentialStatus.EXPIRED]


def test_a_second_open_application_is_refused(desk: lifecycle.Desk) -> None:
    vendor = db.session.get_one(Party, desk.applicant.party_id)
    with transaction():
        lifecycle.opened(vendor, desk, at=START)

    with pytest.raises(Refusal, match="already an open application"), transaction():
        lifecycle.opened(vendor, desk, at=START)


def test_a_reissued_certificate_supersedes_the_old_one_and_both_verify(desk: lifecycle.Desk) -> None:
    """Lesson 2."""
    vendor = db.session.get_one(Party, desk.applicant.party_id)
    certify(vendor, desk)
    first = db.session.scalars(select(Certificate)).one()

    with transaction():
        second = certificates.reissue(first, "The name changed", press=desk.press, actor=desk.reviewer, at=START)

    old = credentials.verify(first.verification_code, on=date(2026, 4, 1))
    assert old is not None
    assert old.superseded_by is not None
    assert old.superseded_by.id == second.id
    assert second.verification_code != first.verification_code


def test_a_name_that_the_certificate_cannot_print_is_refused_with_what_to_do(desk: lifecycle.Desk) -> None:
    vendor = factories.make_vendor("李家庭服务中心")
    own = lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), desk.reviewer, desk.press)

    with pytest.raises(Refusal, match="Latin letters"):
        certify(vendor, own)

    assert not credentials.of_party(desk.reviewer, vendor.id)
