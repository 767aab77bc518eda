"""Questions go back and forth between DPH and the vendor until one of them is satisfied."""

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.caseload import CaseloadQuestion
from certhub.rules.caseload_checks import Check, QuestionState
from certhub.rules.vocabulary import Role
from certhub.services import caseload_questions
from tests.factories import make_user, sign_in
from tests.integration.caseload.arranging import OCTOBER, SEPTEMBER, Arranged, arranged, filed, line
from tests.integration.parties.browsing import send

TODAY = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def who(app: Flask) -> Arranged:
    found = arranged()
    filed(found, {found.pair: line(10)}, month=SEPTEMBER)
    filed(found, {found.pair: line(12, admissions=1)})
    return found


def question() -> CaseloadQuestion:
    return db.session.scalars(
        select(CaseloadQuestion).where(CaseloadQuestion.month_from == OCTOBER).order_by(CaseloadQuestion.id.desc())
    ).first()  # type: ignore[return-value]  # the fixture raised one


def test_a_report_that_does_not_fit_the_month_before_is_asked_about(who: Arranged) -> None:
    found = question()
    assert (found.about, found.state, found.coordinator_id) == (Check.FLOW, QuestionState.OPEN, who.person.id)
    assert "That makes 11, but 12 are reported." in found.sentence


def test_the_vendor_answers_dph_asks_again_and_then_accepts(client: FlaskClient, who: Arranged) -> None:
    address = who.address(f"/questions/{question().id}")
    with time_machine.travel(TODAY):
        sign_in(client, who.hr)
        short = send(client, f"{address}/answer", page=address, words="yes")
        send(client, f"{address}/answer", page=address, words="An admission was left out by mistake.")
        twice = send(client, f"{address}/answer", page=address, words="An admission was left out by mistake.")
        sign_in(client, make_user(Role.DPH_REVIEWER))
        listed = client.get("/caseload/questions?state=answered").text
        silent = send(client, f"{address}/settle", page=address, move="asked_again", words="")
        send(client, f"{address}/settle", page=address, move="asked_again", words="Is that an admission?")
        sign_in(client, who.hr)
        seen = client.get(address).text
        send(client, f"{address}/answer", page=address, words="Yes, it should be counted as one.")
        sign_in(client, make_user(Role.DPH_REVIEWER))
        send(client, f"{address}/settle", page=address, move="accepted", words="")
        done = client.get(address).text

    assert short.status_code == silent.status_code == twice.status_code == 422
    assert "at least 10 letters" in short.text
    assert "Look at the page again" in twice.text
    assert who.vendor.name in listed
    assert "Is that an admission?" in seen
    assert "Accepted" in done
    assert '<form method="post" action="/caseload' not in done
    assert [move.move.value for move in question().moves] == ["answered", "asked_again", "answered", "accepted"]


def test_a_correction_closes_open_questions_and_asks_anew_what_still_does_not_fit(who: Arranged) -> None:
    first = question()
    filed(who, {who.pair: line(12, admissions=2)})
    assert question().id == first.id
    assert first.state is QuestionState.CORRECTED
    filed(who, {who.pair: line(13, admissions=2)})
    assert question().id != first.id
    assert question().state is QuestionState.OPEN


def test_what_was_accepted_is_not_asked_again_by_a_correction_of_something_else(who: Arranged) -> None:
    first = question()
    reviewer = make_user(Role.DPH_REVIEWER)
    with transaction():
        caseload_questions.accept(first, "", actor=reviewer, at=TODAY)
    filed(who, {who.pair: line(12, admissions=1, contacted=5)})
    assert question().id == first.id
    assert first.state is QuestionState.ACCEPTED


def test_another_vendors_question_does_not_exist(client: FlaskClient, who: Arranged) -> None:
    address = who.address(f"/questions/{question().id}")
    stranger = arranged()
    with time_machine.travel(TODAY):
        sign_in(client, stranger.hr)
        answers = [client.get(address), client.get(stranger.address(f"/questions/{question().id}"))]
        page = client.get("/caseload/questions").text
    assert [answer.status_code for answer in answers] == [404, 404]
    assert question().sentence not in page
