"""Import, issue, renew, approve, assign: killed anywhere in the middle, nothing is half done."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.app import create_app
from certhub.database import db
from certhub.models.certification import Certificate
from certhub.services.audit_verification import verify
from certhub.web.context import press
from tests.conftest import Databases, settings_for
from tests.reliability.conftest import Counted
from tests.reliability.shares import shared_out
from tests.reliability.victims import Victims, victims
from tests.reliability.work import ALL_OR_NOTHING

Census = Callable[[], dict[str, int]]


@pytest.fixture(scope="module")
def place(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Victims]]:
    """One installation for all of them: each counts what is added to what it found."""
    app = create_app(settings_for(databases.prepared(), tmp_path_factory.mktemp("place")))
    with victims(app.extensions["certhub"].settings) as found:
        yield app, found


@pytest.fixture
def app(place: tuple[Flask, Victims]) -> Iterator[Flask]:
    with place[0].app_context():
        yield place[0]
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def forked(place: tuple[Flask, Victims], app: Flask) -> Victims:
    return place[1]


def added(before: dict[str, int], after: dict[str, int]) -> Counter[str]:
    return Counter({name: rows - before[name] for name, rows in after.items() if rows != before[name]})


@pytest.mark.parametrize("name", shared_out(ALL_OR_NOTHING))
def test_work_that_is_killed_is_done_wholly_or_not_at_all(
    name: str, forked: Victims, census: Census, count: Counted, proven: Callable[..., None]
) -> None:
    work, kills = ALL_OR_NOTHING[name], count(10, 200)
    chance = random.Random(name)  # noqa: S311  (a seed that a failure can be repeated with)
    assert forked.run(name, **work.ready()).error is None  # the first one of all also begins a sequence of numbers
    arguments, outcomes = work.ready(), Counter[str]()
    before = census()
    unharmed = forked.run(name, **arguments)
    assert unharmed.error is None
    whole = added(before, census())
    assert whole
    arguments = work.ready()
    for number in range(kills):
        before = census()
        fate = forked.run(name, **moment(number, unharmed.statements, unharmed.seconds, chance), **arguments)
        assert fate.killed or fate.error is None, fate.error
        found = added(before, census())
        assert found in (Counter(), whole), f"{name}, kill {number}: {found - whole} too much, {whole - found} lacking"
        outcomes["done" if found else "nothing"] += 1
        if found:
            arguments = work.ready()

    assert forked.run(name, **arguments).error is None, "what was not done can be done afterwards"
    assert outcomes["nothing"] > kills // 2
    db.session.rollback()
    assert verify().broken is None
    assert_each_certificate_has_its_file()
    proven(kills=kills, done=outcomes["done"], nothing=outcomes["nothing"], statements=unharmed.statements)


def assert_each_certificate_has_its_file() -> None:
    """What was written before the work was saved is there; a file that nobody points to does no harm."""
    for sha256 in db.session.scalars(select(Certificate.sha256)):
        press().store.get(sha256)


@pytest.mark.parametrize("name", shared_out(["approve", "issue", "renew"]))
def test_a_full_disk_while_a_certificate_is_written_leaves_nothing_and_the_next_try_succeeds(
    name: str, forked: Victims, census: Census, app: Flask
) -> None:
    work = ALL_OR_NOTHING[name]
    assert forked.run(name, **work.ready()).error is None
    arguments = work.ready()
    store = app.extensions["certhub"].settings.files_dir
    kept, before = sorted(store.rglob("*")), census()

    for largest in (0, 1_000, 20_000):  # bytes; a certificate has some more
        fate = forked.run(name, largest_file=largest, **arguments)
        assert "File too large" in str(fate.error) or "disk" in str(fate.error), fate.error
        assert census() == before
        assert [path for path in sorted(store.rglob("*")) if path.is_file()] == [
            path for path in kept if path.is_file()
        ]

    assert forked.run(name, **arguments).error is None
    assert added(before, census())


def moment(number: int, statements: int, seconds: float, chance: random.Random) -> dict[str, Any]:
    """When the n-th process dies: by turns before a statement, after one, and at any time at all."""
    place = 1 + (number * 7) % statements  # through all of them, not one after another
    return (
        {"before_statement": place},
        {"after_statement": statements - place + 1},
        {"after_seconds": chance.uniform(0, seconds * 1.05)},
    )[number % 3]
