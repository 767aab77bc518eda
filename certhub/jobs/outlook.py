"""How each job stands: on time, running, late, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certhub.jobs.catalog import all_jobs
from certhub.jobs.registry import MAIL
from certhub.jobs.timetable import Appointment, appointment
from certhub.models.jobs import JobPause, JobRun, JobStatus
from certhub.queries import job_runs
from certhub.rules import health
from certhub.rules.health import Check
from certhub.rules.job_retries import FAILURES_TOLD, LATE_AFTER, LATE_BEHIND_OTHERS, SILENT_FOR
from certhub.rules.terms import written_at


@dataclass(frozen=True, slots=True)
class Standing:
    """A word with its tone, and a sentence that says why."""

    word: str
    tone: str
    why: str = ""


def standing(
    when: Appointment,
    runs: Sequence[JobRun],
    pause: JobPause | None,
    *,
    busy_with: JobRun | None,
    worker: str | None,
    worker_since: datetime | None,
    now: datetime,
) -> Standing:
    """How the job stands. `runs` are its last ones, newest first; `worker` is the host of the worker that runs."""
    last = next((run for run in runs if run.status is not JobStatus.RUNNING), None)
    running = next((run for run in runs if run.status is JobStatus.RUNNING), None)
    late = when.is_late(now)
    if pause is not None:
        by = f"Paused by {pause.paused_by.name} on {written_at(pause.paused_at)}: {pause.reason}"
        return Standing("Paused", "warning" if late else "muted", by)
    if running is not None and is_silent(running, now):
        return Standing("Stuck", "danger", _silence(running))
    if running is not None:
        ending = " It was asked to end." if running.cancel_asked_at else ""
        return Standing("Running", "info", f"Since {written_at(running.started_at)} on {running.runner}.{ending}")
    if late:
        return Standing("Late", "warning", _why_late(last, busy_with, worker, worker_since, now))
    if last is None:
        return Standing("Has never run", "info", "" if worker else _no_worker(worker_since))
    if last.error:
        words = {JobStatus.FAILED: "Failed", JobStatus.CANCELLED: "Cancelled", JobStatus.INTERRUPTED: "Interrupted"}
        tone = "danger" if last.status is JobStatus.FAILED else "warning"
        return Standing(words.get(last.status, "Done"), tone, last.error)
    if held := last.counts.get("held"):
        return Standing("On time", "good", f"{held:,} held by the ceiling of one run; the next run goes on with them.")
    return Standing("On time", "good")


def conditions(now: datetime, *, backup_within: timedelta | None) -> dict[str, Check]:
    """Whether jobs and backups are made, for whoever watches the installation; backups where any were by the clock."""
    recent = job_runs.recent([*all_jobs(), job_runs.BACKUP])
    backups = recent.pop(job_runs.BACKUP)
    found = {"jobs": _of_jobs(recent, now)}
    if backups and backup_within:
        found["backup"] = health.backup(_last_whole(backups), now, backup_within)
    return found


def of_backups(runs: Sequence[JobRun], now: datetime, within: timedelta | None) -> Standing:
    """How the backups by the clock stand, of which `runs` are the last, newest first."""
    if not runs:
        return Standing("None yet", "muted", "No backup by the clock was made: “certhub backup FOLDER --keep-days 30”.")
    last_at = _last_whole(runs)
    told = f"The last whole one was made on {written_at(last_at)}." if last_at else "None of the last ones is whole."
    if runs[0].error:
        told = f"{told} The last run ended so: {runs[0].error}"
    if within and not health.backup(last_at, now, within).fine:
        return Standing("Late", "danger", told)
    if runs[0].status is JobStatus.FAILED:
        return Standing("Failed", "danger", told)
    return Standing("On time", "warning" if runs[0].error else "good", told)


def _last_whole(backups: Sequence[JobRun]) -> datetime | None:
    return next((run.finished_at for run in backups if run.status is JobStatus.FINISHED), None)


def _of_jobs(recent: Mapping[str, Sequence[JobRun]], now: datetime) -> Check:
    known, paused = all_jobs(), job_runs.pauses()
    under_way = [run for runs in recent.values() for run in runs if run.status is JobStatus.RUNNING and not run.by_hand]
    stuck = [f"{run.name} (run {run.id})" for run in under_way if is_silent(run, now)]
    busy = {run.name in MAIL for run in under_way if not is_silent(run, now)}
    at_work = {run.name for run in under_way}
    failing, late = [], []
    for job in known.values():
        stands = job_runs.standing(recent[job.name])
        if job.name in paused:
            continue
        if stands.failures >= FAILURES_TOLD:
            failing.append(job.name)
        elif job.name not in at_work:
            borne = LATE_BEHIND_OTHERS if (job.name in MAIL) in busy else LATE_AFTER
            if appointment(job, stands, now=now).next_at + borne < now:
                late.append(job.name)
    return health.jobs(failing, late, stuck)


def is_silent(run: JobRun, now: datetime) -> bool:
    """Whether a run that is under way has given no sign of life for too long. The work itself gives it, no clock."""
    return (run.heartbeat_at or run.started_at) + SILENT_FOR < now


def _silence(run: JobRun) -> str:
    since = written_at(run.heartbeat_at or run.started_at)
    return f"Run {run.id} on {run.runner} has given no sign of life since {since}. Start that worker anew: it goes on."


def _why_late(
    last: JobRun | None, busy_with: JobRun | None, worker: str | None, worker_since: datetime | None, now: datetime
) -> str:
    if worker is None:
        return _no_worker(worker_since)
    if busy_with is not None and is_silent(busy_with, now):
        return f"The worker is stuck in {busy_with.name}, run {busy_with.id}. Start it anew."
    if busy_with is not None:
        return f"The worker is busy with {busy_with.name}."
    if last is not None and last.error:
        return f"The last run ended so: {last.error}"
    return f"The worker on {worker} has not come to it. If this stays so, look at its log."


def _no_worker(since: datetime | None) -> str:
    return f"No worker has run since {written_at(since)}." if since else "No worker has ever run."
