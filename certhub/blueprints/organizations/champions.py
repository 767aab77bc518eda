"""The champions of a practice: named, gone, corrected, struck."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.organizations import bp
from certhub.blueprints.organizations.forms import ChampionCorrectionForm, ChampionForm, LastDayForm, StrikeForm
from certhub.database import locked, transaction
from certhub.models.parties import Practice
from certhub.queries import champions, parties
from certhub.rules.champions import CHAMPION_LABELS, ChampionRole
from certhub.rules.permissions import Permission
from certhub.services import champions as service
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on


@bp.route("/organizations/<int:party_id>/champions/new", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def name_champion(party_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    form = ChampionForm()
    if form.validate_on_submit():
        address = _back(practice.id)
        with refusals_shown_on(form), transaction():
            service.name(locked(practice), _typed(form), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The champion is on file.")
            return redirect(address)
    return render_template("organizations/champion.html", party=practice, form=form), form.http_status


@bp.route("/organizations/<int:party_id>/champions/<int:champion_id>/end", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def end_champion(party_id: int, champion_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    champion = champions.one(viewer(), party_id, champion_id)
    form = LastDayForm(ends_on=champion.ends_on)
    if form.validate_on_submit():
        address = _back(practice.id)
        with refusals_shown_on(form), transaction():
            service.end(locked(champion), last_day=form.ends_on.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(f"The last day of {champion.name} is on file.")
            return redirect(address)
    return (
        render_template("organizations/end_champion.html", party=practice, champion=champion, form=form),
        form.http_status,
    )


@bp.route("/organizations/<int:party_id>/champions/<int:champion_id>/correct", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def correct_champion(party_id: int, champion_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    champion = champions.one(viewer(), party_id, champion_id)
    form = ChampionCorrectionForm(
        role=champion.role.value,
        name=champion.name,
        email=champion.email,
        starts_on=champion.starts_on,
        ends_on=champion.ends_on,
    )
    if form.validate_on_submit():
        address = _back(practice.id)
        with refusals_shown_on(form), transaction():
            service.correct(locked(champion), _typed(form), reason=form.reason.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The champion is corrected. What was recorded before stays in the history.")
            return redirect(address)
    return (
        render_template("organizations/correct_champion.html", party=practice, champion=champion, form=form),
        form.http_status,
    )


@bp.route("/organizations/<int:party_id>/champions/<int:champion_id>/strike", methods=["GET", "POST"])
@requires(Permission.PARTY_EDIT)
def strike_champion(party_id: int, champion_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    champion = champions.one(viewer(), party_id, champion_id)
    form = StrikeForm()
    if form.validate_on_submit():
        address = _back(practice.id)
        with refusals_shown_on(form), transaction():
            service.strike(locked(champion), reason=form.reason.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(f"The entry of {champion.name} is struck. What was recorded stays in the history.")
            return redirect(address)
    return (
        render_template(
            "organizations/strike_champion.html",
            party=practice,
            champion=champion,
            role=CHAMPION_LABELS[champion.role],
            form=form,
        ),
        form.http_status,
    )


def _typed(form: ChampionForm) -> service.Leading:
    return service.Leading(
        role=ChampionRole(form.role.data),
        name=form.name.data,
        email=form.email.data,
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
    )


def _back(practice_id: int) -> str:
    return url_for(".show", party_id=practice_id, _anchor="champions-title")
