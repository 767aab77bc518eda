"""The demo state in a database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from flask import Flask

from certhub.app import create_app
from certhub.database import db, transaction
from certhub.demo import state
from certhub.documents.engines import Engine
from certhub.documents.facts import CertificateFacts
from certhub.models import Base
from certhub.services import reference_data
from certhub.services.audit import SystemActor
from certhub.web import context
from tests.conftest import Databases, settings_for


class Carbon:
    """An engine that only copies the facts: what a certificate looks like is tested elsewhere."""

    name, version, conformance = "carbon", "1", ()

    def certificate(self, facts: CertificateFacts) -> bytes:
        return b"%PDF-1.7\n" + facts.to_json().encode()


@contextmanager
def loaded(databases: Databases, folder: Path, today: date, engine: Engine | None = None) -> Iterator[Flask]:
    app = create_app(settings_for(databases.make(), folder))
    app.testing = True
    with app.app_context():
        Base.metadata.create_all(db.engine)
        with transaction():
            reference_data.load(SystemActor("test"), at=datetime(2020, 1, 1, 12, tzinfo=UTC))
        press = context.press()
        state.load(press if engine is None else replace(press, engine=engine), today=today, progress=lambda _: None)
        yield app
        db.session.remove()
        db.engine.dispose()
