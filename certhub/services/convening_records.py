"""What is recorded of a state meeting: who was there, and the problems that were raised. Corrections supersede."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.convenings import Convening, ConveningAttendance, ConveningTheme
from certhub.models.parties import Coordinator
from certhub.queries import convening_sheets
from certhub.rules.audit_actions import AuditAction
from certhub.rules.convenings import require_begun, state_of
from certhub.rules.refusal import Refusal
from certhub.rules.training_categories import NCCS_DOMAINS
from certhub.rules.vocabulary import Region
from certhub.services import audit

_STRUCK = "This theme was corrected or struck meanwhile. Look at the meeting again."


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """A problem as it was raised."""

    title: str
    said: str
    domain: str
    region: Region | None
    people: int
    evidence: str


def record_attendance(
    meeting: Convening, presence: Mapping[Coordinator, bool], *, actor: User, at: datetime
) -> tuple[int, int]:
    """Record who was there and who was not: how many people are new, and how many were corrected.

    Somebody of whom nothing was recorded was not there, so that needs no row. Of somebody who was checked on two of
    their records both are taken back.
    """
    locked(meeting)
    require_begun(state_of(meeting.starts_at, meeting.ends_at, meeting.cancelled_at, at=at))
    standing = convening_sheets.standing_rows(meeting.id, [person.id for person in presence])
    new = corrected = 0
    for person, was_there in presence.items():
        rows = standing.get(person.id, [])
        there = [row for row in rows if row.attended]
        if was_there is bool(there):
            continue
        # A correction stays on the record on which the row was written: a separation then takes it along.
        superseded: list[ConveningAttendance | None] = [*(there or rows[:1])]
        for before in superseded or [None]:
            _record(meeting, person, before, attended=was_there, actor=actor, at=at)
        new, corrected = (new, corrected + 1) if rows else (new + 1, corrected)
    return new, corrected


def _record(
    meeting: Convening, person: Coordinator, before: ConveningAttendance | None, *, attended: bool, actor: User,
    at: datetime,
) -> None:  # fmt: skip
    row = ConveningAttendance(
        convening_id=meeting.id, coordinator_id=before.coordinator_id if before else person.id, attended=attended,
        recorded_by_id=actor.id, recorded_at=at, supersedes_id=before.id if before else None,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    action = AuditAction.CONVENING_ATTENDANCE_CORRECTED if before else AuditAction.CONVENING_ATTENDANCE_RECORDED
    audit.record(actor, action, row, at=at, party_id=person.id)


def record_theme(meeting: Convening, facts: ThemeFacts, *, actor: User, at: datetime) -> ConveningTheme:
    """Record a problem that was raised at a meeting."""
    require_begun(state_of(meeting.starts_at, meeting.ends_at, meeting.cancelled_at, at=at))
    theme = _theme(meeting.id, facts, actor, at)
    db.session.add(theme)
    db.session.flush()
    audit.record(actor, AuditAction.THEME_RECORDED, theme, at=at)
    return theme


def correct_theme(theme: ConveningTheme, facts: ThemeFacts, *, actor: User, at: datetime) -> ConveningTheme:
    """Write down anew what was raised; the earlier words stay on file."""
    _require_standing(theme)
    later = _theme(theme.convening_id, facts, actor, at)
    later.supersedes_id = theme.id
    db.session.add(later)
    db.session.flush()
    audit.record(actor, AuditAction.THEME_CORRECTED, later, at=at)
    return later


def withdraw_theme(theme: ConveningTheme, *, actor: User, at: datetime) -> None:
    """Strike a theme that was entered by mistake; it stays on file and is counted no more."""
    _require_standing(theme)
    struck = _theme(theme.convening_id, _facts(theme), actor, at)
    struck.supersedes_id, struck.withdrawn = theme.id, True
    db.session.add(struck)
    db.session.flush()
    audit.record(actor, AuditAction.THEME_WITHDRAWN, struck, at=at)


def _require_standing(theme: ConveningTheme) -> None:
    """Of two people who correct one theme at once the second one reads it again; the meeting's row is the lock."""
    locked(db.session.get_one(Convening, theme.convening_id))
    if theme.withdrawn or convening_sheets.is_superseded(theme.id):
        raise Refusal(_STRUCK)


def _theme(convening_id: int, facts: ThemeFacts, actor: User, at: datetime) -> ConveningTheme:
    if facts.domain not in NCCS_DOMAINS:
        raise Refusal("Choose one of the six domains.", field="domain")
    if facts.people < 1:
        raise Refusal("At least one person raised it.", field="people")
    return ConveningTheme(
        convening_id=convening_id, title=facts.title, said=facts.said, domain=facts.domain, region=facts.region,
        raised_by_count=facts.people, evidence=facts.evidence, recorded_by_id=actor.id, recorded_at=at,
    )  # fmt: skip


def _facts(theme: ConveningTheme) -> ThemeFacts:
    return ThemeFacts(theme.title, theme.said, theme.domain, theme.region, theme.raised_by_count, theme.evidence)
