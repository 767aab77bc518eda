"""The first page: what CertHub is, or where one's own work stands."""

from flask import Blueprint

bp = Blueprint("home", __name__)

from certhub.blueprints.home import due_routes, routes  # noqa: E402, F401  (the routes need the blueprint)
