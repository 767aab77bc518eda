"""Backups by a role that is no superuser and owns its database, as an installation has it; PostgreSQL only."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from certhub.app import create_app
from certhub.database import db
from certhub.services.database_copies import copies_of
from tests.conftest import Databases, settings_for
from tests.integration.operations.installations import House, contents, furnish
from tests.integration.operations.test_backups import done, refusal

pytestmark = pytest.mark.only_on("postgresql")

ROLE, PASSWORD = f"certhub_owner_{os.getpid()}", "only for tests"


def as_whoever(url: str, *statements: str) -> None:
    with create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def superusers(databases: Databases) -> Iterator[str]:
    """The superuser's address of an empty database that belongs to an ordinary role."""
    url = databases.empty()
    name = make_url(url).database
    as_whoever(url, f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'", f"ALTER DATABASE {name} OWNER TO {ROLE}")
    yield url
    assert databases.server is not None
    as_whoever(databases.server, f"DROP DATABASE {name} WITH (FORCE)", f"DROP ROLE {ROLE}")


@pytest.fixture
def owners(superusers: str, tmp_path: Path, newest_programs: None) -> Iterator[House]:
    """An installation in it."""
    url = make_url(superusers).set(username=ROLE, password=PASSWORD).render_as_string(hide_password=False)
    app = create_app(settings_for(url, tmp_path / "data"))
    yield House(app, url)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_the_owner_of_a_database_restores_it_once_the_schema_is_its_own_and_is_told_before(
    superusers: str, owners: House, tmp_path: Path
) -> None:
    """The schema belongs to the superuser in every database of PostgreSQL 14 and in those that came from one."""
    as_whoever(
        superusers, "ALTER SCHEMA public OWNER TO CURRENT_USER", f"GRANT CREATE, USAGE ON SCHEMA public TO {ROLE}"
    )
    done(owners, "upgrade")
    furnish(owners, files=1)
    before = contents(owners)
    remedy = f"ALTER SCHEMA public OWNER TO {ROLE};"

    warned = owners.certhub("backup", tmp_path / "backup")
    assert (warned.exit_code, remedy in warned.stderr) == (0, True)
    refused = refusal(owners, "restore", tmp_path / "backup", "--replace")
    assert refused.endswith("Nothing was restored.")
    assert remedy in refused
    assert contents(owners) == before

    as_whoever(superusers, remedy)
    assert "No backup can be restored" not in owners.certhub("backup", tmp_path / "again").stderr
    assert "is kept: schema before_restore_" in done(owners, "restore", tmp_path / "backup", "--replace")
    assert {name: len(rows) for name, rows in contents(owners).items()} == {
        name: len(rows) + (name == "audit_entry") for name, rows in before.items()
    }


def test_a_new_database_of_its_own_is_enough_since_postgresql_15(superusers: str, owners: House) -> None:
    copies = copies_of(make_url(owners.url))
    assert copies.obstacle() == ""
    as_whoever(owners.url, "DROP SCHEMA public")
    assert copies.obstacle().endswith("CREATE SCHEMA public;")
    as_whoever(owners.url, "CREATE SCHEMA public")

    owners_own = "ALTER SCHEMA public RENAME TO aside", "CREATE SCHEMA public"
    as_whoever(owners.url, *owners_own)

    name = make_url(superusers).database
    as_whoever(superusers, f"ALTER DATABASE {name} OWNER TO CURRENT_USER")
    assert copies.obstacle().endswith(
        f"Let a superuser of PostgreSQL say in it: GRANT CREATE ON DATABASE {name} TO {ROLE};"
    )
    as_whoever(superusers, "ALTER SCHEMA public OWNER TO CURRENT_USER")
    assert f"say in it: ALTER SCHEMA public OWNER TO {ROLE}; GRANT" in copies.obstacle()
