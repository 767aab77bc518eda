"""Data of a release in every state, with a row in every table, are the same after the upgrade, value by value."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import flask_migrate
import pytest
import time_machine
from flask import Flask
from sqlalchemy import Column, Connection, MetaData, RowMapping, Table, create_engine, insert, select

from certhub.app import create_app
from certhub.cli.upgrade import migrate
from certhub.database import db
from certhub.jobs import mail_delivery
from certhub.jobs.registry import Occasion
from certhub.models import Base
from certhub.models.messages import Message, MessageStatus
from certhub.notifications.letters import Letter
from certhub.web import context
from migrations.renew_unreleased import releases
from tests.conftest import Databases, settings_for
from tests.releases.every_state import complete, lacking
from tests.releases.snapshots import Snapshot, schema_of

pytestmark = pytest.mark.xdist_group("upgrades")

CHANGED = {
    "audit_head.seq": "the upgrade enters what it loads",
    "audit_head.hash": "as above",
}
"""What an upgrade changes or drops on purpose of the columns that a release has: "table.column", and why."""

FILLED = {"message.waits_since": lambda row: row["created_at"]}
"""What the rows of a release hold in a new column, other than the model's default or nothing, by the row as it was."""

ONCE = {"training_import_row": ("import_id", "row")}
"""What an upgrade keeps once on purpose, though a release may hold it several times: by table, what tells it apart."""

Rows = dict[tuple[Any, ...], dict[str, Any]]


@dataclass
class Upgraded:
    """A release's data before and after the upgrade."""

    app: Flask
    at: datetime
    old: MetaData
    lacking: list[str]
    before: dict[str, Rows]
    after: dict[str, Rows] = field(default_factory=dict)


@pytest.fixture(scope="module", params=[str(release["version"]) for release in releases()])
def upgraded(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgraded]:
    release = next(one for one in releases() if one["version"] == request.param)
    snapshot, old = Snapshot(request.param), schema_of(release)
    app = create_app(settings_for(databases.empty(), tmp_path_factory.mktemp("upgraded"), mail_in_doubt="park"))
    with app.app_context(), time_machine.travel(snapshot.at + timedelta(hours=1)):
        flask_migrate.upgrade(revision=release["revision"])
        engine = create_engine(db.engine.url)  # plain: this is an older installation's database, not ours
        with engine.begin() as connection:
            snapshot.load(connection, old)
            write_mail(connection, old.tables["message"], snapshot.at)
            complete(connection, old)
            found = Upgraded(app, snapshot.at, old, lacking(connection, old), rows_of(connection, old))
        migrate()
        with engine.connect() as connection:
            found.after = rows_of(connection, old, now=Base.metadata)
        engine.dispose()
        yield found
        db.session.remove()
        db.engine.dispose()


def write_mail(connection: Connection, table: Table, at: datetime) -> None:
    """A letter that waits, one whose sender died, and one that was refused: as the old program left them."""
    sent = dict(connection.execute(select(table).where(table.c.kind != "deadlines").limit(1)).mappings().one())
    del sent["id"]
    for status, attempts, error in (("queued", 0, None), ("sending", 1, None), ("failed", 8, "550 No such user")):
        told = {
            "status": status, "attempts": attempts, "last_error": error, "sent_at": None, "next_attempt_at": at,
            "dedupe_key": f"{status} before", "message_id": f"<{status}@example.org>",
            "recipient": f"{status}@example.org",
        }  # fmt: skip
        connection.execute(insert(table), sent | told)


def rows_of(connection: Connection, schema: MetaData, now: MetaData | None = None) -> dict[str, Rows]:
    """Every value of the release's columns, read in the release's own types, as far as there are such columns `now`."""
    found: dict[str, Rows] = {}
    for table in schema.sorted_tables:
        there = (now or schema).tables.get(table.name)
        columns = [] if there is None else [column for column in table.columns if column.name in there.columns]
        keys = [column.name for column in table.primary_key.columns]
        rows = connection.execute(select(*columns)).mappings() if columns else ()
        found[table.name] = {tuple(row.get(key) for key in keys): dict(row) for row in rows}
    return found


def again(table: str, rows: Rows) -> set[tuple[Any, ...]]:
    """The keys of rows that are there a second time, and so no longer after the upgrade."""
    seen: set[tuple[Any, ...]] = set()
    found = set()
    for key, row in sorted(rows.items()) if table in ONCE else ():
        told = tuple(row[column] for column in ONCE[table])
        if told in seen:
            found.add(key)
        seen.add(told)
    return found


def test_what_was_there_several_times_and_may_be_no_longer_is_kept_once(upgraded: Upgraded) -> None:
    for table in ONCE:
        before, after = upgraded.before[table], upgraded.after[table]
        assert set(after) == set(before) - again(table, before)


def test_before_the_upgrade_there_is_a_row_in_every_table_and_state(upgraded: Upgraded) -> None:
    assert upgraded.lacking == []


def test_every_value_of_every_row_is_as_it_was(upgraded: Upgraded) -> None:
    differing = [
        f"{name} {key}: {column} was {value!r} and is {now.get(column, 'gone')!r}"
        for name, rows in upgraded.before.items()
        for gone in [again(name, rows)]
        for key, row in rows.items()
        if key not in gone
        for now in [upgraded.after[name].get(key, {})]
        for column, value in row.items()
        if f"{name}.{column}" not in CHANGED and now.get(column, "gone") != value
    ]
    assert differing == []


def test_the_new_columns_of_rows_that_were_there_hold_what_was_said_of_them(upgraded: Upgraded) -> None:
    wrong = []
    for old in upgraded.old.sorted_tables:
        table = Base.metadata.tables.get(old.name)
        new = [] if table is None else [column for column in table.columns if column.name not in old.columns]
        if table is None or not new:
            continue
        keys = [column.name for column in old.primary_key.columns]
        for row in db.session.execute(select(table)).mappings():
            if tuple(row[key] for key in keys) not in upgraded.before[old.name]:
                continue  # the upgrade brought it
            wrong += [
                f"{column}: {row[column]!r} in {dict(row)}" for column in new if row[column] != _filled(column, row)
            ]
    assert wrong == []


def _filled(column: Column[Any], row: RowMapping) -> Any:
    if str(column) in FILLED:
        return FILLED[str(column)](row)
    return None if column.default is None else column.default.arg  # type: ignore[attr-defined]  # a plain value, above


def test_what_waited_leaves_once_and_what_was_being_sent_waits_for_a_person(upgraded: Upgraded) -> None:
    taken: list[Letter] = []

    class Sink:
        def send(self, letter: Letter) -> None:
            taken.append(letter)

        def close(self) -> None:
            """Nothing was opened."""

    with upgraded.app.test_request_context():
        occasion = Occasion(upgraded.at.date(), context.settings(), link=lambda _item: "", opening=lambda _of: Sink())
        for _ in range(2):
            mail_delivery.deliver(occasion)
    assert [(letter.recipient, letter.message_id) for letter in taken] == [
        ("queued@example.org", "<queued@example.org>")
    ]
    told = select(Message.recipient, Message.status).where(Message.dedupe_key.endswith(" before")).order_by(Message.id)
    assert [tuple(row) for row in db.session.execute(told)] == [
        ("queued@example.org", MessageStatus.SENT),
        ("sending@example.org", MessageStatus.IN_DOUBT),
        ("failed@example.org", MessageStatus.FAILED),
    ]
