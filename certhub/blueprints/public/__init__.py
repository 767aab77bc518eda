"""What anybody may see: verify a certificate, and give a reference with the link of a letter."""

from flask import Blueprint

bp = Blueprint("public", __name__)

from certhub.blueprints.public import calendar_routes, opt_out_routes, reference_routes, routes  # noqa: E402, F401  (the routes need the blueprint)
