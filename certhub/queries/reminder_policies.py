"""Versions of reminder policies, as they were stored."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from certhub.database import db
from certhub.models.reminder_policies import ReminderPolicyVersion
from certhub.queries.visibility import NotVisible
from certhub.rules.permissions import Permission, Viewer, may
from certhub.rules.policy_versions import PolicyVersion
from certhub.rules.reminder_policies import ObligationKind, parse_policy


def version_of(row: ReminderPolicyVersion) -> PolicyVersion:
    """A stored version as the rules read it."""
    policy = parse_policy(row.kind, row.definition, f"{row.kind.value}, version {row.version}:")
    return PolicyVersion(row.version, row.effective_from, policy)


def begun(day: date) -> Sequence[ReminderPolicyVersion]:
    """All versions that have begun by `day`."""
    return db.session.scalars(select(ReminderPolicyVersion).where(ReminderPolicyVersion.effective_from <= day)).all()


def latest(kind: ObligationKind) -> ReminderPolicyVersion:
    """The newest version of a kind, whether it has begun or not."""
    found = db.session.scalars(
        select(ReminderPolicyVersion)
        .where(ReminderPolicyVersion.kind == kind)
        .order_by(ReminderPolicyVersion.version.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotVisible(kind)
    return found


def listed(viewer: Viewer) -> Sequence[ReminderPolicyVersion]:
    """All versions of all kinds, the newest first."""
    _require(viewer)
    return db.session.scalars(
        select(ReminderPolicyVersion).order_by(ReminderPolicyVersion.kind, ReminderPolicyVersion.version.desc())
    ).all()


def history(viewer: Viewer, kind: ObligationKind) -> Sequence[ReminderPolicyVersion]:
    """The versions of one kind with who made them, the newest first."""
    _require(viewer)
    return db.session.scalars(
        select(ReminderPolicyVersion)
        .where(ReminderPolicyVersion.kind == kind)
        .options(joinedload(ReminderPolicyVersion.changed_by))
        .order_by(ReminderPolicyVersion.version.desc())
    ).all()


def _require(viewer: Viewer) -> None:
    if not may(viewer, Permission.REMINDER_POLICY_READ):
        raise NotVisible("reminder policies")
