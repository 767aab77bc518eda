"""What a draft would mean for those who hold a credential: counted by the worker, shown with its progress."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.standards import bp
from certhub.database import transaction
from certhub.queries import standard_previews, standards
from certhub.queries.paging import Page
from certhub.queries.standard_previews import HolderRow
from certhub.rules.permissions import Permission
from certhub.rules.vocabulary import SUBJECT_LABELS, SubjectType
from certhub.services import standard_previews as service
from certhub.web import submissions
from certhub.web.forms import CertHubForm, refusals_shown_on
from certhub.web.refreshing import LOGGED_SECONDS, looks_again


@bp.route("/standards/<int:version_id>/preview", methods=["GET", "POST"])
@requires(Permission.STANDARD_DRAFT, lists=True)
def preview(version_id: int) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    form = CertHubForm()
    if form.validate_on_submit():
        address = url_for(".preview", version_id=version.id)
        with transaction():
            service.ask(version, actor=actor(), at=clock.now())
            submissions.remember(address)
        readings.listed(preview_of=f"{version.standard.code} version {version.version}", rows=0)
        flash("The count begins within a minute.")
        return redirect(address)
    found = standard_previews.latest(version)
    standard = standards.definition_of(version)
    titles = {requirement.code: requirement.title for requirement in standard.requirements}
    code = request.args.get("requirement", "")
    everybody = request.args.get("show") == "all"
    page: Page[HolderRow] = Page([], None, None)
    if found is not None and found.finished_at is not None:
        page = standard_previews.page(
            viewer(),
            found,
            code=code if code in titles else "",
            because=not everybody,
            cursor=request.args.get("cursor"),
        )
    readings.listed(
        preview_of=f"{version.standard.code} version {version.version}", requirement=code, rows=len(page.rows)
    )
    return render_template(
        "standards/preview.html",
        version=version,
        form=form,
        found=found,
        refreshes=looks_again(under_way=found is not None and found.finished_at is None, seconds=LOGGED_SECONDS),
        stale=found is not None and found.definition_hash != version.definition_hash,
        present=standards.in_force(version.standard_id, clock.today()),
        holder=SUBJECT_LABELS[version.standard.subject_type],
        titles=titles,
        code=code,
        everybody=everybody,
        page=page,
        people=version.standard.subject_type is SubjectType.COORDINATOR,
    ), form.http_status


@bp.route("/standards/<int:version_id>/preview/end", methods=["POST"])
@requires(Permission.STANDARD_DRAFT)
def end_preview(version_id: int) -> ResponseReturnValue:
    version, address = standards.draft(viewer(), version_id), url_for(".preview", version_id=version_id)
    found, form = standard_previews.latest(version), CertHubForm()
    if found is not None and form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            service.end_work(found, at=clock.now())
            submissions.remember(address)
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(address)
