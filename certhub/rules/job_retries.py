"""When a job that failed is tried again, and when somebody should look at the jobs."""

from datetime import timedelta

_PAUSES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
"""After the first failure, the second, and each further one (program default)."""

FAILURES_TOLD = 2
"""So many failures in a row are told to whoever watches the installation: one may be a hiccup, and is tried again."""

LATE_AFTER = timedelta(minutes=30)
"""A job that should have begun longer ago is told as well (program default)."""


def pause_after(failures: int) -> timedelta:
    """How long after so many failures in a row a job is tried again, unless its schedule has it earlier."""
    return _PAUSES[min(failures, len(_PAUSES)) - 1]


LONGEST_PAUSE = _PAUSES[-1]
"""How long a job waits that ended its process several times."""
