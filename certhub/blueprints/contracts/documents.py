"""The contract as a document: one set of words, shown as a page and printed as a tagged PDF."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires, viewer
from certhub.blueprints.contracts import bp
from certhub.queries import contract_summary, contracts
from certhub.rules.permissions import Permission
from certhub.web.printing import download_of


@bp.route("/<int:contract_id>/summary")
@requires(Permission.CONTRACT_READ)
def summary(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    return render_template(
        "contracts/summary.html", contract=contract, paper=contract_summary.of(contract, clock.today())
    )


@bp.route("/<int:contract_id>/summary.pdf")
@requires(Permission.CONTRACT_READ)
def summary_pdf(contract_id: int) -> ResponseReturnValue:
    contract = contracts.one(viewer(), contract_id)
    paper = contract_summary.of(contract, clock.today())
    return download_of(paper, f"{contract.number}-summary", page=url_for(".summary", contract_id=contract_id))
