"""Looking at the installation: what the probes are told, without anybody's data."""

import os
import re
import shutil
from functools import cache
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from certhub import clock
from certhub.config import shipped
from certhub.database import give_up
from certhub.queries import condition
from certhub.rules import health
from certhub.rules.health import Check
from certhub.web.context import settings


@cache
def newest_migration() -> str:
    """The migration that this program needs, by the names of the files that it brings."""
    names = (re.match(r"(\d{4})_", path.name) for path in (shipped("migrations") / "versions").glob("*.py"))
    return max(found[1] for found in names if found)


def checks() -> dict[str, Check]:
    """Everything that is looked at: a handful of short statements, and no write."""
    found: dict[str, Check] = {}
    now = clock.now()
    try:
        revision = condition.revision()
        found["database"] = Check("ok")
        found["migrations"] = health.migrations(revision, newest_migration())
        if revision is not None:
            found["worker"] = health.worker(condition.lease_left())
            found["outbox"] = health.outbox(condition.oldest_unsent(), now)
    except SQLAlchemyError as problem:
        give_up()
        found["database"] = Check("unreachable", {"error": type(problem).__name__})
    found["data_folder"] = _data_folder(settings().data_dir)
    return found


def _data_folder(folder: Path) -> Check:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return health.data_folder(writable=False, free_bytes=0)
    return health.data_folder(writable=os.access(folder, os.W_OK | os.X_OK), free_bytes=free)
