"""How gunicorn serves the pages of CertHub; WEB_CONCURRENCY sets the number of processes, --bind the address."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

bind = "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 8
"""More than pages need at once, so that probes are answered while some requests wait for a database that is away;
fewer than the pool of a process has connections (15)."""
timeout = 60
graceful_timeout = 30
keepalive = 5
loglevel = "warning"
logger_class = "certhub.web.server_log.ServerLog"  # without addresses and values, as all of our log
accesslog = None  # CertHub writes a line for each request, without addresses, since they can hold secrets
control_socket_disable = True

if os.environ.get("CERTHUB_METRICS_TOKEN") or os.environ.get("CERTHUB_METRICS_TOKEN_FILE"):
    # What the processes count is read together from here. It begins empty, as counters do after a start.
    folder = Path(os.environ.get("RUNTIME_DIRECTORY") or tempfile.mkdtemp(prefix="certhub-")) / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def child_exit(_server: Any, worker: Any) -> None:
    """Forget the gauges of a process that is gone; what it counted stays counted."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415  (it looks for the folder when imported)

        mark_process_dead(worker.pid)
