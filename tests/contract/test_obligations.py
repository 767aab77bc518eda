"""Each kind of due date has a source, words, a policy, a page that its readers may open, and a line in the rules."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.database import db
from certhub.models.messages import Obligation
from certhub.queries.obligation_sources import SOURCES
from certhub.rules.reminder_policies import (
    ObligationKind,
)

TODAY = date(2026, 11, 23)
EACH_KIND = pytest.mark.parametrize("kind", ObligationKind)


@EACH_KIND
def test_a_kind_can_be_derived_settled_paused_and_named(app: Flask, kind: ObligationKind) -> None:
    source, due = SOURCES[kind], SOURCES[kind].falls_due(TODAY, TODAY - timedelta(days=400))
    assert [column.name for column in due.selected_columns] == ["subject_id", "party_id", "payer_id", "due_on"]
    assert db.session.execute(due).all() == []
    waits = source.waits_because(TODAY) if source.waits_because else None
    told = [one() for one in (source.what, source.thing, source.page_id, source.office) if one]
    asked = [source.settled(TODAY), *told] if waits is None else [source.settled(TODAY), waits, *told]
    assert db.session.execute(select(*asked).select_from(Obligation)).all() == []
