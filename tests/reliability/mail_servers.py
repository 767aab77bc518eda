"""An SMTP server that kills whoever hands it a message, before or right after it says "250"."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.integration.delivery.mail_server import Mailbox


class Aim(StrEnum):
    """When the client dies."""

    BEFORE_ANSWER = "the message was taken, and the answer is not sent yet"
    AFTER_ANSWER = "the server has said 250"


class DeadlyMailbox(Mailbox):
    """Takes all messages; kills `victim` at the n-th message from now on where it was told to."""

    def __init__(self) -> None:
        super().__init__()
        self._victim: int | None = None
        self._left = 0
        self._aim = Aim.AFTER_ANSWER
        self._took = False

    def lie_in_wait(self, victim: int, *, messages: int, aim: Aim) -> None:
        """Kill the process `victim` at its n-th message."""
        self._victim, self._left, self._aim = victim, messages, aim

    def forget(self) -> None:
        """Let everybody live."""
        self._victim = None

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's signature)
        verdict = await super().handle_DATA(server, session, envelope)
        self._left -= 1
        self._took = True
        if self._aim is Aim.BEFORE_ANSWER:
            self._strike()
        return verdict

    def answered(self) -> None:
        """An answer has left; the one to a message is when `AFTER_ANSWER` strikes."""
        took, self._took = self._took, False
        if took and self._aim is Aim.AFTER_ANSWER:
            self._strike()

    def _strike(self) -> None:
        if self._victim is not None and self._left <= 0:
            os.kill(self._victim, signal.SIGKILL)
            self._victim = None


class _Answering(SMTP):
    """Tells its mailbox of each answer that has left."""

    async def push(self, status: Any) -> None:
        try:
            await super().push(status)
        finally:
            handler: DeadlyMailbox = self.event_handler
            handler.answered()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Answering(self.handler, **self.SMTP_kwargs)


@contextmanager
def serving_deadly(mailbox: DeadlyMailbox) -> Iterator[str]:
    """The address of a server that hands its mail to `mailbox`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = _Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()
