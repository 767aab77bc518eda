"""The jobs: when they ran, when they run next, and what is late."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires, viewer
from certhub.blueprints.administration import bp
from certhub.jobs import timetable
from certhub.jobs.catalog import all_jobs
from certhub.models.jobs import JobStatus
from certhub.queries import job_runs
from certhub.rules.permissions import Permission

RUN_WORDS = {
    JobStatus.RUNNING: ("Running", "info"),
    JobStatus.FINISHED: ("Done", "good"),
    JobStatus.FAILED: ("Failed", "danger"),
}


@bp.route("/jobs")
@requires(Permission.JOB_READ)
def jobs() -> ResponseReturnValue:
    known, now = all_jobs(), clock.now()
    last, lease = job_runs.last_started(), job_runs.lease()
    name = request.args.get("name", "")
    return render_template(
        "administration/jobs.html",
        appointments=[timetable.appointment(job, last.get(job.name), now=now) for job in known.values()],
        results=job_runs.newest_results(viewer()),
        page=job_runs.latest(viewer(), cursor=request.args.get("cursor"), name=name if name in known else None),
        lease=lease,
        worker_runs=lease is not None and lease.expires_at >= now,
        now=now,
        words=RUN_WORDS,
    )
