"""Signing on the screen: the words that were shown, whose name stands under them, and the copy of them."""

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.audit import AuditEntry
from certhub.models.certification import Application, Evidence
from certhub.models.messages import Message
from certhub.models.signatures import Signature
from certhub.queries import evaluations
from certhub.queries.signed_texts import signed_text
from certhub.rules.signing import CONSENT, SigningAuthority
from certhub.rules.vocabulary import Result, Role
from certhub.web.context import press
from tests import factories

ADDRESS = "203.0.113.77"
SIGNED: dict[str, Any] = {"agreed": "y", "consent": "y", "authority": "officer", "title": "Practice manager"}


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    practice = factories.make_practice("Elm Street Pediatrics")
    manager = factories.make_user(Role.PRACTICE_MANAGER, practice, name="Zoë Álvarez", email="zoe@example.org")
    return lifecycle.Desk(manager, factories.make_user(Role.DPH_REVIEWER), press())


@pytest.fixture
def application(desk: lifecycle.Desk) -> Application:
    assert desk.applicant.party is not None
    with transaction():
        return lifecycle.opened(desk.applicant.party, desk, at=clock.now())


def form_at(client: FlaskClient, address: str) -> dict[str, str]:
    """The hidden fields of the form that a page shows."""
    page = client.get(address).text
    return {
        name: html.unescape(re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)[1])  # type: ignore[index]  # each is there
        for name in ("csrf_token", "submission_token", "text_seen", "consent_seen")
    }


def page_of(application: Application, code: str = "PR-07") -> str:
    return f"/applications/{application.id}/requirements/{code}/signature/new"


def send(client: FlaskClient, address: str, **fields: Any) -> tuple[int, str, str]:
    given = {**form_at(client, address), **SIGNED, "signed_name": "Zoë Álvarez", **fields}
    answer = client.post(
        address,
        data={name: value for name, value in given.items() if value is not None},
        environ_base={"REMOTE_ADDR": ADDRESS},
    )
    return answer.status_code, html.unescape(answer.text), answer.headers.get("Location", "")


