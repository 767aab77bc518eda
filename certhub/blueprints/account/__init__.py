"""One's own account: signing in and out, sessions, passwords, and the links that mails carry."""

from flask import Blueprint

bp = Blueprint("account", __name__)

from certhub.blueprints.account import (  # noqa: E402  (the routes need the blueprint)
    address_routes,  # noqa: F401  (as above)
    calendar_routes,  # noqa: F401  (as above)
    link_routes,  # noqa: F401  (as above)
    mail_routes,  # noqa: F401  (as above)
    reminder_routes,  # noqa: F401  (as above)
    routes,  # noqa: F401  (as above)
)
