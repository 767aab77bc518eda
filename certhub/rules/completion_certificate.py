"""What a certificate of completion says (272 CMR 5.03: with the date, the hours and the category)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from certhub.rules.training_categories import TrainingCategory


def certificate_number(year: int, enrolment_id: int, issue: int) -> str:
    """The number of a certificate, such as TC-2026-000017-1; its last part says which issue it is."""
    return f"TC-{year}-{enrolment_id:06d}-{issue}"


def certificate_facts(
    *,
    name: str,
    course: str,
    code: str,
    provider: str,
    approved: bool,
    whole: bool,
    trainers: str,
    meetings: Sequence[str],
    covers: Sequence[str],
    minutes: Mapping[TrainingCategory, int],
    completed_on: date,
    valid_through: date | None,
    score: int | None,
) -> dict[str, Any]:
    """All that is printed, as it is frozen; the same facts make no new certificate.

    `whole` is false for a part of the course; a course at one's own pace has no `meetings`.
    """
    return {
        "name": name,
        "course": course,
        "code": code,
        "provider": provider,
        "approved": approved,
        "whole": whole,
        "trainers": trainers,
        "meetings": list(meetings),
        "covers": list(covers),
        "minutes": {category.value: value for category, value in minutes.items()},
        "completed_on": completed_on.isoformat(),
        "valid_through": valid_through.isoformat() if valid_through else None,
        "score": score,
    }
