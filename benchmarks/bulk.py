"""Many rows into one table, as fast as each database takes them: COPY on PostgreSQL, executemany on SQLite."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

Row = Sequence[Any]


class Bulk:
    """Loads rows through the driver of `connection`, in the form in which the driver takes them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.postgresql = connection.dialect.name == "postgresql"
        self.driver: Any = connection.connection.driver_connection

    def begin(self) -> None:
        """Switch off what only costs time while generated rows come in: they are consistent by construction."""
        if self.postgresql:
            self.connection.exec_driver_sql("SET session_replication_role = replica")
            return
        for pragma in ("foreign_keys=OFF", "synchronous=OFF"):
            self.driver.execute(f"PRAGMA {pragma}")

    def instant(self, at: datetime) -> str:
        """`at` as the database's own text."""
        written = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return f"{written}+00" if self.postgresql else written

    def load(self, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Append `rows`, whose values stand in the order of `columns`."""
        names = ", ".join(columns)
        if self.postgresql:
            with (
                self.driver.cursor() as cursor,
                cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join("?" * len(columns))
        self.driver.execute("BEGIN")
        self.driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", rows)
        self.driver.execute("COMMIT")

    def finish(self, tables: Iterable[Table]) -> None:
        """Let numbers go on after the loaded ones and gather what the query planner wants to know."""
        if self.postgresql:
            for table in tables:
                if "id" in table.c and table.c.id.autoincrement == "auto":
                    last = self.connection.scalar(select(func.max(table.c.id)))
                    sequence = self.connection.scalar(
                        text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table.name}
                    )
                    if last is not None and sequence is not None:
                        self.connection.execute(
                            text("SELECT setval(CAST(:name AS regclass), :last)"), {"name": sequence, "last": last}
                        )
            self.connection.exec_driver_sql("SET session_replication_role = DEFAULT")
            # The trigger that moves the head along was off, too.
            self.connection.exec_driver_sql(
                "UPDATE audit_head SET seq = newest.seq, hash = newest.hash"
                " FROM (SELECT seq, hash FROM audit_entry ORDER BY seq DESC LIMIT 1) AS newest"
                " WHERE audit_head.seq < newest.seq"
            )
        self.connection.commit()
        self.connection.exec_driver_sql("ANALYZE")
        self.connection.commit()
