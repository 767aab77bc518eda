"""The pages of the orders."""

from urllib.parse import quote

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.orders import bp
from certhub.blueprints.orders.forms import AdoptForm, OrderForm, RevokeForm, as_typed
from certhub.database import transaction
from certhub.models.orders import BoardOrder
from certhub.queries import announcements, order_plans, orders
from certhub.queries.order_plans import Plan
from certhub.queries.visibility import NotVisible
from certhub.rules.file_types import PDF
from certhub.rules.orders import KEPT_LABELS, KIND_LABELS, OBSTACLE_LABELS, OrderKind, OrderState
from certhub.rules.permissions import Permission, may
from certhub.rules.regions import REGION_LABELS
from certhub.rules.terms import written
from certhub.services import announcements as announcements_service
from certhub.services import orders as orders_service
from certhub.web import submissions, uploads
from certhub.web.context import file_store
from certhub.web.formats import count
from certhub.web.forms import CertHubForm, refusals_shown_on


@bp.route("/orders")
@requires(Permission.ORDER_READ)
def index() -> ResponseReturnValue:
    page = orders.page(viewer(), cursor=request.args.get("cursor"))
    return render_template(
        "orders/index.html", page=page, state_of=orders.state_of, kinds=KIND_LABELS, states=OrderState
    )


@bp.route("/orders/<int:order_id>")
@requires(Permission.ORDER_READ)
def show(order_id: int) -> ResponseReturnValue:
    order = orders.one(viewer(), order_id)
    moved, moved_back = orders.effect_counts(order)
    return render_template(
        "orders/show.html",
        order=order,
        state=orders.state_of(order),
        states=OrderState,
        kind=KIND_LABELS[order.kind],
        does=_does(order),
        whom=_whom(order),
        moved=moved,
        moved_back=moved_back,
        letters=announcements.of_order(order) if may(viewer(), Permission.ORDER_ADOPT) else (),
    )


@bp.route("/orders/<int:order_id>/document")
@requires(Permission.ORDER_READ)
def document(order_id: int) -> ResponseReturnValue:
    order = orders.one(viewer(), order_id)
    if order.document_sha256 is None:
        abort(404)
    return Response(
        file_store().get(order.document_sha256),
        mimetype=PDF,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(order.document_name or '')}"},
    )


@bp.route("/orders/<int:order_id>/effects")
@requires(Permission.REGISTER_READ, lists=True)
def effects(order_id: int) -> ResponseReturnValue:
    order = orders.one(viewer(), order_id)
    page = orders.effects(order, cursor=request.args.get("cursor"))
    readings.listed(order=order.number, rows=len(page.rows))
    return render_template("orders/effects.html", order=order, page=page)


@bp.route("/orders/new", methods=["GET", "POST"])
@requires(Permission.ORDER_ADOPT)
def draft() -> ResponseReturnValue:
    form = OrderForm()
    if form.validate_on_submit():
        address = ""
        with refusals_shown_on(form), transaction():
            order = orders_service.draft(form.typed(), document=_uploaded(form), actor=actor(), at=clock.now())
            address = url_for(".adopt", order_id=order.id)
            submissions.remember(address)
        if not form.refused:
            flash("The draft is saved. Look at what it would do before you put it in force.")
            return redirect(address)
    return render_template("orders/form.html", form=form, order=None), form.http_status


