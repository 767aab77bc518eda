"""The work on a self-assessment: who answers, answers on paper, the meeting, and closing it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.self_assessments import bp
from certhub.blueprints.self_assessments.forms import CloseForm, RespondentForm, chosen_scores, scores_form
from certhub.database import transaction
from certhub.models.medical_home import SelfAssessment
from certhub.queries import instrument_words, self_assessments
from certhub.queries.visibility import NotVisible
from certhub.rules.permissions import Permission
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS, MHI_DOMAINS, Instrument
from certhub.rules.self_assessment import RESPONDENT_LABELS, answers_by_theme, read_scores, themes_to_discuss
from certhub.services import self_assessments as service
from certhub.web import submissions
from certhub.web.charts import spread_chart
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on

_DOMAINS = ", ".join(f'"{domain}"' for domain in MHI_DOMAINS)
DOMAIN = f"<any({_DOMAINS}):domain>"
"""The domains as part of an address: the long form is saved page by page."""


@bp.route("/self-assessments/<int:assessment_id>/respondents/new", methods=["GET", "POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def add_respondent(assessment_id: int) -> ResponseReturnValue:
    assessment = self_assessments.one(viewer(), assessment_id)
    form = RespondentForm()
    if form.validate_on_submit():
        address = url_for(".show", assessment_id=assessment.id)
        with refusals_shown_on(form), transaction():
            added = service.add_respondent(
                assessment,
                name=form.name.data,
                role=form.chosen_role(),
                email=form.email.data or "",
                link=link_to_answers,
                actor=actor(),
                at=clock.now(),
            )
            submissions.remember(address)
        if not form.refused:
            flash(f"A link is on its way to {added.name}." if added.email else f"{added.name} answers on paper.")
            return redirect(address)
    return render_template("self_assessments/respondent.html", assessment=assessment, form=form), form.http_status


@bp.route("/self-assessments/<int:assessment_id>/respondents/<int:respondent_id>/send-again", methods=["POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def send_again(assessment_id: int, respondent_id: int) -> ResponseReturnValue:
    assessment = self_assessments.one(viewer(), assessment_id)
    respondent = self_assessments.respondent(assessment, respondent_id)
    address = url_for(".show", assessment_id=assessment.id)
    with transaction():
        service.send_again(respondent, link=link_to_answers, actor=actor(), at=clock.now())
        submissions.remember(address)
    flash(f"A new link is on its way to {respondent.name}. The one before it no longer works.")
    return redirect(address)


@bp.route("/self-assessments/<int:assessment_id>/respondents/<int:respondent_id>/remove", methods=["POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def remove_respondent(assessment_id: int, respondent_id: int) -> ResponseReturnValue:
    assessment = self_assessments.one(viewer(), assessment_id)
    respondent = self_assessments.respondent(assessment, respondent_id)
    address = url_for(".show", assessment_id=assessment.id)
    with transaction():
        service.remove_respondent(respondent, actor=actor(), at=clock.now())
        submissions.remember(address)
    flash(f"{respondent.name} no longer takes part.")
    return redirect(address)


@bp.route(
    f"/self-assessments/<int:assessment_id>/respondents/<int:respondent_id>/answers/{DOMAIN}", methods=["GET", "POST"]
)
@requires(Permission.SELF_ASSESSMENT_RECORD)
def enter_answers(assessment_id: int, respondent_id: int, domain: str) -> ResponseReturnValue:
    assessment = self_assessments.one(viewer(), assessment_id)
    respondent = self_assessments.respondent(assessment, respondent_id)
    instrument = require_domain(assessment, domain)
    if assessment.ended_at is not None:
        return redirect(url_for(".show", assessment_id=assessment.id))
    words = instrument_words.of_version(assessment.instrument, assessment.instrument_version)
    form = scores_form(words, domain, respondent.answers)
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            chosen = read_scores(instrument, domain, chosen_scores(form))
            service.save_answers(respondent, chosen, actor=actor(), at=clock.now())
        if not form.refused:
            flash("Saved.")
            further = domain_after(instrument, domain)
            if further is None:
                return redirect(url_for(".show", assessment_id=assessment.id))
            return redirect(
                url_for(".enter_answers", assessment_id=assessment.id, respondent_id=respondent.id, domain=further)
            )
    return render_template(
        "self_assessments/enter_answers.html",
        assessment=assessment,
        respondent=respondent,
        role=RESPONDENT_LABELS[respondent.role],
        instrument=instrument,
        domain=domain,
        words=words,
        progress=progress_by_domain(instrument, respondent.answers),
        form=form,
    ), form.http_status


@bp.route(f"/self-assessments/<int:assessment_id>/consensus/{DOMAIN}", methods=["GET", "POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def agree(assessment_id: int, domain: str) -> ResponseReturnValue:
    assessment = self_assessments.one(viewer(), assessment_id)
    instrument = require_domain(assessment, domain)
    if assessment.ended_at is not None:
        return redirect(url_for(".show", assessment_id=assessment.id))
    words = instrument_words.of_version(assessment.instrument, assessment.instrument_version)
    form = scores_form(words, domain, assessment.consensus, label="Agreed score for {theme}")
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            chosen = read_scores(instrument, domain, chosen_scores(form))
            service.record_consensus(assessment, chosen, actor=actor(), at=clock.now())
        if not form.refused:
            flash("Saved.")
            further = domain_after(instrument, domain)
            if further is None:
                return redirect(url_for(".show", assessment_id=assessment.id))
            return redirect(url_for(".agree", assessment_id=assessment.id, domain=further))
    answers = answers_by_theme(instrument, domain, self_assessments.answered(assessment))
    return render_template(
        "self_assessments/agree.html",
        assessment=assessment,
        instrument=instrument,
        domain=domain,
        words=words,
        themes=[(one, spread_chart(instrument, one), form[f"theme-{one.theme}"]) for one in answers],
        progress=progress_by_domain(instrument, assessment.consensus),
        form=form,
    ), form.http_status


@bp.route("/self-assessments/<int:assessment_id>/close", methods=["GET", "POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def close(assessment_id: int) -> ResponseReturnValue:
    assessment = self_assessments.one(viewer(), assessment_id)
    if assessment.ended_at is not None:
        return redirect(url_for(".show", assessment_id=assessment.id))
    form = CloseForm()
    if form.validate_on_submit():
        address = url_for(".show", assessment_id=assessment.id)
        with refusals_shown_on(form), transaction():
            service.close(assessment, held_on=form.held_on.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The self-assessment is closed. This is your profile.")
            return redirect(address)
    instrument = INSTRUMENTS[assessment.instrument]
    return render_template(
        "self_assessments/close.html",
        assessment=assessment,
        to_discuss=themes_to_discuss(instrument, self_assessments.answered(assessment)),
        form=form,
    ), form.http_status


@bp.route("/self-assessments/<int:assessment_id>/give-up", methods=["POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def give_up(assessment_id: int) -> ResponseReturnValue:
    assessment = self_assessments.one(viewer(), assessment_id)
    address = url_for(".index", party_id=assessment.party_id)
    with transaction():
        service.give_up(assessment, actor=actor(), at=clock.now())
        submissions.remember(address)
    flash("The self-assessment is given up. You can start another one.")
    return redirect(address)


def link_to_answers(token: str) -> str:
    """The whole address that goes into the mail."""
    return settings().base_url + url_for("self_assessments.answer", token=token)


def require_domain(assessment: SelfAssessment, domain: str) -> Instrument:
    """The instrument, if it has the domain. Raises `NotVisible`: the short version has five of the six."""
    instrument = INSTRUMENTS[assessment.instrument]
    if domain not in instrument.domains:
        raise NotVisible(domain)
    return instrument


def domain_after(instrument: Instrument, domain: str) -> str | None:
    """The page that comes next, None after the last."""
    domains = list(instrument.domains)
    place = domains.index(domain) + 1
    return domains[place] if place < len(domains) else None


def progress_by_domain(instrument: Instrument, scores: dict[str, int]) -> list[tuple[str, str, int, int]]:
    """For each domain its title, how many of its themes have a score, and how many there are."""
    return [
        (
            domain,
            title,
            sum(theme in scores for theme in instrument.themes_of(domain)),
            len(instrument.themes_of(domain)),
        )
        for domain, title in instrument.domains.items()
    ]
