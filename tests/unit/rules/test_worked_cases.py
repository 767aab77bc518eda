"""Standards of other bodies, written as data, with their worked cases: a standard can hold what the field asks for.

Each standard goes through the parser, as one that an administrator types in would. The figures are those of the bodies'
published rules; what they leave open (a minimum term, a last day for a reinstatement) is a program default.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from certhub.rules.dossier import EvidenceItem, Occasion
from certhub.rules.evaluation import evaluate
from certhub.rules.standard import Standard
from certhub.rules.terms import application_kind_on, closes_on, first_term, renewal_term, renewal_window
from certhub.rules.vocabulary import ApplicationKind, Result
from tests.unit.rules.bodies import RENEWING, found, hours, learned, renewal, standard
from tests.unit.rules.requirement_builders import done, form, given, subject

# Community health workers, 272 CMR -----------------------------------------------------------------------------------

CHW = standard(
    {
        "term_months": 24, "expiry_rule": "fixed_month_day", "fixed_month": 7, "fixed_day": 31, "year_parity": "odd",
        "minimum_term_months": 6, "grace_days": 0, "reinstatement_days": 365, "incomplete_expires_days": 365,
    },
    hours(15, 24),
    {
        "code": "XX-REF", "kind": "competency", "stages": ["initial"],
        "params": {"competency_list": "chw_core", "min_forms": 3, "min_rated_per_form": 8, "union_all": True},
    },
    {
        "code": "XX-WORK", "kind": "experience", "stages": ["initial"],
        "params": {"id": "work", "title": "2,000 hours in 10 years", "min_hours": 2000, "within_years": 10},
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("granted_on", "expires_on"),
    [
        (date(2025, 8, 1), date(2027, 7, 31)),
        (date(2026, 3, 10), date(2027, 7, 31)),
        (date(2027, 1, 31), date(2027, 7, 31)),  # six months to the day
        (date(2027, 7, 10), date(2029, 7, 31)),  # three weeks before the common date: lesson 13
    ],
)
def test_chw_a_certificate_ends_on_july_31_of_an_odd_year_and_never_after_three_weeks(
    granted_on: date, expires_on: date
) -> None:
    """Lesson 13."""
    assert first_term(CHW.terms, granted_on).expires_on == expires_on


@pytest.mark.parametrize(
    ("filed_on", "decided_on", "starts_on", "expires_on"),
    [
        (date(2027, 7, 31), date(2028, 1, 15), date(2027, 8, 1), date(2029, 7, 31)),
        (date(2027, 8, 1), date(2027, 9, 15), date(2027, 9, 15), date(2029, 7, 31)),
        (date(2029, 6, 1), date(2029, 7, 10), date(2029, 7, 10), date(2031, 7, 31)),  # lesson 13, when renewing
    ],
    ids=["in time", "expired but renewable", "three weeks before the next common date"],
)
def test_chw_a_late_renewal_gets_the_next_common_date_when_the_nearest_is_too_near(
    filed_on: date, decided_on: date, starts_on: date, expires_on: date
) -> None:
    """Lesson 13."""
    term = renewal_term(CHW.terms, date(2027, 7, 31), decided_on, submitted_on=filed_on)
    assert (term.starts_on, term.expires_on) == (starts_on, expires_on)


@pytest.mark.parametrize(
    ("on", "result"),
    [
        (date(2025, 7, 31), Result.NOT_MET),
        (date(2025, 8, 1), Result.MET),
        (date(2027, 7, 31), Result.MET),
        (date(2027, 8, 1), Result.NOT_MET),
    ],
)
def test_chw_15_hours_count_in_the_24_months_before_the_expiry(on: date, result: Result) -> None:
    occasion = renewal((date(2025, 8, 1), date(2027, 7, 31)))
    assert found(evaluate(CHW, learned((on, "15", "core")), occasion)).result is result


@pytest.mark.parametrize(
    ("forms", "result"),
    [
        ((form(1, 8), form(2, 8, skip=1), form(3, 8, skip=2)), Result.MET),
        ((form(1, 8), form(2, 8), form(3, 8)), Result.PARTIAL),  # together they miss two competencies
        ((form(1, 10), form(2, 10), form(3, 7)), Result.PARTIAL),
        ((form(1, 10), form(2, 10)), Result.PARTIAL),
        ((), Result.NOT_MET),
    ],
    ids=["8 each, 10 together", "8 each, 8 together", "one rates 7", "two forms", "none"],
)
def test_chw_three_references_rate_8_of_10_and_together_all_10(forms: tuple[EvidenceItem, ...], result: Result) -> None:
    filed = tuple(
        EvidenceItem(one.id, "XX-REF", one.value, one.occurred_on, None, has_file=True, verdict=one.verdict)
        for one in forms
    )
    occasion = Occasion(date(2027, 6, 15), ApplicationKind.INITIAL, date(2027, 6, 15), date(2029, 7, 31))
    assert found(evaluate(CHW, subject(*filed), occasion), "XX-REF").result is result


@pytest.mark.parametrize(
    ("worked", "until", "result"),
    [("2000", date(2026, 1, 1), Result.MET), ("1999", date(2026, 1, 1), Result.PARTIAL)],
)
def test_chw_2000_hours_of_work_in_ten_years(worked: str, until: date, result: Result) -> None:
    item = given(until, code="XX-WORK", path="work", started_on="2024-01-01", hours=worked, setting="Clinic")
    occasion = Occasion(date(2026, 6, 15), ApplicationKind.INITIAL, date(2026, 6, 15), date(2027, 7, 31))
    assert found(evaluate(CHW, subject(item), occasion), "XX-WORK").result is result


def test_chw_a_reactivation_is_void_after_a_year() -> None:
    window = renewal_window(CHW.terms, date(2027, 7, 31))

    assert application_kind_on(window, date(2027, 8, 1)) is ApplicationKind.REINSTATEMENT
    assert application_kind_on(window, date(2028, 7, 30)) is ApplicationKind.REINSTATEMENT
    assert application_kind_on(window, date(2028, 7, 31)) is ApplicationKind.INITIAL
    assert closes_on(CHW.terms, date(2027, 9, 1)).on == date(2028, 9, 1)


@pytest.mark.parametrize(
    ("kind", "filed_on", "told"),
    [
        (
            ApplicationKind.RENEWAL, date(2027, 8, 2),
            "Hours after July 31, 2027 do not count for this renewal. They would count for a reinstatement, "
            "after the grace period.",
        ),
        (ApplicationKind.RENEWAL, date(2027, 7, 31), "Hours after July 31, 2027 do not count for this renewal."),
        (ApplicationKind.REINSTATEMENT, date(2027, 9, 20), "Hours made up since July 31, 2027 count, too."),
    ],
)  # fmt: skip
def test_whoever_is_short_after_the_last_day_reads_whether_hours_can_still_be_made_up(
    kind: ApplicationKind, filed_on: date, told: str
) -> None:
    term = (date(2025, 8, 1), date(2027, 7, 31))
    later = replace(renewal(term, filed_on=filed_on, kind=kind), as_of=date(2027, 9, 21))
    dossier = learned((date(2026, 9, 1), "14", "core"))

    assert found(evaluate(CHW, dossier, later)).explanation.endswith(told)
    in_time = renewal(term, filed_on=date(2027, 7, 30))
    assert "do not count" not in found(evaluate(CHW, dossier, in_time)).explanation
    assert "count" not in found(evaluate(CHW, learned((date(2026, 9, 1), "15", "core")), later)).explanation


def test_chw_hours_made_up_after_the_expiry_count_for_the_reactivation() -> None:
    term = (date(2025, 8, 1), date(2027, 7, 31))
    dossier = learned((date(2027, 9, 1), "15", "core"))
    late = date(2027, 9, 20)

    again = renewal(term, filed_on=late, kind=ApplicationKind.REINSTATEMENT)
    assert found(evaluate(CHW, dossier, again)).result is Result.MET
    assert found(evaluate(CHW, dossier, renewal(term, filed_on=late))).result is Result.NOT_MET


# Case managers, CCMC -------------------------------------------------------------------------------------------------

CCM = standard(
    {"term_months": 60, "renewal_window_days": 91, "grace_days": 30, "reinstatement_days": 30},
    hours(80, 60, category_mins={"ethics_scope": 8}),
    {"code": "XX-FEE", "kind": "fee", "stages": RENEWING, "params": {"amount_cents": 28500}},
    {"code": "XX-LATEFEE", "kind": "fee", "stages": ["late"], "params": {"amount_cents": 17500}},
    {
        "code": "XX-REASON", "kind": "attestation", "stages": ["late"],
        "params": {"text_id": "late", "version": 1, "signer_role": "coordinator", "with_reasons": True},
    },
)  # fmt: skip
CCM_TERM = (date(2022, 6, 1), date(2027, 5, 31))


@pytest.mark.parametrize(
    ("general", "ethics", "result"),
    [("72", "8", Result.MET), ("73", "7", Result.PARTIAL), ("71", "8", Result.PARTIAL), ("0.25", "80", Result.MET)],
)
def test_ccm_80_hours_with_8_on_ethics_within_them(general: str, ethics: str, result: Result) -> None:
    dossier = learned((date(2026, 1, 1), general, "general"), (date(2026, 1, 2), ethics, "ethics_scope"))
    assert found(evaluate(CCM, dossier, renewal(CCM_TERM))).result is result


def test_ccm_five_years_a_window_of_three_months_thirty_days_of_grace_and_then_the_cliff() -> None:
    term = renewal_term(CCM.terms, date(2027, 5, 31), date(2027, 4, 1))
    window = renewal_window(CCM.terms, date(2027, 5, 31))
    days = [date(2027, 2, 28), date(2027, 3, 1), date(2027, 6, 30), date(2027, 7, 1)]

    assert (term.starts_on, term.expires_on) == (date(2027, 6, 1), date(2032, 5, 31))
    assert [application_kind_on(window, day) for day in days] == [
        None, ApplicationKind.RENEWAL, ApplicationKind.RENEWAL, ApplicationKind.INITIAL,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("filed_on", "codes"),
    [
        (date(2027, 5, 31), {"XX-CE", "XX-FEE"}),
        (date(2027, 6, 1), {"XX-CE", "XX-FEE", "XX-LATEFEE", "XX-REASON"}),
        (date(2027, 6, 30), {"XX-CE", "XX-FEE", "XX-LATEFEE", "XX-REASON"}),
    ],
)
def test_ccm_only_a_late_request_gives_a_reason_and_pays_175_dollars(filed_on: date, codes: set[str]) -> None:
    found_codes = {one.requirement for one in evaluate(CCM, subject(), renewal(CCM_TERM, filed_on=filed_on)).findings}
    assert found_codes == codes


def test_ccm_a_renewal_in_time_that_is_decided_after_the_last_day_is_not_late() -> None:
    decided_late = Occasion(
        date(2027, 6, 20), ApplicationKind.RENEWAL, date(2027, 6, 1), date(2032, 5, 31), *CCM_TERM,
        filed_on=date(2027, 5, 31),
    )  # fmt: skip
    assert evaluate(CCM, subject(), decided_late).finding("XX-LATEFEE") is None


# Nurses, BORN --------------------------------------------------------------------------------------------------------


def nursing(parity: str) -> Standard:
    return standard(
        {"term_months": 24, "expiry_rule": "holder_birthday", "year_parity": parity, "grace_days": 0},
        hours(15, 24, first_cycle="exempt"),
        {"code": "XX-ONCE", "kind": "course_set", "stages": RENEWING, "params": {"ids": ["DEMENTIA", "VIOLENCE"]}},
    )


@pytest.mark.parametrize(
    ("parity", "granted_on", "birthday", "expires_on"),
    [
        ("even", date(2026, 1, 10), (4, 17), date(2026, 4, 17)),
        ("even", date(2026, 4, 17), (4, 17), date(2028, 4, 17)),
        ("even", date(2027, 1, 10), (4, 17), date(2028, 4, 17)),
        ("even", date(2026, 6, 1), (2, 29), date(2028, 2, 29)),
        ("odd", date(2026, 1, 10), (4, 17), date(2027, 4, 17)),
        ("odd", date(2027, 5, 1), (4, 17), date(2029, 4, 17)),
        ("odd", date(2026, 6, 1), (2, 29), date(2027, 2, 28)),
    ],
)
def test_rn_and_lpn_a_licence_ends_on_the_birthday_of_an_even_or_an_odd_year(
    parity: str, granted_on: date, birthday: tuple[int, int], expires_on: date
) -> None:
    assert first_term(nursing(parity).terms, granted_on, birthday).expires_on == expires_on


def test_rn_the_first_renewal_asks_for_no_hours_and_the_second_for_15() -> None:
    first, second = (date(2026, 6, 1), date(2028, 4, 17)), (date(2028, 4, 18), date(2030, 4, 17))
    dossier = learned(since="2026-06-01")
    spared = found(evaluate(nursing("even"), dossier, renewal(first)))

    assert spared.result is Result.NOT_APPLICABLE
    assert spared.explanation == (
        "No hours are asked for in the first term, which began on June 1, 2026. The next renewal asks for them."
    )
    assert found(evaluate(nursing("even"), dossier, renewal(second))).result is Result.NOT_MET


def test_rn_trainings_that_are_done_once_in_a_lifetime_still_count_years_later() -> None:
    taken = (done(date(2019, 1, 1), course_code="DEMENTIA"), done(date(2020, 1, 1), id=2, course_code="VIOLENCE"))
    occasion = renewal((date(2028, 4, 18), date(2030, 4, 17)))
    assert found(evaluate(nursing("even"), subject(completions=taken), occasion), "XX-ONCE").result is Result.MET


# Social workers, BRSW ------------------------------------------------------------------------------------------------

SOCIAL_WORK_TERM = (date(2025, 9, 5), date(2027, 9, 4))


def social_work(minimum: int) -> Standard:
    """Two hours against racism and one against discrimination are 3 of one category; 75 percent recognized."""
    return standard(
        {"term_months": 24, "expiry_rule": "holder_birthday"},
        hours(minimum, 24, category_mins={"cultural": 3}, prorate=True),
        hours(minimum * 0.75, 24, "XX-CE75", provider_approved=True, prorate=True),
    )


@pytest.mark.parametrize("minimum", [30, 20, 15, 10], ids=["LICSW", "LCSW", "LSW", "LSWA"])
def test_licsw_the_three_hours_are_within_the_total_and_not_on_top(minimum: int) -> None:
    def judged(general: int, cultural: int) -> Result:
        dossier = learned((date(2026, 1, 1), str(general), "general"), (date(2026, 1, 2), str(cultural), "cultural"))
        return found(evaluate(social_work(minimum), dossier, renewal(SOCIAL_WORK_TERM))).result

    assert judged(minimum - 3, 3) is Result.MET
    assert judged(minimum - 2, 2) is Result.PARTIAL
    assert judged(minimum, 2) is Result.PARTIAL
    assert judged(minimum - 4, 3) is Result.PARTIAL


def test_licsw_three_quarters_come_from_recognized_providers() -> None:
    def judged(recognized: str) -> Result:
        completions = (
            done(date(2026, 1, 1), recognized),
            done(date(2026, 1, 2), "30", id=2, provider_approved=False),
        )
        one = evaluate(social_work(30), subject(completions=completions), renewal(SOCIAL_WORK_TERM))
        return found(one, "XX-CE75").result

    assert (judged("22.5"), judged("22.25")) == (Result.MET, Result.PARTIAL)


def test_licsw_a_first_term_of_a_year_asks_for_half() -> None:
    half = found(evaluate(social_work(30), learned(), renewal((date(2026, 9, 5), date(2027, 9, 4)))))
    assert half.need == "15 hours; cultural responsiveness 1.5"


def test_an_educator_shows_150_points_in_five_years() -> None:
    educator = standard({"term_months": 60}, hours(150, 60))
    term = (date(2022, 7, 1), date(2027, 6, 30))

    for points, result in (("150", Result.MET), ("149.75", Result.PARTIAL)):
        assert found(evaluate(educator, learned((date(2022, 7, 1), points, "general")), renewal(term))).result is result


# First terms, carried hours ------------------------------------------------------------------------------------------

FIRST = (date(2026, 8, 1), date(2027, 7, 31))
LATER = (date(2027, 8, 1), date(2028, 7, 31))


@pytest.mark.parametrize(
    ("params", "first", "later"),
    [
        ({}, "24 hours", "24 hours"),
        ({"prorate": True}, "12 hours", "12 hours"),
        ({"first_cycle": "prorated"}, "12 hours", "24 hours"),
        ({"first_cycle": "full", "prorate": True}, "24 hours", "12 hours"),
        ({"first_cycle": "exempt"}, "24 hours from the second term on", "24 hours"),
        ({"first_cycle": "exempt", "prorate": True}, "24 hours from the second term on", "12 hours"),
    ],
    ids=str,
)
def test_a_first_term_of_twelve_months_asks_for_what_the_standard_says(
    params: dict[str, Any], first: str, later: str
) -> None:
    body = standard({"term_months": 24}, hours(24, 24, **params))
    dossier = learned(since="2026-08-01")

    assert found(evaluate(body, dossier, renewal(FIRST))).need == first
    assert found(evaluate(body, dossier, renewal(LATER))).need == later


def test_a_new_grant_years_later_is_no_first_term_again() -> None:
    body = standard({"term_months": 24}, hours(24, 24, first_cycle="exempt"))
    assert found(evaluate(body, learned(since="2015-01-05"), renewal(FIRST))).result is Result.NOT_MET


CARRYING = standard(
    {"term_months": 24}, hours(24, 24, carry_over_max=6, category_mins={"ethics_scope": 2}, first_cycle="exempt")
)
SECOND, THIRD = (date(2025, 8, 1), date(2027, 7, 31)), (date(2027, 8, 1), date(2029, 7, 31))


@pytest.mark.parametrize(("earlier", "carried"), [("24", 0), ("27", 3), ("30", 6), ("40", 6), ("20", 0)], ids=str)
def test_at_most_six_hours_beyond_the_earlier_minimum_are_carried_over(earlier: str, carried: int) -> None:
    dossier = learned((date(2024, 5, 1), earlier, "core"), (date(2026, 5, 1), "10", "ethics_scope"), since="2021-08-01")
    finding = found(evaluate(CARRYING, dossier, renewal(SECOND)))

    assert finding.have == f"{10 + carried} hours; ethics 10"
    words = f"{carried} hours carried over from the 24 months up to July 31, 2025."
    assert (words in finding.explanation) is bool(carried)


def test_no_hour_is_carried_twice_and_none_reaches_the_third_term() -> None:
    dossier = learned((date(2024, 5, 1), "40", "core"), (date(2026, 5, 1), "20", "core"), since="2021-08-01")

    assert found(evaluate(CARRYING, dossier, renewal(SECOND))).have == "26 hours; ethics 0"
    assert found(evaluate(CARRYING, dossier, renewal(THIRD))).have == "0 hours; ethics 0"


def test_carried_hours_count_for_the_total_and_for_no_category() -> None:
    dossier = learned(
        (date(2024, 5, 1), "34", "ethics_scope"), (date(2026, 5, 1), "24", "core"), since="2021-08-01"
    )  # fmt: skip
    finding = found(evaluate(CARRYING, dossier, renewal(SECOND)))

    assert finding.result is Result.PARTIAL
    assert finding.explanation.startswith("30 of 24 hours; ethics 0 of 2; 2 hours to go")


def test_an_exempt_first_term_saves_nothing_up() -> None:
    """The hours beyond the full minimum are carried, not all of those that nobody asked for."""
    dossier = learned((date(2024, 5, 1), "20", "core"), (date(2026, 5, 1), "10", "ethics_scope"), since="2023-08-01")
    first = (date(2023, 8, 1), date(2025, 7, 31))

    assert found(evaluate(CARRYING, dossier, renewal(first))).result is Result.NOT_APPLICABLE
    assert found(evaluate(CARRYING, dossier, renewal(SECOND))).have == "10 hours; ethics 10"


def test_carried_hours_are_added_to_the_lower_minimum_of_a_shorter_term() -> None:
    body = standard({"term_months": 24}, hours(24, 24, carry_over_max=6, prorate=True))
    dossier = learned((date(2025, 1, 1), "30", "core"), (date(2027, 1, 1), "6", "core"), since="2021-08-01")
    finding = found(evaluate(body, dossier, renewal(FIRST)))

    assert finding.result is Result.MET
    assert finding.explanation == (
        "12 of 12 hours. 6 hours carried over from the 24 months up to July 31, 2025. "
        "The minimum is lower because the credential was held 12 of 24 months."
    )


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"first_cycle": "half"}, "one of full, prorated, exempt"),
        ({"first_cycle": "prorated", "window_months": None}, "needs window_months"),
    ],
)
def test_what_a_first_term_cannot_be_is_said_at_loading(params: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        standard({"term_months": 24}, hours(24, 24, **params))


def test_a_requirement_is_not_asked_for_late_and_at_all_times() -> None:
    with pytest.raises(ValueError, match=r'"late" beside "ongoing"'):
        standard(
            {"term_months": 24},
            {"code": "XX-FEE", "kind": "fee", "stages": ["late", "ongoing"], "params": {"amount_cents": 1}},
        )
