"""Every route of the running application, and what each answers to whom."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.routing import BuildError, Rule

from certhub.auth.guard import declared
from certhub.database import db
from certhub.rules.permissions import GRANTS, Permission
from certhub.rules.vocabulary import Role
from tests.contract.world import Values
from tests.page_lint import problems_of

WRITING = re.compile(r"\s*(?:with\b.*\)\s*)?(insert|update|delete|replace|truncate|create|drop|alter)\b", re.I | re.S)
TABLE = re.compile(r"(?:into|update|from)\s+\"?(\w+)", re.I)


@dataclass(frozen=True)
class Route:
    """One endpoint with one of its methods."""

    rule: str
    endpoint: str
    method: str
    arguments: tuple[str, ...]
    permission: Permission | None
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Arguments for which the route itself lists what they may be."""

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"

    def granted_to(self, role: Role) -> bool:
        return self.permission in GRANTS[role]

    def is_static(self) -> bool:
        return self.endpoint.split(".")[-1] == "static"


@dataclass
class Answer:
    """What one person got for one address."""

    route: Route
    role: Role
    address: str
    status: int
    location: str
    writes: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    templates: list[str] = field(default_factory=list)
    html: str | None = None

    def __str__(self) -> str:
        return f"{self.role.value}: {self.route.method} {self.address} -> {self.status}"

    def lint(self) -> list[str]:
        return problems_of(self.html) if self.html is not None else []


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def routes(app: Flask) -> list[Route]:
    """Every route but those of shipped files."""
    found = []
    with app.app_context():
        for rule in rules(app):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                arguments = tuple(sorted(rule.arguments - set(rule.defaults or ())))
                words = tuple(
                    (name, tuple(sorted(kind.items))) for name, kind in _converters(rule) if hasattr(kind, "items")
                )
                route = Route(rule.rule, rule.endpoint, method, arguments, declared(rule.endpoint), words)
                if not route.is_static():
                    found.append(route)
    return found


def _converters(rule: Rule) -> list[tuple[str, Any]]:
    return sorted(rule._converters.items())


def addresses(app: Flask, route: Route, values: Values) -> list[str]:
    """The route's addresses for each choice of objects; none where the world lacks one of them."""
    pools = {**values, **_listed(route)}
    choices = [pools.get(name, []) for name in route.arguments]
    found = [
        address_of(app, route, dict(zip(route.arguments, chosen, strict=True)))
        for chosen in itertools.product(*choices)
    ]
    return list(dict.fromkeys(found))


def _listed(route: Route) -> Values:
    return {name: list(words) for name, words in route.words}


def address_of(app: Flask, route: Route, arguments: dict[str, Any]) -> str:
    adapter = app.url_map.bind("localhost", url_scheme="http")
    try:
        return adapter.build(route.endpoint, arguments, method=route.method)
    except BuildError as problem:
        raise AssertionError(f"{route} cannot be built from {arguments}") from problem


def ask(client: FlaskClient, route: Route, role: Role, address: str, **sent: Any) -> Answer:
    """Send one request and note what it cost, wrote and showed. Server errors are answers, not exceptions."""
    statements: list[str] = []
    templates: list[str] = []

    def note_statement(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
            statements.append(statement)

    def note_template(_sender: Flask, template: Any, **_rest: Any) -> None:
        templates.append(template.name)

    app = client.application
    with app.app_context():
        engine = db.engine.engine  # of a connection as of an engine
    event.listen(engine, "before_cursor_execute", note_statement)
    template_rendered.connect(note_template, app)
    try:
        answer = client.open(address, method=route.method, **sent)
    finally:
        template_rendered.disconnect(note_template, app)
        event.remove(engine, "before_cursor_execute", note_statement)
    is_page = answer.mimetype == "text/html" and not answer.location and bool(answer.data)
    return Answer(
        route, role, address, answer.status_code, answer.headers.get("Location", ""),
        writes=[statement for statement in statements if WRITING.match(statement)], statements=statements,
        templates=templates, html=answer.get_data(as_text=True) if is_page else None,
    )  # fmt: skip


def foreign_choices(route: Route, own: Values, foreign: Values, shared: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Choices of arguments in which at least one object is another organization's, alone or beside our own ones."""
    own, foreign = {**own, **_listed(route)}, {**foreign, **_listed(route)}
    ours = [name for name in route.arguments if name not in shared and name not in _listed(route)]
    for count in range(1, len(ours) + 1):
        for strange in itertools.combinations(ours, count):
            pools = [
                (foreign if name in strange else own).get(name) or foreign.get(name, []) for name in route.arguments
            ]
            for chosen in itertools.product(*pools):
                yield dict(zip(route.arguments, chosen, strict=True))
