"""What the demo state fills in is what people would."""

from datetime import date

from certhub.demo.evidence import REVIEWER, Person, sufficient
from tests.unit.rules.test_standard_definition import standard


def test_nobody_reviews_their_own_background_check() -> None:
    check = next(one for one in standard("cc-core").requirements if one.code == "CC-05")

    typed = sufficient(check, on=date(2026, 3, 2), person=Person("Ana Ferreira"))

    assert typed
    assert {one["reviewer"] for one in typed} == {REVIEWER}
