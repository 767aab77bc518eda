"""Each kind of due date can be seen in the demo state."""

from flask import Flask
from sqlalchemy import select

from certhub.database import db
from certhub.models.messages import Obligation
from certhub.rules.reminder_policies import ObligationKind


def test_something_of_each_kind_falls_due(demo: Flask) -> None:
    assert set(db.session.scalars(select(Obligation.kind).where(Obligation.closed_at.is_(None)))) == set(ObligationKind)
