"""What a mail server's refusal says, and how long a message is tried.

RFC 5321 (4.2) and RFC 3463 tell which answers are about the address, about the message, or about whoever sends it.
"""

from datetime import timedelta
from enum import StrEnum

GIVE_UP_AFTER = timedelta(days=5)
"""How long a message is tried that is refused for now: RFC 5321 (4.5.4.1) asks for 4 to 5 days."""

LEAST_ATTEMPTS = 12
"""Nobody gives up before so many tries: a message that waited for days, through an outage, has them all before it."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)

PAUSE_OF_A_REFUSED_SENDER = timedelta(minutes=15)
"""When the server is asked again that will not take this from us (program default)."""

SAME_IN_A_ROW = 5
"""So many refusals in the same words, from a server that took nothing before, are about us (program default)."""

MOST_COPIES = 3
"""How often a message is sent by itself that may have arrived; then a person looks (program default)."""

UNPREPARED = "It could not be prepared"
"""How the last problem of a message begins whose words could not be made: no server and no address is at fault."""


class Meaning(StrEnum):
    """What a refusal is about."""

    LATER = "later"
    """The server may take the message later."""
    ADDRESS = "address"
    """This address takes no mail."""
    MESSAGE = "message"
    """This message is not taken; it says nothing certain about the address."""
    SENDER = "sender"
    """The server does not take this from us: our sign-in, our sender, our quota, or a rule of its own."""


ABOUT_ONE_MAILBOX = ("4.2.1", "4.2.2")
"""Refusals for now that can only be about one mailbox (RFC 3463): it is switched off, or full."""

_ABOUT_SENDER = ("5.1.7", "5.1.8", "5.4.5")
_ABOUT_MESSAGE = ("5.2.3", "5.3.4")
_PLAIN_MESSAGE = (550, 551, 552, 553)
"""Answers without a status that usually, but not surely, are about the recipient or the size."""

_PERMANENT = 500
_GIVEN_UP = 550


def meaning(code: int, status: str) -> Meaning:
    """What an answer is about: its code, and its enhanced status (RFC 3463), empty where the server gave none."""
    if code < _PERMANENT:
        return Meaning.LATER
    if status in _ABOUT_SENDER:
        return Meaning.SENDER
    if status in _ABOUT_MESSAGE or status.startswith("5.6."):
        return Meaning.MESSAGE
    if status.startswith(("5.1.", "5.2.")):
        return Meaning.ADDRESS
    if not status and code in _PLAIN_MESSAGE:
        return Meaning.MESSAGE
    return Meaning.SENDER


def meaning_of_report(status: str) -> Meaning:
    """What the status is about with which a message was given up, by a server or by us; empty where it had none.

    Whoever gave up keeps the status of the last try, such as 4.2.2 for a mailbox that was full for days.
    """
    return meaning(_GIVEN_UP, f"5{status[1:]}" if status else "")


def pause_after(attempts: int) -> timedelta:
    """How long a message waits after so many tries that were refused."""
    return LONGEST_PAUSE if attempts > LEAST_ATTEMPTS else min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)


def gives_up(attempts: int, waited: timedelta) -> bool:
    """Whether a message that is refused for now is tried no more."""
    return waited >= GIVE_UP_AFTER and attempts >= LEAST_ATTEMPTS