@bp.route("/orders/<int:order_id>/edit", methods=["GET", "POST"])
@requires(Permission.ORDER_ADOPT)
def edit(order_id: int) -> ResponseReturnValue:
    order = orders.one(viewer(), order_id)
    form = OrderForm(data=as_typed(order))
    if orders.state_of(order) is not OrderState.DRAFT and not form.is_submitted():
        return redirect(url_for(".show", order_id=order.id))
    if form.validate_on_submit():
        address = url_for(".adopt", order_id=order.id)
        with refusals_shown_on(form), transaction():
            orders_service.change(order, form.typed(), document=_uploaded(form), actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The draft is saved.")
            return redirect(address)
    return render_template("orders/form.html", form=form, order=order), form.http_status


@bp.route("/orders/<int:order_id>/discard", methods=["GET", "POST"])
@requires(Permission.ORDER_ADOPT)
def discard(order_id: int) -> ResponseReturnValue:
    order = orders.one(viewer(), order_id)
    if orders.state_of(order) is not OrderState.DRAFT:
        raise NotVisible(order_id)
    form = CertHubForm()
    if form.validate_on_submit():
        with transaction():
            orders_service.discard(order, actor=actor(), at=clock.now())
            submissions.remember(url_for(".index"))
        flash("The draft is discarded. The audit trail keeps what it said.")
        return redirect(url_for(".index"))
    return render_template("orders/discard.html", order=order, form=form)


@bp.route("/orders/<int:order_id>/adopt", methods=["GET", "POST"])
@requires(Permission.ORDER_ADOPT, lists=True)
def adopt(order_id: int) -> ResponseReturnValue:
    """What the order would do, and the button that lets it."""
    order = orders.one(viewer(), order_id)
    form = AdoptForm()
    if form.validate_on_submit():
        address = url_for(".show", order_id=order.id)
        with refusals_shown_on(form), transaction():
            plan = orders_service.put_in_force(order, seen=form.seen.data or "", actor=actor(), at=clock.now())
            if form.announce.data and plan.moving:
                announcements_service.ask_about_order(order, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            moved = f" It moved the dates of {count(len(plan.moving), 'credential')}." if plan.moving else ""
            flash(f"Order {order.number} is in force.{moved}")
            return redirect(address)
    is_draft = orders.state_of(order) is OrderState.DRAFT
    plan = order_plans.plan(order) if is_draft and order.kind is OrderKind.EXTENSION else Plan(())
    form.seen.data = plan.fingerprint
    return _preview("orders/adopt.html", order, plan, form), form.http_status


@bp.route("/orders/<int:order_id>/revoke", methods=["GET", "POST"])
@requires(Permission.ORDER_ADOPT, lists=True)
def revoke(order_id: int) -> ResponseReturnValue:
    """What revoking the order would do, and the form that does it."""
    order = orders.one(viewer(), order_id)
    if orders.state_of(order) is OrderState.DRAFT:
        raise NotVisible(order_id)
    form = RevokeForm()
    if form.validate_on_submit():
        address = url_for(".show", order_id=order.id)
        with refusals_shown_on(form), transaction():
            plan = orders_service.revoke(
                order, revoked_on=form.revoked_on.data, reason=form.reason.data, citation=form.citation.data or "",
                seen=form.seen.data or "", actor=actor(), at=clock.now(),
            )  # fmt: skip
            if form.announce.data and plan.moving:
                announcements_service.ask_about_order(order, of_revocation=True, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(f"Order {order.number} is revoked. The dates were worked out again without it.")
            return redirect(address)
    plan = order_plans.plan_of_revocation(order) if orders.state_of(order) is OrderState.IN_FORCE else Plan(())
    form.seen.data = plan.fingerprint
    return _preview("orders/revoke.html", order, plan, form), form.http_status


def _preview(template: str, order: BoardOrder, plan: Plan, form: AdoptForm | RevokeForm) -> str:
    page = plan.page(request.args.get("cursor"))
    readings.listed(order=order.number, rows=len(page.rows))
    return render_template(
        template,
        order=order,
        state=orders.state_of(order),
        states=OrderState,
        does=_does(order),
        whom=_whom(order),
        plan=plan,
        page=page,
        letters=announcements.letters_planned(order, plan, on=clock.today()),
        form=form,
        labels=OBSTACLE_LABELS if isinstance(form, AdoptForm) else KEPT_LABELS,
    )


def _uploaded(form: OrderForm) -> orders_service.Document | None:
    if not uploads.given(form.document.data):
        return None
    checked = uploads.read_upload(form.document.data, allowed={PDF}, field="document")
    return orders_service.Document(file_store().put(checked.data), checked.name)


def _does(order: BoardOrder) -> str:
    """What an order does, in one sentence."""
    if order.kind is OrderKind.WAIVER:
        first, last = order.submitted_from, order.submitted_to
        when = f" for applications submitted from {written(first)} through {written(last)}" if first and last else ""
        return f"Waives {', '.join(order.waived_codes)}{when}."
    what = "the end of late renewal" if order.grace_only else "the last day"
    if order.extends_to is not None:
        how = f"to {written(order.extends_to)}"
    else:
        parts = [
            count(number, noun) for number, noun in ((order.extends_months, "month"), (order.extends_days, "day"))
            if number
        ]  # fmt: skip
        how = f"by {' and '.join(parts)}"
    later = " It also counts for terms that are granted later." if order.future_grants else ""
    return f"Moves {what} {how}.{later}"


def _whom(order: BoardOrder) -> list[tuple[str, str]]:
    """Whom an order is for: each criterion with its value."""
    told = [
        ("Standard", order.standard.code if order.standard else ""),
        ("Region", REGION_LABELS[order.region] if order.region else ""),
        ("Employed on that day by", order.vendor.name if order.vendor else ""),
        ("Terms that end from", written(order.expires_from) if order.expires_from else ""),
        ("Terms that end through", written(order.expires_to) if order.expires_to else ""),
        ("Holder", "One credential" if order.credential_id else ""),
    ]
    return [(label, value) for label, value in told if value]
