"""The audit trail, the access log, and the proof that the trail is whole."""

from flask import Blueprint

bp = Blueprint("audit", __name__)

from certhub.blueprints.audit import routes  # noqa: E402, F401  (the routes need the blueprint)
