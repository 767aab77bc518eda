"""How a job that writes letters runs: first it finds whom to write to, then it writes, some recipients at a time."""

from collections.abc import Callable

from certhub.database import transaction
from certhub.jobs.registry import Counts, Occasion

RECIPIENTS_AT_ONCE = 200

Write = Callable[[str, int | None], tuple[int, str | None, int]]
"""Enqueue letters for recipients after one of them, so many at most: how many are new, the last recipient (None where
there was none), and how many recipients there were."""


class _Previewed(Exception):
    """Ends a dry run, so that its transaction is rolled back."""


def written(occasion: Occasion, find: Callable[[], Counts], write: Write) -> Counts:
    """What was found and how many messages were enqueued; a dry run does the same and keeps nothing of it.

    The letters of some recipients are one transaction: a crash leaves whole letters, and the next run writes the rest.
    """
    counts: Counts = {}
    if not occasion.dry_run:
        with transaction():
            counts = find()
        return {**counts, "messages": _in_pieces(occasion, write)}
    try:
        with transaction():
            counts = find()
            counts["messages"] = write("", None)[0]
            raise _Previewed
    except _Previewed:
        return counts


def _in_pieces(occasion: Occasion, write: Write) -> int:
    new, done, after = 0, 0, ""
    while not occasion.stopping():
        with transaction():
            added, last, seen = write(after, RECIPIENTS_AT_ONCE)
            done += seen
            occasion.progress(done, None)
        if last is None:
            break
        new, after = new + added, last
    return new
