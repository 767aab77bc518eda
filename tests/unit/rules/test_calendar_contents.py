"""What somebody's private calendar holds, in words."""

from dataclasses import dataclass

import pytest

from certhub.rules.calendar_contents import contents_in_words
from certhub.rules.vocabulary import Role


@dataclass
class Reader:
    role: Role
    id: int = 1
    party_id: int | None = 1


@pytest.mark.parametrize(
    ("role", "meetings", "sessions", "due", "joins"),
    [
        (Role.COORDINATOR, "State meetings for your region", "in which you have a seat", "falls due for you", True),
        (Role.VENDOR_HR, "All state meetings", "in which your people have a seat", "without names", False),
        (Role.TRAINING_PROVIDER, "", "Training sessions of your program", "for your organization", True),
        (Role.DPH_ADMINISTRATOR, "All state meetings", "All training sessions", "Applications that you review", True),
        (Role.DPH_REVIEWER, "All state meetings", "", "Applications that you review", False),
        (Role.FUND_MANAGER, "All state meetings", "", "Invoices of vendors", False),
        (Role.AUDITOR, "All state meetings", "", "", False),
        (Role.PRACTICE_MANAGER, "", "", "for your organization", False),
    ],
)
def test_each_role_reads_what_its_calendar_tells_and_whether_it_opens_the_way_into_a_session(
    role: Role, meetings: str, sessions: str, due: str, *, joins: bool
) -> None:
    told = contents_in_words(Reader(role))
    assert len(told) == bool(meetings) + bool(sessions) + bool(due)
    assert all(words in " ".join(told) for words in (meetings, sessions, due))
    of_sessions = [one for one in told if "raining sessions" in one]
    assert any("link to join online" in one for one in of_sessions) is joins
    assert all("link to join online" in one for one in told if "tate meetings" in one)
