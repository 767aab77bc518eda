"""The random audit of continuing education: a draw that anybody can repeat by hand, and its outcomes.

The recipe: write the credential numbers of the population one to a line, in the order of the alphabet, and hash the
text with SHA-256. For each number hash the seed, a colon and the number. The smallest hashes are drawn.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from certhub.rules.refusal import Refusal
from certhub.rules.terms import written

PERCENT = 10
"""The share of a population that is drawn unless a number is given, rounded up."""
DAYS_TO_ANSWER = 30
LONGEST_SEED = 80

_SEED = re.compile(r"[!-9;-~]+(?: [!-9;-~]+)*")
"""Printable ASCII without a colon, single spaces inside: everybody types and hashes the same bytes."""


class CeOutcome(StrEnum):
    """How the audit of one holder ended."""

    PASSED = "passed"
    PASSED_AFTER_CORRECTION = "passed_after_correction"
    FAILED = "failed"
    EXCUSED = "excused"


OUTCOME_LABELS: dict[CeOutcome, str] = {
    CeOutcome.PASSED: "Passed",
    CeOutcome.PASSED_AFTER_CORRECTION: "Passed after correction",
    CeOutcome.FAILED: "Failed",
    CeOutcome.EXCUSED: "Excused",
}

RECIPE = """\
import csv, hashlib, sys
file, seed, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(file, encoding="utf-8-sig", newline="") as rows:
    numbers = sorted(row["number"] for row in csv.DictReader(rows))
text = "".join(number + "\\n" for number in numbers)
print("population", len(numbers), hashlib.sha256(text.encode()).hexdigest())
def place(number):
    return hashlib.sha256((seed + ":" + number).encode()).hexdigest(), number
for rank, number in enumerate(sorted(numbers, key=place)[:size], start=1):
    print(rank, number)
"""
"""What an auditor can run on any computer with Python; a test runs it, too."""


def frozen_population(numbers: Iterable[str]) -> tuple[str, ...]:
    """The population as it is kept and hashed: each number once, in the order of the alphabet."""
    return tuple(sorted(set(numbers)))


def population_hash(population: Collection[str]) -> str:
    """SHA-256 over the numbers, one to a line."""
    return hashlib.sha256("".join(f"{number}\n" for number in sorted(population)).encode()).hexdigest()


def draw(population: Collection[str], seed: str, size: int) -> tuple[str, ...]:
    """The sample in the order of the draw; the order of the population does not matter."""
    return tuple(sorted(population, key=lambda number: (_place(seed, number), number))[:size])


def sample_size(population: int, number: int | None) -> int:
    """How many are drawn: the number that was asked for, or a tenth rounded up. Raises `Refusal`."""
    if population == 0:
        raise Refusal("No renewal was approved in these days, so there is nobody to draw. Choose other days.")
    if number is None:
        return -(-population * PERCENT // 100)
    if not 1 <= number <= population:
        raise Refusal(f"Type a number from 1 to {population:,}: so many renewals are in the population.", field="size")
    return number


def require_seed(seed: str) -> str:
    """The seed, if everybody who types it gets the same bytes. Raises `Refusal`."""
    if len(seed) > LONGEST_SEED or not _SEED.fullmatch(seed):
        raise Refusal(
            f"Use at most {LONGEST_SEED} plain letters, digits and signs, no colon and no double space, "
            "so that everybody types the same.",
            field="seed",
        )
    return seed


def require_range(first: date, last: date, *, today: date) -> None:
    """Refuse days that are in the wrong order or not over: their population could still grow."""
    if last < first:
        raise Refusal("The last day cannot be before the first day.", field="decided_to")
    if last >= today:
        raise Refusal("Choose a last day before today: until it is over, more renewals can join.", field="decided_to")


def require_undrawn(before: tuple[date, date] | None) -> None:
    """Refuse days of which some were drawn from before: whoever could draw again could choose the sample."""
    if before is not None:
        raise Refusal(
            f"A sample of the days from {written(before[0])} through {written(before[1])} was drawn already. "
            "Days are drawn from once only, so that nobody can choose the sample. Choose other days.",
            field="decided_from",
        )


def due_on(drawn_on: date) -> date:
    """The last day for proofs unless DPH says otherwise."""
    return drawn_on + timedelta(days=DAYS_TO_ANSWER)


def require_due(day: date, *, today: date) -> None:
    """Refuse a due date that leaves no time."""
    if day <= today:
        raise Refusal("Choose a due date after today, so that people have time to answer.", field="due_on")


def require_outcome(outcome: CeOutcome, reason: str, *, before: CeOutcome | None) -> None:
    """Refuse an outcome that does not say why; a correction always does."""
    if not reason and (outcome is not CeOutcome.PASSED or before is not None):
        raise Refusal("Say why, in a sentence that the holder can read.", field="reason")


def require_same_as_shown(shown: int | None, standing: int | None) -> None:
    """Refuse a word on an audit that somebody else has changed since it was looked at."""
    if shown != standing:
        raise Refusal("Somebody else entered an outcome meanwhile. Look at it before you change it.")


def summary(outcomes: Sequence[CeOutcome | None]) -> dict[CeOutcome | None, int]:
    """How many holders ended in which way; None counts those who wait."""
    counted: dict[CeOutcome | None, int] = dict.fromkeys((*CeOutcome, None), 0)
    for outcome in outcomes:
        counted[outcome] += 1
    return counted


def _place(seed: str, number: str) -> str:
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
