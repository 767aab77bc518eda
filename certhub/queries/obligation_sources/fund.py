"""Instalments that payers owe the pooled fund. They belong to a payer, which has no account.

Whoever is billed anew, such as after an appeal, is told nothing again: an instalment with the number and the day of one
that it replaces goes on with the reminders of it.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
)  # fmt: skip
from sqlalchemy.orm import aliased

from certhub.models.fund import FundYear
from certhub.models.fund_accounts import Assessment, FundNotice, FundPayment, FundReferral, FundWriteOff, Instalment
from certhub.models.messages import Obligation
from certhub.queries.obligation_sources.source import CORRECTED, Falling, Source, carried_on, falling, reasons
from certhub.rules.due_words import DueWords
from certhub.rules.money import dollars
from certhub.rules.reminder_policies import Audience, ObligationKind


def _due_on(instalment: type[Instalment], notice: type[FundNotice]) -> ColumnElement[date]:
    """The planned day, or the first one after the notice on which anything can be due (`invoices.due_on`)."""
    return case((notice.earliest_due_on > instalment.planned_on, notice.earliest_due_on), else_=instalment.planned_on)


def _sum(cents: SQLColumnExpression[Any], *where: ColumnElement[bool], of: tuple[type[Any], ...]) -> ColumnElement[Any]:
    return func.coalesce(select(func.sum(cents)).where(*where).correlate(*of).scalar_subquery(), 0)


def _money(assessment: type[Assessment], *, written_off: bool) -> ColumnElement[Any]:
    """What was paid for an assessment's year, and with `written_off` what will not be collected."""
    payment, write_off = aliased(FundPayment), aliased(FundWriteOff)
    paid = _sum(
        payment.cents, payment.fund_year_id == assessment.fund_year_id, payment.payer_id == assessment.payer_id,
        of=(assessment,),
    )  # fmt: skip
    if not written_off:
        return paid
    return paid + _sum(
        write_off.cents, write_off.fund_year_id == assessment.fund_year_id, write_off.payer_id == assessment.payer_id,
        of=(assessment,),
    )  # fmt: skip


def _owed(instalment: type[Instalment], assessment: type[Assessment]) -> ColumnElement[Any]:
    """What is owed with this instalment and those before it: money goes to the oldest one first."""
    upto = aliased(Instalment)
    return _sum(
        upto.cents, upto.assessment_id == assessment.id, upto.number <= instalment.number, of=(instalment, assessment)
    )


def _replaced(assessment: type[Assessment]) -> ColumnElement[bool]:
    later = aliased(Assessment)
    return exists().where(later.supersedes_id == assessment.id)


def _referred(instalment: type[Instalment], assessment: type[Assessment]) -> ColumnElement[bool]:
    return exists().where(
        FundReferral.fund_year_id == assessment.fund_year_id,
        FundReferral.payer_id == assessment.payer_id,
        FundReferral.number == instalment.number,
    )


def _falls_due(_day: date, floor: date) -> Falling:
    due_on = _due_on(Instalment, FundNotice)
    return (
        falling(Instalment.id, None, due_on, payer_id=Assessment.payer_id)
        .select_from(Instalment)
        .join(Assessment, Assessment.id == Instalment.assessment_id)
        .join(FundNotice, FundNotice.assessment_id == Assessment.id)
        .where(
            due_on >= floor,
            ~_replaced(Assessment),
            ~_referred(Instalment, Assessment),
            _money(Assessment, written_off=True) < _owed(Instalment, Assessment),
        )
    )


def _heir() -> SQLColumnExpression[Any]:
    """The instalment of the same number on the assessment that stands now, where its due day stayed."""
    row, before, now = aliased(Instalment), aliased(Assessment), aliased(Assessment)
    other, notice = aliased(Instalment), aliased(FundNotice)
    return (
        select(func.max(other.id))
        .where(
            row.id == Obligation.subject_id,
            before.id == row.assessment_id,
            _replaced(before),
            now.fund_year_id == before.fund_year_id,
            now.payer_id == before.payer_id,
            ~_replaced(now),
            other.assessment_id == now.id,
            other.number == row.number,
            notice.assessment_id == now.id,
            _due_on(other, notice) == Obligation.due_on,
        )
        .correlate(Obligation)
        .scalar_subquery()
    )


def _standing_id() -> SQLColumnExpression[Any]:
    """The instalment that an obligation is about as things stand."""
    return func.coalesce(_heir(), Obligation.subject_id)


def _settled(_day: date) -> ColumnElement[str | None]:
    first, old = aliased(Instalment), aliased(Assessment)
    row, assessment, notice = aliased(Instalment), aliased(Assessment), aliased(FundNotice)
    its = and_(row.id == _standing_id(), assessment.id == row.assessment_id)
    replaced = exists().where(first.id == Obligation.subject_id, old.id == first.assessment_id, _replaced(old))
    return reasons(
        (and_(replaced, ~carried_on(_heir())), "another assessment took its place"),
        (exists().where(its, _money(assessment, written_off=False) >= _owed(row, assessment)), "it was paid"),
        (exists().where(its, _money(assessment, written_off=True) >= _owed(row, assessment)), "it was written off"),
        (exists().where(its, _referred(row, assessment)), "it was referred to be collected"),
        (exists().where(its, notice.assessment_id == assessment.id, _due_on(row, notice) != Obligation.due_on),
         CORRECTED),
    )  # fmt: skip


def _of_instalment(value: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    return (
        select(value)
        .select_from(Instalment)
        .join(Assessment, Assessment.id == Instalment.assessment_id)
        .join(FundYear, FundYear.id == Assessment.fund_year_id)
        .where(Instalment.id == _standing_id())
        .correlate(Obligation)
        .scalar_subquery()
    )


def _open_cents() -> ColumnElement[Any]:
    """What of the instalment is still to be paid: no more than itself or what is open up to it; null for nothing."""
    rest = _owed(Instalment, Assessment) - _money(Assessment, written_off=True)
    return case((rest <= 0, null()), (rest < Instalment.cents, rest), else_=Instalment.cents)


SOURCES = (
    Source(
        kind=ObligationKind.PAYER_INSTALMENT,
        falls_due=_falls_due,
        settled=_settled,
        heir=_heir,
        what=lambda: _of_instalment(
            cast(Instalment.number, String) + literal(" of fiscal year ", String) + cast(FundYear.fiscal_year, String)
        ),
        thing=lambda: _of_instalment(cast(_open_cents(), String)),
        thing_in_words=lambda cents: dollars(int(cents)),
        words=DueWords(
            noun="instalment",
            ahead="Have it paid by this day, as the notice of the assessment says.",
            past="Have it paid now. If it is paid, tell the fund the day and the reference of the payment.",
            for_office="Look at the account, and speak to the payer. An overdue instalment can be referred.",
        ),
        page=lambda item: ("fund.account", {"fund_year_id": item.page_id or 0, "payer_id": item.payer_id or 0}),
        page_id=lambda: _of_instalment(Assessment.fund_year_id),
        concerns=frozenset({Audience.PAYER, Audience.FUND, Audience.DPH}),
        holders=frozenset(),
    ),
)
