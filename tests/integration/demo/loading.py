"""The demo state in a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from certhub.app import create_app
from certhub.database import db
from certhub.demo import state
from certhub.documents.engines import Engine
from certhub.documents.facts import CertificateFacts
from certhub.models.certification import Application, Credential
from certhub.models.parties import Assignment, Party
from certhub.queries import credential_status, evaluations
from certhub.queries.evaluations import Judgement
from certhub.rules.lifecycle import OPEN_STATUSES
from certhub.rules.status import status_on
from certhub.rules.vocabulary import CredentialStatus, Result, SubjectType
from certhub.web import context
from certhub.web.addresses import due_link
from tests.conftest import Databases, settings_for

TODAY = date(2026, 11, 21)
LEAP_DAY = date(2028, 2, 29)


class Carbon:
    """An engine that only copies the facts: what a certificate looks like is tested elsewhere."""

    name, version, conformance = "carbon", "1", ()

    def certificate(self, facts: CertificateFacts) -> bytes:
        return b"%PDF-1.7\n" + facts.to_json().encode()


@contextmanager
def loaded(databases: Databases, folder: Path, today: date, engine: Engine | None = None) -> Iterator[Flask]:
    app = create_app(settings_for(databases.prepared(), folder))
    app.testing = True
    with app.app_context():
        press = context.press()
        state.load(
            press if engine is None else replace(press, engine=engine), today=today, link=due_link(app),
            progress=lambda _: None,
        )  # fmt: skip
        yield app
        db.session.remove()
        db.engine.dispose()


def party(name: str) -> Party:
    return db.session.scalars(select(Party).where(Party.name == name)).one()


def open_judgement(name: str, today: date = TODAY) -> Judgement:
    application = db.session.scalars(
        select(Application).where(Application.party_id == party(name).id, Application.status.in_(OPEN_STATUSES))
    ).one()
    return evaluations.judge(application, as_of=today)


def explanation(name: str, code: str, today: date = TODAY) -> str:
    finding = open_judgement(name, today).evaluation.finding(code)
    assert finding is not None
    assert finding.result in (Result.PARTIAL, Result.NOT_MET)
    return finding.explanation


def statuses(today: date = TODAY) -> dict[str, CredentialStatus]:
    """The status of each coordinator's credential by name."""
    rows = db.session.execute(
        select(Party.name, Credential.id)
        .join(Credential, Credential.party_id == Party.id)
        .where(Party.kind == SubjectType.COORDINATOR)
    )
    return {name: status_on(credential_status.history_of(key), today) for name, key in rows}


def assigned(today: date = TODAY) -> set[str]:
    return set(
        db.session.scalars(
            select(Party.name)
            .join(Assignment, Assignment.coordinator_id == Party.id)
            .where(
                Assignment.superseded_at.is_(None),
                Assignment.starts_on <= today,
                (Assignment.ends_on.is_(None)) | (Assignment.ends_on >= today),
            )
        )
    )


class NothingIsKept(Exception):
    pass
