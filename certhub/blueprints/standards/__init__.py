"""The standards: adopted versions for everybody who has signed in, drafts and their adoption for DPH."""

from flask import Blueprint

bp = Blueprint("standards", __name__)

from certhub.blueprints.standards import adoption, drafting, preview, routes  # noqa: E402, F401  (the routes need the blueprint)
