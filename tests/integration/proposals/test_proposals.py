"""A proposal is computed from the records, changes nothing by itself, and is accepted line by line, checked again."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.certification import Credential
from certhub.models.parties import Assignment, Practice, VendorOrganization
from certhub.models.proposals import Proposal, ProposalLeftOut, ProposalLine, ProposalUnmet
from certhub.queries import placement
from certhub.rules.audit_actions import AuditAction
from certhub.rules.independence import Span
from certhub.rules.proposals import Effort, LineDecision
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Region, Role
from certhub.services import assignments, audit, proposals
from tests.factories import make_employment, make_user
from tests.integration.exposure.arranging import suspended
from tests.integration.proposals import arranging
from tests.integration.proposals.arranging import computed, coordinator, practice, vendor


@pytest.fixture
def office(app: Flask) -> User:
    return arranging.make_office()


@pytest.fixture
def bridge(office: User) -> VendorOrganization:
    return vendor()


def lines_of(proposal: Proposal) -> list[ProposalLine]:
    return list(
        db.session.scalars(
            select(ProposalLine).where(ProposalLine.proposal_id == proposal.id).order_by(ProposalLine.id)
        )
    )


def left_out(proposal: Proposal) -> dict[int, str]:
    rows = db.session.scalars(select(ProposalLeftOut).where(ProposalLeftOut.proposal_id == proposal.id))
    return {row.party_id: row.because for row in rows}


def accept(lines: list[ProposalLine], by: User) -> tuple[int, int]:
    with transaction():
        return proposals.accept(lines, actor=by, at=clock.now())


def test_a_plan_places_who_speaks_the_language_and_says_why_and_what_the_next_best_was(
    office: User, bridge: VendorOrganization
) -> None:
    ana = coordinator("Ana Ferreira", bridge, languages=("pt",))
    coordinator("Ben Carter", bridge)
    elm = practice("Elm Street Pediatrics", tier_2=45, languages={"pt": 60})

    found = computed(office)

    (line,) = lines_of(found)
    assert (line.coordinator_id, line.practice_id, line.share_percent) == (ana.id, elm.id, 50)
    assert line.why.startswith("In the same town, with room for 100 percent of a full-time position")
    assert "Speaks what the families want: Portuguese (60 percent)." in line.why
    assert line.next_best == (
        "Ben Carter, worse by 1500 points: can speak with 40 instead of 100 percent of the families."
    )
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 0
    assert found.finished_at is not None
    assert found.error is None


def test_whoever_is_not_authorized_or_committed_on_all_days_is_left_out_with_the_reason(
    office: User, bridge: VendorOrganization
) -> None:
    soon = clock.today() + timedelta(days=30)
    short = coordinator("Ana Ferreira", bridge, credential_until=soon)
    uncommitted = practice("Elm Street Pediatrics", tier_2=45)
    other = vendor("Harbor Families")
    homeless = coordinator("Ben Carter", other)
    with transaction():
        person = db.session.get_one(type(homeless), homeless.id)
        person.municipality_id = None
        audit.record(office, AuditAction.PROPOSAL_ASKED, person, at=clock.now())
    held = db.session.scalars(select(Credential).where(Credential.party_id == uncommitted.id)).one()
    suspended(held, clock.today())

    found = computed(office)

    told = left_out(found)
    assert "Ana Ferreira is without a credential in force" in told[short.id]
    assert "Elm Street Pediatrics is without a commitment in force" in told[uncommitted.id]
    assert "no municipality" in told[homeless.id]
    assert lines_of(found) == []


def test_need_that_nobody_can_meet_is_told_by_region_with_its_languages(
    office: User, bridge: VendorOrganization
) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=182, languages={"es": 50})

    found = computed(office)

    (region,) = [one for one in found.regions_found if one["unmet"]]
    assert (region["region"], region["need"], region["unmet"], region["coordinators"]) == ("central", 200, 100, 1)
    assert region["languages"] == [["es", 50]]
    assert db.session.scalars(select(ProposalUnmet.unmet)).all() == [100]


def test_accepting_some_lines_records_their_assignments_and_leaves_the_others_open(
    office: User, bridge: VendorOrganization
) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=45)
    practice("Oak Street Pediatrics", tier_2=30)
    found = computed(office)
    first, second = lines_of(found)

    assert accept([first], office) == (1, 0)

    assert first.decision is LineDecision.ACCEPTED
    assert first.decided_by_id == office.id
    assignment = db.session.get_one(Assignment, first.assignment_id)
    assert (assignment.share_percent, assignment.starts_on, assignment.ends_on) == (
        first.share_percent, found.starts_on, found.ends_on,
    )  # fmt: skip
    assert second.decision is LineDecision.OPEN


def test_a_line_is_accepted_once_whoever_comes_second(office: User, bridge: VendorOrganization) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=45)
    (line,) = lines_of(computed(office))

    assert accept([line], office) == (1, 0)
    assert accept([line], office) == (0, 1)

    assert line.decision is LineDecision.ACCEPTED
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 1
    with transaction(), pytest.raises(Refusal, match="Somebody else decided this line meanwhile"):
        proposals.decline(line, reason="Too far", actor=office, at=clock.now())


def test_a_line_of_an_older_proposal_whose_need_is_met_meanwhile_stays_open_and_says_why(
    office: User, bridge: VendorOrganization
) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=20)
    old, new = computed(office), computed(office)
    (first,), (second,) = lines_of(old), lines_of(new)

    assert accept([second], office) == (1, 0)
    assert accept([first], office) == (0, 1)

    assert first.decision is LineDecision.OPEN
    assert "now needs only 0 percent" in first.problem


def test_a_line_whose_coordinator_was_suspended_meanwhile_stays_open_and_the_next_one_is_accepted(
    office: User, bridge: VendorOrganization
) -> None:
    ana = coordinator("Ana Ferreira", bridge, languages=("es",))
    ben = coordinator("Ben Carter", bridge)
    practice("Elm Street Pediatrics", tier_2=80, languages={"es": 90})
    practice("Oak Street Pediatrics", tier_2=60)
    lines = lines_of(computed(office))
    assert {line.coordinator_id for line in lines} == {ana.id, ben.id}
    suspended(db.session.scalars(select(Credential).where(Credential.party_id == ana.id)).one(), clock.today())

    assert accept(lines, office) == (1, 1)

    by_person = {line.coordinator_id: line for line in lines}
    assert "Ana Ferreira is without a credential in force" in by_person[ana.id].problem
    assert by_person[ben.id].decision is LineDecision.ACCEPTED


def test_accepting_everything_is_done_by_the_worker_in_the_name_of_whoever_asked(
    office: User, bridge: VendorOrganization
) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=30)
    practice("Oak Street Pediatrics", tier_2=30, town="Springfield")
    found = computed(office)
    with transaction():
        proposals.ask_to_accept(found, Region.CENTRAL, actor=office, at=clock.now())
    with transaction(), pytest.raises(Refusal, match="being accepted"):
        proposals.ask_to_accept(found, None, actor=office, at=clock.now())

    arranging.worker()

    decisions = {line.region: line.decision for line in lines_of(found)}
    assert decisions == {Region.CENTRAL: LineDecision.ACCEPTED, Region.WESTERN: LineDecision.OPEN}
    db.session.refresh(found)
    assert found.accept_asked_at is None
    assert {line.decided_by_id for line in lines_of(found)} == {office.id, None}


def test_an_acceptance_that_fails_in_the_middle_keeps_what_was_accepted_and_can_be_asked_for_again(
    office: User, bridge: VendorOrganization, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ana Ferreira", "Ben Walsh"):
        coordinator(name, bridge)
    practice("Elm Street Pediatrics", tier_2=80)
    practice("Oak Street Pediatrics", tier_2=80)
    found = computed(office)
    whole, done = proposals.accept, []

    def fails_at_the_second(lines: Any, **told: Any) -> Any:
        done.append(lines)
        if len(done) > 1:
            raise RuntimeError("the database is gone")
        return whole(lines, **told)

    monkeypatch.setattr(proposals, "accept", fails_at_the_second)
    with transaction():
        proposals.ask_to_accept(found, None, actor=office, at=clock.now())
    with pytest.raises(RuntimeError):
        arranging.worker()

    db.session.refresh(found)
    assert "What was accepted stays accepted" in (found.accept_problem or "")
    assert found.error is None
    assert Counter(line.decision for line in lines_of(found))[LineDecision.ACCEPTED] == 1
    monkeypatch.setattr(proposals, "accept", whole)
    with transaction():
        proposals.ask_to_accept(found, None, actor=office, at=clock.now())
    arranging.worker()
    assert {line.decision for line in lines_of(found)} == {LineDecision.ACCEPTED}


def test_a_plan_whose_first_day_has_passed_accepts_nothing(office: User, bridge: VendorOrganization) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=30)
    (line,) = lines_of(computed(office))
    later = clock.now() + timedelta(days=3)

    with transaction():
        assert proposals.accept([line], actor=office, at=later) == (0, 1)

    assert "which has passed" in line.problem


def test_assignments_that_are_there_take_room_and_meet_need(office: User, bridge: VendorOrganization) -> None:
    ana = coordinator("Ana Ferreira", bridge)
    elm = practice("Elm Street Pediatrics", tier_2=45)
    (line,) = lines_of(computed(office))
    accept([line], office)
    practice("Oak Street Pediatrics", tier_2=90)

    found = computed(office)

    (more,) = lines_of(found)
    assert (more.coordinator_id, more.share_percent) == (ana.id, 50)
    assert more.practice_id != elm.id
    assert placement.need_left(elm.id, Span(found.starts_on, found.ends_on)) == 0


def test_a_practice_that_employs_or_pays_a_coordinator_never_gets_that_one(
    office: User, bridge: VendorOrganization
) -> None:
    ana = coordinator("Ana Ferreira", bridge)
    elm = practice("Elm Street Pediatrics", tier_2=30)
    practice("Oak Street Pediatrics", tier_2=30, pays_coordinator_wages=True)
    make_employment(ana, elm)

    found = computed(office)

    assert lines_of(found) == []
    assert db.session.scalar(select(func.sum(ProposalUnmet.unmet))) == 66


def test_a_vendor_plans_with_its_own_people_only(office: User, bridge: VendorOrganization) -> None:
    other = vendor("Harbor Families")
    coordinator("Ana Ferreira", bridge)
    ben = coordinator("Ben Carter", other)
    practice("Elm Street Pediatrics", tier_2=30)

    found = computed(make_user(Role.VENDOR_HR, other), vendor_id=other.id)

    assert [line.coordinator_id for line in lines_of(found)] == [ben.id]


def test_the_problem_is_gathered_in_as_many_statements_for_ten_practices_as_for_one(
    office: User, bridge: VendorOrganization
) -> None:
    def statements() -> int:
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        db.session.expire_all()
        event.listen(db.engine, "before_cursor_execute", counted)
        days = Span(clock.today(), clock.today() + timedelta(days=100))
        placement.gathered(list(Region), days, vendor_id=None, most_miles=60, on=clock.today())
        event.remove(db.engine, "before_cursor_execute", counted)
        return count

    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=30)
    alone = statements()
    for number in range(9):
        coordinator(f"Person {number}", bridge)
        practice(f"Practice {number}", tier_2=30)

    assert statements() == alone


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"regions": []}, "Choose at least one region."),
        ({"most_miles": 500}, "Choose a distance"),
        ({"months": 40}, "within 24 months"),
    ],
)
def test_what_no_plan_can_be_made_for_is_refused(office: User, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        arranging.asked(office, **changes)


def test_a_plan_for_days_that_have_begun_is_refused(office: User) -> None:
    with transaction(), pytest.raises(Refusal, match="today or later"):
        proposals.ask(
            [Region.BOSTON], starts_on=clock.today() - timedelta(days=1), ends_on=date(2030, 1, 1),
            effort=Effort.CLOSE, most_miles=60, vendor_id=None, actor=office, at=clock.now(),
        )  # fmt: skip


def test_a_need_is_superseded_and_not_overwritten_by_whoever_saw_an_older_one(office: User, app: Flask) -> None:
    elm = practice("Elm Street Pediatrics", tier_2=30)
    arranging.needs(elm, 40, {"es": 20})
    with transaction(), pytest.raises(Refusal, match="Somebody else changed this need"):
        proposals.record_need(
            db.session.get_one(Practice, elm.id), tiers=(1, 1, 1), languages={}, seen=None, actor=office,
            at=clock.now(),
        )  # fmt: skip
    standing = proposals.standing_need(elm.id)
    assert standing is not None
    assert (standing.tier_2, standing.languages) == (40, {"es": 20})
    assert standing.supersedes_id is not None


def test_an_ended_placement_gives_its_room_back(office: User, bridge: VendorOrganization) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=91)
    (line,) = lines_of(computed(office))
    accept([line], office)
    assignment = db.session.get_one(Assignment, line.assignment_id)
    with transaction():
        assignments.end(assignment, last_day=assignment.starts_on, actor=office, at=clock.now())

    first = clock.today() + timedelta(days=40)
    with transaction():
        later = proposals.ask(
            [Region.CENTRAL], starts_on=first, ends_on=first + timedelta(days=90), effort=Effort.CLOSE,
            most_miles=60, vendor_id=None, actor=office, at=clock.now(),
        )  # fmt: skip
    arranging.worker()

    assert [one.share_percent for one in lines_of(later)] == [100]
