"""After a move each employer reads its own period: every page that it may open is walked for words of the other one."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.auth.guard import access_of
from certhub.database import db, transaction
from certhub.demo.evidence import PAPER
from certhub.models.certification import Credential
from certhub.models.files import StoredFile
from certhub.models.parties import Assignment, Employment, ExternalLicence
from certhub.models.training import TrainingCompletion
from certhub.rules.permissions import GRANTS
from certhub.rules.vocabulary import Role
from certhub.services import employment
from tests import factories
from tests.factories import WHEN, saved, sign_in
from tests.integration.employer_changes.arranging import BASE, Move, agreed, arranged, asked, days, held, placed
from tests.integration.parties.browsing import fetched, send

OF_THE_OLD = {
    "Harbor Family Network", "Olga Alt", "Elm Street Pediatrics", "Liaison of the harbor", "Typed the wrong year",
    "harbor-certificate.pdf",
}  # fmt: skip
OF_THE_NEW = {
    "Blackstone Valley Care", "Nils Neu", "Oak Pediatrics", "Training at Blackstone", "RN777777", "Coordinator at last",
}  # fmt: skip


@pytest.fixture
def moved(app: Flask, client: FlaskClient) -> Move:
    """A move whose first day has come, with records that both employers entered in their time."""
    move = arranged()
    number = held(move.person)
    spell = db.session.scalars(select(Employment).where(Employment.coordinator_id == move.person.id)).one()
    with transaction():
        employment.correct(
            spell, kind=spell.kind, job_title="Liaison of the harbor", starts_on=spell.starts_on, ends_on=None,
            reason="Typed the wrong year", base_url=BASE, actor=move.old_hr, at=clock.now(),
        )  # fmt: skip
    sign_in(client, move.old_hr)
    send(
        client, f"/coordinators/{move.person.id}/training/new", title="Ethics", provider="Institute",
        completed_on="2026-02-01", hours_core="2", file=(io.BytesIO(PAPER), "harbor-certificate.pdf"),
    )  # fmt: skip
    agreed(move, asked(move, starts_on=days(-3), job_title="Coordinator at last"))
    placed(move.person, factories.make_practice("Oak Pediatrics"), move.new, days(-3))
    saved(
        TrainingCompletion(
            coordinator_id=move.person.id, vendor_id=move.new.id, title="Training at Blackstone", provider="Institute",
            category="core", minutes=60, completed_on=days(-1), recorded_at=clock.now(),
        )
    )  # fmt: skip
    saved(
        ExternalLicence(
            coordinator_id=move.person.id, kind="RN", number="RN777777", issued_by="Board of Nursing", recorded_at=WHEN
        )
    )
    assert number
    return move


def addresses(app: Flask, known: dict[str, list[Any]]) -> Iterator[str]:
    """Each page that a vendor's HR may open, for each object of the person that its address can name."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            access = access_of(rule.endpoint)
            named = sorted(rule.arguments)
            if access is None or access.permission not in GRANTS[Role.VENDOR_HR] or "GET" not in (rule.methods or ()):
                continue
            if len(named) > 2 or any(name not in known for name in named) or rule.endpoint == "static":
                continue
            choices: list[dict[str, Any]] = [{}]
            for name in named:
                choices = [{**chosen, name: value} for chosen in choices for value in known[name]]
            yield from (url_for(rule.endpoint, **chosen) for chosen in choices)


def walked(client: FlaskClient, move: Move) -> dict[str, str]:
    """The pages that open, by address."""
    person = move.person.id
    known: dict[str, list[Any]] = {
        "party_id": [person, move.old.id, move.new.id],
        "employment_id": list(db.session.scalars(select(Employment.id).where(Employment.coordinator_id == person))),
        "assignment_id": list(db.session.scalars(select(Assignment.id).where(Assignment.coordinator_id == person))),
        "licence_id": list(
            db.session.scalars(select(ExternalLicence.id).where(ExternalLicence.coordinator_id == person))
        ),
        "completion_id": list(
            db.session.scalars(select(TrainingCompletion.id).where(TrainingCompletion.coordinator_id == person))
        ),
        "credential_id": list(db.session.scalars(select(Credential.id).where(Credential.party_id == person))),
        "file_id": list(db.session.scalars(select(StoredFile.id).where(StoredFile.party_id == person))),
        "change_id": [1],
    }
    found = {}
    for address in dict.fromkeys(addresses(client.application, known)):
        answer = client.get(address)
        if answer.status_code == 200:
            found[address] = answer.text if answer.mimetype == "text/html" else f"file {address}"
    return found


def test_the_former_employer_reads_nothing_of_the_time_after_its_last_day(client: FlaskClient, moved: Move) -> None:
    sign_in(client, moved.old_hr)
    pages = walked(client, moved)
    assert len(pages) > 15
    told = {(address, word) for address, page in pages.items() for word in OF_THE_NEW if word in page}
    assert told == set()
    assert not [address for address in pages if f"/coordinators/{moved.person.id}" in address]
    assert moved.person.name in fetched(client, "/coordinators/former")
    assert moved.person.name in fetched(client, "/employer-changes")


def test_the_next_employer_reads_nothing_of_what_went_on_at_the_former_one(client: FlaskClient, moved: Move) -> None:
    sign_in(client, moved.new_hr)
    pages = walked(client, moved)
    record = f"/coordinators/{moved.person.id}"
    assert record in pages
    assert "Coordinator at last" in pages[record]
    told = {(address, word) for address, page in pages.items() for word in OF_THE_OLD if word in page}
    assert told == set()
