"""What DPH must have on file before it signs, as tables."""

from datetime import date, timedelta

import pytest

from certhub.rules.contract_oversight import (
    Check,
    InsuranceKind,
    Policy,
    QualificationStatus,
    is_late,
    require_insured,
    require_not_debarred,
    require_qualified,
    response_due,
)
from certhub.rules.refusal import Refusal

SIGNED_ON = date(2026, 6, 8)


def check(days_before: int, *, listed: bool = False) -> Check:
    return Check(SIGNED_ON - timedelta(days=days_before), listed, "SAM.gov")


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ([], "No debarment check is on file"),
        ([check(31)], "The last one is of May 8, 2026"),
        ([check(-1)], "No debarment check is on file"),
        ([check(3, listed=True)], "was found on SAM.gov on June 5, 2026"),
        ([check(20), check(3, listed=True)], "was found on"),
        ([check(3, listed=True), Check(SIGNED_ON, False, "State list")], "was found on SAM.gov"),
    ],
)
def test_dph_does_not_sign_without_a_clear_check_of_the_last_thirty_days(checks: list[Check], words: str) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        require_not_debarred(checks, on=SIGNED_ON, what="contract")
    assert "29F" in refused.value.message
    assert refused.value.field == "kind"


@pytest.mark.parametrize("checks", [[check(0)], [check(30)], [check(60, listed=True), check(2)]])
def test_a_clear_check_lets_dph_sign(checks: list[Check]) -> None:
    require_not_debarred(checks, on=SIGNED_ON, what="contract")


@pytest.mark.parametrize("status", list(QualificationStatus))
def test_only_a_rejected_provider_is_refused(status: QualificationStatus) -> None:
    if status is QualificationStatus.REJECTED:
        with pytest.raises(Refusal, match="rejected"):
            require_qualified(status)
    else:
        require_qualified(status)


def test_a_provider_without_a_letter_is_refused() -> None:
    with pytest.raises(Refusal, match="No provider qualification is on file"):
        require_qualified(None)


def test_both_liabilities_are_insured_on_the_first_day() -> None:
    year = (date(2026, 1, 1), date(2026, 12, 31))
    both = [Policy(InsuranceKind.GENERAL_LIABILITY, *year), Policy(InsuranceKind.PROFESSIONAL_LIABILITY, *year)]
    require_insured(both, on=date(2026, 12, 31))
    with pytest.raises(Refusal, match="No professional liability insurance is on file for June 8, 2026"):
        require_insured(both[:1], on=SIGNED_ON)
    with pytest.raises(Refusal, match="No general liability and no professional liability insurance"):
        require_insured(both, on=date(2027, 1, 1))


def test_a_vendor_answers_within_thirty_days() -> None:
    assert response_due(SIGNED_ON) == date(2026, 7, 8)
    assert not is_late(date(2026, 7, 8), date(2026, 7, 8), today=date(2026, 9, 1))
    assert is_late(date(2026, 7, 8), None, today=date(2026, 7, 9))
