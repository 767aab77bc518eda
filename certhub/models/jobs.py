"""The worker's lease, and every run of every job."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from certhub.models.base import Base


class JobStatus(StrEnum):
    """How a job's run stands."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class Lease(Base):
    """Who runs the clock: at most one holder at a time, on any number of hosts."""

    audited = False  # plumbing of the worker

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(120))
    expires_at: Mapped[datetime]
    fence: Mapped[int] = mapped_column(comment="Grows with each new holder")


class JobRun(Base):
    """One run of a job: when, for which day, how far, and with what result."""

    __table_args__ = (Index("ix_job_run_name", "name", "id"),)
    audited = False  # each row is itself the record of the run

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    run_on: Mapped[date] = mapped_column(comment="The day that the job was run for")
    dry_run: Mapped[bool] = mapped_column(default=False)
    status: Mapped[JobStatus] = mapped_column(default=JobStatus.RUNNING)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str | None] = mapped_column(Text)
