"""When an installation is fit to serve, and what is late."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MAIL_LATE = timedelta(minutes=15)
"""A message that waits for longer waits for somebody: delivery runs each minute (program default)."""

_HOUR = timedelta(hours=1)

FREE_BYTES = 200 * 1024 * 1024
"""What the data folder should have left: ten of the largest documents (program default)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: `ok`, or in one word what is wrong."""

    state: str
    facts: Mapping[str, str | int | float | None] = field(default_factory=dict)

    @property
    def fine(self) -> bool:
        """Whether nothing is wrong."""
        return self.state == "ok"


def migrations(revision: str | None, wanted: str) -> Check:
    """Whether the database is as this program needs it."""
    facts = {"revision": revision, "wanted": wanted}
    if revision is None:
        return Check("not set up", facts)
    if revision == wanted:
        return Check("ok", facts)
    return Check("behind" if revision < wanted else "ahead of this program", facts)


def worker(lease_left: timedelta | None) -> Check:
    """Whether some worker holds the lease; a crashed one is replaced when it runs out."""
    if lease_left is None:
        return Check("never ran")
    left = round(lease_left.total_seconds(), 1)
    return Check("ok" if left >= 0 else "gone", {"lease_seconds_left": left})


def outbox(oldest_at: datetime | None, now: datetime) -> Check:
    """Whether mail goes out in time."""
    age = timedelta(0) if oldest_at is None else max(now - oldest_at, timedelta(0))
    return Check("ok" if age <= MAIL_LATE else "late", {"oldest_seconds": round(age.total_seconds(), 1)})


def jobs(failing: Collection[str], late: Collection[str], stuck: Collection[str] = ()) -> Check:
    """Whether the jobs do their work; a job that failed once is tried again before anybody is told.

    `stuck` names the runs that give no sign of life: nothing else gets done behind them, so they are told first.
    """
    found = {"stuck": stuck, "failing": failing, "late": late}
    facts = {state: ", ".join(sorted(names)) or None for state, names in found.items()}
    worst = next((state for state, names in found.items() if names), None)
    return Check("ok") if worst is None else Check(worst, facts)


def backup(last_at: datetime | None, now: datetime, within: timedelta) -> Check:
    """Whether the backups that are made by the clock are still made; `last_at` is when the last whole one was."""
    if last_at is None:
        return Check("late", {"hours_since": None})
    return Check("ok" if now - last_at <= within else "late", {"hours_since": round((now - last_at) / _HOUR, 1)})


def data_folder(*, writable: bool, free_bytes: int) -> Check:
    """Whether files can be kept."""
    facts = {"free_megabytes": free_bytes // 1_000_000}
    if not writable:
        return Check("not writable", facts)
    return Check("ok" if free_bytes >= FREE_BYTES else "nearly full", facts)


def serving(checks: Mapping[str, Check]) -> Mapping[str, Check]:
    """The checks that decide whether this host can show pages; a worker that is gone is no reason to stop doing so."""
    return {name: check for name, check in checks.items() if name in ("database", "migrations", "data_folder")}
