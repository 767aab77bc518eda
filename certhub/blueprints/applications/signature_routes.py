"""Signing a statement on the screen, and the copy of one that was signed."""

from collections.abc import Callable, Collection
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.applications import bp
from certhub.blueprints.applications.forms import (
    document_with,
    evidence_form,
    given_with,
    offer_sites,
    sections,
    sites_field,
)
from certhub.database import transaction
from certhub.models.certification import Application
from certhub.models.parties import Party
from certhub.models.signatures import Signature, Statement
from certhub.queries import applications, drifts, evaluations, letters, signatures, signed_texts, statements
from certhub.queries.signed_texts import SignedText
from certhub.queries.sites import open_sites
from certhub.queries.statements import AskedNow
from certhub.queries.visibility import NotVisible
from certhub.rules.dossier import SiteItem
from certhub.rules.evidence_fields import REASONS_HINT
from certhub.rules.evidence_forms import asks_reasons, text_to_sign
from certhub.rules.lifecycle import WITH_APPLICANT
from certhub.rules.permissions import Permission, may, sees_network_addresses, works_for_dph
from certhub.rules.requirement_kinds.papers import party_name, signing_role
from certhub.rules.service_goals import TAKE_UP_BUSINESS_DAYS
from certhub.rules.signing import AUTHORITY_LABELS, AUTHORITY_TOLD, LONGEST_TITLE, authorities_of, parties_to, signs_for
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import Role, SubjectType
from certhub.services import evidence as evidence_service
from certhub.services import signatures as service
from certhub.services import submittals
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import CertHubForm, Line, Text, options, refusals_shown_on
from certhub.web.printing import download_of

_RECORD_OF = {SubjectType.COORDINATOR: "coordinators.show"}


class SigningForm(CertHubForm):
    """What somebody says who signs on the screen; it sends back which words it showed."""

    sites = sites_field()
    text_seen = HiddenField()
    consent_seen = HiddenField()
    reasons = Text(
        "Reasons, in your own words",
        [InputRequired("Give the reasons. A reviewer reads them.")],
        longest=2000,
        description=REASONS_HINT,
    )
    agreed = BooleanField("I have read the text and I sign it", [InputRequired("Check this box to sign.")])
    consent = BooleanField(
        "I agree to sign electronically",
        [InputRequired("Check this box to sign here, or sign on paper instead.")],
    )
    party = SelectField("Signed for", validate_choice=False)
    authority = RadioField("I may sign because", [InputRequired("Say why you may sign.")], validate_choice=False)
    title = Line(
        "Your title",
        [InputRequired("Enter your title.")],
        longest=LONGEST_TITLE,
        description="For example: practice manager.",
    )
    signed_name = Line(
        "Your full name",
        [InputRequired("Type your full name. It stands for your signature.")],
        description="Typing your name here stands for your signature.",
    )
    name_confirmed = BooleanField("The name that I typed is my name, too")

    def __init__(
        self, requirement: Requirement, role: Role, sites: Collection[SiteItem], *, only: str | None = None
    ) -> None:
        super().__init__()
        offer_sites(self, requirement, sites)
        self.parties = tuple(one for one in signs_for(requirement, role) if only in (None, one))
        authorities = authorities_of(role)
        self.party.choices = options((party, party_name(party)) for party in self.parties)
        self.authority.choices = options((one.value, AUTHORITY_LABELS[one]) for one in authorities)
        if not asks_reasons(requirement):
            del self.reasons
        if len(self.parties) < 2:  # noqa: PLR2004  (nothing to choose)
            del self.party
        if len(authorities) == 1:
            del self.authority, self.title
        self._only = authorities[0].value

    def signing(self, address: str) -> service.Signing:
        """What was typed, as the service takes it."""
        first = self.parties[0] if self.parties else ""
        return service.Signing(
            signed_for=(self.party.data or "") if "party" in self else first,
            text_seen=self.text_seen.data or "",
            consent_seen=self.consent_seen.data or "",
            authority=(self.authority.data or "") if "authority" in self else self._only,
            title=(self.title.data or "") if "title" in self else "",
            signed_name=self.signed_name.data or "",
            name_confirmed=bool(self.name_confirmed.data),
            address=address,
            sites=tuple(self.sites.data or ()) if "sites" in self else (),
            reasons=(self.reasons.data or "") if "reasons" in self else "",
        )

    def shows(self, requirement: Requirement) -> dict[str, SignedText]:
        """The words that the page shows; what was checked for other words does not count for these."""
        text, consent = service.texts_of(requirement)
        if (self.text_seen.data, self.consent_seen.data) != (text.seen, consent.seen):
            self.agreed.data = self.consent.data = False
        self.text_seen.data, self.consent_seen.data = text.seen, consent.seen
        return {"text": text, "consent": consent}


