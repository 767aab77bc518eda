"""How mail leaves: over SMTP, or into a folder while no server is set."""

import os
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from certhub.config import Settings
from certhub.notifications.letters import Letter, as_email
from certhub.rules.mail_attempts import Meaning, meaning, meaning_of_report

TIMEOUT_SECONDS = 30.0
"""How long each answer is waited for, but the last one."""

TEXT_SECONDS = 180.0
"""How long the text may take to leave (RFC 5321, 4.5.3.2.5)."""

ANSWER_SECONDS = 600.0
"""How long the answer to the text is waited for (RFC 5321, 4.5.3.2.6): a server that is slow there sends it on, and
whoever hangs up before sends it again."""

_MOST_STEPS = 12
"""Connecting, greeting, EHLO, STARTTLS, EHLO again, three of the sign-in, sender, recipient, DATA; and a reset."""

LONGEST_SENDING = timedelta(seconds=_MOST_STEPS * TIMEOUT_SECONDS + TEXT_SECONDS + ANSWER_SECONDS)
"""No sending lasts longer, so whoever took a message up before that has died."""

_LEADING_DOT = re.compile(rb"(?m)^\.")


class DeliveryProblem(Exception):
    """A message was not taken; the text names the reason without a person's address."""

    address = False
    """Whether the address takes no mail, where the message is given up because of this."""


class RefusedForNow(DeliveryProblem):
    """The server may take the message later (a 4xx answer, or the connection broke before the text was sent).

    `address` says whether the answer is about the address, such as that its mailbox is full.
    """

    def __init__(self, message: str, *, address: bool = False) -> None:
        super().__init__(message)
        self.address = address


class MayHaveArrived(DeliveryProblem):
    """The connection broke after the text was sent and before the server answered: nobody knows whether it took it."""


class RefusedForGood(DeliveryProblem):
    """The server will never take the message; `address` says whether that is because of the address."""

    def __init__(self, message: str, *, address: bool) -> None:
        super().__init__(message)
        self.address = address


class SenderRefused(DeliveryProblem):
    """The server does not take this from us: our sign-in, sender or quota, or a rule of its own."""


class Unreachable(DeliveryProblem):
    """The server takes no mail at all at present: it is down, or does not accept our sign-in or sender."""


class Transport(Protocol):
    """Takes letters one by one."""

    def send(self, letter: Letter) -> None:
        """Hand `letter` over; returns when the other side has taken it. Raises `DeliveryProblem`."""

    def close(self) -> None:
        """Let go of connections."""


def transport_for(settings: Settings) -> Transport:
    """The transport that the settings ask for."""
    if settings.smtp_url is None:
        return FolderTransport(settings.mail_dir, settings.mail_from, settings.mail_reply_to)
    return SmtpTransport(settings.smtp_url, settings.mail_from, settings.mail_reply_to)


class FolderTransport:
    """Writes each message as a file that mail programs open; the same message written again replaces itself."""

    def __init__(self, folder: Path, sender: str, reply_to: str = "") -> None:
        self.folder = folder
        self.sender, self.reply_to = sender, reply_to

    def send(self, letter: Letter) -> None:
        """Write the file whole or not at all."""
        name = letter.message_id.strip("<>").partition("@")[0]
        try:
            content = _composed(letter, self.sender, self.reply_to).as_bytes()
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = self.folder / f".{name}.{os.getpid()}"
            unfinished.write_bytes(content)
            unfinished.replace(self.folder / f"{name}.eml")
        except OSError as problem:
            raise Unreachable(f"The mail folder cannot be written: {problem.strerror}") from problem

    def close(self) -> None:
        """Nothing is held open."""


