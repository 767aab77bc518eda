"""Papers that expire: documents with a last day, and background checks that are due again."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, String, and_, case, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from certhub.models.certification import Application, Evidence, ItemReview
from certhub.models.messages import Obligation
from certhub.models.parties import Coordinator
from certhub.models.submittals import Submittal, SubmittalReview
from certhub.queries.obligation_sources.source import (
    Address,
    DueItem,
    Falling,
    Source,
    carried_on,
    falling,
    of_subject,
    of_the_party,
    reasons,
)
from certhub.queries.standing import CREDENTIAL_ENDED, is_over
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.requirement_kinds.papers import document_name
from certhub.rules.service_goals import WITH_DEPARTMENT
from certhub.rules.vocabulary import ApplicationStatus, SubjectType, Verdict

HANDED_IN = "a newer one is with DPH"
REPLACED = "a newer document is on file"

Paper = type[Evidence]

_ROW, _OWN, _ITS, _OTHER, _AFTER = (aliased(Evidence) for _ in range(5))
_WORD, _WORD_BETWEEN = aliased(ItemReview), aliased(SubmittalReview)
_coordinator = Coordinator.__table__
_RECORD, _TWIN, _KEPT = (_coordinator.alias() for _ in range(3))
"""Kept, because an alias is dear to make, and each page about reminders asks for these."""


def newer_document(row: Paper) -> ColumnElement[bool]:
    """Whether `row` was replaced or taken back, or DPH relies on a document for the same that lasts longer."""
    return or_(taken_back(row), _another(row, _outlives), _another(row, _doubles))


def is_check(row: Paper) -> ColumnElement[bool]:
    """Whether `row` is the outcome of a background check, of which only dates and the outcome are kept."""
    return and_(_check_of(row).is_not(None), row.value["cleared"].as_string().is_not(None))


def relied_on(row: Paper) -> ColumnElement[bool]:
    """Whether DPH relies on a paper: nobody need hand in another one because of a draft, or of one that went back."""
    word, alone = _last_word(row), _word_between(row)
    approved = and_(_status(row) == ApplicationStatus.APPROVED, func.coalesce(word, "") != Verdict.RETURNED.value)
    return and_(
        func.coalesce(alone, Verdict.ACCEPTED.value) == Verdict.ACCEPTED.value,
        or_(row.application_id.is_(None), word == Verdict.ACCEPTED.value, approved),
    )


def is_with_department(row: Paper) -> ColumnElement[bool]:
    """Whether a paper waits for the word of DPH."""
    not_returned = func.coalesce(_last_word(row), "") != Verdict.RETURNED.value
    return or_(and_(_status(row).in_(WITH_DEPARTMENT), not_returned), _word_between(row) == Verdict.PENDING.value)


# Scalars instead of EXISTS within EXISTS, because the parser of SQLite goes no more than 100 levels deep.


def _status(row: Paper) -> SQLColumnExpression[ApplicationStatus]:
    """How the application stands that a paper was given with."""
    return select(Application.status).where(Application.id == row.application_id).correlate(row).scalar_subquery()


def _word_between(row: Paper) -> SQLColumnExpression[str]:
    """The word on a paper that was handed in between applications, pending before there is one; NULL for others."""
    word = _WORD_BETWEEN
    return (
        select(func.coalesce(cast(word.verdict, String), Verdict.PENDING.value))
        .select_from(Submittal)
        .outerjoin(word, word.submittal_id == Submittal.id)
        .where(Submittal.evidence_id == row.id)
        .order_by(word.id.desc())
        .limit(1)
        .correlate(row)
        .scalar_subquery()
    )


def _last_word(row: Paper) -> SQLColumnExpression[str]:
    """The last word on a paper's requirement in its application; NULL where it was said before the paper came."""
    word = _WORD
    said = case((word.last_evidence_id >= row.id, cast(word.verdict, String)))
    its = word.application_id == row.application_id, word.requirement_code == row.requirement_code
    return select(said).where(*its).order_by(word.id.desc()).limit(1).correlate(row).scalar_subquery()


def taken_back(row: Paper) -> ColumnElement[bool]:
    """Whether a paper was taken back, or a correction stands in its place."""
    return exists().where(_AFTER.supersedes_id == row.id)


def _stands(other: Paper, row: Paper) -> ColumnElement[bool]:
    """Whether a paper is of the same thing as another one: a check of the same register, the same insurance."""
    return and_(
        other.requirement_code == row.requirement_code,
        other.withdrawn.is_(False),
        _thing(other) == _thing(row),
        ~taken_back(other),
    )


def _outlives(other: Paper, row: Paper) -> ColumnElement[bool]:
    return and_(_stands(other, row), other.expires_on > row.expires_on, relied_on(other))


def _doubles(other: Paper, row: Paper) -> ColumnElement[bool]:
    """Whether a paper has the last day of an earlier one; then the newer one counts."""
    return and_(_stands(other, row), other.expires_on == row.expires_on, other.id > row.id, relied_on(other))


