"""Goals 1 to 4: every list page over HTTP, beside the floor page of the same run; pages that ask of all at once, too.

Each page is asked for over one connection (latency), its deepest page beside its first, and over four connections
(requests per second); the statements that it sends to the database are counted inside one process. A page that asks
of every assignment or credential there is (exposures, the first pages) is measured beside its own raw SQL instead.
"""

import base64
import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Engine, event, text

from benchmarks import floor
from benchmarks.databases import Database
from benchmarks.generated_state import session_token
from benchmarks.http_load import Connection, Load, in_turn, load, serving
from benchmarks.results import Measure
from certhub.database import db
from certhub.rules.vocabulary import Role

P50_MS, P95_MS, FLOORS = 10.0, 20.0, 6.0
COORDINATORS_PER_SECOND = 250.0
DEEPEST_TO_FIRST = 1.5
MOST_STATEMENTS = 8
OF_ALL_MS, OF_ALL_TO_RAW = 100.0, 2.0
HOME_MS, HOME_STATEMENTS = 200.0, 30
"""The first page of a vendor judges its whole renewal, and reads each part of what it is judged by in one statement."""
LACKING_MS, JUDGED_STATEMENTS, JUDGED_TO_RAW = 300.0, 14, 12.0
"""The roster of hours judges 50 people, or 200 to show those of them who lack something."""
SCOPED_TO_UNSCOPED = 3.0

_ACCOUNTS = {
    Role.DPH_ADMINISTRATOR: 1, Role.DPH_REVIEWER: 2, Role.FUND_MANAGER: 3, Role.AUDITOR: 4, Role.VENDOR_HR: 5,
}  # fmt: skip
"""Accounts of the generated state; the vendor is the largest, whose lists are the worst case."""

_NEXT = re.compile(r'rel="next" href="([^"]+)"')
_PREVIOUS = re.compile(r'rel="prev" href="([^"]+)"')
_COUNTS_ALL = re.compile(r"count\(", re.IGNORECASE)
_ENDS: tuple[dict[type, Any], ...] = ({int: 2**31 - 1, str: "\U0010fffd" * 3}, {int: 0, str: ""})
"""Keys beyond the end of a list that grows, and of one that falls."""


Statement = tuple[str, Any]
"""What is sent to the database, with its parameters."""


