"""Work that somebody asked for on a page: taken up piece by piece, told as it goes on, ended or given up in words.

When a piece was begun is the token of the run that does it: who finds another instant there has been overtaken by
another run, or by somebody who ended it and asked anew, and leaves the piece as it is.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVar

from certhub.jobs.registry import Counts, Occasion
from certhub.rules.refusal import Refusal


class EndedMeanwhile(Exception):
    """Whoever asked for a piece of work ended it on its page: the worker leaves it as it finds it."""


class TakenOver(EndedMeanwhile):
    """Another run has begun the same piece of work since: it does all of it, and this run leaves it alone."""


class Stopped(Exception):
    """The worker has to stop in the middle of a piece: the next run begins it anew, unless it was cancelled."""


class Endings(NamedTuple):
    """What whoever asked reads where a piece of work came to no good end."""

    died: str
    """Its workers ended in the middle of it, again and again."""
    ended: str
    """Somebody cancelled the run that was at it."""
    failed: str


@dataclass(slots=True)
class Hold:
    """A piece of work as this run found it, or has begun it."""

    number: int
    since: datetime | None
    """When it was begun: by whoever left it in the middle, and then by this run."""
    endings: Endings

    @property
    def begun(self) -> bool:
        """Whether somebody has begun it."""
        return self.since is not None


class Pieces:
    """How far a run is with all that was asked for: what it is through with, and the piece that it is at."""

    def __init__(self, occasion: Occasion) -> None:
        self._occasion = occasion
        self._before = self._done = 0
        self.worked_on = 0

    def tell(self, done: int, total: int | None) -> None:
        """How far the piece at hand is; inside the transaction of the work."""
        self._done = done
        self._occasion.progress(self._before + done, self._before + total if total else None)

    def show(self, done: int, total: int) -> None:
        """The same for a terminal only, in the middle of a long transaction."""
        self._occasion.shown(self._before + done, self._before + total)

    def go_on(self) -> None:
        """Raises `Stopped` where the worker has to stop here."""
        if self._occasion.stopping():
            raise Stopped

    def through(self) -> None:
        """The piece at hand has ended, one way or the other; it counts as one where it told nothing."""
        self._before += max(self._done, 1)
        self._done = 0
        self.worked_on += 1
        self._occasion.progress(self._before, self._before)


H = TypeVar("H", bound=Hold)


def work_off_asked(
    occasion: Occasion,
    *,
    next_one: Callable[[Collection[int]], H | None],
    do: Callable[[H, Pieces], None],
    give_up: Callable[[H, str], None],
) -> Counts:
    """Take up one piece after the other until nothing waits or the run has to stop.

    `next_one` names the piece that waits longest, but for those with the given numbers, which other runs are at; `do`
    does it to its end, with `Pieces.go_on` wherever it can be left. `give_up` ends it with a sentence for whoever
    asked, unless somebody else has it by now.
    """
    pieces, overtaken = Pieces(occasion), set[int]()
    while not occasion.stopping() and (hold := next_one(overtaken)) is not None:
        if occasion.dry_run:
            return {"would work on": 1}
        try:
            if hold.begun and occasion.gives_up(pieces.worked_on):
                give_up(hold, hold.endings.died)
            else:
                do(hold, pieces)
        except Stopped:
            if occasion.cancelled():
                give_up(hold, hold.endings.ended)
            break
        except TakenOver:
            overtaken.add(hold.number)
            continue
        except EndedMeanwhile:
            pass
        except Refusal as refusal:
            give_up(hold, refusal.message)
        except Exception:
            give_up(hold, hold.endings.failed)
            raise
        pieces.through()
    return {"worked on": pieces.worked_on} if pieces.worked_on else {}
