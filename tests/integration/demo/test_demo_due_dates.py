"""Each kind of due date can be seen in the demo state."""

from datetime import date

from flask import Flask
from sqlalchemy import select

from certhub.database import db
from certhub.models.messages import Obligation
from certhub.models.parties import Party
from certhub.rules.reminder_policies import ObligationKind


def test_something_of_each_kind_falls_due(demo: Flask) -> None:
    assert set(db.session.scalars(select(Obligation.kind).where(Obligation.closed_at.is_(None)))) == set(ObligationKind)


def test_of_the_last_quarter_only_one_report_is_missing(demo: Flask) -> None:
    due = date(2026, 10, 30)
    missing = select(Party.name).join(Obligation, Obligation.party_id == Party.id)
    found = missing.where(
        Obligation.kind == ObligationKind.FILING, Obligation.closed_at.is_(None), Obligation.due_on == due
    )
    assert list(db.session.scalars(found)) == ["Pioneer Valley Family Partners"]
