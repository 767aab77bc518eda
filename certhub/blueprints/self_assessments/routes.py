"""Reading: the list of practices, a practice over the years, and one self-assessment."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.self_assessments import bp
from certhub.blueprints.self_assessments.forms import OpenForm
from certhub.database import transaction
from certhub.models.parties import Practice
from certhub.queries import applications, family_feedback, instrument_words, parties, self_assessments
from certhub.rules.family_feedback import METHOD_LABELS, QUESTION_GROUPS, response_rate
from certhub.rules.permissions import Permission
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.self_assessment import RESPONDENT_LABELS, answers_by_theme, missing_themes, themes_to_discuss
from certhub.rules.vocabulary import Region, RespondentRole
from certhub.services import family_feedback as feedback_service
from certhub.services import self_assessments as service
from certhub.web import submissions
from certhub.web.charts import profile_chart, signed, trend_chart
from certhub.web.forms import refusals_shown_on
from certhub.web.listing import chosen


@bp.route("/self-assessments")
@requires(Permission.SELF_ASSESSMENT_LIST)
def practices() -> ResponseReturnValue:
    region = chosen(Region, "region")
    page = self_assessments.page(viewer(), region=region, cursor=request.args.get("cursor"))
    return render_template(
        "self_assessments/practices.html", page=page, region=region, regions=Region, instruments=INSTRUMENTS
    )


@bp.route("/practices/<int:party_id>/self-assessments")
@requires(Permission.SELF_ASSESSMENT_READ)
def index(party_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    found = self_assessments.of_practice(viewer(), practice.id)
    closed = self_assessments.comparisons(found)
    rounds = [
        (one, response_rate(feedback_service.as_round(one)))
        for one in family_feedback.of_practice(viewer(), practice.id)
    ]
    return render_template(
        "self_assessments/index.html",
        practice=practice,
        under_way=next((one for one in found if one.ended_at is None), None),
        closed=closed,
        chart=trend_chart([comparison for _, comparison in reversed(closed)]) if closed else None,
        rounds=rounds,
        instruments=INSTRUMENTS,
        groups=QUESTION_GROUPS,
        methods=METHOD_LABELS,
        signed=signed,
    )


@bp.route("/practices/<int:party_id>/self-assessments/new", methods=["GET", "POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def open_(party_id: int) -> ResponseReturnValue:
    practice = parties.one_of(viewer(), Practice, party_id)
    form = OpenForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            assessment = service.open_(
                practice,
                instrument_id=form.instrument.data,
                licensed_copy=form.licensed_copy.data,
                actor=actor(),
                at=clock.now(),
            )
            address = url_for(".show", assessment_id=assessment.id)
            submissions.remember(address)
        if not form.refused:
            flash("The self-assessment is open. Add the people who answer.")
            return redirect(address)
    words = instrument_words.newest(next(iter(INSTRUMENTS)))
    return render_template("self_assessments/open.html", practice=practice, form=form, words=words), form.http_status


@bp.route("/self-assessments/<int:assessment_id>")
@requires(Permission.SELF_ASSESSMENT_READ)
def show(assessment_id: int) -> ResponseReturnValue:
    assessment = self_assessments.one(viewer(), assessment_id)
    if assessment.ended_at is not None and assessment.result is None:  # it was given up
        return redirect(url_for(".index", party_id=assessment.party_id))
    instrument = INSTRUMENTS[assessment.instrument]
    people = self_assessments.answered(assessment)
    if assessment.result is not None:
        comparison = self_assessments.comparison_of(assessment)
        return render_template(
            "self_assessments/result.html",
            assessment=assessment,
            instrument=instrument,
            comparison=comparison,
            chart=profile_chart(instrument, comparison),
            answers=[(domain, answers_by_theme(instrument, domain, people)) for domain in instrument.domains],
            roles=[RESPONDENT_LABELS[RespondentRole(one["role"])] for one in assessment.result.answers],
            signed=signed,
        )
    return render_template(
        "self_assessments/work.html",
        assessment=assessment,
        instrument=instrument,
        words=instrument_words.of_version(assessment.instrument, assessment.instrument_version),
        people=self_assessments.taking_part(assessment),
        role_names=RESPONDENT_LABELS,
        agreed=[
            (domain, title, sum(theme in assessment.consensus for theme in instrument.themes_of(domain)))
            for domain, title in instrument.domains.items()
        ],
        missing=missing_themes(instrument, assessment.consensus),
        to_discuss=themes_to_discuss(instrument, people),
        now=clock.now(),
    )


@bp.route("/applications/<int:application_id>/self-assessments/<int:assessment_id>/hand-in", methods=["POST"])
@requires(Permission.SELF_ASSESSMENT_RECORD)
def hand_in(application_id: int, assessment_id: int) -> ResponseReturnValue:
    application = applications.one(viewer(), application_id)
    assessment = self_assessments.one(viewer(), assessment_id)
    with transaction():
        evidence = service.hand_in(assessment, application, actor=actor(), at=clock.now())
        address = url_for("applications.show", application_id=application.id, _anchor=evidence.requirement_code)
        submissions.remember(address)
    flash("The self-assessment is handed in.")
    return redirect(address)
