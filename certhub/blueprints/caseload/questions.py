"""Questions about reports: the list, and one with what was said to it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.caseload import bp
from certhub.blueprints.caseload.forms import AnswerForm, SettleForm
from certhub.database import transaction
from certhub.models.caseload import CaseloadQuestion
from certhub.queries import caseload_questions, caseload_reports
from certhub.rules.caseload_checks import Move, QuestionState, can_move
from certhub.rules.caseload_report import month_in_words
from certhub.rules.permissions import Permission, is_employer
from certhub.services import caseload_questions as service
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on
from certhub.web.listing import chosen


@bp.route("/questions")
@requires(Permission.CASELOAD_READ, lists=True)
def questions() -> ResponseReturnValue:
    state = chosen(QuestionState, "state")
    page = caseload_questions.page(viewer(), state, cursor=request.args.get("cursor"))
    readings.listed(caseload_questions=state.value if state else "all", rows=len(page.rows))
    return render_template(
        "caseload/questions.html", page=page, state=state, states=list(QuestionState), of_dph=not is_employer(viewer())
    )


@bp.route("/vendors/<int:party_id>/months/<int:month>/questions/<int:question_id>")
@requires(Permission.CASELOAD_READ, lists=True)
def question(party_id: int, month: int, question_id: int) -> ResponseReturnValue:
    return _shown(_one(party_id, month, question_id), AnswerForm(formdata=None), SettleForm(formdata=None))


@bp.route("/vendors/<int:party_id>/months/<int:month>/questions/<int:question_id>/answer", methods=["POST"])
@requires(Permission.CASELOAD_ANSWER, lists=True)
def answer(party_id: int, month: int, question_id: int) -> ResponseReturnValue:
    found, form = _one(party_id, month, question_id), AnswerForm()
    if form.validate_on_submit():
        address = _address(found)
        with refusals_shown_on(form), transaction():
            service.answer(found, form.words.data or "", actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("DPH has your answer.")
            return redirect(address)
    return _shown(found, form, SettleForm(formdata=None)), form.http_status


@bp.route("/vendors/<int:party_id>/months/<int:month>/questions/<int:question_id>/settle", methods=["POST"])
@requires(Permission.CASELOAD_QUESTION, lists=True)
def settle(party_id: int, month: int, question_id: int) -> ResponseReturnValue:
    found, form = _one(party_id, month, question_id), SettleForm()
    if form.validate_on_submit():
        address, accepts = _address(found), form.move.data == Move.ACCEPTED.value
        act = service.accept if accepts else service.ask_again
        with refusals_shown_on(form), transaction():
            act(found, form.words.data or "", actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The question is settled." if accepts else "The vendor is asked again.")
            return redirect(address)
    return _shown(found, AnswerForm(formdata=None), form), form.http_status


def _one(party_id: int, month: int, question_id: int) -> CaseloadQuestion:
    return caseload_questions.one(viewer(), party_id, caseload_reports.month(month), question_id)


def _address(found: CaseloadQuestion) -> str:
    month = found.month_from.year * 100 + found.month_from.month
    return url_for(".question", party_id=found.vendor_id, month=month, question_id=found.id)


def _shown(found: CaseloadQuestion, answering: AnswerForm, settling: SettleForm) -> str:
    readings.listed(caseload_of=month_in_words(found.month_from), vendor=found.vendor.name, rows=1)
    return render_template(
        "caseload/question.html",
        question=found,
        answering=answering,
        settling=settling,
        can_answer=can_move(found.state, Move.ANSWERED),
        can_settle=can_move(found.state, Move.ACCEPTED),
        can_ask_again=can_move(found.state, Move.ASKED_AGAIN),
    )
