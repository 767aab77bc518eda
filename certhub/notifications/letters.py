"""An outbox row as an e-mail: headers that stay the same at each attempt, a text body and an HTML body."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from functools import lru_cache
from html import escape

SECRET_KINDS = frozenset(
    {
        "address-change",
        "employer-change-request",
        "invitation",
        "password-reset",
        "reference-request",
        "reference-reminder",
        "self-assessment-invitation",
    }
)
"""Messages with a link that lets its reader in; nobody but the recipient may read them, and they are not kept."""


_BOUND = "You cannot switch this mail off, because it is about something that you need to know."
_FREE = "You do not have to get mail about the following: {}."
_REST = " What else this message tells cannot be switched off."
_ANSWERED = "If you have a question, answer this mail."
_UNANSWERED = "You cannot answer this mail."


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
    opt_out_link: str = ""
    """Where its reader may opt out of such mail; empty where that is not theirs to choose."""
    courtesies: str = ""
    """What the reader may opt out of there, in words."""
    tells_more: bool = False
    """Whether it also tells what the reader may not opt out of."""

    @property
    def international(self) -> bool:
        """Whether the address itself needs a server that takes addresses in all scripts (RFC 6531)."""
        return not self.recipient.isascii()


def as_email(letter: Letter, sender: str, reply_to: str = "") -> EmailMessage:
    """The whole message. Raises `ValueError` for an address that cannot stand in a header."""
    policy = SMTPUTF8 if letter.international else SMTP
    mail = EmailMessage(policy=policy)
    mail["From"] = _parsed("From", sender, policy)
    if reply_to:  # what comes to the sender is read by a program
        mail["Reply-To"] = _parsed("Reply-To", reply_to, policy)
    mail["To"] = Address(display_name=letter.recipient_name, addr_spec=letter.recipient)
    mail["Subject"] = letter.subject
    mail["Date"] = letter.written_at
    mail["Message-ID"] = letter.message_id
    mail["Auto-Submitted"] = _parsed("Auto-Submitted", "auto-generated", policy)  # RFC 3834: no out-of-office answers
    if letter.opt_out_link:  # RFC 2369 and RFC 8058
        mail["List-Unsubscribe"] = f"<{letter.opt_out_link}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    answers = _ANSWERED if reply_to else _UNANSWERED
    mail.set_content(letter.text + _foot_in_text(letter, answers), cte="quoted-printable")
    mail.add_alternative(_with_foot(letter, answers), subtype="html", cte="quoted-printable")
    if letter.calendar:
        mail.add_attachment(
            letter.calendar, subtype="calendar", cte="quoted-printable", filename="calendar.ics",
            params={"method": "PUBLISH"},
        )  # fmt: skip
    mail["Content-Language"] = _parsed("Content-Language", "en", policy)  # last: new content takes the place of it
    return mail


@lru_cache(maxsize=100)
def _parsed(name: str, value: str, policy: EmailPolicy) -> BaseHeader:
    """A header that is the same in every letter, which the library would parse anew for each."""
    header: BaseHeader = policy.header_factory(name, value)
    return header


def _foot_in_text(letter: Letter, answers: str) -> str:
    choice = f"{_choice(letter)} To get no more of it:\n{letter.opt_out_link}" if letter.opt_out_link else _BOUND
    return f"\n{choice}\n{answers}\n"


def _choice(letter: Letter) -> str:
    return _FREE.format(letter.courtesies) + (_REST if letter.tells_more else "")


def _with_foot(letter: Letter, answers: str) -> str:
    """The HTML body with the same words at the end of its footer."""
    link = f'<a href="{escape(letter.opt_out_link)}">Get no more of it</a>' if letter.opt_out_link else ""
    foot = f"<p>{f'{escape(_choice(letter))} {link}' if link else _BOUND}</p>\n  <p>{answers}</p>\n"
    body, end, rest = letter.html.rpartition("</footer>")
    return f"{body}  {foot}  {end}{rest}" if end else f"{rest}{foot}"