def _waits_instead(other: Paper, row: Paper) -> ColumnElement[bool]:
    return and_(_stands(other, row), other.expires_on > row.expires_on, is_with_department(other))


Such = Callable[[Paper, Paper], ColumnElement[bool]]


def _another(row: Paper, such: Such) -> ColumnElement[bool]:
    """Whether there is such a paper of the same party, or of a record of the same person: evidence never moves."""
    return or_(
        exists().where(_OWN.party_id == row.party_id, such(_OWN, row)),
        exists().where(_of_one_person(row, _OTHER), such(_OTHER, row)),
    )


@cache
def _there_is(such: Such) -> ColumnElement[bool]:
    """`_another` of the paper that an obligation is about, in one level of SQL less; built once."""
    return or_(
        exists().where(_ROW.id == Obligation.subject_id, _OWN.party_id == _ROW.party_id, such(_OWN, _ROW)),
        exists().where(_ITS.id == Obligation.subject_id, _of_one_person(_ITS, _OTHER), such(_OTHER, _ITS)),
    )


def _of_one_person(row: Paper, other: Paper) -> ColumnElement[bool]:
    """Whether two papers are of two records of one person."""
    record, twin = _RECORD, _TWIN
    kept = func.coalesce(record.c.merged_into_id, record.c.id)
    return and_(
        record.c.id == row.party_id,
        or_(twin.c.id == record.c.merged_into_id, twin.c.merged_into_id == kept),
        twin.c.id != record.c.id,
        other.party_id == twin.c.id,
    )


def _person(row: Paper) -> ColumnElement[int]:
    """Whose paper it is now: of the record that absorbed the one for which it was written."""
    kept = _KEPT
    into = select(kept.c.merged_into_id).where(kept.c.id == row.party_id).correlate(row).scalar_subquery()
    return func.coalesce(into, row.party_id)


def _thing(row: Paper) -> ColumnElement[str]:
    return func.coalesce(_check_of(row), row.value["document_type"].as_string(), "")


def _check_of(row: Paper) -> ColumnElement[str]:
    name: ColumnElement[str] = row.value["check"].as_string()
    return name


def _ending(day: date, floor: date, *, checks: bool) -> Falling:
    row = _ROW
    return falling(row.id, _person(row), row.expires_on).where(
        row.withdrawn.is_(False),
        row.expires_on >= floor,
        is_check(row) if checks else ~is_check(row),
        relied_on(row),
        ~newer_document(row),
        ~is_over(day, _person(row)),
    )


def _settled(day: date) -> ColumnElement[str | None]:
    return reasons(*_replaced_or_refused(), (is_over(day, Obligation.party_id), CREDENTIAL_ENDED))


@cache
def _replaced_or_refused() -> tuple[tuple[ColumnElement[bool], str], ...]:
    """Why a paper needs nobody any more, whatever the day; built once."""
    replaced = or_(exists().where(_AFTER.supersedes_id == Obligation.subject_id), _there_is(_doubles))
    refused = exists().where(_ROW.id == Obligation.subject_id, ~relied_on(_ROW))
    return (
        (_there_is(_outlives), REPLACED),
        (and_(replaced, ~carried_on(_heir())), REPLACED),
        (refused, "DPH does not rely on it"),
    )


@cache
def _heir() -> SQLColumnExpression[Any]:
    """The newest paper of the same thing with the same last day, where there is one that came later."""
    row, own, other = _ROW, _OWN, _OTHER
    its = row.id == Obligation.subject_id
    theirs = select(func.max(other.id)).where(its, _of_one_person(row, other), _doubles(other, row))
    found = select(func.max(own.id)).where(its, own.party_id == row.party_id, _doubles(own, row))
    return func.coalesce(found.correlate(Obligation).scalar_subquery(), theirs.correlate(Obligation).scalar_subquery())


def _waits_because(_day: date) -> ColumnElement[str | None]:
    """A paper that lasts longer was handed in and waits for a reviewer."""
    return reasons((_there_is(_waits_instead), HANDED_IN))


def _page(item: DueItem) -> Address:
    """Where a newer paper is handed in; DPH looks at the record."""
    if item.audience is Audience.DPH:
        return of_the_party(item)
    return "applications.newer_paper", {"evidence_id": item.subject_id}


_ALL = frozenset({Audience.HOLDER, Audience.EMPLOYER, Audience.ORGANIZATION, Audience.DPH})

SOURCES = (
    Source(
        kind=ObligationKind.DOCUMENT_RENEWAL,
        falls_due=lambda day, floor: _ending(day, floor, checks=False),
        settled=_settled,
        heir=_heir,
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
        falls_due=lambda day, floor: _ending(day, floor, checks=True),
        settled=_settled,
        heir=_heir,
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
