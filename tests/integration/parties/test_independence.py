"""Conflicts with practices on pages and in forms, and the assignments that end with an employment."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, true

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.certification import Credential
from certhub.models.contracts import Contract
from certhub.models.parties import Assignment, Coordinator, Employment, Party
from certhub.queries import independence
from certhub.rules.assignment import Load
from certhub.rules.audit_actions import AuditAction
from certhub.rules.independence import IndependenceRule, Span
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import EmploymentKind, Role
from certhub.services import applications, assignments, audit, employment, parties
from certhub.services.assignments import Wanted
from certhub.web.context import press
from tests.factories import (
    ARRANGING,
    WHEN,
    contract_of,
    make_coordinator,
    make_employment,
    make_practice,
    make_user,
    make_vendor,
    placement,
    saved,
    sign_in,
)
from tests.integration.exposure.arranging import certified
from tests.integration.parties.browsing import (
    administrator,
    checked,
    confirm,
    entries,
    fetched,
    send,
    spells,
    statements_of,
    vendor_hr,
)


def stake(party: Party, group: str, percent: int = 60, **dates: Any) -> None:
    with transaction():
        parties.record_stake(
            party, group_name=group, percent=percent, starts_on=dates.get("starts_on", date(2020, 1, 1)),
            ends_on=dates.get("ends_on"), actor=ARRANGING, at=WHEN,
        )  # fmt: skip


def wanted(person: Coordinator, practice: Any, vendor: Any, *days: date | None) -> Wanted:
    """An assignment of parties that are all certified, so that only independence can stand in its way."""
    for party in (person, practice, vendor):
        if db.session.scalar(select(Credential.id).where(Credential.party_id == party.id)) is None:
            certified(party)
    contract = db.session.get_one(Contract, contract_of(vendor.id))
    return Wanted(person, practice, contract, Load(share_percent=20), Span(*days))  # type: ignore[arg-type]  # the first day is always given


def placed(person: Coordinator, practice: Any, vendor: Any, starts_on: date = date(2026, 1, 5)) -> Assignment:
    asked = wanted(person, practice, vendor, starts_on)
    with transaction():
        assignment, _ = assignments.record(asked, actor=ARRANGING, at=WHEN)
    return assignment


def uncertified(person: Coordinator, practice: Any, vendor: Any) -> Assignment:
    """An assignment from before anybody looked whether the parties are certified."""
    return saved(
        placement(
            coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id, starts_on=date(2026, 1, 5),
            recorded_at=WHEN,
        )
    )  # fmt: skip


def test_a_coordinator_is_placed_by_the_own_vendor_and_the_practice_sees_who(client: FlaskClient) -> None:
    vendor, practice = make_vendor(), make_practice("Elm Street Pediatrics")
    person = make_coordinator("Ana Ferreira", vendor=vendor)
    contract = wanted(person, practice, vendor, date(2026, 1, 5)).contract
    vendor_hr(client, vendor)
    path = f"/coordinators/{person.id}/assignments/new?q=elm street"
    answer = send(
        client, path, practice_id=str(practice.id), contract_id=str(contract.id), places="30", starts_on="2026-01-05"
    )
    assert answer.status_code == 302
    assert "Elm Street Pediatrics" in fetched(client, f"/coordinators/{person.id}")
    sign_in(client, make_user(Role.PRACTICE_MANAGER, practice))
    page = fetched(client, f"/organizations/{practice.id}")
    assert "Ana Ferreira" in page
    assert f"/coordinators/{person.id}" not in page


def test_a_practice_that_employs_somebody_is_not_offered_as_the_vendor(client: FlaskClient) -> None:
    vendor, practice = make_vendor("Bayside Care"), make_practice("Elm Street Pediatrics")
    person = make_coordinator(vendor=vendor)
    make_employment(person, practice)
    contract_of(vendor.id)
    sign_in(client, make_user(Role.DPH_ADMINISTRATOR))

    page = fetched(client, f"/coordinators/{person.id}/assignments/new")
    assert "Bayside Care</option>" in page
    assert "Elm Street Pediatrics</option>" not in page


def test_a_vendor_places_only_those_whom_it_employs_on_all_days(app: Flask) -> None:
    vendor, practice = make_vendor(), make_practice()
    person = make_coordinator()
    make_employment(person, vendor, starts_on=date(2026, 1, 5), ends_on=date(2026, 6, 30))
    for starts_on, ends_on in [(date(2026, 1, 4), date(2026, 2, 1)), (date(2026, 1, 5), None)]:
        asked = wanted(person, practice, vendor, starts_on, ends_on)
        with pytest.raises(Refusal, match="is without an employment at") as refused, transaction():
            assignments.record(asked, actor=ARRANGING, at=WHEN)
        assert refused.value.field == "starts_on"


def test_an_assignment_to_the_own_employer_in_disguise_is_refused(app: Flask) -> None:
    vendor, practice = make_vendor(), make_practice("Elm Street Pediatrics")
    person = make_coordinator(vendor=vendor)
    make_employment(person, practice)
    with pytest.raises(Refusal, match="is employed by Elm Street Pediatrics"):
        placed(person, practice, vendor)


def test_an_employment_that_breaks_an_assignment_is_refused(app: Flask) -> None:
    vendor, practice = make_vendor(), make_practice("Elm Street Pediatrics")
    person = make_coordinator(vendor=vendor)
    placed(person, practice, vendor)
    with pytest.raises(Refusal, match="must be independent of the practice") as refused, transaction():
        employment.record(
            person, practice, kind=EmploymentKind.CONTRACTOR, job_title="", starts_on=date(2026, 2, 1),
            base_url="https://certhub.example.org", actor=ARRANGING, at=WHEN,
        )  # fmt: skip
    assert refused.value.field == "employer_id"
    assert len(spells(person)) == 1


def test_an_earlier_employment_at_the_practice_is_disclosed_and_allowed(app: Flask) -> None:
    vendor, practice = make_vendor(), make_practice()
    person = make_coordinator(vendor=vendor)
    make_employment(person, practice, starts_on=date(2024, 1, 1), ends_on=date(2025, 12, 31))
    asked = wanted(person, practice, vendor, date(2026, 1, 1))
    with transaction():
        _, found = assignments.record(asked, actor=ARRANGING, at=WHEN)
    assert len(found.disclosures) == 1


@pytest.mark.parametrize(("percent", "conflicts"), [(5, 0), (6, 1)])
def test_common_ownership_shows_as_a_conflict_on_all_three_records(app: Flask, percent: int, conflicts: int) -> None:
    vendor, practice = make_vendor(), make_practice()
    person = make_coordinator(vendor=vendor)
    placed(person, practice, vendor)
    stake(vendor, "Commonwealth Holdings")
    stake(practice, "commonwealth holdings", percent)
    for party in (person, practice, vendor):
        found = independence.conflicts(party, date(2026, 3, 2))
        assert [conflict.rule for conflict in found] == [IndependenceRule.OWNERSHIP] * conflicts


def test_a_conflict_that_is_over_does_not_stand_any_more(app: Flask) -> None:
    vendor, practice = make_vendor(), make_practice()
    person = make_coordinator(vendor=vendor)
    placed(person, practice, vendor)
    stake(vendor, "Holdings", ends_on=date(2026, 2, 28))
    stake(practice, "Holdings")
    assert len(independence.conflicts(person, date(2026, 2, 28))) == 1
    assert independence.conflicts(person, date(2026, 3, 1)) == []
    assert len(employment.conflicts_of(person.id, date(2026, 1, 1), date(2026, 1, 31))) == 1
    assert employment.conflicts_of(person.id, date(2026, 3, 1)) == []


def test_a_conflict_began_on_the_first_day_that_both_share_whenever_somebody_looks(client: FlaskClient) -> None:
    vendor, practice = make_vendor(), make_practice("Elm Street Pediatrics")
    person = make_coordinator("Ana Ferreira", vendor=vendor)
    placed(person, practice, vendor, starts_on=date(2025, 12, 19))
    make_employment(person, practice, starts_on=date(2023, 6, 24))
    administrator(client)
    for record in (f"/coordinators/{person.id}", f"/organizations/{practice.id}", f"/organizations/{vendor.id}"):
        assert (
            "Ana Ferreira is employed by Elm Street Pediatrics and is assigned to it from December 19, 2025 on."
            in fetched(client, record)
        )


def test_all_breaches_are_found_among_the_few_assignments_with_a_reason_to_look(app: Flask) -> None:
    vendor, owned, alike = make_vendor(), make_vendor(), make_vendor()
    employs, pays, grouped, fine = (make_practice() for _ in range(4))
    stake(grouped, "Holdings")
    people = [make_coordinator(vendor=vendor) for _ in range(5)]
    for person, practice in zip(people, (employs, pays, grouped, fine, fine), strict=True):
        placed(person, practice, vendor)
    placed(make_coordinator(vendor=alike), fine, alike)
    make_employment(people[0], employs)
    make_employment(people[2], owned)  # an employer in the practice's group, who is not the vendor
    make_employment(people[3], owned)
    with transaction():
        pays.pays_coordinator_wages = True
        audit.record(ARRANGING, AuditAction.PARTY_UPDATED, pays, at=WHEN)
    stake(owned, "Holdings")
    stake(make_practice(), "Others")
    stake(alike, "Others")
    viewer = make_user(Role.AUDITOR)
    on = date(2026, 3, 2)
    found = independence.standing(viewer, on=on)
    assert found == independence.breaches(true(), from_on=on)
    assert {one.coordinator_id for one in found} == {person.id for person in people[:3]}
    stake(vendor, "Holdings")
    assert len(independence.standing(viewer, on=on)) == 4
    assert independence.standing(make_user(Role.VENDOR_HR, vendor), on=on) == []


def test_a_longer_employment_is_held_to_independence_and_a_shorter_one_is_not(client: FlaskClient) -> None:
    vendor, practice = make_vendor(), make_practice("Elm Street Pediatrics")
    person = make_coordinator(vendor=vendor)
    placed(person, practice, vendor, starts_on=date(2026, 1, 5))
    old = make_employment(person, practice, starts_on=date(2024, 1, 1), ends_on=date(2026, 1, 4))
    administrator(client)
    path = f"/coordinators/{person.id}/employments/{old.id}/end"
    answer = send(client, path, ends_on="2026-01-05")
    assert answer.status_code == 422
    assert "is assigned to it on January 5, 2026." in checked(answer)
    assert [spell.ends_on for spell in spells(person)] == [None, date(2026, 1, 4)]
    assert send(client, path, ends_on="2026-01-03").status_code == 302


def test_a_legacy_conflict_can_always_be_ended(client: FlaskClient) -> None:
    vendor, practice = make_vendor(), make_practice()
    person = make_coordinator(vendor=vendor)
    placed(person, practice, vendor)
    old = make_employment(person, practice, starts_on=date(2024, 1, 1))
    administrator(client)
    assert send(client, f"/coordinators/{person.id}/employments/{old.id}/end", ends_on="2026-02-28").status_code == 302
    assert len(employment.conflicts_of(person.id, date(2026, 1, 1))) == 1
    assert employment.conflicts_of(person.id, date(2026, 3, 1)) == []


def days_at(person: Coordinator) -> dict[str, tuple[date, date | None]]:
    """The days of each assignment that counts now, by the practice's name."""
    db.session.expire_all()
    found = select(Assignment).where(Assignment.coordinator_id == person.id, Assignment.superseded_at.is_(None))
    return {one.practice.name: (one.starts_on, one.ends_on) for one in db.session.scalars(found)}


