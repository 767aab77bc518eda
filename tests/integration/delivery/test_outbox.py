"""The outbox: what is put into it once is told once, and what people typed stays text."""

import threading
from datetime import datetime

import pytest
from flask import Flask

from certhub import clock
from certhub.database import db, transaction
from certhub.notifications import digest
from certhub.notifications.letters import Letter
from certhub.notifications.transports import SmtpTransport
from certhub.services import outbox
from tests.integration.delivery.mail_server import Mailbox, serving
from tests.integration.delivery.test_mail_delivery import only

pytestmark = pytest.mark.usefixtures("committed_app")


def test_an_injected_header_is_only_text() -> None:
    at: datetime = clock.now()
    with transaction():
        outbox.enqueue(
            "deadlines", recipient="ana@example.org", recipient_name="Ana\r\nBcc: all@example.org", dedupe_key="x",
            context=_told("Renew\r\nBcc: all@example.org"), at=at,
        )  # fmt: skip
    message = only()
    assert "\n" not in message.subject
    mailbox = Mailbox()
    with serving(mailbox) as url:
        transport = SmtpTransport(url, "c@example.org")
        transport.send(_claimed(message.id))
        transport.close()
    assert mailbox.taken[0]["Bcc"] is None
    assert str(mailbox.taken[0]["Subject"]).startswith("Renew Bcc: all@example.org")


def _claimed(message_id: int) -> Letter:
    with transaction():
        claimed = outbox.claim(message_id, host="h", at=clock.now())
    assert claimed is not None
    return claimed.letter


def _told(title: str) -> dict[str, object]:
    line = digest.Line(title, "It ends.", "Because.", "Act.", "https://h/")
    return {"lines": [line], "written_on": clock.today()}


def test_a_dedupe_key_is_told_once_even_by_two_at_once(committed_app: Flask) -> None:
    told: list[bool] = []
    ready = threading.Barrier(2)

    def tell() -> None:
        with committed_app.app_context():
            ready.wait()
            with transaction():
                new = outbox.enqueue(
                    "deadlines", recipient="ana@example.org", dedupe_key="once", context=_told("A"),
                    at=clock.now(),
                )  # fmt: skip
                told.append(new is not None)
            db.session.remove()

    threads = [threading.Thread(target=tell) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False, True]
    assert only().dedupe_key == "once"


def test_a_key_of_any_length_is_told_once() -> None:
    def told() -> bool:
        with transaction():
            return outbox.enqueue(
                "deadlines", recipient="a@example.org", dedupe_key="k" * 400, context=_told("A"),
                at=clock.now(),
            ) is not None  # fmt: skip

    assert [told(), told()] == [True, False]
