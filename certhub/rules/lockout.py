"""How long somebody must wait after failed attempts (201 CMR 17.04(1): block access after multiple failed attempts)."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

_LONGEST_DOUBLING = 30
"""Doublings beyond this cannot matter: every policy has reached its longest delay long before."""


@dataclass(frozen=True, slots=True)
class LockoutPolicy:
    """Some attempts are free; each one after them doubles the delay up to a longest one."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta
    """Quiet time after which the failures no longer count."""


ACCOUNT = LockoutPolicy(
    free=5, first=timedelta(seconds=30), longest=timedelta(hours=1), forgotten_after=timedelta(hours=24)
)
"""For one e-mail address, whether or not it has an account."""

SOURCE = LockoutPolicy(
    free=100, first=timedelta(seconds=30), longest=timedelta(minutes=15), forgotten_after=timedelta(hours=2)
)
"""For one network address: a whole office can sit behind it, so much more is free."""

RESET_ACCOUNT = LockoutPolicy(
    free=3, first=timedelta(minutes=10), longest=timedelta(hours=12), forgotten_after=timedelta(hours=24)
)
"""For links to choose a new password, so that nobody's mailbox is flooded."""

RESET_SOURCE = LockoutPolicy(
    free=30, first=timedelta(minutes=1), longest=timedelta(hours=1), forgotten_after=timedelta(hours=2)
)
"""For such links asked for from one network address."""

ADDRESS_CHANGE = LockoutPolicy(
    free=20, first=timedelta(minutes=10), longest=timedelta(hours=12), forgotten_after=timedelta(hours=24)
)
"""For links to new addresses that one account asks for: each one counts, whether or not the address is free."""

UNKNOWN_CODE = LockoutPolicy(
    free=30, first=timedelta(seconds=30), longest=timedelta(minutes=15), forgotten_after=timedelta(hours=2)
)
"""For verification codes that nobody gave out, asked for from one network address; a right code never waits."""

UNKNOWN_LINK = LockoutPolicy(
    free=30, first=timedelta(seconds=30), longest=timedelta(minutes=15), forgotten_after=timedelta(hours=2)
)
"""For links to a reference that nobody was sent; the right link never waits."""

COMPARED_FILE = LockoutPolicy(
    free=30, first=timedelta(seconds=30), longest=timedelta(minutes=15), forgotten_after=timedelta(hours=1)
)
"""For files sent to be compared, from one network address."""

EMPLOYER_REQUEST = LockoutPolicy(
    free=20, first=timedelta(minutes=10), longest=timedelta(hours=12), forgotten_after=timedelta(hours=24)
)
"""For requests of one vendor that somebody joins it: each one counts, whether or not there is such a record."""

WALK_IN = LockoutPolicy(
    free=10, first=timedelta(minutes=10), longest=timedelta(hours=12), forgotten_after=timedelta(hours=24)
)
"""For people whom a trainer looks up in vain, of one session."""

LONGEST_REMEMBERED = max(
    policy.forgotten_after
    for policy in (
        ACCOUNT,
        SOURCE,
        RESET_ACCOUNT,
        RESET_SOURCE,
        ADDRESS_CHANGE,
        UNKNOWN_CODE,
        UNKNOWN_LINK,
        COMPARED_FILE,
        EMPLOYER_REQUEST,
        WALK_IN,
    )
)
"""After this much quiet no counter counts any more."""


def delay_after(failures: int, policy: LockoutPolicy) -> timedelta:
    """How long to wait after the given number of attempts in a row."""
    beyond = failures - policy.free
    if beyond <= 0:
        return timedelta(0)
    doubled: timedelta = policy.first * 2 ** min(beyond - 1, _LONGEST_DOUBLING)
    return min(policy.longest, doubled)


def counted(failures: int, last_failed_at: datetime | None, now: datetime, policy: LockoutPolicy) -> int:
    """The attempts that still count at `now`."""
    if last_failed_at is None or now - last_failed_at >= policy.forgotten_after:
        return 0
    return failures


def wait_in_words(until: datetime, now: datetime) -> str:
    """How long it is until the next attempt, rounded up so that nobody comes back too early."""
    seconds = max(1, -((now - until) // timedelta(seconds=1)))
    if seconds < 60:  # noqa: PLR2004  (a minute)
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = -(-seconds // 60)
    if minutes < 60:  # noqa: PLR2004  (an hour)
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    hours = -(-minutes // 60)
    return f"{hours} hour{'' if hours == 1 else 's'}"


def source_of(address: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 that one IPv6 customer has to themself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
