"""Contracts with vendors: drafted, signed, amended, watched and closed out by DPH; read by the vendor."""

from flask import Blueprint

bp = Blueprint("contracts", __name__, url_prefix="/contracts")

from certhub.blueprints.contracts import amendments, documents, drafting, oversight, routes  # noqa: E402, F401  (the routes need the blueprint)
