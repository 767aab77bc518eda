"""A second way of telling people is plugged in beside mail: each writer takes up the notices of its own channel."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import Enum, text

from certhub.database import db, transaction
from certhub.rules.reminder_policies import Channel, ObligationKind
from certhub.services import obligations, opt_outs, reminder_channels, reminders
from tests.factories import make_coordinator
from tests.integration.reminders.arranging import (
    POLICIES,
    a_credential,
    instant,
    link,
    messages,
    recipients,
    watch_from,
)

DUE = date(2027, 7, 30)
DAY = DUE - timedelta(days=30)
LETTER = cast("Channel", "letter")
"""A channel that has no name and no migration yet."""


@pytest.fixture
def letters(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """For whom the writer of the other channel was called, which takes up nothing."""
    known: Any = Enum._db_value_for_elem  # the one place where names are checked
    monkeypatch.setattr(Enum, "_db_value_for_elem", lambda of, one: one if one == LETTER else known(of, one))
    sqlite = db.engine.dialect.name == "sqlite"
    allow = "PRAGMA ignore_check_constraints = {}" if sqlite else "ALTER TABLE reminder_notice {} CONSTRAINT {}"
    db.session.execute(text(allow.format("ON") if sqlite else allow.format("DROP", "ck_reminder_notice_channel")))
    told: list[str] = []

    def write(recipients: Sequence[str], _day: date, **_named: Any) -> int:
        told.extend(recipients)
        return 0

    writers: dict[Channel, Any] = {**reminder_channels.WRITERS, LETTER: write}
    monkeypatch.setattr(reminder_channels, "WRITERS", writers)
    yield told
    if sqlite:
        db.session.execute(text(allow.format("OFF")))


@pytest.fixture
def planned(letters: list[str]) -> None:
    """Notices wait for Ana by mail, and for Ben on the other channel."""
    watch_from(date(2026, 3, 2))
    for name in ("Ana", "Ben"):
        a_credential(make_coordinator(f"{name} Test", email=f"{name.lower()}@example.org"), DUE)
    with transaction() as session:
        obligations.derive(DAY, policies=POLICIES, at=instant(DAY))
        reminders.plan(DAY, policies=POLICIES, at=instant(DAY))
        session.execute(text("UPDATE reminder_notice SET channel = 'letter' WHERE recipient = 'ben@example.org'"))


def waiting() -> list[tuple[str, str]]:
    """The notices that nobody has taken up yet, with their status."""
    told = text("SELECT recipient, status FROM reminder_notice WHERE message_id IS NULL ORDER BY recipient")
    return [(row.recipient, row.status) for row in db.session.execute(told)]


def write() -> int:
    with transaction():
        found = reminder_channels.waiting_recipients("", None)
        return reminder_channels.write(found, DAY, policies=POLICIES, link=link, at=instant(DAY))


def test_the_writer_of_mail_leaves_the_notices_of_another_channel_to_its_own_writer(
    planned: None, letters: list[str]
) -> None:
    assert write() == 1
    assert recipients() == ["ana@example.org"]
    assert letters == ["ana@example.org", "ben@example.org"]  # each writer picks what is of its own channel
    assert waiting() == [("ben@example.org", "planned")]


def test_a_notice_of_a_channel_that_nobody_writes_waits_and_keeps_nobody_busy(
    planned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    writers = {way: writer for way, writer in reminder_channels.WRITERS.items() if way is Channel.MAIL}
    monkeypatch.setattr(reminder_channels, "WRITERS", writers)
    assert reminder_channels.waiting_recipients("", None) == ["ana@example.org"]
    write()
    assert reminder_channels.waiting_recipients("", None) == []
    assert waiting() == [("ben@example.org", "planned")]


def test_whoever_opted_out_of_mail_is_still_told_by_other_means(planned: None) -> None:
    kind = ObligationKind.CREDENTIAL_RENEWAL
    with transaction():
        for address in ("ana@example.org", "ben@example.org"):
            opt_outs.choose(address, [kind.value], actor=opt_outs.LINK, at=instant(DAY))
        opt_outs.suppress(["ana@example.org", "ben@example.org"], [kind], at=instant(DAY))
    assert waiting() == [("ana@example.org", "suppressed"), ("ben@example.org", "planned")]
    assert messages() == []
