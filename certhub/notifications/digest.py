"""The words of a digest: for each date what it is, why the reader hears of it, and what to do."""

from dataclasses import dataclass
from datetime import date

from certhub.notifications.rendering import counted
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience
from certhub.rules.terms import written


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a digest."""

    title: str
    when: str
    why: str
    todo: str
    address: str
    """Where its reader acts on it; empty for somebody who has no account."""
    note: str = ""
    """A sentence of DPH in front of it."""
    alone: bool = False
    """Whether it is a message of its own, beside that of the day."""


_WHY = {
    Audience.HOLDER: "You get this because it is your own {noun}.",
    Audience.EMPLOYER: "You get this because {name} works for your organization.",
    Audience.ORGANIZATION: "You get this because you act for {name}.",
    Audience.PAYER: "You get this because the notices of {name} go to this address.",
    Audience.REVIEWER: "You get this because you review it.",
    Audience.FUND: "You get this because you manage the fund.",
    Audience.DPH: "You get this because DPH follows up.",
}

_STAYS = "The date on it is {due}. The renewal was filed in time, so it stays in force until DPH decides."
_TODO_RETURNED = "DPH has returned the renewal. Correct what DPH asks for, and send it in again."


def line(
    *,
    words: DueWords,
    name: str,
    what: str,
    due_on: date,
    audience: Audience,
    today: date,
    address: str,
    stays_in_force: bool = False,
    note: str = "",
    alone: bool = False,
) -> Line:
    """The words for one due date.

    `stays_in_force` says that the renewal was filed in time and returned: nothing ends on the due date then.
    `note` is a sentence of DPH that comes first, `alone` says that it goes as a message of its own.
    """
    noun = words.noun
    subject = f"Your {noun} {what}" if audience is Audience.HOLDER else f"{name}: {noun} {what}"
    ahead, past = words.ahead, words.past
    left = (due_on - today).days
    if stays_in_force:
        ahead = past = _TODO_RETURNED
    todo = words.for_office if _follows_up(words, audience) else ahead if left >= 0 else past
    return Line(
        title=subject.strip(),
        when=_STAYS.format(due=written(due_on)) if stays_in_force else _when(words, due_on, left),
        why=_WHY[audience].format(noun=noun, name=name),
        todo=todo,
        address=address,
        note=note,
        alone=alone,
    )


def _follows_up(words: DueWords, audience: Audience) -> bool:
    return audience is Audience.DPH or (audience is Audience.FUND and not words.fund_acts)


def departure(*, name: str, ended_on: date | None, address: str) -> Line:
    """The words that tell an employer once that reminders for somebody who left have stopped."""
    return Line(
        title=f"{name} no longer works for your organization",
        when=f"The last day of work was {written(ended_on)}." if ended_on else "The employment has ended.",
        why="You get this once, because CertHub has stopped the reminders for this person.",
        todo="You do not need to do anything. If the person still works for you, correct the end of the employment.",
        address=address,
    )


def _when(words: DueWords, due_on: date, left: int) -> str:
    if words.happens:
        return _takes_place(due_on, left)
    if not words.ends:
        if left == 0:
            return f"It is due today, {written(due_on)}."
        if left > 0:
            return f"It is due on {written(due_on)}, in {counted(left, 'day')}."
        return f"It was due on {written(due_on)}, {counted(-left, 'day')} ago."
    if left == 0:
        return f"It ends today, {written(due_on)}. It is valid through the end of the day."
    if left > 0:
        return f"It ends on {written(due_on)}, in {counted(left, 'day')}."
    return f"It ended on {written(due_on)}, {counted(-left, 'day')} ago."


def _takes_place(due_on: date, left: int) -> str:
    if left == 0:
        return f"It takes place today, {written(due_on)}."
    if left > 0:
        return f"It takes place on {written(due_on)}, in {counted(left, 'day')}."
    return f"It was planned for {written(due_on)}, {counted(-left, 'day')} ago."
