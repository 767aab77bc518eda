"""A plan counts day by day: what assignments meet and take, who goes on after one, and what reports and money say."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.contracts import BudgetLine
from certhub.models.parties import Assignment, Coordinator, Practice, VendorOrganization
from certhub.models.proposals import PracticeNeed, Proposal, ProposalLine
from certhub.queries import placement
from certhub.rules.audit_actions import AuditAction
from certhub.rules.caseload_report import month_that_counts
from certhub.rules.fiscal_years import fiscal_year_of
from certhub.rules.independence import Span
from certhub.rules.proposals import LineDecision
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import audit, proposals, reported_needs
from tests.factories import WHEN, contract_of, make_practice, make_user, saved, sign_in
from tests.factories import placement as assignment
from tests.integration.caseload.arranging import Arranged, filed, line
from tests.integration.parties.browsing import administrator, fetched, send
from tests.integration.proposals import arranging
from tests.integration.proposals.arranging import computed, coordinator, practice, vendor
from tests.integration.proposals.test_proposals import accept, left_out, lines_of


@pytest.fixture
def office(app: Flask) -> User:
    return arranging.make_office()


@pytest.fixture
def bridge(office: User) -> VendorOrganization:
    return vendor()


def works(
    person: Coordinator, where: Practice, employer: VendorOrganization, *, days: int | None, share: int
) -> Assignment:
    """Somebody works in a practice since ten days, for some days more."""
    today = clock.today()
    return saved(
        assignment(
            vendor_id=employer.id, coordinator_id=person.id, practice_id=where.id, share_percent=share,
            starts_on=today - timedelta(days=10), ends_on=today + timedelta(days=days) if days else None,
            recorded_at=WHEN,
        )
    )  # fmt: skip


def told(proposal: Proposal) -> list[tuple[int, int, int]]:
    """Coordinator, share and the first day, counted from today, of each line."""
    return [(one.coordinator_id, one.share_percent, (one.starts_on - clock.today()).days) for one in lines_of(proposal)]


def test_whoever_works_in_a_practice_goes_on_there_when_the_assignment_ends_within_the_plan(
    office: User, bridge: VendorOrganization
) -> None:
    ana = coordinator("Ana Ferreira", bridge, town="Framingham")
    coordinator("Ben Carter", bridge)
    elm = practice("Elm Street Pediatrics", tier_2=91)
    works(ana, elm, bridge, days=60, share=100)

    found = computed(office)

    (only,) = lines_of(found)
    assert told(found) == [(ana.id, 100, 61)]
    assert only.ends_on == found.ends_on
    assert "and goes on, so families keep who they know." in only.why
    assert accept([only], office) == (1, 0)
    assert placement.need_left(elm.id, Span(found.starts_on, found.ends_on)) == 0
    assert lines_of(computed(office)) == []


def test_a_practice_is_not_staffed_twice_while_an_assignment_runs_that_ends_within_the_plan(
    office: User, bridge: VendorOrganization
) -> None:
    gone = coordinator("Ana Ferreira", bridge, credential_until=clock.today() + timedelta(days=70))
    ben = coordinator("Ben Carter", bridge)
    elm = practice("Elm Street Pediatrics", tier_2=91)
    works(gone, elm, bridge, days=60, share=40)

    found = computed(office)

    assert told(found) == [(ben.id, 60, 1), (ben.id, 100, 61)]
    assert accept(lines_of(found), office) == (2, 0)
    assert placement.need_left(elm.id, Span(found.starts_on, found.ends_on)) == 0


def test_room_is_that_of_the_fullest_day_and_not_what_all_assignments_come_to(
    office: User, bridge: VendorOrganization
) -> None:
    ana = coordinator("Ana Ferreira", bridge)
    first, second = make_practice("Elm Street Pediatrics"), make_practice("Oak Street Pediatrics")
    today = clock.today()
    works(ana, first, bridge, days=20, share=60)
    saved(
        assignment(
            vendor_id=bridge.id, coordinator_id=ana.id, practice_id=second.id, share_percent=60,
            starts_on=today + timedelta(days=21), recorded_at=WHEN,
        )
    )  # fmt: skip
    practice("Birch Pediatrics", tier_2=36)

    assert [(one.coordinator_id, one.share_percent) for one in lines_of(computed(office))] == [(ana.id, 40)]


def test_a_contract_whose_money_is_used_up_in_a_year_of_the_plan_places_nobody(
    office: User, bridge: VendorOrganization
) -> None:
    ana = coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=45)
    number = contract_of(bridge.id)
    year = fiscal_year_of(clock.today() + timedelta(days=100))
    saved(
        BudgetLine(
            contract_id=number, fiscal_year=year, object_code="MM3", purpose="Taken back", amount_cents=-500_000_00,
            in_force_at=WHEN,
        )
    )  # fmt: skip

    found = computed(office)

    assert lines_of(found) == []
    assert "The contract is exhausted in" in left_out(found)[ana.id]


def reported(employer: VendorOrganization, person: Coordinator, where: Practice, **numbers: int) -> None:
    month = month_that_counts(clock.today())
    who = Arranged(employer, make_user(Role.VENDOR_HR, employer), person, where, db.session.scalars(
        select(Assignment).where(Assignment.coordinator_id == person.id)
    ).one())  # fmt: skip
    filed(who, {who.pair: line(**numbers)}, month=month, at=clock.now())


def long_since(person: Coordinator, where: Practice, employer: VendorOrganization, places: int) -> None:
    saved(
        assignment(
            vendor_id=employer.id, coordinator_id=person.id, practice_id=where.id, places=places,
            starts_on=month_that_counts(clock.today()) - timedelta(days=40), recorded_at=WHEN,
        )
    )  # fmt: skip


def test_reported_children_beyond_the_places_take_room(office: User, bridge: VendorOrganization) -> None:
    ana, ben = coordinator("Ana Ferreira", bridge), coordinator("Ben Carter", bridge, town="Framingham")
    elm = practice("Elm Street Pediatrics", tier_2=1)
    long_since(ana, elm, bridge, 20)
    reported(bridge, ana, elm, children=40, tier=3)
    practice("Oak Street Pediatrics", tier_2=45)

    found = computed(office)

    assert [one.coordinator_id for one in lines_of(found)] == [ben.id]
    assert left_out(found)[ana.id] == (
        "Has no room left: the children reported for the latest month take the whole week."
    )


def test_a_pair_that_was_declined_stays_apart_until_somebody_lifts_it(
    office: User, bridge: VendorOrganization, client: FlaskClient
) -> None:
    ana = coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=45)
    (only,) = lines_of(computed(office))
    with transaction():
        proposals.decline(only, reason="The practice asked for somebody else", actor=office, at=clock.now())

    assert lines_of(computed(office)) == []
    administrator(client)
    assert "The practice asked for somebody else" in fetched(client, "/proposals/declined")
    address = f"/proposals/lines/{only.id}"
    answer = send(client, f"{address}/lift", page=address)
    assert answer.status_code == 302
    assert "Lifted by" in fetched(client, address)
    assert "No line is declined." in fetched(client, "/proposals/declined")
    assert [one.coordinator_id for one in lines_of(computed(office))] == [ana.id]
    with transaction(), pytest.raises(Refusal, match="not declined any more"):
        proposals.lift(db.session.get_one(ProposalLine, only.id), actor=office, at=clock.now())


def test_a_vendor_lifts_no_line_of_somebody_elses_proposal(
    office: User, bridge: VendorOrganization, client: FlaskClient
) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=45)
    (only,) = lines_of(computed(office))
    with transaction():
        proposals.decline(only, reason="Too far", actor=office, at=clock.now())
    hr = make_user(Role.VENDOR_HR, bridge)
    sign_in(client, hr)
    assert "Too far" not in fetched(client, "/proposals/declined")
    assert send(client, f"/proposals/lines/{only.id}/lift", page="/proposals/declined").status_code == 404
    db.session.refresh(only)
    assert (only.decision, only.lifted_at) == (LineDecision.DECLINED, None)


def test_a_practice_without_a_town_is_planned_without_the_way_and_the_line_says_so(
    office: User, bridge: VendorOrganization, client: FlaskClient
) -> None:
    coordinator("Ana Ferreira", bridge)
    elm = practice("Elm Street Pediatrics", tier_2=45)
    with transaction():
        elm.municipality_id = None
        audit.record(office, AuditAction.PROPOSAL_ASKED, elm, at=clock.now())

    found = computed(office)

    (only,) = lines_of(found)
    assert only.miles is None
    assert "The town of the practice is not on record, so the way does not count" in only.why
    administrator(client)
    assert "The town of the practice is not on record" in fetched(client, f"/proposals/{found.id}")


def standing() -> dict[int, tuple[int, int, int]]:
    rows = db.session.scalars(select(PracticeNeed).where(PracticeNeed.superseded_at.is_(None)))
    return {one.practice_id: (one.tier_1, one.tier_2, one.tier_3) for one in rows}


def test_a_need_is_taken_from_the_reports_where_nobody_typed_one(
    office: User, bridge: VendorOrganization, client: FlaskClient
) -> None:
    ana = coordinator("Ana Ferreira", bridge)
    elm = practice("Elm Street Pediatrics", tier_2=30)
    oak = saved(Practice(name="Oak Street Pediatrics", sort_name="oak", created_at=WHEN, npi="1234567893"))
    long_since(ana, oak, bridge, 20)
    reported(bridge, ana, oak, children=12, tier=3)
    administrator(client)

    assert "have 0 children of tier 1, 0 of tier 2 and 12 of tier 3 here" in fetched(
        client, f"/proposals/needs/{oak.id}"
    )
    filled = fetched(client, f"/proposals/needs/{oak.id}?reported=yes")
    assert 'value="12"' in filled
    answer = send(client, "/proposals/needs/reported", page="/proposals/needs")
    assert answer.status_code == 302
    assert "The need of 1 practice is taken from the caseload reports." in fetched(client, "/proposals/needs")
    assert standing() == {elm.id: (0, 30, 0), oak.id: (0, 0, 12)}
    with transaction():
        assert reported_needs.take_over(actor=office, at=clock.now()) == 0


def test_a_need_is_taken_back_with_zeros_and_the_next_plan_leaves_the_practice_out(
    office: User, bridge: VendorOrganization, client: FlaskClient
) -> None:
    coordinator("Ana Ferreira", bridge)
    elm = practice("Elm Street Pediatrics", tier_2=30)
    administrator(client)

    answer = send(client, f"/proposals/needs/{elm.id}", tier_1="0", tier_2="0", tier_3="0")

    assert answer.status_code == 302
    assert standing() == {elm.id: (0, 0, 0)}
    assert lines_of(computed(office)) == []


def test_zeros_for_a_practice_without_a_need_are_refused_beside_the_field(
    office: User, bridge: VendorOrganization, client: FlaskClient
) -> None:
    oak = saved(Practice(name="Oak Street Pediatrics", sort_name="oak", created_at=WHEN, npi="1234567893"))
    administrator(client)
    answer = send(client, f"/proposals/needs/{oak.id}", tier_1="0", tier_2="0", tier_3="0")
    assert answer.status_code == 422
    assert "Type at least one child." in answer.get_data(as_text=True)
    assert standing() == {}
