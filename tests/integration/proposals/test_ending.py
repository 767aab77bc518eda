"""Work on proposals that a person ends: on its page, or as a run of the worker."""

from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certhub import clock
from certhub.database import db, transaction
from certhub.jobs import proposals as job
from certhub.models.accounts import User
from certhub.models.parties import VendorOrganization
from certhub.rules.job_retries import BEGINNINGS_BORNE
from certhub.rules.proposals import LineDecision
from certhub.rules.refusal import Refusal
from certhub.services import proposals
from tests.factories import sign_in
from tests.integration.parties.browsing import fetched, send
from tests.integration.proposals import arranging
from tests.integration.proposals.arranging import computed, coordinator, practice, vendor
from tests.integration.proposals.test_proposals import lines_of


@pytest.fixture
def office(app: Flask) -> User:
    return arranging.make_office()


@pytest.fixture
def bridge(office: User) -> VendorOrganization:
    return vendor()


def test_a_plan_that_a_person_ended_is_given_up_with_a_sentence_and_is_not_begun_again(
    office: User, bridge: VendorOrganization
) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=80)
    found = arranging.asked(office)
    asked = iter([False, False])
    assert arranging.worker(stopping=lambda: next(asked, True), cancelled=lambda: True) == {}
    db.session.refresh(found)
    assert found.error == proposals.ENDED_PLAN
    assert lines_of(found) == []
    assert arranging.worker() == {}


def test_a_plan_at_which_workers_died_is_given_up_and_the_next_one_is_made(
    office: User, bridge: VendorOrganization
) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=80)
    deadly = arranging.asked(office)
    asked = iter([False, False])
    assert arranging.worker(stopping=lambda: next(asked, True), deaths=BEGINNINGS_BORNE - 1) == {}
    harmless = arranging.asked(office)
    assert arranging.worker(deaths=BEGINNINGS_BORNE) == {"worked on": 2}
    for found in (deadly, harmless):
        db.session.refresh(found)
    assert (deadly.error, harmless.error) == (job.DIED, None)


@pytest.mark.parametrize("ends", ["goes on", "is ended"])
def test_a_plan_that_another_run_has_begun_since_is_left_to_that_run(
    office: User, bridge: VendorOrganization, ends: str
) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=80)
    found, asked = arranging.asked(office), iter(range(10))

    def another_run_begins_in_the_middle() -> bool:
        if next(asked) != 2:
            return False
        theirs = iter([False])
        assert arranging.worker(stopping=lambda: next(theirs, True)) == {}
        return ends == "is ended"

    assert arranging.worker(stopping=another_run_begins_in_the_middle, cancelled=lambda: True) == {}
    db.session.refresh(found)
    assert (found.done, found.finished_at) == (1, None), "as the other run has left it"
    assert arranging.worker() == {"worked on": 1}
    db.session.refresh(found)
    assert (found.error, len(lines_of(found))) == (None, 1)


def test_an_acceptance_that_is_ended_and_asked_for_anew_meanwhile_takes_what_is_asked_for_now(
    office: User, bridge: VendorOrganization
) -> None:
    for name in ("Ana Ferreira", "Ben Walsh"):
        coordinator(name, bridge)
    coordinator("Cara Silva", bridge, town="Boston")
    practice("Elm Street Pediatrics", tier_2=80)
    practice("Oak Street Pediatrics", tier_2=80)
    practice("Bay Street Pediatrics", tier_2=80, town="Boston")
    found = computed(office)
    last = lines_of(found)[-1]
    with transaction():
        proposals.ask_to_accept(found, last.region, actor=office, at=clock.now())
    asked = iter(range(20))

    def asks_for_all_after_the_first_line() -> bool:
        if next(asked) == 2:
            with transaction():
                proposals.end_work(found, actor=office, at=clock.now())
                proposals.ask_to_accept(found, None, actor=office, at=clock.now())
        return False

    assert arranging.worker(stopping=asks_for_all_after_the_first_line) == {"worked on": 2}
    assert {line.decision for line in lines_of(found)} == {LineDecision.ACCEPTED}


def test_whoever_may_make_plans_ends_one_on_its_page_while_the_worker_is_at_it(
    client: FlaskClient, office: User, bridge: VendorOrganization
) -> None:
    coordinator("Ana Ferreira", bridge)
    practice("Elm Street Pediatrics", tier_2=80)
    found = arranging.asked(office)
    sign_in(client, office)
    page, asked = f"/proposals/{found.id}", iter(range(10))

    def ends_it_in_the_middle() -> bool:
        if next(asked) == 2:
            assert "End this work" in fetched(client, page)
            send(client, f"{page}/end", page=page)
        return False

    assert arranging.worker(stopping=ends_it_in_the_middle) == {"worked on": 1}
    db.session.refresh(found)
    assert (found.error, lines_of(found)) == (proposals.ENDED_PLAN, [])
    assert proposals.ENDED_PLAN in fetched(client, page)
    assert arranging.worker() == {}


def test_whoever_may_make_plans_ends_the_acceptance_of_all_lines_and_what_was_accepted_stays(
    client: FlaskClient, office: User, bridge: VendorOrganization
) -> None:
    for name in ("Ana Ferreira", "Ben Walsh"):
        coordinator(name, bridge)
    practice("Elm Street Pediatrics", tier_2=80)
    practice("Oak Street Pediatrics", tier_2=80)
    found = computed(office)
    with transaction():
        proposals.ask_to_accept(found, None, actor=office, at=clock.now())
    sign_in(client, office)
    page, asked = f"/proposals/{found.id}", iter(range(10))

    def ends_it_after_the_first_line() -> bool:
        if next(asked) == 2:
            send(client, f"{page}/end", page=page)
        return False

    arranging.worker(stopping=ends_it_after_the_first_line)
    db.session.refresh(found)
    assert (found.accept_problem, found.accept_asked_at) == (proposals.ENDED_ACCEPTANCE, None)
    assert Counter(line.decision for line in lines_of(found))[LineDecision.ACCEPTED] == 1
    with pytest.raises(Refusal, match="has ended already"), transaction():
        proposals.end_work(found, actor=office, at=clock.now())


def test_an_acceptance_that_a_person_ended_keeps_what_was_accepted_and_can_be_asked_for_again(
    office: User, bridge: VendorOrganization
) -> None:
    for name in ("Ana Ferreira", "Ben Walsh"):
        coordinator(name, bridge)
    practice("Elm Street Pediatrics", tier_2=80)
    practice("Oak Street Pediatrics", tier_2=80)
    found = computed(office)
    with transaction():
        proposals.ask_to_accept(found, None, actor=office, at=clock.now())
    asked = iter([False, False])
    arranging.worker(stopping=lambda: next(asked, True), cancelled=lambda: True)
    db.session.refresh(found)
    assert (found.accept_problem, found.accept_asked_at) == (proposals.ENDED_ACCEPTANCE, None)
    assert Counter(line.decision for line in lines_of(found))[LineDecision.ACCEPTED] == 1
    with transaction():
        proposals.ask_to_accept(found, None, actor=office, at=clock.now())
    arranging.worker()
    assert {line.decision for line in lines_of(found)} == {LineDecision.ACCEPTED}
