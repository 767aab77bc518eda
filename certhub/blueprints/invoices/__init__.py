"""Invoices of vendors: filed by the vendor, held to certified days, decided and paid by the fund manager."""

from flask import Blueprint

bp = Blueprint("invoices", __name__, url_prefix="/invoices")

from certhub.blueprints.invoices import payer_routes, routes  # noqa: E402, F401  (the routes need the blueprint)
