"""CertHub as it is installed: gunicorn with the settings of deploy/, several processes, one set of figures."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import certhub
from tests.conftest import SECRET_KEY, Databases

ROOT = Path(certhub.__file__).parent.parent
TOKEN = "a token for Prometheus"
STARTS_WITHIN_SECONDS = 40


@pytest.fixture
def address(databases: Databases, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "token").chmod(0o600)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CERTHUB_")} | {
        "CERTHUB_DATABASE_URL": databases.prepared(),
        "CERTHUB_DATA_DIR": str(tmp_path),
        "CERTHUB_SECRET_KEY": SECRET_KEY,
        "CERTHUB_METRICS_TOKEN_FILE": str(tmp_path / "token"),
        "RUNTIME_DIRECTORY": str(tmp_path / "run"),
        "WEB_CONCURRENCY": "2",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn_settings.py", "certhub:create_app()"]
    with socket.create_server(("127.0.0.1", 0)) as listening, (tmp_path / "log").open("w") as log:
        number = listening.fileno()  # inherited, since another test's server can take a port that is let go of
        server = subprocess.Popen(
            [*command, "--bind", f"fd://{number}"], env=environment, cwd=ROOT, stderr=log, stdout=log, pass_fds=[number]
        )
        try:
            yield _up(f"http://127.0.0.1:{listening.getsockname()[1]}", tmp_path / "log")
        finally:
            server.terminate()
            server.wait(timeout=30)


def _up(address: str, log: Path) -> str:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        try:
            asked(f"{address}/healthz")
        except OSError:
            time.sleep(0.1)
        else:
            return address
    raise AssertionError(log.read_text())


def asked(address: str, **headers: str) -> tuple[int, str]:
    try:
        request = urllib.request.Request(address, headers=headers)  # noqa: S310  (our own server's address)
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  (as above)
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read().decode()


def test_all_processes_are_counted_together_whichever_of_them_is_asked(address: str) -> None:
    for _ in range(30):
        assert asked(f"{address}/healthz")[0] == 200
    assert asked(f"{address}/readyz/web")[0] == 200
    counts = set()
    for _ in range(6):
        status, told = asked(f"{address}/metrics", Authorization=f"Bearer {TOKEN}")
        assert status == 200
        found = re.search(r'certhub_requests_total\{endpoint="health.live",method="GET",status="200"\} (\d+)', told)
        assert found is not None, told[:2000]
        counts.add(int(found[1]))
    assert len(counts) == 1, "each process tells the same"
    assert counts.pop() >= 31
