"""Who leads the work in a practice: one physician and one staff member at a time."""

from datetime import date

import pytest

from certhub.rules.champions import ChampionRole, missing_roles, require_alone
from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal

PHYSICIAN, STAFF = ChampionRole.PHYSICIAN, ChampionRole.STAFF
UNTIL_MAY = Span(date(2026, 1, 5), date(2026, 5, 31))
OPEN = Span(date(2026, 1, 5), None)


@pytest.mark.parametrize(
    ("named", "missing"),
    [([], [PHYSICIAN, STAFF]), ([STAFF], [PHYSICIAN]), ([PHYSICIAN], [STAFF]), ([STAFF, PHYSICIAN], [])],
)
def test_a_practice_names_one_of_each(named: list[ChampionRole], missing: list[ChampionRole]) -> None:
    assert missing_roles(named) == missing


@pytest.mark.parametrize(
    ("span", "other", "refused"),
    [
        (Span(date(2026, 6, 1), None), UNTIL_MAY, None),
        (Span(date(2026, 5, 31), None), UNTIL_MAY, "from January 5, 2026 until May 31, 2026"),
        (Span(date(2025, 1, 1), date(2026, 1, 4)), OPEN, None),
        (Span(date(2025, 1, 1), date(2026, 1, 5)), OPEN, "from January 5, 2026 with no last day yet"),
    ],
)
def test_a_role_has_one_champion_on_a_day(span: Span, other: Span, refused: str | None) -> None:
    if refused is None:
        require_alone(PHYSICIAN, span, [("Amara Osei", other)])
        return
    with pytest.raises(Refusal, match=f"Amara Osei is the physician champion {refused}") as found:
        require_alone(PHYSICIAN, span, [("Amara Osei", other)])
    assert found.value.field == "starts_on"
