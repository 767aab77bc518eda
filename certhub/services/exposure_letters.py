"""Telling of exposed assignments: a ledger of who is told of what, and one letter per recipient and day.

What stands and was not told is told, so a day on which nothing ran is caught up, and nothing is told twice. What was
told and is over is told as over, once. The records are read again when a letter is about to leave.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.exposures import ExposureNotice
from certhub.models.parties import Assignment, Party
from certhub.notifications import exposure_letter, rendering
from certhub.notifications.exposure_letter import Told
from certhub.queries import exposure
from certhub.queries.exposure import ExposedRow
from certhub.rules.exposure import Break, Link, Reader, as_read_by, exposure_on
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import Role
from certhub.services import outbox
from certhub.services.bulk_changes import insert_new

LETTER = "exposures"
"""The message that tells one recipient of all that is new, once a day."""

_KEY = ("coordinator_id", "practice_id", "vendor_id", "link", "first_on", "recipient")
_LEDGER = cast("Table", ExposureNotice.__table__)
_OUTSIDE = (Role.VENDOR_HR, Role.PRACTICE_MANAGER)

Placement = tuple[int, int, int, Link, date]
"""Coordinator, practice, vendor, the broken link and its first day."""


def plan(day: date, *, at: datetime) -> dict[str, int]:
    """Enter into the ledger who is to be told of what stands on `day`, and what is over; how many of each."""
    readers = _Readers()
    wanted: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in exposure.whole(OPERATOR, day):
        for reader, breaks in _told_to(row):
            for (recipient, name), one in ((each, one) for each in readers.of(reader, row) for one in breaks):
                notice = {
                    "coordinator_id": row.coordinator_id, "practice_id": row.practice_id, "vendor_id": row.vendor_id,
                    "link": one.link, "first_on": one.from_on, "recipient": recipient,
                }  # fmt: skip
                key = tuple(notice.values())
                wanted.setdefault(key, {**notice, "reader": reader, "recipient_name": name[:200], "recorded_at": at})
    known, over, again = _followed(set(wanted), day)
    new = [notice for key, notice in wanted.items() if key not in known]
    if new:
        db.session.connection().execute(insert_new(ExposureNotice, list(_KEY)), new)
    return {name: number for name, number in (("new", len(new)), ("over", over), ("back", again)) if number}


def waiting_recipients(after: str, limit: int | None) -> list[str]:
    """The next people for whom something is to be told, in the order of their addresses."""
    return list(
        db.session.scalars(
            select(ExposureNotice.recipient)
            .where(_waits(), ExposureNotice.recipient > after)
            .distinct()
            .order_by(ExposureNotice.recipient)
            .limit(limit)
        )
    )


def enqueue_letters(recipients: Sequence[str], day: date, *, base_url: str, at: datetime) -> int:
    """Put one letter into the outbox for each of `recipients`; how many were new.

    Who had a letter on this day already gets what is new with that of the next day.
    """
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(_notices().where(ExposureNotice.recipient.in_(recipients), _waits())):
        found[row.ExposureNotice.recipient].append(row)
    standing = _standing_at_practices(recipients)
    new = 0
    for recipient, rows in found.items():
        fresh = []
        for row in rows:
            known = standing.get(_person(row.ExposureNotice))
            if known is None:
                fresh.append(row)
            elif row.ExposureNotice.over_on is None:
                _tell([row], known)  # the practice knows already that this person is not cleared
        if not fresh:
            continue
        message = outbox.enqueue(
            LETTER,
            recipient=recipient,
            recipient_name=fresh[0].ExposureNotice.recipient_name,
            dedupe_key=f"{LETTER}:{day}:{hashlib.sha256(recipient.encode()).hexdigest()[:32]}",
            context=_context(fresh, base_url),
            at=at,
        )
        if message is not None:
            new += 1
            _tell(fresh, message.id)
    return new


def read_again(message_id: int, day: date, *, base_url: str) -> rendering.Rendered | None:
    """What a letter that is about to leave has to say now; None where nothing is left to tell."""
    notice = ExposureNotice
    rows = db.session.execute(
        _notices().where(or_(and_(notice.message_id == message_id, notice.over_on.is_(None)),
                             notice.end_message_id == message_id))
    ).all()  # fmt: skip
    opening = [row.ExposureNotice for row in rows if row.ExposureNotice.over_on is None]
    standing = _standing({one.coordinator_id for one in opening}, day)
    reading = set(
        db.session.scalars(select(notice.id).where(notice.id.in_([row.ExposureNotice.id for row in rows]), _reads()))
    )
    gone = {one.id for one in opening if one.id not in reading or _placement(one) not in standing}
    if gone:
        db.session.execute(update(notice).where(notice.id.in_(gone)).values(over_on=day, message_id=None))
    kept = [row for row in rows if row.ExposureNotice.id in reading - gone]
    if not kept:
        return None
    name = kept[0].ExposureNotice.recipient_name
    return rendering.render(LETTER, {"recipient_name": name, **_context(kept, base_url)})


def _told_to(row: ExposedRow) -> Iterator[tuple[Reader, tuple[Break, ...]]]:
    """The breaks of which each reader hears. A practice's notice keeps the link, which its letter does not name."""
    names = {"coordinator": row.coordinator, "practice": row.practice, "vendor": row.vendor}
    yield Reader.DEPARTMENT, row.breaks
    yield Reader.VENDOR, as_read_by(Reader.VENDOR, row.breaks, **names)
    yield Reader.PRACTICE, row.breaks


