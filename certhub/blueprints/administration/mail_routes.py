"""The outbox, and why somebody was or was not reminded."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.administration import bp
from certhub.blueprints.administration.mail_forms import AGAIN, ARRIVED, DecideForm, SendAgainForm
from certhub.database import transaction
from certhub.models.messages import MessageStatus
from certhub.notifications import rendering
from certhub.notifications.letters import SECRET_KINDS
from certhub.queries import messages as reading
from certhub.queries import reminder_ledger as reading_ledger
from certhub.rules.mail_attempts import UNPREPARED
from certhub.rules.permissions import Permission, may
from certhub.rules.vocabulary import SUBJECT_LABELS
from certhub.services import mail_decisions
from certhub.web import reminder_pages, submissions
from certhub.web.context import settings
from certhub.web.forms import options, refusals_shown_on
from certhub.web.listing import chosen

_LARGEST_ID = 2**31 - 1
_LONGEST_SEARCH = 100

STATUS_WORDS = {
    MessageStatus.QUEUED: ("Waiting", "info"),
    MessageStatus.SENDING: ("Being sent", "info"),
    MessageStatus.IN_DOUBT: ("In doubt", "warning"),
    MessageStatus.SENT: ("Sent", "good"),
    MessageStatus.FAILED: ("Failed", "danger"),
    MessageStatus.BOUNCED: ("Came back", "danger"),
    MessageStatus.WITHDRAWN: ("Not needed any more", "muted"),
}

_ANYHOW = (AGAIN, "Send them again")
_DOUBTFUL = [(ARRIVED, "They arrived: count them as sent")]
_LEFT = " {:,} are left: decide about them again, or look at each. One whose personal link was removed cannot be sent."


@bp.route("/mail")
@requires(Permission.MESSAGE_READ)
def messages() -> ResponseReturnValue:
    return render_template(
        "administration/messages.html",
        page=reading.listed(
            viewer(),
            status=chosen(MessageStatus, "status"),
            kind=_kind(),
            recipient=_recipient(),
            cursor=request.args.get("cursor"),
        ),
        counts=reading.counts(viewer()),
        kinds={one: rendering.label_of(one) for one in rendering.kinds()},
        words=STATUS_WORDS,
        decidable=[status.value for status in mail_decisions.CAN_BE_RETRIED],
        folder=None if settings().smtp_url else settings().mail_dir.name,
    )


@bp.route("/mail/<int:message_id>")
@requires(Permission.MESSAGE_READ)
def message(message_id: int) -> ResponseReturnValue:
    found = reading.one(viewer(), min(message_id, _LARGEST_ID))
    if found.party_id is None:  # a digest tells of many, a letter about an account of nobody's record
        readings.listed(message=found.id)
    secret = found.kind in SECRET_KINDS and not _trying_out()
    unprepared = (found.last_error or "").startswith(UNPREPARED)
    return render_template(
        "administration/message.html", message=found, secret=secret, words=STATUS_WORDS, unprepared=unprepared
    )


@bp.route("/mail/<int:message_id>/retry", methods=["GET", "POST"])
@requires(Permission.MESSAGE_RETRY)
def retry_message(message_id: int) -> ResponseReturnValue:
    found = reading.one(viewer(), min(message_id, _LARGEST_ID))
    mail_decisions.require_retriable(found)
    if found.party_id is None:
        readings.listed(message=found.id)
    present = mail_decisions.present_address(found, clock.today())
    form = SendAgainForm(data={"recipient": present})
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            mail_decisions.retry(found, form.recipient.data, actor=actor(), at=clock.now())
            submissions.remember(url_for(".message", message_id=found.id))
        if not form.errors:
            flash("The message waits to be sent again.")
            return redirect(url_for(".message", message_id=found.id))
    return render_template(
        "administration/retry_message.html", form=form, message=found, moved=present != found.recipient,
        words=STATUS_WORDS,
    ), form.http_status  # fmt: skip


@bp.route("/mail/decide", methods=["GET", "POST"])
@requires(Permission.MESSAGE_RETRY)
def decide_messages() -> ResponseReturnValue:
    status = chosen(MessageStatus, "status") or MessageStatus.FAILED
    if status not in mail_decisions.CAN_BE_RETRIED:
        return redirect(url_for(".messages"))
    kind, recipient = _kind(), _recipient()
    number, newest = reading.matching(viewer(), status=status, kind=kind, recipient=recipient)
    form = DecideForm(data={"up_to": newest})
    form.decision.choices = options([*_DOUBTFUL, _ANYHOW] if status is MessageStatus.IN_DOUBT else [_ANYHOW])
    if form.validate_on_submit():
        with refusals_shown_on(form), transaction():
            some = reading.some_matching(
                viewer(), status=status, kind=kind, recipient=recipient, up_to=form.up_to.number or 0
            )
            decided = mail_decisions.decide(
                some, again=form.decision.data == AGAIN, forget_links=bool(settings().smtp_url), actor=actor(),
                at=clock.now(),
            )  # fmt: skip
            submissions.remember(url_for(".messages"))
        if not form.errors:
            left = number - decided
            flash(f"Done for {decided:,} of {number:,} messages." + (_LEFT.format(left) if left > 0 else ""))
            return redirect(url_for(".messages", status=status.value))
    return render_template(
        "administration/decide_messages.html", form=form, number=number, status=status, words=STATUS_WORDS,
        kind=rendering.label_of(kind) if kind else "", recipient=recipient,
        at_once=reading.MOST_AT_ONCE,
    ), form.http_status  # fmt: skip


@bp.route("/mail/<int:message_id>/confirm", methods=["POST"])
@requires(Permission.MESSAGE_RETRY)
def confirm_message(message_id: int) -> ResponseReturnValue:
    found = reading.one(viewer(), min(message_id, _LARGEST_ID))
    with transaction():
        mail_decisions.confirm(found, forget_links=bool(settings().smtp_url), actor=actor(), at=clock.now())
    flash("The message counts as sent.")
    return redirect(url_for(".message", message_id=found.id))


@bp.route("/reminders")
@requires(Permission.REMINDER_SEARCH, reads="party")
def reminders() -> ResponseReturnValue:
    typed = request.args.get("party", "")
    if not typed.isascii() or not typed.isdigit() or int(typed[:12]) > _LARGEST_ID:
        return render_template("administration/reminders.html", party=None)
    return render_template("administration/reminders.html", named_after=True, **reminder_pages.of_record(int(typed)))


@bp.route("/reminders/find")
@requires(Permission.REMINDER_SEARCH, lists=True)
def find_reminders() -> ResponseReturnValue:
    typed = request.args.get("q", "").strip().replace("\x00", "")[:_LONGEST_SEARCH]
    page = reading_ledger.found(viewer(), typed, cursor=request.args.get("cursor")) if typed else None
    readings.listed(reminders="records", name=typed, rows=len(page.rows) if page else 0)
    return render_template("administration/find_reminders.html", typed=typed, page=page, subject_labels=SUBJECT_LABELS)


def _kind() -> str:
    kind = request.args.get("kind", "")
    return kind if kind in rendering.kinds() else ""


def _recipient() -> str:
    return request.args.get("recipient", "").strip().replace("\x00", "")


def _trying_out() -> bool:
    """Whether mail only goes into a folder, so that links must be read here; an installation in use has a server."""
    return settings().smtp_url is None and may(viewer(), Permission.MESSAGE_RETRY)
