"""Tell of assignments that a broken link exposes."""

from certhub import clock
from certhub.jobs.letters import written
from certhub.jobs.registry import Counts, Occasion, job
from certhub.services import exposure_letters


@job("exposures", schedule="20 6 * * *")
def tell(occasion: Occasion) -> Counts:
    """Find the assignments that a broken link exposes, and put one letter per recipient into the outbox."""

    def write(after: str, limit: int | None) -> tuple[int, str | None, int]:
        recipients = exposure_letters.waiting_recipients(after, limit)
        if not recipients:
            return 0, None, 0
        new = exposure_letters.enqueue_letters(
            recipients, occasion.day, base_url=occasion.settings.base_url, at=clock.now()
        )
        return new, recipients[-1], len(recipients)

    counts = written(occasion, lambda: exposure_letters.plan(occasion.day, at=clock.now()), write)
    return {name: number for name, number in counts.items() if number}
