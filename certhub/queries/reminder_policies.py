"""Versions of reminder policies, as they were stored."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from certhub import clock
from certhub.database import db
from certhub.models.reminder_policies import ReminderPolicyVersion
from certhub.queries.visibility import NotVisible
from certhub.rules import policy_versions
from certhub.rules.permissions import Permission, Viewer, may
from certhub.rules.policy_versions import PolicyVersion
from certhub.rules.reminder_policies import ObligationKind, parse_policy


def version_of(row: ReminderPolicyVersion) -> PolicyVersion:
    """A stored version as the rules read it."""
    policy = parse_policy(row.kind, row.definition, f"{row.kind.value}, version {row.version}:")
    return PolicyVersion(row.version, row.effective_from, policy, clock.civil_date(row.created_at))


def every_version() -> Sequence[ReminderPolicyVersion]:
    """All versions of all kinds: also one that has not begun tells of an earlier one that never will."""
    return db.session.scalars(select(ReminderPolicyVersion)).all()


def replaced(rows: Sequence[ReminderPolicyVersion]) -> set[int]:
    """The numbers of those rows that never come into force, because a later version was made before they began."""
    versions: dict[ObligationKind, list[tuple[int, PolicyVersion]]] = defaultdict(list)
    for row in rows:
        versions[row.kind].append((row.id, version_of(row)))
    kept = {
        row_id
        for of_kind in versions.values()
        for standing in [policy_versions.standing(one for _, one in of_kind)]
        for row_id, one in of_kind
        if one in standing
    }
    return {row.id for row in rows} - kept


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
