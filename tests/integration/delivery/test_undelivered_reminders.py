"""A reminder that did not arrive says so, and what to do, wherever it is read of; never that it was not needed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from certhub.database import db, transaction
from certhub.jobs import mail_delivery
from certhub.jobs.registry import JobProblem, Occasion
from certhub.models.accounts import User
from certhub.models.messages import Message, ReminderNotice, ReminderStatus
from certhub.rules.mail_attempts import GIVE_UP_AFTER, LEAST_ATTEMPTS
from certhub.rules.reminder_reasons import CAME_BACK, NOT_PREPARED, NOT_TAKEN
from certhub.rules.vocabulary import Role
from certhub.services import bounces, digests
from tests.factories import make_coordinator, make_user, make_vendor, sign_in
from tests.integration.delivery.mail_server import Mailbox, serving
from tests.integration.reminders.arranging import a_credential, deliver_on, instant, link, run_on, watch_from
from tests.unit.rules.test_bounces import in_form

DAY = date(2027, 7, 12)


@pytest.fixture
def person(app: Flask) -> User:
    """Somebody for whom a digest waits."""
    found = make_coordinator("Ana Ferreira", email="ana@example.org", vendor=make_vendor("Bay Care"))
    watch_from(date(2026, 3, 2))
    a_credential(found, DAY + timedelta(days=20))
    run_on(DAY)
    return make_user(Role.COORDINATOR, found, email="ana@example.org")


def refused(app: Flask, _patch: pytest.MonkeyPatch) -> None:
    """The mail server does not know the mailbox."""
    mailbox = Mailbox(rcpt=lambda _to, _: "550 5.1.1 No such user")
    with serving(mailbox) as address, time_machine.travel(instant(DAY), tick=False):
        mail_delivery.deliver(Occasion(DAY, replace(app.extensions["certhub"].settings, smtp_url=address), link))


def not_prepared(app: Flask, patch: pytest.MonkeyPatch) -> None:
    """Its words cannot be made, for days."""

    def breaks(*_arguments: object, **_named: object) -> None:
        raise ZeroDivisionError

    patch.setattr(digests, "read_again", breaks)
    with transaction() as session:
        session.execute(update(Message).values(attempts=LEAST_ATTEMPTS, waits_since=instant(DAY) - GIVE_UP_AFTER))
    occasion = Occasion(DAY, app.extensions["certhub"].settings, link)
    with time_machine.travel(instant(DAY), tick=False), pytest.raises(JobProblem, match="could be prepared"):
        mail_delivery.deliver(occasion)


def came_back(_app: Flask, _patch: pytest.MonkeyPatch) -> None:
    """A server took it, and reports later."""
    sent = deliver_on(DAY)[0]
    report = in_form("failed", "5.1.1", f"Message-ID: {sent.message_id}\r\n")
    with transaction():
        bounces.take(report, base_url="http://certhub.example", at=instant(DAY))


Lost = tuple[Callable[[Flask, pytest.MonkeyPatch], None], ReminderStatus, str, str]


@pytest.mark.parametrize(
    "lost",
    [
        (refused, ReminderStatus.FAILED, NOT_TAKEN, "The mail server did not take the message. Check that the address"),
        (not_prepared, ReminderStatus.FAILED, NOT_PREPARED, "That is a fault of CertHub, not of the address."),
        (came_back, ReminderStatus.BOUNCED, CAME_BACK, "A mail server took the message and later sent it back."),
    ],
)
def test_a_reminder_that_did_not_arrive_says_what_happened_and_what_to_do(
    client: FlaskClient, person: User, monkeypatch: pytest.MonkeyPatch, lost: Lost
) -> None:
    happens, status, reason, told = lost
    with monkeypatch.context() as patch:
        happens(client.application, patch)
    db.session.expire_all()
    rows = db.session.scalars(select(ReminderNotice).where(ReminderNotice.recipient == person.email)).all()
    assert {(row.status, row.reason) for row in rows} == {(status, reason)}

    office = make_user(Role.DPH_ADMINISTRATOR)
    with time_machine.travel(instant(DAY), tick=False):
        for user, address in ((person, "/account/reminders"), (office, f"/coordinators/{person.party_id}/reminders")):
            page = unescape(sign_in(client, user).get(address).text)
            assert told in page
            assert "can send the message again" in page
            assert "It was not needed" not in page
        message = f"/mail/{rows[0].message_id}"
        page = unescape(sign_in(client, office).get(message).text)
        assert ("CertHub could not write this message" in page) == (reason == NOT_PREPARED)
        assert ("an address that works" in page) == (reason != NOT_PREPARED)
