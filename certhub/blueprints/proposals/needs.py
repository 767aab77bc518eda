"""What practices need: the list, and the form that records it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.proposals import bp
from certhub.blueprints.proposals.forms import LANGUAGE_FIELDS, NeedForm, RegionForm
from certhub.database import transaction
from certhub.models.parties import Practice
from certhub.queries import parties
from certhub.queries import proposals as queries
from certhub.queries.reported_needs import by_practice
from certhub.rules.caseload_report import month_in_words
from certhub.rules.languages import LANGUAGES
from certhub.rules.permissions import Permission
from certhub.rules.regions import REGION_LABELS
from certhub.rules.vocabulary import Region
from certhub.services import proposals, reported_needs
from certhub.web import submissions
from certhub.web.forms import CertHubForm, refusals_shown_on


@bp.route("/proposals/needs")
@requires(Permission.PRACTICE_LIST)
def needs() -> ResponseReturnValue:
    return _listed(CertHubForm())


def _listed(taking: CertHubForm) -> ResponseReturnValue:
    form = RegionForm(request.args)
    region = Region(form.region.data) if form.validate() and form.region.data else None
    return render_template(
        "proposals/needs.html",
        form=form,
        taking=taking,
        page=queries.needs(region, cursor=request.args.get("cursor")),
        region_labels=REGION_LABELS,
        languages=LANGUAGES,
        month_in_words=month_in_words,
    ), taking.http_status


@bp.route("/proposals/needs/reported", methods=["POST"])
@requires(Permission.PRACTICE_NEED_RECORD)
def take_needs() -> ResponseReturnValue:
    form = CertHubForm()
    address = url_for(".needs")
    if form.validate_on_submit():
        with transaction():
            taken = reported_needs.take_over(actor=actor(), at=clock.now())
            submissions.remember(address)
        flash(
            f"The need of {taken} {'practice' if taken == 1 else 'practices'} is taken from the caseload reports."
            if taken
            else "Nothing was changed: what is reported is on record already, or somebody typed another need."
        )
        return redirect(address)
    return _listed(form)


@bp.route("/proposals/needs/<int:party_id>", methods=["GET", "POST"])
@requires(Permission.PRACTICE_NEED_RECORD)
def record_need(party_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    standing = proposals.standing_need(practice.id)
    known: dict[str, Any] = {}
    if standing is not None:
        known = {"tier_1": standing.tier_1, "tier_2": standing.tier_2, "tier_3": standing.tier_3, "seen": standing.id}
        known |= {LANGUAGE_FIELDS[code]: percent for code, percent in standing.languages.items()}
    reported = by_practice(clock.today(), [practice.id]).get(practice.id)
    taken_over = reported is not None and "reported" in request.args
    if reported is not None and taken_over:
        known |= dict(zip(("tier_1", "tier_2", "tier_3"), reported.tiers, strict=True))
    form: Any = NeedForm(data=known)
    if form.validate_on_submit():
        address = url_for(".needs")
        with refusals_shown_on(form), transaction():
            proposals.record_need(
                practice,
                tiers=(form.tier_1.data or 0, form.tier_2.data or 0, form.tier_3.data or 0),
                languages={code: form[field].data or 0 for code, field in LANGUAGE_FIELDS.items()},
                seen=form.seen.number,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash(f"What {practice.name} needs is on record. The next proposal counts with it.")
            return redirect(address)
        practice = parties.one_of(viewer(), Practice, party_id)
    return (
        render_template(
            "proposals/need.html",
            practice=practice,
            form=form,
            language_fields=LANGUAGE_FIELDS,
            reported=reported,
            taken_over=taken_over,
            month_in_words=month_in_words,
        ),
        form.http_status,
    )
