"""What the access log says of a reading."""

from typing import Any

import pytest

from certhub.rules.readings import list_in_words, page_in_words

REGISTER = {"register": "coordinators", "as_of": "2026-06-10", "known_at": None, "region": None, "status": None}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (REGISTER | {"rows": 1}, "Register of coordinators, as of June 10, 2026, 1 row"),
        (
            REGISTER | {"known_at": "2026-06-01 14:30:00.000000", "status": "in_grace", "rows": 1200},
            "Register of coordinators, as of June 10, 2026, as known at June 1, 2026, 10:30\u00a0AM, "
            "status Expired, late renewal open, 1,200 rows",
        ),
        ({"register": "vendors", "rows": 0}, "Register of vendors, 0 rows"),
        ({"roster_import": 7, "rows": 20}, "Roster import 7, 20 rows"),
        ({"list": "ce audit", "ce_audit": 1, "rows": 3}, "Audit 1, 3 rows"),
        ({"list": "probable doubles", "rows": 1}, "1 row"),
        ({"list": "exposures", "rows": 10, "as_of": "2026-11-22"}, "As of November 22, 2026, 10 rows"),
        ({"preview_of": "CC-CORE version 2", "requirement": "", "rows": 0}, "CC-CORE version 2, 0 rows"),
        ({"message": 5}, "Message 5"),
    ],
)
def test_a_list_is_told_with_its_filters_and_its_rows(told: dict[str, Any], words: str) -> None:
    assert list_in_words(told) == words


def test_a_page_that_is_no_more_keeps_the_name_that_it_had() -> None:
    assert page_in_words("coordinators.edit") == "The form that changes the record"
    assert page_in_words("coordinators.gone") == "coordinators.gone"