def test_a_signature_keeps_the_words_the_consent_the_authority_and_the_time(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    page = client.get(page_of(application)).text
    assert "has a place in our practice to work" in page
    assert "You do not have to sign here" in page

    status, text, where = send(client, page_of(application))
    assert status == 302, text

    kept = db.session.scalars(select(Signature)).one()
    words, consent = signed_text("space-and-records", 1), signed_text(*CONSENT)
    assert (kept.text_id, kept.text_version, kept.text_sha256) == (words.id, 1, words.sha256)
    assert (kept.consent_id, kept.consent_version, kept.consent_sha256) == (consent.id, 1, consent.sha256)
    assert (kept.authority, kept.title, kept.signed_name) == (
        SigningAuthority.OFFICER, "Practice manager", "Zoë Álvarez",
    )  # fmt: skip
    assert (kept.account_id, kept.address, kept.signed_for) == (desk.applicant.id, ADDRESS, "practice_manager")
    assert kept.evidence.occurred_on == clock.today()
    requirement, finding = next(
        pair for pair in evaluations.judge(application, as_of=clock.today()).pairs() if pair[0].code == "PR-07"
    )
    assert finding.result is Result.MET, requirement
    assert where.endswith(f"/signatures/{kept.id}")
    assert words.sha256 in client.get(where).text
    assert f'href="/signatures/{kept.id}"' in client.get(f"/applications/{application.id}").text


def test_the_copy_leaves_with_the_signature_and_says_all_but_the_address(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    send(client, page_of(application))

    copy = db.session.scalars(select(Message).where(Message.kind == "signature-copy")).one()
    words = signed_text("space-and-records", 1)
    assert copy.recipient == "zoe@example.org"
    for told in (words.sha256, "the coordinator can read the child's health record", "Zoë Álvarez, Practice manager",
                 "as an officer", "version 1", "Save this message, or print it",
                 "You do not have to sign here"):  # fmt: skip
        assert told in copy.body_text
        assert told in html.unescape(re.sub(r"</?bdi>", "", copy.body_html))
    assert "Signed for: Elm Street Pediatrics (the practice manager), as an officer" in copy.body_text
    assert ADDRESS not in copy.body_text + copy.body_html
    assert re.search(r"Signed on: .*[AP]M \(time in Massachusetts\)", copy.body_text)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"text_seen": "space-and-records 1 " + "0" * 64}, "The text is not the one that you were shown"),
        ({"text_seen": ""}, "The text is not the one that you were shown"),
        ({"consent_seen": "electronic-consent 2 abc"}, "The text is not the one that you were shown"),
        ({"consent": None}, "Check this box to sign here, or sign on paper instead"),
        ({"agreed": None}, "Check this box to sign"),
        ({"authority": None}, "Say why you may sign"),
        ({"authority": "own_behalf"}, "Say why you may sign"),
        ({"title": ""}, "Enter your title"),
        ({"signed_name": ""}, "Type your full name"),
        ({"signed_name": "Somebody Else"}, "Your account has the name “Zoë Álvarez”"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_signed(
    client: FlaskClient, desk: lifecycle.Desk, application: Application, changed: dict[str, Any], says: str
) -> None:
    factories.sign_in(client, desk.applicant)

    status, text, _ = send(client, page_of(application), **changed)

    assert (status, says in text) == (422, True), text
    assert not db.session.scalars(select(Evidence)).all()
    assert not db.session.scalars(select(Message)).all()


def test_a_form_with_other_words_shows_the_right_ones_and_asks_for_the_boxes_again(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)

    _, text, _ = send(client, page_of(application), text_seen="space-and-records 0 abc")

    assert f'value="{signed_text("space-and-records", 1).seen}"' in text
    assert not re.search(r'<input[^>]*checked[^>]*name="agreed"|<input[^>]*name="agreed"[^>]*checked', text)


def test_another_name_is_signed_with_once_the_signer_says_that_it_is_theirs(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)

    status, text, where = send(client, page_of(application), signed_name="Zoe A. Rivera", name_confirmed="y")

    assert status == 302, text
    page = client.get(where).text
    assert "Zoe A. Rivera" in page
    assert "Name of the account" in page


def test_accents_and_capitals_do_not_make_another_name(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    assert send(client, page_of(application), signed_name="ZOE ALVAREZ")[0] == 302


def test_signing_twice_with_one_form_signs_once(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    given = {**form_at(client, page_of(application)), **SIGNED, "signed_name": "Zoë Álvarez"}

    answers = [client.post(page_of(application), data=given) for _ in range(2)]

    assert [answer.headers.get("Location") for answer in answers] == [answers[0].headers["Location"]] * 2
    assert len(db.session.scalars(select(Signature)).all()) == 1
    assert len(db.session.scalars(select(Message).where(Message.kind == "signature-copy")).all()) == 1


def test_a_signature_is_for_its_own_people_and_the_address_for_dph_alone(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    _, _, where = send(client, page_of(application))
    assert ADDRESS not in client.get(where).text

    for role, status in ((Role.DPH_REVIEWER, 200), (Role.AUDITOR, 200), (Role.FUND_MANAGER, 403)):
        factories.sign_in(client, factories.make_user(role))
        answer = client.get(where)
        assert (answer.status_code, ADDRESS in answer.text) == (status, status == 200), role

    stranger = factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice())
    factories.sign_in(client, stranger)
    assert client.get(where).status_code == 404
    assert client.get(page_of(application)).status_code == 404
    assert client.post(page_of(application), data={}).status_code in (400, 404)


def test_the_trail_tells_of_the_signature(client: FlaskClient, desk: lifecycle.Desk, application: Application) -> None:
    factories.sign_in(client, desk.applicant)
    send(client, page_of(application))

    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "signature.given")).one()
    assert entry.party_id == application.party_id


def test_the_database_itself_keeps_a_signature_as_it_is(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    send(client, page_of(application))
    with pytest.raises(DatabaseError, match="never changed"), transaction() as session:
        session.execute(update(Signature).values(signed_name="Somebody Else"))


def test_a_coordinator_signs_the_scope_of_practice_in_person_and_hr_cannot(client: FlaskClient, app: Flask) -> None:
    vendor = factories.make_vendor()
    hr = factories.make_user(Role.VENDOR_HR, vendor)
    person = factories.make_coordinator(vendor=vendor)
    account = factories.make_user(Role.COORDINATOR, person, name="Ana Ferreira")
    hr_desk = lifecycle.Desk(hr, factories.make_user(Role.DPH_REVIEWER), press())
    with transaction():
        application = lifecycle.opened(person, hr_desk, at=clock.now())
    address = page_of(application, "CC-07")

    factories.sign_in(client, hr)
    assert "Your account cannot sign this. It is for the coordinator to sign." in client.get(address).text

    factories.sign_in(client, account)
    assert "As a care coordinator I do these things" in client.get(address).text
    status, text, _ = send(client, address, signed_name="Ana Ferreira", authority=None, title=None)
    assert status == 302, text
    kept = db.session.scalars(select(Signature)).one()
    assert (kept.authority, kept.title, kept.account_id) == (SigningAuthority.OWN_BEHALF, "", account.id)


def test_a_statement_that_was_taken_back_says_so_on_its_copy(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    _, _, where = send(client, page_of(application))
    evidence = db.session.scalars(select(Evidence)).one()
    token = form_at(client, page_of(application))["csrf_token"]
    client.post(f"/applications/{application.id}/evidence/{evidence.id}/take-back", data={"csrf_token": token})
    assert "This statement was taken back later" in client.get(where).text


def test_a_signed_page_on_paper_needs_its_file(
    client: FlaskClient, desk: lifecycle.Desk, application: Application
) -> None:
    factories.sign_in(client, desk.applicant)
    address = f"/applications/{application.id}/requirements/PR-07/evidence/new"
    page = client.get(address).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]  # it is there

    answer = client.post(
        address, data={"csrf_token": token, "agreed": "y", "signed_by": "Zoë Álvarez", "occurred_on": "2026-01-05"}
    )

    assert (answer.status_code, "Choose the file" in answer.text) == (422, True)
    assert not db.session.scalars(select(Evidence)).all()
