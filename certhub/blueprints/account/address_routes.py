"""Another e-mail address of one's account: asked for here, confirmed by the link that goes to the new address."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certhub import clock
from certhub.auth.guard import actor, requires
from certhub.auth.login import session_number
from certhub.blueprints.account import bp
from certhub.blueprints.account.forms import ChangeAddressForm, ConfirmAddressForm
from certhub.blueprints.account.link_routes import UNKNOWN, ended
from certhub.blueprints.account.routes import source, why_turned_away
from certhub.database import transaction
from certhub.models.accounts import AddressChange
from certhub.queries import accounts as reading
from certhub.rules.permissions import Permission
from certhub.services import address_changes
from certhub.services import sign_in as admission
from certhub.services.sign_in import TurnedAway
from certhub.web import address_links
from certhub.web.forms import refusals_shown_on

_ATTEMPTED = "address_change"


@bp.route("/account/address", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
def change_address() -> ResponseReturnValue:
    form = ChangeAddressForm()
    if form.validate_on_submit():
        proof = admission.prove(actor().email, form.current.data)
        with transaction():
            outcome = admission.confirm(proof, source=source(), at=clock.now(), attempted=_ATTEMPTED)
        if isinstance(outcome, TurnedAway):
            form.current.errors = [why_turned_away(outcome, "This is not the password that you use now.")]
        else:
            address_links.ask(actor(), form.email.data, form, back=url_for(".show"))
        if not form.refused:
            flash(f"A link is on its way to {form.email.data}. Your address changes when you have opened it.")
            return redirect(url_for(".show"))
    return render_template("account/change_address.html", form=form, email=actor().email), form.http_status


@bp.route("/account/address/withdraw", methods=["POST"])
@requires(Permission.ACCOUNT_USE)
def withdraw_address() -> ResponseReturnValue:
    with transaction():
        address_changes.withdraw(actor(), actor=actor(), at=clock.now())
    flash("The link does not work any more. Your address stays as it is.")
    return redirect(url_for(".show"))


@bp.route("/address-changes/<string:token>", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def confirm_address(token: str) -> ResponseReturnValue:
    """Asks for the password: the link may have gone to a stranger, by a slip of whoever typed the address."""
    change = reading.address_change_by_token(token)
    if change is None:
        return ended("This link cannot be used", UNKNOWN, 404)
    reason = address_changes.why_ended(change, at=clock.now())
    if reason:
        return ended("This link cannot be used any more", reason, 410)

    form = ConfirmAddressForm()
    if form.validate_on_submit():
        proof = admission.prove(change.user.email, form.password.data)
        with transaction():
            outcome = admission.confirm(proof, source=source(), at=clock.now(), attempted=_ATTEMPTED)
        if isinstance(outcome, TurnedAway):
            form.password.errors = [why_turned_away(outcome, "This is not the password of the account.")]
        else:
            with refusals_shown_on(form), transaction():
                address_changes.confirm(change, keep_session=_own_session(change), actor=outcome, at=clock.now())
        if not form.refused:
            flash(f"Your e-mail address is changed. From now on you sign in with {change.email}.")
            return redirect(url_for(".show" if _own_session(change) else ".sign_in"))
    return render_template("account/confirm_address.html", form=form, email=change.email), form.http_status


def _own_session(change: AddressChange) -> int | None:
    """This browser's session, where the owner of the account is signed in here."""
    here = current_user.is_authenticated and actor().id == change.user_id
    return session_number() if here else None
