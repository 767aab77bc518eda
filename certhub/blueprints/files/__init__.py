"""Uploaded files, for those who may see them."""

from flask import Blueprint

bp = Blueprint("files", __name__)

from certhub.blueprints.files import routes  # noqa: E402, F401  (the routes need the blueprint)
