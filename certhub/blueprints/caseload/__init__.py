"""Caseload: monthly reports of vendors, questions about them, and how full coordinators are."""

from flask import Blueprint

bp = Blueprint("caseload", __name__, url_prefix="/caseload")

from certhub.blueprints.caseload import months, questions, reporting, sheets, use  # noqa: E402, F401  (the routes need the blueprint)
