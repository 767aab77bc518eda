"""What falls due, as the calendar of whoever acts on it knows it. What is settled drops out."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, and_, case, exists, false, literal, or_, select

from certhub import clock
from certhub.database import db
from certhub.documents.calendar import AllDay, Event
from certhub.models.fund import Payer
from certhub.models.messages import Obligation
from certhub.models.parties import Employment, Party
from certhub.queries import obligations
from certhub.queries.obligation_sources import SOURCES
from certhub.queries.obligation_sources.source import DueItem
from certhub.rules.permissions import Viewer, is_coordinator, is_employer, manages_fund, works_for_dph
from certhub.rules.reminder_policies import Audience, ObligationKind

PageOf = Callable[[DueItem], str]
"""The whole address of the page where a reader acts on something."""

_BY_KIND_ONLY = (Audience.HOLDER, Audience.EMPLOYER)
"""Whose events say what kind of thing is due and no more: a calendar program's company can read them."""


def deadlines(viewer: Viewer, since: date, link: PageOf) -> list[Event]:
    """The open due dates on which the viewer acts: one's own, those of the own organization and of its people.

    People are never named: HR sees at the link whose date it is.
    """
    conditions = acted_on(viewer, beside_events=True)
    if not conditions:
        return []
    audience = case(*((condition, literal(one.value, String)) for one, condition in conditions.items()))
    rows = db.session.execute(
        select(Obligation.created_at, audience.label("audience"), *obligations.item_columns())
        .outerjoin(Party, Party.id == Obligation.party_id)
        .outerjoin(Payer, Payer.id == Obligation.payer_id)
        .where(Obligation.closed_at.is_(None), Obligation.due_on >= since, or_(false(), *conditions.values()))
        .order_by(Obligation.due_on, Obligation.id)
    )
    return [_event(obligations.item_of(row, notice_id=0), row.created_at, link) for row in rows]


def acted_on(viewer: Viewer, *, beside_events: bool) -> dict[Audience, ColumnElement[bool]]:
    """In what roles the viewer acts, with the condition on obligations that each acts on.

    `beside_events` leaves out what is an event of the calendar anyway.
    """

    def told(audience: Audience, *, acting: bool = False) -> ColumnElement[bool]:
        kinds: list[ObligationKind] = [
            kind
            for kind, one in SOURCES.items()
            if audience in one.concerns
            and (one.in_calendar or not beside_events)
            and (one.words.fund_acts or not acting)
        ]
        return Obligation.kind.in_(kinds)

    if is_coordinator(viewer):
        return {Audience.HOLDER: and_(Obligation.party_id == viewer.party_id, told(Audience.HOLDER))}
    if manages_fund(viewer):
        return {Audience.FUND: told(Audience.FUND, acting=True)}
    if works_for_dph(viewer):
        return {Audience.REVIEWER: and_(obligations.office() == viewer.id, told(Audience.REVIEWER))}
    if viewer.party_id is None:
        return {}
    found = {Audience.ORGANIZATION: and_(Obligation.party_id == viewer.party_id, told(Audience.ORGANIZATION))}
    if is_employer(viewer):
        found[Audience.EMPLOYER] = and_(_works_there(viewer.party_id), told(Audience.EMPLOYER))
    return found


def _works_there(employer_id: int) -> ColumnElement[bool]:
    works = obligations.works_on(clock.today(), Obligation.party_id)
    return exists().where(works, Employment.employer_id == employer_id)


def _event(item: DueItem, noted_at: datetime, link: PageOf) -> Event:
    words = SOURCES[item.kind].words
    what = "" if item.audience in _BY_KIND_ONLY else item.what
    begins = "" if words.happens else "Ends: " if words.ends else "Due: "
    page = link(item)
    title = f"{begins}{words.noun.rstrip(':,')} {what}".strip()
    return Event(
        uid=f"{item.kind.value}-{item.subject_id}-{item.due_on:%Y%m%d}@certhub",
        sequence=0,
        when=AllDay(item.due_on, item.due_on),
        summary=title[0].upper() + title[1:],
        changed_at=noted_at,
        description=f"{words.ahead}\n{page}",
        link=page,
    )
