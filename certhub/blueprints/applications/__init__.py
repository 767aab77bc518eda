"""Applications as the applicant sees them: what is there, what is needed, and what to do next."""

from flask import Blueprint

bp = Blueprint("applications", __name__)

from certhub.blueprints.applications import (  # noqa: E402  (the routes need the blueprint)
    note_routes,  # noqa: F401  (as above)
    paper_routes,  # noqa: F401  (as above)
    reference_routes,  # noqa: F401  (as above)
    routes,  # noqa: F401  (as above)
    signature_routes,  # noqa: F401  (as above)
)
