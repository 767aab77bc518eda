"""The benchmarks run from end to end; how fast anything is, is no matter for a test."""

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks


@pytest.mark.benchmarks
def test_every_benchmark_runs_on_a_tiny_state_and_leaves_a_readable_result(
    database_kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "result.json"

    benchmarks.main(
        ["--scale", "0.001", "--database", database_kind, "--state-dir", str(tmp_path / "state"), "--json", str(file)]
    )

    result = json.loads(file.read_text())
    told = {measure["goal"] for measure in result["measures"]}
    numbered = {str(number) for number in range(1, 10)}
    asks_no_database = {"proposals"} if database_kind == "sqlite" else set()
    assert (
        told
        == numbered | {"floor", "preview", "orders", "caseload", "pooled fund", "planning", "mail"} | asks_no_database
    )
    statements = [measure for measure in result["measures"] if measure["what"].endswith("statements")]
    assert all(measure["met"] for measure in statements)
    otherwise = [measure["measured"] for measure in result["measures"] if measure["what"].endswith("otherwise")]
    assert otherwise == [0]
    failed = [measure["what"] for measure in result["measures"] if measure["what"].endswith("status of the answer")]
    assert failed == []
    assert "goals met at scale 0.001" in capsys.readouterr().out


def test_the_result_tells_nothing_of_whose_machine_it_was(tmp_path: Path) -> None:
    from benchmarks.results import machine

    assert set(machine()) == {"cores", "python", "system", "sqlite", "packages"}
    assert "/" not in json.dumps(machine())
