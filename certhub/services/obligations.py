"""Obligations: what falls due, derived from the records in bulk. Deriving twice changes nothing."""

import importlib.resources
import tomllib
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, String, func, literal, select, update
from sqlalchemy.orm import aliased

from certhub.models.base import UtcDateTime
from certhub.models.ce_audits import CeAudit, CeSelection
from certhub.models.certification import Credential, CredentialPeriod, Evidence
from certhub.models.messages import Obligation
from certhub.models.parties import ExternalLicence
from certhub.models.signatures import Drift, Statement
from certhub.queries import drifts, obligations, submittals
from certhub.rules.reminder_policies import ObligationKind, Policies, parse_policies
from certhub.services.bulk_changes import insert_or, rows_changed


@cache
def shipped_policies() -> Policies:
    """The default policies, checked. Raises `PolicyError`."""
    source = importlib.resources.files("certhub.data").joinpath("reminder_policies.toml")
    return parse_policies(tomllib.loads(source.read_text(encoding="utf-8")), source.name)


def derive(day: date, *, policies: Policies, at: datetime) -> dict[str, int]:
    """Open an obligation for each date that somebody must act on, and close those that need nobody any more.

    One that was closed and stands again, such as after a revocation that was reversed, is opened again.
    """
    closed = _close(day, policies, at)
    opened = sum(_open(derived) for derived in _derived(day, policies, at))
    return {"opened": opened, "closed": closed}


def _derived(day: date, policies: Policies, at: datetime) -> list[Select[*tuple[Any, ...]]]:
    floor = {kind: day - timedelta(days=policy.open_days) for kind, policy in policies.items()}
    last_day = func.max(CredentialPeriod.expires_on)
    later, row = aliased(ExternalLicence), aliased(Evidence)
    recorded = literal(at, UtcDateTime())
    return [
        select(
            literal(ObligationKind.CREDENTIAL_RENEWAL.value, String),
            Credential.id,
            Credential.party_id,
            last_day,
            recorded,
        )
        .join(CredentialPeriod, CredentialPeriod.credential_id == Credential.id)
        .where(CredentialPeriod.superseded_at.is_(None), ~obligations.ended(day, Credential.__table__.c.id))
        .group_by(Credential.id, Credential.party_id)
        .having(last_day >= floor[ObligationKind.CREDENTIAL_RENEWAL]),
        select(
            literal(ObligationKind.LICENCE_RENEWAL.value, String),
            ExternalLicence.id,
            ExternalLicence.coordinator_id,
            ExternalLicence.expires_on,
            recorded,
        ).where(
            ExternalLicence.superseded_at.is_(None),
            ExternalLicence.expires_on >= floor[ObligationKind.LICENCE_RENEWAL],
            ~select(later.id)
            .where(
                later.coordinator_id == ExternalLicence.coordinator_id,
                later.kind == ExternalLicence.kind,
                later.superseded_at.is_(None),
                later.expires_on > ExternalLicence.expires_on,
            )
            .exists(),
        ),
        *(
            select(literal(kind.value, String), row.id, row.party_id, row.expires_on, recorded).where(
                row.withdrawn.is_(False),
                row.expires_on >= floor[kind],
                is_one,
                submittals.counts(row),
                ~obligations.newer_document(row),
            )
            for kind, is_one in (
                (ObligationKind.DOCUMENT_RENEWAL, ~obligations.is_check(row)),
                (ObligationKind.BACKGROUND_RECHECK, obligations.is_check(row)),
            )
        ),
        select(
            literal(ObligationKind.LICENCE_RECHECK.value, String),
            ExternalLicence.id,
            ExternalLicence.coordinator_id,
            ExternalLicence.check_again_on,
            recorded,
        ).where(
            ExternalLicence.superseded_at.is_(None),
            ExternalLicence.check_again_on >= floor[ObligationKind.LICENCE_RECHECK],
        ),
        select(
            literal(ObligationKind.CE_PROOF.value, String),
            CeSelection.id,
            CeSelection.party_id,
            CeAudit.due_on,
            recorded,
        )
        .join(CeAudit, CeAudit.id == CeSelection.ce_audit_id)
        .where(
            CeAudit.due_on >= floor[ObligationKind.CE_PROOF],
            obligations.ce_request_settled(CeSelection.__table__.c.id).is_(None),
        ),
        select(literal(ObligationKind.ATTEST_ANEW.value, String), Drift.id, Drift.party_id, Drift.due_on, recorded)
        .join(Statement, Statement.id == Drift.statement_id)
        .where(
            drifts.is_open(),
            obligations.holds_credential(day, Drift.__table__.c.party_id),
            Drift.due_on >= floor[ObligationKind.ATTEST_ANEW],
        ),
    ]


def _open(derived: Select[*tuple[Any, ...]]) -> int:
    columns = ["kind", "subject_id", "party_id", "due_on", "created_at"]
    again = {"closed_at": None, "closed_because": None}
    statement = insert_or(Obligation).from_select(columns, derived)
    return rows_changed(
        statement.on_conflict_do_update(
            index_elements=["kind", "subject_id", "due_on"], set_=again, where=Obligation.closed_at.is_not(None)
        )
    )


def _close(day: date, policies: Policies, at: datetime) -> int:
    reason = obligations.settled_because(day, policies)
    return rows_changed(
        update(Obligation)
        .where(Obligation.closed_at.is_(None), reason.is_not(None))
        .values(closed_at=at, closed_because=reason)
    )
