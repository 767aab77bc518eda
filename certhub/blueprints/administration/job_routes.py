"""The jobs: when they ran, when they run next, what is late and why, and how to run, end or pause one."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.administration import bp
from certhub.blueprints.administration.job_forms import PauseJobForm, RunJobForm
from certhub.database import transaction
from certhub.jobs import outlook, timetable
from certhub.jobs.catalog import all_jobs
from certhub.jobs.registry import MAIL
from certhub.models.jobs import JobStatus
from certhub.queries import job_runs
from certhub.rules.permissions import Permission
from certhub.services import job_control
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on
from certhub.web.refreshing import looks_again

RUN_WORDS = {
    JobStatus.RUNNING: ("Running", "info"),
    JobStatus.FINISHED: ("Done", "good"),
    JobStatus.FAILED: ("Failed", "danger"),
    JobStatus.CANCELLED: ("Cancelled", "warning"),
    JobStatus.INTERRUPTED: ("Interrupted", "warning"),
}


@bp.route("/jobs")
@requires(Permission.JOB_READ)
def jobs() -> ResponseReturnValue:
    known, now = all_jobs(), clock.now()
    recent, pauses, lease = job_runs.recent([*known, job_runs.BACKUP]), job_runs.pauses(), job_runs.lease()
    backups = recent.pop(job_runs.BACKUP)
    name = request.args.get("name", "")
    page = job_runs.latest(viewer(), cursor=request.args.get("cursor"), name=name if name in known else None)
    waiting = job_runs.requests_waiting(viewer())
    appointments = [timetable.appointment(job, job_runs.standing(recent[job.name]), now=now) for job in known.values()]
    worker = lease.owner.split(":")[0] if lease is not None and lease.expires_at >= now else None
    running = [run for runs in recent.values() for run in runs if run.status is JobStatus.RUNNING]
    under_way = bool(running or waiting)
    return render_template(
        "administration/jobs.html",
        appointments=appointments,
        standings={
            each.job.name: outlook.standing(
                each,
                recent[each.job.name],
                pauses.get(each.job.name),
                busy_with=next(
                    (one for one in running if not one.by_hand and (one.name in MAIL) is (each.job.name in MAIL)),
                    None,
                ),
                worker=worker,
                worker_since=lease.expires_at if lease else None,
                now=now,
            )
            for each in appointments
        },
        backups=outlook.of_backups(backups, now, timedelta(hours=settings().backup_hours)),
        pauses=pauses,
        waiting=waiting,
        page=page,
        lease=lease,
        worker=worker,
        refreshes=looks_again(under_way=under_way),
        under_way=under_way,
        words=RUN_WORDS,
    )


@bp.route("/jobs/runs/<int:run_id>")
@requires(Permission.JOB_READ)
def job_run(run_id: int) -> ResponseReturnValue:
    run = job_runs.one(viewer(), run_id)
    under_way = run.status is JobStatus.RUNNING
    return render_template(
        "administration/job_run.html",
        run=run,
        job=all_jobs().get(run.name),
        words=RUN_WORDS,
        under_way=under_way,
        silent=under_way and outlook.is_silent(run, clock.now()),
        refreshes=looks_again(under_way=under_way),
    )


@bp.route("/jobs/runs/<int:run_id>/cancel", methods=["POST"])
@requires(Permission.JOB_RUN)
def cancel_job_run(run_id: int) -> ResponseReturnValue:
    run = job_runs.one(viewer(), run_id)
    with transaction():
        job_control.cancel(run, actor=actor(), at=clock.now())
    flash("The run ends after the piece of work that it is at. What is done stays done.")
    return redirect(url_for(".job_run", run_id=run.id))


@bp.route("/jobs/run", methods=["GET", "POST"])
@requires(Permission.JOB_RUN)
def run_job() -> ResponseReturnValue:
    form = RunJobForm(data={"name": request.args.get("name", ""), "day": clock.today()})
    form.name.choices = [("", "Choose a job"), *((name, name) for name in all_jobs())]
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            job_control.request(
                form.name.data, form.day.data, dry_run=form.dry_run.data, today=clock.today(), actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            submissions.remember(url_for(".jobs"))
        if not form.errors:
            flash("The worker runs it within some seconds. If no worker is running, it waits.")
            return redirect(url_for(".jobs"))
    return render_template("administration/run_job.html", form=form, known=all_jobs()), form.http_status


@bp.route("/jobs/requests/<int:job_request_id>/withdraw", methods=["POST"])
@requires(Permission.JOB_RUN)
def withdraw_job_request(job_request_id: int) -> ResponseReturnValue:
    asked = job_runs.request(viewer(), job_request_id)
    with transaction():
        job_control.withdraw(asked, actor=actor(), at=clock.now())
    flash("The job is not run.")
    return redirect(url_for(".jobs"))


@bp.route("/jobs/pause", methods=["GET", "POST"])
@requires(Permission.JOB_RUN)
def pause_job() -> ResponseReturnValue:
    form = PauseJobForm(data={"name": request.args.get("name", "")})
    form.name.choices = [("", "Choose a job"), *((name, name) for name in all_jobs())]
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            job_control.pause(form.name.data, form.reason.data, actor=actor(), at=clock.now())
            submissions.remember(url_for(".jobs"))
        if not form.errors:
            flash(f"The worker leaves {form.name.data} alone until somebody lets it go on.")
            return redirect(url_for(".jobs"))
    return render_template("administration/pause_job.html", form=form), form.http_status


@bp.route("/jobs/pauses/<int:job_pause_id>/end", methods=["POST"])
@requires(Permission.JOB_RUN)
def resume_job(job_pause_id: int) -> ResponseReturnValue:
    paused = job_runs.pause(viewer(), job_pause_id)
    with transaction():
        job_control.resume(paused, actor=actor(), at=clock.now())
    flash(f"{paused.name} goes on, and does what it has missed.")
    return redirect(url_for(".jobs"))
