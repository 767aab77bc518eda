"""Asking people outside CertHub for a reference: the applicant's side."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired, Optional

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.applications import bp
from certhub.database import transaction
from certhub.models.certification import Application
from certhub.models.references import ReferenceRequest
from certhub.queries import applications, evaluations, references
from certhub.queries.visibility import NotVisible
from certhub.rules.permissions import Permission
from certhub.rules.references import REQUEST_LASTS, asks_referees
from certhub.rules.standard import Requirement
from certhub.services import references as service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import CertHubForm, Line, refusals_shown_on


class AskForm(CertHubForm):
    """Whom to ask for a reference."""

    name = Line("Name of the person", [InputRequired("Enter the name.")])
    email = Line(
        "E-mail address of the person",
        [InputRequired("Enter the e-mail address.")],
        longest=254,
        description="Their own address: not the applicant's, and not one of the organization that asks.",
    )
    relation = Line(
        "How this person knows the applicant's work",
        [InputRequired("Say how this person knows the applicant's work.")],
        description="For example: was the supervisor at the last job.",
    )
    organization = Line("Organization", [Optional()], description="Where the person works, if anywhere.")

    def referee(self) -> service.Referee:
        """What was typed, as the service takes it."""
        return service.Referee(
            name=self.name.data or "",
            email=self.email.data or "",
            relation=self.relation.data or "",
            organization=self.organization.data or "",
        )


@bp.route("/applications/<int:application_id>/requirements/<string:code>/references/new", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def ask_reference(application_id: int, code: str) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    return _asked(application, _requirement(application, code), instead_of=None)


@bp.route("/applications/<int:application_id>/references/<int:request_id>/replace", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def replace_reference(application_id: int, request_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    earlier = references.one(application, request_id)
    return _asked(application, _requirement(application, earlier.requirement_code), instead_of=earlier)


@bp.route("/applications/<int:application_id>/references/<int:request_id>/send-again", methods=["POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def send_reference_again(application_id: int, request_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    asked = references.one(application, request_id)
    address = _back(application, asked.requirement_code)
    with transaction():
        service.send_again(asked, base_url=settings().base_url, actor=actor(), at=clock.now())
        submissions.remember(address)
    flash(f"The request went to {asked.name} again and is good for another {REQUEST_LASTS.days} days.")
    return redirect(address)


@bp.route("/applications/<int:application_id>/references/<int:request_id>/cancel", methods=["POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def cancel_reference(application_id: int, request_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    asked = references.one(application, request_id)
    address = _back(application, asked.requirement_code)
    with transaction():
        service.cancel(asked, actor=actor(), at=clock.now())
        submissions.remember(address)
    flash(f"The request to {asked.name} is taken back. Its link no longer works.")
    return redirect(address)


def _asked(
    application: Application, requirement: Requirement, *, instead_of: ReferenceRequest | None
) -> ResponseReturnValue:
    form = AskForm()
    if form.validate_on_submit():
        address = _back(application, requirement.code)
        with refusals_shown_on(form), transaction():
            service.ask(
                application, requirement, form.referee(),
                base_url=settings().base_url, actor=actor(), at=clock.now(), instead_of=instead_of,
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash(f"{form.name.data} is asked by e-mail and has {REQUEST_LASTS.days} days to answer.")
            return redirect(address)
    return render_template(
        "applications/ask_reference.html",
        application=application,
        requirement=requirement,
        instead_of=instead_of,
        form=form,
        days=REQUEST_LASTS.days,
    ), form.http_status


def _requirement(application: Application, code: str) -> Requirement:
    found = evaluations.judge(application, as_of=clock.today()).requirement(code)
    if found is None or not asks_referees(found):
        raise NotVisible(code)
    return found


def _back(application: Application, code: str) -> str:
    return url_for(".show", application_id=application.id, _anchor=code)
