"""What mail somebody gets: the courtesies that they may switch off, and on again."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires
from certhub.blueprints.account import bp
from certhub.database import transaction
from certhub.queries import opt_outs as reading
from certhub.rules.opt_outs import label
from certhub.rules.permissions import Permission
from certhub.services import opt_outs, reminder_policies


@bp.route("/account/mail")
@requires(Permission.ACCOUNT_USE)
def mail() -> ResponseReturnValue:
    return render_template(
        "account/mail.html",
        kinds={kind: label(kind) for kind in opt_outs.kinds_that_may(reminder_policies.in_force(clock.today()))},
        out=reading.of_account(actor()),
    )


@bp.route("/account/mail/off", methods=["POST"])
@requires(Permission.ACCOUNT_USE)
def switch_mail_off() -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    if kind not in opt_outs.kinds_that_may(reminder_policies.in_force(clock.today())):
        abort(404)
    with transaction():
        opt_outs.choose(actor().email, [kind], actor=actor(), at=clock.now())
    flash(f"You get no more mail about this: {label(kind)}.")
    return redirect(url_for(".mail"))


@bp.route("/account/mail/on", methods=["POST"])
@requires(Permission.ACCOUNT_USE)
def switch_mail_on() -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    with transaction():
        opt_outs.take_back(actor().email, kind, actor=actor(), at=clock.now())
    flash(f"You get mail about this again: {label(kind)}.")
    return redirect(url_for(".mail"))
