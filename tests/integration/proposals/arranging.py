"""Vendors, coordinators and practices that a plan can be made for, and proposals computed as the worker does it."""

from datetime import date, timedelta
from typing import Any

from certhub import clock
from certhub.database import db, transaction
from certhub.jobs.proposals import work_off
from certhub.jobs.registry import Occasion
from certhub.models.accounts import User
from certhub.models.parties import Coordinator, PartyLanguage, Practice, VendorOrganization
from certhub.models.proposals import Proposal
from certhub.rules.name_order import folded
from certhub.rules.proposals import Effort
from certhub.rules.vocabulary import Region, Role
from certhub.services import proposals
from certhub.web.context import settings
from tests.factories import WHEN, contract_of, make_coordinator, make_user, make_vendor, municipality, saved
from tests.integration.exposure.arranging import FAR, certified


def vendor(name: str = "Bridge Family Partners") -> VendorOrganization:
    """A certified vendor with a contract."""
    made = make_vendor(name)
    certified(made)
    contract_of(made.id)
    return made


def coordinator(
    name: str, employer: VendorOrganization, *, town: str = "Worcester", languages: tuple[str, ...] = (),
    credential_until: date = FAR,
) -> Coordinator:  # fmt: skip
    """Somebody with a credential who works full time and lives in a town."""
    place = municipality(town)
    person = make_coordinator(name, vendor=employer, municipality_id=place.id, region=place.region)
    certified(person, credential_until)
    for code in languages:
        saved(PartyLanguage(party_id=person.id, code=code))
    return person


def practice(
    name: str, *, tier_2: int, town: str = "Worcester", languages: dict[str, int] | None = None, **values: Any
) -> Practice:
    """A committed practice with a need: 91 children of tier 2 fill a full-time position."""
    place = municipality(town)
    made = saved(
        Practice(
            name=name, sort_name=folded(name), created_at=WHEN, municipality_id=place.id, region=place.region,
            npi="1234567893", **values,
        )
    )  # fmt: skip
    certified(made)
    needs(made, tier_2, languages or {})
    return made


def needs(made: Practice, tier_2: int, languages: dict[str, int]) -> None:
    standing, by = proposals.standing_need(made.id), make_office()
    with transaction():
        proposals.record_need(
            made, tiers=(0, tier_2, 0), languages=languages, seen=standing.id if standing else None,
            actor=by, at=clock.now(),
        )  # fmt: skip


def make_office() -> User:
    return make_user(Role.DPH_ADMINISTRATOR)


def asked(by: User, *, vendor_id: int | None = None, months: int = 6, **values: Any) -> Proposal:
    first = clock.today() + timedelta(days=1)
    options: dict[str, Any] = {"regions": list(Region), "effort": Effort.CLOSE, "most_miles": 60, **values}
    with transaction():
        return proposals.ask(
            options.pop("regions"), starts_on=first, ends_on=first + timedelta(days=30 * months), vendor_id=vendor_id,
            actor=by, at=clock.now(), **options,
        )  # fmt: skip


def worker(**changes: Any) -> dict[str, int]:
    """One run of the job."""
    return work_off(Occasion(clock.today(), settings(), lambda *_: "https://certhub.example.org", **changes))


def computed(by: User, **values: Any) -> Proposal:
    made = asked(by, **values)
    worker()
    db.session.refresh(made)
    return made
