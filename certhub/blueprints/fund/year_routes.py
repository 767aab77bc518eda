"""The years of the fund: the list, a year with its steps, one page for each step, and its closing."""

from datetime import date
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.fund import bp, places
from certhub.blueprints.fund.entries import entry
from certhub.blueprints.fund.forms import (
    ConfigurationForm,
    ConfirmForm,
    ReasonForm,
    YearForm,
    choices_of,
    defaults,
    year_name,
)
from certhub.database import transaction
from certhub.models.fund import FundYear
from certhub.queries import fund, fund_reports, fund_true_ups
from certhub.rules.fiscal_years import fiscal_year_of
from certhub.rules.permissions import Permission
from certhub.rules.pooled_fund import configuration as chosen
from certhub.rules.pooled_fund.fiscal_year import in_words, month_in_words, months, true_up_due_on
from certhub.rules.pooled_fund.shares import steps_so_far
from certhub.rules.pooled_fund.steps import Step, kept
from certhub.rules.pooled_fund.words import units
from certhub.rules.pooled_fund.year_state import EVENT_LABELS, STATE_LABELS, YearState, state_of
from certhub.services import fund_years
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on
from certhub.web.fund_charts import bearing_chart, payer_chart, step_chart

STEPS = {
    "need": "The need",
    "classes": "The classes",
    "private": "Private payers",
    "medicaid": "Medicaid",
    "state": "The state's remainder",
}


@bp.route("")
@requires(Permission.FUND_READ)
def index() -> ResponseReturnValue:
    page = fund.page(viewer(), cursor=request.args.get("cursor"))
    return render_template("fund/index.html", page=page, states=STATE_LABELS)


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.FUND_MANAGE)
def open_year() -> ResponseReturnValue:
    form = YearForm(data=defaults(fiscal_year_of(clock.today()) + 1))
    if form.validate_on_submit():
        address = ""
        with refusals_shown_on(form), transaction():
            year = fund_years.open_year(form.chosen(form.fiscal_year.data), actor=actor(), at=clock.now())
            address = url_for(".show", fund_year_id=year.id)
            submissions.remember(address)
        if not form.refused:
            flash("The year is open. Enter its need next.")
            return redirect(address)
    return render_template("fund/configure.html", form=form, year=None, title="Open a fund year"), form.http_status