@bp.route("/applications/<int:application_id>/requirements/<string:code>/signature/new", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def sign(application_id: int, code: str) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    requirement = evaluations.judge(application, as_of=clock.today()).requirement(code)
    if requirement is None or text_to_sign(requirement) is None:
        raise NotVisible(code)
    if request.method == "GET":
        evidence_service.require_open(application, requirement, actor())  # before anybody reads and signs for nothing
    return _signing(
        application.party,
        requirement,
        partial(service.sign, application, requirement),
        back=url_for(".show", application_id=application.id, _anchor=code),
        on_paper=url_for(".provide", application_id=application.id, code=code),
    )


@bp.route("/statements/<int:statement_id>/anew", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def sign_anew(statement_id: int) -> ResponseReturnValue:
    earlier = statements.one(viewer(), statement_id)
    asked = statements.asked_now(earlier)
    under_way = _application_instead(earlier, asked)
    if under_way is not None:
        return redirect(url_for(".sign", application_id=under_way.id, code=earlier.requirement_code))
    if asked is None or text_to_sign(asked.requirement) is None:
        raise NotVisible(statement_id)
    return _signing(
        earlier.party,
        asked.requirement,
        partial(service.sign_anew, earlier, asked.requirement),
        back=url_for(_RECORD_OF.get(earlier.party.kind, "organizations.show"), party_id=earlier.party_id),
        on_paper=None if works_for_dph(viewer()) else url_for(".sign_anew_on_paper", statement_id=earlier.id),
        only=earlier.signed_for,
    )


def _application_instead(earlier: Statement, asked: AskedNow | None) -> Application | None:
    """The application under way that a statement goes into, so that it is not signed beside it."""
    under_way = applications.open_for(viewer(), earlier.party_id)
    return under_way if under_way and (asked is None or under_way.status in WITH_APPLICANT) else None


def _signing(
    party: Party,
    requirement: Requirement,
    sign_it: Callable[..., Signature],
    *,
    back: str,
    on_paper: str | None,
    only: str | None = None,
) -> ResponseReturnValue:
    form = SigningForm(requirement, viewer().role, open_sites(party.id, clock.today()), only=only)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            given = sign_it(
                form.signing(request.remote_addr or ""), base_url=settings().base_url, actor=actor(), at=clock.now()
            )
            address = url_for(".signature", signature_id=given.id)
            submissions.remember(address)
        if not form.refused:
            flash("Signed. A copy is on its way to you by e-mail.")
            return redirect(address)
    away = [only] if only else list(parties_to(requirement))
    return render_template(
        "applications/sign.html",
        party=party,
        requirement=requirement,
        form=form,
        away=[party_name(one) for one in away],
        away_sign_here=any(signing_role(one) for one in away),
        back=back,
        on_paper=on_paper,
        **form.shows(requirement),
    ), form.http_status


@bp.route("/statements/<int:statement_id>/anew/paper", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def sign_anew_on_paper(statement_id: int) -> ResponseReturnValue:
    earlier = statements.one(viewer(), statement_id)
    asked = statements.asked_now(earlier)
    under_way = _application_instead(earlier, asked)
    if under_way is not None:
        return redirect(url_for(".provide", application_id=under_way.id, code=earlier.requirement_code))
    wanted = text_to_sign(asked.requirement) if asked else None
    if asked is None or wanted is None:
        raise NotVisible(statement_id)
    requirement, party = asked.requirement, earlier.party
    if request.method == "GET":
        submittals.require_anew(earlier, actor())  # before anybody fills in a form for nothing
    sites = open_sites(party.id, clock.today())
    form = evidence_form(requirement, sites)
    if "party" in form and not form.is_submitted():
        form["party"].data = earlier.signed_for
    if form.validate_on_submit():
        back = url_for("credentials.show", credential_id=asked.credential.id, _anchor="papers")
        with refusals_shown_on(form), transaction():
            given = given_with(form, requirement, sites)
            file = document_with(owner_id=party.id, party_id=party.id)
            submittals.hand_in_anew(earlier, asked, given, file=file, actor=actor(), at=clock.now())
            submissions.remember(back)
        if not form.refused:
            flash(f"DPH has {requirement.code} {requirement.title}. You hear by e-mail.")
            return redirect(back)
    return render_template(
        "applications/provide.html",
        party=party,
        back=url_for(".sign_anew", statement_id=earlier.id),
        alone=TAKE_UP_BUSINESS_DAYS,
        requirement=requirement,
        form=form,
        sections=sections(requirement, form),
        text=signed_texts.signed_text(*wanted),
    ), form.http_status


@bp.route("/statements/<int:statement_id>")
@requires(Permission.APPLICATION_READ)
def statement(statement_id: int) -> ResponseReturnValue:
    """Where a statement can be read: the copy of a signature on the screen, or the page that came on paper."""
    found = statements.one(viewer(), statement_id)
    signature_id = statements.signature_of(found)
    if signature_id is not None:
        return redirect(url_for(".signature", signature_id=signature_id))
    if found.evidence.application_id is not None:
        return redirect(url_for(".show", application_id=found.evidence.application_id, _anchor=found.requirement_code))
    paper = statements.submittal_of(found)
    if paper is None:
        raise NotVisible(statement_id)
    if may(viewer(), Permission.APPLICATION_REVIEW):
        return redirect(url_for("queue.look_at_paper", submittal_id=paper.id))
    return redirect(url_for("credentials.show", credential_id=paper.credential_id, _anchor="papers"))


@bp.route("/attest-anew")
@requires(Permission.DRIFT_LIST)
def attest_anew() -> ResponseReturnValue:
    page = drifts.page(viewer(), clock.today(), cursor=request.args.get("cursor"))
    return render_template("applications/drifts.html", page=page)


@bp.route("/signatures/<int:signature_id>")
@requires(Permission.APPLICATION_READ)
def signature(signature_id: int) -> ResponseReturnValue:
    copy = signatures.one(viewer(), signature_id)
    return render_template(
        "applications/signature.html",
        copy=copy,
        signature=copy.signature,
        signed_for=party_name(copy.signature.signed_for),
        authority=AUTHORITY_TOLD[copy.signature.authority],
        shows_address=sees_network_addresses(viewer()),
    )


@bp.route("/signatures/<int:signature_id>/pdf")
@requires(Permission.APPLICATION_READ)
def signature_pdf(signature_id: int) -> ResponseReturnValue:
    copy = signatures.one(viewer(), signature_id)
    page = url_for(".signature", signature_id=signature_id)
    if not copy.is_as_signed:
        return redirect(page)  # which says so; the PDF would show words that nobody signed
    letter = letters.of_signature(copy, base_url=settings().base_url)
    return download_of(letter, f"signature-{signature_id}", page=page)
