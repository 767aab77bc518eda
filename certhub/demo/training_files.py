"""Training from a vendor's own system: one file that was imported, and one with something to correct and to confirm."""

from datetime import datetime, timedelta

from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.training_imports import TrainingImport
from certhub.rules.file_types import CSV
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_columns import Layout, propose
from certhub.services import training_import_check, training_imports

_VENDOR, _WHO = "harbor", "Julia Novak"
_HEADING = "Employee,Work e-mail,Course,Given by,Date completed,Minutes"
_NAME = "Our learning system"
_IMPORTED_DAYS_AGO, _CHECKED_DAYS_AGO = 9, 1


def brought(office: Office) -> Story[None]:
    """HR has brought in what a new colleague learned in her first days, and begins with the next file."""
    on = office_day(office.today - timedelta(days=_IMPORTED_DAYS_AGO))
    at = moment(on, 130)
    yield at
    person = office.coordinators[_WHO]
    day = f"{on - timedelta(days=3):%m/%d/%Y}"
    done = [
        f"{_WHO},{person.email},Welcome to home visits,Harbor Family Collaborative,{day},90",
        f"{_WHO},{person.email},Safe documentation,Harbor Family Collaborative,{day},60",
    ]
    found = _checked(office, "learning-system-first-days.csv", done, at=at)
    training_imports.carry_out(found, leave_out=False, actor=office.hr[_VENDOR], at=at)

    at = moment(office.today - timedelta(days=_CHECKED_DAYS_AGO), 440)
    yield at
    given, _, family = _WHO.partition(" ")
    by_name = f'"{family}, {given}"'
    day = f"{at.date() - timedelta(days=1):%m/%d/%Y}"
    waiting = [
        *done,
        f"{_WHO},{person.email},Working with interpreters,Harbor Family Collaborative,{day},120",
        f"{by_name},,Sleep in the early years,Harbor Family Collaborative,{day},45",
        f"{_WHO},{person.email},Respite care,Harbor Family Collaborative,31/06/{at.year},60",
    ]
    _checked(office, "learning-system-this-month.csv", waiting, at=at)


def _checked(office: Office, name: str, rows: list[str], *, at: datetime) -> TrainingImport:
    """A file of the vendor, read by the columns that it saved."""
    data = "\n".join((_HEADING, *rows)).encode()
    hr = office.hr[_VENDOR]
    glance = training_import_check.glance(data, CSV)
    proposed = propose(glance.headings, (), glance.samples).layout
    layout = Layout(
        proposed.columns, proposed.date_order, proposed.hours_unit, default_category=TrainingCategory.GENERAL
    )
    found = training_imports.upload(
        office.vendors[_VENDOR], glance, sha256=office.press.store.put(data), media_type=CSV, name=name, actor=hr, at=at
    )
    training_imports.lay_out(found, layout, glance.headings, save_as=_NAME, actor=hr, at=at)
    training_import_check.whole(found, data, actor=hr, at=at)
    return found
