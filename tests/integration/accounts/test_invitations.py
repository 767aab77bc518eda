"""Invitations: who may invite whom, for whom, and that each is accepted once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import Invitation, User
from certhub.models.parties import Party
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.tokens import new_token, token_hash
from certhub.rules.vocabulary import Role
from certhub.services import invitations
from tests.factories import (
    make_coordinator,
    make_employment,
    make_practice,
    make_program,
    make_user,
    make_vendor,
    sign_in,
)
from tests.integration.accounts.browsing import (
    OTHER_PASSWORD,
    PASSWORD,
    entries,
    is_signed_in,
    link_in,
    mails,
    reviewer,
    send,
    text_of,
    try_to_sign_in,
)

ACCEPTED = {"name": "Ngozi Adeyemi", "password": PASSWORD, "repeated": PASSWORD}


def administrator() -> User:
    return make_user(Role.DPH_ADMINISTRATOR)


def invited(
    role: Role = Role.AUDITOR,
    *,
    party: Party | None = None,
    actor: User | None = None,
    email: str = "ngozi@example.org",
) -> Invitation:
    inviter = actor or administrator()
    with transaction():
        return invitations.invite(
            email=email, name="Ngozi", role=role, party=party, actor=inviter, at=clock.now(),
            link=lambda token: f"http://127.0.0.1:8000/invitations/{token}",
        )  # fmt: skip


def newest_link() -> str:
    return link_in(mails("invitation")[-1])


def everybody() -> dict[str, tuple[User, Party | None]]:
    """One inviter of each kind, with the party of theirs."""
    vendor, practice, program = make_vendor(), make_practice(), make_program()
    person = make_coordinator(vendor=vendor)
    return {
        "administrator": (administrator(), None),
        "reviewer": (make_user(Role.DPH_REVIEWER), None),
        "auditor": (make_user(Role.AUDITOR), None),
        "vendor": (make_user(Role.VENDOR_HR, vendor), vendor),
        "practice": (make_user(Role.PRACTICE_MANAGER, practice), practice),
        "program": (make_user(Role.TRAINING_PROVIDER, program), program),
        "coordinator": (make_user(Role.COORDINATOR, person), person),
    }


@pytest.mark.parametrize(
    ("inviter", "role", "whose", "allowed"),
    [
        ("administrator", Role.DPH_ADMINISTRATOR, None, True),
        ("administrator", Role.DPH_REVIEWER, None, True),
        ("administrator", Role.FUND_MANAGER, None, True),
        ("administrator", Role.AUDITOR, None, True),
        ("administrator", Role.VENDOR_HR, "vendor", True),
        ("administrator", Role.PRACTICE_MANAGER, "practice", True),
        ("administrator", Role.TRAINING_PROVIDER, "program", True),
        ("administrator", Role.COORDINATOR, "colleague", True),
        ("administrator", Role.COORDINATOR, "coordinator", False),  # has an account already
        ("administrator", Role.VENDOR_HR, None, False),
        ("administrator", Role.VENDOR_HR, "practice", False),
        ("administrator", Role.AUDITOR, "vendor", False),
        ("administrator", Role.PUBLIC, None, False),
        ("reviewer", Role.DPH_REVIEWER, None, False),
        ("auditor", Role.AUDITOR, None, False),
        ("vendor", Role.VENDOR_HR, "vendor", True),
        ("vendor", Role.COORDINATOR, "colleague", True),
        ("vendor", Role.VENDOR_HR, "other vendor", False),
        ("vendor", Role.COORDINATOR, "other coordinator", False),
        ("vendor", Role.COORDINATOR, "former colleague", False),
        ("vendor", Role.PRACTICE_MANAGER, "practice", False),
        ("vendor", Role.DPH_ADMINISTRATOR, None, False),
        ("practice", Role.PRACTICE_MANAGER, "practice", True),
        ("practice", Role.PRACTICE_MANAGER, "other practice", False),
        ("practice", Role.VENDOR_HR, "vendor", False),
        ("practice", Role.DPH_REVIEWER, None, False),
        ("program", Role.TRAINING_PROVIDER, "program", True),
        ("program", Role.TRAINING_PROVIDER, "other program", False),
        ("coordinator", Role.COORDINATOR, "coordinator", False),
        ("coordinator", Role.VENDOR_HR, "vendor", False),
    ],
)
def test_each_invites_their_own_people_and_nobody_elses(
    app: Flask, inviter: str, role: Role, whose: str | None, *, allowed: bool
) -> None:
    people = everybody()
    vendor = people["vendor"][1]
    assert vendor is not None
    parties: dict[str | None, Party | None] = {name: party for name, (_, party) in people.items()}
    former = make_coordinator()
    other_vendor = make_vendor()
    make_employment(
        former, db.session.get_one(type(other_vendor), vendor.id), ends_on=clock.today() - timedelta(days=1)
    )
    parties |= {
        None: None,
        "colleague": make_coordinator(vendor=db.session.get_one(type(other_vendor), vendor.id)),
        "former colleague": former,
        "other vendor": other_vendor,
        "other coordinator": make_coordinator(vendor=other_vendor),
        "other practice": make_practice(),
        "other program": make_program(),
    }
    if allowed:
        invitation = invited(role, party=parties[whose], actor=people[inviter][0])
        assert (invitation.role, invitation.party_id) == (role, getattr(parties[whose], "id", None))
        assert len(mails("invitation")) == 1
    else:
        with pytest.raises(Refusal):
            invited(role, party=parties[whose], actor=people[inviter][0])
        db.session.rollback()
        assert db.session.scalars(select(Invitation)).all() == []
        assert mails("invitation") == []


def test_hr_invites_a_coordinator_by_clicking_and_the_coordinator_opens_the_account(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator("Ngozi Adeyemi", vendor=vendor, email="ngozi@example.org")
    sign_in(client, make_user(Role.VENDOR_HR, vendor))
    path = f"/accounts/invite?role=coordinator&party_id={person.id}"
    assert 'value="ngozi@example.org"' in text_of(client.get(path))

    answer = send(client, path, {"party_id": person.id, "name": "Ngozi Adeyemi", "email": "Ngozi@Example.org"})
    assert (answer.status_code, answer.location) == (302, "/accounts/invitations")
    (message,) = mails("invitation")
    assert message.recipient == "ngozi@example.org"
    assert "Care coordinator" in message.body_text
    token = newest_link().rpartition("/")[2]
    assert db.session.scalars(select(Invitation.token_hash)).all() == [token_hash(token)]

    newcomer = client.application.test_client()
    opened = send(newcomer, newest_link(), ACCEPTED)
    assert (opened.status_code, opened.location) == (302, "/")
    assert is_signed_in(newcomer)
    user = db.session.scalars(select(User).where(User.email == "ngozi@example.org")).one()
    assert (user.role, user.party_id) == (Role.COORDINATOR, person.id)
    assert [entry.actor_id for entry in entries(AuditAction.INVITATION_ACCEPTED)] == [user.id]
    assert try_to_sign_in(client.application.test_client(), "ngozi@example.org").status_code == 302


def test_a_foreign_organization_cannot_be_chosen_by_changing_the_form(client: FlaskClient) -> None:
    own, foreign = make_vendor(), make_vendor()
    stranger = make_coordinator(vendor=foreign)
    sign_in(client, make_user(Role.VENDOR_HR, own))
    typed = {"name": "Ngozi", "email": "ngozi@example.org"}
    for role, party in (("vendor_hr", foreign), ("coordinator", stranger)):
        answer = send(client, f"/accounts/invite?role={role}", {**typed, "party_id": party.id}, page="/account")
        assert answer.status_code == 422
        assert client.get(f"/accounts/invite?role={role}&party_id={party.id}").status_code == 404
    assert mails("invitation") == []


def test_a_role_that_one_may_not_invite_to_is_read_as_no_role(client: FlaskClient) -> None:
    sign_in(client, make_user(Role.VENDOR_HR, make_vendor()))
    for role in ("dph_administrator", "practice_manager", "public", "nonsense"):
        page = text_of(client.get(f"/accounts/invite?role={role}"))
        assert "Send the invitation" not in page
        answer = send(client, f"/accounts/invite?role={role}", {"name": "N", "email": "n@example.org"})
        assert mails("invitation") == []
        assert answer.status_code == 200


def test_a_double_click_sends_one_invitation(client: FlaskClient) -> None:
    sign_in(client, administrator())
    data = {"name": "Ngozi", "email": "ngozi@example.org", "submission_token": "the same in both"}
    assert [send(client, "/accounts/invite?role=auditor", data).status_code for _ in range(2)] == [302, 302]
    assert len(mails("invitation")) == 1


def test_inviting_again_makes_the_earlier_link_void(client: FlaskClient) -> None:
    actor = administrator()
    invited(actor=actor)
    first = newest_link()
    invited(actor=actor)
    gone = client.get(first)
    assert gone.status_code == 410
    assert "newer one was sent" in text_of(gone)
    assert client.get(newest_link()).status_code == 200


def test_one_organization_does_not_take_back_what_another_one_sent(client: FlaskClient) -> None:
    first, second = make_vendor(), make_vendor()
    invited(Role.VENDOR_HR, party=first, actor=make_user(Role.VENDOR_HR, first))
    link = newest_link()
    invited(Role.VENDOR_HR, party=second, actor=make_user(Role.VENDOR_HR, second))
    assert client.get(link).status_code == 200


def test_whoever_has_an_account_is_not_invited_again(app: Flask) -> None:
    user = reviewer()
    with pytest.raises(Refusal, match="an account with this e-mail address already"):
        invited(email=user.email.upper())


def test_an_invitation_is_good_for_seven_days(client: FlaskClient) -> None:
    with time_machine.travel(datetime(2026, 11, 1, 15, 0, tzinfo=UTC), tick=False) as travelling:
        invited()
        travelling.shift(timedelta(days=7) - timedelta(seconds=1))
        assert client.get(newest_link()).status_code == 200
        travelling.shift(timedelta(seconds=1))
        expired = client.get(newest_link())
        assert (expired.status_code, "seven days" in text_of(expired)) == (410, True)


def test_a_link_that_nobody_sent_is_not_found_however_strange(client: FlaskClient) -> None:
    for token in (new_token(), "a%00b", "x" * 10_000, "%F0%9F%98%80", "%FF"):
        assert client.get(f"/invitations/{token}").status_code == 404
        assert client.get(f"/reset-password/{token}").status_code == 404


def test_an_invitation_that_was_taken_back_cannot_be_accepted(client: FlaskClient) -> None:
    invitation = invited()
    sign_in(client, administrator())
    answer = send(client, f"/accounts/invitations/{invitation.id}/revoke", page="/accounts/invitations")
    assert answer.status_code == 302
    assert client.get(newest_link()).status_code == 410
    assert len(entries(AuditAction.INVITATION_REVOKED)) == 1


def test_another_organizations_invitation_does_not_exist(client: FlaskClient) -> None:
    vendor = make_vendor()
    invitation = invited(Role.VENDOR_HR, party=vendor)
    sign_in(client, make_user(Role.VENDOR_HR, make_vendor()))
    answer = send(client, f"/accounts/invitations/{invitation.id}/revoke", page="/accounts/invite")
    assert answer.status_code == 404
    assert "ngozi@example.org" not in text_of(client.get("/accounts/invitations"))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password": "short", "repeated": "short"}, "at least 12"),
        ({"repeated": "something else entirely"}, "The two passwords differ"),
        ({"name": ""}, "Type your name"),
        ({"name": "N\x00"}, "cannot be saved"),
        ({"name": "N" * 10_000}, "too long"),
        ({"password": "p" * 10_000, "repeated": "p" * 10_000}, "too long"),
        ({"password": "a\x00" * 10, "repeated": "a\x00" * 10}, "cannot be saved"),
        ({"password": "ngozi@example.org", "repeated": "ngozi@example.org"}, "name and your e-mail"),
    ],
)
def test_what_cannot_be_accepted_is_told_beside_its_field_and_the_link_stays_good(
    client: FlaskClient, wrong: dict[str, str], told: str
) -> None:
    invited()
    answer = send(client, newest_link(), {**ACCEPTED, **wrong})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert send(client, newest_link(), ACCEPTED).status_code == 302


def test_a_name_from_right_to_left_opens_an_account(client: FlaskClient) -> None:
    invited()
    assert send(client, newest_link(), {**ACCEPTED, "name": "نجوى الحسن"}).status_code == 302
    assert "نجوى الحسن" in text_of(client.get("/account"))


def test_of_two_that_accept_at_the_same_moment_one_succeeds(committed_app: Flask) -> None:
    invited()
    link = newest_link()
    clients = [committed_app.test_client() for _ in range(2)]
    passwords = [PASSWORD, OTHER_PASSWORD]
    tokens = [
        text_of(client.get(link)).split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
        for client in clients
    ]
    answers: dict[int, int] = {}
    together = threading.Barrier(2)

    def accept(number: int) -> None:
        data = {**ACCEPTED, "csrf_token": tokens[number], "password": passwords[number], "repeated": passwords[number]}
        together.wait(timeout=10)
        answers[number] = clients[number].post(link, data=data).status_code

    threads = [threading.Thread(target=accept, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    db.session.rollback()
    assert sorted(answers.values()) in ([302, 410], [302, 422])
    assert len(db.session.scalars(select(User).where(User.email == "ngozi@example.org")).all()) == 1
    assert len(entries(AuditAction.INVITATION_ACCEPTED)) == 1
