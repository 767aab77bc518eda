"""Each kind of due date has a source, words, a policy, a page that its readers may open, and a line in the rules."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.auth.guard import declared
from certhub.config import shipped
from certhub.database import db
from certhub.models.messages import Obligation
from certhub.notifications import digest
from certhub.queries.obligation_sources import SOURCES
from certhub.queries.obligation_sources.source import DueItem
from certhub.rules.permissions import GRANTS
from certhub.rules.reminder_policies import AUDIENCE_LABELS, OBLIGATION_LABELS, Audience, ObligationKind
from certhub.rules.vocabulary import Role, SubjectType
from certhub.services import obligations

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


_ROLES = {
    Audience.HOLDER: Role.COORDINATOR,
    Audience.EMPLOYER: Role.VENDOR_HR,
    Audience.REVIEWER: Role.DPH_REVIEWER,
    Audience.FUND: Role.FUND_MANAGER,
    Audience.DPH: Role.DPH_ADMINISTRATOR,
}
_ACCOUNTS = {
    SubjectType.VENDOR: Role.VENDOR_HR,
    SubjectType.PRACTICE: Role.PRACTICE_MANAGER,
    SubjectType.TRAINING_PROGRAM: Role.TRAINING_PROVIDER,
}


def readers(kind: ObligationKind, audience: Audience) -> list[tuple[Role, SubjectType | None]]:
    """In what roles an audience reads of a kind, and of what party."""
    if audience is Audience.PAYER:
        return []
    holders = SOURCES[kind].holders
    if audience is Audience.ORGANIZATION:
        return [(_ACCOUNTS[one], one) for one in holders if one is not SubjectType.COORDINATOR]
    if audience in (Audience.HOLDER, Audience.EMPLOYER):
        return [(_ROLES[audience], SubjectType.COORDINATOR)]
    return [(_ROLES[audience], next(iter(sorted(holders)), None))]


@EACH_KIND
def test_each_reader_of_a_policy_may_open_the_page_of_the_date(app: Flask, kind: ObligationKind) -> None:
    policy, source = obligations.shipped_policies()[kind], SOURCES[kind]
    assert set(policy.recipients) <= source.concerns
    for audience in policy.recipients:
        for role, party_kind in readers(kind, audience):
            item = DueItem(
                notice_id=1, kind=kind, subject_id=1, party_id=1, party_kind=party_kind, party_name="A name", what="",
                due_on=TODAY, audience=audience, page_id=1, payer_id=1,
            )  # fmt: skip
            endpoint, values = source.page(item)
            permission = declared(endpoint)
            assert permission is not None
            assert permission in GRANTS[role], (audience, role, endpoint)
            assert app.url_map.bind("certhub.example").build(endpoint, values)


@EACH_KIND
def test_a_kind_has_words_for_each_reader_and_a_line_in_the_rules(kind: ObligationKind) -> None:
    words = SOURCES[kind].words
    assert OBLIGATION_LABELS[kind]
    for audience in SOURCES[kind].concerns:
        for due_on in (TODAY - timedelta(days=3), TODAY, TODAY + timedelta(days=30)):
            line = digest.line(
                words=words, name="A name", what="X-1", due_on=due_on, audience=audience, today=TODAY, address=""
            )
            assert all((line.title, line.when, line.why, line.todo))
    assert f"`{kind.value}`" in shipped("docs").joinpath("rules.md").read_text(encoding="utf-8")


def test_every_audience_is_named_and_can_be_told_of_something() -> None:
    told = {audience for source in SOURCES.values() for audience in source.concerns}
    assert told == set(Audience) - {Audience.FORMER_EMPLOYER}
    assert set(AUDIENCE_LABELS) == set(Audience)
