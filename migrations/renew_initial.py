"""Writes the initial migration anew from the models: only while nothing has been released.

    .venv/bin/python -m migrations.renew_initial

From the first release on, every change of a table is a migration of its own: `flask --app certhub db migrate -m "..."`.
The text of the triggers is copied, because a migration must stay what it was when the models move on.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import TypeDecorator, create_engine

from certhub.models import Base
from certhub.models.protection import schema_removal, schema_statements

TARGET = Path(__file__).parent / "versions" / "0001_initial_schema.py"

TEMPLATE = '''"""The initial schema, with the triggers that protect what must only grow.

Written by migrations/renew_initial.py. From the first release on it is never changed again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

PROTECT = {protect!r}

UNPROTECT = {unprotect!r}


def upgrade() -> None:
    {upgrade}

    for statement in PROTECT[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in UNPROTECT[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)

    {downgrade}
'''


def underlying_type(kind: str, item: Any, _autogen: Any) -> Any:
    """The type that the database sees, as in env.py."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def code(operations: Any) -> str:
    """The operations in Python, without Alembic's remarks and with the one name that it forgets to import."""
    lines = render_python_code(operations, render_item=underlying_type).splitlines()
    kept = "\n".join(line for line in lines if not line.strip().startswith("# ###"))
    return kept.replace("astext_type=Text()", "astext_type=sa.Text()").strip()


def main() -> None:
    """Compare the models with an empty database and write what is missing."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"target_metadata": Base.metadata, "compare_type": True}
            )
            script = produce_migrations(context, Base.metadata)
        engine.dispose()
    dialects = ("postgresql", "sqlite")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(
        TEMPLATE.format(
            protect={name: schema_statements(name) for name in dialects},
            unprotect={name: schema_removal(name) for name in dialects},
            upgrade=code(script.upgrade_ops),
            downgrade=code(script.downgrade_ops),
        )
    )
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(TARGET)], check=True)  # noqa: S603  (our own tool on our own file)
    print(f"{TARGET.name}: {len(Base.metadata.tables)} tables")  # noqa: T201  (a program that a developer runs by hand)


if __name__ == "__main__":
    main()
