"""Continuing education: proofs that an audit asks for."""

from datetime import date

from sqlalchemy import ColumnElement, SQLColumnExpression, String, exists, literal, select

from certhub.models.ce_audits import CeAudit, CeProof, CeResult, CeSelection
from certhub.models.certification import Credential
from certhub.models.messages import Obligation
from certhub.queries.obligation_sources.source import Falling, Source, falling, reasons
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.vocabulary import SubjectType


def _asked_for(_day: date, floor: date) -> Falling:
    selection = CeSelection.__table__.c
    return (
        falling(selection.id, selection.party_id, CeAudit.due_on)
        .join(CeAudit, CeAudit.id == CeSelection.ce_audit_id)
        .where(CeAudit.due_on >= floor, _answered(selection.id).is_(None))
    )


def _answered(selection_id: SQLColumnExpression[int]) -> ColumnElement[str | None]:
    return reasons(
        (exists().where(CeResult.selection_id == selection_id), "the audit has ended"),
        (exists().where(CeProof.selection_id == selection_id), "proofs were handed in"),
    )


SOURCES = (
    Source(
        kind=ObligationKind.CE_PROOF,
        falls_due=_asked_for,
        settled=lambda _day: _answered(Obligation.subject_id),
        what=lambda: (
            select(literal("for ", String) + Credential.number)
            .join(CeSelection, CeSelection.credential_id == Credential.id)
            .where(CeSelection.id == Obligation.subject_id)
            .correlate(Obligation)
            .scalar_subquery()
        ),
        words=DueWords(
            noun="proof of training",
            ahead="The renewal was drawn by lot for an audit. Open CE requests, and hand in the certificates of "
            "completion.",
            past="Open CE requests, and hand in the certificates of completion now. If you cannot, tell DPH why.",
        ),
        page=lambda item: ("ce_audits.holder", {"selection_id": item.subject_id}),
        concerns=frozenset({Audience.HOLDER, Audience.EMPLOYER, Audience.DPH}),
        holders=frozenset({SubjectType.COORDINATOR}),
    ),
)
