"""The pages of the standards."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from certhub.auth.guard import requires
from certhub.blueprints.standards import bp
from certhub.queries import orders, standards
from certhub.rules.disciplines import DISCIPLINE_LABELS
from certhub.rules.permissions import Permission
from certhub.rules.standard import Requirement
from certhub.rules.standard_words import (
    REQUIREMENT_KIND_LABELS,
    SEVERITY_LABELS,
    STAGE_LABELS,
    group_in_words,
    terms_in_words,
)
from certhub.rules.vocabulary import Stage, SubjectType

_HOLDERS = {
    SubjectType.VENDOR: "Vendor organizations",
    SubjectType.COORDINATOR: "Care coordinators",
    SubjectType.PRACTICE: "Practices",
    SubjectType.TRAINING_PROGRAM: "Training programs",
}
_LARGEST_KEY = 2**31 - 1


@bp.route("/standards")
@requires(Permission.STANDARD_READ)
def index() -> ResponseReturnValue:
    return render_template("standards/index.html", versions=standards.adopted(), holders=_HOLDERS)


@bp.route("/standards/<int:version_id>")
@requires(Permission.STANDARD_READ)
def show(version_id: int) -> ResponseReturnValue:
    if version_id > _LARGEST_KEY:
        abort(404)
    version = standards.one(version_id)
    standard = standards.definition_of(version)
    groups = {group.code: group_in_words(group) for group in standard.groups}
    return render_template(
        "standards/show.html",
        version=version,
        standard=standard,
        holder=_HOLDERS[standard.subject_type],
        terms=terms_in_words(standard.terms),
        requirements=[
            (
                one,
                [STAGE_LABELS[stage] for stage in Stage if stage in one.stages],
                groups.get(one.group or ""),
                _only_for(one),
            )
            for one in sorted(standard.requirements, key=lambda one: (one.sort, one.code))
        ],
        kinds=REQUIREMENT_KIND_LABELS,
        severities=SEVERITY_LABELS,
        waivers=orders.waivers_under(version.standard_id),
    )


def _only_for(requirement: Requirement) -> list[str]:
    """The disciplines that a requirement is limited to."""
    allowed = requirement.applies_when.get("discipline", ())
    return [label for discipline, label in DISCIPLINE_LABELS.items() if discipline.value in allowed]
