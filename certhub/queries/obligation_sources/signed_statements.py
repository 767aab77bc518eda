"""Statements to sign anew, because a fact under them changed."""

from datetime import date

from sqlalchemy import ColumnElement, String, case, exists, func, literal, select
from sqlalchemy.orm import aliased

from certhub.models.messages import Obligation
from certhub.models.signatures import Drift, Statement
from certhub.queries import drifts, statements
from certhub.queries.obligation_sources.source import CORRECTED, Falling, Source, falling, reasons
from certhub.queries.standing import CREDENTIAL_ENDED, holds_credential
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.vocabulary import SubjectType


def _falls_due(day: date, floor: date) -> Falling:
    return (
        falling(Drift.__table__.c.id, Drift.__table__.c.party_id, Drift.__table__.c.due_on)
        .select_from(Drift)
        .join(Statement, Statement.id == Drift.statement_id)
        .where(drifts.is_open(), holds_credential(day, Drift.__table__.c.party_id), Drift.due_on >= floor)
    )


def _settled(day: date) -> ColumnElement[str | None]:
    row, under, instead = aliased(Drift), aliased(Statement), aliased(Drift)
    its = exists().where(row.id == Obligation.subject_id, under.id == row.statement_id)
    redated = exists().where(
        row.id == Obligation.subject_id,
        instead.statement_id == row.statement_id,
        instead.fact == row.fact,
        instead.noted_at == row.withdrawn_at,
    )
    return reasons(
        (redated, CORRECTED),
        (its.where(row.withdrawn_at.is_not(None)), "the fact is as before again"),
        (its.where(statements.signed_anew(under)), "signed anew"),
        (its.where(statements.taken_back(under)), "the statement was taken back"),
        (its.where(statements.sent_back(under)), "DPH sent the statement back"),
        (~holds_credential(day, Obligation.party_id), CREDENTIAL_ENDED),
    )


def _signer() -> ColumnElement[str]:
    """Who is to sign, as `rules.requirement_kinds.papers.party_name` says it."""
    named = literal("the ", String) + func.replace(Statement.signed_for, "_", " ")
    return case((Statement.signed_for == "dph", literal("DPH", String)), else_=named)


SOURCES = (
    Source(
        kind=ObligationKind.ATTEST_ANEW,
        falls_due=_falls_due,
        settled=_settled,
        what=lambda: (
            select(Drift.requirement_code + literal(", for ", String) + _signer())
            .join(Statement, Statement.id == Drift.statement_id)
            .where(Drift.id == Obligation.subject_id)
            .correlate(Obligation)
            .scalar_subquery()
        ),
        words=DueWords(
            noun="statement to sign anew",
            ahead="A fact under the statement has changed. Read it again. If it is still true, sign it anew, here or "
            "on paper.",
            past="A fact under the statement has changed and the time to sign it anew is over. Sign it now, or tell "
            "DPH.",
        ),
        concerns=frozenset({Audience.HOLDER, Audience.EMPLOYER, Audience.ORGANIZATION, Audience.DPH}),
        holders=frozenset(SubjectType),
    ),
)
