"""CertHub: certification, contracting and reminders for Massachusetts pediatric care coordination."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> "Flask":
    """The application, for `flask --app certhub` and for gunicorn (`certhub:create_app()`)."""
    from certhub.app import create_app as build  # noqa: PLC0415  (a room that imports certhub must not start it)

    return build()
