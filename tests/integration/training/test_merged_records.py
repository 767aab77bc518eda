"""Places in sessions when two records of one person are merged, and when they are separated again."""

import pytest
from flask import Flask

from certhub import clock
from certhub.database import transaction
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import enrolments, record_merges, session_results
from tests.factories import ARRANGING, make_coordinator, make_user, make_vendor
from tests.integration.training.arranging import URL, course, enrol, place, session
from tests.integration.training.test_results import after, close, hours, sheet, there


def test_a_place_goes_along_and_comes_back(app: Flask) -> None:
    administrator, vendor = make_user(Role.DPH_ADMINISTRATOR), make_vendor()
    kept, absorbed = make_coordinator("Ana Ferreira"), make_coordinator("Ana Ferreira", vendor=vendor)
    room = session(course())
    enrol(room, absorbed)
    one = place(room, absorbed)

    with transaction():
        done = record_merges.merge(kept, absorbed, reason="One person", actor=administrator, at=clock.now())
    assert one.coordinator_id == kept.id
    with transaction():
        record_merges.undo(done, reason="Two people", actor=administrator, at=clock.now())
    assert one.coordinator_id == absorbed.id


def test_two_places_in_one_session_are_settled_before_the_merge(app: Flask) -> None:
    administrator, vendor = make_user(Role.DPH_ADMINISTRATOR), make_vendor()
    kept, absorbed = (make_coordinator("Ana Ferreira", vendor=vendor) for _ in range(2))
    room = session(course(), seats=2)
    enrol(room, kept, absorbed)

    with pytest.raises(Refusal, match="Both records have a place in Course CARE-1"), transaction():
        record_merges.merge(kept, absorbed, reason="One person", actor=administrator, at=clock.now())
    with transaction():
        enrolments.withdraw(
            place(room, absorbed), reason="Double", may_be_late=True, base_url=URL, actor=ARRANGING, at=clock.now()
        )
    with transaction():
        record_merges.merge(kept, absorbed, reason="One person", actor=administrator, at=clock.now())
    assert place(room, kept).coordinator_id == kept.id


def test_hours_of_a_double_place_go_to_the_record_that_is_kept(app: Flask) -> None:
    administrator, vendor = make_user(Role.DPH_ADMINISTRATOR), make_vendor()
    kept, absorbed = (make_coordinator("Ana Ferreira", vendor=vendor) for _ in range(2))
    room = session(course(partial_credit=True), seats=2)
    enrol(room, kept, absorbed)
    with after(room):
        sheet(room, {place(room, absorbed).id: there(room, 360)})
        with pytest.raises(Refusal, match="Wait until the session is closed"), transaction():
            record_merges.merge(kept, absorbed, reason="One person", actor=administrator, at=clock.now())
        close(room)
        with transaction():
            record_merges.merge(kept, absorbed, reason="One person", actor=administrator, at=clock.now())
        assert (hours(kept), hours(absorbed)) == ({"core": 360}, {})
        with transaction():
            session_results.correct(
                place(room, absorbed), there(room, 180), reason="Left at noon", actor=ARRANGING, at=clock.now()
            )
    assert (hours(kept), hours(absorbed)) == ({"core": 180}, {})
