"""Courses of the catalogue: how they are given, what tells one from another, and when their training is approved.

Sources: 272 CMR 5.00 and 7.03 (approved training programs; training counts that an approved program gives); the ten
core competencies of the Board of Certification of Community Health Workers; the National Care Coordination Standards
(2020).
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from certhub.rules.findings import listed
from certhub.rules.refusal import Refusal
from certhub.rules.status import AUTHORIZED_STATUSES
from certhub.rules.terms import add_months
from certhub.rules.training_categories import COMPETENCIES, NCCS_DOMAINS
from certhub.rules.training_entry import course_code_of
from certhub.rules.vocabulary import CredentialStatus


class Delivery(StrEnum):
    """How a course is given."""

    IN_PERSON = "in_person"
    LIVE_ONLINE = "live_online"
    SELF_PACED = "self_paced"


DELIVERY_LABELS: Mapping[Delivery, str] = {
    Delivery.IN_PERSON: "In person",
    Delivery.LIVE_ONLINE: "Live online",
    Delivery.SELF_PACED: "At one's own pace",
}

TAGS: Mapping[str, str] = {**COMPETENCIES, **NCCS_DOMAINS}
"""What a course can be mapped to: the ten core competencies and the six domains, by id."""

DPH_AS_PROVIDER = "Massachusetts Department of Public Health"
"""Who gives a course that belongs to no training program."""

_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]*")
_LONGEST_CODE = 40


def require_course_code(typed: str) -> str:
    """The code under which a course is known everywhere: "pccc - m1" is PCCC-M1."""
    code = course_code_of(typed)
    if code is None:
        raise Refusal("Enter a code, such as PCCC-M1. Standards and files of other systems name the course by it.",
                      field="code")  # fmt: skip
    if len(code) > _LONGEST_CODE or not _CODE.fullmatch(code):
        raise Refusal("Use letters, digits, dots, slashes and hyphens only, at most 40, such as PCCC-M1.", field="code")
    return code


def require_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """The competencies and domains that a course covers, in the order of their lists."""
    given = set(tags)
    return tuple(tag for tag in TAGS if tag in given)


def require_offered(first: date, last: date | None) -> None:
    """The days on which a course is offered must be in order."""
    if last is not None and last < first:
        raise Refusal("The last day cannot be before the first day.", field="offered_until")


def is_offered(first: date, last: date | None, on: date) -> bool:
    """Whether a session of the course may be held on a day."""
    return first <= on and (last is None or on <= last)


def is_approved_provider(status: CredentialStatus | None) -> bool:
    """Whether training of a program counts as approved on a day on which its credential has this status.

    272 CMR 7.03: approved training programs in full standing or, unless its notice says otherwise, with a warning,
    which is the status probation here. DPH's own courses have no program and are approved.
    """
    return status in AUTHORIZED_STATUSES


def missing_prerequisites(
    needed: Collection[tuple[str, int | None]], finished: Iterable[tuple[str | None, date]], *, on: date
) -> tuple[str, ...]:
    """The codes of courses that somebody has to finish before, in order.

    `needed` are codes with the months for which a completion stays valid (None: for good); `finished` the codes and
    days of what the person has completed.
    """
    latest: dict[str, date] = {}
    for code, day in finished:
        if code is not None and day <= on:
            latest[code] = max(day, latest.get(code, day))
    return tuple(
        code
        for code, months in sorted(needed)
        if code not in latest or (months is not None and add_months(latest[code], months) < on)
    )


def prerequisites_sentence(codes: Collection[str]) -> str:
    """What somebody is told who has not finished a course that is needed before."""
    return f"Needs {listed(list(codes))} first."


def valid_through(completed_on: date, months: int | None) -> date | None:
    """The last day on which a completion is valid; None where it does not end."""
    return None if months is None else add_months(completed_on, months)


def require_external(system: str, course_id: str, affiliate: str) -> None:
    """A course of another system is named by the system and the course's number there."""
    if course_id and not system:
        raise Refusal("Say in which system the course has this number, such as TRAIN.", field="external_system")
    if (system or affiliate) and not course_id:
        raise Refusal("Enter the course's number in that system, or leave all three empty.", field="external_course_id")


def course_hours(minutes: Iterable[int]) -> Decimal:
    """The contact hours of all categories together."""
    return Decimal(sum(minutes)) / 60
