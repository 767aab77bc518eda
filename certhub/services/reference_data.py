"""What every installation starts with: the municipalities, the four default standards, the core curriculum
and the reminder policies."""

import csv
import importlib.resources
import io
from datetime import datetime

from sqlalchemy import func, insert, select

from certhub.database import db
from certhub.models.parties import Municipality
from certhub.rules.audit_actions import AuditAction
from certhub.rules.regions import REGION_BY_NUMBER
from certhub.services import audit, courses, reminder_policies, standards


def load(actor: audit.Actor, *, at: datetime) -> None:
    """Load what is not there yet; running it again changes nothing."""
    load_municipalities(actor, at=at)
    standards.adopt_shipped(actor, at=at)
    courses.load_shipped(actor, at=at)
    reminder_policies.adopt_shipped(actor, at=at)


def load_municipalities(actor: audit.Actor, *, at: datetime) -> None:
    """The 351 cities and towns with their EOHHS regions."""
    if db.session.scalar(select(func.count()).select_from(Municipality)):
        return
    source = importlib.resources.files("certhub.data").joinpath("municipalities.csv").read_text(encoding="utf-8")
    rows = [
        {
            "name": row["municipality"],
            "county": row["county"],
            "county_fips": row["county_fips"],
            "region": REGION_BY_NUMBER[int(row["eohhs_region_num"])],
            "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]),
        }
        for row in csv.DictReader(io.StringIO(source))
    ]
    db.session.execute(insert(Municipality), rows)
    audit.record_plain(actor, AuditAction.MUNICIPALITIES_LOADED, "municipality", None, at=at, told={"count": len(rows)})
