"""The draft of a standard: begun from a version, changed part by part or by a file, discarded."""

import tomllib
from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.standards import bp
from certhub.blueprints.standards.forms import (
    DraftForm,
    GroupForm,
    HeadingForm,
    ImportForm,
    KindChoice,
    TermsForm,
    mistakes_shown_on,
    requirement_form,
    requirement_table,
)
from certhub.database import transaction
from certhub.models.standards import StandardVersion
from certhub.queries import standards
from certhub.queries.visibility import NotVisible
from certhub.rules import standard_draft
from certhub.rules.permissions import Permission
from certhub.rules.refusal import Refusal
from certhub.rules.standard_draft import DraftGone, Raw
from certhub.rules.standard_words import REQUIREMENT_KIND_LABELS
from certhub.rules.vocabulary import RequirementKind
from certhub.services import standards as service
from certhub.web import submissions
from certhub.web.forms import CertHubForm, refusals_shown_on

_LARGEST_FILE = 1024 * 1024
"""Bytes of an imported standard: a hundred times the longest shipped one."""

Change = Callable[[Raw], Raw]


@bp.route("/standards/<int:version_id>/draft", methods=["POST"])
@requires(Permission.STANDARD_DRAFT)
def draft(version_id: int) -> ResponseReturnValue:
    base = standards.one(viewer(), version_id)
    address = url_for(".history", standard_id=base.standard_id)
    form = CertHubForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            begun = service.draft_next(base, actor=actor(), at=clock.now())
            address = url_for(".show", version_id=begun.id)
            submissions.remember(address)
        if not form.refused:
            flash("The draft is open. Nothing counts until you adopt it.")
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(address)


@bp.route("/standards/<int:version_id>/discard", methods=["GET", "POST"])
@requires(Permission.STANDARD_DRAFT)
def discard(version_id: int) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    address = url_for(".history", standard_id=version.standard_id)
    form = CertHubForm()
    if form.validate_on_submit():
        with transaction():
            service.discard(version_id, actor=actor(), at=clock.now())
            submissions.remember(address)
        flash("The draft is discarded. The audit trail keeps what it said.")
        return redirect(address)
    return render_template("standards/discard.html", version=version, form=form)


@bp.route("/standards/<int:version_id>/heading", methods=["GET", "POST"])
@requires(Permission.STANDARD_DRAFT)
def heading(version_id: int) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    form = HeadingForm(seen=version.definition_hash, title=version.title, citation=version.definition["citation"])
    if form.validate_on_submit() and _revised(
        form, version_id, lambda raw: standard_draft.with_heading(raw, form.title.data, form.citation.data)
    ):
        return redirect(url_for(".show", version_id=version_id))
    return render_template("standards/heading.html", version=version, form=form), form.http_status


@bp.route("/standards/<int:version_id>/terms", methods=["GET", "POST"])
@requires(Permission.STANDARD_DRAFT)
def terms(version_id: int) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    form = TermsForm.showing(standards.definition_of(version).terms, version.definition_hash)
    if form.validate_on_submit() and _revised(
        form, version_id, lambda raw: standard_draft.with_terms(raw, form.table()), "terms"
    ):
        return redirect(url_for(".show", version_id=version_id))
    return render_template("standards/terms.html", version=version, form=form), form.http_status


@bp.route("/standards/<int:version_id>/requirements/new", methods=["GET", "POST"])
@requires(Permission.STANDARD_DRAFT)
def add_requirement(version_id: int) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    asked = request.args.get("kind", "")
    if asked not in {kind.value for kind in RequirementKind}:
        return render_template("standards/kind.html", version=version, form=KindChoice(request.args))
    kind = RequirementKind(asked)
    form = requirement_form(kind, standards.definition_of(version), seen=version.definition_hash)
    if form.validate_on_submit():
        code = form["code"].data
        table = requirement_table(form, kind, code=None, sort=0)
        if _revised(
            form,
            version_id,
            lambda raw: standard_draft.with_requirement(raw, table, new=True),
            f"requirement {code}",
        ):
            return redirect(url_for(".show", version_id=version_id, _anchor=code))
    return _requirement_page(version, form, kind, None)


@bp.route("/standards/<int:version_id>/requirements/<string:code>", methods=["GET", "POST"])
@requires(Permission.STANDARD_DRAFT)
def requirement(version_id: int, code: str) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    shown = _part(standard_draft.requirement_of(version.definition, code), code)
    kind = RequirementKind(shown["kind"])
    form = requirement_form(kind, standards.definition_of(version), seen=version.definition_hash, shown=shown)
    if form.validate_on_submit():
        table = requirement_table(form, kind, code=code, sort=shown.get("sort", 0))
        if _revised(
            form,
            version_id,
            lambda raw: standard_draft.with_requirement(raw, table, new=False),
            f"requirement {code}",
        ):
            return redirect(url_for(".show", version_id=version_id, _anchor=code))
    return _requirement_page(version, form, kind, code)


@bp.route("/standards/<int:version_id>/requirements/<string:code>/remove", methods=["POST"])
@requires(Permission.STANDARD_DRAFT)
def remove_requirement(version_id: int, code: str) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    _part(standard_draft.requirement_of(version.definition, code), code)
    return _done(
        version_id, lambda raw: standard_draft.without_requirement(raw, code), f"{code} is removed from the draft.", ""
    )


