"""Orders of the Board: read by everybody who has signed in, drafted and put in force by DPH."""

from flask import Blueprint

bp = Blueprint("orders", __name__)

from certhub.blueprints.orders import routes  # noqa: E402, F401  (the routes need the blueprint)
