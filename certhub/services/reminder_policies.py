"""Reminder policies: the shipped ones taken over, changed from a day to come, and read as they are in force."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.reminder_policies import ReminderPolicyVersion
from certhub.queries import reminder_policies as stored
from certhub.queries.obligation_sources import SOURCES
from certhub.rules import policy_versions
from certhub.rules.audit_actions import AuditAction
from certhub.rules.policy_versions import PolicyVersion
from certhub.rules.refusal import Refusal, Stale
from certhub.rules.reminder_policies import (
    AUDIENCE_LABELS,
    Audience,
    ObligationKind,
    Policies,
    Policy,
    PolicyError,
    parse_policy,
    to_raw,
)
from certhub.rules.terms import written
from certhub.services import audit
from certhub.services.obligations import shipped_policies

SHIPPED_FROM = date(2020, 1, 1)
"""From when the shipped policies are in force: before any record of a new installation."""
SHIPPED = "The policy that CertHub ships."
FURTHEST_AHEAD_DAYS = 366
LONGEST_REASON = 500
_HERE = "The policy:"
_FIELD_WORDS = {
    "offsets": "The days",
    "open_days": "How long it stays open",
    "text": "The sentence",
}


def adopt_shipped(actor: audit.Actor, *, at: datetime) -> None:
    """Take over the shipped policy for each kind of due date that has none yet."""
    present = set(db.session.scalars(select(ReminderPolicyVersion.kind)))
    for kind, policy in shipped_policies().items():
        if kind not in present:
            version = ReminderPolicyVersion(
                kind=kind, version=1, effective_from=SHIPPED_FROM, definition=to_raw(policy), reason=SHIPPED,
                created_at=at,
            )  # fmt: skip
            db.session.add(version)
            db.session.flush()
            audit.record(actor, AuditAction.REMINDER_POLICY_SHIPPED, version, at=at)


def in_force(day: date) -> Policies:
    """The policy of each kind on a day, in one statement; the shipped one where a kind has none yet."""
    versions: dict[ObligationKind, list[PolicyVersion]] = defaultdict(list)
    for row in stored.every_version():
        versions[row.kind].append(stored.version_of(row))
    policies = {}
    for kind, policy in shipped_policies().items():
        policies[kind] = policy_versions.in_force(versions[kind], day) or policy
    return policies


def checked(kind: ObligationKind, raw: Mapping[str, Any]) -> Policy:
    """The policy that somebody typed. Raises `Refusal`."""
    try:
        policy = parse_policy(kind, raw, _HERE)
    except PolicyError as mistake:
        raise _refusal(str(mistake)) from mistake
    strange = [audience for audience in policy.recipients if audience not in SOURCES[kind].concerns]
    if strange:
        raise Refusal(f"Reminders of this kind cannot go to {AUDIENCE_LABELS[strange[0]]}.", field="recipients")
    if policy.may_opt_out and not shipped_policies()[kind].may_opt_out:
        raise Refusal("Nobody can opt out of reminders of a date that has a consequence.")
    return policy


def _refusal(mistake: str) -> Refusal:
    """A mistake in a policy in the words of the page, beside its field."""
    place, _, words = mistake.removeprefix(f"{_HERE} ").partition(" ")
    field = place.rstrip(":").replace("recipients.", "to_")
    if field == "recipients":
        return Refusal("Somebody must hear of it. Enter the steps for at least one of them.")
    if field.startswith("to_"):
        label = f"The steps for {AUDIENCE_LABELS[Audience(field.removeprefix('to_'))]}"
    else:
        label = _FIELD_WORDS.get(field, field)
    return Refusal(f"{label}: {words.removeprefix(':').strip()}.", field=field)


def require_day(effective_from: date, *, today: date) -> None:
    """Refuse a first day that was planned already, or that is further away than anybody can oversee."""
    if effective_from <= today:
        raise Refusal(
            "The reminders of today are planned already. Choose tomorrow or a later day.", field="effective_from"
        )
    if (effective_from - today).days > FURTHEST_AHEAD_DAYS:
        raise Refusal("Choose a day within the next year.", field="effective_from")


def change(
    kind: ObligationKind,
    policy: Policy,
    *,
    effective_from: date,
    reason: str,
    seen: int,
    actor: User,
    at: datetime,
) -> ReminderPolicyVersion:
    """Put a policy in force from a day to come; `seen` is the version that the actor looked at.

    Nothing that was planned or sent changes by it, and nothing is told for days before it.
    """
    require_day(effective_from, today=clock.civil_date(at))
    if not reason.strip():
        raise Refusal("Say why the policy changes. Auditors read it.", field="reason")
    latest = locked(stored.latest(kind))
    newest = stored.latest(kind)
    if newest.version != latest.version or newest.version != seen:
        raise Stale("Somebody changed this policy in the meantime. Look at it as it is now, and change it again.")
    if to_raw(stored.version_of(newest).policy) == to_raw(policy):
        raise Refusal(
            f"This is the policy of version {newest.version}, from {written(newest.effective_from)}. Change something."
        )
    version = ReminderPolicyVersion(
        kind=kind,
        version=newest.version + 1,
        effective_from=effective_from,
        definition=to_raw(policy),
        reason=reason.strip()[:LONGEST_REASON],
        changed_by_id=actor.id,
        created_at=at,
    )
    db.session.add(version)
    db.session.flush()
    audit.record(actor, AuditAction.REMINDER_POLICY_CHANGED, version, at=at)
    return version
