"""How Alembic reaches the application's database; run by `certhub run`, `flask --app certhub db upgrade` and the tests.

A migration is one transaction on both databases: all of it happens, or none. Two programs that start at the same time
migrate one after the other.
"""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, TypeDecorator

MIGRATION_LOCK = 7_203_112
"""Key of PostgreSQL's advisory lock under which one program at a time migrates."""

LOCK_SECONDS = 20
"""How long a migration waits for others to let go of a table; then all of it is taken back."""


def underlying_type(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """The type that the database sees: a migration outlives the application's own types."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def without_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write no migration where nothing has changed."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def prepare(connection: Connection) -> Connection:
    """The connection under the lock that keeps migrations apart, without checks of keys while tables are rebuilt."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
        connection.commit()
        return connection
    # Outside a transaction, where alone SQLite listens to it: rebuilding a table drops and renames it.
    connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
    return connection.execution_options(certhub_writes=True)  # BEGIN IMMEDIATE, see certhub.database


def finish(connection: Connection) -> None:
    """Let the next one migrate, and keep no connection that does not check keys."""
    connection.rollback()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({MIGRATION_LOCK})")
        connection.commit()
    else:
        connection.invalidate()


def migrate() -> None:
    """Run the migrations that the command asks for."""
    extension = current_app.extensions["migrate"]
    with extension.db.engine.connect() as opened:
        connection = prepare(opened)
        try:
            context.configure(
                connection=connection,
                target_metadata=extension.db.metadata,
                render_item=underlying_type,
                transactional_ddl=True,
                process_revision_directives=without_empty,
                **extension.configure_args,
            )
            with context.begin_transaction():
                if connection.dialect.name == "postgresql":
                    # Whoever waits for a table's lock holds up all who come after; give up and try again instead.
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
                context.run_migrations()
                if connection.dialect.name == "sqlite":
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise RuntimeError(f"the migration would leave rows that point nowhere: {broken[:5]}")
        finally:
            finish(connection)


if context.is_offline_mode():
    raise RuntimeError("migrations look at the database they change; `--sql` is not offered")
migrate()
