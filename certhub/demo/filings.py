"""What standards ask organizations to file each quarter and year: on time, but for one vendor's last quarter."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.accounts import User
from certhub.models.certification import Credential, CredentialPeriod
from certhub.queries import applications, standards
from certhub.rules.evidence_forms import checked_value
from certhub.rules.filing_periods import calendar_periods
from certhub.rules.submittals import goes_into
from certhub.rules.vocabulary import SubjectType, Verdict
from certhub.services import submittals

MISSING_AT = "pioneer"
"""The vendor whose report of the last quarter is missing."""
_LOOKED_AT = timedelta(days=4)
_PLANS = (
    (SubjectType.VENDOR, "VO-16", "quarter", 2, timedelta(days=12)),
    (SubjectType.VENDOR, "VO-13", "year", 1, timedelta(days=45)),
    (SubjectType.TRAINING_PROGRAM, "TP-11", "year", 1, timedelta(days=50)),
)
"""Who files what after which period, for how many of the last periods, and how long after their end."""
CODES = frozenset(plan[1] for plan in _PLANS)


def filed(office: Office) -> Iterator[Story[None]]:
    """A story for each of the last quarters and years."""
    for kind, code, period, number, later in _PLANS:
        ends = (
            one.ended_on for one in calendar_periods(period, 0, office.today) if one.ended_on + later < office.today
        )
        for turn, ended_on in enumerate(islice(ends, number)):
            missing = MISSING_AT if code == "VO-16" and turn == 0 else ""
            yield _handed_in(office, kind, code, ended_on, on=office_day(ended_on + later), missing=missing)


def _handed_in(office: Office, kind: SubjectType, code: str, ended_on: date, *, on: date, missing: str) -> Story[None]:
    at = moment(on, 130)
    yield at
    today, spared = clock.civil_date(at), office.vendors[missing].id if missing in office.vendors else None
    papers = []
    for credential, term in _held(kind, ended_on):
        if credential.party_id == spared:
            continue
        version = standards.next_renewal(term, as_of=today).version
        requirement = next(one for one in standards.definition_of(version).requirements if one.code == code)
        under_way = applications.open_of(credential.party_id)
        if under_way is not None and goes_into(requirement, under_way.kind):
            continue
        given = checked_value(
            requirement, {"period_end": ended_on.isoformat(), "occurred_on": today.isoformat()}, today=today
        )
        account = db.session.scalars(
            select(User).where(User.party_id == credential.party_id).order_by(User.id).limit(1)
        ).one()
        papers.append(submittals.hand_in(credential, version, requirement, given, file=None, actor=account, at=at))
    at = moment(office_day(on + _LOOKED_AT), 140)
    yield at
    for paper in papers:
        submittals.look_at(
            paper, Verdict.ACCEPTED, reason="", shown=None, base_url=office.press.base_url, actor=office.reviewer,
            at=at,
        )  # fmt: skip


def _held(kind: SubjectType, on: date) -> list[tuple[Credential, CredentialPeriod]]:
    """The credentials that were held on a day, with their terms of then."""
    rows = db.session.execute(
        select(Credential, CredentialPeriod)
        .join(CredentialPeriod, CredentialPeriod.credential_id == Credential.id)
        .where(
            Credential.subject_type == kind, CredentialPeriod.superseded_at.is_(None), CredentialPeriod.starts_on <= on,
            CredentialPeriod.expires_on >= on,
        )
        .order_by(Credential.id)
    )  # fmt: skip
    return [(credential, term) for credential, term in rows]
