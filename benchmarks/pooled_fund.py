"""The allocation of a fund year with many payers and instalments: worked out, and adopted with every instalment."""

import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import TypeVar

from benchmarks.databases import Database, copied
from benchmarks.results import Measure
from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.fund import FundYear
from certhub.rules.pooled_fund.configuration import (
    Configuration,
    CoverageClass,
    FederalShare,
    Knowledge,
    LineKind,
    PayerKind,
)
from certhub.rules.pooled_fund.fiscal_year import first_day, months
from certhub.rules.pooled_fund.invoices import instalments
from certhub.rules.pooled_fund.payers import PayerFacts
from certhub.rules.pooled_fund.shares import Inputs, NeedLine, allocation
from certhub.services import fund_shares, fund_years, payers
from certhub.services.fund_years import BaseEntry
from certhub.services.payers import PayerEntry

PAYERS, INSTALMENTS, SECONDS = 200, 24, 1.0
_YEAR = 2190
_NEED = 1_900_000_07
_UNITS = (52_00, 41_00, 7_00)

Result = TypeVar("Result")


def measure(database: Database, address: str | None, *, quick: bool) -> Iterator[Measure]:  # noqa: ARG001  (one run is enough, also of the whole)
    """The rules alone, beside the bare integer arithmetic that no implementation can do without; then the whole act."""
    inputs = _inputs()
    _worked_out(inputs)  # the holidays of the year are looked up once in the life of a process
    _, rules = _timed(lambda: _worked_out(inputs))
    _, bare = _timed(lambda: _bare(inputs))
    what = f"{PAYERS} payers in {INSTALMENTS} instalments"
    with copied(database, address) as copy, copy.app().app_context():
        year = _filled()
        _, adopting = _timed(lambda: _adopted(year))
        yield Measure("pooled fund", f"{what}, worked out", copy.kind, rules, "s", SECONDS, ratio=rules / bare)
        yield Measure("pooled fund", f"{what}, adopted", copy.kind, adopting, "s", SECONDS)
        db.session.remove()
        db.engine.dispose()


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _configuration() -> Configuration:
    return Configuration(
        _YEAR, instalments=INSTALMENTS, medicaid_rate_cents=10**6,
        federal_shares=(FederalShare(first_day(_YEAR), 5000),),
    )  # fmt: skip


def _inputs() -> Inputs:
    counted = dict(zip(CoverageClass, _UNITS, strict=True))
    facts = tuple(PayerFacts(number, f"Payer {number}", 1000 + 37 * number, 10**9) for number in range(1, PAYERS + 1))
    need = (NeedLine(LineKind.CONTRACT, "Contracts", _NEED),)
    return Inputs(_configuration(), need, dict.fromkeys(months(_YEAR), counted), facts)


def _worked_out(inputs: Inputs) -> int:
    assessed = allocation(inputs).private.assessed
    return sum(len(instalments(cents, INSTALMENTS, _YEAR)) for cents in assessed.values())


def _bare(inputs: Inputs) -> int:
    """Shares and instalments by integer division alone: no order of remainders, no days, no sentences."""
    private = _NEED * _UNITS[0] // sum(_UNITS)
    every = sum(payer.base for payer in inputs.payers)
    parts = 0
    for payer in inputs.payers:
        share, rest = divmod(private * payer.base, every)
        part, left = divmod(share + (rest > 0), INSTALMENTS)
        parts += sum(part + (number < left) > 0 for number in range(INSTALMENTS))
    return parts


def _filled() -> FundYear:
    by, at = db.session.get_one(User, 1), clock.now()
    with transaction():
        year = fund_years.open_year(_configuration(), actor=by, at=at)
        fund_years.add_line(year, LineKind.CONTRACT, "Contracts", _NEED, source="Measured", actor=by, at=at)
        fund_years.record_units(
            year, Knowledge.ESTIMATE, dict(zip(CoverageClass, _UNITS, strict=True)), from_on=date(_YEAR - 1, 7, 1),
            to_on=date(_YEAR, 6, 1), source="Measured", actor=by, at=at,
        )  # fmt: skip
        for number in range(PAYERS):
            payer = payers.register(PayerEntry(f"Payer {number}", PayerKind.HMO), actor=by, at=at)
            entry = BaseEntry(10**9, 1000 + 37 * number, None, "Measured")
            fund_years.record_base(year, payer, Knowledge.ESTIMATE, entry, actor=by, at=at)
    return year


def _adopted(year: FundYear) -> None:
    by = db.session.get_one(User, 1)
    with transaction():
        seen = fund_shares.adoption_fingerprint(by, year)
        fund_shares.adopt(year, seen=seen, actor=by, at=clock.now())
