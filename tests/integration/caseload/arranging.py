"""A vendor with coordinators at practices, and lines of reports for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from certhub import clock
from certhub.database import transaction
from certhub.models.accounts import User
from certhub.models.caseload import CaseloadReport, ReportSource
from certhub.models.parties import Assignment, Coordinator, Practice, VendorOrganization
from certhub.queries import caseload_reports
from certhub.queries.caseload_reports import Place
from certhub.rules.caseload_report import PARTS, WHOLE
from certhub.rules.vocabulary import Role
from certhub.services import caseload_reports as service
from tests.factories import WHEN, make_coordinator, make_practice, make_user, make_vendor, placement, saved

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
NOVEMBER_9 = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)


@dataclass
class Arranged:
    """A vendor, its HR, and one coordinator at one practice since January."""

    vendor: VendorOrganization
    hr: User
    person: Coordinator
    practice: Practice
    assignment: Assignment

    @property
    def pair(self) -> tuple[int, int]:
        return (self.person.id, self.practice.id)

    def address(self, rest: str = "", month: int = 202610) -> str:
        return f"/caseload/vendors/{self.vendor.id}/months/{month}{rest}"

    def line_address(self, month: int = 202610) -> str:
        return self.address(f"/lines/{self.assignment.id}", month)


def arranged() -> Arranged:
    vendor = make_vendor()
    hr = make_user(Role.VENDOR_HR, vendor)
    person, practice = make_coordinator("Ana Ferreira", vendor=vendor), make_practice()
    return Arranged(vendor, hr, person, practice, assigned(vendor, person, practice))


def assigned(
    vendor: VendorOrganization,
    person: Coordinator,
    practice: Practice,
    *,
    starts_on: date = date(2026, 1, 5),
    ends_on: date | None = None,
) -> Assignment:
    return saved(
        placement(
            coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=starts_on,
            ends_on=ends_on, recorded_at=WHEN,
        )
    )  # fmt: skip


def line(children: int = 10, *, tier: int = 2, **others: int) -> dict[str, Any]:
    """A line that holds together."""
    parts = {PARTS[one][1].key: children for one in WHOLE[1:]}
    calm = {"families": children, "contacted": children, "encounters": 4, "time_2": 4, "activity_1": 4}
    return {"children": children, f"tier_{tier}": children, **parts, **calm, "occurred_advice": 4, **others}


def filed(
    who: Arranged,
    lines: Mapping[tuple[int, int], dict[str, Any]],
    *,
    month: date = OCTOBER,
    at: datetime = NOVEMBER_9,
) -> CaseloadReport:
    """File a month as the vendor's HR."""
    with transaction():
        service.type_lines(who.vendor.id, month, lines, source=ReportSource.FORM, actor=who.hr, at=at)
        standing = caseload_reports.standing(who.vendor.id, month)
        report, _ = service.file(
            who.vendor, month, places(who, month), filed_on=clock.civil_date(at),
            seen=standing.id if standing else None, actor=who.hr, at=at,
        )  # fmt: skip
    return report


def places(who: Arranged, month: date = OCTOBER) -> list[Place]:
    return caseload_reports.places(who.hr, who.vendor.id, month)
