"""The referee's side of a reference: a form behind the link of a letter, for people without an account."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certhub import clock
from certhub.auth.guard import requires, viewer
from certhub.blueprints.public import bp
from certhub.blueprints.public.forms import rating_fields, reference_form
from certhub.blueprints.public.waiting import count_in_vain
from certhub.database import transaction
from certhub.models.references import ReferenceRequest
from certhub.queries import references, signed_texts
from certhub.rules.lockout import UNKNOWN_LINK
from certhub.rules.permissions import Permission
from certhub.rules.references import STATEMENT, Ending
from certhub.rules.requirement_kinds import typed_parameters
from certhub.rules.signing import CONSENT
from certhub.services import references as service
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on
from certhub.web.link_forms import LinkForm
from certhub.web.security import forgery

_UNKNOWN = Ending(
    "This link cannot be used",
    "CertHub does not know this link. Open the whole address that is in the e-mail.",
    is_done=False,
)
_NO_LONGER_ASKED = Ending(
    "This reference is not needed any more",
    "The rules for this certification no longer ask for references. You do not need to do anything.",
    is_done=False,
)


@bp.route("/references/<string:token>", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
@forgery.exempt  # type: ignore[untyped-decorator]  # Flask-WTF ships no types
def give_reference(token: str) -> ResponseReturnValue:
    asked = references.by_token(token)
    if asked is None:
        return _unknown()
    over = _over(asked, token)
    if over is not None:
        return over
    requirement = references.requirement_of(asked, on=clock.today())
    if requirement is None:
        return _ended(_NO_LONGER_ASKED, 410)
    form = reference_form(requirement, asked)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            service.answer(
                asked, requirement, form.answers(address=request.remote_addr or ""),
                base_url=settings().base_url, at=clock.now(), actor=service.referee_of(asked),
            )  # fmt: skip
        if not form.refused:
            return redirect(url_for(".give_reference", token=token))
    return render_template(
        "public/reference.html",
        asked=asked,
        asker=service.asker_of(asked),
        form=form,
        ratings=rating_fields(form),
        needed=typed_parameters(requirement).min_rated_per_form,
        statement=signed_texts.signed_text(*STATEMENT),
        consent=signed_texts.signed_text(*CONSENT),
        token=token,
    ), form.http_status


@bp.route("/references/<string:token>/decline", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
@forgery.exempt  # type: ignore[untyped-decorator]  # Flask-WTF ships no types
def decline_reference(token: str) -> ResponseReturnValue:
    asked = references.by_token(token)
    if asked is None:
        return _unknown()
    over = _over(asked, token)
    if over is not None:
        return over
    form = LinkForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            service.decline(asked, base_url=settings().base_url, at=clock.now(), actor=service.referee_of(asked))
        if not form.refused:
            return redirect(url_for(".give_reference", token=token))
    return render_template("public/decline_reference.html", asked=asked, form=form, token=token), form.http_status


def _unknown() -> ResponseReturnValue:
    count_in_vain("reference-link", UNKNOWN_LINK)  # a right link is never counted and never waits
    return _ended(_UNKNOWN, 404)


def _over(asked: ReferenceRequest, token: str) -> ResponseReturnValue | None:
    """What is answered where there is nothing to fill in, or whoever looks is not the one who was asked."""
    over = service.why_ended(asked, at=clock.now())
    if over is not None:
        if over.is_done and (request.method == "POST" or request.endpoint != "public.give_reference"):
            return redirect(url_for(".give_reference", token=token))  # a double click, or the back button
        return _ended(over, 200 if over.is_done else 410)
    if current_user.is_authenticated and viewer().party_id in (asked.party_id, asked.application.owner_id):
        own = Ending(
            f"This form is for {asked.name}",
            "You are signed in for the applicant or for the organization that asks. Only the person who was asked can "
            "fill in this form.",
            is_done=False,
        )
        return _ended(own, 409)
    return None


def _ended(ending: Ending, status: int) -> ResponseReturnValue:
    return render_template("public/reference_ended.html", ending=ending), status
