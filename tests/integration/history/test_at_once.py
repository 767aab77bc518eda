"""Several administrators act on a pair of records at the same moment: one result, and the others read what is true."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.parties import Coordinator, Employment
from certhub.models.record_merges import RecordMerge, ToldApart
from certhub.rules.vocabulary import Role
from certhub.services import record_merges, told_apart
from certhub.services.audit_verification import verify
from tests import factories
from tests.at_once import at_once
from tests.integration.history.test_merging import pair

Act = Callable[[], None]


def merging(kept_id: int, absorbed_id: int, actor_id: int) -> Act:
    def act() -> None:
        kept, absorbed = (db.session.get_one(Coordinator, one) for one in (kept_id, absorbed_id))
        actor = db.session.get_one(User, actor_id)
        with transaction():
            record_merges.merge(kept, absorbed, reason="One person.", actor=actor, at=clock.now())

    return act


def marking(one_id: int, other_id: int, actor_id: int) -> Act:
    def act() -> None:
        one, other = (db.session.get_one(Coordinator, number) for number in (one_id, other_id))
        actor = db.session.get_one(User, actor_id)
        with transaction():
            told_apart.mark(one, other, reason="Two people.", actor=actor, at=clock.now())

    return act


def undoing(merge_id: int, actor_id: int, *, to_absorbed: bool) -> Act:
    def act() -> None:
        done, actor = db.session.get_one(RecordMerge, merge_id), db.session.get_one(User, actor_id)
        with transaction():
            record_merges.undo(
                done, reason="Two people.", since_to_absorbed=to_absorbed, actor=actor, at=clock.now()
            )  # fmt: skip

    return act


def arranged() -> tuple[int, int, list[int]]:
    """Two records of one person, the second of them employed, and the accounts of four administrators."""
    kept, absorbed = pair()
    factories.make_employment(absorbed, factories.make_vendor())
    return kept.id, absorbed.id, [factories.make_user(Role.DPH_ADMINISTRATOR).id for _ in range(4)]


def test_of_administrators_who_merge_a_pair_at_once_either_way_round_one_does(committed_app: Flask) -> None:
    one, other, people = arranged()

    problems = at_once(
        committed_app,
        *[merging(one, other, person) for person in people[:2]],
        *[merging(other, one, person) for person in people[2:]],
    )

    db.session.expire_all()
    done = db.session.scalars(select(RecordMerge)).one()
    assert [str(problem) for problem in problems] == [
        "One of these records was merged already. Open it again and look."
    ] * 3
    merged = [db.session.get_one(Coordinator, number).merged_into_id for number in (done.kept_id, done.absorbed_id)]
    assert merged == [None, done.kept_id]
    assert list(db.session.scalars(select(Employment.coordinator_id))) == [done.kept_id]
    assert verify().broken is None


def test_of_administrators_who_undo_a_merge_at_once_one_does(committed_app: Flask) -> None:
    one, other, people = arranged()
    merging(one, other, people[0])()
    done = db.session.scalars(select(RecordMerge)).one().id
    db.session.rollback()  # a reading that stays open would see the state of now for ever

    problems = at_once(
        committed_app, *[undoing(done, person, to_absorbed=place % 2 == 0) for place, person in enumerate(people)]
    )

    db.session.expire_all()
    assert ["undone already" in str(problem) for problem in problems] == [True] * 3
    assert db.session.get_one(Coordinator, other).merged_into_id is None
    assert list(db.session.scalars(select(Employment.coordinator_id))) == [other]
    assert verify().broken is None


def test_a_pair_is_merged_or_marked_as_two_people_and_never_both(committed_app: Flask) -> None:
    one, other, people = arranged()

    problems = at_once(
        committed_app,
        *[merging(one, other, person) for person in people[:2]],
        *[marking(other, one, person) for person in people[2:]],
    )

    db.session.expire_all()
    counts = [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in (RecordMerge, ToldApart)]
    assert sorted(counts) == [0, 1]
    assert len(problems) == 3
    assert verify().broken is None
