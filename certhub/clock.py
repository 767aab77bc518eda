"""The only clock of the application: instants in UTC, days in the agency's zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AGENCY_ZONE = ZoneInfo("America/New_York")
"""Massachusetts civil time; every date that a person sees is a date there."""


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's civil date in the agency's zone."""
    return civil_date(now())


def civil_date(instant: datetime) -> date:
    """The agency's civil date at `instant`: a submission at 23:59 in Boston belongs to that day."""
    return instant.astimezone(AGENCY_ZONE).date()


def end_of(day: date) -> datetime:
    """The instant with which a civil day ends."""
    return datetime.combine(day + timedelta(days=1), time(), AGENCY_ZONE).astimezone(UTC)
