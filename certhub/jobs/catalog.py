"""Every job of every module in this room."""

import importlib
import pkgutil

from certhub import jobs
from certhub.jobs.registry import Job, registered
from certhub.rules.refusal import Refusal


def all_jobs() -> dict[str, Job]:
    """All jobs by name."""
    for module in pkgutil.iter_modules(jobs.__path__):
        importlib.import_module(f"certhub.jobs.{module.name}")
    return registered()


def find(name: str) -> Job:
    """The job with this name. Raises `Refusal`."""
    known = all_jobs()
    if name not in known:
        raise Refusal(f"There is no job named {name}. The jobs are {', '.join(known)}.")
    return known[name]
