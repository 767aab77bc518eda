"""The reviewers' desk: how long things wait, who looks after them, and what both sides write to each other."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.models.messages import Message
from certhub.models.review import ApplicationStage, RequirementNote
from certhub.queries import applications as waiting
from certhub.queries import audit_trail, evaluations
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import ApplicationStatus, Role, Verdict
from certhub.services import applications, review_desk
from certhub.web.context import press
from tests import factories
from tests.integration.certification.test_pages import post

SITE = "https://certhub.example.org"
MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=clock.AGENCY_ZONE)


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    return new_desk(factories.make_user(Role.DPH_REVIEWER))


def new_desk(reviewer: User) -> lifecycle.Desk:
    return lifecycle.Desk(factories.make_user(Role.VENDOR_HR, factories.make_vendor()), reviewer, press())


def submitted(desk: lifecycle.Desk, at: datetime) -> Application:
    with transaction():
        application = lifecycle.opened(desk.applicant.party, desk, at=at - timedelta(days=2))  # type: ignore[arg-type]  # HR has a party
        lifecycle.furnished(application, desk, at=at - timedelta(days=2))
        return lifecycle.submitted(application, desk, at=at)


def take_up(application: Application, desk: lifecycle.Desk, at: datetime) -> None:
    with transaction():
        applications.take_up(application, actor=desk.reviewer, at=at)


def test_the_due_day_follows_the_application_and_stops_while_the_applicant_has_it(desk: lifecycle.Desk) -> None:
    application = submitted(desk, MONDAY)
    assert application.due_on == date(2026, 3, 9)
    take_up(application, desk, MONDAY + timedelta(days=2))
    assert application.due_on == date(2026, 4, 1)
    at = MONDAY + timedelta(days=10)
    with transaction():
        requirement = evaluations.judge(application, as_of=clock.civil_date(at)).requirement("VO-06")
        assert requirement is not None
        applications.review_item(application, requirement, Verdict.RETURNED, "Old.", actor=desk.reviewer, at=at)
        applications.return_for_correction(application, base_url=SITE, actor=desk.reviewer, at=at)
    assert db.session.execute(select(Application.due_on, Application.stage_from)).one() == (None, date(2026, 3, 12))
    later = MONDAY + timedelta(days=60)
    with transaction():
        lifecycle.provide(application, requirement, desk, file=lifecycle.paper(application, desk, at=later), at=later)
        lifecycle.submitted(application, desk, at=later)
    take_up(application, desk, later + timedelta(days=1))

    assert application.due_on == clock.civil_date(later) + timedelta(days=20)  # ten of the thirty days were used
    stages = db.session.scalars(select(ApplicationStage.status).order_by(ApplicationStage.id)).all()
    assert [stage.value for stage in stages] == [
        "draft", "submitted", "under_review", "incomplete", "submitted", "under_review",
    ]  # fmt: skip


def test_the_queue_shows_what_is_due_first_and_can_be_left_to_what_is_past_its_goal(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    late, soon, fresh = (submitted(new_desk(desk.reviewer), MONDAY + timedelta(days=days)) for days in (14, 20, 21))
    with time_machine.travel(MONDAY + timedelta(days=25), tick=False):
        factories.sign_in(client, desk.reviewer)
        page = client.get("/work").text
        overdue = client.get("/work?status=submitted&overdue=yes").text
        [taken_in, *_] = waiting.stage_figures(desk.reviewer, on=clock.today())

    order = [int(one) for one in re.findall(r'href="/applications/(\d+)"', page)]
    assert order == [late.id, soon.id, fresh.id]
    assert "3 applications with DPH, 1 past the goal, the oldest 11 days in its stage." in page
    assert page.count("Past the goal</span>") == 1
    assert re.findall(r'href="/applications/(\d+)"', overdue) == [str(late.id)]
    assert (taken_in.waiting, taken_in.overdue, taken_in.due_soon, taken_in.in_time) == (3, 1, 2, 0)


def test_the_queue_goes_forth_and_back_by_due_day(desk: lifecycle.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [submitted(new_desk(desk.reviewer), MONDAY + timedelta(days=days)).id for days in (9, 2, 2)]
    monkeypatch.setattr("certhub.queries.paging.paged.__kwdefaults__", {"newest_first": False, "size": 1})
    seen, cursor = [], None
    while True:
        page = waiting.queue(desk.reviewer, cursor=cursor)
        seen += [row.id for row in page.rows]
        if page.next is None:
            break
        cursor = page.next
    assert seen == [made[1], made[2], made[0]]
    assert [row.id for row in waiting.queue(desk.reviewer, cursor=page.previous).rows] == [made[2]]


def test_a_reviewer_is_chosen_told_once_and_finds_it_under_mine(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = submitted(desk, clock.now() - timedelta(days=1))
    other = factories.make_user(Role.DPH_REVIEWER, name="Rosa Amaral")
    factories.sign_in(client, factories.make_user(Role.DPH_ADMINISTRATOR))
    address = f"/applications/{application.id}/reviewer"
    form = client.get(address)
    assert desk.applicant.name not in form.text

    for _ in range(2):  # a double click
        assert post(client, address, page=form, reviewer=str(other.id))[0] == 302
    status, text, _ = post(client, address, reviewer=str(other.id))

    assert (status, "Rosa Amaral has this application already" in text) == (422, True)
    [letter] = db.session.scalars(select(Message).where(Message.kind == "application-assigned")).all()
    assert letter.recipient == other.email
    assert application.party.name not in letter.body_text
    factories.sign_in(client, other)
    assert f'href="/applications/{application.id}"' in client.get("/work?mine=yes").text
    factories.sign_in(client, desk.reviewer)
    assert f'href="/applications/{application.id}"' not in client.get("/work?mine=yes").text


def test_only_reviewers_are_given_applications_and_only_open_ones(desk: lifecycle.Desk) -> None:
    with transaction():
        draft = lifecycle.opened(desk.applicant.party, desk, at=MONDAY)  # type: ignore[arg-type]  # HR has a party
    with pytest.raises(Refusal, match="was submitted and is not decided"), transaction():
        review_desk.assign(draft, desk.reviewer, base_url=SITE, actor=desk.reviewer, at=MONDAY)
    application = submitted(new_desk(desk.reviewer), MONDAY)
    for wrong in (factories.make_user(Role.AUDITOR), factories.make_user(Role.DPH_REVIEWER, deactivated_at=MONDAY)):
        with pytest.raises(Refusal, match="cannot review applications"), transaction():
            review_desk.assign(application, wrong, base_url=SITE, actor=desk.reviewer, at=MONDAY)


def test_a_note_for_dph_alone_is_written_by_dph_and_none_without_words(desk: lifecycle.Desk) -> None:
    application = submitted(desk, MONDAY)
    requirement = evaluations.judge(application, as_of=MONDAY.date()).requirement("VO-06")
    assert requirement is not None
    for actor, words, internal, field in (
        (desk.applicant, "Look.", True, "internal"),
        (desk.reviewer, " ", True, "text"),
    ):
        with pytest.raises(Refusal) as refused, transaction():
            review_desk.write_note(
                application, requirement, words, internal=internal, base_url=SITE, actor=actor, at=MONDAY
            )
        assert refused.value.field == field
    assert not db.session.scalars(select(RequirementNote)).all()


def test_both_sides_write_on_a_requirement_and_dph_keeps_some_notes_to_itself(
    client: FlaskClient, desk: lifecycle.Desk
) -> None:
    application = submitted(desk, clock.now() - timedelta(days=2))
    take_up(application, desk, clock.now() - timedelta(days=1))
    page = f"/applications/{application.id}"
    address = f"{page}/requirements/VO-06/notes/new"
    factories.sign_in(client, desk.reviewer)
    assert post(client, address, text=" ")[0] == 422
    assert post(client, address, text="Which office is insured?")[0] == 302
    assert post(client, address, text="Their broker is under inquiry.", internal="y")[0] == 302
    assert post(client, f"{page}/requirements/VO-06/review", verdict="accepted")[0] == 302

    factories.sign_in(client, desk.applicant)
    form = client.get(address)
    assert "Only for DPH" not in form.text
    for _ in range(2):  # a double click
        assert post(client, address, page=form, text="The one in Worcester.", internal="y")[0] == 302
    seen = client.get(page).text
    factories.sign_in(client, desk.reviewer)
    all_of_it = client.get(page).text

    order = [all_of_it.index(one) for one in ("Which office", "Their broker", "Accepted by", "The one in Worcester")]
    assert order == sorted(order)
    assert "Their broker" not in seen
    assert "The one in Worcester." in seen
    notes = db.session.scalars(select(RequirementNote).order_by(RequirementNote.id)).all()
    assert [note.internal for note in notes] == [False, True, False]
    told = db.session.scalars(select(Message.recipient).where(Message.kind == "application-note")).all()
    assert len(told) == 3
    assert set(told) == {desk.applicant.email, application.party.email, desk.reviewer.email}
    history = audit_trail.history_of(desk.applicant, application.party_id)
    assert sum("wrote a note" in line.title for line in history) == 2


def test_nobody_writes_on_a_closed_application_or_on_another_ones(client: FlaskClient, desk: lifecycle.Desk) -> None:
    application = submitted(desk, clock.now())
    with transaction():
        applications.withdraw(application, actor=desk.applicant, at=clock.now())
    address = f"/applications/{application.id}/requirements/VO-06/notes/new"
    factories.sign_in(client, desk.applicant)
    assert client.get(address).status_code == 302
    other = submitted(new_desk(desk.reviewer), clock.now())
    status, text, _ = post(client, address, text="Late.", page=client.get(f"/applications/{application.id}"))
    assert (status, "is closed" in text) == (422, True)
    assert client.get(address.replace(f"/{application.id}/", f"/{other.id}/")).status_code == 404
    assert client.get(address.replace("VO-06", "XX-99")).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(RequirementNote)) == 0
    assert application.status is ApplicationStatus.WITHDRAWN
