"""Writes down every table of the models as they are at a release: what the next migration is compared with.

.venv/bin/python -m migrations.released_schema migrations/schemas/0.2.0.py
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import TypeDecorator, create_engine

from certhub.models import Base
from migrations.renew_unreleased import formatted, modelled, version

TEMPLATE = '''"""Every table of release {version}: read by migrations/renew_unreleased.py, never run on a database."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

PROTECT = {protect!r}


def upgrade() -> None:
    {tables}
'''


def underlying_type(kind: str, item: Any, _autogen: Any) -> Any:
    """The type that the database sees, as in env.py."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


def written() -> str:
    """The tables as Alembic would create them in an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/empty.db")
        with engine.connect() as connection:
            options = {"target_metadata": Base.metadata, "compare_type": True}
            script = produce_migrations(MigrationContext.configure(connection, opts=options), Base.metadata)
        engine.dispose()
    if script.upgrade_ops is None:
        raise RuntimeError("Alembic compared nothing")
    lines = render_python_code(script.upgrade_ops, render_item=underlying_type).splitlines()
    tables = "\n".join(line for line in lines if not line.strip().startswith("# ###"))
    tables = tables.replace("astext_type=Text()", "astext_type=sa.Text()").strip()
    return formatted(TEMPLATE.format(version=version(), protect=dict(modelled().protection), tables=tables))


def main(target: Path) -> None:
    """Write the file."""
    target.parent.mkdir(exist_ok=True)
    target.write_text(written(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
