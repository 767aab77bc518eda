"""How much is proven in a run, and where the figures are kept."""

import json
from collections.abc import Callable
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


@pytest.fixture
def proven(request: pytest.FixtureRequest, database_kind: str) -> Callable[..., None]:
    """Tell the figures of a proof; `make reliability` keeps them beside the tests."""

    def keep(**figures: Any) -> None:
        if request.config.getoption("--counts") != "full":
            return
        name = request.node.name.removeprefix("test_").replace("[", "-").rstrip("]")
        RESULTS.mkdir(exist_ok=True)
        told = {
            "proof": request.node.nodeid.split("::")[-1],
            "database": database_kind,
            "machine": machine(),
            **figures,
        }
        (RESULTS / f"{name[:100]}-{database_kind}.json").write_text(json.dumps(told, indent=2, sort_keys=True) + "\n")

    return keep


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
