"""Changes of employer: asked by the new vendor, answered by the person, read by the former employer."""

from flask import Blueprint

bp = Blueprint("employer_changes", __name__)

from certhub.blueprints.employer_changes import (  # noqa: E402  (the routes need the blueprint)
    answer_routes,  # noqa: F401  (imported for its routes)
    last_day_routes,  # noqa: F401  (as above)
    routes,  # noqa: F401  (as above)
)
