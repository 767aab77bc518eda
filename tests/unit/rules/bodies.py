"""Standards of other bodies, and holders who renew under them."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from certhub.rules.dossier import CompletionItem, Dossier, Occasion
from certhub.rules.evaluation import Evaluation
from certhub.rules.findings import Finding
from certhub.rules.standard import Standard
from certhub.rules.standard_definition import parse_standard
from certhub.rules.vocabulary import ApplicationKind
from tests.unit.rules.requirement_builders import subject

RENEWING = ["renewal", "reinstatement"]


def standard(terms: Mapping[str, Any], *requirements: dict[str, Any], code: str = "XX-BODY") -> Standard:
    """A standard of the terms and requirements, read as it would be from a file."""
    common = {"title": "T", "plain_text": "Do it.", "severity": "critical", "citation": "See the body's rules"}
    return parse_standard(
        {
            "code": code, "version": 1, "subject_type": "coordinator", "title": "T", "citation": "See the body's rules",
            "terms": dict(terms), "requirements": [common | one for one in requirements],
        },
        "worked case",
    )  # fmt: skip


def hours(minimum: float, months: int, code: str = "XX-CE", **params: Any) -> dict[str, Any]:
    """Continuing education in the months before the expiry."""
    asked = {"min": minimum, "window_months": months, "anchor": "expiry", **params}
    return {"code": code, "kind": "hours", "stages": RENEWING, "params": asked}


def renewal(
    term: tuple[date, date], *, filed_on: date | None = None, kind: ApplicationKind = ApplicationKind.RENEWAL
) -> Occasion:
    """The renewal of a term, judged on the day of its filing; on the last day where none is given."""
    first, last = term
    day = filed_on or last
    return Occasion(day, kind, last + timedelta(days=1), last + timedelta(days=730), first, last, day)


def found(one: Evaluation, code: str = "XX-CE") -> Finding:
    finding = one.finding(code)
    assert finding is not None
    return finding


def learned(*activities: tuple[date, str, str], since: str = "") -> Dossier:
    """Completions as (day, hours, category), of somebody first certified on `since`."""
    completions = tuple(
        CompletionItem(number, f"Course {number}", on, Decimal(time), category)
        for number, (on, time, category) in enumerate(activities, start=1)
    )
    return subject(completions=completions, facts={"first_granted_on": since} if since else {})
