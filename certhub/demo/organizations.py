"""The fictional vendors, practices and training programs, with their towns, sites, contacts and owners."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from certhub.demo.office import Office
from certhub.demo.people import MANAGERS
from certhub.demo.timeline import Story, moment
from certhub.models.accounts import User
from certhub.models.parties import Practice, TrainingProgram, VendorOrganization
from certhub.queries import champions as champions_now
from certhub.rules.champions import ChampionRole
from certhub.rules.identifiers import npi_is_valid
from certhub.rules.terms import ONE_DAY
from certhub.rules.vocabulary import Region, Role
from certhub.services import accounts, champions, parties, sites
from certhub.services.parties import Particulars


@dataclass(frozen=True, slots=True)
class VendorPlan:
    """A vendor: `expires_in` is the month, counted from the present one, at whose end its second term ends."""

    number: int
    key: str
    name: str
    town: str
    hr_name: str
    expires_in: int
    statewide: bool = False

    @property
    def hr_email(self) -> str:
        """Where the HR person signs in; two of the vendors have an account of the demo list."""
        return {"harbor": "hr@example.org", "blackstone": "hr2@example.org"}.get(self.key, f"hr.{self.key}@example.org")


VENDORS = (
    VendorPlan(1, "pioneer", "Pioneer Valley Family Partners", "Springfield", "Ruth Kowalski", 1),
    VendorPlan(2, "blackstone", "Blackstone Care Network", "Worcester", "Miguel Santos", 9),
    VendorPlan(3, "merrimack", "Merrimack Family Connections", "Lawrence", "Altagracia Peña", 1),
    VendorPlan(4, "charles", "Charles River Care Coordination", "Framingham", "Joanne Petrillo", 4),
    VendorPlan(5, "southcoast", "South Coast Family Alliance", "New Bedford", "Manuel Arruda", 6),
    VendorPlan(6, "harbor", "Harbor Family Collaborative", "Boston", "Denise Carter", 11),
    VendorPlan(7, "commonwealth", "Commonwealth Care Partners", "Cambridge", "Alan Mercer", 14, statewide=True),
    VendorPlan(8, "baystate", "Bay State Family Voices", "Quincy", "Lorraine Chu", 17, statewide=True),
)

PRACTICE_TOWNS: dict[Region, tuple[str, ...]] = {
    Region.WESTERN: ("Springfield", "Holyoke", "Pittsfield", "Northampton", "Greenfield"),
    Region.CENTRAL: ("Worcester", "Worcester", "Fitchburg", "Leominster", "Southbridge", "Milford"),
    Region.NORTHEAST: (
        "Lawrence", "Lowell", "Lowell", "Lynn", "Haverhill", "Salem", "Methuen", "Peabody", "Gloucester",
    ),
    Region.METRO_WEST: (
        "Framingham", "Cambridge", "Somerville", "Newton", "Quincy", "Waltham", "Natick", "Dedham", "Norwood",
        "Marlborough",
    ),
    Region.SOUTHEAST: (
        "New Bedford", "Fall River", "Brockton", "Taunton", "Plymouth", "Barnstable", "Attleboro", "Wareham",
        "Brockton",
    ),
    Region.BOSTON: ("Boston", "Boston", "Boston", "Boston", "Chelsea", "Revere"),
}  # fmt: skip
"""Forty-five practices, spread in proportion to how many people live in each region."""

_FIRST_NAMES = (
    "Elm Street", "Riverside", "Maple Grove", "Common Street", "Bayview", "Harbor Point", "Meadowbrook", "Hillside",
    "Mill River", "Liberty", "Lakeside", "Oak Square", "Stone Bridge", "Northgate", "Sunrise",
)  # fmt: skip
_LAST_NAMES = ("Pediatrics", "Children's Health", "Pediatric Associates", "Family Pediatrics")

PROGRAMS = (
    ("New England Care Coordination Institute", "Harborview College", "Boston"),
    ("Family Leadership Training Program", "Bay State Family Resource Trust", "Worcester"),
    ("Pioneer Care Coordination Certificate", "Connecticut River Community College", "Holyoke"),
)

PRACTICE_ACCOUNT = 40
"""The practice, by its place in the list, whose manager has an account of the demo list."""


@dataclass(frozen=True, slots=True)
class PracticePlan:
    """A practice before there is a record of it."""

    number: int
    name: str
    town: str
    region: Region
    npi: str


def practice_plans() -> Iterator[PracticePlan]:
    """The forty-five practices in the order of the regions."""
    number = 0
    for region, towns in PRACTICE_TOWNS.items():
        for town in towns:
            first = _FIRST_NAMES[number % len(_FIRST_NAMES)]
            last = _LAST_NAMES[number // len(_FIRST_NAMES) % len(_LAST_NAMES)]
            yield PracticePlan(number, f"{first} {last} of {town}", town, region, valid_npi(number))
            number += 1


def valid_npi(number: int) -> str:
    """A provider number with the right check digit."""
    stem = f"1990{number * 137 % 100_000:05d}"
    return next(stem + str(check) for check in range(10) if npi_is_valid(stem + str(check)))


def vendor_registered(office: Office, plan: VendorPlan, *, on: date) -> Story[tuple[VendorOrganization, User]]:
    """The vendor's record, its contacts, and the account of its HR person."""
    at = moment(on)
    yield at
    vendor = parties.register_vendor(
        Particulars(
            name=plan.name, email=f"office.{plan.key}@example.org", phone=f"617-555-01{plan.number:02d}",
            languages=("en", "es", *(("pt",) if plan.number % 2 else ("ht", "vi"))),
            address_line=f"{100 + plan.number * 11} Main Street", municipality_id=office.town(plan.town),
        ),
        vendor_code=f"VC6{plan.number:09d}", actor=office.administrator, at=at,
    )  # fmt: skip
    for index, responsibility in enumerate(("Contract manager", "CORI coordinator")):
        parties.add_contact(
            vendor, name=MANAGERS[(plan.number + index * 5) % len(MANAGERS)], responsibility=responsibility,
            email=f"{responsibility.split()[0].lower()}.{plan.key}@example.org", phone="",
            actor=office.administrator, at=at,
        )  # fmt: skip
    hr = accounts.create(
        email=plan.hr_email, name=plan.hr_name, role=Role.VENDOR_HR, party=vendor, actor=office.administrator, at=at
    )
    office.vendors[plan.key], office.hr[plan.key] = vendor, hr
    return vendor, hr


