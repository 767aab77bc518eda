"""Letters about one event: to whom they go, and how far the worker is with them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, Subquery, and_, func, or_, select, union_all
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.announcements import Announcement
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.orders import BoardOrder, OrderEffect
from certhub.models.parties import Employment, Party
from certhub.queries.order_plans import Plan, credentials_in_question

_party = Party.__table__
_Employer = aliased(Party, flat=True)


@dataclass(frozen=True, slots=True)
class MovedTerm:
    """One term whose days an order moved, as a letter tells it."""

    name: str
    number: str
    before_on: date
    after_on: date
    grace_before_on: date
    grace_after_on: date


@dataclass(frozen=True, slots=True)
class OrderLetter:
    """One recipient with every term that concerns them: a holder with one, an employer with those of its people."""

    email: str
    name: str
    terms: tuple[MovedTerm, ...]


def next_one() -> int | None:
    """The letters that were asked for first and are not all written."""
    return db.session.scalar(
        select(Announcement.id).where(Announcement.finished_at.is_(None)).order_by(Announcement.id).limit(1)
    )


def of_order(order: BoardOrder) -> list[Announcement]:
    """The letters about an order and about its revocation."""
    return list(
        db.session.scalars(select(Announcement).where(Announcement.order_id == order.id).order_by(Announcement.id))
    )


def of_version(version_id: int) -> Announcement | None:
    """The letters about the adoption of a version."""
    return db.session.scalar(select(Announcement).where(Announcement.standard_version_id == version_id))


def letters_planned(order: BoardOrder, plan: Plan, *, on: date) -> int:
    """How many letters would go out about what a plan moves: one for each address."""
    moving = {term.party_id for term in plan.moving}
    if not moving:
        return 0
    concerned = select(Credential.party_id).where(Credential.id.in_(credentials_in_question(order)))
    addresses = _addresses(concerned, on=on)
    rows = db.session.execute(select(addresses.c.email, addresses.c.party_id))
    return len({email for email, party_id in rows if party_id in moving})


def letters_about(order: BoardOrder, *, of_revocation: bool, on: date) -> int:
    """How many letters go out about what an order, or its revocation, did."""
    addresses = _addresses(_concerned(order, of_revocation=of_revocation), on=on)
    return int(db.session.scalar(select(func.count(addresses.c.email.distinct()))) or 0)


def order_letters(
    order: BoardOrder, *, of_revocation: bool, on: date, after: str, limit: int | None
) -> list[OrderLetter]:
    """The next letters after one address, in the order of addresses, each with its terms in the order of names."""
    addresses = _addresses(_concerned(order, of_revocation=of_revocation), on=on)
    recipients = db.session.scalars(
        select(addresses.c.email).where(addresses.c.email > after).distinct().order_by(addresses.c.email).limit(limit)
    ).all()
    before, later = aliased(CredentialPeriod), aliased(CredentialPeriod)
    rows = db.session.execute(
        select(
            addresses.c.email, addresses.c.name, _party.c.name, Credential.number, before.expires_on,
            later.expires_on, before.grace_until, later.grace_until,
        )
        .select_from(OrderEffect)
        .join(before, before.id == OrderEffect.before_id)
        .join(later, later.id == OrderEffect.after_id)
        .join(Credential, Credential.id == later.credential_id)
        .join(_party, _party.c.id == Credential.party_id)
        .join(addresses, addresses.c.party_id == Credential.party_id)
        .where(_moved(order, of_revocation=of_revocation), addresses.c.email.in_(recipients))
        .order_by(addresses.c.email, _party.c.sort_name, Credential.id)
    )  # fmt: skip
    names: dict[str, str] = {}
    terms: defaultdict[str, dict[str, MovedTerm]] = defaultdict(dict)
    for email, name, *told in rows:
        names.setdefault(email, name)
        term = MovedTerm(*told)
        terms[email][term.number] = term
    return [OrderLetter(email, names[email], tuple(terms[email].values())) for email in recipients]


def _moved(order: BoardOrder, *, of_revocation: bool) -> Any:
    """Condition that an effect changed a day."""
    return and_(
        OrderEffect.order_id == order.id,
        OrderEffect.taken_back.is_(of_revocation),
        OrderEffect.before_id != OrderEffect.after_id,
    )


def _concerned(order: BoardOrder, *, of_revocation: bool) -> Select[int]:
    """The holders whose days an order, or its revocation, moved."""
    return (
        select(Credential.party_id)
        .join(CredentialPeriod, CredentialPeriod.credential_id == Credential.id)
        .join(OrderEffect, OrderEffect.after_id == CredentialPeriod.id)
        .where(_moved(order, of_revocation=of_revocation))
    )


def _addresses(holders: Select[Any], *, on: date) -> Subquery:
    """Where to write about each of some holders: to themselves, and to whoever employs them on the day."""
    own = select(func.lower(_party.c.email).label("email"), _party.c.name, _party.c.id.label("party_id")).where(
        _party.c.id.in_(holders), _party.c.email.is_not(None), _party.c.email != ""
    )
    employers: Collection[Any] = (
        select(func.lower(_Employer.email), _Employer.name, Employment.coordinator_id)
        .join(_Employer, _Employer.id == Employment.employer_id)
        .where(
            Employment.coordinator_id.in_(holders),
            Employment.superseded_at.is_(None),
            Employment.starts_on <= on,
            or_(Employment.ends_on.is_(None), Employment.ends_on >= on),
            _Employer.email.is_not(None),
            _Employer.email != "",
        ),
    )
    return union_all(own, *employers).subquery("addresses")
