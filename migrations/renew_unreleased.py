"""Writes the migration of the unreleased changes anew: what turns the last release's schema into the models'.

    .venv/bin/python -m migrations.renew_unreleased

There is one such file until the release, however often it is renewed; where nothing has changed there is none. After
a conflict take any side and run it again. What is done by hand stands in migrations/unreleased_steps.py.
"""

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from certhub.models import Base
from certhub.models.protection import schema_statements
from migrations import unreleased_steps
from migrations.schema_difference import DIALECTS, Schema, changes, released

HERE = Path(__file__).parent
_LINE = "# ---- copied from here on ----\n"

TEMPLATE = '''"""The changes of release {version}, on top of {before}.

Written by `python -m migrations.renew_unreleased`, never by hand; renewed until the release, and never changed again
after it. What is done by hand comes from migrations/unreleased_steps.py.
"""

from alembic import op
from sqlalchemy import Connection

revision = "{revision}"
down_revision = "{down}"
branch_labels = None
depends_on = None

{steps}

BEFORE = {upgrade_before}

AFTER = {upgrade_after}

BACK = {back}


def run(statements: list[str]) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        # A table that is put aside keeps what refers to it by its name.
        bind.exec_driver_sql("PRAGMA legacy_alter_table=ON")
    run(BEFORE[bind.dialect.name])
    fill(bind)
    run(AFTER[bind.dialect.name])
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql("PRAGMA legacy_alter_table=OFF")


def downgrade() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql("PRAGMA legacy_alter_table=ON")
    run(BACK[bind.dialect.name])
    if bind.dialect.name == "sqlite":
        bind.exec_driver_sql("PRAGMA legacy_alter_table=OFF")
'''


def releases(folder: Path = HERE) -> list[dict[str, Any]]:
    """The releases so far, the oldest first."""
    found: list[dict[str, Any]] = tomllib.loads((folder / "released.toml").read_text(encoding="utf-8"))["release"]
    return found


def version(root: Path = HERE.parent) -> str:
    """The version that is being worked on."""
    return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def modelled() -> Schema:
    """The schema of the models."""
    return Schema(Base.metadata, {dialect: schema_statements(dialect) for dialect in DIALECTS})


def written(old: Schema, new: Schema, *, filled: dict[str, str], steps: str, **names: str) -> str | None:
    """The migration's text; None where nothing has changed."""
    up = {dialect: changes(old, new, dialect, filled) for dialect in sorted(DIALECTS)}
    if not any(up.values()):
        return None
    down = {dialect: changes(new, old, dialect, {}, back=True) for dialect in sorted(DIALECTS)}
    return TEMPLATE.format(
        steps=steps.strip(),
        upgrade_before=_listed({dialect: found.before for dialect, found in up.items()}),
        upgrade_after=_listed({dialect: found.after for dialect, found in up.items()}),
        back=_listed({dialect: found.before + found.after for dialect, found in down.items()}),
        **names,
    )


def _listed(statements: dict[str, list[str]]) -> str:
    lines = ["{"]
    for dialect, listed in statements.items():
        lines += [f'    "{dialect}": [', *(f"        {_quoted(statement)}," for statement in listed), "    ],"]
    return "\n".join([*lines, "}"])


def _quoted(statement: str) -> str:
    plain = "\n" in statement and "\\" not in statement and '"""' not in statement and not statement.endswith('"')
    return f'"""{statement}"""' if plain else repr(statement)


def target() -> Path:
    """Where the migration of the unreleased changes stands, if there is one."""
    return HERE / "versions" / f"{_number():04}_release_{version().replace('.', '_')}.py"


def current() -> str | None:
    """The migration that the models ask for now; None where they are as in the last release."""
    last = releases()[-1]
    return written(
        released(HERE / last["schema"], Base.metadata.naming_convention),
        modelled(),
        filled=unreleased_steps.FILLED,
        steps=Path(unreleased_steps.__file__).read_text(encoding="utf-8").split(_LINE)[1],
        version=version(),
        before=last["version"],
        revision=f"{_number():04}",
        down=last["revision"],
    )


def formatted(text: str) -> str:
    """The text as our formatter leaves it."""
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", "migration.py", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603  (our own tool)


def main() -> None:
    """Write the migration, or take it away where nothing has changed."""
    fixed = {name: known for release in releases() for name, known in release["migrations"].items()}
    for name, known in fixed.items():
        if hashlib.sha256((HERE / "versions" / name).read_bytes()).hexdigest() != known:
            sys.exit(f"{name} is released and must not change: take it from the main branch again.")
    for path in (HERE / "versions").glob("*.py"):
        if path.name not in fixed:
            path.unlink()
    text = current()
    if text is None:
        print("The models are as in the last release: there is no migration.")  # noqa: T201  (run by hand)
        return
    target().write_text(formatted(text), encoding="utf-8")
    print(f"{target().name}: from the last release to the models")  # noqa: T201  (as above)


def _number() -> int:
    return int(releases()[-1]["revision"]) + 1


if __name__ == "__main__":
    main()
