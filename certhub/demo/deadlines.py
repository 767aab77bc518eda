"""What somebody is to be told of at once, so that the first run of the worker can be seen to remind people."""

from datetime import date, timedelta

from certhub.demo import faults
from certhub.demo.office import Office
from certhub.rules.business_days import is_business_day
from certhub.rules.terms import ONE_DAY

REMINDED = "Michael D'Angelo"
"""The educator whose license ends thirty days after the last office day: the reminder goes out on the demo's day.

An educator's license ends five years after it was issued, so that any day of the year is plausible.
"""
_DAYS_BEFORE = 30


def last_office_day(today: date) -> date:
    """`today`, or the last day before it on which state offices were open: no reminder goes out in between."""
    while not is_business_day(today):
        today -= ONE_DAY
    return today


def licence_end(office: Office, name: str) -> date | None:
    """The day on which a licence ends that is part of a story; None where the birthday decides."""
    if name == REMINDED:
        return last_office_day(office.today) + timedelta(days=_DAYS_BEFORE)
    return faults.licence_end(office, name)
