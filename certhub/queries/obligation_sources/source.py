"""What a source of due dates answers. A kind of due date is one `Source`, beside the records that it is read from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    exists,
    literal,
    null,
    select,
)
from sqlalchemy.orm import aliased

from certhub.models.base import Base
from certhub.models.messages import Obligation
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, Bundling, ObligationKind
from certhub.rules.vocabulary import SubjectType

RENEWED = "already renewed"
MOVED = "an order of the Board moved the date"
CORRECTED = "the date was corrected"

Falling = Select[*tuple[Any, ...]]
"""What falls due: subject_id, party_id, payer_id, due_on; each subject and day once."""

Address = tuple[str, dict[str, int]]
"""An endpoint, and what its address says."""


@dataclass(frozen=True, slots=True)
class DueItem:
    """One due date as a reader is told of it."""

    notice_id: int
    kind: ObligationKind
    subject_id: int
    party_id: int | None
    party_kind: SubjectType | None
    party_name: str
    what: str
    due_on: date
    audience: Audience
    stays_in_force: bool = False
    page_id: int | None = None
    """What its page is found by, where that is neither the subject nor the party."""
    payer_id: int | None = None
    bundling: Bundling = Bundling.DIGEST


def of_the_party(item: DueItem) -> Address:
    """The page of whoever the date belongs to."""
    area = "coordinators" if item.party_kind is SubjectType.COORDINATOR else "organizations"
    return f"{area}.show", {"party_id": item.party_id or 0}


def as_they_are(text: str) -> str:
    """A word from the records that is told as it is."""
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One kind of due date: which rows fall due, when one needs nobody any more, and how people are told of it."""

    kind: ObligationKind
    falls_due: Callable[[date, date], Falling]
    """What falls due as things stand on a day, not before another."""
    settled: Callable[[date], ColumnElement[str | None]]
    """Why an obligation of this kind needs nobody any more; NULL while it does. Of a row of `Obligation`."""
    words: DueWords
    concerns: frozenset[Audience]
    """Who can be told of it at all: a policy chooses among them."""
    what: Callable[[], SQLColumnExpression[Any]] | None = None
    """What exactly is due, such as a number; of a row of `Obligation`."""
    thing: Callable[[], SQLColumnExpression[Any]] | None = None
    """A word of the records that goes with it, put into words by `thing_in_words`."""
    thing_in_words: Callable[[str], str] = as_they_are
    heir: Callable[[], SQLColumnExpression[Any]] | None = None
    """The row that stands in the place of the subject with the same date, such as after a correction; NULL where the
    subject stands itself, or nothing does. Of a row of `Obligation`."""
    waits_because: Callable[[date], ColumnElement[str | None]] | None = None
    """Why nobody is reminded at present although it is open; NULL where somebody is."""
    page: Callable[[DueItem], Address] = of_the_party
    """Where its reader acts on it."""
    page_id: Callable[[], SQLColumnExpression[Any]] | None = None
    office: Callable[[], SQLColumnExpression[Any]] | None = None
    """Whose work at DPH it is: the number of an account, NULL where it is nobody's in particular."""
    rests_on: type[Base] | None = None
    """A table without whose rows nothing falls due: days are written out in the statement, which is dear to make."""
    in_calendar: bool = True
    """Whether it is an event of the calendar feed; false for what is an event there anyway."""
    stops_when_left: bool = True
    """Whether reminders of a coordinator's date stop when the employment ends."""
    holders: frozenset[SubjectType] = frozenset({SubjectType.VENDOR})
    """What kind of party it can belong to."""

    @property
    def stops_at_death(self) -> bool:
        """Whether nobody is told any more once the person has died: what only DPH acts on still waits for it."""
        return bool(self.concerns & {Audience.HOLDER, Audience.EMPLOYER})


def falling(
    subject_id: SQLColumnExpression[Any],
    party_id: SQLColumnExpression[Any] | None,
    due_on: SQLColumnExpression[Any],
    *,
    payer_id: SQLColumnExpression[Any] | None = None,
) -> Falling:
    """The beginning of a SELECT of what falls due."""
    nobody = null().cast(Integer)
    return select(
        subject_id.label("subject_id"),
        (nobody if party_id is None else party_id).label("party_id"),
        (nobody if payer_id is None else payer_id).label("payer_id"),
        due_on.label("due_on"),
    )


def of_subject(value: SQLColumnExpression[Any], row_id: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """A value of the row that an obligation is about."""
    return select(value).where(row_id == Obligation.subject_id).correlate(Obligation).scalar_subquery()


def reasons(*whens: tuple[ColumnElement[bool], str]) -> ColumnElement[str | None]:
    """The first reason whose condition holds; NULL where none does."""
    return case(*((condition, literal(words, String)) for condition, words in whens), else_=null())


def carried_on(heir: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """Whether an obligation goes on with the row that took its subject's place, and that has none of its own."""
    own = aliased(Obligation)
    taken = exists().where(
        own.kind == Obligation.kind, own.subject_id == heir, own.due_on == Obligation.due_on
    )  # fmt: skip
    return and_(heir.is_not(None), ~taken.correlate(Obligation))
