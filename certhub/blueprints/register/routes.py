"""The pages of the registers."""

from collections.abc import Iterator
from datetime import date, datetime

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.register import bp
from certhub.blueprints.register.forms import ExportForm, RegisterForm
from certhub.database import transaction
from certhub.documents.delimited import BYTE_ORDER_MARK, csv_text
from certhub.queries import registers
from certhub.queries.paging import Page
from certhub.queries.registers import RegisterFilters, RegisterRow
from certhub.rules.audit_actions import AuditAction
from certhub.rules.permissions import Permission
from certhub.rules.regions import REGION_LABELS
from certhub.rules.vocabulary import CredentialStatus, Region, SubjectType
from certhub.services import audit

SUBJECTS = {
    "coordinators": (SubjectType.COORDINATOR, "Care coordinators"),
    "vendors": (SubjectType.VENDOR, "Vendor organizations"),
    "practices": (SubjectType.PRACTICE, "Practices"),
    "training-programs": (SubjectType.TRAINING_PROGRAM, "Training programs"),
}
_KEPT = ("as_of", "known_at", "region", "status")
_SUBJECT = "any('coordinators', 'vendors', 'practices', 'training-programs')"


@bp.route("/registers")
@bp.route(f"/registers/<{_SUBJECT}:subject>")
@requires(Permission.REGISTER_READ, lists=True)
def index(subject: str = "coordinators") -> ResponseReturnValue:
    kind, title = SUBJECTS[subject]
    form = RegisterForm(request.args)
    readable = form.validate()
    as_of = form.as_of.data or clock.today()
    page: Page[RegisterRow] = Page([], None, None)
    if readable:
        page = registers.page(
            viewer(), kind, as_of, form.known_at.data, _filters(form), cursor=request.args.get("cursor")
        )
    filters = _told(subject, as_of, form.known_at.data, _filters(form)) if readable else {"register": subject}
    readings.listed(**filters, rows=len(page.rows))
    if form.as_of.data is None and not form.as_of.errors:
        form.as_of.data = as_of
    return render_template(
        "register/index.html",
        form=form,
        export=ExportForm(formdata=None, data=form.data) if readable else None,
        page=page,
        subject=subject,
        subjects=SUBJECTS,
        title=title,
        as_of=as_of,
        known_at=form.known_at.data,
        address_args={name: value for name, value in request.args.items() if name in _KEPT},
        is_people=kind is SubjectType.COORDINATOR,
        region_labels=REGION_LABELS,
    ), 200 if readable else 422


@bp.route(f"/registers/<{_SUBJECT}:subject>/export", methods=["POST"])
@requires(Permission.REGISTER_READ, lists=True)
def export(subject: str) -> ResponseReturnValue:
    kind, _title = SUBJECTS[subject]
    form = ExportForm()
    if not form.validate():
        return render_template("register/refused.html", form=form, subject=subject), 422
    made_at = clock.now()
    as_of, known_at, filters = form.as_of.data or clock.civil_date(made_at), form.known_at.data, _filters(form)
    told = {
        **_told(subject, as_of, known_at, filters),
        "rows": registers.count(viewer(), kind, as_of, known_at, filters),
    }
    with transaction():
        audit.record_plain(actor(), AuditAction.REGISTER_EXPORTED, "register", None, at=made_at, told=told)
    readings.listed(**told)
    rows = registers.whole(viewer(), kind, as_of, known_at, filters)

    def text() -> Iterator[str]:
        yield BYTE_ORDER_MARK
        yield from csv_text(registers.HEADING, (registers.cells(row) for row in rows))

    name = f"register-{subject}-as-of-{as_of}" + (f"-known-{known_at:%Y%m%dT%H%M%S}" if known_at else "") + ".csv"
    answer = Response(stream_with_context(text()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-CertHub-As-Of"] = as_of.isoformat()
    answer.headers["X-CertHub-Known-At"] = (known_at or made_at).isoformat()
    answer.headers["X-CertHub-Made-At"] = made_at.isoformat()
    return answer


def _filters(form: RegisterForm | ExportForm) -> RegisterFilters:
    return RegisterFilters(
        region=Region(form.region.data) if form.region.data else None,
        status=CredentialStatus(form.status.data) if form.status.data else None,
    )


def _told(subject: str, as_of: date, known_at: datetime | None, filters: RegisterFilters) -> dict[str, object]:
    """What the audit trail and the access log keep of a register that was read."""
    return {
        "register": subject, "as_of": as_of, "known_at": known_at, "region": filters.region, "status": filters.status,
    }  # fmt: skip
