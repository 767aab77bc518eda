"""Changes of employer: one that is done, and one request that waits for the person's answer."""

from datetime import timedelta

from sqlalchemy import select

from certhub.database import db
from certhub.demo import applicants
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.parties import Assignment, Coordinator, Employment
from certhub.rules.vocabulary import Discipline, EmploymentKind
from certhub.services import employer_changes
from certhub.services.employer_changes import Answer, Wanted

_FROM, _TO, _WAITS_FOR = "baystate", "commonwealth", "blackstone"
_ASKED_DAYS_AGO = 13


def moved(office: Office) -> Story[None]:
    """A coordinator of one statewide vendor has joined the other one."""
    on = office_day(office.today - timedelta(days=_ASKED_DAYS_AGO))
    at = moment(on, 100)
    yield at
    base_url, hr = office.press.base_url, office.hr[_TO]
    person = _somebody_placed(office)
    change = employer_changes.ask(
        office.vendors[_TO],
        Wanted(
            known_by=str(person.email), last_name=(person.certificate_name or person.name).split()[-1],
            starts_on=office.today - timedelta(days=2), kind=EmploymentKind.EMPLOYEE, job_title="Care coordinator",
            message="As we agreed on the phone: you begin with us on this day.",
        ),
        base_url=base_url, actor=hr, at=at,
    )  # fmt: skip
    at = moment(on + timedelta(days=2), 100)
    yield at
    ending = frozenset(spell.id for spell in person.employments if spell.superseded_at is None)
    employer_changes.answer(
        change, Answer(consents=True, signed_name=person.name, address="192.0.2.44", ending=ending), base_url=base_url,
        actor=employer_changes.by_letter(change), at=at,
    )  # fmt: skip


def asked(office: Office) -> None:
    """The coordinator of the demo accounts is asked by a vendor, and has an account to answer with."""
    at = moment(office.today - timedelta(days=1), 475)
    walker = office.coordinators[applicants.WALKER]
    employer_changes.ask(
        office.vendors[_WAITS_FOR],
        Wanted(
            known_by=str(walker.email), last_name=walker.name.split()[-1],
            starts_on=office.today + timedelta(days=40), kind=EmploymentKind.EMPLOYEE,
            job_title="Senior care coordinator", message="We would be glad to have you on our team in Worcester.",
        ),
        base_url=office.press.base_url, actor=office.hr[_WAITS_FOR], at=at,
    )  # fmt: skip


def _somebody_placed(office: Office) -> Coordinator:
    """The first of the vendor's people with work in a practice whose records nobody has to keep up."""
    vendor = office.vendors[_FROM]
    return db.session.scalars(
        select(Coordinator)
        .join(Employment, Employment.coordinator_id == Coordinator.id)
        .join(Assignment, Assignment.coordinator_id == Coordinator.id)
        .where(
            Coordinator.discipline == Discipline.EXPERIENCED_PARENT,
            Employment.employer_id == vendor.id,
            Employment.superseded_at.is_(None),
            Employment.ends_on.is_(None),
            Assignment.vendor_id == vendor.id,
            Assignment.superseded_at.is_(None),
            Assignment.ends_on.is_(None),
        )
        .order_by(Coordinator.id)
        .limit(1)
    ).one()