class _Readers:
    """Who reads for DPH, for each vendor and for each practice: the accounts, or the business e-mail without one."""

    def __init__(self) -> None:
        self.department: list[tuple[str, str]] = []
        self.outside: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        for user in db.session.execute(
            select(User.email, User.name, User.role, User.party_id)
            .where(User.deactivated_at.is_(None), User.role.in_((Role.DPH_ADMINISTRATOR, *_OUTSIDE)))
            .order_by(User.id)
        ):
            reader = (user.email.lower(), user.name)
            if user.party_id is None:
                self.department.append(reader)
            else:
                self.outside[user.party_id].append(reader)
        party = Party.__table__.c
        for found in db.session.execute(select(party.id, party.email, party.name).where(party.email.is_not(None))):
            self.outside.setdefault(found.id, [(found.email.lower(), found.name)])

    def of(self, reader: Reader, row: ExposedRow) -> list[tuple[str, str]]:
        if reader is Reader.DEPARTMENT:
            return self.department
        return self.outside.get(row.vendor_id if reader is Reader.VENDOR else row.practice_id, [])


def _followed(wanted: Collection[tuple[Any, ...]], day: date) -> tuple[set[tuple[Any, ...]], int, int]:
    """What the ledger has already; note what is over, and take up again what is back; how many of each."""
    over, again, known = [], [], set()
    columns = [getattr(ExposureNotice, name) for name in _KEY]
    for number, over_on, *key in db.session.execute(select(ExposureNotice.id, ExposureNotice.over_on, *columns)):
        known.add(tuple(key))
        stands = tuple(key) in wanted
        if over_on is None and not stands:
            over.append({"number": number, "day": day})
        elif over_on is not None and stands:
            again.append({"number": number})
    ending = update(_LEDGER).where(_LEDGER.c.id == bindparam("number"))
    if over:
        db.session.connection().execute(ending.values(over_on=bindparam("day")), over)
    if again:
        db.session.connection().execute(ending.values(over_on=None, message_id=None, end_message_id=None), again)
    return known, len(over), len(again)


def _waits() -> Any:
    """What is to be told: that it stands and was not told, or that it is over and only its beginning was told."""
    notice = ExposureNotice
    fresh = and_(notice.message_id.is_(None), notice.over_on.is_(None))
    ended = and_(notice.message_id.is_not(None), notice.over_on.is_not(None), notice.end_message_id.is_(None))
    return and_(or_(fresh, ended), _reads())


