"""The outbox, and why somebody was or was not reminded."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.administration import bp
from certhub.database import transaction
from certhub.models.messages import MessageStatus, ReminderStatus
from certhub.notifications import rendering
from certhub.notifications.letters import SECRET_KINDS
from certhub.queries import messages as reading
from certhub.queries import reminder_ledger as reading_ledger
from certhub.rules.permissions import Permission, may
from certhub.rules.vocabulary import SUBJECT_LABELS
from certhub.services import digests, outbox
from certhub.web import reminder_pages
from certhub.web.context import settings
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


@bp.route("/mail")
@requires(Permission.MESSAGE_READ)
def messages() -> ResponseReturnValue:
    kind = request.args.get("kind", "")
    return render_template(
        "administration/messages.html",
        page=reading.listed(
            viewer(),
            status=chosen(MessageStatus, "status"),
            kind=kind if kind in rendering.kinds() else "",
            recipient=request.args.get("recipient", "").strip().replace("\x00", ""),
            cursor=request.args.get("cursor"),
        ),
        counts=reading.counts(viewer()),
        kinds={one: rendering.label_of(one) for one in rendering.kinds()},
        words=STATUS_WORDS,
        folder=None if settings().smtp_url else settings().mail_dir.name,
    )


@bp.route("/mail/<int:message_id>")
@requires(Permission.MESSAGE_READ)
def message(message_id: int) -> ResponseReturnValue:
    found = reading.one(viewer(), min(message_id, _LARGEST_ID))
    if found.party_id is None:  # a digest tells of many, a letter about an account of nobody's record
        readings.listed(message=found.id)
    secret = found.kind in SECRET_KINDS and not _trying_out()
    return render_template("administration/message.html", message=found, secret=secret, words=STATUS_WORDS)


@bp.route("/mail/<int:message_id>/retry", methods=["POST"])
@requires(Permission.MESSAGE_RETRY)
def retry_message(message_id: int) -> ResponseReturnValue:
    found = reading.one(viewer(), min(message_id, _LARGEST_ID))
    with transaction():
        outbox.retry(found, actor=actor(), at=clock.now())
        digests.record_outcome(found.id, ReminderStatus.PLANNED, at=clock.now())
    flash("The message waits to be sent again.")
    return redirect(url_for(".message", message_id=found.id))


@bp.route("/mail/<int:message_id>/confirm", methods=["POST"])
@requires(Permission.MESSAGE_RETRY)
def confirm_message(message_id: int) -> ResponseReturnValue:
    found = reading.one(viewer(), min(message_id, _LARGEST_ID))
    with transaction():
        outbox.confirm(found, actor=actor(), at=clock.now())
        digests.record_outcome(found.id, ReminderStatus.SENT, at=clock.now())
        if found.kind in SECRET_KINDS and settings().smtp_url:
            outbox.forget_words(found.id)
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


def _trying_out() -> bool:
    """Whether mail only goes into a folder, so that links must be read here; an installation in use has a server."""
    return settings().smtp_url is None and may(viewer(), Permission.MESSAGE_RETRY)
