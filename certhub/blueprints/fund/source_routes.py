"""Who bears the cost of a year: by vendor and source, the lines that DPH pays last, and units that Medicaid missed."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import requires, viewer
from certhub.blueprints.fund import bp
from certhub.blueprints.fund.exports import csv_of_year
from certhub.queries import fund, fund_sources, missed_medicaid
from certhub.queries.fund_sources import LastResortRow
from certhub.rules.caseload_report import month_in_words
from certhub.rules.last_resort import EARLIER, OUTCOME_LABELS, SOURCE_LABELS, Source
from certhub.rules.permissions import Permission
from certhub.rules.pooled_fund.words import plain_dollars, units
from certhub.web.fund_charts import source_chart

_BY_VENDOR = ("vendor", *(f"{one.value}_dollars" for one in Source), "no_payer_yet_dollars", "approved_dollars")
_LAST_RESORT = (
    "invoice", "vendor", "contract", "what", "from", "through", "allowed_dollars", "dph_dollars",
    *(f"{one.value}_{what}" for one in EARLIER for what in ("outcome", "dollars", "evidence", "evidence_on")),
)  # fmt: skip
_MISSED = (
    "vendor", "coordinator", "month", "eligible_units", "claimed_units", "missed_units", "missed_federal_dollars",
    "medicaid_outcome", "claim_until",
)  # fmt: skip


@bp.route("/<int:fund_year_id>/sources")
@requires(Permission.FUND_READ)
def sources(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    found = fund_sources.by_source(viewer(), year)
    return render_template(
        "fund/sources.html",
        year=year,
        sources=found,
        vendors=fund_sources.by_vendor(viewer(), year),
        labels=SOURCE_LABELS,
        every=tuple(Source),
        chart=source_chart(found),
    )


@bp.route("/<int:fund_year_id>/sources.csv")
@requires(Permission.FUND_READ)
def sources_csv(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    rows = (
        (one.vendor, *map(plain_dollars, (*one.by.values(), one.open_cents, one.total_cents)))
        for one in fund_sources.by_vendor(viewer(), year)
    )
    return csv_of_year(year, "drawdown-by-vendor-and-source", _BY_VENDOR, rows, today=clock.today())


@bp.route("/<int:fund_year_id>/last-resort")
@requires(Permission.FUND_READ, lists=True)
def last_resort(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    page = fund_sources.last_resort(viewer(), year, cursor=request.args.get("cursor"))
    readings.listed(report="last resort", fiscal_year=year.fiscal_year, rows=len(page.rows))
    return render_template("fund/last_resort.html", year=year, page=page, labels=SOURCE_LABELS, outcomes=OUTCOME_LABELS)


@bp.route("/<int:fund_year_id>/last-resort.csv")
@requires(Permission.FUND_READ, lists=True)
def last_resort_csv(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    readings.listed(report="last resort", fiscal_year=year.fiscal_year, download=True)
    rows = map(_cells, fund_sources.whole_last_resort(viewer(), year))
    return csv_of_year(year, "last-resort", _LAST_RESORT, rows, today=clock.today())


@bp.route("/<int:fund_year_id>/missed-medicaid")
@requires(Permission.FUND_READ, lists=True)
def missed(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    page = missed_medicaid.page(viewer(), year, cursor=request.args.get("cursor"))
    readings.listed(report="missed Medicaid units", fiscal_year=year.fiscal_year, rows=len(page.rows))
    return render_template(
        "fund/missed_medicaid.html",
        year=year,
        page=page,
        totals=missed_medicaid.totals(viewer(), year, clock.today()),
        outcomes=OUTCOME_LABELS,
        units=units,
        month=month_in_words,
        today=clock.today(),
    )


@bp.route("/<int:fund_year_id>/missed-medicaid.csv")
@requires(Permission.FUND_READ, lists=True)
def missed_csv(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    readings.listed(report="missed Medicaid units", fiscal_year=year.fiscal_year, download=True)
    rows = (
        (
            one.vendor, one.coordinator, one.month_from, units(one.eligible_units), units(one.claimed_units),
            units(one.missed_units), plain_dollars(one.federal_cents), one.outcome, one.claim_until,
        )
        for one in missed_medicaid.whole(viewer(), year)
    )  # fmt: skip
    return csv_of_year(year, "missed-medicaid", _MISSED, rows, today=clock.today())


def _cells(row: LastResortRow) -> tuple[object, ...]:
    earlier = ((one.outcome, plain_dollars(one.cents), one.evidence, one.evidence_on) for one in row.earlier)
    return (
        row.invoice, row.vendor, row.contract, row.what, row.starts_on, row.ends_on, plain_dollars(row.allowed_cents),
        plain_dollars(row.dph_cents), *(cell for cells in earlier for cell in cells),
    )  # fmt: skip
