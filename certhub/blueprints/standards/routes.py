"""The pages of the standards that are read: versions, their history and their comparison."""

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires, viewer
from certhub.blueprints.standards import bp
from certhub.documents.standard_file import toml_of
from certhub.models.standards import StandardVersion
from certhub.queries import announcements, orders, standards
from certhub.queries.visibility import sees_everything
from certhub.rules import transitions
from certhub.rules.permissions import Permission, may
from certhub.rules.standard_comparison import compared, conditions_in_words, in_order
from certhub.rules.standard_words import (
    REQUIREMENT_KIND_LABELS,
    SEVERITY_LABELS,
    STAGE_LABELS,
    group_in_words,
    terms_in_words,
)
from certhub.rules.vocabulary import SUBJECT_LABELS, Stage, VersionStatus


@bp.route("/standards")
@requires(Permission.STANDARD_READ)
def index() -> ResponseReturnValue:
    return render_template("standards/index.html", versions=standards.newest(viewer()), holders=SUBJECT_LABELS)


@bp.route("/standards/<int:version_id>")
@requires(Permission.STANDARD_READ)
def show(version_id: int) -> ResponseReturnValue:
    version = standards.one(viewer(), version_id)
    standard = standards.definition_of(version)
    groups = {group.code: group_in_words(group) for group in standard.groups}
    adopted = [standards.facts_of(one) for one in standards.adopted(version.standard_id)]
    draft = version.status is VersionStatus.DRAFT
    return render_template(
        "standards/show.html",
        version=version,
        standard=standard,
        draft=draft,
        letters=announcements.of_version(version.id) if may(viewer(), Permission.STANDARD_ADOPT) else None,
        last_day=None if draft else transitions.last_day(version.version, adopted),
        transition=None if draft else transitions.in_words(standards.facts_of(version)),
        holder=SUBJECT_LABELS[standard.subject_type],
        terms=terms_in_words(standard.terms),
        requirements=[
            (
                one,
                [STAGE_LABELS[stage] for stage in Stage if stage in one.stages],
                groups.get(one.group or ""),
                conditions_in_words(one),
            )
            for one in in_order(standard)
        ],
        groups=[(group, group_in_words(group)) for group in standard.groups],
        kinds=REQUIREMENT_KIND_LABELS,
        severities=SEVERITY_LABELS,
        waivers=orders.waivers_under(version.standard_id),
    )


@bp.route("/standards/history/<int:standard_id>")
@requires(Permission.STANDARD_READ)
def history(standard_id: int) -> ResponseReturnValue:
    versions = standards.history(viewer(), standard_id)
    adopted = [standards.facts_of(one) for one in versions if one.status is VersionStatus.ADOPTED]
    return render_template(
        "standards/history.html",
        versions=versions,
        standard=versions[0].standard,
        holder=SUBJECT_LABELS[versions[0].standard.subject_type],
        last_days={one.version: transitions.last_day(one.version, adopted) for one in adopted},
        in_words={one.version: transitions.in_words(one) for one in adopted},
        holders=standards.holders(standard_id, on=clock.today()),
        open_draft=next((one for one in versions if one.status is VersionStatus.DRAFT), None),
        newest=next((one for one in versions if one.status is VersionStatus.ADOPTED), None),
        names_shown=sees_everything(viewer()),
    )


@bp.route("/standards/<int:version_id>/compare")
@requires(Permission.STANDARD_READ)
def compare(version_id: int) -> ResponseReturnValue:
    version = standards.one(viewer(), version_id)
    others = [one for one in standards.history(viewer(), version.standard_id) if one.id != version.id]
    other = _asked_for(others, version)
    older, newer = sorted([version, other], key=lambda one: one.version) if other else (None, version)
    return render_template(
        "standards/compare.html",
        version=version,
        others=others,
        older=older,
        newer=newer,
        found=compared(standards.definition_of(older), standards.definition_of(newer)) if older else None,
        stages=lambda one: [STAGE_LABELS[stage] for stage in Stage if stage in one.stages],
        kinds=REQUIREMENT_KIND_LABELS,
        severities=SEVERITY_LABELS,
        terms=terms_in_words,
    )


@bp.route("/standards/<int:version_id>/export.toml")
@requires(Permission.STANDARD_READ)
def export(version_id: int) -> ResponseReturnValue:
    version = standards.one(viewer(), version_id)
    name = f"{version.standard.code.lower()}-version-{version.version}.toml"
    return Response(
        toml_of(standards.definition_of(version)),
        mimetype="application/toml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _asked_for(others: list[StandardVersion], version: StandardVersion) -> StandardVersion | None:
    """The version to compare with: the one that the address names, or else the nearest before it."""
    asked = request.args.get("with", "")
    if asked:
        return next((one for one in others if str(one.id) == asked), None) or abort(404)
    before = [one for one in others if one.version < version.version]
    return next(iter(before or others), None)
