"""The notice of what an application lacks: what it says, who reads it, and that nothing changes it later."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.certification import Application
from certhub.models.due_process import ActionNotice
from certhub.models.messages import Message
from certhub.models.standards import StandardVersion
from certhub.queries import evaluations, standards
from certhub.rules.standard_draft import without_requirement
from certhub.rules.vocabulary import Role, SubjectType, Transition, Verdict
from certhub.services import applications
from certhub.services import standards as standards_service
from certhub.web.context import press
from tests import factories
from tests.factories import ARRANGING

SITE = "https://certhub.example.org"
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    return lifecycle.Desk(
        factories.make_user(Role.VENDOR_HR, factories.make_vendor()), factories.make_user(Role.DPH_REVIEWER), press()
    )


def returned(desk: lifecycle.Desk, *, at: datetime) -> Application:
    party = desk.applicant.party
    assert party is not None
    with transaction():
        application = lifecycle.furnished(lifecycle.opened(party, desk, at=at), desk, at=at)
        lifecycle.submitted(application, desk, at=at)
        applications.take_up(application, actor=desk.reviewer, at=at)
        requirement = evaluations.judge(application, as_of=clock.civil_date(at)).requirement("VO-06")
        assert requirement is not None
        applications.review_item(
            application, requirement, Verdict.RETURNED, "It expired. Send the new one.", actor=desk.reviewer, at=at
        )
        applications.return_for_correction(application, base_url=SITE, actor=desk.reviewer, at=at)
    return application


def the_notice() -> ActionNotice:
    return db.session.scalars(select(ActionNotice)).one()


def test_the_notice_lists_what_was_returned_with_its_reason_and_until_when_to_act(desk: lifecycle.Desk) -> None:
    returned(desk, at=START)
    notice = the_notice()

    assert notice.number == f"N-2026-{notice.id:05d}"
    assert (notice.issued_on, notice.appeal_until) == (clock.civil_date(START), None)
    assert "1. VO-06 " in notice.text
    assert "What is missing: It expired. Send the new one." in notice.text
    assert "2. VO" not in notice.text
    assert "March 3, 2027" in notice.text
    letter = db.session.scalars(select(Message).where(Message.kind == "application-returned")).first()
    assert letter is not None
    assert notice.number in letter.body_text
    assert f"{SITE}/notices/{notice.id}" in letter.body_text


def test_neither_new_evidence_nor_a_new_version_of_the_standard_changes_the_notice(desk: lifecycle.Desk) -> None:
    application = returned(desk, at=START)
    before = the_notice().text
    later = START + timedelta(days=3)
    standard = standards.for_subject(SubjectType.VENDOR)
    with transaction():
        draft = standards_service.draft_next(
            standards.in_force(standard.id, clock.civil_date(later)), actor=ARRANGING, at=later
        )
        changed = standards_service.revise(
            draft.id,
            lambda raw: without_requirement(raw, "VO-07"),
            seen=draft.definition_hash,
            actor=ARRANGING,
            at=later,
        )
        standards_service.adopt(
            draft.id, seen=changed.definition_hash, effective_from=clock.civil_date(later),
            transition=Transition.BY_SUBMISSION, actor=ARRANGING, at=later,
        )  # fmt: skip
        requirement = evaluations.judge(application, as_of=clock.civil_date(later)).requirement("VO-06")
        assert requirement is not None
        file = lifecycle.paper(application, desk, at=later)
        lifecycle.provide(application, requirement, desk, file=file, at=later)
        applications.submit(application, base_url=SITE, actor=desk.applicant, at=later)
    db.session.expire_all()

    assert db.session.scalars(select(StandardVersion).where(StandardVersion.version == 2)).one()
    assert the_notice().text == before
    with pytest.raises(DatabaseError, match="never changed"), transaction() as session:
        session.execute(update(ActionNotice).values(text="Nothing is missing."))


def test_the_applicant_and_dph_read_the_notice_from_the_application_and_nobody_else_does(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    application = returned(desk, at=clock.now() - timedelta(days=2))
    address = f"/notices/{the_notice().id}"
    for reader in (desk.applicant, desk.reviewer):
        factories.sign_in(client, reader)
        assert f'href="{address}"' in client.get(f"/applications/{application.id}").text
        shown = client.get(address).text
        assert the_notice().number in shown
        assert "It expired. Send the new one." in shown
        assert "There is no hearing about this notice." in shown
    factories.sign_in(client, factories.make_user(Role.VENDOR_HR, factories.make_vendor()))
    assert client.get(address).status_code == 404


def test_only_the_applicant_is_offered_to_take_evidence_back(client: FlaskClient, desk: lifecycle.Desk) -> None:
    address = f"/applications/{returned(desk, at=START).id}"

    factories.sign_in(client, desk.applicant)
    assert "Take back" in client.get(address).text
    factories.sign_in(client, desk.reviewer)
    page = client.get(address).text
    assert "Take back" not in page
    assert "Nothing is on file yet" not in page


def test_each_return_has_a_notice_of_its_own(desk: lifecycle.Desk) -> None:
    application = returned(desk, at=START)
    later = START + timedelta(days=3)
    with transaction():
        requirement = evaluations.judge(application, as_of=clock.civil_date(later)).requirement("VO-06")
        assert requirement is not None
        file = lifecycle.paper(application, desk, at=later)
        lifecycle.provide(application, requirement, desk, file=file, at=later)
        applications.submit(application, base_url=SITE, actor=desk.applicant, at=later)
        applications.take_up(application, actor=desk.reviewer, at=later)
        applications.review_item(
            application, requirement, Verdict.RETURNED, "This is the old one again.", actor=desk.reviewer, at=later
        )
        applications.return_for_correction(application, base_url=SITE, actor=desk.reviewer, at=later)

    first, second = db.session.scalars(select(ActionNotice).order_by(ActionNotice.id)).all()
    assert "It expired." in first.text
    assert "This is the old one again." in second.text
    assert "It expired." not in second.text
