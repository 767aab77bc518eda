"""Keep the database's own figures about its tables fresh."""

from certhub.database import looks_only_when_asked, refresh_statistics
from certhub.jobs.registry import Counts, Occasion, job


@job("table-statistics", schedule="0 4 * * *")
def refresh(occasion: Occasion) -> Counts:
    """Let SQLite look at how its tables are filled, so that lists stay fast; PostgreSQL does so by itself."""
    if occasion.dry_run:
        return {"would refresh": 1} if looks_only_when_asked() else {}
    return {"refreshed": 1} if refresh_statistics() else {}
