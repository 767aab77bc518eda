"""The jobs that CertHub knows, each with its schedule."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from certhub import clock
from certhub.config import Settings
from certhub.notifications.transports import Opening, transport_for
from certhub.rules.job_retries import BEGINNINGS_BORNE
from certhub.services.digests import Link

Counts = dict[str, int]

MAIL = frozenset({"mail-delivery"})
"""The jobs that run beside all others: invitations do not wait for an import, nor an import for a slow mail server."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One run of a job: for which day, and what it can reach of the installation."""

    day: date
    settings: Settings
    link: Link
    dry_run: bool = False
    progress: Callable[[int, int | None], None] = lambda _done, _total: None
    """Tell, inside the transaction of the work, how far the run is: done, and of how many where that is known."""
    shown: Callable[[int, int | None], None] = lambda _done, _total: None
    """Tell the same to a terminal only: in the middle of a long transaction, which must not lock the row of the run."""
    stopping: Callable[[], bool] = lambda: False
    """Whether to end between two pieces of work; what is left is done by the next run."""
    cancelled: Callable[[], bool] = lambda: False
    """Whether `stopping` said so because a person ended the run: what somebody asked for is given up then."""
    opening: Opening = transport_for
    deaths: int = 0
    """How many of the last runs of the job ended in a row with their process."""

    def gives_up(self, done: int) -> bool:
        """Whether to give up the piece of work at hand: the first of this run, at which those before it died."""
        return done == 0 and self.deaths >= BEGINNINGS_BORNE

    def until(self) -> datetime:
        """Up to which instant the run looks: now, or the end of its day where that is another one."""
        now = clock.now()
        return now if clock.civil_date(now) == self.day else clock.end_of(self.day)


class JobProblem(Exception):
    """A job ended without doing all its work; the sentence is shown to administrators, `counts` is what it did."""

    def __init__(self, message: str, counts: Counts) -> None:
        super().__init__(message)
        self.counts = counts


@dataclass(frozen=True, slots=True)
class Job:
    """Work that runs by the clock, or by hand."""

    name: str
    schedule: str
    """Minute, hour, day of the month, month, day of the week, in the agency's zone."""
    summary: str
    run: Callable[[Occasion], Counts]


_JOBS: dict[str, Job] = {}


def job(name: str, *, schedule: str) -> Callable[[Callable[[Occasion], Counts]], Callable[[Occasion], Counts]]:
    """Enter a function as a job; its docstring's first line says what it does."""

    def enter(run: Callable[[Occasion], Counts]) -> Callable[[Occasion], Counts]:
        if name in _JOBS:
            raise RuntimeError(f"there are two jobs named {name}")
        _JOBS[name] = Job(name, schedule, (run.__doc__ or "").strip().splitlines()[0], run)
        return run

    return enter


def registered() -> dict[str, Job]:
    """The jobs that have been entered, by name; `catalog.all_jobs` loads every module first."""
    return dict(sorted(_JOBS.items()))
