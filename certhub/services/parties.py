"""Parties: registering and changing organizations, practices, programs and people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import func, select

from certhub.database import db
from certhub.models.parties import (
    Contact,
    Coordinator,
    Municipality,
    OwnershipGroup,
    OwnershipStake,
    Party,
    PartyLanguage,
    Practice,
    TrainingProgram,
    VendorOrganization,
)
from certhub.rules.audit_actions import AuditAction
from certhub.rules.identifiers import (
    require_email,
    require_massachusetts_zip,
    require_npi,
    require_organization_name,
    require_person_name,
    require_phone,
    require_vendor_code,
    require_zip,
)
from certhub.rules.languages import LANGUAGES
from certhub.rules.name_order import folded
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Discipline, SubjectType
from certhub.services import audit, drifts
from certhub.services.audit import Actor

P = TypeVar("P", bound=Party)

EMAIL_TAKEN = "A coordinator with this e-mail is already registered."
WORKS_ELSEWHERE = (
    f"{EMAIL_TAKEN} If the person joins you from another employer, ask for their consent under Changes of employer."
)
"""The same for a vendor that may not open the record."""

_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What every record has, as it was typed; empty text stands for nothing."""

    name: str
    certificate_name: str = ""
    email: str = ""
    phone: str = ""
    preferred_language: str = "en"
    languages: Collection[str] = ()
    address_line: str = ""
    zip_code: str = ""
    municipality_id: int | None = None


def register_vendor(particulars: Particulars, *, vendor_code: str, actor: Actor, at: datetime) -> VendorOrganization:
    """Add a vendor organization."""
    vendor = VendorOrganization(created_at=at, name="", sort_name="", vendor_code=_free_code(vendor_code))
    _describe(vendor, particulars)
    return _registered(vendor, actor, at)


def update_vendor(
    vendor: VendorOrganization, particulars: Particulars, *, vendor_code: str, actor: Actor, at: datetime
) -> None:
    """Change what is on file about a vendor organization."""
    vendor.vendor_code = _free_code(vendor_code, holder=vendor)
    _describe(vendor, particulars)
    audit.record(actor, AuditAction.PARTY_UPDATED, vendor, at=at)
    drifts.note(vendor, actor=actor, at=at)


def register_practice(
    particulars: Particulars, *, npi: str, pays_coordinator_wages: bool, actor: Actor, at: datetime
) -> Practice:
    """Add a practice. An NPI that another practice has is kept: the records show the warning."""
    practice = Practice(
        created_at=at, name="", sort_name="", npi=require_npi(npi), pays_coordinator_wages=pays_coordinator_wages
    )
    _describe(practice, particulars)
    return _registered(practice, actor, at)


def update_practice(
    practice: Practice,
    particulars: Particulars,
    *,
    npi: str,
    pays_coordinator_wages: bool,
    actor: Actor,
    at: datetime,
) -> None:
    """Change what is on file about a practice."""
    practice.npi = require_npi(npi)
    practice.pays_coordinator_wages = pays_coordinator_wages
    _describe(practice, particulars)
    audit.record(actor, AuditAction.PARTY_UPDATED, practice, at=at)
    drifts.note(practice, actor=actor, at=at)


def register_program(
    particulars: Particulars, *, parent_institution: str, actor: Actor, at: datetime
) -> TrainingProgram:
    """Add a training program."""
    program = TrainingProgram(created_at=at, name="", sort_name="", parent_institution=parent_institution or None)
    _describe(program, particulars)
    return _registered(program, actor, at)


def update_program(
    program: TrainingProgram, particulars: Particulars, *, parent_institution: str, actor: Actor, at: datetime
) -> None:
    """Change what is on file about a training program."""
    program.parent_institution = parent_institution or None
    _describe(program, particulars)
    audit.record(actor, AuditAction.PARTY_UPDATED, program, at=at)
    drifts.note(program, actor=actor, at=at)


def register_coordinator(
    particulars: Particulars,
    *,
    discipline: Discipline,
    birthday: tuple[int, int] | None = None,
    actor: Actor,
    at: datetime,
) -> Coordinator:
    """Add a coordinator; `birthday` is month and day. Two coordinators never share an e-mail address."""
    person = Coordinator(created_at=at, name="", sort_name="", discipline=discipline)
    _describe_coordinator(person, particulars, birthday)
    return _registered(person, actor, at)


def update_coordinator(
    person: Coordinator,
    particulars: Particulars,
    *,
    discipline: Discipline,
    birthday: tuple[int, int] | None,
    actor: Actor,
    at: datetime,
) -> None:
    """Change what is on file about a coordinator."""
    person.discipline = discipline
    _describe_coordinator(person, particulars, birthday)
    audit.record(actor, AuditAction.PARTY_UPDATED, person, at=at)


def require_birthday(month: int | None, day: int | None) -> tuple[int, int] | None:
    """Month and day of a birthday, both or neither; refuses a day that no year has."""
    if month is None and day is None:
        return None
    if month is None or day is None:
        raise Refusal("Give both the month and the day of birth, or neither.", field="birth_day")
    if not 1 <= month <= len(_DAYS_IN_MONTH) or not 1 <= day <= _DAYS_IN_MONTH[month - 1]:
        raise Refusal("This day does not exist in that month.", field="birth_day")
    return month, day


