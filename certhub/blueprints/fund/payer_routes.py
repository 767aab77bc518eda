"""The registry of private payers."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.fund import bp
from certhub.blueprints.fund.entries import entry
from certhub.blueprints.fund.forms import PayerForm
from certhub.models.fund import Payer
from certhub.queries import fund, payer_successors
from certhub.rules.permissions import Permission
from certhub.rules.pooled_fund.configuration import KIND_LABELS
from certhub.services import payers as services
from certhub.web import reminder_pages


@bp.route("/payers")
@requires(Permission.FUND_READ)
def payers() -> ResponseReturnValue:
    page = fund.payers(viewer(), cursor=request.args.get("cursor"))
    reminded_at = payer_successors.reminded_at(viewer(), [one.id for one in page.rows], clock.today())
    return render_template("fund/payers.html", page=page, kinds=KIND_LABELS, reminded_at=reminded_at)


@bp.route("/payers/new", methods=["GET", "POST"])
@requires(Permission.PAYER_MANAGE)
def register_payer() -> ResponseReturnValue:
    form = _offered(PayerForm(), None)
    return entry(
        form,
        lambda: services.register(form.entry(), actor=actor(), at=clock.now()),
        title="Register a payer",
        trail=[("Payers", url_for(".payers"))],
        button="Register the payer",
        told="The payer is registered.",
    )


@bp.route("/payers/<int:payer_id>/change", methods=["GET", "POST"])
@requires(Permission.PAYER_MANAGE)
def change_payer(payer_id: int) -> ResponseReturnValue:
    payer = fund.payer(viewer(), payer_id)
    form = _offered(
        PayerForm(
            data={
                "name": payer.name, "kind": payer.kind.value, "attention": payer.attention, "address": payer.address,
                "email": payer.email or "",
                "successor_id": payer.successor_id or 0, "merged_on": payer.merged_on, "left_on": payer.left_on,
            }
        ),
        payer,
    )  # fmt: skip
    return entry(
        form,
        lambda: services.change(payer, form.entry(), actor=actor(), at=clock.now()),
        title=f"Change {payer.name}",
        lead="Adopted assessments keep the name and the base that they were made with.",
        trail=[("Payers", url_for(".payers"))],
        button="Save the payer",
        told="The payer is saved.",
    )


@bp.route("/payers/<int:payer_id>/reminders")
@requires(Permission.REMINDER_SEARCH)
def payer_reminders(payer_id: int) -> ResponseReturnValue:
    return render_template("administration/reminders.html", named_after=False, **reminder_pages.of_payer(payer_id))


def _offered(form: PayerForm, payer: Payer | None) -> PayerForm:
    others = [one for one in fund.every_payer(viewer()) if payer is None or one.id != payer.id]
    form.successor_id.choices = [(0, "Nobody"), *((one.id, one.name) for one in others)]
    return form
