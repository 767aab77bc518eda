"""Taking up reports of mail servers: a message that came back is marked, and the ledger of reminders follows.

Its address is marked only where the report is about the address: a filter, a size or a server that could not be
reached says nothing of it.
"""

import hashlib
from datetime import datetime
from enum import StrEnum

from certhub import clock
from certhub.database import db, locked
from certhub.models.messages import MailReport, Message, MessageStatus, ReminderStatus
from certhub.rules import bounces
from certhub.rules.mail_attempts import Meaning, meaning_of_report
from certhub.rules.refusal import Refusal
from certhub.rules.reminder_reasons import CAME_BACK
from certhub.services import digests, mail_failures
from certhub.services.bulk_changes import insert_new

_TAKEN = (MessageStatus.SENT, MessageStatus.SENDING, MessageStatus.IN_DOUBT)
"""What a server can have taken, so that it can come back; whoever reports of one in doubt answers that doubt."""


class Outcome(StrEnum):
    """What a report has changed."""

    BOUNCED = "bounced"
    DELAYED = "delayed"
    KNOWN = "known before"


def take(raw: bytes, *, base_url: str, at: datetime) -> Outcome:
    """Enter what a report says. Raises `Refusal` for what is none, or tells of no message of ours."""
    try:
        report = bounces.read(raw)
    except bounces.NotAReport as problem:
        raise Refusal(str(problem)) from problem
    message = db.session.get(Message, report.number)
    if message is None or message.message_id != report.message_id:
        raise Refusal("The report does not name a message that CertHub has sent.")
    message = locked(message)
    told = insert_new(MailReport, ["sha256"]).values(
        sha256=hashlib.sha256(raw).hexdigest(),
        message_id=message.id,
        permanent=report.permanent,
        code=report.code,
        received_at=at,
    )
    new = db.session.execute(told.returning(MailReport.id)).scalar_one_or_none() is not None
    if not new or (report.permanent and message.status not in _TAKEN):
        return Outcome.KNOWN
    code = f" ({report.code})" if report.code else ""
    if not report.permanent:
        message.last_error = f"A mail server reports that the message is late{code}, and goes on trying."
        db.session.flush()
        return Outcome.DELAYED
    message.status = MessageStatus.BOUNCED
    message.failed_at = at
    about_address = meaning_of_report(report.code) is Meaning.ADDRESS
    message.last_error = _sent_back(code, about_address=about_address)
    db.session.flush()
    if message.kind == digests.DIGEST:
        digests.record_outcome(message.id, ReminderStatus.BOUNCED, at=at, reason=CAME_BACK)
    if about_address:
        mail_failures.mark(message, bounced=True, today=clock.civil_date(at), base_url=base_url, at=at)
    return Outcome.BOUNCED


def _sent_back(code: str, *, about_address: bool) -> str:
    if about_address:
        return f"A mail server sent the message back{code}."
    if code:
        return f"A mail server sent the message back{code}, which is not about the address."
    return "A mail server sent the message back without a status, so the address may still be good."
