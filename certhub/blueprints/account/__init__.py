"""One's own account: signing in and out, sessions, passwords, and the links that mails carry."""

from flask import Blueprint

bp = Blueprint("account", __name__)

from certhub.blueprints.account import calendar_routes, link_routes, mail_routes, routes  # noqa: E402, F401  (the routes need the blueprint)
