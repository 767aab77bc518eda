"""What the records had wrong: a term that was corrected years later, and people who are on file twice."""

from datetime import timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.demo import casework, coordinators
from certhub.demo.coordinators import Newcomer
from certhub.demo.office import Office
from certhub.demo.people import PEOPLE, Somebody, birthday_of
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.certification import Credential, CredentialPeriod
from certhub.queries import corrections
from certhub.rules.vocabulary import Discipline
from certhub.services import corrections as corrections_service
from certhub.services import parties, record_merges
from certhub.services.parties import Particulars

CORRECTED = "Sofia Andrade"
"""Whose first term began later than was recorded; it was noticed in the second one."""
TWICE = "Ellen Thibodeau"
"""Who is on file twice."""
MERGED = "Luz Maldonado"
"""Who was on file twice, with a credential on each record, until the two were made one."""
AGAIN = Somebody(62, "Luz M. Maldonado", "", Discipline.SOCIAL_WORKER, ("en", "es"), "en")
"""The same person on the other record, whose birthday was typed wrongly: so nobody saw that there are two."""

_CORRECTED_DAYS_AGO = 40
_MERGED_DAYS_AGO = 20
_TWICE_DAYS_AGO = 12
_LATER = timedelta(days=60)


def corrected(office: Office) -> Story[None]:
    """A first day that was typed wrongly years ago is put right."""
    at = moment(office_day(office.today - timedelta(days=_CORRECTED_DAYS_AGO)), 50)
    yield at
    first = db.session.scalars(
        select(CredentialPeriod)
        .join(Credential, Credential.id == CredentialPeriod.credential_id)
        .where(Credential.party_id == office.coordinators[CORRECTED].id, CredentialPeriod.superseded_at.is_(None))
        .order_by(CredentialPeriod.starts_on)
        .limit(1)
    ).one()
    starts_on = first.starts_on + _LATER
    plan = corrections.plan_of_term(first, starts_on, first.expires_on, on=clock.civil_date(at))
    corrections_service.correct_term(
        first, starts_on=starts_on, expires_on=first.expires_on,
        reason="The letter of the decision names a first day that is sixty days later.",
        citation="Decision letter in the paper file", seen=plan.fingerprint, actor=office.administrator, at=at,
    )  # fmt: skip


def doubled(office: Office) -> Story[None]:
    """A record is made of somebody who has one already."""
    at = moment(office_day(office.today - timedelta(days=_TWICE_DAYS_AGO)), 50)
    yield at
    somebody = next(one for one in PEOPLE if one.name == TWICE)
    birthday = birthday_of(somebody)
    parties.register_coordinator(
        Particulars(
            name=somebody.name, certificate_name="", email="ellen.thibodeau@example.org",
            phone=somebody.phone, preferred_language="en", languages=("en",),
            municipality_id=office.town("Springfield"),
        ),
        discipline=somebody.discipline, birthday=(birthday.month, birthday.day), actor=office.administrator, at=at,
    )  # fmt: skip


def merged(office: Office) -> Story[None]:
    """A second vendor made a record and applied; years later the two records are made one, and one number counts."""
    newcomer = Newcomer(AGAIN, "baystate", AGAIN.number)
    on = coordinators.granted_in(office, newcomer, -18)
    person, desk = yield from coordinators.prepared(office, newcomer, on=on)
    yield from casework.certified(person, desk, on=on)
    at = moment(office_day(office.today - timedelta(days=_MERGED_DAYS_AGO)), 55)
    yield at
    record_merges.merge(
        office.coordinators[MERGED], office.coordinators.pop(AGAIN.name), actor=office.administrator, at=at,
        reason="She told us herself. The birthday on the second record was a typing error.",
    )  # fmt: skip
