"""How a kind of due date is told of in a message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DueWords:
    """What is due, and what its reader does before the day and after it."""

    noun: str
    """As it follows "Your": "Your credential CC-CORE ..."."""
    ahead: str
    past: str
    for_office: str = "Look at the record, and speak to the organization if nothing has come in."
    """What DPH does that follows up; empty where DPH itself is to act, and reads the words above."""
    fund_acts: bool = False
    """Whether fund managers are the ones who act, and do not only follow up."""
    ends: bool = False
    """Whether something ends on the day; otherwise somebody asked for it by then."""
    happens: bool = False
    """Whether something takes place on the day."""