class PageFailed(RuntimeError):
    """A list answered something else than a page."""

    def __init__(self, path: str, status: int) -> None:
        super().__init__(f"{path} answered {status}")
        self.status = status


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list that people open."""

    name: str
    endpoint: str
    role: Role = Role.DPH_ADMINISTRATOR
    filters: dict[str, Any] = field(default_factory=dict)
    unscoped: str | None = None
    """The name of the list that DPH sees of it."""
    of_all_ms: float | None = None
    """The goal of a page that asks of everything at once; None for one that reads a page of rows."""
    most_statements: int = MOST_STATEMENTS
    to_raw: float = OF_ALL_TO_RAW
    """How many times as long as its own SQL it may take; one that judges people by the rules works for longer."""


PAGES = (
    ListPage("home of an administrator", "home.index", of_all_ms=HOME_MS, most_statements=HOME_STATEMENTS),
    ListPage(
        "home of the largest vendor",
        "home.index",
        role=Role.VENDOR_HR,
        of_all_ms=HOME_MS,
        most_statements=HOME_STATEMENTS,
    ),
    ListPage("coordinators", "coordinators.index"),
    ListPage("coordinators of a region", "coordinators.index", filters={"region": "boston"}),
    ListPage("coordinators of a discipline", "coordinators.index", filters={"discipline": "therapist"}),
    ListPage("coordinators named", "coordinators.index", filters={"q": "silva"}),
    ListPage("coordinators named, none found", "coordinators.index", filters={"q": "nobody has it"}),
    ListPage("coordinators current", "coordinators.index", filters={"status": "current"}),
    ListPage("coordinators in grace", "coordinators.index", filters={"status": "in_grace"}),
    ListPage("coordinators renewing", "coordinators.index", filters={"status": "renewal_pending"}),
    ListPage("coordinators expired", "coordinators.index", filters={"status": "expired"}),
    ListPage("coordinators suspended", "coordinators.index", filters={"status": "suspended"}),
    ListPage("coordinators without", "coordinators.index", filters={"status": "none"}),
    ListPage("training entered", "coordinators.latest_training"),
    ListPage(
        "training hours",
        "coordinators.hours_roster",
        of_all_ms=OF_ALL_MS,
        most_statements=JUDGED_STATEMENTS,
        to_raw=JUDGED_TO_RAW,
    ),
    ListPage(
        "training hours of those who lack ethics",
        "coordinators.hours_roster",
        filters={"lacks": "ethics_scope"},
        of_all_ms=LACKING_MS,
        most_statements=JUDGED_STATEMENTS,
        to_raw=JUDGED_TO_RAW,
    ),
    ListPage("vendors", "organizations.vendors"),
    ListPage("practices", "organizations.practices"),
    ListPage("practices named", "organizations.practices", filters={"q": "quaboag"}),
    ListPage("training programs", "organizations.programs"),
    ListPage("applications", "applications.index"),
    ListPage("applications submitted", "applications.index", filters={"status": "submitted"}),
    ListPage("applications of vendors", "applications.index", filters={"subject": "vendor"}),
    ListPage("work queue", "queue.index", role=Role.DPH_REVIEWER),
    ListPage("work queue of vendors", "queue.index", role=Role.DPH_REVIEWER, filters={"subject": "vendor"}),
    ListPage("work queue, mine", "queue.index", role=Role.DPH_REVIEWER, filters={"mine": "yes"}),
    ListPage("register", "register.index"),
    ListPage("register on a past day", "register.index", filters={"as_of": "2025-11-01"}),
    ListPage("exposures", "exposures.index", of_all_ms=OF_ALL_MS),
    ListPage("exposures of a region", "exposures.index", filters={"region": "boston"}, of_all_ms=OF_ALL_MS),
    ListPage("exposures by employment", "exposures.index", filters={"link": "employment"}, of_all_ms=OF_ALL_MS),
    ListPage("orders", "orders.index"),
    ListPage("effects of an order", "orders.effects", filters={"order_id": 1}),
    ListPage("samples of continuing education", "ce_audits.index"),
    ListPage("medical home index", "self_assessments.practices"),
    ListPage("whom a draft fails", "standards.preview", filters={"version_id": 1000}),
    ListPage("work queue, overdue", "queue.index", role=Role.DPH_REVIEWER, filters={"overdue": "yes"}),
    ListPage("audit trail", "audit.index", role=Role.AUDITOR),
    ListPage("mail", "administration.messages"),
    ListPage("jobs", "administration.jobs"),
    ListPage("accounts", "administration.accounts"),
    ListPage("accounts named", "administration.accounts", filters={"search": "account 77"}),
    ListPage("invitations", "administration.list_invitations"),
    ListPage("vendor's coordinators", "coordinators.index", role=Role.VENDOR_HR, unscoped="coordinators"),
    ListPage("vendor's former", "coordinators.former", role=Role.VENDOR_HR, unscoped="coordinators"),
    ListPage("vendor's training", "coordinators.latest_training", role=Role.VENDOR_HR, unscoped="training entered"),
    ListPage("vendor's applications", "applications.index", role=Role.VENDOR_HR, unscoped="applications"),
    ListPage("vendor's exposures", "exposures.index", role=Role.VENDOR_HR, unscoped="exposures", of_all_ms=OF_ALL_MS),
    ListPage("vendor's requests for proofs", "ce_audits.requests", role=Role.VENDOR_HR),
    ListPage("vendor's imports", "roster.index", role=Role.VENDOR_HR),
)


class _Effort(NamedTuple):
    """How long each page is asked for, how often it is before that, and how often at least."""

    seconds: float
    warming: int
    least: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What one list page was found to do."""

    page: ListPage
    path: str
    cookie: str
    first: Load
    floor: Load
    """The floor page, asked for in turn with this one, so that whatever else runs hits both alike."""
    deepest: Load | None
    """None where the list is one page long."""
    statements: tuple[Statement, ...]
    raw_ms: float
    """What the page reads, through the driver and nothing else."""


