"""State meetings with everything that can be recorded of them, and a private calendar."""

import secrets
from datetime import date, timedelta

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.calendars import CalendarFeed
from certhub.models.convenings import (
    Convening,
    ConveningAnswer,
    ConveningAttendance,
    ConveningTheme,
    ConveningTopic,
)
from certhub.models.parties import Party
from certhub.rules.audit_actions import AuditAction
from certhub.rules.tokens import token_hash
from certhub.rules.vocabulary import Role
from certhub.services import audit
from tests.factories import ARRANGING, WHEN, make_user, saved


def met(person: Party, by: User) -> dict[str, list[int | str]]:
    """A meeting that was held, with a theme, and one to come, and the secret of a calendar in which they are."""
    with transaction():
        over, theme = _meeting(person, by, days=-30)
        ahead, _ = _meeting(person, by, days=30)
        audit.record(ARRANGING, AuditAction.CONVENING_PLANNED, over, at=WHEN)
    token = f"calendar-of-{by.id}-{secrets.token_hex(8)}"
    saved(CalendarFeed(user_id=make_user(Role.AUDITOR).id, token_hash=token_hash(token), created_at=WHEN))
    return {"convening_id": [over.id, ahead.id], "theme_id": [theme.id], "token": [token]}


def held(person: Party, by: User, number: int) -> None:
    """One more meeting of the past, inside a transaction."""
    _meeting(person, by, days=-40 - number)


def _meeting(person: Party, by: User, *, days: int) -> tuple[Convening, ConveningTheme]:
    starts_at = clock.now() + timedelta(days=days)
    held_on: date = clock.civil_date(starts_at)
    meeting = Convening(
        title="State meeting", starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), held_on=held_on,
        place="250 Washington Street, Boston", planned_by_id=by.id, planned_at=WHEN, changed_at=WHEN,
        calendar_uid=f"convening-{secrets.token_hex(16)}", topics=[ConveningTopic(position=1, title="Welcome")],
    )  # fmt: skip
    db.session.add(meeting)
    db.session.flush()
    theme = ConveningTheme(
        convening_id=meeting.id, title="Waiting for equipment", said="It takes months.", domain="NCCS-6",
        raised_by_count=4, recorded_by_id=by.id, recorded_at=WHEN,
    )  # fmt: skip
    db.session.add_all(
        [
            ConveningAnswer(
                convening_id=meeting.id, coordinator_id=person.id, is_coming=True, given_by_id=by.id, recorded_at=WHEN
            ),
            ConveningAttendance(
                convening_id=meeting.id, coordinator_id=person.id, attended=True, recorded_by_id=by.id, recorded_at=WHEN
            ),
            theme,
        ]
    )
    db.session.flush()
    return meeting, theme
