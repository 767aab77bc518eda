"""The auditor's pages."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.audit import bp
from certhub.blueprints.audit.forms import AccessForm, TrailForm
from certhub.database import transaction
from certhub.queries import access_log as log
from certhub.queries import audit_trail
from certhub.queries.audit_trail import TrailEntry, TrailFilters
from certhub.queries.paging import Page
from certhub.rules.audit_actions import AuditAction
from certhub.rules.permissions import Permission
from certhub.rules.readings import list_in_words, page_in_words
from certhub.services import audit, audit_heads, audit_verification
from certhub.services.audit_verification import Kept
from certhub.web.context import settings


@bp.route("/audit-trail")
@requires(Permission.AUDIT_READ)
def index() -> ResponseReturnValue:
    form = TrailForm(request.args)
    readable = form.validate()
    page: Page[TrailEntry] = Page([], None, None)
    if readable:
        filters = TrailFilters(
            action=AuditAction(form.action.data) if form.action.data else None,
            actor=form.actor.data or "",
            party=form.party.data or "",
            since=form.since.data,
            until=form.until.data,
        )
        page = audit_trail.trail(viewer(), filters, cursor=request.args.get("cursor"))
    return render_template("audit/index.html", form=form, page=page), 200 if readable else 422


@bp.route("/audit-trail/<int:seq>")
@requires(Permission.AUDIT_READ)
def entry(seq: int) -> ResponseReturnValue:
    return render_template("audit/entry.html", entry=audit_trail.one(viewer(), min(seq, 2**63 - 1)))


@bp.route("/access-log")
@requires(Permission.AUDIT_READ)
def access_log() -> ResponseReturnValue:
    form = AccessForm(request.args)
    readable = form.validate()
    reader = (form.reader.data or "") if readable else ""
    page = log.readings(viewer(), reader=reader, cursor=request.args.get("cursor"))
    return render_template(
        "audit/access_log.html", form=form, page=page, page_in_words=page_in_words, list_in_words=list_in_words
    ), 200 if readable else 422


@bp.route("/audit-trail/verification", methods=["POST"])
@requires(Permission.AUDIT_READ)
def verify() -> ResponseReturnValue:
    file, made_at = settings().audit_heads_file, clock.now()
    kept = audit_heads.last_kept(file)
    report = audit_verification.verify(kept=[kept] if kept else [])
    with transaction():
        audit.record_plain(
            actor(), AuditAction.AUDIT_VERIFIED, "audit_entry", None, at=made_at, told=audit_verification.told(report)
        )
    if report.broken is None:
        audit_heads.keep(file, Kept(report.entries, report.head), at=made_at)
    return render_template("audit/verification.html", report=report, made_at=made_at)
