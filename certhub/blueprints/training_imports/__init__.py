"""Files of training completions: upload, columns, report, people to confirm, the import itself, and its undoing."""

from flask import Blueprint

bp = Blueprint("training_imports", __name__, url_prefix="/training-imports")

from certhub.blueprints.training_imports import preparation, routes  # noqa: E402, F401  (the routes need the blueprint)
