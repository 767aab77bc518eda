"""The pooled fund: years with their steps, payers, accounts, notices and the true-up."""

from flask import Blueprint

bp = Blueprint("fund", __name__, url_prefix="/fund")

from certhub.blueprints.fund import (  # noqa: E402, F401  (the routes need the blueprint)
    account_routes,
    input_routes,
    ledger_routes,
    notice_routes,
    payer_routes,
    report_routes,
    share_routes,
    source_routes,
    true_up_routes,
    year_routes,
)
