"""Letters about one event: asked for with the event, written by the worker, nobody twice."""

from datetime import datetime
from typing import Any

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.announcements import Announcement
from certhub.models.convenings import Convening
from certhub.models.orders import BoardOrder
from certhub.models.standards import StandardVersion
from certhub.queries import announcements, orders, standards
from certhub.rules import transitions
from certhub.rules.audit_actions import AuditAction
from certhub.rules.convenings import MeetingNews
from certhub.rules.orders import OrderState
from certhub.services import audit, convening_letters, outbox

MOST_LISTED = 200
"""How many people one letter lists; an employer with more of them is told how many there are."""


def ask_about_version(version: StandardVersion, *, actor: audit.Actor, at: datetime) -> Announcement:
    """Have every holder written to about a version that was just adopted."""
    total = standards.number_to_tell(version.standard_id, on=clock.civil_date(at))
    return _asked(Announcement(standard_version_id=version.id, total=total), version, actor=actor, at=at)


def ask_about_order(
    order: BoardOrder, *, of_revocation: bool = False, actor: audit.Actor, at: datetime
) -> Announcement:
    """Have everybody written to whose days an order, or its revocation, has just moved, and their employers."""
    total = announcements.letters_about(order, of_revocation=of_revocation, on=clock.civil_date(at))
    asked = Announcement(order_id=order.id, of_revocation=of_revocation, total=total)
    return _asked(asked, order, actor=actor, at=at)


def ask_about_convening(
    meeting: Convening,
    news: MeetingNews,
    *,
    total: int,
    before: dict[str, str] | None = None,
    actor: audit.Actor,
    at: datetime,
) -> Announcement:
    """Have everybody written to whom news of a state meeting concerns."""
    asked = Announcement(convening_id=meeting.id, news=news, before=before, total=total)
    return _asked(asked, meeting, actor=actor, at=at, news=news)


def write(announcement_id: int, *, limit: int | None, base_url: str, at: datetime) -> tuple[int, str | None, int]:
    """Enqueue the next letters: how many are new, the last recipient (None where none was left), how many there were.

    How far it is stands in the same transaction as the letters, so a crash neither leaves anybody out nor writes twice.
    """
    asked = locked(db.session.get_one(Announcement, announcement_id))
    if asked.finished_at is not None:
        return 0, None, 0
    if asked.order_id:
        done = _about_order(asked, limit, base_url, at)
    elif asked.news:
        done = convening_letters.write(asked, asked.news, limit, base_url, at)
    else:
        done = _about_version(asked, limit, base_url, at)
    new, last, seen = done
    asked.done += seen
    if last is None:
        asked.finished_at = at
    else:
        asked.last_recipient = last
    return new, last, seen


def _about_version(asked: Announcement, limit: int | None, base_url: str, at: datetime) -> tuple[int, str | None, int]:
    version = db.session.get_one(StandardVersion, asked.standard_version_id)
    holders = standards.holders_to_tell(
        version.standard_id, on=clock.civil_date(asked.asked_at), after=asked.last_recipient, limit=limit
    )
    new = 0
    for holder in holders:
        message = outbox.enqueue(
            "standard-adopted",
            recipient=holder.email,
            recipient_name=holder.name,
            dedupe_key=f"standard-adopted:{version.id}:{holder.email}",
            context={
                "link": f"{base_url}/standards/{version.id}",
                "standard": f"{version.standard.code} {version.title}",
                "version": version.version,
                "transition": transitions.in_words(standards.facts_of(version)),
            },
            party_id=holder.party_id,
            at=at,
        )
        new += message is not None
    return new, holders[-1].email if holders else None, len(holders)


def _about_order(asked: Announcement, limit: int | None, base_url: str, at: datetime) -> tuple[int, str | None, int]:
    order = db.session.get_one(BoardOrder, asked.order_id)
    if orders.state_of(order) is OrderState.REVOKED and not asked.of_revocation:
        return 0, None, 0  # the days that these letters would tell of do not count any more
    letters = announcements.order_letters(
        order, of_revocation=asked.of_revocation, on=clock.civil_date(asked.asked_at), after=asked.last_recipient,
        limit=limit,
    )  # fmt: skip
    new = 0
    for letter in letters:
        message = outbox.enqueue(
            "order-moved-dates",
            recipient=letter.email,
            recipient_name=letter.name,
            dedupe_key=f"order-moved-dates:{asked.id}:{letter.email}",
            context={
                "link": f"{base_url}/orders/{order.id}",
                "number": order.number,
                "title": order.title,
                "revoked": asked.of_revocation,
                "grace_only": order.grace_only,
                "terms": letter.terms[:MOST_LISTED],
                "others": letter.terms[MOST_LISTED:],
            },
            at=at,
        )
        new += message is not None
    return new, letters[-1].email if letters else None, len(letters)


def _asked(
    asked: Announcement,
    about: StandardVersion | BoardOrder | Convening,
    *,
    actor: audit.Actor,
    at: datetime,
    **told: Any,
) -> Announcement:
    asked.asked_by_id, asked.asked_at = actor.id if isinstance(actor, User) else None, at
    db.session.add(asked)
    db.session.flush()
    audit.record(actor, AuditAction.LETTERS_ASKED_FOR, about, at=at, letters=asked.total, **told)
    return asked
