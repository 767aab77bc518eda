"""What anybody is told of a certificate: of its own term and of the credential today, and when they must wait."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.jobs import runner
from certhub.jobs.catalog import find
from certhub.jobs.registry import Occasion
from certhub.models.accounts import SignInThrottle
from certhub.models.certification import Certificate, CredentialPeriod
from certhub.queries import credentials
from certhub.rules.lockout import COMPARED_FILE, LONGEST_REMEMBERED, UNKNOWN_CODE
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.rules.vocabulary import Role
from certhub.services import certificates, throttle
from certhub.web.context import press
from tests import factories
from tests.factories import WHEN
from tests.integration.certification.test_pages import post
from tests.integration.exposure.arranging import changed

UNKNOWN = "0000-0000-0000-0000-0000-0000-00"


@pytest.fixture
def certificate(app: Flask) -> Certificate:
    """The first certificate of a vendor, for two years from March 2026."""
    vendor = factories.make_vendor()
    desk = lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())
    with transaction():
        lifecycle.certified(vendor, desk, at=WHEN)
    return db.session.scalars(select(Certificate)).one()


def renewed(certificate: Certificate) -> Certificate:
    """The certificate of the term that follows."""
    first = certificate.period
    with transaction():
        term = CredentialPeriod(
            credential_id=first.credential_id, standard_version_id=first.standard_version_id,
            starts_on=first.expires_on + timedelta(days=1), expires_on=first.expires_on + timedelta(days=730),
            grace_until=first.expires_on + timedelta(days=760), because="Renewed.", recorded_at=WHEN,
            reinstatement_until=first.expires_on + timedelta(days=1200),
        )  # fmt: skip
        db.session.add(term)
        db.session.flush()
        return certificates.issue(term, press=press(), actor=factories.ARRANGING, at=WHEN + timedelta(days=720))


def page(client: FlaskClient, certificate: Certificate) -> str:
    return " ".join(client.get(f"/verify/{certificate.verification_code}").text.split())


def test_a_certificate_whose_term_is_over_says_so_beside_the_status_of_the_renewed_credential(
    client: FlaskClient, certificate: Certificate
) -> None:
    """Lesson 2."""
    second = renewed(certificate)
    with time_machine.travel(second.period.starts_on + timedelta(days=30), tick=False):
        old, new = page(client, certificate), page(client, second)

    ended = f"The term of this certificate ended on {written(certificate.period.expires_on)}"
    assert ended in old
    assert "The credential is, today, current." in old
    assert f"from {written(second.period.starts_on)} to {written(second.period.expires_on)}" in old
    assert "The term of this certificate" not in new.replace("Term of this certificate", "")
    assert "a later certificate" not in new


def test_a_certificate_whose_term_is_over_without_a_renewal_names_no_later_one(
    client: FlaskClient, certificate: Certificate
) -> None:
    with time_machine.travel(certificate.period.expires_on + timedelta(days=400), tick=False):
        shown = page(client, certificate)

    assert "The term of this certificate ended on" in shown
    assert "The credential is, today, expired." in shown
    assert "a later certificate" not in shown


def test_a_new_name_and_a_new_signatory_change_no_certificate_that_was_issued(
    client: FlaskClient, certificate: Certificate
) -> None:
    """Lesson 17."""
    facts, digest = dict(certificate.facts), certificate.sha256
    file = press().store.get(digest)
    changed(certificate.credential.party, name="Harbor Family Partners")
    actor = factories.make_user(Role.DPH_ADMINISTRATOR)
    later = replace(press(), signatory_name="B. Director")

    with pytest.raises(Refusal, match="Say why"), transaction():
        certificates.reissue(certificate, " ", press=later, actor=actor, at=WHEN)
    with transaction():
        second = certificates.reissue(certificate, "New name", press=later, actor=actor, at=WHEN)

    db.session.expire_all()
    assert (certificate.facts, certificate.sha256) == (facts, digest)
    assert press().store.get(digest) == file
    assert (second.facts["holder_name"], second.supersedes_id) == ("Harbor Family Partners", certificate.id)
    shown = page(client, certificate)
    assert facts["holder_name"] in shown
    assert "Harbor Family Partners" not in shown


def test_a_certificate_of_a_term_to_come_says_when_it_begins(client: FlaskClient, certificate: Certificate) -> None:
    second = renewed(certificate)
    with time_machine.travel(second.period.starts_on - timedelta(days=3), tick=False):
        early, first = page(client, second), page(client, certificate)

    assert "The term of this certificate begins on" in early
    assert "ended on" not in first
    assert "The credential was renewed" in first


def test_the_last_day_of_a_term_belongs_to_it(certificate: Certificate) -> None:
    last = certificate.period.expires_on
    on_it = credentials.verify(certificate.verification_code, on=last)
    after = credentials.verify(certificate.verification_code, on=last + timedelta(days=1))

    assert (on_it.ended_on if on_it else "none") is None
    assert after is not None
    assert after.ended_on == last


def ask(client: FlaskClient, times: int, address: str = f"/verify/{UNKNOWN}", **options: Any) -> int:
    status = 0
    for _ in range(times):
        status = client.get(address, **options).status_code
    return status


@pytest.mark.parametrize("address", [f"/verify/{UNKNOWN}", "/verify/nonsense"])
def test_codes_that_nobody_gave_out_make_their_network_wait(client: FlaskClient, address: str) -> None:
    assert ask(client, UNKNOWN_CODE.free + 1, address) == 404

    answer = client.get(address)

    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= UNKNOWN_CODE.first.total_seconds()
    assert "Please wait" in answer.text
    assert "You can try again from" in answer.text


def test_codes_typed_into_the_form_are_counted_too(client: FlaskClient) -> None:
    assert ask(client, UNKNOWN_CODE.free + 1, "/verify?code=short") == 422
    assert ask(client, 1, "/verify?code=short") == 429


def test_waiting_ends_and_costs_no_writing_meanwhile(client: FlaskClient) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        ask(client, UNKNOWN_CODE.free + 1)
        before = db.session.scalars(select(SignInThrottle.failures)).all()
        assert ask(client, 5) == 429
        assert db.session.scalars(select(SignInThrottle.failures)).all() == before
        time.shift(UNKNOWN_CODE.first)
        assert ask(client, 1) == 404


def test_a_right_code_is_never_counted_and_never_waits(client: FlaskClient, certificate: Certificate) -> None:
    right = f"/verify/{certificate.verification_code}"
    assert ask(client, UNKNOWN_CODE.free + 5, right) == 200
    assert db.session.scalars(select(SignInThrottle)).all() == []
    assert ask(client, UNKNOWN_CODE.free + 5) == 429

    assert ask(client, 3, right) == 200
    assert client.get(f"/verify?code={certificate.verification_code}", follow_redirects=True).status_code == 200


def test_another_network_does_not_wait(client: FlaskClient) -> None:
    assert ask(client, UNKNOWN_CODE.free + 2) == 429
    assert ask(client, 1, environ_overrides={"REMOTE_ADDR": "198.51.100.7"}) == 404


def test_files_to_compare_make_their_network_wait_wherever_they_are_sent(
    client: FlaskClient, certificate: Certificate
) -> None:
    right = f"/verify/{certificate.verification_code}"
    with transaction():
        key = throttle.source_key("127.0.0.1", purpose="verify-file")
        for _ in range(COMPARED_FILE.free):
            throttle.count(key, COMPARED_FILE, at=clock.now())

    assert post(client, right, file=(io.BytesIO(b"%PDF-"), "x.pdf"))[0] == 200
    assert post(client, right, file=(io.BytesIO(b"%PDF-"), "x.pdf"))[0] == 429
    assert post(client, "/verify", file=(io.BytesIO(b"%PDF-"), "x.pdf"))[0] == 429
    assert ask(client, 1, right) == 200


def test_counters_that_count_no_more_are_removed_each_day(app: Flask, client: FlaskClient) -> None:
    ask(client, 2)
    occasion = Occasion(day=clock.today(), settings=app.extensions["certhub"].settings, link=lambda *_: "")
    job = find("old-attempts")
    assert runner.run(job, occasion).counts == {}
    with time_machine.travel(clock.now() + LONGEST_REMEMBERED + timedelta(minutes=1), tick=False):
        assert runner.run(job, replace(occasion, dry_run=True)).counts == {"forgotten": 1}
        assert runner.run(job, occasion).counts == {"forgotten": 1}

    assert db.session.scalars(select(SignInThrottle)).all() == []
