"""Filings and fees: what has fallen due by a day, what is late, and whose turn it is."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from certhub.rules.dossier import EvidenceItem, FiledPeriod, Occasion
from certhub.rules.findings import Finding
from certhub.rules.requirement_kinds import judge
from certhub.rules.vocabulary import RequirementKind, Result, Verdict
from tests.unit.rules.requirement_builders import ENTRY, FEE, NOTICE, RENEWAL, UFR, given, requirement, subject

REPORT: dict[str, Any] = {"what": "report", "due_rule": "after_period", "period": "quarter", "due_days": 30}
FOR_Q1, FOR_Q4 = date(2027, 3, 31), date(2026, 12, 31)


def report(period_end: date, filed_on: date) -> EvidenceItem:
    return given(filed_on, id=period_end.month, period_end=period_end.isoformat())


def judged(
    params: dict[str, Any], *items: EvidenceItem, on: date, began: date | None = date(2025, 8, 1), **facts: str
) -> Finding:
    occasion = replace(RENEWAL, as_of=on, previous_start=began)
    return judge(requirement(RequirementKind.FILING, params), subject(*items, facts=facts), occasion)


@pytest.mark.parametrize(
    ("grace", "on", "asked", "next_due"),
    [
        (0, date(2027, 4, 30), FOR_Q4, date(2027, 4, 30)),  # a filing is not missing on its due date
        (0, date(2027, 5, 1), FOR_Q1, date(2027, 7, 30)),
        (5, date(2027, 5, 5), FOR_Q4, date(2027, 4, 30)),
        (5, date(2027, 5, 6), FOR_Q1, date(2027, 7, 30)),
    ],
)
def test_a_report_is_asked_for_from_the_day_after_it_was_due(grace: int, on: date, asked: date, next_due: date) -> None:
    params = REPORT | {"grace_days": grace}
    filed = judged(params, report(asked, asked), on=on)
    assert (filed.result, filed.have, filed.due_on) == (Result.MET, "1 of 1 on file", next_due)

    other = FOR_Q1 if asked == FOR_Q4 else FOR_Q4
    missing = judged(params, report(other, other), on=on)
    was_due = asked + timedelta(days=30)
    assert (missing.result, missing.have, missing.due_on) == (Result.NOT_MET, "0 of 1 on file", was_due)
    assert f"ended on {asked:%B} 31, {asked.year} was due on" in missing.explanation
    assert not missing.provided


@pytest.mark.parametrize(
    ("filed_on", "result", "says"),
    [
        (date(2027, 4, 30), Result.MET, "Filed on time; the next is due on July 30, 2027."),
        (date(2027, 5, 5), Result.MET, "Filed on time"),
        (date(2027, 5, 6), Result.PARTIAL, "was filed 6 days late, on May 6, 2027. A late one costs points."),
    ],
)
def test_a_report_is_on_time_through_its_days_of_grace(filed_on: date, result: Result, says: str) -> None:
    params = REPORT | {"grace_days": 5, "penalty": "A late one costs points."}
    found = judged(params, report(FOR_Q1, filed_on), on=date(2027, 6, 15))
    assert (found.result, found.provided, says in found.explanation) == (result, True, True), found.explanation


def test_as_many_periods_as_the_standard_says_are_on_file() -> None:
    both = judged(REPORT | {"periods": 2}, report(FOR_Q1, FOR_Q1), report(FOR_Q4, FOR_Q4), on=date(2027, 6, 15))
    assert (both.result, both.have) == (Result.MET, "2 of 2 on file")

    one = judged(REPORT | {"periods": 2}, report(FOR_Q1, FOR_Q1), on=date(2027, 6, 15))
    assert (one.result, one.have, one.provided) == (Result.PARTIAL, "1 of 2 on file", False)


def test_a_report_without_the_day_of_its_filing_is_missing() -> None:
    found = judged(REPORT, replace(report(FOR_Q1, FOR_Q1), occurred_on=None), on=date(2027, 6, 15))
    assert (found.result, found.have) == (Result.NOT_MET, "0 of 1 on file")


@pytest.mark.parametrize(
    ("began", "have", "says"),
    [
        (date(2026, 12, 31), "0 of 2 on file", "missing"),
        (date(2027, 1, 1), "0 of 1 on file", "missing"),
        (FOR_Q1, "0 of 1 on file", "missing"),
        (date(2027, 4, 1), "Not applicable", "Nothing has fallen due yet. The first is due on July 30, 2027."),
        (None, "Not applicable", "Nothing has fallen due yet."),
    ],
)
def test_no_period_is_asked_for_that_ended_before_the_subject_began(began: date | None, have: str, says: str) -> None:
    found = judged(REPORT | {"periods": 2}, on=date(2027, 6, 15), began=began)
    assert (found.have, says in found.explanation) == (have, True), found.explanation
    assert (found.result is Result.NOT_APPLICABLE) is (have == "Not applicable")
    assert began is not None or "The first is due" not in found.explanation


@pytest.mark.parametrize(
    ("period", "on", "period_end"),
    [
        ("month", date(2027, 6, 15), date(2027, 4, 30)),
        ("month", date(2028, 3, 31), date(2028, 2, 29)),
        ("quarter", date(2027, 2, 1), FOR_Q4),
        ("year", date(2027, 6, 15), FOR_Q4),
        ("year", date(2027, 1, 30), date(2025, 12, 31)),
    ],
)
def test_the_latest_period_that_has_fallen_due_is_asked_for(period: str, on: date, period_end: date) -> None:
    assert judged(REPORT | {"period": period}, report(period_end, on), on=on).have == "1 of 1 on file"


@pytest.mark.parametrize(
    ("fiscal_year_end", "on", "period_end"),
    [
        ("", date(2026, 11, 16), date(2026, 6, 30)),
        ("", date(2026, 11, 15), date(2025, 6, 30)),
        ("12-31", date(2027, 6, 15), date(2026, 12, 31)),
        ("02-29", date(2027, 7, 31), date(2027, 2, 28)),
        ("02-29", date(2028, 7, 31), date(2028, 2, 29)),
        ("09-15", date(2027, 6, 15), date(2026, 9, 15)),
    ],
)
def test_a_fiscal_year_ends_on_the_day_that_the_organization_names(
    fiscal_year_end: str, on: date, period_end: date
) -> None:
    found = judged(UFR, report(period_end, period_end), on=on, began=None, fiscal_year_end=fiscal_year_end)
    assert (found.result, found.have) == (Result.MET, "1 of 1 on file")


def test_a_report_that_is_due_today_is_the_next() -> None:
    found = judged(UFR, report(date(2025, 6, 30), date(2025, 7, 1)), on=date(2026, 11, 15))
    assert found.due_on == date(2026, 11, 15)


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (given(None, event_on="2027-05-01"), "lacks the date"),
        (given(date(2027, 5, 31)), "lacks the date"),
        (given(date(2027, 6, 1), event_on="2027-05-01"), "1 day late"),
    ],
)
def test_a_notice_that_is_late_or_without_a_date_is_counted_out(item: EvidenceItem, says: str) -> None:
    good = given(date(2027, 5, 31), id=2, event_on="2027-05-01")
    found = judged(NOTICE, item, good, on=date(2027, 6, 15))
    assert (found.result, found.have, found.progress) == (Result.PARTIAL, "1 of 2 on time", Fraction(1, 2))
    assert says in found.explanation


def paid(params: dict[str, Any], *items: EvidenceItem, occasion: Occasion = ENTRY) -> Finding:
    return judge(requirement(RequirementKind.FEE, params), subject(*items), occasion)


@pytest.mark.parametrize(("verdict", "awaits"), [(Verdict.ACCEPTED, False), (Verdict.PENDING, True)])
def test_a_waiver_of_a_fee_waits_only_for_its_review(verdict: Verdict, awaits: bool) -> None:
    found = paid(FEE, given(waiver_ground="hardship", verdict=verdict))
    assert (found.awaiting_review, found.provided) == (awaits, True)


def test_who_records_a_fee_is_who_has_it_to_do() -> None:
    assert not paid(FEE).provided
    assert paid(FEE | {"done_by": "department"}).provided


def test_several_payments_add_up() -> None:
    found = paid(FEE, given(paid_cents=3000), given(id=2, paid_cents=500), given(id=3))
    assert (found.result, found.have, found.need, found.evidence_ids) == (
        Result.MET, "$35.00 paid", "Fee of $35.00", (1, 2),
    )  # fmt: skip


ENCOUNTERS: dict[str, Any] = {
    "what": "encounter data", "due_rule": "after_period", "period": "month", "due_days": 15, "periods": 3,
}  # fmt: skip
JULY, AUGUST, SEPTEMBER = date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)


def month(period_end: date, filed_on: date | None, due_on: date | None = None) -> FiledPeriod:
    return FiledPeriod(period_end, due_on or period_end + timedelta(days=15), filed_on)


def own(*filings: FiledPeriod, on: date = date(2026, 10, 20)) -> Finding:
    dossier = replace(subject(), filings={"encounter data": filings})
    return judge(
        requirement(RequirementKind.FILING, ENCOUNTERS),
        dossier,
        replace(RENEWAL, as_of=on, previous_start=date(2025, 8, 1)),
    )


@pytest.mark.parametrize(
    ("filings", "on", "result", "have", "says"),
    [
        pytest.param((), date(2026, 10, 20), Result.NOT_APPLICABLE, "Not applicable", "fallen due", id="nothing owed"),
        pytest.param(
            (month(SEPTEMBER, date(2026, 10, 9)), month(AUGUST, date(2026, 9, 15)), month(JULY, date(2026, 8, 3))),
            date(2026, 10, 20), Result.MET, "3 of 3 on file", "Filed on time; the next is due on", id="all in time",
        ),
        pytest.param(
            (month(SEPTEMBER, None), month(AUGUST, date(2026, 9, 15))),
            date(2026, 10, 20), Result.PARTIAL, "1 of 2 on file", "was due on October 15, 2026 and is missing",
            id="one missing",
        ),
        pytest.param(
            (month(SEPTEMBER, None),), date(2026, 10, 20), Result.NOT_MET, "0 of 1 on file", "missing", id="none"
        ),
        pytest.param(
            (month(AUGUST, date(2026, 9, 20)),),
            date(2026, 10, 20), Result.PARTIAL, "1 of 1 on file", "5 days late", id="late",
        ),
        pytest.param(
            (month(AUGUST, None, date(2026, 9, 17)),),
            date(2026, 9, 17), Result.NOT_APPLICABLE, "Not applicable", "fallen due", id="due after the weekend",
        ),
        pytest.param(
            (month(AUGUST, date(2026, 9, 17), date(2026, 9, 17)),),
            date(2026, 9, 18), Result.MET, "1 of 1 on file", "on time", id="filed after the weekend",
        ),
    ],
)  # fmt: skip
def test_what_is_filed_with_certhub_itself_is_judged_without_a_paper(
    filings: tuple[FiledPeriod, ...], on: date, result: Result, have: str, says: str
) -> None:
    found = own(*filings, on=on)
    assert (found.result, found.have) == (result, have)
    assert says in found.explanation
    assert not found.awaiting_review
