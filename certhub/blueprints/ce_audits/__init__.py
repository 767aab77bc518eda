"""The random audit of continuing education: the draw, the requests to holders, the outcomes."""

from flask import Blueprint

bp = Blueprint("ce_audits", __name__)

from certhub.blueprints.ce_audits import requests, routes  # noqa: E402, F401  (the routes need the blueprint)
