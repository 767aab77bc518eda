"""The adopted standards, readable by everybody who has signed in."""

from flask import Blueprint

bp = Blueprint("standards", __name__)

from certhub.blueprints.standards import routes  # noqa: E402, F401  (the routes need the blueprint)
