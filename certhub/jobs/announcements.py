"""Write the letters about a new version of a standard, an order of the Board or a state meeting, once somebody asks."""

from certhub import clock
from certhub.jobs.letters import written
from certhub.jobs.registry import Counts, Occasion, job
from certhub.queries import announcements
from certhub.services import announcements as service


@job("announcements", schedule="* * * * *")
def write(occasion: Occasion) -> Counts:
    """Write the letters that somebody asked for about a standard, an order or a meeting, some recipients at a time."""
    messages = 0
    while not occasion.stopping() and (number := announcements.next_one()) is not None:

        def some(_after: str, limit: int | None, number: int = number) -> tuple[int, str | None, int]:
            return service.write(number, limit=limit, base_url=occasion.settings.base_url, at=clock.now())

        counts = written(occasion, dict, some)
        messages += counts["messages"]
        if occasion.dry_run:
            break
    return {"messages": messages} if messages else {}