@bp.route("/standards/<int:version_id>/requirements/<string:code>/move", methods=["POST"])
@requires(Permission.STANDARD_DRAFT)
def move_requirement(version_id: int, code: str) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    _part(standard_draft.requirement_of(version.definition, code), code)
    by = -1 if request.form.get("direction") == "up" else 1
    return _done(version_id, lambda raw: standard_draft.moved(raw, code, by), f"{code} is moved.", code)


@bp.route("/standards/<int:version_id>/groups/new", methods=["GET", "POST"])
@requires(Permission.STANDARD_DRAFT)
def add_group(version_id: int) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    form = GroupForm(seen=version.definition_hash)
    form.offer(standards.definition_of(version), None)
    if form.validate_on_submit() and _revised(
        form,
        version_id,
        lambda raw: standard_draft.with_group(raw, form.table(None), form.members.data or [], new=True),
        f"group {form.code.data}",
    ):
        return redirect(url_for(".show", version_id=version_id, _anchor="groups"))
    return render_template("standards/group.html", version=version, form=form, code=None), form.http_status


@bp.route("/standards/<int:version_id>/groups/<string:code>", methods=["GET", "POST"])
@requires(Permission.STANDARD_DRAFT)
def group(version_id: int, code: str) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    shown = _part(standard_draft.group_of(version.definition, code), code)
    standard = standards.definition_of(version)
    members = [one.code for one in standard.requirements if one.group == code]
    form = GroupForm(seen=version.definition_hash, members=members, **shown)
    form.offer(standard, next(one for one in standard.groups if one.code == code))
    del form.code
    if form.validate_on_submit() and _revised(
        form,
        version_id,
        lambda raw: standard_draft.with_group(raw, form.table(code), form.members.data or [], new=False),
        f"group {code}",
    ):
        return redirect(url_for(".show", version_id=version_id, _anchor="groups"))
    return render_template("standards/group.html", version=version, form=form, code=code), form.http_status


@bp.route("/standards/<int:version_id>/groups/<string:code>/remove", methods=["POST"])
@requires(Permission.STANDARD_DRAFT)
def remove_group(version_id: int, code: str) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    _part(standard_draft.group_of(version.definition, code), code)
    said = "The group is removed. Its requirements stay in the draft."
    return _done(version_id, lambda raw: standard_draft.without_group(raw, code), said, "groups")


@bp.route("/standards/<int:version_id>/import", methods=["GET", "POST"])
@requires(Permission.STANDARD_DRAFT)
def import_file(version_id: int) -> ResponseReturnValue:
    version = standards.draft(viewer(), version_id)
    form = ImportForm(seen=version.definition_hash)
    if form.validate_on_submit():
        with refusals_shown_on(form):
            file = _read(form.file.data)
            if _revised(form, version_id, lambda raw: standard_draft.replaced_by(raw, file), "the file"):
                return redirect(url_for(".show", version_id=version_id))
    return render_template("standards/import.html", version=version, form=form), form.http_status


def _revised(form: DraftForm, version_id: int, change: Change, part: str = "") -> bool:
    """Whether the change is saved; what stands in its way is shown on the form."""
    with mistakes_shown_on(form, part), transaction():
        service.revise(version_id, change, seen=form.seen.data or "", actor=actor(), at=clock.now())
        submissions.remember(url_for(".show", version_id=version_id))
    if not form.refused:
        flash("The draft is saved.")
    return not form.refused


def _done(version_id: int, change: Change, said: str, anchor: str) -> ResponseReturnValue:
    """Carry out a change of one button, and say on the draft's page what came of it."""
    form = DraftForm()
    address = url_for(".show", version_id=version_id, _anchor=anchor or None)
    if form.validate_on_submit():
        with mistakes_shown_on(form), transaction():
            service.revise(version_id, change, seen=form.seen.data or "", actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(said)
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(address)


def _part(found: Raw | None, code: str) -> Raw:
    """A part of the draft that the address names; whoever sends a form about one that is gone sees what they typed."""
    if found is None and request.method == "POST":
        raise DraftGone("That is not in this draft any more. Look at the draft as it is now.")
    if found is None:
        raise NotVisible(code)
    return found


def _requirement_page(
    version: StandardVersion, form: DraftForm, kind: RequirementKind, code: str | None
) -> ResponseReturnValue:
    return render_template(
        "standards/requirement.html", version=version, form=form, code=code, kind=REQUIREMENT_KIND_LABELS[kind]
    ), form.http_status


def _read(upload: FileStorage) -> Raw:
    """The values of a TOML file. Raises `Refusal` for what cannot be read."""
    try:
        data = upload.stream.read(_LARGEST_FILE + 1)
    finally:
        upload.close()  # a large one lies in a temporary file
    if len(data) > _LARGEST_FILE:
        raise Refusal("This file is larger than 1 MB. No standard is that long. Choose another file.", field="file")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refusal("This file is not text in UTF-8. Save it as UTF-8 and try again.", field="file") from None
    except tomllib.TOMLDecodeError as problem:
        raise Refusal(f"This file is not TOML: {problem}. Correct it and try again.", field="file") from None
    except (RecursionError, ValueError):  # lists in lists without end, or a number with thousands of digits
        raise Refusal(
            "This file cannot be read as a standard. Export the draft and start from that.", field="file"
        ) from None
