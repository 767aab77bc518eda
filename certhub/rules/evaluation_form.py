"""The form on which participants say what they thought of a session, and what its summary may show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from certhub.rules.refusal import Refusal

STATEMENTS: Mapping[str, str] = {
    "useful": "I can use what I learned in my work.",
    "clear": "The trainer explained things clearly.",
    "families": "The session showed the view of families.",
    "welcome": "Everybody could take part, whatever their language or needs.",
    "recommend": "I would recommend this session to a colleague.",
}
"""What is asked, in the order of the form (program default)."""

IN_SHORT: Mapping[str, str] = {
    "useful": "Useful in my work",
    "clear": "Explained clearly",
    "families": "The view of families",
    "welcome": "Everybody could take part",
    "recommend": "Would recommend it",
}
"""The same beside a bar."""

AGREES = 4
"""From this answer on somebody agrees: mostly or fully."""
SCALE: Mapping[int, str] = {1: "Not at all", 2: "A little", 3: "Partly", 4: "Mostly", 5: "Fully"}
LEAST_FORMS = 3
"""Fewer forms are not summed up: whoever knows who came could tell who thought what."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How many chose each answer to one statement, lowest first, how many agree, and the mean."""

    statement: str
    in_short: str
    counts: tuple[int, ...]
    agree: int
    mean: float


def require_answers(answers: Mapping[str, int]) -> None:
    """Refuse a form with a statement left out or an answer that is not on the scale."""
    for name in STATEMENTS:
        if answers.get(name) not in SCALE:
            raise Refusal("Choose an answer.", field=name)


def summed_up(forms: Iterable[Mapping[str, int]]) -> tuple[Summary, ...]:
    """The summary for each statement; none while there are fewer forms than `LEAST_FORMS`."""
    sent = list(forms)
    if len(sent) < LEAST_FORMS:
        return ()
    return tuple(
        Summary(
            text,
            IN_SHORT[name],
            tuple(sum(form[name] == answer for form in sent) for answer in SCALE),
            sum(form[name] >= AGREES for form in sent),
            sum(form[name] for form in sent) / len(sent),
        )
        for name, text in STATEMENTS.items()
    )
