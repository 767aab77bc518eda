"""The lists of organizations and the record of one."""

from collections.abc import Iterable, Iterator

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.organizations import bp
from certhub.blueprints.organizations.forms import PracticeForm, ProgramForm, VendorForm, form_for
from certhub.database import transaction
from certhub.models.parties import Champion, Party, Practice, TrainingProgram, VendorOrganization
from certhub.queries import audit_trail, certification, champions, drifts, independence, organizations, parties, sites
from certhub.queries.visibility import NotVisible
from certhub.rules.champions import CHAMPION_LABELS, ChampionRole, missing_roles
from certhub.rules.independence import Span
from certhub.rules.permissions import Permission
from certhub.rules.vocabulary import Region, SubjectType
from certhub.services import parties as service
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on
from certhub.web.listing import chosen
from certhub.web.particulars import ParticularsForm

_NOUNS = {
    SubjectType.VENDOR: "vendor organization",
    SubjectType.PRACTICE: "practice",
    SubjectType.TRAINING_PROGRAM: "training program",
}
_LISTS = {
    SubjectType.VENDOR: ("Vendors", "organizations.vendors"),
    SubjectType.PRACTICE: ("Practices", "organizations.practices"),
    SubjectType.TRAINING_PROGRAM: ("Training programs", "organizations.programs"),
}


@bp.route("/vendors")
@requires(Permission.VENDOR_LIST)
def vendors() -> ResponseReturnValue:
    return _list(SubjectType.VENDOR)


@bp.route("/practices")
@requires(Permission.PRACTICE_LIST)
def practices() -> ResponseReturnValue:
    return _list(SubjectType.PRACTICE)


@bp.route("/training-programs")
@requires(Permission.PROGRAM_LIST)
def programs() -> ResponseReturnValue:
    return _list(SubjectType.TRAINING_PROGRAM)


@bp.route("/organizations/<int:party_id>")
@requires(Permission.PARTY_READ)
def show(party_id: int) -> ResponseReturnValue:
    party = organization(party_id)
    if isinstance(party, Practice):
        placements = parties.placements_at(party)
    else:
        placements = parties.placements_of(party) if isinstance(party, VendorOrganization) else []
    conflicts = independence.breaches_of(party, clock.today())
    leading = champions.of_practice(party.id) if isinstance(party, Practice) else []
    return render_template(
        "organizations/show.html",
        party=party,
        noun=_NOUNS[party.kind],
        list_of=_LISTS[party.kind],
        placements=placements,
        panel=certification.panel_of(viewer(), party, on=clock.today()),
        same_npi=parties.with_same_npi(party) if isinstance(party, Practice) else [],
        conflicts=conflicts,
        seen=parties.seen_of(viewer(), {one.coordinator_id for one in conflicts}),
        drifts=drifts.of_party(party.id),
        moved=sites.moved_away(party.id) if isinstance(party, Practice) else frozenset(),
        champions=leading,
        champions_before=champions.recorded_before(party.id) if isinstance(party, Practice) else [],
        champion_labels=CHAMPION_LABELS,
        missing_champions=[CHAMPION_LABELS[role] for role in missing_roles(_leading_today(leading))],
        history=audit_trail.history_of(viewer(), party.id),
        today=clock.today(),
    )


@bp.route("/vendors/new", methods=["GET", "POST"])
@requires(Permission.ORGANIZATION_REGISTER)
def register_vendor() -> ResponseReturnValue:
    return _register(SubjectType.VENDOR)


@bp.route("/practices/new", methods=["GET", "POST"])
@requires(Permission.ORGANIZATION_REGISTER)
def register_practice() -> ResponseReturnValue:
    return _register(SubjectType.PRACTICE)


@bp.route("/training-programs/new", methods=["GET", "POST"])
@requires(Permission.ORGANIZATION_REGISTER)
def register_program() -> ResponseReturnValue:
    return _register(SubjectType.TRAINING_PROGRAM)


@bp.route("/organizations/<int:party_id>/edit", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def edit(party_id: int) -> ResponseReturnValue:
    party = organization(party_id)
    form = form_for(party.kind, party)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            _save(form, party)
        if not form.refused:
            flash("Saved.")
            _warn_of_doubles(party)
            return redirect(url_for(".show", party_id=party_id))
    return (
        render_template("organizations/edit.html", form=form, party=organization(party_id)),
        form.http_status,
    )


def _leading_today(leading: Iterable[Champion]) -> Iterator[ChampionRole]:
    for one in leading:
        if Span(one.starts_on, one.ends_on).overlap(Span(clock.today(), clock.today())) is not None:
            yield one.role


def organization(party_id: int) -> Party:
    """An organization that the viewer may see; a person's record has its own pages."""
    party = parties.one(viewer(), party_id)
    if party.kind is SubjectType.COORDINATOR:
        raise NotVisible(party_id)
    return party


def _list(kind: SubjectType) -> ResponseReturnValue:
    q, region = request.args.get("q", "").strip()[:200], chosen(Region, "region")
    read = {
        SubjectType.VENDOR: organizations.vendors,
        SubjectType.PRACTICE: organizations.practices,
        SubjectType.TRAINING_PROGRAM: organizations.programs,
    }[kind]
    page = read(viewer(), q=q, region=region, cursor=request.args.get("cursor"))
    return render_template(
        f"organizations/{_LISTS[kind][1].rpartition('.')[2]}.html", page=page, q=q, region=region, regions=Region
    )


def _register(kind: SubjectType) -> ResponseReturnValue:
    form = form_for(kind)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            party = _add(form)
            address = url_for(".show", party_id=party.id)
            submissions.remember(address)
        if not form.refused:
            flash(f"{party.name} is on file.")
            _warn_of_doubles(party)
            return redirect(address)
    return (
        render_template("organizations/register.html", form=form, noun=_NOUNS[kind], list_of=_LISTS[kind]),
        form.http_status,
    )


def _add(form: ParticularsForm) -> Party:
    at = clock.now()
    if isinstance(form, VendorForm):
        return service.register_vendor(form.particulars(), vendor_code=form.vendor_code.data, actor=actor(), at=at)
    if isinstance(form, PracticeForm):
        return service.register_practice(
            form.particulars(),
            npi=form.npi.data,
            pays_coordinator_wages=form.pays_coordinator_wages.data,
            actor=actor(),
            at=at,
        )
    if not isinstance(form, ProgramForm):
        raise TypeError(f"no organization is registered with {type(form).__name__}")
    return service.register_program(
        form.particulars(), parent_institution=form.parent_institution.data or "", actor=actor(), at=at
    )


def _save(form: ParticularsForm, party: Party) -> None:
    at = clock.now()
    if isinstance(party, VendorOrganization) and isinstance(form, VendorForm):
        service.update_vendor(party, form.particulars(), vendor_code=form.vendor_code.data, actor=actor(), at=at)
    elif isinstance(party, Practice) and isinstance(form, PracticeForm):
        service.update_practice(
            party,
            form.particulars(),
            npi=form.npi.data,
            pays_coordinator_wages=form.pays_coordinator_wages.data,
            actor=actor(),
            at=at,
        )
    elif isinstance(party, TrainingProgram) and isinstance(form, ProgramForm):
        service.update_program(
            party, form.particulars(), parent_institution=form.parent_institution.data or "", actor=actor(), at=at
        )


def _warn_of_doubles(party: Party) -> None:
    if isinstance(party, Practice):
        others = parties.with_same_npi(party)
        if others:
            flash("Another practice has the same NPI. Check which of them it belongs to.", "warning")