class SmtpTransport:
    """One connection for many messages, opened again where the server closed it."""

    def __init__(
        self,
        url: str,
        sender: str,
        reply_to: str = "",
        *,
        timeout: float = TIMEOUT_SECONDS,
        answer_within: float = ANSWER_SECONDS,
    ) -> None:
        parts = urlsplit(url)
        self.scheme = parts.scheme
        self.host = parts.hostname or "localhost"
        self.port = parts.port or {"smtp": 25, "smtps": 465}.get(parts.scheme, 587)
        self.user, self.password = unquote(parts.username or ""), unquote(parts.password or "")
        self.sender, self.reply_to = sender, reply_to
        self.envelope_sender = parseaddr(sender)[1]
        self.timeout = timeout
        self.answer_within = answer_within
        self._open: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        """Hand the letter over and wait for the server's 250."""
        mail = _composed(letter, self.sender, self.reply_to)
        reused = self._open is not None
        try:
            connection = self._addressed(letter)
        except smtplib.SMTPServerDisconnected as problem:
            self.close()
            if not reused:
                raise Unreachable("The mail server closed the connection.") from problem
            connection = self._again(letter)  # it had only been idle for too long; nothing was handed over yet
        self._hand_over(connection, mail)

    def close(self) -> None:
        """Take leave of the server."""
        connection, self._open = self._open, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()

    def _again(self, letter: Letter) -> smtplib.SMTP:
        try:
            return self._addressed(letter)
        except smtplib.SMTPServerDisconnected as problem:
            self.close()
            raise Unreachable("The mail server closed the connection.") from problem

    def _addressed(self, letter: Letter) -> smtplib.SMTP:
        """The connection, with the envelope of `letter` accepted."""
        if self._open is None:
            self._open = self._connected()
        connection = self._open
        options = ["SMTPUTF8", "BODY=8BITMIME"] if letter.international else []
        if letter.international and not connection.has_extn("smtputf8"):
            raise RefusedForGood("The mail server does not take addresses with letters of this script.", address=True)
        try:
            code, answer = connection.mail(self.envelope_sender, options)
            if code != 250:  # noqa: PLR2004  (RFC 5321: done)
                self.close()
                raise Unreachable(f"The mail server does not accept our sender: {_said(code, answer)}")
            code, answer = connection.rcpt(letter.recipient)
            if code not in (250, 251):
                self._reset()
                raise _refusal(code, answer, "the recipient was refused")
        except (OSError, smtplib.SMTPServerDisconnected) as problem:
            self.close()
            if isinstance(problem, smtplib.SMTPServerDisconnected):
                raise
            raise Unreachable(f"The mail server cannot be reached ({type(problem).__name__}).") from problem
        return connection

    def _hand_over(self, connection: smtplib.SMTP, mail: EmailMessage) -> None:
        content = _as_sent(mail)
        try:
            code, answer = connection.docmd("DATA")
        except (OSError, smtplib.SMTPServerDisconnected) as problem:
            self.close()
            raise RefusedForNow("The connection broke before the message was handed over.") from problem
        if code != 354:  # noqa: PLR2004  (RFC 5321: start mail input)
            self._reset()
            raise _refusal(code, answer, "the message was refused")
        try:
            self._wait(connection, TEXT_SECONDS)
            connection.send(content)
            self._wait(connection, self.answer_within)
            code, answer = connection.getreply()
            self._wait(connection, self.timeout)
        except (OSError, smtplib.SMTPServerDisconnected) as problem:
            self.close()
            raise MayHaveArrived(
                "The connection broke while the message was handed over; it may have arrived."
            ) from problem
        if code != 250:  # noqa: PLR2004  (RFC 5321: done)
            self._reset()
            raise _refusal(code, answer, "the message was refused")

    @staticmethod
    def _wait(connection: smtplib.SMTP, seconds: float) -> None:
        if connection.sock is not None:
            connection.sock.settimeout(seconds)

    def _reset(self) -> None:
        try:
            if self._open is not None:
                self._open.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        connection: smtplib.SMTP | None = None
        try:
            if self.scheme == "smtps":
                connection = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
            else:
                connection = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
            connection.ehlo_or_helo_if_needed()
            if self.scheme == "smtp+starttls":
                connection.starttls(context=context)
                connection.ehlo()
            if self.user:
                connection.login(self.user, self.password)
        except smtplib.SMTPAuthenticationError as problem:
            _drop(connection)
            raise Unreachable(f"The mail server does not accept our sign-in ({problem.smtp_code}).") from problem
        except (OSError, smtplib.SMTPException) as problem:
            _drop(connection)
            raise Unreachable(f"The mail server cannot be reached ({type(problem).__name__}).") from problem
        return connection


def _drop(connection: smtplib.SMTP | None) -> None:
    if connection is not None:
        connection.close()


def _composed(letter: Letter, sender: str, reply_to: str) -> EmailMessage:
    try:
        return as_email(letter, sender, reply_to)
    except (ValueError, IndexError) as problem:  # what email.headerregistry raises for addresses that are none
        raise RefusedForGood("The address cannot be used.", address=True) from problem


def _as_sent(mail: EmailMessage) -> bytes:
    """The text as it goes over the line, with its end (RFC 5321, 4.5.2: a line that begins with a dot gets another)."""
    content = _LEADING_DOT.sub(b"..", mail.as_bytes())
    return content + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n")


def _refusal(code: int, answer: bytes | str, what: str) -> DeliveryProblem:
    text = f"The mail server said {_said(code, answer)}: {what}."
    match meaning(code, status := _status(answer)):
        case Meaning.LATER:
            return RefusedForNow(text, address=meaning_of_report(status) is Meaning.ADDRESS)
        case Meaning.SENDER:
            return SenderRefused(text)
        case about:
            return RefusedForGood(text, address=about is Meaning.ADDRESS)


def _said(code: int, answer: bytes | str) -> str:
    """The answer's code with its enhanced status; its free text may repeat the address."""
    return f"{code} {_status(answer)}".strip()


def _status(answer: bytes | str) -> str:
    """The enhanced status (RFC 3463) that an answer begins with; empty where it has none."""
    text = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
    first = text.split()[0] if text.split() else ""
    return first if first.count(".") == 2 and first.replace(".", "").isdigit() else ""  # noqa: PLR2004  (x.y.z)


Opening = Callable[[Settings], Transport]
"""Makes the transport of a run; tests pass one that fails."""
