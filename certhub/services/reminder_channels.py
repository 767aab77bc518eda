"""How notices leave: the one place where a way of telling people is plugged in.

Another channel needs a name in `rules.reminder_policies.Channel` and a writer here. A writer takes up the notices of
its channel that wait for these recipients, and leaves in the ledger what became of each.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from certhub.rules.reminder_policies import Channel, Policies
from certhub.services import digests
from certhub.services.digests import Link


class Writer(Protocol):
    """Writes what waits for some recipients; how many messages are new."""

    def __call__(self, recipients: Sequence[str], day: date, *, policies: Policies, link: Link, at: datetime) -> int:
        """Take up the waiting notices of the channel."""


WRITERS: Mapping[Channel, Writer] = {Channel.MAIL: digests.enqueue_digests}


def waiting_recipients(after: str, limit: int | None) -> list[str]:
    """The next people for whom notices wait that somebody writes, in the order of their addresses."""
    return digests.waiting_recipients(after, limit, channels=list(WRITERS))


def write(recipients: Sequence[str], day: date, *, policies: Policies, link: Link, at: datetime) -> int:
    """Write what waits for `recipients` on every channel; how many messages are new."""
    return sum(writer(recipients, day, policies=policies, link=link, at=at) for writer in WRITERS.values())