def measure(database: Database, _address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Measure every list page that exists."""
    effort = _Effort(0.02, 1, 1) if quick else _Effort(1.2, 6, 5)
    seconds = effort.seconds
    app = database.app()
    environment = database.environment()
    kind = database.kind
    with (
        serving("benchmarks.floor:create_app()", environment) as floor_port,
        serving("certhub:create_app()", environment) as port,
    ):
        _warm(floor_port, "/", "", effort)
        alone = load(floor_port, [("/", "")], connections=1, seconds=seconds)
        floor_four = load(floor_port, [("/", "")], connections=4, seconds=2 * seconds)
        yield Measure("floor", "page of 50 rows, p50", kind, alone.percentile(0.5), "ms", None)
        yield Measure("floor", "page of 50 rows, 4 connections", kind, floor_four.per_second, "req/s", None)
        yield Measure("floor", "raw SQL of that page", kind, _raw_milliseconds(app), "ms", None)
        found: dict[str, Taken] = {}
        for page in PAGES:
            if page.endpoint not in app.view_functions:
                print(f"  left out: there is no page {page.endpoint}", flush=True)
                continue
            try:
                taken = _take(app, port, floor_port, page, effort)
            except PageFailed as failure:
                yield Measure("1", f"{page.name}, status of the answer", kind, failure.status, "", 200)
                continue
            found[page.name] = taken
            yield from _judged(taken, kind)
            if page.name == "coordinators":
                four = load(port, [(taken.path, taken.cookie)], connections=4, seconds=2 * seconds, most=4000)
                yield Measure(
                    "2", f"{page.name}, 4 connections", kind, four.per_second, "req/s", COORDINATORS_PER_SECOND,
                    floor_four.per_second / four.per_second, at_least=True,
                )  # fmt: skip
            if page.unscoped is not None and page.unscoped in found:
                mine, whole = taken.first.percentile(0.5), found[page.unscoped].first.percentile(0.5)
                yield Measure(
                    "4", f"{page.name} to {page.unscoped}", kind, mine, "ms", None, mine / whole, SCOPED_TO_UNSCOPED
                )
    with app.app_context():
        db.engine.dispose()


def _judged(taken: Taken, kind: str) -> Iterator[Measure]:
    name, p50 = taken.page.name, taken.first.percentile(0.5)
    details = {"requests": len(taken.first.latencies), "raw_ms": taken.raw_ms}
    if taken.page.of_all_ms is not None:
        yield Measure(
            "9", f"{name}, p50", kind, p50, "ms", taken.page.of_all_ms, p50 / taken.raw_ms, taken.page.to_raw,
            details=details,
        )  # fmt: skip
    else:
        floor_ms = taken.floor.percentile(0.5)
        yield Measure("1", f"{name}, p50", kind, p50, "ms", P50_MS, p50 / floor_ms, FLOORS, details=details)
        yield Measure("1", f"{name}, p95", kind, taken.first.percentile(0.95), "ms", P95_MS)
    if taken.deepest is not None:
        deepest = taken.deepest.percentile(0.5)
        yield Measure("3", f"{name}, deepest page", kind, deepest, "ms", None, deepest / p50, DEEPEST_TO_FIRST)
    yield Measure("3", f"{name}, statements", kind, len(taken.statements), "", taken.page.most_statements)
    for statement, _ in taken.statements:
        if _COUNTS_ALL.search(statement) and "WHERE" not in statement:
            yield Measure("3", f"{name} counts everything", kind, 1, "", 0, details={"statement": statement})


def _take(app: Flask, port: int, floor_port: int, page: ListPage, effort: _Effort) -> Taken:
    with app.test_request_context():
        path = app.url_for(page.endpoint, **page.filters)
    cookie = cookie_of(app, _ACCOUNTS[page.role])
    first_page = _warm(port, path, cookie, effort)
    deep = _deepest(port, path, cookie, first_page)
    asked = [(port, path, cookie), (floor_port, "/", "")]
    if deep is not None:
        _warm(port, deep, cookie, effort)
        asked.append((port, deep, cookie))
    first, floor_page, *deepest = in_turn(asked, seconds=effort.seconds, least=effort.least, most=150)
    statements = _statements(app, path, cookie)
    raw = _raw_of(app, statements)
    return Taken(page, path, cookie, first, floor_page, deepest[0] if deepest else None, statements, raw)


def _warm(port: int, path: str, cookie: str, effort: _Effort) -> str:
    """Let both worker processes meet the page; the page, as text."""
    body = b""
    for _ in range(effort.warming):
        connection = Connection(port)
        answer = connection.get(path, cookie)
        connection.close()
        if answer.status != 200:
            raise PageFailed(path, answer.status)
        body = answer.body
    return body.decode()


def _deepest(port: int, path: str, cookie: str, first_page: str) -> str | None:
    """The address of the last full page, read forwards; None where the list is one page long.

    From beyond the end the list is read backwards once; the page before the last tells the key after which it begins.
    """
    following = _cursor(_NEXT, first_page)
    if following is None:
        return None
    _, *values = _decoded(following)
    connection = Connection(port)
    try:
        for beyond in _ENDS:
            address = _with(path, _encoded("p", [beyond[type(value)] for value in values]))
            begins = _cursor(_PREVIOUS, connection.get(address, cookie).body.decode())
            if begins is not None:
                before = connection.get(_with(path, begins), cookie).body.decode()
                return _with(path, _cursor(_NEXT, before) or begins)
    finally:
        connection.close()
    return None


def _cursor(link: re.Pattern[str], page: str) -> str | None:
    found = link.search(page)
    if found is None:
        return None
    return parse_qs(urlsplit(unescape(found.group(1))).query)["cursor"][0]


def _decoded(cursor: str) -> list[Any]:
    values: list[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return values


def _encoded(direction: str, values: list[object]) -> str:
    body = json.dumps([direction, *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def _with(path: str, cursor: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}cursor={cursor}"


def cookie_of(app: Flask, account_id: int) -> str:
    """The cookie of the session that the generated state holds open for an account."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return (
        f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'_user_id': session_token(account_id), '_fresh': True})}"
    )