def practice_registered(office: Office, plan: PracticePlan, *, on: date) -> Story[tuple[Practice, User]]:
    """The practice's record, its sites, its contact, and the account of its manager."""
    at = moment(on)
    yield at
    manager = MANAGERS[plan.number % len(MANAGERS)]
    practice = parties.register_practice(
        Particulars(
            name=plan.name, email=f"practice{plan.number + 1:02d}@example.org",
            phone=f"617-555-01{plan.number + 40:02d}", languages=("en", "es") if plan.number % 3 else ("en", "pt"),
            address_line=f"{20 + plan.number * 7} {plan.name.split()[0]} Avenue",
            municipality_id=office.town(plan.town),
        ),
        npi=plan.npi, pays_coordinator_wages=False, actor=office.administrator, at=at,
    )  # fmt: skip
    names = ("Main office",) if plan.number % 4 else ("Main office", "Second office")
    if plan.number == PRACTICE_ACCOUNT:
        names = (*names, "School clinic")
    for index, name in enumerate(names):
        sites.add(
            practice, name=name, address_line=f"{20 + plan.number * 7 + index * 300} {plan.name.split()[0]} Avenue",
            zip_code="", municipality_id=office.town(plan.town),
            service_location=f"11000{plan.number:04d}{'ABC'[index]}",
            opened_on=date(2008 + plan.number % 9, 4, 1), actor=office.administrator, at=at,
        )  # fmt: skip
    parties.add_contact(
        practice, name=manager, responsibility="Practice manager", email=f"manager{plan.number + 1:02d}@example.org",
        phone="", actor=office.administrator, at=at,
    )  # fmt: skip
    email = "practice@example.org" if plan.number == PRACTICE_ACCOUNT else f"desk{plan.number + 1:02d}@example.org"
    account = accounts.create(
        email=email, name=manager, role=Role.PRACTICE_MANAGER, party=practice, actor=office.administrator, at=at
    )
    office.practices[plan.number] = practice
    return practice, account


def site_moved(practice: Practice, manager: User, *, on: date) -> Story[None]:
    """The second site of a practice moves, after statements about it were signed."""
    at = moment(on)
    yield at
    second = practice.sites[1]
    sites.move(
        second, address_line="12 Mill Road", zip_code="", municipality_id=second.municipality_id,
        moved_on=on, actor=manager, at=at,
    )  # fmt: skip


def champion_left(practice: Practice, manager: User, *, on: date) -> Story[None]:
    """The physician who leads the work leaves, after the commitment was signed; nobody has followed yet."""
    at = moment(on)
    yield at
    leading = next(one for one in champions_now.of_practice(practice.id) if one.role is ChampionRole.PHYSICIAN)
    champions.end(leading, last_day=on - ONE_DAY, actor=manager, at=at)


def program_registered(office: Office, number: int, *, on: date) -> Story[tuple[TrainingProgram, User]]:
    """The training program's record and the account of the person who runs it."""
    at = moment(on)
    yield at
    name, parent, town = PROGRAMS[number]
    program = parties.register_program(
        Particulars(name=name, email=f"program{number + 1}@example.org", municipality_id=office.town(town)),
        parent_institution=parent, actor=office.administrator, at=at,
    )  # fmt: skip
    email = "training@example.org" if number == 0 else f"training{number + 1}@example.org"
    account = accounts.create(
        email=email, name=("Helen Castellano", "Derek Oyelaran", "Judith Lapointe")[number],
        role=Role.TRAINING_PROVIDER, party=program, actor=office.administrator, at=at,
    )  # fmt: skip
    return program, account


OWNERS = (
    ("Children's Care Holdings", 0, 100),
    ("Children's Care Holdings", 1, 60),
    ("Merrimack Medical Group", 12, 80),
    ("Merrimack Medical Group", 13, 55),
    ("Old Colony Physicians", 30, 4),
)
"""Ownership group, practice by its place in the list, and the share in percent."""


def owners_recorded(office: Office, *, on: date) -> Story[None]:
    """Who owns or controls practices; one vendor shares an owner with a practice, but below the limit."""
    at = moment(on)
    yield at
    for group, number, percent in OWNERS:
        parties.record_stake(
            office.practices[number], group_name=group, percent=percent, starts_on=on - timedelta(days=700),
            ends_on=None, actor=office.administrator, at=at,
        )  # fmt: skip
    parties.record_stake(
        office.vendors["southcoast"], group_name="Old Colony Physicians", percent=3,
        starts_on=on - timedelta(days=700), ends_on=None, actor=office.administrator, at=at,
    )  # fmt: skip
