"""Planning asks the database as often for many people as for few."""

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta

from flask import Flask

from certhub.database import transaction
from certhub.services import obligations, reminders
from tests.factories import make_coordinator
from tests.integration.parties.browsing import statements_of
from tests.integration.reminders.arranging import POLICIES, a_credential, a_licence, instant, watch_from

DUE = date(2027, 6, 30)
TODAY = DUE - timedelta(days=30)


class UndoneError(Exception):
    """What was planned is taken back, so that it can be planned anew."""


def planning() -> tuple[Counter[str], list[str]]:
    """What planning the day enters, and the statements that it takes."""
    counts: Counter[str] = Counter()

    def plan() -> None:
        with suppress(UndoneError), transaction():
            at = instant(TODAY)
            counts.update(obligations.derive(TODAY, policies=POLICIES, at=at))
            counts.update(reminders.plan(TODAY, policies=POLICIES, at=at))
            raise UndoneError

    return counts, statements_of(plan)


def people(first: int, last: int) -> None:
    for number in range(first, last):
        person = make_coordinator(f"Person {number:03d}")
        a_credential(person, DUE)
        a_licence(person, DUE, f"RN{number:06d}")


def test_planning_takes_as_many_statements_for_fifty_people_as_for_five(app: Flask) -> None:
    watch_from(DUE - timedelta(days=200))
    people(0, 5)
    few, for_few = planning()
    people(5, 50)
    many, for_many = planning()

    assert few["opened"] == 2 * 5, "a credential and a licence of each"
    assert (many["opened"], many["entered"], many["notices"]) == tuple(
        10 * few[name] for name in ("opened", "entered", "notices")
    )
    assert few["notices"]
    assert len(for_many) == len(for_few)