def add_contact(
    party: Party, *, name: str, responsibility: str, email: str, phone: str, actor: Actor, at: datetime
) -> Contact:
    """Add a person whom DPH can reach at an organization."""
    if not responsibility:
        raise Refusal("Say what this person can be asked about.", field="responsibility")
    if not email and not phone:
        raise Refusal("Give an e-mail address or a telephone number.", field="email")
    contact = Contact(
        party_id=party.id,
        name=require_person_name(name),
        responsibility=responsibility,
        email=require_email(email) if email else None,
        phone=require_phone(phone) if phone else None,
    )
    db.session.add(contact)
    db.session.flush()
    audit.record(actor, AuditAction.CONTACT_ADDED, contact, at=at)
    return contact


def remove_contact(contact: Contact, *, actor: Actor, at: datetime) -> None:
    """Take a contact off the list; the trail keeps who it was."""
    audit.record(actor, AuditAction.CONTACT_REMOVED, contact, at=at)
    db.session.delete(contact)


def municipality(municipality_id: int) -> Municipality:
    """A city or town of Massachusetts; refused for any other number."""
    town = db.session.get(Municipality, municipality_id)
    if town is None:
        raise Refusal("Choose a city or town of Massachusetts from the list.", field="municipality_id")
    return town


def record_stake(
    party: Party,
    *,
    group_name: str,
    percent: int,
    starts_on: date,
    ends_on: date | None,
    actor: Actor,
    at: datetime,
) -> OwnershipStake:
    """Note that an organization belongs to an ownership group; a group that is not known yet is made.

    Ownership is a fact and is never refused for the conflicts that it causes: `queries.independence` shows them.
    """
    if not 0 <= percent <= 100:  # noqa: PLR2004  (a share in percent)
        raise Refusal("Type the share as a whole number from 0 to 100.", field="percent")
    if ends_on is not None and ends_on < starts_on:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    name = require_organization_name(group_name, field="group_name")
    group = db.session.scalar(select(OwnershipGroup).where(func.lower(OwnershipGroup.name) == name.lower()))
    if group is None:
        group = OwnershipGroup(name=name)
        db.session.add(group)
        db.session.flush()
    stake = OwnershipStake(party_id=party.id, group_id=group.id, percent=percent, starts_on=starts_on, ends_on=ends_on)
    db.session.add(stake)
    db.session.flush()
    audit.record(actor, AuditAction.STAKE_RECORDED, stake, at=at, group=group.name)
    drifts.note(party, actor=actor, at=at)
    return stake


def end_stake(stake: OwnershipStake, *, ends_on: date, actor: Actor, at: datetime) -> None:
    """Note the last day on which an organization belonged to a group."""
    if ends_on < stake.starts_on:
        raise Refusal("The last day cannot be before the first day.", field="ends_on")
    stake.ends_on = ends_on
    audit.record(actor, AuditAction.STAKE_ENDED, stake, at=at)
    drifts.note(db.session.get_one(Party, stake.party_id), actor=actor, at=at)


def _registered(party: P, actor: Actor, at: datetime) -> P:
    db.session.add(party)
    db.session.flush()
    audit.record(actor, AuditAction.PARTY_REGISTERED, party, at=at)
    return party


def _describe_coordinator(person: Coordinator, particulars: Particulars, birthday: tuple[int, int] | None) -> None:
    if not particulars.email:
        raise Refusal("Enter the business e-mail address.", field="email")
    taken = db.session.scalar(
        select(Party.id).where(
            Party.kind == SubjectType.COORDINATOR,
            Party.email == require_email(particulars.email),
            Party.id != (person.id or 0),
        )
    )
    if taken is not None:
        raise Refusal(EMAIL_TAKEN, field="email")
    person.birth_month, person.birth_day = birthday or (None, None)
    _describe(person, particulars)


def _describe(party: Party, particulars: Particulars) -> None:
    person = isinstance(party, Coordinator)
    require_name = require_person_name if person else require_organization_name
    party.name = require_name(particulars.name)
    party.sort_name = folded(party.name)
    given = particulars.certificate_name
    party.certificate_name = require_name(given, field="certificate_name") if given else None
    party.email = require_email(particulars.email) if particulars.email else None
    party.phone = require_phone(particulars.phone) if particulars.phone else None
    party.preferred_language = _language(particulars.preferred_language, "preferred_language")
    party.address_line = particulars.address_line or None
    town = municipality(particulars.municipality_id) if particulars.municipality_id is not None else None
    party.municipality_id, party.region = (town.id, town.region) if town else (None, None)
    require_code = require_massachusetts_zip if town else require_zip
    party.zip_code = require_code(particulars.zip_code) if particulars.zip_code else None
    wanted = {_language(code, "languages") for code in particulars.languages}
    kept = [language for language in party.languages if language.code in wanted]
    party.languages = [
        *kept,
        *(PartyLanguage(code=code) for code in sorted(wanted - {language.code for language in kept})),
    ]


def _language(code: str, field: str) -> str:
    if code not in LANGUAGES:
        raise Refusal("Choose a language from the list.", field=field)
    return code


def _free_code(text: str, *, holder: VendorOrganization | None = None) -> str:
    code = require_vendor_code(text)
    other = db.session.scalar(select(VendorOrganization.id).where(VendorOrganization.vendor_code == code))
    if other is not None and (holder is None or other != holder.id):
        raise Refusal("Another organization has this vendor code. Check the code.", field="vendor_code")
    return code
