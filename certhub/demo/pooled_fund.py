"""The pooled fund of the demo state: the worked year from its need to its true-up, and the year after it.

The year that is over and trued up has the numbers of the worked example, to the cent: a need of $1,900,000.00, of which
private payers bear $988,000.00, and a private part of the true-up of −$63,000.00. Its surplus is carried into the next
year, in which one payer has paid in part, one is late, and one has appealed.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from certhub.database import db
from certhub.demo import fund_money
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.accounts import User
from certhub.models.fund import FundYear, Payer
from certhub.models.fund_accounts import Instalment
from certhub.queries import contract_obligations, fund_accounts
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.fiscal_years import fiscal_year_of
from certhub.rules.ledger import MovementKind
from certhub.rules.pooled_fund.configuration import (
    Configuration,
    CoverageClass,
    FederalShare,
    Knowledge,
    LineKind,
    PayerKind,
)
from certhub.rules.pooled_fund.fiscal_year import months
from certhub.rules.pooled_fund.invoices import due_on
from certhub.rules.terms import ONE_DAY
from certhub.services import fund_accounts as accounts
from certhub.services import fund_shares, fund_true_ups, fund_years, payers
from certhub.services.fund_years import BaseEntry
from certhub.services.payers import PayerEntry

_K = PayerKind
PAYERS = (
    ("Tidewater Health Plan", _K.HEALTH_INSURER, 180_000, 74_300_000_00),
    ("Granite Ridge Insurance", _K.HEALTH_INSURER, 95_000, 39_150_000_00),
    ("Lantern Point HMO", _K.HMO, 61_000, 25_020_000_00),
    ("Quarry Hill Mutual", _K.HEALTH_INSURER, 33_000, 13_480_000_00),
    ("Cranberry Lane Administrators", _K.THIRD_PARTY_ADMINISTRATOR, 11_000, 4_610_000_00),
    ("Old Mill Employees Plan", _K.SELF_INSURED_PLAN, 1_900, 784_000_00),
)
"""Names are fictional; the child-months of the first five are those of the worked example, the last is too small."""
_PARTIAL, _LATE, _APPEALS = "Lantern Point HMO", "Cranberry Lane Administrators", "Granite Ridge Insurance"
_CLASSES = tuple(CoverageClass)
_WORKED_UNITS, _COUNTED_UNITS, _NEXT_UNITS = (59_800, 47_150, 8_050), (57_500, 49_450, 8_050), (61_400, 48_200, 8_300)
_WORKED = (
    (LineKind.ADMINISTRATION, "Administration", 92_000_00), (LineKind.RESERVE, "Reserve", 38_640_00),
    (LineKind.CARRY, "Surplus of the year before", -70_640_00),
)  # fmt: skip
_NEXT = (
    (LineKind.ADMINISTRATION, "Administration", 92_000_00), (LineKind.RESERVE, "Reserve", 37_000_00),
    (LineKind.EARMARKED, "Title V block grant", 40_000_00),
)  # fmt: skip
_CONTRACTS = 1_840_000_00
_COST = 1_920_640_00
_RATE = 145_00
_TRUED_UP_BY = (8, 25)


def two_years(office: Office) -> Story[None]:
    """The worked year and the one after it."""
    worked = fiscal_year_of(office.today) - 1
    if office.today < date(worked, *_TRUED_UP_BY):
        worked -= 1
    by = db.session.scalars(select(User).where(User.email == "fund@example.org")).one()
    at = moment(office_day(date(worked - 1, 5, 20)), 100)
    yield at
    registered = [
        payers.register(
            PayerEntry(name, kind, "Assessments", "Boston, MA", email=f"assessments{number}@payer.example.org"),
            actor=by,
            at=at,
        )
        for number, (name, kind, _, _) in enumerate(PAYERS, start=1)
    ]
    year = _filled(worked, _WORKED, _WORKED_UNITS, registered, prior=1_780_000_00, by=by, at=at)
    yield from _billed(year, by, office_day(date(worked - 1, 5, 26)))
    yield from _paid(year, registered, by)
    yield from _trued_up(year, registered, by, office_day(date(worked, 8, 10)))
    at = moment(office_day(date(worked, 8, 12)), 100)
    yield at
    following = _filled(worked + 1, _NEXT, _NEXT_UNITS, registered, prior=_COST, by=by, at=at)
    yield from _billed(following, by, office_day(date(worked, 8, 14)))
    yield from _under_way(office, following, registered, by)


def _filled(
    fiscal_year: int, lines: tuple[tuple[LineKind, str, int], ...], units: tuple[int, ...],
    registered: list[Payer], *, prior: int, by: User, at: datetime,
) -> FundYear:  # fmt: skip
    """A year with its need, its child-months and the bases of its payers."""
    chosen = Configuration(
        fiscal_year, prior_cost_cents=prior, medicaid_rate_cents=_RATE,
        federal_shares=(FederalShare(date(fiscal_year - 1, 7, 1), 5000),),
    )  # fmt: skip
    year = fund_years.open_year(chosen, actor=by, at=at)
    signed = sum(one.maximum_cents for one in contract_obligations.of_year(by, fiscal_year))
    if signed < _CONTRACTS:
        fund_years.add_line(
            year, LineKind.CONTRACT, "Contracts that are not signed yet", _CONTRACTS - signed,
            source=f"Budget of {named(fiscal_year)}", actor=by, at=at,
        )  # fmt: skip
    for kind, label, cents in lines:
        fund_years.add_line(year, kind, label, cents, source=f"Budget of {named(fiscal_year)}", actor=by, at=at)
    _counted(year, Knowledge.ESTIMATE, units, by, at)
    for payer, (_, _, child_months, payments) in zip(registered, PAYERS, strict=True):
        entry = BaseEntry(payments, child_months, None, "Filing of the payer")
        fund_years.record_base(year, payer, Knowledge.ESTIMATE, entry, actor=by, at=at)
    return year


def _counted(year: FundYear, knowledge: Knowledge, units: tuple[int, ...], by: User, at: datetime) -> None:
    span = months(year.fiscal_year)
    fund_years.record_units(
        year, knowledge, dict(zip(_CLASSES, units, strict=True)), from_on=span[0], to_on=span[-1],
        source="Eligibility on the 15th of each month", actor=by, at=at,
    )  # fmt: skip


def _billed(year: FundYear, by: User, on: date) -> Story[None]:
    at = moment(on, 100)
    yield at
    fund_shares.adopt(year, seen=fund_shares.adoption_fingerprint(by, year), actor=by, at=at)
    at = moment(office_day(on + ONE_DAY), 100)
    yield at
    fund_shares.issue_notices(year, actor=by, at=at)


def _due(year: FundYear, payer: Payer, by: User) -> list[tuple[date, int]]:
    """When each instalment of a payer is due, with its amount; nothing for a payer that is not assessed."""
    found = next((one for one in fund_accounts.standing_assessments(year) if one.payer_id == payer.id), None)
    if found is None:
        return []
    account = fund_accounts.account(by, year, payer.id, today=date.min)
    earliest = account.notice.earliest_due_on if account.notice else None
    rows = db.session.scalars(
        select(Instalment).where(Instalment.assessment_id == found.id).order_by(Instalment.number)
    )
    return [(due_on(row.planned_on, earliest), row.cents) for row in rows]


def _paid(year: FundYear, registered: list[Payer], by: User) -> Story[None]:
    """Everybody pays a few days ahead, but one leaves the last instalment open and one pays half of it."""
    planned = [
        (day - timedelta(days=3), payer, cents, number)
        for payer in registered
        for number, (day, cents) in enumerate(_due(year, payer, by), start=1)
    ]
    for day, payer, cents, number in sorted(planned, key=lambda one: (one[0], one[1].id)):
        last = number == year.instalments
        if last and payer.name == _LATE:
            continue
        at = moment(office_day(day), 110)
        yield at
        half = last and payer.name == _PARTIAL
        accounts.record_payment(
            year, payer.id, cents // 2 if half else cents, received_on=at.date(),
            reference=f"Transfer {year.fiscal_year}-{payer.id}-{number}", actor=by, at=at,
        )  # fmt: skip


def _trued_up(year: FundYear, registered: list[Payer], by: User, on: date) -> Story[None]:
    at = moment(on, 90)
    yield at
    _counted(year, Knowledge.ACTUAL, _COUNTED_UNITS, by, at)
    for payer, (_, _, child_months, payments) in zip(registered, PAYERS, strict=True):
        entry = BaseEntry(payments, child_months, None, "Filing after the year")
        fund_years.record_base(year, payer, Knowledge.ACTUAL, entry, actor=by, at=at)
    _, basis = fund_true_ups.worked_out(by, year, _COST)
    fund_true_ups.record_true_up(
        year, _COST, cost_source="Closing of the accounts", seen=basis.fingerprint, actor=by, at=at
    )


def _under_way(office: Office, year: FundYear, registered: list[Payer], by: User) -> Story[None]:
    """The year after: an appeal, everybody but one pays what is due, and one pays half of what comes next ahead."""
    yesterday = office.today - ONE_DAY
    at = moment(office_day(date(year.fiscal_year - 1, 9, 1)), 120)
    appealing = next(one for one in registered if one.name == _APPEALS)
    yield at
    accounts.file_appeal(
        year, appealing.id, filed_on=at.date(),
        grounds="Children who changed to MassHealth in the spring were counted with us.", actor=by, at=at,
    )  # fmt: skip
    fund_money.received(year, MovementKind.STATE, 35_000_00, "Appropriation, first quarter", by=by, at=at)
    fund_money.received(year, MovementKind.OTHER, 40_000_00, "Title V block grant", by=by, at=at)
    planned = []
    for payer in registered:
        due = _due(year, payer, by)
        ahead = next((place for place, (day, _) in enumerate(due) if day > yesterday), len(due))
        for number, (day, cents) in enumerate(due, start=1):
            if payer.name != _LATE and number <= ahead:
                planned.append((day - timedelta(days=2), payer, cents, number))
            elif payer.name == _PARTIAL and number == ahead + 1:
                planned.append((yesterday - timedelta(days=4), payer, cents // 2, number))
    for day, payer, cents, number in sorted(planned, key=lambda one: (one[0], one[1].id)):
        paid_at = max(moment(office_day(day), 130), at)
        yield paid_at
        accounts.record_payment(
            year, payer.id, cents, received_on=paid_at.date(),
            reference=f"Transfer {year.fiscal_year}-{payer.id}-{number}", actor=by, at=paid_at,
        )  # fmt: skip
