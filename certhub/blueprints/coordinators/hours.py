"""The roster of training hours: who has what, and who still lacks what."""

from collections.abc import Iterator

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import requires, viewer
from certhub.blueprints.coordinators import bp
from certhub.documents.delimited import BYTE_ORDER_MARK, csv_text
from certhub.queries import training_hours
from certhub.queries.coordinators import Filters
from certhub.queries.training_hours import HoursFilters, HoursRow
from certhub.rules.findings import quantity
from certhub.rules.permissions import Permission, is_employer
from certhub.rules.status import STATUS_LABELS
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.transcript import Account, CategoryHours, hours_table
from certhub.rules.vocabulary import CredentialStatus, Region
from certhub.web.listing import chosen

WITHIN = {"30": 30, "90": 90, "180": 180}
"""Days until the credential ends, by the word in the address."""

_HEADING = (
    "coordinator", "employer", "credential", "status", "valid through", "for", "requirement", "hours", "asked for",
    "hours to go", *(f"{category.value} hours" for category in TrainingCategory), "lacks", "explanation",
)  # fmt: skip
STEPS = {"initial": "First certificate", "renewal": "Renewal", "reinstatement": "Reinstatement"}


@bp.route("/training-hours")
@requires(Permission.COORDINATOR_LIST, lists=True)
def hours_roster() -> ResponseReturnValue:
    filters = _filters()
    roster = training_hours.page(viewer(), filters, as_of=clock.today(), cursor=request.args.get("cursor"))
    readings.listed(**_told(filters), rows=len(roster.page.rows))
    return render_template(
        "coordinators/training_hours.html",
        page=roster.page,
        filters=filters,
        lacks=request.args.get("lacks", "") if filters.lacks else "",
        within=request.args.get("within", "") if filters.ends_within else "",
        categories=roster.categories,
        regions=Region,
        statuses=CredentialStatus,
        looked_through=training_hours.LOOKED_THROUGH,
        steps=STEPS,
        hours_rows=_categories,
        employs=is_employer(viewer()),
        address_args={name: value for name, value in request.args.items() if name != "cursor"},
    )


@bp.route("/training-hours.csv")
@requires(Permission.COORDINATOR_LIST, lists=True)
def hours_csv() -> ResponseReturnValue:
    filters, today = _filters(), clock.today()
    readings.listed(**_told(filters), rows=training_hours.count(viewer(), filters, as_of=today))
    rows = training_hours.whole(viewer(), filters, as_of=today)

    def text() -> Iterator[str]:
        yield BYTE_ORDER_MARK
        yield from csv_text(_HEADING, (line for row in rows for line in _lines(row)))

    answer = Response(stream_with_context(text()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="training-hours-{today}.csv"'
    return answer


def _filters() -> HoursFilters:
    """What the address asks for; words that nobody offered are left out."""
    return HoursFilters(
        people=Filters(
            q=request.args.get("q", "").strip()[:200],
            region=None if is_employer(viewer()) else chosen(Region, "region"),
            status=chosen(CredentialStatus, "status"),
        ),
        vendor="" if is_employer(viewer()) else request.args.get("vendor", "").strip()[:200],
        lacks=training_hours.lack_asked(request.args.get("lacks", "")),
        ends_within=WITHIN.get(request.args.get("within", "")),
    )


def _told(filters: HoursFilters) -> dict[str, object]:
    """What the access log keeps of a roster that was read; not the names that were looked for."""
    lack = filters.lacks
    return {
        "list": "training hours",
        "region": filters.people.region,
        "status": filters.people.status,
        "vendor": filters.vendor,
        "lacking": "" if lack is None else lack.category.short_label if lack.category else training_hours.ANYTHING,
        "ends_within_days": filters.ends_within,
    }


def _categories(account: Account) -> list[CategoryHours]:
    """The hours by category, without their sum, which stands beside them."""
    return hours_table(account)[:-1]


def _lines(row: HoursRow) -> Iterator[tuple[object, ...]]:
    """A line of the file for each requirement; one line for whoever is asked for nothing."""
    held = row.credential
    person = (
        row.name, ", ".join(row.employers), held.number if held else None,
        STATUS_LABELS[held.status].label if held else "No credential yet", row.expires_on,
        STEPS[row.kind.value] if row.kind else "",
    )  # fmt: skip
    blank = ("",) * len(TrainingCategory)
    if not row.accounts:
        yield (*person, "", "", "", "", *blank, "", "")
    for one in row.accounts:
        tally = one.tally if one.asked else None
        hours = blank if tally is None else tuple(quantity(tally.by_category.get(each, 0)) for each in TrainingCategory)
        figures = ("", "", "") if tally is None else tuple(map(quantity, (tally.total, tally.minimum, tally.to_go)))
        yield (*person, one.requirement.code, *figures, *hours, one.lacking, one.finding.explanation)
