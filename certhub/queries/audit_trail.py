"""The audit trail as people read it: who did what and when, with before and after of each change."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby, islice
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.certification import Credential
from certhub.models.parties import Party
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import NotVisible, of_record, party_visible, sees_everything
from certhub.rules.audit_actions import AuditAction
from certhub.rules.audit_sentences import SENTENCES
from certhub.rules.permissions import Viewer, name_shown
from certhub.rules.terms import written_at
from certhub.rules.vocabulary import Role

_LINES_IN_ONE_GO = 4
"""How many entries are read for each line of a timeline, since several can become one."""
_PAIR = 2


@dataclass(frozen=True, slots=True)
class TrailFilters:
    """What part of the trail is asked for; `party` is a record's number or a credential's."""

    action: AuditAction | None = None
    actor: str = ""
    party: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One changed value; `before` is None where the entry only tells something."""

    what: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One entry in people's words; `sentence` goes on where `actor` begins."""

    seq: int
    at: datetime
    actor: str
    sentence: str
    subject: str
    party_id: int | None
    party: str | None
    changes: tuple[Change, ...]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a record's history; `at` is written out."""

    at: str
    title: str
    text: str


def trail(viewer: Viewer, filters: TrailFilters, *, cursor: str | None = None) -> Page[TrailEntry]:
    """The trail, newest first."""
    statement = _entries(viewer).where(*_conditions(filters))
    return paged(statement, (AuditEntry.seq,), _entry, cursor=cursor, newest_first=True)


def one(viewer: Viewer, seq: int) -> TrailEntry:
    """One entry. Raises `NotVisible`."""
    found = db.session.execute(_entries(viewer).where(AuditEntry.seq == seq)).one_or_none()
    if found is None:
        raise NotVisible(seq)
    return _entry(found)


def history_of(viewer: Viewer, party_id: int, limit: int = 30) -> list[TimelineEntry]:
    """The latest that happened to a party's record, for its timeline; nothing for who may not see the party."""
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.actor, AuditEntry.action, AuditEntry.changes, User.role, User.party_id)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(
            of_record(AuditEntry.__table__.c.party_id, party_id), party_visible(viewer, AuditEntry.__table__.c.party_id)
        )
        .order_by(AuditEntry.seq.desc())
        .limit(limit * _LINES_IN_ONE_GO)
    )
    together = groupby(rows, key=lambda row: (row.actor, row.action, row.at.replace(second=0, microsecond=0)))
    return [_timeline_entry(viewer, list(one)) for _, one in islice(together, limit)]


def changes_of(document: str) -> tuple[Change, ...]:
    """The changes of an entry from its canonical JSON."""
    return tuple(_changes(json.loads(document), ""))


def _entries(viewer: Viewer) -> Select[Any]:
    columns: tuple[Any, ...] = (
        AuditEntry.seq,
        AuditEntry.at,
        AuditEntry.actor,
        AuditEntry.action,
        AuditEntry.subject_type,
        AuditEntry.subject_id,
        AuditEntry.party_id,
        Party.name,
        AuditEntry.changes,
        AuditEntry.previous_hash,
        AuditEntry.hash,
    )
    statement = select(*columns).outerjoin(Party.__table__, Party.__table__.c.id == AuditEntry.party_id)
    if sees_everything(viewer):
        return statement
    return statement.where(party_visible(viewer, AuditEntry.__table__.c.party_id))


def _conditions(filters: TrailFilters) -> Iterator[ColumnElement[bool]]:
    if filters.action is not None:
        yield AuditEntry.action == filters.action
    if filters.actor:
        account = select(User.id).where(User.email == filters.actor.casefold()).scalar_subquery()
        by_account = AuditEntry.actor_id == account
        yield (
            by_account
            if "@" in filters.actor
            else and_(AuditEntry.actor_id.is_(None), AuditEntry.actor == filters.actor)
        )
    if filters.party:
        yield _party_named(filters.party)
    if filters.since is not None:
        yield AuditEntry.at >= _midnight(filters.since)
    if filters.until is not None:
        yield AuditEntry.at < _midnight(filters.until + timedelta(days=1))


def _party_named(text: str) -> ColumnElement[bool]:
    holder = select(Credential.party_id).where(Credential.number == text.upper()).scalar_subquery()
    if text.isascii() and text.isdigit() and int(text) < 2**31:
        return or_(AuditEntry.party_id == int(text), AuditEntry.party_id == holder)
    return AuditEntry.party_id == holder


def _midnight(day: date) -> datetime:
    """The instant at which the agency's day begins."""
    return datetime.combine(day, time(), clock.AGENCY_ZONE)


def _entry(row: Row[Any]) -> TrailEntry:
    values: list[Any] = list(row)
    seq, at, actor, action, subject_type, subject_id, party_id, party, changes, previous_hash, own_hash = values[:11]
    subject = subject_type.replace("_", " ") + ("" if subject_id is None else f" {subject_id}")
    return TrailEntry(
        seq=seq,
        at=at,
        actor=actor,
        sentence=_sentence(action),
        subject=subject,
        party_id=party_id,
        party=party,
        changes=changes_of(changes),
        previous_hash=previous_hash,
        hash=own_hash,
    )


def _sentence(action: str) -> str:
    try:
        return SENTENCES[AuditAction(action)]
    except ValueError:
        return action  # an action of a later or earlier version of CertHub


def _timeline_entry(viewer: Viewer, rows: list[Row[datetime, str, str, str, Role | None, int | None]]) -> TimelineEntry:
    """One line for what one person did in one go: nine pieces of evidence are one line with nine codes."""
    at, actor, action, _, role, party_id = rows[0]
    told = [json.loads(row.changes) for row in reversed(rows)]
    codes = list(dict.fromkeys(code for one in told if (code := _latest(one.get("requirement_code")))))
    reasons = list(dict.fromkeys(reason for one in told if (reason := _latest(one.get("reason")))))
    who = actor.partition(" <")[0]
    if role is not None:
        shown = name_shown(viewer, who, role=role, party_id=party_id)
        reasons = reasons if shown == who else []  # what another employer wrote is as much its own as its names
        who = shown
    return TimelineEntry(
        at=written_at(at),
        title=f"{who} {_sentence(action)}",
        text=": ".join(part for part in (", ".join(codes), " ".join(reasons)) if part),
    )


def _latest(value: Any) -> str:
    """What a column says after a change, or what was told beside the columns."""
    if isinstance(value, list) and len(value) == _PAIR:
        value = value[-1]
    return value if isinstance(value, str) else ""


def _changes(told: dict[str, Any], prefix: str) -> Iterator[Change]:
    for name, value in told.items():
        label = prefix + name.replace("_", " ")
        if name == "also" and isinstance(value, dict):
            for record, diff in value.items():
                yield from _changes(diff, f"{record.replace('_', ' ')}: ")
        elif isinstance(value, list) and len(value) == _PAIR:
            yield Change(label, _shown(value[0]), _shown(value[1]))
        else:
            yield Change(label, None, _shown(value))


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
