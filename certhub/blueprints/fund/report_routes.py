"""The report of a year (assessed, paid, outstanding), its download, and the instalments with where they stand."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires, viewer
from certhub.blueprints.fund import bp
from certhub.blueprints.fund.exports import csv_of_year
from certhub.queries import fund, fund_reports
from certhub.queries.fund_reports import AccountRow
from certhub.rules.permissions import Permission
from certhub.rules.pooled_fund.invoices import STATUS_LABELS, InvoiceStatus
from certhub.rules.pooled_fund.words import plain_dollars
from certhub.web.fund_charts import collection_chart
from certhub.web.listing import chosen


@bp.route("/<int:fund_year_id>/accounts")
@requires(Permission.FUND_READ)
def report(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    totals = fund_reports.totals(year)
    return render_template(
        "fund/report.html",
        year=year,
        page=fund_reports.accounts(viewer(), year, cursor=request.args.get("cursor"), today=clock.today()),
        totals=totals,
        chart=collection_chart(totals) if totals.total_cents > 0 else None,
        late_cents=fund_reports.late_cents(year),
        today=clock.today(),
    )


@bp.route("/<int:fund_year_id>/accounts.csv")
@requires(Permission.FUND_READ)
def report_csv(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    today = clock.today()
    rows = map(_cells, fund_reports.whole(viewer(), year, today=today))
    return csv_of_year(year, "pooled-fund", fund_reports.HEADING, rows, today=today)


@bp.route("/<int:fund_year_id>/invoices")
@requires(Permission.FUND_READ)
def invoices(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    status = chosen(InvoiceStatus, "status")
    today = clock.today()
    return render_template(
        "fund/invoices.html",
        year=year,
        page=fund_reports.invoices(viewer(), year, status=status, cursor=request.args.get("cursor"), today=today),
        counts=fund_reports.by_status(year, today=today),
        labels=STATUS_LABELS,
        status=status,
    )


def _cells(row: AccountRow) -> tuple[object, ...]:
    amounts = (
        row.share_cents, row.adjustment_cents, row.total_cents, row.paid_cents, row.written_off_cents,
        row.outstanding_cents, row.overdue_cents,
    )  # fmt: skip
    return (row.payer, *(plain_dollars(cents) for cents in amounts))