def _statements(app: Flask, path: str, cookie: str) -> tuple[Statement, ...]:
    """What the page sends to the database."""
    with app.app_context():
        engine = db.engine
    client = app.test_client(use_cookies=False)
    with _told(engine) as sent:
        assert client.get(path, headers={"Cookie": cookie}).status_code == 200
    return tuple(sent)


@contextmanager
def _told(engine: Engine) -> Iterator[list[Statement]]:
    sent: list[Statement] = []

    def tell(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", tell)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", tell)


def _raw_of(app: Flask, statements: tuple[Statement, ...]) -> float:
    """The milliseconds that the reading statements of a page take through the driver, the best of five."""
    with app.app_context(), db.engine.connect() as connection:
        cursor: Any = connection.connection.cursor()
        best = float("inf")
        for _ in range(5):
            began = time.perf_counter()
            for statement, parameters in statements:
                if statement.startswith(("SELECT", "WITH")):
                    cursor.execute(statement, parameters)
                    cursor.fetchall()
            best = min(best, time.perf_counter() - began)
        cursor.close()
    return 1000 * best


def _raw_milliseconds(app: Flask) -> float:
    """The floor's SQL through the driver and nothing else."""
    with app.app_context(), db.engine.connect() as connection:
        sql = str(floor.PAGE.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
        connection.execute(text("SELECT 1"))
        cursor: Any = connection.connection.cursor()
        times = []
        for _ in range(60):
            began = time.perf_counter()
            cursor.execute(sql)
            cursor.fetchall()
            times.append(time.perf_counter() - began)
        cursor.close()
    return 1000 * sorted(times)[len(times) // 2]
