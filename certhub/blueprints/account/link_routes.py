"""The links that mails carry: a new password, and an invitation."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires
from certhub.auth.login import open_session, remember_in_browser, session_hours
from certhub.blueprints.account import bp
from certhub.blueprints.account.forms import AcceptForm, ForgotForm, NewPasswordForm
from certhub.blueprints.account.routes import source
from certhub.database import transaction
from certhub.queries import accounts as reading
from certhub.rules.lockout import wait_in_words
from certhub.rules.permissions import Permission
from certhub.services import invitations, password_resets
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on

UNKNOWN = "CertHub does not know this link. Open the whole address that is in the e-mail."


@bp.route("/forgot-password", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            until = password_resets.request(
                form.email.data,
                source=source(),
                at=clock.now(),
                link=lambda token: settings().base_url + url_for("account.reset", token=token),
            )
        if not form.refused and until is None:
            flash(
                "If there is an account with this e-mail address, a link is on its way. "
                "Look into your mailbox; it can take a few minutes."
            )
            return redirect(url_for(".sign_in"))
        if not form.refused and until is not None:
            wait = wait_in_words(until, clock.now())
            form.form_errors.append(f"Links were asked for several times. Try again in {wait}.")
            return render_template("account/forgot.html", form=form), 429
    return render_template("account/forgot.html", form=form), form.http_status


@bp.route("/reset-password/<string:token>", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def reset(token: str) -> ResponseReturnValue:
    found = reading.reset_by_token(token)
    if found is None:
        return ended("This link cannot be used", UNKNOWN, 404)
    reason = password_resets.why_ended(found, at=clock.now())
    if reason:
        return ended("This link cannot be used any more", reason, 410)

    form = NewPasswordForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            password_resets.use(found, form.password.data, at=clock.now())
        if not form.refused:
            flash("Your password is changed. Sign in with the new one.")
            return redirect(url_for(".sign_in"))
    return render_template("account/reset.html", form=form, email=found.user.email), form.http_status


@bp.route("/invitations/<string:token>", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def accept(token: str) -> ResponseReturnValue:
    invitation = reading.invitation_by_token(token)
    if invitation is None:
        return ended("This invitation cannot be used", UNKNOWN, 404)
    reason = invitations.why_ended(invitation, at=clock.now())
    if reason:
        return ended("This invitation cannot be used any more", reason, 410)

    form = AcceptForm(obj=invitation)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            user = invitations.accept(invitation, name=form.name.data, password=form.password.data, at=clock.now())
            signed_in = open_session(user, at=clock.now(), hours=session_hours())
        if not form.refused:
            remember_in_browser(signed_in)
            flash("Welcome. Your account is open.")
            return redirect(url_for("home.index"))
    return render_template("account/accept.html", form=form, invitation=invitation), form.http_status


def ended(title: str, reason: str, status: int) -> ResponseReturnValue:
    """The page of a link that leads nowhere, and why."""
    return render_template("account/link_ended.html", title=title, reason=reason), status
