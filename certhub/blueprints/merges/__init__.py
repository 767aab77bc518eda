"""Two records of one person: found, compared, merged, and separated again."""

from flask import Blueprint

bp = Blueprint("merges", __name__)

from certhub.blueprints.merges import routes  # noqa: E402, F401  (the routes need the blueprint)
