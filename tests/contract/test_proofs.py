"""Each proof of `make reliability` held with its full numbers on each of its databases, and its figures are kept."""

import subprocess
import sys

import pytest

from tests.contract.sources import ROOT
from tests.reliability.conftest import RESULTS, result_file


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_the_full_numbers_of_each_proof_are_kept_and_of_no_other(database: str) -> None:
    command = [
        sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:xdist", "-m", "reliability",
        f"--database={database}", "--counts=full", "tests/reliability",
    ]  # fmt: skip
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    proofs = [line.split("::", 1)[1] for line in told.splitlines() if "::" in line]

    kept = {file.name for file in RESULTS.glob(f"*-{database}.json")}
    assert kept == {result_file(proof, database).name for proof in proofs}
