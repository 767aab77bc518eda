"""A vendor asks for somebody by what it knows of them, and learns nothing from the asking."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.jobs.employer_changes import expire
from certhub.jobs.registry import Occasion
from certhub.models.certification import Credential
from certhub.models.employer_changes import EmployerChange
from certhub.rules.audit_actions import AuditAction
from certhub.rules.employer_change import REQUEST_LASTS
from certhub.rules.identifiers import credential_number
from certhub.rules.lockout import EMPLOYER_REQUEST
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role, SubjectType
from certhub.services import audit
from certhub.services import employer_changes as service
from certhub.web.context import settings
from tests import factories
from tests.factories import ARRANGING, WHEN, sign_in
from tests.integration.employer_changes.arranging import BASE, Move, arranged, asked, days, letters, link_in, typed
from tests.integration.exposure.arranging import certified
from tests.integration.parties.browsing import entries, fetched, send

NEW = "/employer-changes/new"


@pytest.fixture
def move(app: Flask) -> Move:
    return arranged()


def changes() -> list[EmployerChange]:
    db.session.expire_all()
    return list(db.session.scalars(select(EmployerChange).order_by(EmployerChange.id)))


def without_the_typed(page: str, typed_words: str) -> str:
    """A page without what was typed, its own number and its tokens."""
    page = page.replace(typed_words, "TYPED")
    page = re.sub(r'(name="(?:csrf|submission)_token"[^>]*value=")[^"]*', r"\1", page)
    return re.sub(r"/employer-changes/\d+", "/employer-changes/N", page)


def test_the_page_is_the_same_whether_or_not_there_is_such_a_record(client: FlaskClient, move: Move) -> None:
    sign_in(client, move.new_hr)
    pages = {}
    for address in (str(move.person.email), "nobody@example.org"):
        answer = send(client, NEW, **typed(move, known_by=address))
        pages[address] = without_the_typed(fetched(client, answer.location), address)
    assert pages[str(move.person.email)] == pages["nobody@example.org"]
    assert "If there is such a record, the person gets a letter." in pages["nobody@example.org"]
    listed = fetched(client, "/employer-changes")
    assert listed.count("Waits for the person") == 2 + 1  # the rows and the filter
    assert move.person.name not in listed
    assert [one.recipient for one in letters()] == ["ana@example.org"]
    assert [one.party_id for one in changes()] == [move.person.id, None]


@pytest.mark.parametrize("last_name", ["Fernandes", "rreira"])
def test_an_address_without_the_last_name_reaches_nobody(client: FlaskClient, move: Move, last_name: str) -> None:
    sign_in(client, move.new_hr)
    assert send(client, NEW, **typed(move, last_name=last_name)).status_code == 302
    assert letters() == []


def test_a_credential_number_does_as_well_as_the_address(client: FlaskClient, move: Move) -> None:
    credential = certified(move.person)
    number = credential_number(SubjectType.COORDINATOR, 2026, 77)
    with transaction():
        db.session.get_one(Credential, credential.id).number = number
        audit.record(ARRANGING, AuditAction.PARTY_UPDATED, credential, at=WHEN)
    sign_in(client, move.new_hr)
    send(client, NEW, **typed(move, known_by=number.lower().replace("-", " ")))
    (letter,) = letters()
    assert letter.recipient == "ana@example.org"
    assert "Blackstone Valley Care says that you begin to work there" in letter.body_text
    send(client, NEW, **typed(move))  # the same person by the address: no second letter
    assert len(letters()) == 1
    assert len(changes()) == 2


def test_one_asks_once_and_not_again_soon_after_a_no(client: FlaskClient, move: Move) -> None:
    change = asked(move)
    sign_in(client, move.new_hr)
    again = send(client, NEW, **typed(move, message="Please!"))
    assert again.status_code == 422
    assert "You have asked for this person already" in again.text
    assert "Please!" in again.text
    with transaction():
        service.answer(
            change, service.Answer(False, "Ana Ferreira", ""), base_url=BASE, actor=move.account, at=clock.now()
        )
    assert "The person said no less than 30 days ago." in send(client, NEW, **typed(move)).text
    assert len(changes()) == 1


def test_a_first_day_that_lies_too_far_back_is_refused_beside_its_field(client: FlaskClient, move: Move) -> None:
    sign_in(client, move.new_hr)
    answer = send(client, NEW, **typed(move, starts_on=days(-15).isoformat()))
    assert answer.status_code == 422
    assert "For an earlier one, write to DPH." in answer.text
    assert changes() == []


def test_ones_own_people_need_no_request(client: FlaskClient, move: Move) -> None:
    sign_in(client, move.old_hr)
    answer = send(client, NEW, **typed(move))
    assert "This person works for you already." in answer.text
    assert changes() == []


def test_a_form_that_is_sent_twice_asks_once(client: FlaskClient, move: Move) -> None:
    sign_in(client, move.new_hr)
    page = client.get(NEW)
    tokens = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)[1]  # type: ignore[index]  # both are there
        for name in ("csrf_token", "submission_token")
    }
    first, second = (client.post(NEW, data={**tokens, **typed(move)}) for _ in range(2))
    assert first.location == second.location
    assert len(changes()) == 1


def test_each_request_counts_against_many_whether_or_not_it_reaches_somebody(move: Move) -> None:
    for number in range(EMPLOYER_REQUEST.free):
        asked(move, known_by=f"nobody{number}@example.org")
    asked(move, known_by="nobody@example.org")
    with pytest.raises(Refusal, match="Wait 10 minutes"):
        asked(move)


def test_nobody_answers_in_time_and_the_vendor_is_told_once(client: FlaskClient, move: Move) -> None:
    change = asked(move)
    with transaction():
        change.expires_at = clock.now()
        change.asked_at = clock.now() - REQUEST_LASTS
        audit.record(ARRANGING, AuditAction.PARTY_UPDATED, change, at=WHEN)
    occasion = Occasion(clock.today(), settings(), lambda *_: BASE)
    assert expire(Occasion(clock.today(), settings(), lambda *_: BASE, dry_run=True)) == {"would expire": 1}
    assert expire(occasion) == {"expired": 1}
    assert expire(occasion) == {}
    (letter,) = letters("employer-change-expired")
    assert letter.recipient == move.new_hr.email
    assert "Nobody answered your request for Ferreira (ana.ferreira@example.org)" in letter.body_text
    assert len(entries(AuditAction.EMPLOYER_CHANGE_EXPIRED)) == 1
    sign_in(client, move.account)
    assert "Expired" in fetched(client, f"/employer-changes/{change.id}")
    assert client.get(f"/employer-changes/{change.id}/answer").status_code == 302


def test_what_expires_by_a_day_is_counted_for_that_day(move: Move) -> None:
    last = clock.civil_date(asked(move).expires_at)

    def counted(day: date) -> dict[str, int]:
        return expire(Occasion(day, settings(), lambda *_: BASE, dry_run=True))

    assert [counted(day) for day in (last - timedelta(days=1), last)] == [{}, {"would expire": 1}]


def test_a_request_that_still_waits_does_not_expire(move: Move) -> None:
    change = asked(move)
    with transaction():
        assert not service.expire(change, base_url=BASE, actor=ARRANGING, at=clock.now())
    later = clock.now() + REQUEST_LASTS
    with transaction():
        told = [service.expire(change, base_url=BASE, actor=ARRANGING, at=later) for _ in range(2)]
    assert told == [True, False]
    assert len(letters("employer-change-expired")) == 1


def test_a_withdrawn_request_can_no_longer_be_answered_and_can_be_made_again(client: FlaskClient, move: Move) -> None:
    change = asked(move)
    sign_in(client, move.new_hr)
    assert send(client, f"/employer-changes/{change.id}/withdraw").status_code == 302
    assert send(client, f"/employer-changes/{change.id}/withdraw").status_code == 302
    assert len(entries(AuditAction.EMPLOYER_CHANGE_WITHDRAWN)) == 1
    sign_in(client, move.account)
    assert client.get(f"/employer-changes/{change.id}/answer").status_code == 302
    assert asked(move).id != change.id


def test_others_do_not_find_a_request(client: FlaskClient, move: Move) -> None:
    change = asked(move)
    strangers = [
        move.old_hr, factories.make_user(Role.VENDOR_HR, factories.make_vendor()),
        factories.make_user(Role.COORDINATOR, factories.make_coordinator()),
    ]  # fmt: skip
    for stranger in strangers:
        sign_in(client, stranger)
        for part in ("", "/answer", "/withdraw", "/last-day", "/last-day/settle"):
            assert client.get(f"/employer-changes/{change.id}{part}").status_code in (403, 404)
        assert "Ferreira" not in client.get("/employer-changes").text
    sign_in(client, factories.make_user(Role.AUDITOR))
    assert move.person.name in fetched(client, f"/employer-changes/{change.id}")
    assert move.person.name in fetched(client, "/employer-changes?state=requested")
    assert move.person.name not in fetched(client, "/employer-changes?state=declined")


def test_a_present_employer_does_not_learn_that_somebody_asked(client: FlaskClient, move: Move) -> None:
    change = asked(move)
    with transaction():
        service.answer(
            change, service.Answer(False, "Ana Ferreira", ""), base_url=BASE, actor=move.account, at=clock.now()
        )
    sign_in(client, move.old_hr)
    page = fetched(client, f"/coordinators/{move.person.id}")
    assert "change of employer" not in page.lower().replace("changes of employer", "")
    assert {one.recipient for one in letters()} == {"ana@example.org", move.new_hr.email}


def test_a_letter_to_somebody_without_an_account_carries_a_link_and_its_secret_is_not_kept(app: Flask) -> None:
    asked(arranged(with_account=False))
    (letter,) = letters()
    assert letter.recipient == "ana.ferreira@example.org"
    link = link_in(letter)
    assert link.startswith("/employer-change-answers/")
    assert "The link is for you alone." in letter.body_text
    (entry,) = entries(AuditAction.EMPLOYER_CHANGE_REQUESTED)
    assert link.rsplit("/", 1)[1] not in entry.changes


def test_a_letter_to_somebody_with_an_account_asks_to_sign_in(move: Move) -> None:
    change = asked(move, job_title="Team lead")
    (letter,) = letters()
    assert link_in(letter) == f"/employer-changes/{change.id}/answer"
    assert "as Team lead." in letter.body_text
    assert "Sign in to answer." in letter.body_text


def test_known_people_are_asked_and_not_registered_a_second_time(client: FlaskClient, move: Move) -> None:
    sign_in(client, move.new_hr)
    answer = send(
        client, "/coordinators/new", name="Ana Ferreira", email=str(move.person.email), discipline="social_worker",
        kind="employee", starts_on=days(3).isoformat(), preferred_language="en",
    )  # fmt: skip
    assert answer.status_code == 422
    assert "ask for their consent under Changes of employer" in answer.text
    assert 'href="/employer-changes/new"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(EmployerChange)) == 0
