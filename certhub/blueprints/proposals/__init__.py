"""Proposals of assignments: what practices need, a plan that is asked for, its lines, and what stays unmet."""

from flask import Blueprint

bp = Blueprint("proposals", __name__)

from certhub.blueprints.proposals import lines, needs, routes  # noqa: E402, F401  (the routes need the blueprint)
