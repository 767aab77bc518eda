"""Requests for references: those of an application, and the one that a link in a letter leads to."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Application, Evidence
from certhub.models.parties import Party
from certhub.models.references import ReferenceLink, ReferenceRequest, ReferenceSignature
from certhub.queries import evaluations
from certhub.queries.visibility import NotVisible
from certhub.rules.lifecycle import OPEN_STATUSES, WITH_APPLICANT
from certhub.rules.references import REMIND_BEFORE, ReferenceState, asks_referees, rated_in, state_of
from certhub.rules.standard import Requirement
from certhub.rules.tokens import token_hash


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A request for a reference in the list of an application."""

    request: ReferenceRequest
    state: ReferenceState
    rated: int | None
    """How many competencies the form rates; None while there is none."""
    of_all: int | None
    """How many competencies the form asks about."""
    signature: ReferenceSignature | None


def by_token(token: str) -> ReferenceRequest | None:
    """The request that the link in a letter belongs to, whatever became of it."""
    return db.session.scalar(
        select(ReferenceRequest)
        .join(ReferenceLink, ReferenceLink.request_id == ReferenceRequest.id)
        .where(ReferenceLink.token_hash == token_hash(token))
    )


def one(application: Application, request_id: int) -> ReferenceRequest:
    """A request of an application. Raises `NotVisible`."""
    found = db.session.scalar(
        select(ReferenceRequest).where(
            ReferenceRequest.id == request_id, ReferenceRequest.application_id == application.id
        )
    )
    if found is None:
        raise NotVisible(request_id)
    return found


def of_application(application: Application, *, at: datetime) -> list[ReferenceRow]:
    """Every request of an application, oldest first, with what became of it by `at`."""
    found = db.session.execute(
        select(ReferenceRequest, ReferenceSignature, Evidence.value)
        .outerjoin(ReferenceSignature, ReferenceSignature.request_id == ReferenceRequest.id)
        .outerjoin(Evidence, Evidence.id == ReferenceSignature.evidence_id)
        .where(ReferenceRequest.application_id == application.id)
        .order_by(ReferenceRequest.id)
    )
    return [
        ReferenceRow(
            request,
            state(request, at=at),
            rated=None if signature is None else rated_in(value),
            of_all=None if signature is None else len(value["ratings"]),
            signature=signature,
        )
        for request, signature, value in found
    ]


def state(request: ReferenceRequest, *, at: datetime) -> ReferenceState:
    """What has become of a request by `at`."""
    return state_of(
        answered_at=request.answered_at,
        declined_at=request.declined_at,
        cancelled_at=request.cancelled_at,
        expires_at=request.expires_at,
        at=at,
    )


def requirement_of(request: ReferenceRequest, *, on: date) -> Requirement | None:
    """The requirement that a request is for; None where the standard does not ask for it any more."""
    found = evaluations.judge(request.application, as_of=on).requirement(request.requirement_code)
    return found if found is not None and asks_referees(found) else None


def addresses_of(party_id: int) -> set[str]:
    """The e-mail addresses of a party and of every account that ever acted for it."""
    accounts = db.session.scalars(select(User.email).where(User.party_id == party_id))
    own = db.session.scalar(select(Party.email).where(Party.id == party_id))
    return {*accounts, *([own] if own else [])}


def to_tell_expired(at: datetime, *, limit: int) -> dict[Application, list[ReferenceRequest]]:
    """Requests that expired while the applicant has the application, and whose applicant does not know it yet."""
    found = db.session.execute(
        select(Application, ReferenceRequest)
        .join(Application, Application.id == ReferenceRequest.application_id)
        .where(
            Application.status.in_(WITH_APPLICANT),
            ReferenceRequest.answered_at.is_(None),
            ReferenceRequest.declined_at.is_(None),
            ReferenceRequest.cancelled_at.is_(None),
            ReferenceRequest.expiry_told_at.is_(None),
            ReferenceRequest.expires_at <= at,
        )
        .order_by(ReferenceRequest.application_id, ReferenceRequest.id)
        .limit(limit)
    )
    together: defaultdict[Application, list[ReferenceRequest]] = defaultdict(list)
    for application, request in found:
        together[application].append(request)
    return together


def to_remind(at: datetime, *, until: datetime, limit: int) -> list[ReferenceRequest]:
    """Requests that still wait, end soon by an instant and were not brought to mind yet, the nearest end first."""
    return list(
        db.session.scalars(
            select(ReferenceRequest)
            .join(Application, Application.id == ReferenceRequest.application_id)
            .where(
                Application.status.in_(OPEN_STATUSES),
                ReferenceRequest.answered_at.is_(None),
                ReferenceRequest.declined_at.is_(None),
                ReferenceRequest.cancelled_at.is_(None),
                ReferenceRequest.reminded_at.is_(None),
                ReferenceRequest.expires_at > at,
                ReferenceRequest.expires_at <= until + REMIND_BEFORE,
            )
            .order_by(ReferenceRequest.expires_at, ReferenceRequest.id)
            .limit(limit)
        )
    )
