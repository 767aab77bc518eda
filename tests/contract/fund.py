"""A fund year with everything that can be recorded of it: adopted, billed, paid in part, appealed and trued up."""

from datetime import date, timedelta

from sqlalchemy import func, select

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.fund import FundLine, FundYear, Payer
from certhub.models.fund_accounts import Assessment, FundNotice, Instalment
from certhub.queries import fund
from certhub.queries import fund_accounts as fund_accounts_of
from certhub.rules.last_resort import Source
from certhub.rules.ledger import MovementKind
from certhub.rules.pooled_fund import notices
from certhub.rules.pooled_fund.configuration import (
    Configuration,
    CoverageClass,
    FederalShare,
    Knowledge,
    LineKind,
    PayerKind,
)
from certhub.rules.pooled_fund.fiscal_year import first_day, months
from certhub.rules.vocabulary import Role
from certhub.services import fund_accounts, fund_movements, fund_shares, fund_years, payers
from certhub.services.fund_years import BaseEntry
from certhub.services.payers import PayerEntry
from tests.factories import WHEN, make_user

_FIRST = 2020


def pooled() -> dict[str, list[int | str]]:
    """A year that is over, with one payer whose account has everything, and one line that can still be taken out."""
    by = make_user(Role.FUND_MANAGER)
    number = db.session.scalar(select(func.count()).select_from(FundYear)) or 0
    with transaction():
        year = _opened(_FIRST + 2 * number, by)
        payer = payers.register(PayerEntry(f"Payer {number}", PayerKind.HMO), actor=by, at=WHEN)
        line = fund_years.add_line(year, LineKind.CONTRACT, "Contract", 1_000_00, source="Form", actor=by, at=WHEN)
        span = months(year.fiscal_year)
        for knowledge in Knowledge:
            fund_years.record_units(
                year, knowledge, dict.fromkeys(CoverageClass, 100), from_on=span[0], to_on=span[-1], source="Count",
                actor=by, at=WHEN,
            )  # fmt: skip
        entry = BaseEntry(200_000_000_00, 100, 100, "Filing")
        fund_years.record_base(year, payer, Knowledge.ESTIMATE, entry, actor=by, at=WHEN)
        fund_shares.adopt(year, seen=fund_shares.adoption_fingerprint(by, year), actor=by, at=WHEN)
        fund_shares.issue_notices(year, actor=by, at=WHEN)
        payment = fund_accounts.record_payment(
            year, payer.id, 50_00, received_on=WHEN.date(), reference="Cheque 7", actor=by, at=WHEN
        )
        written_off = fund_accounts.write_off(
            year, payer.id, 10_00, on=WHEN.date(), reason="Too small to collect", actor=by, at=WHEN
        )
        appeal = fund_accounts.file_appeal(
            year, payer.id, filed_on=WHEN.date(), grounds="Counted twice", actor=by, at=WHEN
        )
        movement = fund_movements.record(
            year, MovementKind.STATE, 100_00, happened_on=WHEN.date(), reference="Transfer 1", actor=by, at=WHEN
        )
        open_line = _draft_line(year.fiscal_year + 1, by.id)
    (notice,) = fund_accounts_of.account(by, year, payer.id, today=WHEN.date()).notices
    return {
        "fund_notice_id": [notice.id],
        "fund_year_id": [year.id, open_line.fund_year_id],
        "payer_id": [payer.id],
        "need_line_id": [line.id, open_line.id],
        "payment_id": [payment.id],
        "write_off_id": [written_off.id],
        "appeal_id": [appeal.id],
        "movement_id": [movement.id],
        "source": [Source.MEDICAID.value],
    }


def more_accounts(number: int) -> None:
    """One more year, one more payer, and its account in the first year, inside a transaction."""
    year = db.session.scalars(select(FundYear).order_by(FundYear.id).limit(1)).one()
    adopted = fund.allocation(year)
    assert adopted is not None
    by = adopted.adopted_by_id
    name = f"Grown payer {number:03d}"
    payer = Payer(name=name, sort_name=name.casefold(), kind=PayerKind.HMO, registered_by_id=by, registered_at=WHEN)
    db.session.add(payer)
    db.session.flush()
    assessed = Assessment(
        fund_year_id=year.id, payer_id=payer.id, allocation_id=adopted.id, share_cents=100, total_cents=100,
        adjustment_cents=0, recorded_by_id=by, recorded_at=WHEN,
    )  # fmt: skip
    db.session.add(assessed)
    db.session.flush()
    db.session.add_all(
        [
            Instalment(assessment_id=assessed.id, number=1, cents=100, planned_on=date(2020, 1, 15)),
            FundNotice(
                assessment_id=assessed.id, issued_on=WHEN.date(), earliest_due_on=WHEN.date(),
                appeal_until=WHEN.date() + timedelta(days=30), words=_words(payer), issued_by_id=by, recorded_at=WHEN,
            ),
            _year(2100 + number, by),
        ]
    )  # fmt: skip


def _words(payer: Payer) -> dict[str, object]:
    """What the notice of a grown payer says."""
    said = notices.words(
        notices.Addressee(payer.name, "", ""), payer.name, 2020, share_cents=100, adjustments=[], reasons=[],
        planned=[], earliest=WHEN.date(), signed_by="Fund",
    )  # fmt: skip
    return said.plain()


def _opened(fiscal_year: int, by: User) -> FundYear:
    chosen = Configuration(
        fiscal_year, medicaid_rate_cents=100_00, federal_shares=(FederalShare(first_day(fiscal_year), 5000),)
    )
    return fund_years.open_year(chosen, actor=by, at=WHEN)


def _draft_line(fiscal_year: int, by: int) -> FundLine:
    year = _year(fiscal_year, by)
    db.session.add(year)
    db.session.flush()
    line = FundLine(
        fund_year_id=year.id, kind=LineKind.CONTRACT, label="Contract", cents=100, source="Form", recorded_by_id=by,
        recorded_at=WHEN,
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()
    return line


def _year(fiscal_year: int, by: int) -> FundYear:
    chosen = Configuration(fiscal_year)
    return FundYear(
        fiscal_year=fiscal_year, basis=chosen.basis, threshold_cents=0, admin_cap=500, reserve_cap=1000,
        prior_cost_cents=0, medicaid_rate_cents=0,
        federal_shares=[{"from_on": first_day(fiscal_year).isoformat(), "hundredths": 5000}],
        instalments=4, true_up_mode=chosen.true_up_mode, excluded_share_to=chosen.excluded_share_to, appeal_days=30,
        notice_days=30, opened_by_id=by, opened_at=WHEN,
    )  # fmt: skip
