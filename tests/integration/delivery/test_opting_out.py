"""Opting out of courtesies: one click without a session, in the ledger, and never of what is part of the work."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.jobs.mail_delivery import deliver
from certhub.jobs.registry import Occasion
from certhub.models.audit import AuditEntry
from certhub.models.messages import MailOptOut, Message, ReminderNotice, ReminderStatus
from certhub.models.parties import Coordinator
from certhub.notifications.letters import Letter, as_email
from certhub.rules import opt_outs as rule
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.reminder_reasons import OPTED_OUT
from certhub.rules.vocabulary import Role
from certhub.services import digests, opt_outs
from certhub.services.digest_readings import ReadingAgain
from tests.conftest import SECRET_KEY
from tests.factories import make_coordinator, make_user, make_vendor, sign_in
from tests.integration.delivery.mail_server import Mailbox, serving
from tests.integration.reminders.arranging import POLICIES, a_credential, instant, link, run_on, watch_from
from tests.integration.reminders.test_rechecks import DUE, FIRST, licence_of

KIND = ObligationKind.LICENCE_RECHECK
HR = "hr@example.org"
OPTIONAL = opt_outs.optional(POLICIES)


@pytest.fixture
def person(app: Flask) -> Coordinator:
    vendor = make_vendor()
    make_user(Role.VENDOR_HR, vendor, email=HR)
    return make_coordinator("Ana Ferreira", vendor=vendor)


def written(day: date) -> Message | None:
    """What the reminders of a day put into the outbox for HR."""
    run_on(day)
    of_hr = select(Message).where(Message.recipient == HR).order_by(Message.id.desc())
    return db.session.scalars(of_hr).first()


def test_only_reminders_whose_policy_says_so_can_be_switched_off() -> None:
    assert {KIND} <= OPTIONAL
    assert ObligationKind.CREDENTIAL_RENEWAL not in OPTIONAL


def test_the_link_names_nobody_and_cannot_be_guessed() -> None:
    told = rule.token(7, SECRET_KEY)
    assert rule.message_of(told, SECRET_KEY) == 7
    assert rule.message_of(told, "another key") is None
    for wrong in ("", "7", "8" + told[1:], told[:-1], "-", "٧-x", "9" * 40 + "-x"):
        assert rule.message_of(wrong, SECRET_KEY) is None


def a_letter(**values: Any) -> Letter:
    html = "<main>Words.</main><footer><p>DPH</p></footer>"
    return Letter("<1@h>", "ana@example.org", "Ana", "S", "Words.\n", html, clock.now(), **values)


def test_mail_says_in_header_and_foot_how_to_opt_out_or_that_nobody_can() -> None:
    free = as_email(a_letter(opt_out_link="https://h/mail/opt-out/7-x", courtesies="a look"), "c@h.example")
    assert free["List-Unsubscribe"] == "<https://h/mail/opt-out/7-x>"  # no address: nobody could honour it
    assert free["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    bound = as_email(a_letter(), "c@h.example")
    assert bound["List-Unsubscribe"] is None
    for mail, words in ((free, "https://h/mail/opt-out/7-x"), (bound, "You cannot switch this mail off")):
        for kind in ("plain", "html"):
            body = mail.get_body((kind,))
            assert body is not None
            assert words in body.get_content()


def test_the_foot_names_what_can_be_switched_off_and_says_whether_there_is_more(
    person: Coordinator, app: Flask
) -> None:
    watch_from(FIRST)
    licence_of(person)
    alone = foot_of_mail(app, DUE - timedelta(days=7))
    a_credential(person, DUE + timedelta(days=7))
    with_more = foot_of_mail(app, DUE)
    may = "You do not have to get mail about the following: a look at the source of an outside licence."
    assert may in alone
    assert "What else this message tells" not in alone
    assert f"{may} What else this message tells cannot be switched off." in with_more


def foot_of_mail(app: Flask, day: date) -> str:
    """What HR reads under the mail of a day, as one line."""
    mailbox = Mailbox()
    with time_machine.travel(instant(day), tick=False), serving(mailbox) as address:
        message = written(day)
        assert message is not None
        deliver(Occasion(day, replace(app.extensions["certhub"].settings, smtp_url=address), link))
    (mail,) = [one for one in mailbox.taken if one["To"].addresses[0].addr_spec == HR]
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_one_click_opts_out_without_a_session_and_reading_the_page_changes_nothing(
    person: Coordinator, client: FlaskClient
) -> None:
    watch_from(FIRST)
    licence_of(person)
    message = written(DUE - timedelta(days=7))
    assert message is not None
    assert message.opt_out == KIND.value
    address = f"/mail/opt-out/{rule.token(message.id, client.application.config['SECRET_KEY'])}"
    assert "Send me no more of this" in client.get(address).text
    assert db.session.scalars(select(MailOptOut)).all() == []
    for _ in range(2):
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "It is done" in answer.text
    assert [(one.address, one.kind) for one in db.session.scalars(select(MailOptOut))] == [(HR, KIND.value)]
    actions = select(AuditEntry.action).where(AuditEntry.subject_type == "mail_opt_out")
    assert db.session.scalars(actions).all() == ["mail.opted_out"]
    assert client.post("/mail/opt-out/7-forged").status_code == 404


def test_a_digest_leaves_out_only_what_its_reader_may_and_does_not_want(person: Coordinator) -> None:
    watch_from(FIRST)
    licence_of(person)
    with transaction():
        opt_outs.choose(HR, [KIND.value], actor=opt_outs.LINK, at=instant(FIRST))
    a_credential(person, DUE)
    message = written(DUE - timedelta(days=7))
    assert message is not None
    assert "credential" in message.body_text
    assert "check of licence" not in message.body_text
    assert message.opt_out == ""
    left_out = select(ReminderNotice).where(ReminderNotice.reason == OPTED_OUT)
    assert {one.status for one in db.session.scalars(left_out)} == {ReminderStatus.SUPPRESSED}


def test_whoever_opts_out_while_a_digest_waits_does_not_get_the_line(person: Coordinator) -> None:
    watch_from(FIRST)
    licence_of(person)
    day = DUE - timedelta(days=7)
    message = written(day)
    assert message is not None
    with transaction():
        opt_outs.choose(HR, [KIND.value], actor=opt_outs.LINK, at=instant(day))
    with transaction():
        assert digests.read_again(message.id, ReadingAgain(day, POLICIES), link=link, at=instant(day)) is None
    reasons = db.session.scalars(select(ReminderNotice.reason).where(ReminderNotice.message_id == message.id))
    assert set(reasons) == {OPTED_OUT}


def test_my_account_shows_and_changes_what_somebody_gets(client: FlaskClient) -> None:
    account = make_user(Role.VENDOR_HR, make_vendor())
    client.application.config["WTF_CSRF_ENABLED"] = False
    try:
        signed_in = sign_in(client, account)
        assert signed_in.post("/account/mail/off", data={"kind": KIND.value}).status_code == 302
        assert signed_in.post("/account/mail/off", data={"kind": "credential_renewal"}).status_code == 404
        assert account.email in db.session.scalars(select(MailOptOut.address)).all()
        assert signed_in.post("/account/mail/on", data={"kind": KIND.value}).status_code == 302
        assert signed_in.post("/account/mail/on", data={"kind": KIND.value}).status_code == 409
    finally:
        client.application.config["WTF_CSRF_ENABLED"] = True
    assert "You get it" in signed_in.get("/account/mail").text


def test_what_was_never_offered_stays(tmp_path: Path, person: Coordinator) -> None:
    watch_from(date(2026, 3, 2))
    a_credential(person, date(2027, 7, 30))
    with transaction():
        opt_outs.choose(str(person.email), ["credential_renewal"], actor=opt_outs.LINK, at=clock.now())
    run_on(date(2027, 7, 30) - timedelta(days=20))
    told = db.session.scalars(select(Message.recipient).where(Message.kind == digests.DIGEST)).all()
    assert person.email in told
