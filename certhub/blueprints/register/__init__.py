"""The registers as of any date, on a page and as a file."""

from flask import Blueprint

bp = Blueprint("register", __name__)

from certhub.blueprints.register import routes  # noqa: E402, F401  (the routes need the blueprint)
