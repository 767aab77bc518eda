"""Who bears the cost of a fund year: by vendor and by source, and the lines that DPH pays last with their evidence."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from certhub.database import db, stream
from certhub.models.contracts import Contract
from certhub.models.fund import FundYear
from certhub.models.fund_accounts import FundPayment
from certhub.models.ledger import LedgerEntry, LedgerPosting, PayerAnswer
from certhub.models.parties import Party
from certhub.models.vendor_invoices import HoldDecision, PaymentHold, VendorInvoice, VendorInvoiceLine
from certhub.queries import fund, ledger
from certhub.queries.paging import Page, paged
from certhub.queries.visibility import sees_everything
from certhub.rules.last_resort import EARLIER, Outcome, Source
from certhub.rules.ledger import COST_OF, Account, MovementKind
from certhub.rules.permissions import Viewer
from certhub.rules.pooled_fund.configuration import LineKind

_party = Party.__table__
_coordinator = _party.alias("coordinator")


@dataclass(frozen=True, slots=True)
class VendorRow:
    """What a vendor's work of a year costs, by who bears it; `open_cents` has no payer yet."""

    vendor_id: int
    vendor: str
    by: Mapping[Source, int]
    open_cents: int

    @property
    def total_cents(self) -> int:
        """All that is approved."""
        return sum(self.by.values()) + self.open_cents


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of a year's money: what was planned, what came in, and what was drawn."""

    source: Source
    planned_cents: int
    received_cents: int
    drawn_cents: int

    @property
    def left_cents(self) -> int:
        """What came in and is not drawn; below zero it is still to come."""
        return self.received_cents - self.drawn_cents


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an earlier payer said about a line."""

    source: Source
    outcome: Outcome
    cents: int
    evidence: str
    evidence_on: date


@dataclass(frozen=True, slots=True)
class LastResortRow:
    """A line that DPH bears in whole or in part, with what every earlier payer said."""

    line_id: int
    invoice_id: int
    invoice: str
    vendor: str
    contract: str
    what: str
    starts_on: date
    ends_on: date
    allowed_cents: int
    dph_cents: int
    earlier: tuple[Evidence, ...]


def by_vendor(viewer: Viewer, year: FundYear) -> list[VendorRow]:
    """What is approved in a year by vendor and by who bears it, in the order of names; for DPH."""
    if not sees_everything(viewer):
        return []
    accounts = [*COST_OF.values(), Account.COST_OPEN]
    statement = (
        select(
            _party.c.id, _party.c.name,
            *(_cost(account).label(account.value) for account in accounts),
        )
        .select_from(LedgerEntry)
        .join(LedgerPosting, LedgerPosting.entry_id == LedgerEntry.id)
        .join(Contract, Contract.id == LedgerEntry.contract_id)
        .join(_party, _party.c.id == Contract.vendor_id)
        .where(LedgerEntry.fiscal_year == year.fiscal_year)
        .group_by(_party.c.id, _party.c.name, _party.c.sort_name)
        .order_by(_party.c.sort_name, _party.c.id)
    )  # fmt: skip
    return [
        VendorRow(row[0], row[1], dict(zip(COST_OF, map(int, row[2:6]), strict=True)), int(row[6]))
        for row in db.session.execute(statement)
    ]


def by_source(viewer: Viewer, year: FundYear) -> list[SourceRow]:
    """What each source was to bring, brought, and bears; for DPH."""
    if not sees_everything(viewer):
        return []
    adopted = fund.allocation(year)
    planned = dict.fromkeys(Source, 0)
    if adopted is not None:
        lines = adopted.inputs["lines"]
        planned |= {
            Source.PRIVATE: adopted.private_cents,
            Source.MEDICAID: adopted.federal_cents + adopted.match_cents,
            Source.OTHER: sum(line["cents"] for line in lines if line["kind"] == LineKind.EARMARKED.value),
            Source.DPH: adopted.state_cents,
        }
    moved = ledger.moved(year)
    paid = db.session.scalar(
        select(cast(func.coalesce(func.sum(FundPayment.cents), 0), BigInteger)).where(
            FundPayment.fund_year_id == year.id
        )
    )
    received = {
        Source.PRIVATE: int(paid or 0),
        Source.MEDICAID: moved.get(MovementKind.FEDERAL, 0) + moved.get(MovementKind.MATCH, 0),
        Source.OTHER: moved.get(MovementKind.OTHER, 0),
        Source.DPH: moved.get(MovementKind.STATE, 0),
    }
    drawn = {one.account: one.cents for one in ledger.trial_balance(viewer, year.fiscal_year)}
    return [SourceRow(one, planned[one], received[one], drawn.get(COST_OF[one], 0)) for one in Source]


def last_resort(viewer: Viewer, year: FundYear, *, cursor: str | None = None) -> Page[LastResortRow]:
    """The lines of a year that DPH bears, with the evidence of every earlier payer; for DPH."""
    return paged(_last_resort(viewer, year), [VendorInvoiceLine.id], _row, cursor=cursor)


def whole_last_resort(viewer: Viewer, year: FundYear) -> Iterator[LastResortRow]:
    """All of the report, streamed."""
    return (_row(row) for row in stream(_last_resort(viewer, year).order_by(VendorInvoiceLine.id)))


def _cost(account: Account) -> ColumnElement[int]:
    signed = case(
        (LedgerPosting.debit == account, LedgerPosting.cents),
        (LedgerPosting.credit == account, -LedgerPosting.cents),
        else_=0,
    )
    return cast(func.sum(signed), BigInteger)


def standing_answer(source: Source) -> Any:
    """The answers of a payer that count, as an alias to join on a line."""
    answer, later = aliased(PayerAnswer, name=f"{source.value}_answer"), aliased(PayerAnswer)
    return answer, and_(
        answer.line_id == VendorInvoiceLine.id,
        answer.source == source,
        ~exists().where(later.supersedes_id == answer.id),
    )


def allowed_cents() -> ColumnElement[int]:
    """What may be paid of a line; the same as `queries.payer_answers.allowed`, as SQL."""
    held = (
        select(func.coalesce(func.sum(PaymentHold.held_cents), 0))
        .outerjoin(HoldDecision, HoldDecision.hold_id == PaymentHold.id)
        .where(
            PaymentHold.line_id == VendorInvoiceLine.id,
            or_(HoldDecision.id.is_(None), HoldDecision.released.is_(False)),
        )
        .correlate(VendorInvoiceLine)
        .scalar_subquery()
    )
    return VendorInvoiceLine.amount_cents - held


def _last_resort(viewer: Viewer, year: FundYear) -> Select[*tuple[Any, ...]]:
    joined = [standing_answer(source) for source in EARLIER]
    answers = [answer for answer, _ in joined]
    allowed = allowed_cents()
    dph = allowed
    for answer in answers:  # as `rules.last_resort.borne`: what it was asked about, less what it pays of that
        asked = _less(dph, answer.of_cents)
        dph = asked - _less(answer.cents, asked)
    statement = (
        select(
            VendorInvoiceLine.id, VendorInvoice.id, VendorInvoice.number, _party.c.name, Contract.number,
            _coordinator.c.name, VendorInvoiceLine.description, VendorInvoiceLine.starts_on, VendorInvoiceLine.ends_on,
            cast(allowed, BigInteger).label("allowed"), cast(dph, BigInteger).label("dph"),
            *(
                column
                for answer in answers
                for column in (answer.outcome, answer.cents, answer.evidence, answer.evidence_on)
            ),
        )
        .select_from(VendorInvoiceLine)
        .join(VendorInvoice, VendorInvoice.id == VendorInvoiceLine.invoice_id)
        .join(Contract, Contract.id == VendorInvoice.contract_id)
        .join(_party, _party.c.id == Contract.vendor_id)
        .outerjoin(_coordinator, _coordinator.c.id == VendorInvoiceLine.coordinator_id)
    )  # fmt: skip
    for answer, on in joined:
        statement = statement.join(answer, on)
    statement = statement.where(
        VendorInvoice.fiscal_year == year.fiscal_year, VendorInvoice.approved_at.is_not(None), dph > 0
    )
    return statement if sees_everything(viewer) else statement.where(VendorInvoiceLine.id.is_(None))


def _less(one: Any, other: Any) -> Any:
    """The smaller of two numbers; the function for it has another name on each database."""
    return case((one < other, one), else_=other)


def _row(row: Row[*tuple[Any, ...]]) -> LastResortRow:
    earlier = tuple(Evidence(source, *row[11 + 4 * place : 15 + 4 * place]) for place, source in enumerate(EARLIER))
    return LastResortRow(
        row[0], row[1], row[2], row[3], row[4], row[5] or row[6], row[7], row[8], int(row[9]), int(row[10]), earlier
    )
