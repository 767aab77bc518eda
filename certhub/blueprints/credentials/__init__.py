"""Credentials, their terms and their certificates."""

from flask import Blueprint

bp = Blueprint("credentials", __name__)

from certhub.blueprints.credentials import history_routes, notice_routes, routes  # noqa: E402, F401  (the routes need the blueprint)
