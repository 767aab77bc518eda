"""For how long a look at another board's register counts."""

from datetime import date

import pytest

from certhub.rules.licences import check_again_on


@pytest.mark.parametrize(
    ("verified_on", "days", "until"),
    [(None, 30, None), (date(2026, 1, 31), 30, date(2026, 3, 2)), (date(2028, 2, 1), 30, date(2028, 3, 2))],
)
def test_a_check_at_the_source_counts_for_its_days(verified_on: date | None, days: int, until: date | None) -> None:
    assert check_again_on(verified_on, days) == until
