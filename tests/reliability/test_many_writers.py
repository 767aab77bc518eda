"""SQLite with fifty people who write at the same moment, and held by somebody else for longer than people wait."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pytest
from flask import Flask

from certhub.config import Settings
from tests import factories
from tests.reliability.conftest import Counted
from tests.reliability.installation import Registrar, installed, registering
from tests.reliability.test_restarts import assert_all_is_on_file

PEOPLE = 50


@pytest.mark.only_on("sqlite")
def test_fifty_people_who_write_at_once_on_sqlite_are_never_told_of_a_lock(
    committed_app: Flask, count: Counted, proven: Callable[..., None]
) -> None:
    seconds = count(8, 30)
    with installed(committed_app.extensions["certhub"].settings, threads=25) as place:
        vendors = [factories.make_vendor() for _ in range(5)]
        registrars = [
            Registrar(committed_app, vendors[number % 5], place, f"Writer{number}") for number in range(PEOPLE)
        ]
        with registering(registrars):
            time.sleep(seconds)

    assert [trouble for one in registrars for trouble in one.troubles] == []
    answered = assert_all_is_on_file(registrars)
    least = min(len(one.registered) for one in registrars)
    assert least > 0, "everybody gets a turn"
    proven(people=PEOPLE, seconds=seconds, answered=answered, least_by_one_person=least)


@pytest.mark.only_on("sqlite")
def test_a_database_file_that_is_held_for_long_is_told_in_plain_words_and_all_goes_on_by_itself_afterwards(
    committed_app: Flask, count: Counted
) -> None:
    settings: Settings = committed_app.extensions["certhub"].settings
    with installed(settings) as place:
        registrars = [Registrar(committed_app, factories.make_vendor(), place, "Patient")]
        place.start_worker()
        with registering(registrars):
            time.sleep(1)
            with closing(sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), timeout=30)) as holder:
                holder.execute("BEGIN EXCLUSIVE")
                time.sleep(count(18, 30))
                holder.rollback()
            before, until = len(registrars[0].registered), time.monotonic() + 60
            while len(registrars[0].registered) < before + 3:
                assert time.monotonic() < until, "nobody could register anybody afterwards"
                time.sleep(0.2)
        assert place.workers[0].poll() is None

    assert registrars[0].troubles
    for trouble in registrars[0].troubles:
        assert "CertHub cannot reach its database" in trouble
        assert "locked" not in trouble
    assert_all_is_on_file(registrars)
