"""Fifty people write at the same moment on SQLite: they wait for each other, and nobody is told of a lock."""

import time
from collections.abc import Callable

import pytest
from flask import Flask

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
