"""The list of meetings, one meeting, and what DPH does with it: plan, change, cancel, invite."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.convenings import bp
from certhub.blueprints.convenings.forms import AnswerForm, CancelForm, InviteForm, MeetingForm
from certhub.database import transaction
from certhub.documents import calendar as documents
from certhub.models.convenings import Convening
from certhub.queries import calendar, convening_invitations, convening_sheets, convenings
from certhub.rules import local_times
from certhub.rules.convenings import NEWS_LABELS, STATE_LABELS, MeetingState, for_whom, state_of
from certhub.rules.permissions import Permission, may
from certhub.rules.training_categories import NCCS_DOMAINS
from certhub.services import convenings as service
from certhub.web import submissions
from certhub.web.context import settings
from certhub.web.formats import count
from certhub.web.forms import refusals_shown_on


@bp.app_context_processor
def _words() -> dict[str, object]:
    """The words for meetings: their states, whom they are for, and the domains of what is raised."""
    return {
        "meeting_states": STATE_LABELS,
        "news_labels": NEWS_LABELS,
        "for_whom": for_whom,
        "span_in_words": local_times.span_in_words,
        "domain_labels": NCCS_DOMAINS,
    }


@bp.route("")
@requires(Permission.CONVENING_READ)
def index() -> ResponseReturnValue:
    return render_template(
        "convenings/index.html",
        to_come=convenings.to_come(viewer()),
        page=convenings.past(viewer(), cursor=request.args.get("cursor")),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.CONVENING_PLAN)
def plan() -> ResponseReturnValue:
    form = MeetingForm()
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            meeting = service.plan(form.facts(), actor=actor(), at=clock.now())
            address = url_for(".show", convening_id=meeting.id)
            submissions.remember(address)
        if not form.refused:
            flash("The meeting is planned. Nobody is invited yet.")
            return redirect(address)
    return render_template("convenings/form.html", form=form, meeting=None), form.http_status


@bp.route("/<int:convening_id>")
@requires(Permission.CONVENING_READ)
def show(convening_id: int) -> ResponseReturnValue:
    return _shown(convenings.one(viewer(), convening_id), AnswerForm(formdata=None))


@bp.route("/<int:convening_id>/answer", methods=["POST"])
@requires(Permission.CONVENING_ANSWER)
def answer(convening_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    form = AnswerForm()
    if form.validate_on_submit():
        address = url_for(".show", convening_id=convening_id)
        people = convening_sheets.people(viewer(), [viewer().party_id or 0])
        is_coming = form.coming.data == "yes"
        with refusals_shown_on(form), transaction():
            service.answer(
                meeting, dict.fromkeys(people.values(), is_coming), base_url=settings().base_url, actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash("DPH knows that you come." if is_coming else "DPH knows that you cannot come.")
            return redirect(address)
    return _shown(meeting, form), form.http_status


@bp.route("/<int:convening_id>/change", methods=["GET", "POST"])
@requires(Permission.CONVENING_PLAN)
def change(convening_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    form = MeetingForm(data=_typed(meeting))
    if form.validate_on_submit():
        address = url_for(".show", convening_id=convening_id)
        with refusals_shown_on(form), transaction():
            told = service.change(meeting, form.facts(), shown=form.shown.number, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The meeting is changed. " + _hearing(told))
            return redirect(address)
    return render_template("convenings/form.html", form=form, meeting=meeting), form.http_status


@bp.route("/<int:convening_id>/cancel", methods=["GET", "POST"])
@requires(Permission.CONVENING_PLAN)
def cancel(convening_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    form = CancelForm()
    if form.validate_on_submit():
        address = url_for(".show", convening_id=convening_id)
        with refusals_shown_on(form), transaction():
            told = service.cancel(meeting, form.reason.data, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash("The meeting is cancelled. " + _hearing(told))
            return redirect(address)
    number = convening_invitations.number_to_tell(meeting)
    return render_template("convenings/cancel.html", form=form, meeting=meeting, number=number), form.http_status


@bp.route("/<int:convening_id>/invite", methods=["GET", "POST"])
@requires(Permission.CONVENING_PLAN)
def invite(convening_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    form = InviteForm()
    if form.validate_on_submit():
        address = url_for(".show", convening_id=convening_id)
        with refusals_shown_on(form), transaction():
            asked = service.invite(meeting, actor=actor(), at=clock.now())
            submissions.remember(address)
        if not form.refused:
            flash(f"{count(asked.total, 'invitation')} will be sent.")
            return redirect(address)
    page = render_template(
        "convenings/invite.html",
        form=form,
        meeting=meeting,
        number=convening_invitations.number_to_invite(meeting, on=clock.today()),
        is_inviting=convening_invitations.is_inviting(meeting),
        again=convening_invitations.was_anybody_invited(meeting),
    )
    return page, form.http_status


@bp.route("/<int:convening_id>/calendar.ics")
@requires(Permission.CONVENING_READ)
def ics(convening_id: int) -> ResponseReturnValue:
    meeting = convenings.one(viewer(), convening_id)
    own = convenings.own(viewer(), meeting)
    event = calendar.event_of(meeting, base_url=settings().base_url, said=own.said if own else None)
    answer = Response(documents.invitation(event, organizer=settings().mail_from, attendee=actor().email))
    answer.mimetype = documents.MEDIA_TYPE
    answer.headers["Content-Disposition"] = f'attachment; filename="state-meeting-{meeting.id}.ics"'
    return answer


def _shown(meeting: Convening, form: AnswerForm) -> str:
    state = state_of(meeting.starts_at, meeting.ends_at, meeting.cancelled_at, at=clock.now())
    own = convenings.own(viewer(), meeting)
    if own is not None and not form.is_submitted():
        form.coming.data = None if own.said is None else ("yes" if own.said.is_coming else "no")
    return render_template(
        "convenings/show.html",
        meeting=meeting,
        state=state,
        is_to_come=state is MeetingState.TO_COME,
        is_off=state is MeetingState.CANCELLED or (own is not None and own.said is not None and not own.said.is_coming),
        has_begun=state in (MeetingState.UNDER_WAY, MeetingState.OVER),
        twice=local_times.TWICE if local_times.happens_twice(*local_times.shown(meeting.starts_at)) else "",
        own=own,
        form=form,
        themes=convening_sheets.themes(meeting),
        **(
            _invitations(meeting, is_to_come=state is MeetingState.TO_COME)
            if may(viewer(), Permission.CONVENING_PLAN)
            else {}
        ),
    )


def _invitations(meeting: Convening, *, is_to_come: bool) -> dict[str, object]:
    """What DPH reads of the letters about a meeting, and how many people are still to be invited."""
    return {
        "letters": convening_invitations.letters_of(meeting),
        "not_invited": convening_invitations.number_to_invite(meeting, on=clock.today()) if is_to_come else 0,
        "is_inviting": convening_invitations.is_inviting(meeting),
    }


def _hearing(number: int) -> str:
    """How many people hear of something, for the line above the next page."""
    if not number:
        return "Nobody has to be told by e-mail."
    return f"{count(number, 'person hears', 'people hear')} of it by e-mail."


def _typed(meeting: Convening) -> dict[str, object]:
    """What the form shows of a meeting before anybody changes it."""
    held_on, begins = local_times.shown(meeting.starts_at)
    return {
        "title": meeting.title,
        "held_on": held_on,
        "begins": begins,
        "ends": local_times.shown(meeting.ends_at)[1],
        "place": meeting.place,
        "link": meeting.link,
        "region": meeting.region.value if meeting.region else "",
        "agenda": "\n".join(topic.title for topic in meeting.topics),
        "shown": str(meeting.sequence),
    }
