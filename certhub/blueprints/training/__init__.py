"""Training: the catalogue, its sessions, who is enrolled, and what became of them."""

from flask import Blueprint

bp = Blueprint("training", __name__, url_prefix="/training")

from certhub.blueprints.training import (  # noqa: E402, F401  (the routes need the blueprint)
    catalogue,
    enrolments,
    results,
    sessions,
)
