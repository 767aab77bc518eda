"""Answering by a personal link, without an account."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires
from certhub.blueprints.self_assessments import bp
from certhub.blueprints.self_assessments.forms import chosen_scores, scores_form
from certhub.blueprints.self_assessments.work_routes import (
    DOMAIN,
    domain_after,
    progress_by_domain,
    require_domain,
)
from certhub.database import transaction
from certhub.models.medical_home import SelfAssessmentRespondent
from certhub.queries import instrument_words, self_assessments
from certhub.rules.permissions import Permission
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.self_assessment import missing_themes, read_scores
from certhub.services import self_assessments as service
from certhub.services.audit import SystemActor
from certhub.web.forms import refusals_shown_on
from certhub.web.link_forms import LinkForm
from certhub.web.security import forgery

_UNKNOWN = "CertHub does not know this link. Open the whole address that is in the newest e-mail."


@bp.route("/self-assessment-answers/<string:token>")
@requires(Permission.PUBLIC_READ)
def answer(token: str) -> ResponseReturnValue:
    respondent = _behind(token)
    if not isinstance(respondent, SelfAssessmentRespondent):
        return respondent
    assessment = respondent.assessment
    instrument = INSTRUMENTS[assessment.instrument]
    return render_template(
        "self_assessments/answer.html",
        token=token,
        respondent=respondent,
        assessment=assessment,
        words=instrument_words.of_version(assessment.instrument, assessment.instrument_version),
        progress=progress_by_domain(instrument, respondent.answers),
        missing=missing_themes(instrument, respondent.answers),
    )


@bp.route(f"/self-assessment-answers/<string:token>/{DOMAIN}", methods=["GET", "POST"])
@requires(Permission.PUBLIC_READ)
@forgery.exempt  # type: ignore[untyped-decorator]  # Flask-WTF ships no types
def answer_domain(token: str, domain: str) -> ResponseReturnValue:
    respondent = _behind(token)
    if not isinstance(respondent, SelfAssessmentRespondent):
        return respondent
    assessment = respondent.assessment
    instrument = require_domain(assessment, domain)
    words = instrument_words.of_version(assessment.instrument, assessment.instrument_version)
    form = scores_form(words, domain, respondent.answers, base=LinkForm)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            chosen = read_scores(instrument, domain, chosen_scores(form))
            service.save_answers(
                respondent, chosen, actor=SystemActor(f"person {respondent.id} by a personal link"), at=clock.now()
            )
        if not form.refused:
            further = domain_after(instrument, domain)
            if further is None:
                return redirect(url_for(".answer", token=token))
            return redirect(url_for(".answer_domain", token=token, domain=further))
    return render_template(
        "self_assessments/answer_domain.html",
        token=token,
        instrument=instrument,
        assessment=assessment,
        domain=domain,
        words=words,
        progress=progress_by_domain(instrument, respondent.answers),
        form=form,
    ), form.http_status


def _behind(token: str) -> SelfAssessmentRespondent | ResponseReturnValue:
    """Whoever a link belongs to, or the page that says why it cannot be used."""
    respondent = self_assessments.respondent_by_token(token)
    if respondent is None:
        return render_template("self_assessments/link_ended.html", reason=_UNKNOWN), 404
    reason = service.why_link_ended(respondent, at=clock.now())
    return respondent if reason is None else (render_template("self_assessments/link_ended.html", reason=reason), 410)
