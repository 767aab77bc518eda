"""Exposed assignments: what hangs on a broken link, from which day, and who was told."""

from flask import Blueprint

bp = Blueprint("exposures", __name__)

from certhub.blueprints.exposures import routes  # noqa: E402, F401  (the routes need the blueprint)
