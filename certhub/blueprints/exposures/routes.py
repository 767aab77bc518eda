"""The pages of exposed assignments."""

from collections.abc import Iterable, Iterator
from datetime import date

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.exposures import bp
from certhub.blueprints.exposures.forms import DayForm, ExportForm, ExposuresForm
from certhub.database import transaction
from certhub.documents.delimited import BYTE_ORDER_MARK, csv_text
from certhub.queries import exposure
from certhub.queries.exposure import ExposedRow, Filters
from certhub.queries.paging import Page
from certhub.rules.audit_actions import AuditAction
from certhub.rules.exposure import LINK_LABELS, Break, Link
from certhub.rules.permissions import Permission, is_practice
from certhub.rules.regions import REGION_LABELS
from certhub.rules.vocabulary import Region
from certhub.services import audit
from certhub.web import chain_drawing

_LINK = "any('vendor-certification', 'contract', 'employment', 'credential', 'commitment')"
_KEPT = ("as_of", "known_at", "region", "vendor", "link")


@bp.route("/exposures")
@requires(Permission.EXPOSURE_READ, lists=True)
def index() -> ResponseReturnValue:
    form = ExposuresForm(request.args)
    readable = form.validate()
    as_of = (form.as_of.data if readable else None) or clock.today()
    page: Page[ExposedRow] = Page([], None, None)
    if readable:
        page = exposure.page(viewer(), as_of, _filters(form), cursor=request.args.get("cursor"))
        readings.listed(**_told(as_of, _filters(form), len(page.rows)))
    if form.as_of.data is None and not form.as_of.errors:
        form.as_of.data = as_of
    return render_template(
        "exposures/index.html",
        form=form,
        export=ExportForm(formdata=None, data=form.data) if readable else None,
        page=page,
        as_of=as_of,
        known_at=form.known_at.data,
        filtered=any(request.args.get(name) for name in _KEPT[2:]),
        for_practice=is_practice(viewer()),
        link_labels=LINK_LABELS,
        region_labels=REGION_LABELS,
    ), 200 if readable else 422


@bp.route("/exposures/export", methods=["POST"])
@requires(Permission.EXPOSURE_READ, lists=True)
def export() -> ResponseReturnValue:
    form = ExportForm()
    if not form.validate():
        return render_template("exposures/refused.html", form=form), 422
    made_at = clock.now()
    as_of, filters = form.as_of.data or clock.civil_date(made_at), _filters(form)
    told = _told(as_of, filters, exposure.count(viewer(), as_of, filters))
    with transaction():
        audit.record_plain(actor(), AuditAction.EXPOSURES_EXPORTED, "exposure", None, at=made_at, told=told)
    readings.listed(**told)
    rows = exposure.whole(viewer(), as_of, filters)

    def text() -> Iterator[str]:
        yield BYTE_ORDER_MARK
        yield from csv_text(exposure.HEADING, (exposure.cells(row) for row in rows))

    answer = Response(stream_with_context(text()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="exposures-as-of-{as_of}.csv"'
    answer.headers["X-CertHub-As-Of"] = as_of.isoformat()
    answer.headers["X-CertHub-Made-At"] = made_at.isoformat()
    return answer


@bp.route(f"/exposures/<{_LINK}:link>/<int:party_id>")
@requires(Permission.EXPOSURE_READ)
def by_link(link: str, party_id: int) -> ResponseReturnValue:
    broken, form = Link(link), DayForm(request.args)
    readable = form.validate()
    as_of = (form.as_of.data if readable else None) or clock.today()
    known_at = form.known_at.data if readable else None
    party, rows = exposure.by_link(viewer(), broken, party_id, as_of, known_at)
    form.as_of.data = as_of if not form.as_of.errors else form.as_of.data
    found = [one for row in rows for one in row.breaks if one.link is broken]
    return render_template(
        "exposures/by_link.html",
        form=form,
        link=broken,
        label=LINK_LABELS[broken],
        link_labels=LINK_LABELS,
        party=party,
        rows=rows,
        as_of=as_of,
        known_at=known_at,
        breaks=_causes(found),
        since=min((one.from_on for one in found), default=None),
        people=len({row.coordinator_id for row in rows}),
        places=len({row.practice_id for row in rows}),
        drawing=chain_drawing.of(broken, rows) if rows else None,
        told=exposure.told(viewer(), broken, party_id),
    ), 200 if readable else 422


def _causes(breaks: Iterable[Break]) -> list[Break]:
    """What broke, told once and from its first day: an assignment that began later is exposed later by the same."""
    first: dict[str, Break] = {}
    for one in sorted(breaks, key=lambda each: each.from_on):
        first.setdefault(one.because, one)
    return list(first.values())


def _told(as_of: date, filters: Filters, rows: int) -> dict[str, object]:
    """What the access log says of the list: which part of it, and how much."""
    asked = {
        "known_at": filters.known_at, "region": filters.region, "vendor": filters.vendor, "link": filters.link,
    }  # fmt: skip
    return {
        "list": "exposures",
        "as_of": as_of,
        **{name: value for name, value in asked.items() if value not in (None, "")},
        "rows": rows,
    }


def _filters(form: ExposuresForm | ExportForm) -> Filters:
    return Filters(
        region=Region(form.region.data) if form.region.data else None,
        vendor=form.vendor.data or "",
        link=Link(form.link.data) if form.link.data else None,
        known_at=form.known_at.data,
    )
