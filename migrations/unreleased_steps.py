"""What the database cannot work out by itself in the unreleased changes: written by hand, copied into the migration.

`python -m migrations.renew_unreleased` writes the migration anew and takes all below the line along. Migrations create
no messages, and import nothing of CertHub: what they rely on would move on without them.

FILLED says what rows that are there already hold in a column that is new, renamed or newly required, as an SQL
expression over the row as it was, on both databases: {"party.short_name": "substr(name, 1, 20)"}. A new column that is
required and whose model has a plain default needs no line. `fill` does what an expression cannot; tables and columns
are new by then, and tables that go are still there. Rows that are protected are changed by FILLED, not by `fill`.
"""

from sqlalchemy import Connection

# ---- copied from here on ----
FILLED: dict[str, str] = {"message.waits_since": "created_at"}


def fill(bind: Connection) -> None:
    """Keep each row of a file of training once: two checks at the same time could have kept it twice."""
    bind.exec_driver_sql(
        "DELETE FROM training_import_row WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER"
        ' (PARTITION BY import_id, "row" ORDER BY id) AS place FROM training_import_row) AS numbered WHERE place > 1)'
    )
