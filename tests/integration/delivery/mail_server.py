"""A real SMTP server on loopback that can refuse, and transports that die at a chosen point."""

import email
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from certhub.notifications.letters import Letter
from certhub.notifications.transports import Transport

Answer = Callable[[str, int], str]
"""What the server says to the n-th attempt for a recipient."""


class Mailbox:
    """Keeps what it took; `answer` decides on each message, `rcpt` on each recipient."""

    def __init__(self, answer: Answer | None = None, rcpt: Answer | None = None) -> None:
        self.answer = answer or (lambda _recipient, _attempt: "250 OK")
        self.rcpt = rcpt or (lambda _recipient, _attempt: "250 OK")
        self.taken: list[EmailMessage] = []
        self.tried: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802, ARG002  (aiosmtpd's signature)
        self.asked[address] += 1
        verdict = self.rcpt(address, self.asked[address])
        if verdict.startswith("2"):
            envelope.rcpt_tos.append(address)
        return verdict

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802, ARG002  (aiosmtpd's signature)
        recipient = envelope.rcpt_tos[0]
        self.tried[recipient] += 1
        verdict = self.answer(recipient, self.tried[recipient])
        if verdict == "drop":
            server.transport.abort()  # the client has sent everything and never hears what became of it
        if verdict.startswith("250"):
            self.taken.append(email.message_from_bytes(envelope.content, policy=default))
        return verdict

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.taken]


@contextmanager
def serving(mailbox: Mailbox) -> Iterator[str]:
    """The address of a server that hands its mail to `mailbox`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


class DyingTransport:
    """Hands messages to another transport and dies right after the n-th was taken, before anybody noted it."""

    def __init__(self, inner: Transport, dies_after: int) -> None:
        self.inner = inner
        self.left = dies_after

    def send(self, letter: Letter) -> None:
        self.inner.send(letter)
        self.left -= 1
        if self.left == 0:
            raise SystemExit(137)

    def close(self) -> None:
        self.inner.close()
