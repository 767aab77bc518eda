"""Papers that expire: documents with a last day, and background checks that are due again."""

from datetime import date

from sqlalchemy import ColumnElement, String, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from certhub.models.certification import Evidence
from certhub.models.messages import Obligation
from certhub.models.submittals import Submittal
from certhub.queries import submittals
from certhub.queries.obligation_sources.source import (
    Address,
    DueItem,
    Falling,
    Source,
    falling,
    of_subject,
    of_the_party,
    reasons,
)
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.requirement_kinds.papers import document_name
from certhub.rules.vocabulary import SubjectType

HANDED_IN = "a newer one is with DPH"


def newer_document(row: type[Evidence]) -> ColumnElement[bool]:
    """Whether `row` was replaced or taken back, or a document for the same requirement lasts longer."""
    other, after = aliased(Evidence), aliased(Evidence)
    return or_(
        exists().where(other.supersedes_id == row.id),
        exists().where(
            other.party_id == row.party_id,
            other.requirement_code == row.requirement_code,
            other.withdrawn.is_(False),
            submittals.counts(other),
            _same_paper(other, row),
            other.expires_on > row.expires_on,
            ~exists().where(after.supersedes_id == other.id),
        ),
    )


def is_check(row: type[Evidence]) -> ColumnElement[bool]:
    """Whether `row` is the outcome of a background check, of which only dates and the outcome are kept."""
    return and_(_check_of(row).is_not(None), row.value["cleared"].as_string().is_not(None))


def _same_paper(other: type[Evidence], row: type[Evidence]) -> ColumnElement[bool]:
    """Whether evidence for one requirement is of the same thing: a check of the same register, the same insurance."""
    return _thing(other) == _thing(row)


def _thing(row: type[Evidence]) -> ColumnElement[str]:
    return func.coalesce(_check_of(row), row.value["document_type"].as_string(), "")


def _check_of(row: type[Evidence]) -> ColumnElement[str]:
    name: ColumnElement[str] = row.value["check"].as_string()
    return name


def _ending(floor: date, *, checks: bool) -> Falling:
    row = aliased(Evidence)
    return falling(row.id, row.party_id, row.expires_on).where(
        row.withdrawn.is_(False),
        row.expires_on >= floor,
        is_check(row) if checks else ~is_check(row),
        submittals.counts(row),
        ~newer_document(row),
    )


def _settled(_day: date) -> ColumnElement[str | None]:
    row = aliased(Evidence)
    return reasons(
        (exists().where(row.id == Obligation.subject_id, newer_document(row)), "a newer document is on file")
    )


def _waits_because(_day: date) -> ColumnElement[str | None]:
    """A paper that lasts longer was handed in and waits for a reviewer."""
    row, newer = aliased(Evidence), aliased(Evidence)
    with_department = exists().where(
        row.id == Obligation.subject_id,
        newer.party_id == row.party_id,
        newer.requirement_code == row.requirement_code,
        _same_paper(newer, row),
        newer.expires_on > row.expires_on,
        select(Submittal.id).where(Submittal.evidence_id == newer.id, submittals.is_waiting(Submittal)).exists(),
    )
    return reasons((with_department, HANDED_IN))


def _page(item: DueItem) -> Address:
    """Where a newer paper is handed in; DPH looks at the record."""
    if item.audience is Audience.DPH:
        return of_the_party(item)
    return "applications.newer_paper", {"evidence_id": item.subject_id}


_ALL = frozenset({Audience.HOLDER, Audience.EMPLOYER, Audience.ORGANIZATION, Audience.DPH})

SOURCES = (
    Source(
        kind=ObligationKind.DOCUMENT_RENEWAL,
        falls_due=lambda _day, floor: _ending(floor, checks=False),
        settled=_settled,
        waits_because=_waits_because,
        what=lambda: of_subject(Evidence.requirement_code, Evidence.id),
        thing=lambda: of_subject(Evidence.value["document_type"].as_string(), Evidence.id),
        thing_in_words=document_name,
        words=DueWords(
            noun="document",
            ahead="Get the next document before this one ends, and hand it in at this link. You need no application "
            "for it.",
            past="Get the document that is valid now, and hand it in at this link. You need no application for it.",
            ends=True,
        ),
        page=_page,
        concerns=_ALL,
        holders=frozenset(SubjectType),
    ),
    Source(
        kind=ObligationKind.BACKGROUND_RECHECK,
        falls_due=lambda _day, floor: _ending(floor, checks=True),
        settled=_settled,
        waits_because=_waits_because,
        what=lambda: of_subject(Evidence.requirement_code + literal(" ", String) + _check_of(Evidence), Evidence.id),
        words=DueWords(
            noun="background check",
            ahead="Have the check done again. Enter only the dates and whether it cleared, at this link.",
            past="Have the check done again now. Enter only the dates and whether it cleared, never what a report "
            "says.",
            ends=True,
        ),
        page=_page,
        concerns=_ALL,
        holders=frozenset(SubjectType),
    ),
)
