"""The ledger of a year: balances, journal, other money that moves, and whether it agrees with the records."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.validators import InputRequired

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.fund import bp, places
from certhub.blueprints.fund.entries import entry
from certhub.blueprints.fund.forms import ReasonForm
from certhub.queries import fund, ledger, reconciliation
from certhub.rules.ledger import ACCOUNTS, CAUSE_LABELS, MOVEMENT_LABELS, OUTGOING, Account, MovementKind, Side
from certhub.rules.money import dollars
from certhub.rules.permissions import Permission
from certhub.services import fund_movements
from certhub.web.dollars import Dollars
from certhub.web.forms import CertHubForm, Day, Line, options
from certhub.web.listing import chosen

_MOST_DIGITS = 9


class MovementForm(CertHubForm):
    """Money that came in or went out."""

    kind = SelectField(
        "What moved",
        [InputRequired("Choose what moved.")],
        choices=options([("", "Choose"), *((one.value, label) for one, label in MOVEMENT_LABELS.items())]),
    )
    amount = Dollars("Amount", [InputRequired("Type the amount.")], description="In dollars, such as 1,250.00.")
    happened_on = Day("On", [InputRequired("Type the day on which the money moved.")])
    reference = Line(
        "Document",
        [InputRequired("Type the number of the transfer, award or payment document.")],
        description="Number of the transfer, award or payment document. No names of children.",
        longest=200,
    )


@bp.route("/<int:fund_year_id>/ledger")
@requires(Permission.FUND_READ)
def show_ledger(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    account = chosen(Account, "account")
    balances = ledger.trial_balance(viewer(), year.fiscal_year)
    return render_template(
        "fund/ledger.html",
        year=year,
        balances=balances,
        sums={side: sum(one.cents for one in balances if ACCOUNTS[one.account].side is side) for side in Side},
        money=ledger.money(),
        page=ledger.journal(
            viewer(),
            year,
            account=account,
            payer_id=_number("payer"),
            contract_id=_number("contract"),
            cursor=request.args.get("cursor"),
        ),
        chosen=account,
        only={name: number for name in ("payer", "contract") if (number := _number(name)) is not None},
        accounts=ACCOUNTS,
        causes=CAUSE_LABELS,
        movement_labels=MOVEMENT_LABELS,
        sides=Side,
    )


@bp.route("/<int:fund_year_id>/reconciliation")
@requires(Permission.FUND_READ)
def reconcile(fund_year_id: int) -> ResponseReturnValue:
    """The ledger beside the records that it was posted from."""
    year = fund.one(viewer(), fund_year_id)
    return render_template("fund/reconciliation.html", year=year, found=reconciliation.of_year(viewer(), year))


@bp.route("/<int:fund_year_id>/money")
@requires(Permission.FUND_READ)
def money(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    return render_template(
        "fund/money.html",
        year=year,
        page=ledger.movements(viewer(), year, cursor=request.args.get("cursor")),
        taken_back=ledger.reversed_movements(year),
        money=ledger.money(),
        labels=MOVEMENT_LABELS,
        outgoing=OUTGOING,
    )


@bp.route("/<int:fund_year_id>/money/new", methods=["GET", "POST"])
@requires(Permission.PAYMENT_RECORD)
def record_movement(fund_year_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    form = MovementForm(data={"happened_on": clock.today(), "kind": chosen(MovementKind, "kind")})
    return entry(
        form,
        lambda: fund_movements.record(
            year, MovementKind(form.kind.data), form.amount.data, happened_on=form.happened_on.data,
            reference=form.reference.data, actor=actor(), at=clock.now(),
        ),
        title="Record money that moved",
        lead=f"The fund holds {dollars(ledger.money().cash_cents)}. Payments of payers and to vendors have pages of "
        "their own.",
        trail=places.of_money(year),
        button="Record it",
        told="It is on record and in the ledger.",
    )  # fmt: skip


@bp.route("/<int:fund_year_id>/money/<int:movement_id>/reverse", methods=["GET", "POST"])
@requires(Permission.PAYMENT_RECORD)
def reverse_movement(fund_year_id: int, movement_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    movement = ledger.movement(viewer(), year, movement_id)
    form = ReasonForm()
    return entry(
        form,
        lambda: fund_movements.reverse(year, movement, reason=form.reason.data, actor=actor(), at=clock.now()),
        title=f"Take back: {MOVEMENT_LABELS[movement.kind]}, {dollars(movement.cents)}",
        lead="The row stays on record. A row of its own takes it back.",
        trail=places.of_money(year),
        button="Take it back",
        told="It is taken back.",
    )


def _number(name: str) -> int | None:
    """A record's number in the address, None where there is none or something else stands there."""
    typed = request.args.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS else None
