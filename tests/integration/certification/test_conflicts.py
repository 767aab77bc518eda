"""Whoever comes second is told the truth, sees what they typed, and is led back to the page that they came from."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.certification import Certificate, Credential, Evidence, StatusEvent
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role, StatusEventKind
from certhub.services import applications, certificates, status_events
from certhub.web.context import press
from tests import factories
from tests.factories import WHEN
from tests.integration.certification.test_pages import post

SERVER = "http://localhost"


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    vendor = factories.make_vendor()
    return lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())


@pytest.fixture
def credential(desk: lifecycle.Desk) -> Credential:
    with transaction():
        lifecycle.certified(desk.applicant.party, desk, at=WHEN)  # type: ignore[arg-type]  # HR has a party
    return db.session.scalars(select(Credential)).one()


def send(client: FlaskClient, address: str, page: str, *, referrer: str | None = None, **fields: str) -> TestResponse:
    """Send a form with the page that it came from, as a browser does."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    data = {"csrf_token": token[1] if token else "", **fields}
    return client.post(address, data=data, headers={"Referer": referrer or SERVER + page})


def links(answer: TestResponse) -> list[str]:
    return re.findall(r'<a class="btn btn-primary" href="([^"]+)">Go back to the page', answer.text)


@pytest.fixture
def second_to_take_up(client: FlaskClient, desk: lifecycle.Desk) -> str:
    """The page of an application that somebody else takes up while it is looked at."""
    at = clock.now()
    with transaction():
        application = lifecycle.opened(desk.applicant.party, desk, at=at)  # type: ignore[arg-type]  # as above
        lifecycle.furnished(application, desk, at=at)
        lifecycle.submitted(application, desk, at=at)
    other = factories.make_user(Role.DPH_REVIEWER)
    with transaction():
        applications.take_up(application, actor=other, at=at)
    factories.sign_in(client, desk.reviewer)
    return f"/applications/{application.id}"


def test_a_refusal_without_a_form_leads_back_to_the_page_that_the_button_was_on(
    client: FlaskClient, second_to_take_up: str
) -> None:
    answer = send(client, f"{second_to_take_up}/take-up", second_to_take_up)

    assert answer.status_code == 409
    assert links(answer) == [second_to_take_up]
    assert "What you typed" not in answer.text


@pytest.mark.parametrize("referrer", ["https://evil.example/x", "http://localhost.evil.example/", "http://[", "x"])
def test_the_way_back_never_leads_to_another_site(client: FlaskClient, second_to_take_up: str, referrer: str) -> None:
    answer = send(client, f"{second_to_take_up}/take-up", second_to_take_up, referrer=referrer)

    assert answer.status_code == 409
    assert links(answer) == []
    assert "evil.example" not in answer.text


def test_what_was_typed_is_shown_when_the_database_refuses(
    client: FlaskClient, credential: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    def collide(*_arguments: object, **_more: object) -> None:
        raise IntegrityError("insert", {}, ValueError("unique"))

    monkeypatch.setattr(status_events, "record", collide)
    factories.sign_in(client, factories.make_user(Role.DPH_ADMINISTRATOR))
    page = f"/credentials/{credential.id}/status-events/new"

    answer = send(
        client, page, page, kind="suspended", effective_on="2026-05-01", reason="A <b>long</b> reason, typed by hand."
    )

    assert answer.status_code == 409
    assert links(answer) == [page]
    assert "A &lt;b&gt;long&lt;/b&gt; reason, typed by hand." in answer.text
    assert "csrf" not in re.sub(r"<(input|meta|form)[^>]*>", "", answer.text).lower()


def test_a_certificate_that_was_replaced_is_not_issued_again_and_the_newer_one_is_named(
    client: FlaskClient, desk: lifecycle.Desk, credential: Credential
) -> None:
    first = db.session.scalars(select(Certificate)).one()
    with transaction():
        newer = certificates.reissue(first, "Name.", press=press(), actor=desk.reviewer, at=WHEN + timedelta(days=30))
    factories.sign_in(client, desk.reviewer)
    page = f"/certificates/{first.id}/reissue"

    shown = client.get(page).text
    status, text, _ = post(client, page, page=client.get(f"/certificates/{newer.id}/reissue"), reason="My own reason.")

    assert status == 422
    assert f"already replaced on April 1, 2026, by certificate {newer.facts['serial']}" in text
    assert "My own reason." in text
    for answer in (shown, text):
        assert f'href="/certificates/{newer.id}"' in answer
        assert f'href="/certificates/{newer.id}/reissue"' in answer
        assert "Issue it again</button>" not in answer
    assert db.session.scalar(select(func.count()).select_from(Certificate)) == 2
    assert post(client, f"/certificates/{newer.id}/reissue", reason="Again.")[0] == 302


def test_taking_back_twice_takes_back_once(client: FlaskClient, desk: lifecycle.Desk) -> None:
    at = clock.now()
    with transaction():
        application = lifecycle.opened(desk.applicant.party, desk, at=at)  # type: ignore[arg-type]  # as above
        lifecycle.furnished(application, desk, at=at)
    given = db.session.scalars(select(Evidence).order_by(Evidence.id)).first()
    assert given is not None
    factories.sign_in(client, desk.applicant)
    page = f"/applications/{application.id}"

    answers = [send(client, f"{page}/evidence/{given.id}/take-back", page) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    cancelling = select(func.count()).select_from(Evidence).where(Evidence.supersedes_id == given.id)
    assert db.session.scalar(cancelling) == 1


def put(credential: Credential, kind: StatusEventKind, first: date, last: date | None = None) -> StatusEvent:
    administrator = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        return status_events.record(
            credential, kind, effective_on=first, ends_on=last, reason="Late report.",
            actor=administrator, at=clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 5, 1), None), (date(2026, 6, 1), None), (date(2026, 4, 1), None), (date(2026, 6, 30), None),
        (date(2026, 4, 1), date(2026, 5, 1)), (date(2026, 5, 10), date(2026, 5, 20)),
    ],
)  # fmt: skip
def test_a_status_that_the_credential_has_on_one_of_the_days_is_refused(
    credential: Credential, first: date, last: date | None
) -> None:
    put(credential, StatusEventKind.PROBATION, date(2026, 5, 1), date(2026, 6, 30))

    with pytest.raises(Refusal, match=r"already, from May 1, 2026 through June 30, 2026\. End that one first") as told:
        put(credential, StatusEventKind.PROBATION, first, last)

    assert told.value.field == "kind"


def test_another_status_other_days_and_what_was_ended_are_not_in_the_way(credential: Credential) -> None:
    event = put(credential, StatusEventKind.PROBATION, date(2026, 5, 1))
    with pytest.raises(Refusal, match=r"from May 1, 2026\. End"):
        put(credential, StatusEventKind.PROBATION, date(2026, 7, 1))
    put(credential, StatusEventKind.SUSPENDED, date(2026, 5, 1))
    administrator = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        status_events.lift(
            event, last_day=date(2026, 6, 30), reason="Done.", at=clock.now(), actor=administrator
        )  # fmt: skip
    put(credential, StatusEventKind.PROBATION, date(2026, 7, 1))
    put(credential, StatusEventKind.PROBATION, date(2026, 4, 1), date(2026, 4, 30))
