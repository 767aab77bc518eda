"""Papers between applications, as the holder hands them in."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.applications import bp
from certhub.blueprints.applications.forms import document_with, evidence_form, given_with, sections
from certhub.database import transaction
from certhub.models.certification import Credential
from certhub.queries import applications, credentials, evaluations, parties, submittals
from certhub.queries.evaluations import RenewalOutlook
from certhub.queries.sites import open_sites
from certhub.queries.visibility import NotVisible
from certhub.rules.lifecycle import WITH_APPLICANT
from certhub.rules.permissions import Permission, is_employer
from certhub.rules.service_goals import TAKE_UP_BUSINESS_DAYS
from certhub.rules.standard import Requirement
from certhub.rules.submittals import goes_into
from certhub.rules.vocabulary import SubjectType
from certhub.services import submittals as service
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on


@bp.route("/credentials/<int:credential_id>/requirements/<string:code>/papers/new", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def hand_in(credential_id: int, code: str) -> ResponseReturnValue:
    credential = credentials.one(viewer(), credential_id)
    outlook, requirement = _asked(credential, code)
    under_way = applications.open_for(viewer(), credential.party_id)
    if under_way and under_way.status in WITH_APPLICANT and goes_into(requirement, under_way.kind):
        return redirect(url_for(".provide", application_id=under_way.id, code=code))
    if request.method == "GET":
        service.require_open(credential, requirement, actor())  # before anybody fills in a form for nothing
    sites = open_sites(credential.party_id, clock.today())
    form = evidence_form(requirement, sites)
    back = url_for("credentials.show", credential_id=credential.id, _anchor="papers")
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            given = given_with(form, requirement, sites)
            own = viewer().party_id if is_employer(viewer()) else None
            file = document_with(owner_id=own or credential.party_id, party_id=credential.party_id)
            service.hand_in(
                credential, outlook.judgement.version, requirement, given, file=file, actor=actor(), at=clock.now()
            )
            submissions.remember(back)
        if not form.refused:
            flash(f"DPH has {requirement.code} {requirement.title}. You hear by e-mail.")
            return redirect(back)
    return render_template(
        "applications/provide.html",
        party=credential.party,
        back=back,
        alone=TAKE_UP_BUSINESS_DAYS,
        requirement=requirement,
        form=form,
        sections=sections(requirement, form),
        text=None,
    ), form.http_status


@bp.route("/evidence/<int:evidence_id>/newer")
@requires(Permission.EVIDENCE_PROVIDE)
def newer_paper(evidence_id: int) -> ResponseReturnValue:
    """Where a reminder leads when a paper runs out: the form for a newer one, or the record where there is none."""
    earlier = submittals.earlier(viewer(), evidence_id)
    for credential in credentials.of_party(viewer(), earlier.party_id):
        outlook = _outlook(credential)
        if outlook and earlier.requirement_code in outlook.handed_in_alone:
            return redirect(url_for(".hand_in", credential_id=credential.id, code=earlier.requirement_code))
    party = parties.one(viewer(), earlier.party_id)
    area = "coordinators" if party.kind is SubjectType.COORDINATOR else "organizations"
    return redirect(url_for(f"{area}.show", party_id=party.id))


@bp.route("/papers/<int:submittal_id>/take-back", methods=["POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def take_paper_back(submittal_id: int) -> ResponseReturnValue:
    submittal = submittals.one(viewer(), submittal_id).submittal
    address = url_for("credentials.show", credential_id=submittal.credential_id, _anchor="papers")
    with transaction():
        service.take_back(submittal, actor=actor(), at=clock.now())
        submissions.remember(address)
    flash("Taken back. It stays in the history and does not count.")
    return redirect(address)


def _asked(credential: Credential, code: str) -> tuple[RenewalOutlook, Requirement]:
    outlook = _outlook(credential)
    requirement = outlook.handed_in_alone.get(code) if outlook else None
    if outlook is None or requirement is None:
        raise NotVisible(code)
    return outlook, requirement


def _outlook(credential: Credential) -> RenewalOutlook | None:
    today = clock.today()
    return evaluations.renewal_outlook(credentials.view(credential, on=today), as_of=today)
