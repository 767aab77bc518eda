"""When each job is to run: its schedule, its last run, and what is late."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.triggers.cron import CronTrigger

from certhub.clock import AGENCY_ZONE
from certhub.jobs.registry import Job
from certhub.queries.job_runs import Standing

_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Appointment:
    """When a job ran last and runs next."""

    job: Job
    last_started_at: datetime | None
    next_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Whether the job is to run now; one that missed its time, or never ran, is."""
        return self.next_at <= now

    def is_late(self, now: datetime) -> bool:
        """Whether the job should have run some time ago, so that somebody should look at the worker."""
        return self.next_at + _TOLERANCE < now


def appointment(job: Job, standing: Standing, *, now: datetime) -> Appointment:
    """The first time of the schedule after the last run: in the past where that was missed. Never run means now.

    A run that failed is tried again after a pause, or when its schedule has it, whichever comes first. A job that ends
    its process waits, even if its schedule has it each minute.
    """
    if standing.started_at is None:
        return Appointment(job, None, now)
    if standing.waits and standing.again_at is not None:
        return Appointment(job, standing.started_at, standing.again_at)
    trigger = CronTrigger.from_crontab(job.schedule, timezone=AGENCY_ZONE)
    after = standing.started_at + timedelta(microseconds=1)
    regular: datetime = trigger.get_next_fire_time(None, after)
    next_at = regular if standing.again_at is None else min(regular, standing.again_at)
    return Appointment(job, standing.started_at, next_at)
