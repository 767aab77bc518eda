"""Whoever changes work locks the practice, then the person, then the contract, so that nobody waits in a circle."""

from collections.abc import Callable
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from certhub.database import transaction
from certhub.models import Base
from certhub.models.contracts import Contract
from certhub.models.parties import Assignment, Coordinator, Employment, Practice
from certhub.queries import assignment_corrections
from certhub.rules.independence import Span
from certhub.rules.vocabulary import EmploymentKind, Role
from certhub.services import assignments, employment
from tests import factories
from tests.factories import WHEN, placement, saved

FIRST, LAST = date(2026, 2, 2), date(2026, 3, 1)
BASE = "https://certhub.example.org"


@pytest.fixture
def order(monkeypatch: pytest.MonkeyPatch) -> list[type[Base]]:
    """The kinds of records in the order in which they are locked."""
    found: list[type[Base]] = []

    def watched(module: ModuleType) -> Callable[..., Base]:
        really: Callable[..., Base] = module.locked

        def lock(row: Base, **told: bool) -> Base:
            found.append(type(row))
            return really(row, **told)

        return lock

    for module in (assignments, employment):
        monkeypatch.setattr(module, "locked", watched(module))
    return found


def test_a_correction_and_a_restoration_lock_as_a_placement_does(app: Flask, order: list[type[Base]]) -> None:
    vendor, practice = factories.make_vendor(), factories.make_practice()
    person = factories.make_coordinator(vendor=vendor)
    admin = factories.make_user(Role.DPH_ADMINISTRATOR)
    work = saved(
        placement(
            coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=FIRST, recorded_at=WHEN
        )
    )
    days = Span(FIRST, LAST)
    seen = assignment_corrections.plan(admin, work, days, on=WHEN.date()).fingerprint
    with transaction():
        corrected = assignments.correct(
            work, starts_on=FIRST, ends_on=LAST, reason="Slip", seen=seen, actor=admin, at=WHEN
        )
    assert order == [Practice, Coordinator, Contract, Assignment]
    order.clear()
    with transaction():
        restored = assignments.restore(work, instead_of=corrected, actor=admin, at=WHEN)
    assert order == [Practice, Coordinator, Contract, Assignment]
    order.clear()
    with transaction():
        assignments.end(restored, last_day=LAST, actor=admin, at=WHEN)
    assert order == [Coordinator, Assignment]


def test_every_change_of_an_employment_locks_the_person_first(app: Flask, order: list[type[Base]]) -> None:
    vendor, person = factories.make_vendor(), factories.make_coordinator()
    admin = factories.make_user(Role.DPH_ADMINISTRATOR)
    common: dict[str, Any] = {"base_url": BASE, "actor": admin, "at": WHEN}
    with transaction():
        spell = employment.record(
            person, vendor, kind=EmploymentKind.EMPLOYEE, job_title="", starts_on=date(2026, 9, 7), **common
        )
    with transaction():
        spell = employment.correct(
            spell, kind=spell.kind, job_title="Lead", starts_on=spell.starts_on, ends_on=None, reason="Slip", **common
        )
    with transaction():
        spell = employment.end(spell, last_day=date(2026, 12, 31), **common)
    with transaction():
        employment.take_back(spell, **common)
    assert order == [Coordinator, *[Coordinator, Employment] * 3]