def _reads() -> ColumnElement[bool]:
    """Whether the recipient of a notice is still one of its readers: `_Readers` for one notice."""
    notice, party = ExposureNotice, Party.__table__
    its = case((notice.reader == Reader.VENDOR, notice.vendor_id), else_=notice.practice_id)
    office = exists().where(User.deactivated_at.is_(None), User.role == Role.DPH_ADMINISTRATOR)
    outside = exists().where(User.deactivated_at.is_(None), User.role.in_(_OUTSIDE), User.party_id == its)
    theirs = func.lower(User.email) == notice.recipient
    by_mail = exists().where(party.c.id == its, func.lower(party.c.email) == notice.recipient)
    return case(
        (notice.reader == Reader.DEPARTMENT, office.where(theirs).correlate(notice)),
        else_=or_(outside.where(theirs).correlate(notice), and_(by_mail.correlate(notice), ~outside.correlate(notice))),
    )


def _notices() -> Select[*tuple[Any, ...]]:
    person, practice, vendor = (aliased(Party.__table__) for _ in range(3))
    return (
        select(
            ExposureNotice, person.c.name.label("coordinator"), practice.c.name.label("practice"),
            vendor.c.name.label("vendor"),
        )
        .join(person, person.c.id == ExposureNotice.coordinator_id)
        .join(practice, practice.c.id == ExposureNotice.practice_id)
        .join(vendor, vendor.c.id == ExposureNotice.vendor_id)
        .order_by(ExposureNotice.id)
    )  # fmt: skip


def _person(notice: ExposureNotice) -> tuple[Any, ...]:
    """The one thing that a practice hears of a person, whatever the link."""
    if notice.reader is not Reader.PRACTICE or notice.link is Link.COMMITMENT:
        return ("by link", notice.id)
    return (notice.recipient, notice.coordinator_id, notice.practice_id, notice.vendor_id)


def _standing_at_practices(recipients: Sequence[str]) -> dict[tuple[Any, ...], int]:
    """The letters by which practices know of people who are still not cleared."""
    notice = ExposureNotice
    told = db.session.scalars(
        select(notice).where(
            notice.recipient.in_(recipients),
            notice.reader == Reader.PRACTICE,
            notice.link != Link.COMMITMENT,
            notice.message_id.is_not(None),
            notice.over_on.is_(None),
        )
    )
    return {_person(one): one.message_id for one in told if one.message_id is not None}


def _tell(rows: Sequence[Row[Any]], message_id: int) -> None:
    for row in rows:
        notice = row.ExposureNotice
        if notice.over_on is None:
            notice.message_id = message_id
        else:
            notice.end_message_id = message_id
    db.session.flush()


def _context(rows: Sequence[Row[Any]], base_url: str) -> dict[str, Any]:
    told = [
        Told(
            one.reader, one.link, one.first_on, one.coordinator_id, row.coordinator, one.practice_id, row.practice,
            one.vendor_id, row.vendor, one.over_on,
        )
        for row in rows
        for one in [row.ExposureNotice]
    ]  # fmt: skip
    return {"lines": exposure_letter.lines(told, base_url=base_url)}


def _placement(notice: ExposureNotice) -> Placement:
    return notice.coordinator_id, notice.practice_id, notice.vendor_id, notice.link, notice.first_on


def _standing(coordinator_ids: Collection[int], day: date) -> set[Placement]:
    """What stands on `day` for some coordinators, by the rule."""
    if not coordinator_ids:
        return set()
    found = exposure.chains(Assignment.coordinator_id.in_(coordinator_ids))
    places = db.session.execute(
        select(Assignment.id, Assignment.coordinator_id, Assignment.practice_id, Assignment.vendor_id).where(
            Assignment.id.in_(found)
        )
    )
    return {
        (place.coordinator_id, place.practice_id, place.vendor_id, one.link, one.from_on)
        for place in places
        for one in exposure_on(found[place.id], day)
        if one.link is not None
    }
