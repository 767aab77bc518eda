"""When a job that failed is tried again, and when somebody should look at the jobs."""

from datetime import timedelta

_PAUSES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
"""After the first failure, the second, and each further one (program default)."""

FAILURES_TOLD = 2
"""So many failures in a row are told to whoever watches the installation: one may be a hiccup, and is tried again."""

LATE_AFTER = timedelta(minutes=30)
"""A job that should have begun longer ago is told as well (program default)."""

LATE_BEHIND_OTHERS = timedelta(hours=2)
"""So late a job is told even while the worker does other work: an import takes some minutes (program default)."""

SILENT_FOR = timedelta(minutes=15)
"""How long a run may give no sign of life: longer than any piece of work takes. One that goes on after all says so."""


def pause_after(failures: int) -> timedelta:
    """How long after so many failures in a row a job is tried again, unless its schedule has it earlier."""
    return _PAUSES[min(failures, len(_PAUSES)) - 1]


LONGEST_PAUSE = _PAUSES[-1]
"""How long a job waits that ended its process several times."""

DEATHS_BORNE = 4
"""So many runs in a row that ended with their process make the job wait: it may be what ends it (program default)."""

ALONE_AFTER = 2
"""After so many the job is run while no other is, so that it takes no other down with it (program default)."""

BEGINNINGS_BORNE = 3
"""A piece of work at which so many runs in a row died is given up, and the others go on (program default)."""

ABANDONED = "The worker stopped before this run ended."
NO_SIGN_OF_LIFE = "The process that ran it gave no sign of life any more."
DEATHS = (ABANDONED, NO_SIGN_OF_LIFE)
"""What the rows of runs say whose process died, or was killed; one that was asked to end says something else."""
