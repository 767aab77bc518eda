"""An outbox row as an e-mail: headers that stay the same at each attempt, a text body and an HTML body."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

SECRET_KINDS = frozenset(
    {
        "employer-change-request",
        "invitation",
        "password-reset",
        "reference-request",
        "reference-reminder",
        "self-assessment-invitation",
    }
)
"""Messages with a link that lets its reader in; nobody but the recipient may read them, and they are not kept."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What is handed to a transport."""

    message_id: str
    recipient: str
    recipient_name: str
    subject: str
    text: str
    html: str
    written_at: datetime
    calendar: str = ""

    @property
    def international(self) -> bool:
        """Whether the address itself needs a server that takes addresses in all scripts (RFC 6531)."""
        return not self.recipient.isascii()


def as_email(letter: Letter, sender: str) -> EmailMessage:
    """The whole message. Raises `ValueError` for an address that cannot stand in a header."""
    policy = SMTPUTF8 if letter.international else SMTP
    mail = EmailMessage(policy=policy)
    mail["From"] = sender
    mail["To"] = Address(display_name=letter.recipient_name, addr_spec=letter.recipient)
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(letter.written_at)
    mail["Message-ID"] = letter.message_id
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    mail["Content-Language"] = "en"
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    if letter.calendar:
        mail.add_attachment(
            letter.calendar, subtype="calendar", cte="quoted-printable", filename="calendar.ics",
            params={"method": "PUBLISH"},
        )  # fmt: skip
    return mail
