"""A former employer says that the last day was another one: in time, once, and settled by the person or DPH."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db
from certhub.models.employer_changes import EmployerChange, LastDayProposal
from certhub.rules.audit_actions import AuditAction
from certhub.rules.vocabulary import Role
from tests import factories
from tests.factories import sign_in
from tests.integration.employer_changes.arranging import Move, agreed, arranged, asked, days, letters
from tests.integration.parties.browsing import entries, fetched, send

REASON = "The letter of resignation names this day."


@pytest.fixture
def move(app: Flask) -> Move:
    return arranged()


def proposed(client: FlaskClient, move: Move, change: EmployerChange, last_day: date) -> int:
    sign_in(client, move.old_hr)
    return send(
        client, f"/employer-changes/{change.id}/last-day", ends_on=last_day.isoformat(), reason=REASON
    ).status_code


@pytest.mark.parametrize(("choice", "number"), [("proposed", 12), ("on-file", 19)])
def test_the_person_settles_which_day_is_right_and_the_employer_is_told(
    client: FlaskClient, move: Move, choice: str, number: int
) -> None:
    change = agreed(move, asked(move))
    assert proposed(client, move, change, days(12)) == 302
    assert "proposed, not settled yet" in fetched(client, "/employer-changes")
    sign_in(client, move.account)
    assert REASON in fetched(client, f"/employer-changes/{change.id}")
    page = f"/employer-changes/{change.id}/last-day/settle"
    assert send(client, page, last_day=choice).status_code == 302
    assert client.get(page).status_code == 404

    assert move.spells["Harbor Family Network"][1] == days(number)
    assert {one[3] for one in move.work} == {days(number)}
    assert [one.recipient for one in letters("employer-change-last-day")] == [move.person.email, move.old.email]
    assert len(entries(AuditAction.LAST_DAY_SETTLED)) == 1


def test_a_later_last_day_runs_side_by_side_and_makes_no_work_in_a_practice_longer(
    client: FlaskClient, move: Move
) -> None:
    change = agreed(move, asked(move))
    proposed(client, move, change, days(24))
    sign_in(client, factories.make_user(Role.DPH_ADMINISTRATOR))
    assert send(client, f"/employer-changes/{change.id}/last-day/settle", last_day="proposed").status_code == 302
    assert move.spells["Harbor Family Network"][1] == days(24)
    assert {one[3] for one in move.work} == {days(19)}


def test_one_employer_proposes_once(client: FlaskClient, move: Move) -> None:
    change = agreed(move, asked(move))
    assert proposed(client, move, change, days(12)) == 302
    assert proposed(client, move, change, days(13)) == 422
    assert len(db.session.scalars(select(LastDayProposal)).all()) == 1


def test_the_new_employer_reads_nothing_of_a_proposal(client: FlaskClient, move: Move) -> None:
    change = agreed(move, asked(move))
    proposed(client, move, change, days(12))
    sign_in(client, move.account)
    send(client, f"/employer-changes/{change.id}/last-day/settle", last_day="proposed")
    sign_in(client, move.new_hr)
    for page in (f"/employer-changes/{change.id}", f"/coordinators/{move.person.id}", "/employer-changes"):
        assert REASON not in fetched(client, page)
    assert client.get(f"/employer-changes/{change.id}/last-day").status_code == 404
    assert client.get(f"/employer-changes/{change.id}/last-day/settle").status_code == 403
