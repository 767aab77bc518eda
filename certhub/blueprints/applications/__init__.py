"""Applications as the applicant sees them: what is there, what is needed, and what to do next."""

from flask import Blueprint

bp = Blueprint("applications", __name__)

from certhub.blueprints.applications import reference_routes, routes  # noqa: E402, F401  (the routes need the blueprint)
