"""How much is proven in a run, and where the figures are kept."""

import json
import subprocess
import time
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, literal, select, union_all

from benchmarks.results import machine
from certhub.database import db
from certhub.models import Base

RESULTS = Path(__file__).parent / "results"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is run by `.ci/run` and `make reliability` only."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.reliability)


Counted = Callable[[int, int], int]


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Counted:
    """How often something is tried: `count(20, 200)` is 20 in CI and 200 in `make reliability`."""
    everything = request.config.getoption("--counts") == "full"
    return lambda few, many: many if everything else few


_figures = pytest.StashKey[dict[str, Any]]()
_passed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember which proof held."""
    report = yield
    if report.when == "call":
        item.stash[_passed] = report.passed
    return report


def result_file(proof: str, database: str) -> Path:
    """Where the result of a proof is kept: a test by its name, with its parameters."""
    name = proof.removeprefix("test_").replace("[", "-").rstrip("]")
    return RESULTS / f"{name[:100]}-{database}.json"


@pytest.fixture(autouse=True)
def kept(request: pytest.FixtureRequest, database_kind: str) -> Iterator[None]:
    """Keep beside the tests what held in `make reliability`: each proof, with its figures, its day and its program."""
    request.node.stash[_figures] = {}
    everything = request.config.getoption("--counts") == "full"
    file = result_file(request.node.name, database_kind)
    if everything:
        file.unlink(missing_ok=True)  # what held once and no longer does is not told any more
    began = time.monotonic()
    yield
    if not everything or not request.node.stash.get(_passed, False):
        return
    RESULTS.mkdir(exist_ok=True)
    told = {
        "proof": request.node.nodeid.split("::")[-1],
        "database": database_kind,
        "machine": machine(),
        "held": True,
        "held_on": datetime.now(UTC).date().isoformat(),
        "commit": _commit(),
        "took_seconds": round(time.monotonic() - began),
        **request.node.stash[_figures],
    }
    file.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n")


@cache
def _commit() -> str:
    """The program that was proven; empty outside a checkout."""
    asked = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"],
        cwd=RESULTS.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return asked.stdout.strip()


@pytest.fixture
def proven(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Tell the figures of a proof."""

    def told(**figures: Any) -> None:
        request.node.stash[_figures].update(figures)

    return told


@pytest.fixture
def census() -> Callable[[], dict[str, int]]:
    """How many rows each table has: what a piece of work adds is the same each time, or it is nothing."""
    counted = union_all(
        *(
            select(literal(table.name).label("name"), func.count().label("rows")).select_from(table)
            for table in Base.metadata.sorted_tables
        )
    )

    def taken() -> dict[str, int]:
        db.session.rollback()
        return {row.name: row.rows for row in db.session.execute(counted)}

    return taken
