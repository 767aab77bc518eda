"""What people told the worker, and a message with a link to opt out."""

from datetime import timedelta

from flask import Flask

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.jobs import JobPause, JobRequest, JobRun, JobStatus
from certhub.models.messages import Message, MessageStatus
from certhub.rules import opt_outs
from certhub.rules.audit_actions import AuditAction
from certhub.services import audit
from tests.factories import ARRANGING, WHEN


def told_the_worker(app: Flask, by: User) -> dict[str, list[int | str]]:
    """A run under way, one that was asked for, a job that is paused, and the secret of a link to opt out."""
    run = JobRun(
        name="mail-delivery", run_on=WHEN.date(), status=JobStatus.RUNNING, started_at=WHEN, counts={}, done=3,
        total=9, heartbeat_at=clock.now() + timedelta(hours=1),  # alive as long as the tests take
    )  # fmt: skip
    asked = JobRequest(name=f"job-of-{by.id}", run_on=WHEN.date(), asked_at=WHEN, asked_by_id=by.id)
    pause = JobPause(name=f"job-of-{by.id}", reason="It waits.", paused_at=WHEN, paused_by_id=by.id)
    message = Message(
        kind="deadlines", dedupe_key=f"courtesy of {by.id}", message_id="x", recipient=by.email, subject="S",
        body_text="T", body_html="H", status=MessageStatus.IN_DOUBT, attempts=1, created_at=WHEN, next_attempt_at=WHEN,
        opt_out="licence_recheck",
    )  # fmt: skip
    with transaction():
        db.session.add_all([run, asked, pause, message])
        db.session.flush()
        audit.record(ARRANGING, AuditAction.JOB_REQUESTED, asked, at=WHEN)
        audit.record(ARRANGING, AuditAction.JOB_PAUSED, pause, at=WHEN)
    token = opt_outs.token(message.id, app.config["SECRET_KEY"])
    return {"run_id": [run.id], "job_request_id": [asked.id], "job_pause_id": [pause.id], "token": [token]}
