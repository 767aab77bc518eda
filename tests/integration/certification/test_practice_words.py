"""Whether practice is allowed: each page that says it says the same, and what the rule says."""

import html
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.accounts import User
from certhub.models.certification import Certificate, Credential
from certhub.queries import credentials, notices
from certhub.rules.due_process import has_notice
from certhub.rules.status import STATUS_LABELS, is_authorized
from certhub.rules.vocabulary import CredentialStatus, Role, StatusEventKind
from certhub.web.context import press
from tests import factories
from tests.integration.certification.test_pages import post

GRANTED = datetime(2026, 3, 2, 15, 0, tzinfo=clock.AGENCY_ZONE)
ACTED_ON = date(2026, 5, 4)
ENDED_ON = date(2026, 5, 20)


@pytest.fixture
def credential(app: Flask) -> Credential:
    vendor = factories.make_vendor()
    desk = lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())
    with transaction():
        lifecycle.certified(vendor, desk, at=GRANTED)
    return db.session.scalars(select(Credential)).one()


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


def on(day: date) -> time_machine.travel:
    return time_machine.travel(datetime.combine(day, time(12), clock.AGENCY_ZONE), tick=False)


def assert_the_pages_agree(client: FlaskClient, credential: Credential, expected: CredentialStatus) -> None:
    """The page of the credential, the public page and the register, as they are today."""
    db.session.expire_all()
    status = credentials.view(credential, on=clock.today()).status
    assert status is expected
    allowed = is_authorized(status)
    code = db.session.scalars(select(Certificate.verification_code)).one()

    record = client.get(f"/organizations/{credential.party_id}").text
    assert ("Work under it is allowed." in record, "Work under it is not allowed." in record) == (allowed, not allowed)
    page, public = client.get(f"/credentials/{credential.id}").text, client.get(f"/verify/{code}").text
    assert ("Work under it is allowed." in page, "Work under it is not allowed." in page) == (allowed, not allowed)
    assert f"<dt>Work under it today</dt><dd>{'Allowed' if allowed else 'Not allowed'}</dd>" in public
    label = STATUS_LABELS[status]
    for shown in (page, public):
        assert label.label in html.unescape(shown)
    assert label.meaning in html.unescape(public)
    assert ("may work" in label.meaning or "in force" in label.meaning) is allowed


@pytest.mark.parametrize("kind", StatusEventKind)
def test_while_a_status_lasts_and_after_it_ended_every_page_says_whether_practice_is_allowed(
    client: FlaskClient, credential: Credential, administrator: User, kind: StatusEventKind
) -> None:
    status = CredentialStatus(kind.value)
    with on(ACTED_ON):
        factories.sign_in(client, administrator)
        code, said, _ = post(
            client, f"/credentials/{credential.id}/status-events/new", kind=kind.value,
            effective_on=ACTED_ON.isoformat(), reason="As the order says.", citation="272 CMR 9.04",
        )  # fmt: skip
        assert code == 302, said
        assert_the_pages_agree(client, credential, status)
        begun = notices.of_credential(administrator, credential)
        assert len(begun) == has_notice(kind)
        for notice in begun:
            page = client.get(f"/notices/{notice.id}").text
            assert notice.practice_allowed is is_authorized(status)
            assert ("<dd>Not allowed</dd>" in page) is ("You may not work" in page) is not is_authorized(status)
        [event] = credentials.view(credential, on=ACTED_ON).events
    with on(ENDED_ON):
        factories.sign_in(client, administrator)
        code, said, _ = post(
            client, f"/credentials/{credential.id}/status-events/{event.id}/lift",
            last_day=(ENDED_ON - timedelta(days=1)).isoformat(), reason="It was met.",
        )  # fmt: skip
        assert code == 302, said
        assert_the_pages_agree(client, credential, CredentialStatus.CURRENT)
        ended = notices.of_credential(administrator, credential)[0]
        page = client.get(f"/notices/{ended.id}").text
        assert (ended.practice_allowed, "<dd>Allowed</dd>" in page, "You may work" in page) == (True, True, True)
        assert "May 19, 2026" in page


def test_outside_its_term_every_page_says_that_practice_is_not_allowed(
    client: FlaskClient, credential: Credential, administrator: User
) -> None:
    [period] = credentials.view(credential, on=ACTED_ON).periods
    for day, status in (
        (period.starts_on - timedelta(days=1), CredentialStatus.NOT_YET_EFFECTIVE),
        (period.starts_on, CredentialStatus.CURRENT),
        (period.expires_on, CredentialStatus.CURRENT),
        (period.expires_on + timedelta(days=1), CredentialStatus.IN_GRACE),
        (period.grace_until + timedelta(days=1), CredentialStatus.EXPIRED),
    ):
        with on(day):
            factories.sign_in(client, administrator)
            assert_the_pages_agree(client, credential, status)


def test_a_suspension_that_ends_after_the_term_did_says_that_practice_is_not_allowed(
    client: FlaskClient, credential: Credential, administrator: User
) -> None:
    [period] = credentials.view(credential, on=ACTED_ON).periods
    with on(ACTED_ON):
        factories.sign_in(client, administrator)
        address = f"/credentials/{credential.id}/status-events"
        assert post(client, f"{address}/new", kind="suspended", effective_on="2026-05-04", reason="Late.")[0] == 302
        [event] = credentials.view(credential, on=ACTED_ON).events
    with on(period.expires_on + timedelta(days=9)):
        factories.sign_in(client, administrator)
        last_day = (period.expires_on + timedelta(days=8)).isoformat()
        assert post(client, f"{address}/{event.id}/lift", last_day=last_day, reason="Met.")[0] == 302
        ended = notices.of_credential(administrator, credential)[0]
        page = client.get(f"/notices/{ended.id}").text
    assert (ended.practice_allowed, "from that day either" in page, "<dd>Not allowed</dd>" in page) == (
        False,
        True,
        True,
    )
