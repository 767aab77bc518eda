"""The addresses that probes ask; no page, no session, nobody's data."""

from collections.abc import Mapping
from datetime import timedelta

from flask import jsonify
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires
from certhub.blueprints.health import bp
from certhub.jobs import outlook
from certhub.rules import health
from certhub.rules.health import Check
from certhub.rules.permissions import Permission
from certhub.web import condition
from certhub.web.context import settings


@bp.route("/healthz")
@requires(Permission.PUBLIC_READ)
def live() -> ResponseReturnValue:
    return jsonify(status="alive")


@bp.route("/readyz")
@requires(Permission.PUBLIC_READ)
def ready() -> ResponseReturnValue:
    found = condition.checks()
    if found["database"].fine and found["migrations"].fine:
        within = timedelta(hours=settings().backup_hours)
        found |= outlook.conditions(clock.now(), backup_within=within)
    return _answer(found)


@bp.route("/readyz/web")
@requires(Permission.PUBLIC_READ)
def serving() -> ResponseReturnValue:
    return _answer(health.serving(condition.checks()))


def _answer(checks: Mapping[str, Check]) -> ResponseReturnValue:
    fine = all(check.fine for check in checks.values())
    told = {name: {"state": check.state, **check.facts} for name, check in checks.items()}
    return jsonify(status="ready" if fine else "not ready", checks=told), 200 if fine else 503
