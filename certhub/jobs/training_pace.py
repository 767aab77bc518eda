"""Look whose continuing education is short of its pace before a renewal."""

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, Occasion, job
from certhub.queries import training_hours
from certhub.queries.training_hours import LOOKED_THROUGH, HoursFilters
from certhub.rules.permissions import OPERATOR
from certhub.rules.training_pace import LOOKED_AT_DAYS
from certhub.services import training_pace

T = TypeVar("T")


@job("training-pace", schedule="15 5 * * *")
def look(occasion: Occasion) -> Counts:
    """Note who lacks hours that should be there by now; the reminders of the day tell them."""
    filters, began = HoursFilters(ends_within=LOOKED_AT_DAYS), clock.now()
    total = training_hours.count(OPERATOR, filters, as_of=occasion.day)
    if occasion.dry_run:
        return {"would look at": total}
    looked = behind = 0
    for some in _pieces(training_hours.whole(OPERATOR, filters, as_of=occasion.day)):
        if occasion.stopping():
            return {"looked at": looked, "behind": behind}
        with transaction():
            behind += training_pace.note(some, as_of=occasion.day, at=clock.now())
            looked += len(some)
            occasion.progress(looked, total)
    with transaction():
        training_pace.forget_unseen(began)
    return {"looked at": looked, "behind": behind}


def _pieces(rows: Iterator[T]) -> Iterator[list[T]]:
    while some := list(islice(rows, LOOKED_THROUGH)):
        yield some
