"""Whole installations for tests of operations: each with a database, a data folder and a command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from click.testing import Result
from flask import Flask
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models import Base
from certhub.models.files import StoredFile
from certhub.models.messages import Message, MessageStatus
from certhub.web.context import file_store
from tests import factories

WHEN = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@dataclass
class House:
    """An installation, and a command line in it."""

    app: Flask
    url: str

    def certhub(self, *arguments: object) -> Result:
        """What a command answers; no connection of ours is open while it runs."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        return self.app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


@contextmanager
def at_work(house: House) -> Iterator[None]:
    with house.app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def furnish(house: House, *, files: int = 3) -> None:
    """Records, files, a message that waits and one that was sent."""
    with at_work(house):
        vendor = factories.make_vendor()
        for number in range(files):
            add_file(vendor.id, f"paper {number}".encode())
        with transaction() as session:
            for number, status in enumerate((MessageStatus.QUEUED, MessageStatus.SENT)):
                session.add(
                    Message(
                        kind="notice", dedupe_key=f"key {number}", message_id=f"m{number}", recipient="a@example.org",
                        subject="S", body_text="B", body_html="B", status=status, created_at=WHEN, next_attempt_at=WHEN,
                    )
                )  # fmt: skip


def add_file(vendor_id: int, data: bytes) -> None:
    factories.saved(
        StoredFile(
            owner_id=vendor_id, party_id=vendor_id, sha256=file_store().put(data), size=len(data),
            media_type="application/pdf", original_name="paper.pdf", uploaded_at=WHEN,
        )
    )  # fmt: skip


def contents(house: House) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with at_work(house), db.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }
