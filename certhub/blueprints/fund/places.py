"""Where the pages of the fund stand: their trails."""

from flask import url_for

from certhub.models.fund import FundYear
from certhub.rules.fiscal_years import fiscal_year_in_words as named

Trail = list[tuple[str, str]]


def of_years() -> Trail:
    """Below the list of years."""
    return [("Fund years", url_for("fund.index"))]


def of_year(year: FundYear) -> Trail:
    """Below a year."""
    return [*of_years(), (named(year.fiscal_year), url_for("fund.show", fund_year_id=year.id))]


def of_money(year: FundYear) -> Trail:
    """Below the other money of a year."""
    return [
        *of_year(year),
        ("Ledger", url_for("fund.show_ledger", fund_year_id=year.id)),
        ("Other money", url_for("fund.money", fund_year_id=year.id)),
    ]


def of_step(year: FundYear, step: str, title: str) -> Trail:
    """Below a step of a year."""
    return [*of_year(year), (title, url_for("fund.step", fund_year_id=year.id, step=step))]


def of_report(year: FundYear) -> Trail:
    """Below the report of a year."""
    return [*of_year(year), ("Accounts", url_for("fund.report", fund_year_id=year.id))]


def of_account(year: FundYear, payer_id: int, name: str) -> Trail:
    """Below a payer's account."""
    return [*of_report(year), (name, url_for("fund.account", fund_year_id=year.id, payer_id=payer_id))]
