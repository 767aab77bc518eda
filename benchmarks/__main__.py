"""`python -m benchmarks`: measure the goals on both databases, print them as a table, and keep them as JSON."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import (
    audited_writes,
    caseload,
    certificates,
    databases,
    imports,
    lists,
    mail_delivery,
    orders,
    planning,
    pooled_fund,
    population,
    proposals,
    reports,
    results,
    training_imports,
    verification,
)
from benchmarks.results import Measure
from benchmarks.state_size import Size

BENCHMARKS = {
    "lists": lists,
    "reports": reports,
    "population": population,
    "verification": verification,
    "certificates": certificates,
    "writes": audited_writes,
    "imports": imports,
    "training-imports": training_imports,
    "orders": orders,
    "caseload": caseload,
    "pooled-fund": pooled_fund,
    "proposals": proposals,
    "planning": planning,
    "mail": mail_delivery,
}
DATABASES = ("sqlite", "postgresql")
_WHOLE = 1.0
_QUICK_BELOW = 0.005


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was chosen; the exit code is 1 where a goal is not met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=sorted(BENCHMARKS), help="run these; all by default")
    parser.add_argument("--database", action="append", choices=DATABASES, help="on these; on both by default")
    parser.add_argument("--scale", type=float, default=_WHOLE, help="size of the state; 1 is the size of the goals")
    parser.add_argument(
        "--state-dir", type=Path, default=Path(tempfile.gettempdir()) / "certhub-benchmarks",
        help="where the generated state is kept between runs",
    )  # fmt: skip
    parser.add_argument(
        "--json", type=Path, default=None, help="the result file; one under benchmarks/results by default"
    )
    given = parser.parse_args(arguments)
    state_dir: Path = given.state_dir.absolute()
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    size = Size.of(given.scale)
    quick = given.scale < _QUICK_BELOW

    measures: list[Measure] = []
    began = time.perf_counter()
    for kind in given.database or DATABASES:
        with databases.server(kind, state_dir) as address, databases.generated(kind, state_dir, size, address) as state:
            for name in given.only or BENCHMARKS:
                print(f"Measuring {name} on {kind} ...", flush=True)
                measures += BENCHMARKS[name].measure(state, address, quick=quick)
    seconds = time.perf_counter() - began

    print("\n" + results.table(measures))
    missed = [one for one in measures if one.met is False]
    judged = sum(one.met is not None for one in measures)
    print(f"\n{judged - len(missed)} of {judged} goals met at scale {given.scale:g}, in {seconds:.0f} s.")
    file = given.json or results.RESULTS / _file_name(given.only, given.database, given.scale)
    results.write(measures, scale=given.scale, seconds=seconds, file=file)
    return 1 if missed else 0


def _file_name(only: Sequence[str] | None, kinds: Sequence[str] | None, scale: float) -> str:
    """`goals.json` for the whole run; a part or a smaller state never overwrites it."""
    parts = ["goals", *(only or ()), *(kinds or ()), *([] if scale == _WHOLE else [f"scale-{scale:g}"])]
    return "-".join(parts) + ".json"


if __name__ == "__main__":
    sys.exit(main())
