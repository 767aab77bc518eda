"""What organizations file after each month, quarter or year, as the standards ask for it (`services.filing_dues`).

Left out is what is filed in another way and told already: caseload reports, Uniform Financial Reports, and answers to
corrective action. A notice of a change has no day that CertHub could know before it comes.
"""

from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal
from sqlalchemy.orm import aliased

from certhub.models.certification import Evidence
from certhub.models.messages import Obligation
from certhub.models.submittals import FilingDue
from certhub.queries.credential_status import is_authorized, status_column
from certhub.queries.obligation_sources.papers import is_with_department, relied_on, taken_back
from certhub.queries.obligation_sources.source import (
    CORRECTED,
    Address,
    DueItem,
    Falling,
    Source,
    falling,
    of_subject,
    reasons,
)
from certhub.queries.standing import CREDENTIAL_ENDED, ended, is_over
from certhub.rules.due_words import DueWords
from certhub.rules.filing_periods import period_in_words
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.vocabulary import SubjectType

FILED = "it was filed"
WITH_DEPARTMENT = "it was filed, and DPH has not looked at it yet"
NOT_IN_FORCE = "the credential is not in force at present"

_SEPARATOR = "|"
_PAPER, _DUE = aliased(Evidence), aliased(FilingDue)


def _falls_due(day: date, floor: date) -> Falling:
    row = FilingDue
    return falling(row.id, row.party_id, row.due_on).where(
        row.put_aside_because.is_(None),
        row.due_on >= floor,
        ~exists().where(_of_period(row), relied_on(_PAPER)),
        ~_is_over(day, row),
    )


def _of_period(row: type[FilingDue]) -> ColumnElement[bool]:
    """Condition that `_PAPER` is what was filed for the period, and was not taken back."""
    paper = _PAPER
    return and_(
        paper.party_id == row.party_id,
        paper.requirement_code == row.requirement_code,
        paper.value["period_end"].as_string() == cast(row.period_to, String),
        paper.withdrawn.is_(False),
        ~taken_back(paper),
    )


def _is_over(day: date, row: type[FilingDue]) -> ColumnElement[bool]:
    return ended(day, row.credential_id) | is_over(day, row.party_id)


def _settled(day: date) -> ColumnElement[str | None]:
    row = _DUE
    its = row.id == Obligation.subject_id
    return func.coalesce(
        reasons((exists().where(its, _of_period(row), relied_on(_PAPER)), FILED)),
        of_subject(FilingDue.put_aside_because, FilingDue.id),
        reasons(
            (exists().where(its, _is_over(day, row)), CREDENTIAL_ENDED),
            (exists().where(its, row.due_on != Obligation.due_on), CORRECTED),
        ),
    )


def _waits_because(day: date) -> ColumnElement[str | None]:
    row = _DUE
    its = row.id == Obligation.subject_id
    in_force = is_authorized(status_column(row.credential_id, as_of=day))
    return reasons(
        (exists().where(its, _of_period(row), is_with_department(_PAPER)), WITH_DEPARTMENT),
        (exists().where(its, ~in_force), NOT_IN_FORCE),
    )


def _in_words(told: str) -> str:
    what, first, last = told.rsplit(_SEPARATOR, 2)
    return f"{what} of {period_in_words(date.fromisoformat(first), date.fromisoformat(last))}"


def _page(item: DueItem) -> Address:
    """The credential, with what is asked for between renewals and the forms for it."""
    return "credentials.show", {"credential_id": item.page_id or 0}


SOURCES = (
    Source(
        kind=ObligationKind.FILING,
        falls_due=_falls_due,
        rests_on=FilingDue,
        settled=_settled,
        waits_because=_waits_because,
        what=lambda: of_subject(FilingDue.requirement_code, FilingDue.id),
        thing=lambda: of_subject(
            FilingDue.what
            + literal(_SEPARATOR, String)
            + cast(FilingDue.period_from, String)
            + literal(_SEPARATOR, String)
            + cast(FilingDue.period_to, String),
            FilingDue.id,
        ),
        thing_in_words=_in_words,
        words=DueWords(
            noun="filing",
            ahead="When the period is over, send it to DPH. Then enter the last day of the period and the day on which "
            "you sent it, at this link.",
            past="Send it to DPH now. Then enter the last day of the period and the day on which you sent it, at this "
            "link.",
            for_office="Ask the organization for it.",
        ),
        page=_page,
        page_id=lambda: of_subject(FilingDue.credential_id, FilingDue.id),
        concerns=frozenset({Audience.ORGANIZATION, Audience.DPH}),
        holders=frozenset({SubjectType.VENDOR, SubjectType.PRACTICE, SubjectType.TRAINING_PROGRAM}),
    ),
)
