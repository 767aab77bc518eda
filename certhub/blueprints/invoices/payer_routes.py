"""Who bears a vendor's invoice: what private payers, Medicaid and other programs do about each line, and DPH last."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import InputRequired, Optional

from certhub import clock
from certhub.auth import readings
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.invoices import bp
from certhub.database import transaction
from certhub.models.vendor_invoices import VendorInvoice
from certhub.queries import fund, payer_answers, vendor_invoices
from certhub.queries.payer_answers import LineShares, Reported
from certhub.rules.last_resort import (
    EARLIER,
    OUTCOME_LABELS,
    SOURCE_LABELS,
    Outcome,
    Source,
    next_source,
    proposed,
    require_order,
)
from certhub.rules.permissions import Permission
from certhub.rules.pooled_fund.words import read_hundredths, units
from certhub.rules.refusal import Refusal
from certhub.services import payer_answers as service
from certhub.services.payer_answers import Said
from certhub.web import submissions
from certhub.web.dollars import Dollars
from certhub.web.forms import CertHubForm, Day, Line, Text, options, refusals_shown_on


class AnswerForm(CertHubForm):
    """What a payer does about an invoice; `for_lines` adds the amounts."""

    without = RadioField(
        "Lines without an amount",
        [Optional()],
        choices=options([(one.value, OUTCOME_LABELS[one]) for one in (Outcome.DENIED, Outcome.NOT_APPLICABLE)]),
    )
    evidence = Line(
        "Evidence",
        [InputRequired("Name the evidence, such as the number of a remittance advice or of a denial.")],
        description="Its number only: remittance advices and denials name children and stay where they are.",
        longest=200,
    )
    evidence_on = Day("Day of the evidence", [InputRequired("Type the day of the evidence.")])
    note = Text("Note", [Optional()], render_kw={"rows": 2})


@bp.route("/<int:invoice_id>/payers")
@requires(Permission.VENDOR_INVOICE_DECIDE, lists=True)
def payers(invoice_id: int) -> ResponseReturnValue:
    invoice = vendor_invoices.one(viewer(), invoice_id)
    shares = payer_answers.shares(invoice)
    readings.listed(invoice=invoice.number, rows=len(shares))
    waiting = [next_source(one.said, one.allowed_cents) for one in shares]
    return render_template(
        "invoices/payers.html",
        invoice=invoice,
        shares=shares,
        earlier=EARLIER,
        every=tuple(Source),
        labels=SOURCE_LABELS,
        outcomes=OUTCOME_LABELS,
        next=min((one for one in waiting if one), key=EARLIER.index, default=None),
    )


@bp.route(
    f"/<int:invoice_id>/payers/<any({', '.join(repr(one.value) for one in EARLIER)}):source>", methods=["GET", "POST"]
)
@requires(Permission.VENDOR_INVOICE_DECIDE, lists=True)
def record_payer(invoice_id: int, source: str) -> ResponseReturnValue:
    invoice = vendor_invoices.one(viewer(), invoice_id)
    asked = Source(source)
    every = payer_answers.shares(invoice)
    shares = [one for one in every if one.left_for(asked) or asked in one.answers]
    reported = payer_answers.reported(invoice)
    readings.listed(invoice=invoice.number, rows=len(shares))
    form = _for_lines(shares, asked)(data=_start(invoice, shares, reported, asked))
    if form.validate_on_submit():
        address = url_for(".payers", invoice_id=invoice_id)
        with refusals_shown_on(form), transaction():
            service.record(
                invoice, asked, _typed(form, shares, asked), evidence=form.evidence.data,
                evidence_on=form.evidence_on.data, note=form.note.data or "", actor=actor(), at=clock.now(),
            )  # fmt: skip
            submissions.remember(address)
        if not form.refused:
            flash(f"{SOURCE_LABELS[asked]}: recorded.")
            return redirect(address)
    return (
        render_template(
            "invoices/record_payer.html", invoice=invoice, shares=shares, reported=reported, form=form, source=asked,
            instead=_instead(every, asked),
            label=SOURCE_LABELS[asked], claims=asked is Source.MEDICAID, whose=_whose, units=units,
        ),
        form.http_status,
    )  # fmt: skip


def _instead(every: Sequence[LineShares], source: Source) -> str:
    """Why nothing can be recorded of a payer now."""
    try:
        for one in every:
            require_order(source, one.said, one.allowed_cents)
    except Refusal as refusal:
        return refusal.message
    return "Nothing is left for this payer."


def _whose(one: LineShares) -> str:
    return one.line.coordinator.name if one.line.coordinator else one.line.description


def _for_lines(shares: Sequence[LineShares], source: Source) -> type[AnswerForm]:
    """The form with a choice and an amount for each line; Medicaid has its units beside it."""
    fields: dict[str, Any] = {}
    for one in shares:
        fields[f"line_{one.line.id}"] = BooleanField(f"{_whose(one)}: record this line")
        fields[f"amount_{one.line.id}"] = Dollars(f"{_whose(one)}: amount", [Optional()])
        if source is Source.MEDICAID:
            fields[f"units_{one.line.id}"] = StringField(f"{_whose(one)}: units", [Optional()])
    return type("LineAnswerForm", (AnswerForm,), fields)


def _start(
    invoice: VendorInvoice, shares: Sequence[LineShares], reported: Mapping[int, Reported], source: Source
) -> dict[str, object]:
    """What was recorded and stands; for all other lines, which are chosen, what the month's coverage proposes."""
    year = fund.of_fiscal_year(invoice.fiscal_year)
    rate = year.medicaid_rate_cents if year is not None else None
    found: dict[str, object] = {"evidence_on": clock.today()}
    waiting = [one for one in shares if not one.stands(source)]
    handed_out: dict[int | None, int] = {}
    for one in shares:
        told = reported.get(one.line.id)
        before = one.answers.get(source)
        cents = min(
            proposed(one.allowed_cents, told.coverage if told else None, rate_cents=rate)[source], one.left_for(source)
        )
        claimed = max(told.units_left - handed_out.get(one.person_id, 0), 0) if told else 0
        if before is not None and one.stands(source):
            cents, claimed = before.cents, before.units_hundredths or 0
        elif cents:
            handed_out[one.person_id] = handed_out.get(one.person_id, 0) + claimed
        found |= {
            f"line_{one.line.id}": one in waiting, f"amount_{one.line.id}": cents or None,
            f"units_{one.line.id}": units(claimed) if claimed and cents else "",
        }  # fmt: skip
    return found


def _typed(form: AnswerForm, shares: Sequence[LineShares], source: Source) -> dict[int, Said]:
    found = {}
    for one in shares:
        if not form[f"line_{one.line.id}"].data:
            continue
        cents = form[f"amount_{one.line.id}"].data
        if cents:
            claimed = _units(form, one.line.id) if source is Source.MEDICAID else None
            found[one.line.id] = Said(Outcome.PAID, cents, claimed)
        elif not form.without.data:
            raise Refusal("Say whether the lines without an amount are denied or not applicable.", field="without")
        else:
            found[one.line.id] = Said(Outcome(form.without.data))
    return found


def _units(form: AnswerForm, line_id: int) -> int:
    name = f"units_{line_id}"
    if not (form[name].data or "").strip():
        raise Refusal("Type the units that are claimed, such as 12.50.", field=name)
    return read_hundredths(form[name].data, field=name, what="the units")
