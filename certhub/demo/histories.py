"""What the records had wrong: a term that was corrected a year later, and a person who is on file twice."""

from datetime import timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.demo.office import Office
from certhub.demo.people import PEOPLE, birthday_of
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.certification import Credential, CredentialPeriod
from certhub.queries import corrections
from certhub.services import corrections as corrections_service
from certhub.services import parties
from certhub.services.parties import Particulars

CORRECTED = "Denise Washington"
"""Whose first term began later than was recorded."""
TWICE = "Ellen Thibodeau"
"""Who is on file twice."""

_CORRECTED_DAYS_AGO = 300
_TWICE_DAYS_AGO = 12
_LATER = timedelta(days=4)


def corrected_and_doubled(office: Office) -> Story[None]:
    """A first day that was typed wrongly years ago is put right; a record is made of somebody who has one already."""
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
        reason="The letter of the decision names a first day that is four days later.",
        citation="Decision letter in the paper file", seen=plan.fingerprint, actor=office.administrator, at=at,
    )  # fmt: skip
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
