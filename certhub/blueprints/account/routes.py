"""Signing in and out, and the page of one's own account."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certhub import clock
from certhub.auth import kept_form
from certhub.auth.guard import SignedOutMidForm, actor, requires
from certhub.auth.login import forget_in_browser, open_session, remember_in_browser, session_hours, session_number
from certhub.auth.return_path import local_path
from certhub.blueprints.account import bp
from certhub.blueprints.account.forms import ChangePasswordForm, SignInForm
from certhub.database import transaction
from certhub.models.accounts import User
from certhub.queries import accounts as reading
from certhub.queries import mail_failures
from certhub.rules.lockout import wait_in_words
from certhub.rules.permissions import Permission
from certhub.services import accounts
from certhub.services import sign_in as admission
from certhub.services.sign_in import TurnedAway
from certhub.web.forms import refusals_shown_on


@bp.route("/sign-in", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def sign_in() -> ResponseReturnValue:
    form = SignInForm(data={"next": request.args.get("next")})
    if current_user.is_authenticated:
        return _onward(form, actor())
    turned_away = None
    if form.validate_on_submit():
        outcome = _attempt(form.email.data, form.password.data)
        if isinstance(outcome, User):
            return _onward(form, outcome)
        turned_away = outcome
        form.form_errors.append(why_turned_away(outcome, "The e-mail address or the password is not right."))
    status = 429 if turned_away and turned_away.until else form.http_status
    return render_template("account/sign_in.html", form=form, was_signed_out=bool(form.kept.data)), status


@bp.app_errorhandler(SignedOutMidForm)
def ask_to_sign_in_again(interrupted: SignedOutMidForm) -> ResponseReturnValue:
    form = SignInForm(formdata=None, data={"kept": interrupted.sealed})
    return render_template("account/sign_in.html", form=form, was_signed_out=True), 401


@bp.route("/sign-out", methods=["POST"])
@requires(Permission.PUBLIC_READ)
def sign_out() -> ResponseReturnValue:
    if current_user.is_authenticated:
        with transaction():
            admission.leave(reading.one_session(actor(), session_number()), at=clock.now())
    forget_in_browser()
    flash("You are signed out.")
    return redirect(url_for("home.index"))


@bp.route("/account")
@requires(Permission.ACCOUNT_USE)
def show() -> ResponseReturnValue:
    return render_template(
        "account/show.html",
        user=actor(),
        failing=mail_failures.of_addresses(actor(), [actor().email]).get(actor().email),
        pending=reading.open_address_change(actor(), at=clock.now()),
        sessions=reading.sessions(actor(), at=clock.now()),
        this_session=session_number(),
    )


@bp.route("/account/sessions/<int:session_id>/end", methods=["POST"])
@requires(Permission.ACCOUNT_USE)
def end_session(session_id: int) -> ResponseReturnValue:
    session = reading.one_session(actor(), session_id)
    with transaction():
        accounts.end_session(session, actor=actor(), at=clock.now())
    flash("That browser is signed out.")
    return redirect(url_for(".show"))


@bp.route("/account/sessions/end-others", methods=["POST"])
@requires(Permission.ACCOUNT_USE)
def end_other_sessions() -> ResponseReturnValue:
    with transaction():
        accounts.end_other_sessions(actor(), keep=session_number(), at=clock.now())
    flash("All other browsers are signed out.")
    return redirect(url_for(".show"))


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.ACCOUNT_USE)
def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        proof = admission.prove(actor().email, form.current.data)
        with transaction():
            outcome = admission.confirm(proof, source=source(), at=clock.now())
        if isinstance(outcome, TurnedAway):
            form.current.errors = [why_turned_away(outcome, "This is not the password that you use now.")]
        else:
            with refusals_shown_on(form), transaction():
                accounts.change_password(
                    actor(), form.password.data, keep_session=session_number(), actor=actor(), at=clock.now()
                )
        if not form.refused:
            flash("Your password is changed. All other browsers are signed out.")
            return redirect(url_for(".show"))
    return render_template("account/change_password.html", form=form), form.http_status


def source() -> str:
    """Where the request comes from, as far as the trusted proxies say."""
    return request.remote_addr or ""


def _attempt(email: str, password: str) -> User | TurnedAway:
    waiting = admission.waiting(email, source(), at=clock.now())
    if waiting:
        return waiting
    proof = admission.prove(email, password)
    with transaction():
        outcome = admission.admit(proof, source=source(), at=clock.now())
        if isinstance(outcome, TurnedAway):
            return outcome
        signed_in = open_session(outcome, at=clock.now(), hours=session_hours())
    remember_in_browser(signed_in)
    return outcome


def why_turned_away(outcome: TurnedAway, otherwise: str) -> str:
    """Why a password was not taken: until when to wait, or else `otherwise`."""
    if outcome.until is None:
        return otherwise
    return f"There were too many attempts. Try again in {wait_in_words(outcome.until, clock.now())}."


def _onward(form: SignInForm, user: User) -> ResponseReturnValue:
    """Back to what was typed, or to the page that was asked for."""
    kept = kept_form.reopen(form.kept.data, user.id)
    if kept is not None:
        return render_template("account/kept_form.html", kept=kept)
    return redirect(local_path(form.next.data) or url_for("home.index"))
