"""For probes and monitoring: whether CertHub is alive, whether it is ready, and its figures."""

from flask import Blueprint

bp = Blueprint("health", __name__)

from certhub.blueprints.health import routes  # noqa: E402, F401  (the routes need the blueprint)
