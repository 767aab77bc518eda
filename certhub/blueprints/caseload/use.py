"""How full coordinators are: state-wide as of any day, and one coordinator with the derivation."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import requires, viewer
from certhub.blueprints.caseload import bp
from certhub.blueprints.caseload.forms import DayForm, UseForm, chosen_day
from certhub.models.parties import Coordinator
from certhub.queries import caseload_use, organizations, parties
from certhub.queries.caseload_use import Filters
from certhub.queries.paging import page_of
from certhub.rules.caseload import LIGHT_LABELS, LIGHT_TONES, TIER_LABELS, Light, Tier
from certhub.rules.caseload_report import month_in_words, month_that_counts
from certhub.rules.permissions import Permission, is_employer
from certhub.rules.regions import REGION_LABELS
from certhub.rules.vocabulary import Region
from certhub.web import caseload_drawing, charts


@bp.route("/utilisation")
@requires(Permission.UTILISATION_LIST, lists=True)
def utilisation() -> ResponseReturnValue:
    form = UseForm(request.args)
    employs = is_employer(viewer())
    form.offer([] if employs else organizations.vendor_choices())
    as_of, readable = chosen_day(form, clock.today())
    filters = _filters(form) if readable else Filters()
    rows = caseload_use.state(viewer(), as_of, filters) if readable else []
    page = page_of(rows, lambda row: row.key, cursor=request.args.get("cursor"))
    told = {name: request.args[name] for name in ("region", "vendor", "light") if request.args.get(name)}
    readings.listed(list="utilisation", as_of=as_of, rows=len(page.rows), **told)
    regions = caseload_use.by_region(rows)
    return render_template(
        "caseload/utilisation.html",
        form=form,
        employs=employs,
        as_of=as_of,
        month=month_that_counts(as_of),
        page=page,
        people=len(rows),
        regions=regions,
        drawing=caseload_drawing.of(regions) if regions else None,
        region_labels=REGION_LABELS,
        lights=list(Light),
        **_labels(),
    ), 200 if readable else 422


@bp.route("/coordinators/<int:party_id>")
@requires(Permission.UTILISATION_READ)
def coordinator(party_id: int) -> ResponseReturnValue:
    person, form = parties.one_of(viewer(), Coordinator, party_id), DayForm(request.args)
    as_of, readable = chosen_day(form, clock.today())
    history = caseload_use.history(viewer(), person.id, as_of)
    return render_template(
        "caseload/coordinator.html",
        form=form,
        person=person,
        as_of=as_of,
        month=month_that_counts(as_of),
        row=caseload_use.of_coordinator(viewer(), person.id, as_of),
        history=history,
        chart=charts.bar_chart(
            "Active children at the end of each month", [(month_in_words(m), n) for m, n in history]
        ),
        tiers=[(tier, TIER_LABELS[tier]) for tier in Tier],
        **_labels(),
    ), 200 if readable else 422


def _labels() -> dict[str, object]:
    return {"light_labels": LIGHT_LABELS, "light_tones": LIGHT_TONES}


def _filters(form: UseForm) -> Filters:
    return Filters(
        region=Region(form.region.data) if form.region.data else None,
        vendor_id=form.vendor.data,
        light=Light(form.light.data) if form.light.data else None,
    )