def test_the_vendors_assignments_end_with_the_employment_and_the_form_says_which(client: FlaskClient) -> None:
    vendor, other = make_vendor(), make_vendor()
    person = make_coordinator(vendor=vendor)
    make_employment(person, other)
    elm, oak, fir, ash = (make_practice(f"{name} Pediatrics") for name in ("Elm", "Oak", "Fir", "Ash"))
    soon = clock.today() + timedelta(days=40)
    placed(person, elm, vendor)
    for practice, starts_on, ends_on in ((oak, date(2026, 1, 5), date(2026, 2, 1)), (fir, soon, None)):
        asked = wanted(person, practice, vendor, starts_on, ends_on)
        with transaction():
            assignments.record(asked, actor=ARRANGING, at=WHEN)
    placed(person, ash, other)
    vendor_hr(client, vendor)
    (spell, _) = spells(person)
    path = f"/coordinators/{person.id}/employments/{spell.id}/end"
    page = fetched(client, path)
    assert "What ends with it" in page
    assert "Elm Pediatrics, from January 5, 2026" in page
    assert "Fir Pediatrics" in page
    assert "Oak Pediatrics" not in page
    assert "Ash Pediatrics" not in page

    last_day = clock.today() + timedelta(days=7)
    assert send(client, path, ends_on=last_day.isoformat()).status_code == 302

    assert days_at(person) == {
        "Elm Pediatrics": (date(2026, 1, 5), last_day),
        "Oak Pediatrics": (date(2026, 1, 5), date(2026, 2, 1)),
        "Ash Pediatrics": (date(2026, 1, 5), None),
    }
    assert len(entries(AuditAction.ASSIGNMENT_ENDED)) == 1
    assert len(entries(AuditAction.ASSIGNMENT_WITHDRAWN)) == 1


