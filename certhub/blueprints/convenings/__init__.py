"""State meetings of coordinators: planning, answers, the attendance sheet, and what was raised."""

from flask import Blueprint

bp = Blueprint("convenings", __name__, url_prefix="/convenings")

from certhub.blueprints.convenings import routes, sheet_routes, theme_routes  # noqa: E402, F401  (the routes need the blueprint)
