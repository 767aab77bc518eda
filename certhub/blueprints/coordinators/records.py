"""What is entered on a coordinator's record: employments, assignments, licences and background checks."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.coordinators import bp
from certhub.blueprints.coordinators.forms import (
    EMPLOYMENT_LABELS,
    AssignmentCorrectionForm,
    AssignmentForm,
    BackgroundCheckForm,
    CorrectionForm,
    EmploymentForm,
    LastDayForm,
    LicenceCheckForm,
    LicenceForm,
    SpellForm,
    full_time_typed,
)
from certhub.database import locked, transaction
from certhub.models.parties import Practice
from certhub.queries import (
    assignment_corrections,
    background_checks,
    contract_work,
    contracts,
    coordinators,
    employment_corrections,
    organizations,
)
from certhub.queries.visibility import NotVisible
from certhub.rules.assignment import require_load
from certhub.rules.employment import Spell
from certhub.rules.independence import Span
from certhub.rules.licences import LICENCE_STATUSES, CheckResult
from certhub.rules.permissions import Permission, is_employer, may
from certhub.rules.vocabulary import EmploymentKind, SubjectType
from certhub.services import assignments, employment, licences
from certhub.services import background_checks as background_service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import options, refusals_shown_on
from certhub.web.particulars import numbered

_EMPLOYERS = (SubjectType.VENDOR, SubjectType.PRACTICE)


@bp.route("/<int:party_id>/employments/new", methods=["GET", "POST"])
@requires(Permission.EMPLOYMENT_RECORD)
def record_employment(party_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    employs = is_employer(viewer())
    q = request.args.get("q", "")[:200]
    matches = [] if employs else organizations.search(q, _EMPLOYERS)
    form: SpellForm = SpellForm() if employs else EmploymentForm()
    if isinstance(form, EmploymentForm):
        form.offer(matches)
    if form.validate_on_submit():
        employer_id = viewer().party_id if employs else form.employer_id.data
        address = url_for(".show", party_id=person.id)
        with refusals_shown_on(form), transaction():
            employment.record(
                person,
                organizations.chosen(employer_id),
                kind=EmploymentKind(form.kind.data),
                job_title=form.job_title.data or "",
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                full_time_percent=full_time_typed(form),
                base_url=settings().base_url,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash("The employment is on file.")
            return redirect(address)
    return (
        render_template(
            "coordinators/employment.html", person=person, form=form, employs=employs, q=q, matches=matches
        ),
        form.http_status,
    )


@bp.route("/<int:party_id>/employments/<int:employment_id>/end", methods=["GET", "POST"])
@requires(Permission.EMPLOYMENT_RECORD)
def end_employment(party_id: int, employment_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    spell = coordinators.employment(viewer(), party_id, employment_id)
    form = LastDayForm(ends_on=spell.ends_on)
    if form.validate_on_submit():
        # A former employer does not see the record any more.
        gone = is_employer(viewer()) and form.ends_on.data < clock.today()
        address = url_for(".former") if gone else url_for(".show", party_id=party_id)
        with refusals_shown_on(form), transaction():
            employment.end(
                locked(spell),
                last_day=form.ends_on.data,
                base_url=settings().base_url,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash(f"The last day of {person.name} is on file.")
            return redirect(address)
    return (
        render_template(
            "coordinators/end_employment.html",
            person=person,
            spell=spell,
            form=form,
            ending=coordinators.assignments_going_on_in(spell, on=clock.today()),
        ),
        form.http_status,
    )


@bp.route("/<int:party_id>/employments/<int:employment_id>/correct", methods=["GET", "POST"])
@requires(Permission.EMPLOYMENT_RECORD)
def correct_employment(party_id: int, employment_id: int) -> ResponseReturnValue:
    """What was recorded wrongly of an employment: typed, looked at with all that follows, and confirmed."""
    person = coordinators.one(viewer(), party_id)
    spell = coordinators.employment(viewer(), party_id, employment_id)
    form = CorrectionForm(
        kind=spell.kind.value,
        job_title=spell.job_title,
        full_time_percent=spell.full_time_percent,
        starts_on=spell.starts_on,
        ends_on=spell.ends_on,
    )
    plan: employment_corrections.Plan | None = None
    if form.validate_on_submit():
        given = Spell(
            EmploymentKind(form.kind.data),
            form.job_title.data or "",
            Span(form.starts_on.data, form.ends_on.data),
            full_time_typed(form, spell.full_time_percent),
        )
        # A former employer does not see the record any more.
        gone = is_employer(viewer()) and (given.days.to_on or clock.today()) < clock.today()
        address = url_for(".former") if gone else url_for(".show", party_id=party_id)
        if request.form.get("do") == "correct":
            with refusals_shown_on(form), transaction():
                employment.correct_as_shown(
                    spell, given, reason=form.reason.data, seen=form.seen.data or "",
                    base_url=settings().base_url, actor=actor(), at=clock.now(),
                )  # fmt: skip
                submissions.remember(address)
            if not form.refused:
                flash("The employment is corrected. What was recorded before stays in the history.")
                return redirect(address)
        if not form.refused or (form.form_errors and spell.superseded_at is None):
            with refusals_shown_on(form):
                employment.require_correctable(spell, given, on=clock.today())
                plan = employment_corrections.plan(viewer(), spell, given, on=clock.today())
    form.seen.data = plan.fingerprint if plan else ""
    return (
        render_template(
            "coordinators/correct_employment.html",
            person=person,
            spell=spell,
            form=form,
            plan=plan,
            employment_labels=EMPLOYMENT_LABELS,
        ),
        form.http_status,
    )


@bp.route("/<int:party_id>/assignments/new", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_RECORD)
def record_assignment(party_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    q = request.args.get("q", "")[:200]
    matches = organizations.search(q, (SubjectType.PRACTICE,))
    form = AssignmentForm()
    form.offer(matches)
    offered = contract_work.for_placing(viewer(), person.id, on=clock.today())
    form.contract_id.choices = numbered((one.id, f"{one.number}, {one.vendor}") for one in offered)
    if not may(viewer(), Permission.CONTRACT_MANAGE):
        del form.over_capacity_reason
    if form.validate_on_submit():
        address = url_for(".show", party_id=person.id)
        found = None
        with refusals_shown_on(form), transaction():
            practice = organizations.chosen(form.practice_id.data)
            if not isinstance(practice, Practice):
                raise NotVisible(party_id)
            wanted = assignments.Wanted(
                person,
                practice,
                contracts.one(viewer(), form.contract_id.data),
                require_load(form.places.data, form.share_percent.data),
                Span(form.starts_on.data, form.ends_on.data),
            )
            _, found = assignments.record(
                wanted,
                over_capacity_reason=form.over_capacity_reason.data if form.over_capacity_reason else None,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash("The assignment is on file.")
            for sentence in (*found.disclosures, *found.warnings) if found else ():
                flash(sentence, "info")
            return redirect(address)
    return (
        render_template(
            "coordinators/assignment.html", person=person, form=form, q=q, matches=matches, offered=offered
        ),
        form.http_status,
    )


@bp.route("/<int:party_id>/assignments/<int:assignment_id>/end", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_RECORD)
def end_assignment(party_id: int, assignment_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    assignment = coordinators.assignment(viewer(), party_id, assignment_id)
    form = LastDayForm(ends_on=assignment.ends_on)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            assignments.end(assignment, last_day=form.ends_on.data, actor=actor(), at=clock.now())
            submissions.remember(url_for(".show", party_id=party_id))
        if not form.refused:
            flash("The last day of the assignment is on file.")
            return redirect(url_for(".show", party_id=party_id))
    return (
        render_template("coordinators/end_assignment.html", person=person, assignment=assignment, form=form),
        form.http_status,
    )


@bp.route("/<int:party_id>/assignments/<int:assignment_id>/correct", methods=["GET", "POST"])
@requires(Permission.ASSIGNMENT_RECORD)
def correct_assignment(party_id: int, assignment_id: int) -> ResponseReturnValue:
    """Days of an assignment that were recorded wrongly: typed, looked at with the exposures, and confirmed."""
    person = coordinators.one(viewer(), party_id)
    assignment = coordinators.assignment(viewer(), party_id, assignment_id)
    address = url_for(".show", party_id=party_id)
    if assignment.superseded_at is not None and request.method == "GET":
        return redirect(address)
    form = AssignmentCorrectionForm(starts_on=assignment.starts_on, ends_on=assignment.ends_on)
    if not may(viewer(), Permission.CONTRACT_MANAGE):
        del form.broken_links_reason
    plan: assignment_corrections.Plan | None = None
    if form.validate_on_submit():
        days = Span(form.starts_on.data, form.ends_on.data)
        if request.form.get("do") == "correct":
            with refusals_shown_on(form), transaction():
                assignments.correct(
                    assignment, starts_on=days.from_on, ends_on=days.to_on, reason=form.reason.data,
                    seen=form.seen.data or "",
                    broken_links_reason=form.broken_links_reason.data if form.broken_links_reason else None,
                    actor=actor(), at=clock.now(),
                )  # fmt: skip
                submissions.remember(address)
            if not form.refused:
                flash("The assignment is corrected. What was recorded before stays in the history.")
                return redirect(address)
        unsaid = bool(form.broken_links_reason and form.broken_links_reason.errors)
        if assignment.superseded_at is None and (not form.refused or form.form_errors or unsaid):
            with refusals_shown_on(form):
                assignments.require_correctable(assignment, days, on=clock.today())
                plan = assignment_corrections.plan(viewer(), assignment, days, on=clock.today())
    form.seen.data = plan.fingerprint if plan else ""
    return (
        render_template(
            "coordinators/correct_assignment.html", person=person, assignment=assignment, form=form, plan=plan
        ),
        form.http_status,
    )


@bp.route("/<int:party_id>/licences/new", methods=["GET", "POST"])
@requires(Permission.LICENCE_RECORD)
def record_licence(party_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    form = LicenceForm()
    if form.validate_on_submit():
        address = url_for(".show", party_id=person.id)
        with refusals_shown_on(form), transaction():
            licences.record(person, **_licence(form), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The licence is on file.")
            return redirect(address)
    return render_template("coordinators/licence.html", person=person, form=form, licence=None), form.http_status


@bp.route("/<int:party_id>/licences/<int:licence_id>/edit", methods=["GET", "POST"])
@requires(Permission.LICENCE_RECORD)
def update_licence(party_id: int, licence_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    licence = coordinators.licence(viewer(), party_id, licence_id)
    form = LicenceForm(obj=licence, licence_status=licence.status)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            licences.update(locked(licence), **_licence(form), actor=actor(), at=clock.now())
        if not form.refused:
            flash("The licence is updated. What was recorded before stays in the history.")
            return redirect(url_for(".show", party_id=party_id))
    return render_template("coordinators/licence.html", person=person, form=form, licence=licence), form.http_status


@bp.route("/<int:party_id>/licences/<int:licence_id>/check", methods=["GET", "POST"])
@requires(Permission.LICENCE_RECORD)
def check_licence(party_id: int, licence_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    licence = coordinators.licence(viewer(), party_id, licence_id)
    form = LicenceCheckForm(checked_on=clock.today())
    if form.validate_on_submit():
        address = url_for(".show", party_id=person.id, _anchor="licences-title")
        with refusals_shown_on(form), transaction():
            licences.check(
                locked(licence),
                checked_on=form.checked_on.data,
                source=form.source.data,
                result=CheckResult(form.result.data),
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash("The check is on file. What was recorded before stays in the history.")
            return redirect(address)
    return (
        render_template(
            "coordinators/licence_check.html",
            person=person,
            form=form,
            licence=licence,
            licence_statuses=LICENCE_STATUSES,
        ),
        form.http_status,
    )


@bp.route("/<int:party_id>/background-checks/new", methods=["GET", "POST"])
@requires(Permission.BACKGROUND_CHECK_RECORD)
def record_background_check(party_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    asked = {f"{one.code} {check}": (one, check) for one, check in background_checks.asked_for(on=clock.today())}
    form = BackgroundCheckForm()
    form.check.choices = options([(name, name) for name in asked])
    if form.validate_on_submit():
        requirement, check = asked[form.check.data]
        address = url_for(".show", party_id=person.id, _anchor="background-title")
        with refusals_shown_on(form), transaction():
            background_service.record(
                person, requirement, check, answered_on=form.answered_on.data, source=form.source.data,
                cleared=form.result.data == "clear", actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash(
                "The check is on file and counts from now on."
                if form.result.data == "clear"
                else "The check is on file. It did not clear, so decide what happens to the credential."
            )
            return redirect(address)
    return render_template("coordinators/background_check.html", person=person, form=form), form.http_status


def _licence(form: LicenceForm) -> dict[str, Any]:
    names = ("kind", "number", "issued_by", "expires_on", "verified_on")
    return {"status": form.licence_status.data, **{name: form[name].data for name in names}}