@bp.route("/<int:fund_year_id>/choices", methods=["GET", "POST"])
@requires(Permission.FUND_MANAGE)
def configure(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    form = ConfigurationForm(data=choices_of(year))
    if form.validate_on_submit():
        address = url_for(".show", fund_year_id=year.id)
        with refusals_shown_on(form), transaction():
            fund_years.configure(year, form.chosen(year.fiscal_year), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The choices are saved.")
            return redirect(address)
    title = f"Choices of {year_name(year)}"
    return render_template("fund/configure.html", form=form, year=year, title=title), form.http_status


@bp.route("/<int:fund_year_id>")
@requires(Permission.FUND_READ)
def show(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    facts, adopted, recorded = fund.facts(year), fund.allocation(year), fund.true_up(year)
    steps, problem = shown_steps(year)
    allocations, true_ups = fund.earlier(year)
    return render_template(
        "fund/show.html",
        year=year,
        name=in_words(year.fiscal_year),
        facts=facts,
        stands=state_of(facts, clock.today()),
        states=YearState,
        labels_of_states=STATE_LABELS,
        steps=[(key, title, steps.get(key)) for key, title in STEPS.items()],
        problem=problem,
        adopted=adopted,
        true_up=recorded,
        is_stale=fund_true_ups.is_stale(viewer(), year, recorded),
        late_cents=fund_reports.late_cents(year),
        event_labels=EVENT_LABELS,
        totals=fund_reports.totals(year) if adopted else None,
        chart=bearing_chart(adopted) if adopted else None,
        due=true_up_due_on(year.fiscal_year),
        events=fund.events(year),
        replaced=[*allocations, *true_ups],
        labels=chosen,
    )


@bp.route(f"/<int:fund_year_id>/steps/<any({', '.join(repr(key) for key in STEPS)}):step>")
@requires(Permission.FUND_READ)
def step(fund_year_id: int, step: str) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    steps, problem = shown_steps(year)
    facts = fund.facts(year)
    found = steps.get(step)
    return render_template(
        "fund/step.html",
        year=year,
        step=found,
        key=step,
        title=STEPS[step],
        number=list(STEPS).index(step) + 1,
        problem="" if found else problem,
        facts=facts,
        is_changeable=facts.is_changeable,
        chart=_chart(found),
        **_entered(year, step),
        **_beside(step),
    )


@bp.route("/<int:fund_year_id>/close", methods=["GET", "POST"])
@requires(Permission.FUND_CLOSE)
def close(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    return entry(
        ConfirmForm(),
        lambda: fund_years.close(year, actor=actor(), at=clock.now()),
        title=f"Close {year_name(year)}",
        lead="Only money that moves is recorded in a closed year. It can be opened again with a reason.",
        trail=places.of_year(year),
        button="Close the year",
        told="The year is closed.",
    )


@bp.route("/<int:fund_year_id>/reopen", methods=["GET", "POST"])
@requires(Permission.FUND_CLOSE)
def reopen(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    form = ReasonForm()
    return entry(
        form,
        lambda: fund_years.reopen(year, form.reason.data, actor=actor(), at=clock.now()),
        title=f"Open {year_name(year)} again",
        lead="What is corrected then supersedes what stood. Nothing is rewritten.",
        trail=places.of_year(year),
        button="Open it again",
        told="The year is open again.",
    )


@bp.route("/<int:fund_year_id>/correct", methods=["GET", "POST"])
@requires(Permission.FUND_ADOPT)
def correct(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    form = ReasonForm()
    return entry(
        form,
        lambda: fund_years.correct(year, form.reason.data, actor=actor(), at=clock.now()),
        title=f"Correct the shares of {year_name(year)}",
        lead=(
            "What the shares rest on can be changed until you adopt them anew. The shares that count stay until then, "
            "and what changes is assessed anew with a new notice."
        ),
        trail=places.of_year(year),
        button="Open the shares",
        told="The shares are open. Correct what they rest on, then adopt them anew.",
    )


def shown_steps(year: FundYear) -> tuple[dict[str, Step], str]:
    """The steps as they were adopted; before, as they can be worked out, and what is missing.

    In a year that was opened again they are worked out anew, to be adopted.
    """
    adopted = fund.allocation(year)
    if adopted is not None:
        return {one.key: one for one in map(kept, adopted.steps)}, ""
    found, problem = steps_so_far(fund.inputs(viewer(), year))
    return {one.key: one for one in found}, problem


def _chart(found: Step | None) -> object:
    if found is None or found.key == "need":
        return None
    return payer_chart(found) if found.key == "private" else step_chart(found)


def _beside(step: str) -> dict[str, object]:
    keys = list(STEPS)
    place = keys.index(step)
    return {
        "before": (keys[place - 1], STEPS[keys[place - 1]]) if place else None,
        "after": (keys[place + 1], STEPS[keys[place + 1]]) if place + 1 < len(keys) else None,
    }


def _entered(year: FundYear, step: str) -> dict[str, object]:
    """What was entered for a step, to be looked at and changed on its page."""
    if step == "state":
        return {"written_off": fund.written_off(year)}
    if step == "need":
        return {"lines": fund.lines(year), "line_labels": chosen.LINE_LABELS}
    if step == "classes":
        return {"tables": [_table(year, one) for one in chosen.Knowledge], "class_labels": chosen.CLASS_LABELS}
    if step == "private":
        estimates, actuals = (fund.base_rows(year, one) for one in chosen.Knowledge)
        rows = [(one, estimates.get(one.id), actuals.get(one.id)) for one in fund.every_payer(viewer())]
        return {"bases": rows, "units": units}
    return {}


def _table(year: FundYear, knowledge: chosen.Knowledge) -> tuple[str, list[tuple[str, list[str], str]]]:
    """The units of the months, those of equal months in one row."""
    by_month: dict[date, dict[chosen.CoverageClass, int]] = {}
    sources: dict[date, str] = {}
    for row in fund.unit_rows(year, knowledge):
        by_month.setdefault(row.month_on, {})[row.coverage] = row.units_hundredths
        sources[row.month_on] = row.source
    rows = []
    for numbered, group in groupby(months(year.fiscal_year), lambda month: (by_month.get(month), sources.get(month))):
        span = list(group)
        if numbered[0] is None:
            continue
        name = month_in_words(span[0]) + (f" to {month_in_words(span[-1])}, each month" if len(span) > 1 else "")
        numbers = [units(by_month[span[0]].get(one, 0)) for one in chosen.CoverageClass]
        rows.append((name, numbers, sources[span[0]]))
    return ("Foreseen, for the shares" if knowledge is chosen.Knowledge.ESTIMATE else "Counted, for the true-up"), rows
