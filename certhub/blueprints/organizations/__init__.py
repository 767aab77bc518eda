"""Vendors, practices and training programs: the lists and the record of each."""

from flask import Blueprint

bp = Blueprint("organizations", __name__)

from certhub.blueprints.organizations import champions, details, reminders, routes  # noqa: E402, F401  (the routes need the blueprint)
