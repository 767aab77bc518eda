"""How practices rate themselves as medical homes, and what their families say."""

from flask import Blueprint

bp = Blueprint("self_assessments", __name__)

from certhub.blueprints.self_assessments import (  # noqa: E402  (the routes need the blueprint)
    answer_routes,  # noqa: F401  (imported for its routes)
    feedback_routes,  # noqa: F401  (as above)
    routes,  # noqa: F401  (as above)
    work_routes,  # noqa: F401  (as above)
)
