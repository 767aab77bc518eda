"""What falls due, in one list."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import access_of, requires, viewer
from certhub.blueprints.home import bp
from certhub.blueprints.home.forms import DueForm
from certhub.queries import due_dates
from certhub.queries.due_dates import DueDate
from certhub.queries.obligation_sources import SOURCES
from certhub.queries.obligation_sources.source import DueItem
from certhub.queries.paging import Page
from certhub.rules.permissions import Permission, may, works_for_dph
from certhub.rules.reminder_policies import OBLIGATION_LABELS, ObligationKind
from certhub.services import reminder_policies


@bp.route("/due")
@requires(Permission.REMINDER_READ, lists=True)
def due() -> ResponseReturnValue:
    form, today = DueForm(request.args), clock.today()
    readable = form.validate()
    page: Page[DueDate] = Page([], None, None)
    if readable:
        kind = ObligationKind(form.kind.data) if form.kind.data else None
        page = due_dates.page(
            viewer(), kind=kind, today=today, policies=reminder_policies.in_force(today),
            cursor=request.args.get("cursor"),
        )  # fmt: skip
        readings.listed(due="dates", kind=form.kind.data, rows=len(page.rows))
    return render_template(
        "home/due.html",
        form=form,
        page=page,
        today=today,
        labels=OBLIGATION_LABELS,
        of_all=works_for_dph(viewer()),
        page_of=_page_of,
    ), 200 if readable else 422


def _page_of(item: DueItem) -> str:
    """Where something is acted on; empty where the viewer may not open that page."""
    endpoint, values = SOURCES[item.kind].page(item)
    named: dict[str, Any] = dict(values)
    access = access_of(endpoint)
    return url_for(endpoint, **named) if access is not None and may(viewer(), access.permission) else ""
