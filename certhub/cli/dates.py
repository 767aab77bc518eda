"""Days and times as commands take them: the same ones as the pages."""

from datetime import UTC, date, datetime

import click

from certhub import clock
from certhub.rules.dates_in_use import OUTSIDE, is_in_use


class Day(click.ParamType[date]):
    """A day such as 2026-07-31."""

    name = "DATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day; refuse one that nobody can mean."""
        if isinstance(value, date):
            return value
        try:
            found = datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            self.fail(f"{value!r} is not a day; write it like 2026-07-31.", param, ctx)
        if not is_in_use(found):
            self.fail(f"{value!r} is too far away. {OUTSIDE}", param, ctx)
        return found


class Instant(click.ParamType[datetime]):
    """A day and time; without a zone it is Massachusetts time."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read an ISO instant such as 2026-07-31T16:30 or 2026-07-31T20:30Z."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time; write it like 2026-07-31T16:30 or 2026-07-31T20:30Z.", param, ctx)
        if not is_in_use(found.date()):
            self.fail(f"{value!r} is too far away. {OUTSIDE}", param, ctx)
        return (found if found.tzinfo else found.replace(tzinfo=clock.AGENCY_ZONE)).astimezone(UTC)


COMMANDS: list[click.Command] = []
