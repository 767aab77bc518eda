"""What anybody may see: verify a certificate."""

from flask import Blueprint

bp = Blueprint("public", __name__)

from certhub.blueprints.public import routes  # noqa: E402, F401  (the routes need the blueprint)
