"""The person's side: signed in, or by the link in the letter."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.employer_changes import bp
from certhub.blueprints.employer_changes.forms import EMPLOYED_AS, AnswerForm
from certhub.database import transaction
from certhub.models.employer_changes import EmployerChange
from certhub.queries import employer_changes, signed_texts
from certhub.rules.employer_change import CONSENT, NOT_SEEN, SEEN, Ending, last_day_before, may_take_back
from certhub.rules.permissions import Permission
from certhub.services import employer_changes as service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import CertHubForm, refusals_shown_on

_UNKNOWN = Ending(
    "This link cannot be used",
    "CertHub does not know this link. Open the whole address that is in the e-mail.",
    is_done=False,
)
_SOMEBODY_ELSE = Ending(
    "This page is for the person who got the letter",
    "You are signed in for somebody else. Sign out first, if the letter was for you.",
    is_done=False,
)


@bp.route("/employer-changes/<int:change_id>/answer", methods=["GET", "POST"])
@requires(Permission.EMPLOYER_CHANGE_ANSWER)
def answer(change_id: int) -> ResponseReturnValue:
    change = employer_changes.one(viewer(), change_id)
    address = url_for(".show", change_id=change_id)
    if request.method == "GET" and service.why_ended(change, at=clock.now()) is not None:
        return redirect(address)
    form = _form(change)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            service.answer(
                change, form.given(address=request.remote_addr or ""),
                base_url=settings().base_url, actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("Your answer is on file.")
            return redirect(address)
    return _page(change, form), form.http_status


@bp.route("/employer-change-answers/<string:token>", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
def answer_by_letter(token: str) -> ResponseReturnValue:
    change = employer_changes.by_token(token)
    if change is None or _is_somebody_else(change):
        return _ended(_UNKNOWN, 404) if change is None else _ended(_SOMEBODY_ELSE, 409)
    over = service.why_ended(change, at=clock.now())
    if over is not None:
        if request.method == "POST":
            return redirect(url_for(".answer_by_letter", token=token))  # a double click, or the back button
        state = employer_changes.state(change, at=clock.now())
        undo = may_take_back(state, change.starts_on, today=clock.today())
        return _ended(over, 200 if over.is_done else 410, change=change, token=token if undo else None)
    form = _form(change)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            service.answer(
                change, form.given(address=request.remote_addr or ""),
                base_url=settings().base_url, actor=service.by_letter(change), at=clock.now(),
            )  # fmt: skip
        if not form.refused:
            return redirect(url_for(".answer_by_letter", token=token))
    return _page(change, form), form.http_status


@bp.route("/employer-change-answers/<string:token>/take-back", methods=["POST"])
@requires(Permission.PUBLIC_READ)
def take_back_by_letter(token: str) -> ResponseReturnValue:
    change = employer_changes.by_token(token)
    if change is None or _is_somebody_else(change):
        return _ended(_UNKNOWN, 404) if change is None else _ended(_SOMEBODY_ELSE, 409)
    form = CertHubForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            service.withdraw(change, base_url=settings().base_url, actor=service.by_letter(change), at=clock.now())
    for message in form.form_errors:
        flash(message, "danger")
    return redirect(url_for(".answer_by_letter", token=token))


def _form(change: EmployerChange) -> AnswerForm:
    form = AnswerForm()
    form.offer(change, employer_changes.present(change))
    return form


def _page(change: EmployerChange, form: AnswerForm) -> str:
    return render_template(
        "employer_changes/answer.html",
        change=change,
        form=form,
        present=employer_changes.present(change),
        last_day=last_day_before(change.starts_on),
        seen=SEEN,
        not_seen=NOT_SEEN,
        statement=signed_texts.signed_text(*CONSENT),
        employed_as=EMPLOYED_AS,
    )


def _is_somebody_else(change: EmployerChange) -> bool:
    return current_user.is_authenticated and viewer().party_id != change.party_id


def _ended(
    over: Ending, status: int, *, change: EmployerChange | None = None, token: str | None = None
) -> ResponseReturnValue:
    return render_template("employer_changes/ended.html", ending=over, change=change, token=token), status
