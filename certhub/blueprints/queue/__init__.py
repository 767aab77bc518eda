"""The reviewers' desk: what waits, item by item, and the decision."""

from flask import Blueprint

bp = Blueprint("queue", __name__)

from certhub.blueprints.queue import desk_routes, paper_routes, routes  # noqa: E402, F401  (the routes need the blueprint)