def test_a_corrected_employment_ends_assignments_only_with_an_earlier_last_day(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    placed(person, make_practice("Elm Pediatrics"), vendor)
    vendor_hr(client, vendor)

    def correct(**data: str) -> Any:
        path = f"/coordinators/{person.id}/employments/{spells(person)[-1].id}/correct"
        return confirm(client, path, kind="employee", reason="Typing error", **data)

    late = correct(starts_on="2026-01-06")
    assert "The work with Elm Pediatrics began on January 5, 2026" in checked(late)
    assert correct(starts_on="2025-01-07").status_code == 302
    assert days_at(person) == {"Elm Pediatrics": (date(2026, 1, 5), None)}
    assert correct(starts_on="2025-01-07", ends_on="2026-02-28").status_code == 302
    assert days_at(person) == {"Elm Pediatrics": (date(2026, 1, 5), date(2026, 2, 28))}


def test_wages_paid_by_the_practice_are_a_conflict(app: Flask) -> None:
    vendor, practice = make_vendor(), make_practice(pays_coordinator_wages=True)
    person = make_coordinator(vendor=vendor)
    with pytest.raises(Refusal, match="pays wages"):
        placed(person, practice, vendor)


def test_conflicts_cost_the_same_statements_however_many_assignments_there_are(app: Flask) -> None:
    vendor = make_vendor()
    practice = make_practice()
    placed(make_coordinator(vendor=vendor), practice, vendor)
    one = statements_of(lambda: independence.conflicts(vendor, date(2026, 3, 2)))
    for _ in range(10):
        placed(make_coordinator(vendor=vendor), practice, vendor)
    assert len(statements_of(lambda: independence.conflicts(vendor, date(2026, 3, 2)))) == len(one) <= 5


def test_an_assignment_ends_and_keeps_what_was_known(client: FlaskClient) -> None:
    vendor, practice = make_vendor(), make_practice()
    person = make_coordinator(vendor=vendor)
    assignment = placed(person, practice, vendor)
    vendor_hr(client, vendor)
    path = f"/coordinators/{person.id}/assignments/{assignment.id}/end"
    assert send(client, path, ends_on="2026-03-31").status_code == 302
    before, after = db.session.scalars(select(Assignment).order_by(Assignment.id)).all()
    assert (before.ends_on, after.ends_on, after.supersedes_id) == (None, date(2026, 3, 31), before.id)


def test_dph_finds_conflicts_and_exposed_assignments_on_its_first_page(client: FlaskClient) -> None:
    vendor, elm, oak = make_vendor(), make_practice("Elm Street Pediatrics"), make_practice("Oak Pediatrics")
    administrator(client)
    page = fetched(client, "/")
    assert "Not independent" not in page
    assert "Exposed assignments" not in page

    def one_of_each() -> tuple[Coordinator, Coordinator]:
        tied, stray = make_coordinator("Ana Ferreira", vendor=vendor), make_coordinator("Ben Walsh", vendor=vendor)
        uncertified(tied, elm, vendor)
        make_employment(tied, elm, starts_on=date(2024, 1, 1))
        assignment = uncertified(stray, oak, vendor)
        with transaction():
            spell = db.session.scalars(select(Employment).where(Employment.coordinator_id == stray.id)).one()
            employment.end(
                spell, last_day=date(2026, 2, 1), base_url="https://certhub.example.org", actor=ARRANGING, at=WHEN
            )
            (ended,) = db.session.scalars(select(Assignment).where(Assignment.supersedes_id == assignment.id))
            ended.ends_on = None  # as in an old record
        return tied, stray

    tied, stray = one_of_each()
    page = fetched(client, "/")
    assert "Not independent (1)" in page
    assert "Ana Ferreira is employed by Elm Street Pediatrics and is assigned to it from January 5, 2026 on." in page
    assert f'href="/coordinators/{tied.id}"' in page
    assert "Exposed assignments (2)" in page  # neither the vendor nor the practices are certified here
    assert f"Ben Walsh is without an employment at {vendor.name} from February 2, 2026 on." in page
    assert f'href="/coordinators/{stray.id}"' in page

    one = len(statements_of(lambda: client.get("/")))
    for _ in range(24):
        one_of_each()
    assert len(statements_of(lambda: client.get("/"))) == one
    page = fetched(client, "/")
    assert "Not independent (25)" in page
    assert "Exposed assignments (50)" in page
    assert page.count("5 more are not shown here.") == 1
    vendor_hr(client, vendor)
    assert "Not independent (" not in fetched(client, "/")


def test_a_vendors_conflict_names_and_leads_to_the_person_whose_assignment_it_is(client: FlaskClient) -> None:
    vendor, elm = make_vendor(), make_practice("Elm Street Pediatrics")
    tied = make_coordinator("Ana Ferreira", vendor=vendor)
    uncertified(tied, elm, vendor)
    make_employment(tied, elm, starts_on=date(2024, 1, 1))
    sentence = "Ana Ferreira is employed by Elm Street Pediatrics and is assigned to it from January 5, 2026 on."
    hr, reviewer = vendor_hr(client, vendor), make_user(Role.DPH_REVIEWER)
    desk = lifecycle.Desk(hr, reviewer, press())
    with transaction():
        application = lifecycle.opened(vendor, desk, at=clock.now())
        lifecycle.furnished(application, desk, at=clock.now())
        lifecycle.submitted(application, desk, at=clock.now())
        lifecycle.reviewed(application, desk, at=clock.now())
    link = f'href="/coordinators/{tied.id}#assignments-title"'
    with pytest.raises(Refusal, match=sentence), transaction():
        applications.approve(application, "", press=press(), actor=reviewer, at=clock.now())
    pages = [f"/organizations/{vendor.id}", f"/applications/{application.id}"]
    for page in pages:
        assert sentence in fetched(client, page)
        assert link in fetched(client, page)
    sign_in(client, reviewer)
    for page in (*pages, f"/applications/{application.id}/decision"):
        assert sentence in fetched(client, page)
        assert link in fetched(client, page)
    sign_in(client, make_user(Role.PRACTICE_MANAGER, elm))
    page = fetched(client, f"/organizations/{elm.id}")
    assert sentence in page
    assert link not in page
