"""What belongs to an organization: contacts, sites and ownership."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.organizations import bp
from certhub.blueprints.organizations.forms import (
    ContactForm,
    LastDayForm,
    MoveForm,
    SiteCorrectionForm,
    SiteForm,
    StakeForm,
)
from certhub.blueprints.organizations.routes import organization
from certhub.database import locked, transaction
from certhub.models.parties import Practice
from certhub.queries import independence, parties, sites
from certhub.rules.permissions import Permission
from certhub.services import parties as service
from certhub.services import sites as site_service
from certhub.web import submissions
from certhub.web.forms import CertHubForm, refusals_shown_on


@bp.route("/organizations/<int:party_id>/contacts/new", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def add_contact(party_id: int) -> ResponseReturnValue:
    party = organization(party_id)
    form = ContactForm()
    if form.validate_on_submit():
        address = url_for(".show", party_id=party.id)
        with refusals_shown_on(form), transaction():
            service.add_contact(
                party,
                name=form.name.data,
                responsibility=form.responsibility.data,
                email=form.email.data or "",
                phone=form.phone.data or "",
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash("The contact is on file.")
            return redirect(address)
    return render_template("organizations/contact.html", party=party, form=form), form.http_status


@bp.route("/organizations/<int:party_id>/contacts/<int:contact_id>/remove", methods=["POST"])
@requires(Permission.PARTY_EDIT)
def remove_contact(party_id: int, contact_id: int) -> ResponseReturnValue:
    contact = parties.contact(viewer(), party_id, contact_id)
    address = url_for(".show", party_id=party_id)
    if CertHubForm().validate_on_submit():
        with transaction():
            service.remove_contact(contact, actor=actor(), at=clock.now())
            submissions.remember(address)
        flash("The contact is removed.")
    return redirect(address)


@bp.route("/organizations/<int:party_id>/sites/new", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def add_site(party_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    form = SiteForm()
    if form.validate_on_submit():
        address = url_for(".show", party_id=practice.id)
        with refusals_shown_on(form), transaction():
            site_service.add(
                practice,
                name=form.name.data,
                address_line=form.address_line.data,
                zip_code=form.zip_code.data or "",
                municipality_id=form.municipality_id.data,
                service_location=form.service_location.data or "",
                opened_on=form.opened_on.data,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash("The site is on file.")
            return redirect(address)
    return render_template("organizations/site.html", party=practice, form=form), form.http_status


@bp.route("/organizations/<int:party_id>/sites/<int:site_id>/close", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def close_site(party_id: int, site_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    site = sites.one(viewer(), party_id, site_id)
    form = LastDayForm(ends_on=site.closed_on)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            site_service.close(locked(site), closed_on=form.ends_on.data, actor=actor(), at=clock.now())
        if not form.refused:
            flash("The last day of the site is on file.")
            return redirect(url_for(".show", party_id=party_id))
    return render_template("organizations/close_site.html", party=practice, site=site, form=form), form.http_status


@bp.route("/organizations/<int:party_id>/sites/<int:site_id>/move", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def move_site(party_id: int, site_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    site = sites.one(viewer(), party_id, site_id)
    form = MoveForm(municipality_id=site.municipality_id)
    if form.validate_on_submit():
        address = url_for(".show", party_id=party_id, _anchor="sites-title")
        with refusals_shown_on(form), transaction():
            site_service.move(
                locked(site),
                address_line=form.address_line.data,
                zip_code=form.zip_code.data or "",
                municipality_id=form.municipality_id.data,
                moved_on=form.moved_on.data,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash("The move is on file.")
            return redirect(address)
    return render_template("organizations/move_site.html", party=practice, site=site, form=form), form.http_status


@bp.route("/organizations/<int:party_id>/sites/<int:site_id>/correct", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def correct_site(party_id: int, site_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    site = sites.one(viewer(), party_id, site_id)
    form = SiteCorrectionForm(obj=site)
    if form.validate_on_submit():
        address = url_for(".show", party_id=party_id, _anchor="sites-title")
        with refusals_shown_on(form), transaction():
            site_service.correct(
                locked(site),
                name=form.name.data,
                address_line=form.address_line.data,
                zip_code=form.zip_code.data or "",
                municipality_id=form.municipality_id.data,
                service_location=form.service_location.data or "",
                opened_on=form.opened_on.data,
                reason=form.reason.data,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash("The site is corrected. What was recorded before stays in the history.")
            return redirect(address)
    moved_here = sites.left_for(site) is not None
    return (
        render_template("organizations/correct_site.html", party=practice, site=site, form=form, moved_here=moved_here),
        form.http_status,
    )


@bp.route("/organizations/<int:party_id>/ownership/new", methods=["GET", "POST"])
@requires(Permission.OWNERSHIP_RECORD)
def record_stake(party_id: int) -> ResponseReturnValue:
    party = organization(party_id)
    form = StakeForm()
    if form.validate_on_submit():
        address = url_for(".show", party_id=party.id)
        with refusals_shown_on(form), transaction():
            service.record_stake(
                party,
                group_name=form.group_name.data,
                percent=form.percent.data,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash("The ownership is on file.")
            conflicts = independence.conflicts(party, clock.today())
            for conflict in conflicts[: independence.MOST_TOLD]:
                flash(conflict.sentence, "warning")
            if len(conflicts) > independence.MOST_TOLD:
                flash(f"{len(conflicts) - independence.MOST_TOLD} more conflicts are on the record.", "warning")
            return redirect(address)
    return (
        render_template("organizations/stake.html", party=party, form=form, groups=parties.ownership_groups()),
        form.http_status,
    )


@bp.route("/organizations/<int:party_id>/ownership/<int:stake_id>/end", methods=["GET", "POST"])
@requires(Permission.OWNERSHIP_RECORD)
def end_stake(party_id: int, stake_id: int) -> ResponseReturnValue:
    party = organization(party_id)
    stake = parties.stake(viewer(), party_id, stake_id)
    form = LastDayForm(ends_on=stake.ends_on)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            service.end_stake(locked(stake), ends_on=form.ends_on.data, actor=actor(), at=clock.now())
        if not form.refused:
            flash("The end of the ownership is on file.")
            return redirect(url_for(".show", party_id=party_id))
    return render_template("organizations/end_stake.html", party=party, stake=stake, form=form), form.http_status
