"""What the shares of a year rest on: lines of the need, child-months, and the bases of payers."""

from flask import request
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.fund import bp, places
from certhub.blueprints.fund.entries import entry
from certhub.blueprints.fund.forms import BaseForm, ConfirmForm, LineForm, UnitsForm, base_typed
from certhub.queries import fund
from certhub.rules.money import dollars
from certhub.rules.permissions import Permission
from certhub.rules.pooled_fund.configuration import Knowledge
from certhub.rules.pooled_fund.fiscal_year import months
from certhub.services import fund_years
from certhub.web.listing import chosen


@bp.route("/<int:fund_year_id>/lines/new", methods=["GET", "POST"])
@requires(Permission.FUND_MANAGE)
def add_line(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    form = LineForm()
    return entry(
        form,
        lambda: fund_years.add_line(
            year, form.line_kind(), form.label.data, form.cents(), source=form.source.data, actor=actor(),
            at=clock.now(),
        ),
        title="Add a line to the need",
        trail=places.of_step(year, "need", "The need"),
        button="Add the line",
        told="The line is in the need.",
    )  # fmt: skip


@bp.route("/<int:fund_year_id>/lines/<int:need_line_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.FUND_MANAGE)
def withdraw_line(fund_year_id: int, need_line_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    line = fund.line(year, need_line_id)
    return entry(
        ConfirmForm(),
        lambda: fund_years.withdraw_line(year, line, actor=actor(), at=clock.now()),
        title="Take a line out of the need",
        lead=f"{line.label}, {dollars(line.cents)}. The line stays on file and does not count any more.",
        trail=places.of_step(year, "need", "The need"),
        button="Take it out",
        told="The line does not count any more.",
    )


@bp.route("/<int:fund_year_id>/units", methods=["GET", "POST"])
@requires(Permission.FUND_MANAGE)
def record_units(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    span = months(year.fiscal_year)
    knowledge = chosen(Knowledge, "knowledge") or Knowledge.ESTIMATE
    form = UnitsForm(
        data={"knowledge": knowledge.value, "from_month": span[0].isoformat(), "to_month": span[-1].isoformat()}
    )
    form.offer(year.fiscal_year)
    return entry(
        form,
        lambda: fund_years.record_units(
            year, Knowledge(form.knowledge.data), form.counted(), from_on=form.span()[0], to_on=form.span()[1],
            source=form.source.data, actor=actor(), at=clock.now(),
        ),
        title="Enter child-months",
        lead="Acuity-weighted child-months of one month, by who covered the child on the 15th. Counts only, no names.",
        trail=places.of_step(year, "classes", "The classes"),
        button="Save the numbers",
        told="The numbers are on file.",
    )  # fmt: skip


@bp.route("/<int:fund_year_id>/bases/<int:payer_id>", methods=["GET", "POST"])
@requires(Permission.FUND_MANAGE)
def record_base(fund_year_id: int, payer_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    payer = fund.payer(viewer(), payer_id)
    knowledge = chosen(Knowledge, "knowledge") or Knowledge.ESTIMATE
    stored = fund.base_rows(year, knowledge).get(payer.id) if request.method == "GET" else None
    form = BaseForm(data=base_typed(stored, knowledge))
    return entry(
        form,
        lambda: fund_years.record_base(year, payer, form.known(), form.entry(), actor=actor(), at=clock.now()),
        title=f"Base of {payer.name}",
        lead="What stands now is superseded and stays on file.",
        trail=places.of_step(year, "private", "Private payers"),
        button="Save the base",
        told=f"The base of {payer.name} is on file.",
    )
