"""Figures in Prometheus' format.

What a process counts, requests and their durations, is kept by prometheus_client: with several processes on a host in
files of the folder PROMETHEUS_MULTIPROC_DIR, which are read together (see deploy/gunicorn_settings.py); without that
folder each process tells its own. What the database knows is read from it when it is asked for, and is the same on each
host.
"""

import hmac
import os
import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from certhub import clock
from certhub.auth.guard import requires
from certhub.queries import condition
from certhub.rules.permissions import Permission

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_OWN = CollectorRegistry()
_REQUESTS = Counter(
    "certhub_requests", "Requests by endpoint, method and status", ["endpoint", "method", "status"], registry=_OWN
)
_SECONDS = Histogram(
    "certhub_request_seconds", "How long requests took", ["endpoint"], registry=_OWN,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)  # fmt: skip
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


def init_metrics(app: Flask, token: str) -> None:
    """Count the requests of this process, and tell the figures to whoever sends the token."""

    @app.get("/metrics", endpoint="health.metrics")
    @requires(Permission.PUBLIC_READ)
    def tell() -> Response:
        sent = request.headers.get("Authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {token}".encode()):
            return Response("The token of CERTHUB_METRICS_TOKEN is missing or wrong.\n", 401, mimetype="text/plain")
        return Response(written(), content_type=CONTENT_TYPE)

    @app.before_request
    def begin() -> None:
        g.counted_from = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        endpoint = request.endpoint or "none"  # never the address, which can hold identifiers and tokens
        method = request.method if request.method in _METHODS else "other"
        _REQUESTS.labels(endpoint, method, str(response.status_code)).inc()
        _SECONDS.labels(endpoint).observe(time.perf_counter() - g.get("counted_from", time.perf_counter()))
        return response


def written() -> bytes:
    """Everything as text."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client's own
    else:
        registry.register(_OwnFigures())
    registry.register(_Installation())
    return generate_latest(registry)


class _OwnFigures(Collector):
    """What this process counted."""

    def collect(self) -> Iterator[Metric]:
        """Pass it on."""
        yield from _OWN.collect()


class _Installation(Collector):
    """What the database knows."""

    def collect(self) -> Iterator[Metric]:
        """Read it."""
        now = clock.now()
        messages = GaugeMetricFamily("certhub_messages", "Messages by status", labels=["status"])
        for status, number in condition.messages_by_status().items():
            messages.add_metric([status.value], number)
        yield messages
        oldest = condition.oldest_unsent()
        age = 0.0 if oldest is None else max((now - oldest).total_seconds(), 0.0)
        yield GaugeMetricFamily("certhub_outbox_oldest_seconds", "How long the oldest unsent message waits", value=age)
        lease_left = condition.lease_left()
        left = 0.0 if lease_left is None else lease_left.total_seconds()
        yield GaugeMetricFamily("certhub_worker_lease_seconds_left", "Until the worker's lease ends", value=left)
        yield from _jobs()
        yield CounterMetricFamily(
            "certhub_audit_entries", "Entries of the audit trail", value=condition.audit_entries()
        )


def _jobs() -> Iterator[Metric]:
    # Runs that found nothing to do are forgotten after a day, so these are no counters.
    runs = GaugeMetricFamily("certhub_job_runs", "Runs on record by job and result", labels=["job", "result"])
    success = GaugeMetricFamily(
        "certhub_job_last_success_timestamp_seconds", "When each job last ended well", labels=["job"]
    )
    for job in condition.jobs():
        runs.add_metric([job.name, "finished"], job.finished)
        runs.add_metric([job.name, "failed"], job.failed)
        if job.last_success_at is not None:
            success.add_metric([job.name], job.last_success_at.timestamp())
    yield runs
    yield success
