"""The worker's lease, and every run of every job."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.accounts import User
from certhub.models.base import Base


class JobStatus(StrEnum):
    """How a job's run stands.

    `cancelled` was ended by a person between two pieces of work, `interrupted` because its process ended or died.
    """

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


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
    runner: Mapped[str] = mapped_column(
        String(120), default="", server_default="", comment="Host and number of the process that runs it"
    )
    by_hand: Mapped[bool] = mapped_column(
        default=False, server_default=text("false"), comment="Run in a terminal, not by a worker"
    )
    heartbeat_at: Mapped[datetime | None] = mapped_column(comment="When the run last gave a sign of life")
    cancel_asked_at: Mapped[datetime | None]
    cancel_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    cancel_asked_by: Mapped[User | None] = relationship()


class JobRequest(Base):
    """A run that somebody asked for on the page of the jobs; a worker takes it up."""

    __table_args__ = (
        Index(
            "ix_job_request_waiting", "name", "run_on", "dry_run", unique=True,
            sqlite_where=text("run_id IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("run_id IS NULL AND withdrawn_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    run_on: Mapped[date] = mapped_column(comment="The day to run the job for")
    dry_run: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("job_run.id"), comment="The run that it became")
    withdrawn_at: Mapped[datetime | None]

    asked_by: Mapped[User] = relationship()


class JobPause(Base):
    """A job that the worker leaves alone until somebody lets it go on."""

    __table_args__ = (
        Index(
            "ix_job_pause_open", "name", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(300))
    paused_at: Mapped[datetime]
    paused_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]

    paused_by: Mapped[User] = relationship()
