"""The list of coordinators and the record of one."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.coordinators import bp
from certhub.blueprints.coordinators.forms import EMPLOYMENT_LABELS, CoordinatorForm, RegisterForm, full_time_typed
from certhub.database import transaction
from certhub.models.parties import Coordinator, Party
from certhub.queries import (
    audit_trail,
    background_checks,
    certification,
    coordinators,
    files,
    independence,
    licences,
    mail_failures,
    organizations,
    parties,
    record_merges,
)
from certhub.queries import training as completions
from certhub.queries.coordinators import CoordinatorRow, Filters
from certhub.rules.disciplines import DISCIPLINE_LABELS
from certhub.rules.identifiers import normalise_email
from certhub.rules.languages import LANGUAGES
from certhub.rules.licences import CHECK_RESULTS, LICENCE_STATUSES
from certhub.rules.permissions import Permission, is_employer, may
from certhub.rules.refusal import Refusal
from certhub.rules.regions import REGION_LABELS
from certhub.rules.vocabulary import CredentialStatus, Discipline, EmploymentKind, Region
from certhub.services import employment
from certhub.services import parties as service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on
from certhub.web.listing import chosen
from certhub.web.particulars import numbered

NO_CREDENTIAL = "none"
LATEST_TRAINING = 8
"""Entries on the record; the transcript has all."""


@bp.app_context_processor
def _words() -> dict[str, object]:
    """The words for disciplines, regions and languages."""
    return {"discipline_labels": DISCIPLINE_LABELS, "region_labels": REGION_LABELS, "language_labels": LANGUAGES}


@bp.route("")
@requires(Permission.COORDINATOR_LIST)
def index() -> ResponseReturnValue:
    filters = Filters(
        q=request.args.get("q", "").strip()[:200],
        region=chosen(Region, "region"),
        discipline=chosen(Discipline, "discipline"),
        status=chosen(CredentialStatus, "status"),
        without_credential=request.args.get("status") == NO_CREDENTIAL,
    )
    page = coordinators.page(viewer(), filters, cursor=request.args.get("cursor"))
    return render_template(
        "coordinators/index.html",
        page=page,
        failing=mail_failures.of_parties(viewer(), [row.id for row in page.rows]),
        filters=filters,
        regions=Region,
        disciplines=Discipline,
        statuses=CredentialStatus,
        employs=is_employer(viewer()),
        today=clock.today(),
    )


@bp.route("/former")
@requires(Permission.COORDINATOR_LIST)
def former() -> ResponseReturnValue:
    page = coordinators.former(viewer(), cursor=request.args.get("cursor"))
    return render_template("coordinators/former.html", page=page, employs=is_employer(viewer()))


@bp.route("/<int:party_id>")
@requires(Permission.PARTY_READ)
def show(party_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    if person.id != party_id:  # the record of the same person that absorbed this one
        return redirect(url_for(".show", party_id=person.id))
    hours = completions.of_coordinator(person.id)
    return render_template(
        "coordinators/show.html",
        person=person,
        party=person,
        failing=mail_failures.of_parties(viewer(), [person.id]).get(person.id),
        panel=certification.panel_of(viewer(), person, on=clock.today()),
        spells=coordinators.employments(viewer(), person),
        placements=coordinators.assignments(viewer(), person),
        licences=coordinators.licences(person),
        checks=licences.checks_of(person.id),
        check_results=CHECK_RESULTS,
        background=background_checks.of_coordinator(person.id),
        completions=hours[:LATEST_TRAINING],
        completions_in_all=len(hours),
        readable=files.readable(viewer(), [row.file_id for row in hours[:LATEST_TRAINING]]),
        totals=completions.totals(hours),
        conflicts=independence.conflicts(person, clock.today()),
        history=audit_trail.history_of(viewer(), person.id),
        merges=record_merges.of_record(person.id) if may(viewer(), Permission.RECORD_MERGE_READ) else [],
        employment_labels=EMPLOYMENT_LABELS,
        licence_statuses=LICENCE_STATUSES,
        today=clock.today(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.COORDINATOR_REGISTER)
def register() -> ResponseReturnValue:
    form = RegisterForm()
    employs = is_employer(viewer())
    if employs:
        form.filled_in_by_employer()
    else:
        form.employer_id.choices = numbered(organizations.vendor_choices(), "None yet")
    namesakes: list[CoordinatorRow] = []
    if form.validate_on_submit():
        namesakes = [] if form.confirmed.data else coordinators.namesakes(viewer(), form.name.data)
        if not namesakes:
            employer_id = viewer().party_id if employs else form.employer_id.data
            with refusals_shown_on(form), transaction():
                person = _register(form, employer_id)
                address = url_for(".show", party_id=person.id)
                submissions.remember(address)
            if not form.refused:
                flash(f"{person.name} is on file.")
                return redirect(address)
    status, existing = 409 if namesakes else form.http_status, _existing(form)
    if employs and existing is None:
        form.email.errors = [
            service.WORKS_ELSEWHERE if one == service.EMAIL_TAKEN else one for one in form.email.errors
        ]
    return (
        render_template(
            "coordinators/register.html", form=form, namesakes=namesakes, existing=existing, employs=employs
        ),
        status,
    )


@bp.route("/<int:party_id>/edit", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def edit(party_id: int) -> ResponseReturnValue:
    person = coordinators.one(viewer(), party_id)
    form = CoordinatorForm(party=person)
    namesakes: list[CoordinatorRow] = []
    if form.validate_on_submit():
        if not form.confirmed.data:
            namesakes = coordinators.namesakes(viewer(), form.name.data, but=person.id)
        if not namesakes:
            with refusals_shown_on(form), transaction():
                service.update_coordinator(
                    person,
                    form.particulars(),
                    discipline=form.chosen_discipline,
                    birthday=form.birthday(),
                    actor=actor(),
                    at=clock.now(),
                )
            if not form.refused:
                flash("Saved.")
                return redirect(url_for(".show", party_id=person.id))
    status = 409 if namesakes else form.http_status
    return (
        render_template(
            "coordinators/edit.html",
            form=form,
            person=coordinators.one(viewer(), party_id),
            namesakes=namesakes,
            existing=_existing(form),
        ),
        status,
    )


def _register(form: RegisterForm, employer_id: int | None) -> Coordinator:
    if employer_id is not None and form.starts_on.data is None:
        raise Refusal("Enter the first day of work.", field="starts_on")
    person = service.register_coordinator(
        form.particulars(),
        discipline=form.chosen_discipline,
        birthday=form.birthday(),
        actor=actor(),
        at=clock.now(),
    )
    if employer_id is not None:
        employer: Party = parties.one(viewer(), employer_id)
        employment.record(
            person,
            employer,
            kind=EmploymentKind(form.kind.data),
            job_title=form.job_title.data or "",
            starts_on=form.starts_on.data,
            full_time_percent=full_time_typed(form),
            base_url=settings().base_url,
            actor=actor(),
            at=clock.now(),
        )
    return person


def _existing(form: CoordinatorForm) -> int | None:
    """The record that has this e-mail address already, for those who may open it."""
    if service.EMAIL_TAKEN not in form.email.errors:
        return None
    return coordinators.with_email(viewer(), normalise_email(form.email.data or ""))
