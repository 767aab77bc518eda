"""Roster imports: upload, dry run, report, and the import itself."""

from flask import Blueprint

bp = Blueprint("roster", __name__, url_prefix="/roster-imports")

from certhub.blueprints.roster import routes  # noqa: E402, F401  (the routes need the blueprint)
