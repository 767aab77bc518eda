"""Coordinators: the list, the record, and what is entered on it."""

from flask import Blueprint

bp = Blueprint("coordinators", __name__, url_prefix="/coordinators")

from certhub.blueprints.coordinators import hours, records, reminders, routes, training, transcripts  # noqa: E402, F401  (the routes need the blueprint)
