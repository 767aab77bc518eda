"""Files of training for the world of the contract tests: one with somebody to confirm, and one that was imported."""

from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.parties import Coordinator, Party, VendorOrganization
from certhub.models.training_imports import (
    TrainingImport,
    TrainingImportDoubt,
    TrainingImportRow,
    TrainingImportStatus,
    TrainingMapping,
)
from certhub.rules.file_types import CSV
from certhub.rules.training_columns import Layout, propose
from certhub.rules.training_import import Outcome
from certhub.services import training_import_check, training_imports
from certhub.web.context import file_store
from tests.factories import WHEN

_HEADING = "email,name,title,provider,completed_on,hours,category"


def uploaded(vendor: VendorOrganization, person: Coordinator, hr: User) -> list[int | str]:
    """What the vendor's HR has uploaded."""
    by_name = (
        f",{person.name},Care plans,Institute,2026-02-03,1,core\n,Nobody Known,Care plans,Institute,2026-02-03,1,odd"
    )
    by_email = f"{person.email},,Ethics,Institute,2026-02-04,1,ethics"
    checked, applied = (_checked(vendor, rows, hr) for rows in (by_name, by_email))
    with transaction() as session:
        training_imports.carry_out(session.get_one(TrainingImport, applied), leave_out=False, actor=hr, at=clock.now())
    return [checked, applied]


def _checked(vendor: VendorOrganization, rows: str, hr: User) -> int:
    data = f"{_HEADING}\n{rows}\n".encode()
    glance = training_import_check.glance(data, CSV)
    layout: Layout = propose(glance.headings, (), glance.samples).layout
    with transaction():
        found = training_imports.upload(
            vendor, glance, sha256=file_store().put(data), media_type=CSV, name="training.csv", actor=hr, at=WHEN
        )
        training_imports.lay_out(found, layout, glance.headings, save_as="From our system", actor=hr, at=WHEN)
        training_import_check.whole(found, data, actor=hr, at=clock.now())
    return found.id


def saved_columns(vendor: VendorOrganization) -> list[int | str]:
    """What the vendor has saved of how its files are read."""
    return list(db.session.scalars(select(TrainingMapping.id).where(TrainingMapping.vendor_id == vendor.id)))


def more_files(vendor: VendorOrganization, person: Party, hr: User, number: int) -> None:
    """One more file and one more layout of the vendor, and one more person to confirm in each that is checked."""
    checked = select(TrainingImport.id).where(TrainingImport.status == TrainingImportStatus.CHECKED)
    for found in db.session.scalars(checked).all():
        doubt = TrainingImportDoubt(
            import_id=found, name=person.name, email="", number="", first_row=number + 100, candidates=[person.id]
        )
        db.session.add(doubt)
        db.session.flush()
        common = {
            "import_id": found, "who": person.name, "title": "Care plans", "provider": "Institute",
            "provider_approved": True, "minutes": 60,
        }  # fmt: skip
        wrong = [["category", "odd", "Say what it stands for."]]
        db.session.add_all(
            [
                TrainingImportRow(row=number + 100, outcome=Outcome.DOUBTFUL, doubt_id=doubt.id, **common),
                TrainingImportRow(row=number + 500, outcome=Outcome.REFUSED, problems=wrong, **common),
            ]
        )
    db.session.add(
        TrainingMapping(
            vendor_id=vendor.id, name=f"Saved {number}", headings=[], layout=Layout().document(), saved_by_id=hr.id,
            saved_at=WHEN,
        )
    )  # fmt: skip
    db.session.add(
        TrainingImport(
            vendor_id=vendor.id, sha256="0" * 64, media_type=CSV, file_name="training.csv", is_long=False,
            uploaded_by_id=hr.id, uploaded_at=WHEN,
        )
    )  # fmt: skip
