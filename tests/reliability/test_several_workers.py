"""Several workers at once, the leader killed: each tick once, and somebody else goes on soon."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.config import Settings
from certhub.database import db
from certhub.jobs.worker import HEARTBEAT_SECONDS
from certhub.models.jobs import JobRun, Lease
from certhub.services import leases
from tests.conftest import SECRET_KEY
from tests.reliability.conftest import Counted
from tests.reliability.installation import installed
from tests.reliability.shares import shared_out
from tests.reliability.ticking import NAME
from tests.reliability.waiting import wait_for

_CHECKOUT = Path(__file__).parents[2]
MINUTE = timedelta(minutes=1)


class Crew:
    """Workers that share a clock, whose minutes go on when each has been worked."""

    def __init__(self, settings: Settings, size: int, first: datetime) -> None:
        self._minutes = settings.data_dir / "minutes"
        self._settings = settings
        self.now = first
        self._write()
        self.members: dict[int, subprocess.Popen[bytes]] = {}
        for _ in range(size):
            self.hire()

    def hire(self) -> None:
        given = {
            "database_url": self._settings.database_url, "data_dir": str(self._settings.data_dir),
            "secret_key": SECRET_KEY, "minutes": str(self._minutes),
        }  # fmt: skip
        with (self._settings.data_dir / "crew.log").open("ab") as log:
            member = subprocess.Popen(
                [sys.executable, "-m", "tests.reliability.ticking", json.dumps(given)], cwd=_CHECKOUT, stdout=log,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        self.members[member.pid] = member

    def next_minute(self) -> None:
        self.now += MINUTE
        self._write()

    def kill_leader(self) -> int:
        """Kill who holds the lease; its number."""
        leader = leader_now()
        os.kill(leader, signal.SIGKILL)
        self.members.pop(leader).wait()
        return leader

    def _write(self) -> None:
        unfinished = self._minutes.with_suffix(".part")
        unfinished.write_text(self.now.isoformat())
        unfinished.replace(self._minutes)


def leader_now() -> int:
    db.session.rollback()
    owner = db.session.scalars(select(Lease.owner)).one()
    return int(owner.split(":")[1])


def somebody_leads() -> bool:
    db.session.rollback()
    return db.session.scalar(select(Lease.owner)) is not None


@contextmanager
def crew_of(size: int, settings: Settings, first: datetime) -> Iterator[Crew]:
    crew = Crew(settings, size, first)
    try:
        yield crew
    finally:
        for member in crew.members.values():
            member.kill()
            member.wait()


def runs_at(minute: datetime) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(JobRun.id).where(JobRun.name == NAME, JobRun.started_at == minute)).all())


@pytest.mark.parametrize("size", shared_out([4, 2]))
def test_of_several_workers_one_runs_each_tick_once_though_the_leader_is_killed(
    size: int, committed_app: Flask, count: Counted, proven: Callable[..., None]
) -> None:
    ticks, kills = count(30, 500), count(2, 20)
    chance = random.Random(size)  # noqa: S311  (a seed that a failure can be repeated with)
    first = datetime.now(UTC).replace(second=30) - (ticks + 2) * MINUTE  # past, so that each worker begins at once
    deadly = set(chance.sample(range(5, ticks - 5), kills))
    leaders, gaps = Counter[int](), list[float]()

    with crew_of(size, committed_app.extensions["certhub"].settings, first) as crew:
        for tick in range(ticks):
            waited = wait_for(lambda: runs_at(crew.now) > 0, f"nobody worked in minute {tick}")
            leaders[leader_now()] += 1
            if tick - 1 in deadly:
                gaps.append(waited)
                crew.hire()
            time.sleep(0.03)  # so that each of the others looks at this minute, too
            if tick in deadly:
                crew.kill_leader()
            if tick < ticks - 1:
                crew.next_minute()

    db.session.rollback()
    found = Counter(db.session.scalars(select(JobRun.started_at).where(JobRun.name == NAME)))
    assert found == Counter(first + number * MINUTE for number in range(ticks))
    assert len(leaders) == kills + 1
    proven(
        workers=size, ticks=ticks, leaders=len(leaders), longest_gap_seconds=round(max(gaps), 2), doubled=0, missed=0
    )


@pytest.mark.few_on("postgresql")  # most of a minute of waiting
def test_the_worker_that_waits_takes_over_from_one_that_was_killed(
    committed_app: Flask, proven: Callable[..., None]
) -> None:
    """With the lengths of production, which add up to less than a minute."""
    assert leases.LENGTH + timedelta(seconds=HEARTBEAT_SECONDS) <= timedelta(seconds=60)

    with installed(committed_app.extensions["certhub"].settings, web_workers=1) as place:
        first = place.start_worker()
        wait_for(somebody_leads, "no worker began")
        second = place.start_worker()
        first.kill()
        first.wait()
        waited = wait_for(lambda: leader_now() == second.pid, "nobody took over")
    assert waited <= MINUTE.total_seconds(), "not a matter of speed: the lease is to end before"

    proven(seconds_until_taken_over=round(waited, 1))
