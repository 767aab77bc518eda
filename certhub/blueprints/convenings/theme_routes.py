"""What was raised at meetings: written down, corrected, struck, and counted over all of them."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.convenings import bp
from certhub.blueprints.convenings.forms import SheetForm, ThemeForm
from certhub.database import transaction
from certhub.queries import convening_sheets as sheets
from certhub.queries import convenings
from certhub.rules.convenings import by_domain, by_region
from certhub.rules.permissions import Permission
from certhub.services import convening_records
from certhub.web import submissions
from certhub.web.charts import bar_chart
from certhub.web.forms import refusals_shown_on


@bp.route("/raised")
@requires(Permission.CONVENING_READ)
def raised() -> ResponseReturnValue:
    found = sheets.tallied()
    tallies = {"By domain of the national standards": by_domain(found), "By region": by_region(found)}
    return render_template(
        "convenings/raised.html",
        page=sheets.raised(cursor=request.args.get("cursor")),
        tallies=[
            (title, rows, bar_chart(title, [(one.label, one.themes) for one in rows]))
            for title, rows in tallies.items()
        ],
    )


@bp.route("/<int:convening_id>/themes/new", methods=["GET", "POST"])
@requires(Permission.CONVENING_PLAN)
def raise_theme(convening_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    form = ThemeForm(data={"region": meeting.region.value if meeting.region else ""})
    if form.validate_on_submit():
        address = url_for(".show", convening_id=convening_id)
        with refusals_shown_on(form), transaction():
            convening_records.record_theme(meeting, form.facts(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The theme is on record.")
            return redirect(address)
    return render_template("convenings/theme.html", form=form, meeting=meeting, theme=None), form.http_status


@bp.route("/<int:convening_id>/themes/<int:theme_id>/correct", methods=["GET", "POST"])
@requires(Permission.CONVENING_PLAN)
def correct_theme(convening_id: int, theme_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    theme = sheets.theme(meeting, theme_id)
    form = ThemeForm(
        data={
            "title": theme.title, "said": theme.said, "domain": theme.domain, "people": theme.raised_by_count,
            "region": theme.region.value if theme.region else "", "evidence": theme.evidence,
        }
    )  # fmt: skip
    if form.validate_on_submit():
        address = url_for(".show", convening_id=convening_id)
        with refusals_shown_on(form), transaction():
            convening_records.correct_theme(theme, form.facts(), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The theme is corrected. What was written before stays on file.")
            return redirect(address)
    return render_template("convenings/theme.html", form=form, meeting=meeting, theme=theme), form.http_status


@bp.route("/<int:convening_id>/themes/<int:theme_id>/strike", methods=["GET", "POST"])
@requires(Permission.CONVENING_PLAN)
def strike_theme(convening_id: int, theme_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    theme = sheets.theme(meeting, theme_id)
    form = SheetForm()
    if form.validate_on_submit():
        address = url_for(".show", convening_id=convening_id)
        with refusals_shown_on(form), transaction():
            convening_records.withdraw_theme(theme, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The theme is struck. It stays on file and is not counted any more.")
            return redirect(address)
    return render_template("convenings/strike.html", form=form, meeting=meeting, theme=theme), form.http_status
