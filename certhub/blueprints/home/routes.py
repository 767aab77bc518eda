"""The first page."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certhub.auth.guard import actor, requires
from certhub.blueprints.home import bp
from certhub.rules.permissions import Permission


@bp.route("/")
@requires(Permission.PUBLIC_READ)
def index() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return render_template("home/dashboard.html", user=actor())
    return render_template("home/welcome.html")
