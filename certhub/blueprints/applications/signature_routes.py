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
from certhub.blueprints.applications.forms import offer_sites, sites_field
from certhub.database import transaction
from certhub.models.parties import Party
from certhub.models.signatures import Signature
from certhub.queries import applications, drifts, evaluations, letters, signatures
from certhub.queries.signed_texts import SignedText
from certhub.queries.sites import open_sites
from certhub.queries.visibility import NotVisible
from certhub.rules.dossier import SiteItem
from certhub.rules.evidence_fields import REASONS_HINT
from certhub.rules.evidence_forms import asks_reasons, text_to_sign
from certhub.rules.lifecycle import WITH_APPLICANT
from certhub.rules.permissions import Permission, sees_network_addresses
from certhub.rules.requirement_kinds.papers import party_name
from certhub.rules.signing import AUTHORITY_LABELS, AUTHORITY_TOLD, LONGEST_TITLE, authorities_of, parties_to, signs_for
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import Role
from certhub.services import evidence as evidence_service
from certhub.services import signatures as service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.forms import CertHubForm, Line, Text, options, refusals_shown_on
from certhub.web.printing import download_of


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

    def __init__(self, requirement: Requirement, role: Role, sites: Collection[SiteItem]) -> None:
        super().__init__()
        offer_sites(self, requirement, sites)
        self.parties = signs_for(requirement, role)
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


@bp.route("/signatures/<int:signature_id>/anew", methods=["GET", "POST"])
@requires(Permission.EVIDENCE_PROVIDE)
def sign_anew(signature_id: int) -> ResponseReturnValue:
    earlier = signatures.one(viewer(), signature_id).signature
    requirement = signatures.requirement_now(earlier)
    under_way = applications.open_for(viewer(), earlier.party_id)
    if under_way is not None and (requirement is None or under_way.status in WITH_APPLICANT):
        code = earlier.requirement_code
        return redirect(url_for(".sign", application_id=under_way.id, code=code))
    if requirement is None or text_to_sign(requirement) is None:
        raise NotVisible(signature_id)
    return _signing(
        earlier.party,
        requirement,
        partial(service.sign_anew, earlier, requirement),
        back=url_for(".signature", signature_id=earlier.id),
        on_paper=None,
    )


def _signing(
    party: Party, requirement: Requirement, sign_it: Callable[..., Signature], *, back: str, on_paper: str | None
) -> ResponseReturnValue:
    form = SigningForm(requirement, viewer().role, open_sites(party.id, clock.today()))
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
    return render_template(
        "applications/sign.html",
        party=party,
        requirement=requirement,
        form=form,
        away=[party_name(one) for one in parties_to(requirement)],
        back=back,
        on_paper=on_paper,
        **form.shows(requirement),
    ), form.http_status


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
