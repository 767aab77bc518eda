"""The list of probable doubles is the rule, said in SQL."""

from typing import Any

import pytest
from flask import Flask

from certhub.models.parties import Coordinator
from certhub.queries import record_merges
from certhub.rules.permissions import OPERATOR
from certhub.rules.record_merge import likenesses
from tests import factories
from tests.factories import WHEN
from tests.integration.history.test_merging import Dice, licence


@pytest.mark.parametrize("seed", range(4))
def test_the_list_finds_the_pairs_that_the_rule_finds(app: Flask, seed: int) -> None:
    dice = Dice(seed)
    people: list[Coordinator] = []
    for number in range(14):
        email = f"p{dice.randint(0, 5)}@example.org"
        if any(person.email == email for person in people):
            email = email.upper() if all(one.email != email.upper() for one in people) else f"q{number}@example.org"
        born: dict[str, Any] = {"birth_month": 2, "birth_day": dice.randint(1, 3)} if dice.random() < 0.7 else {}
        people.append(factories.make_coordinator(f"Ana {dice.randint(1, 3)}", email=email, **born))
        if dice.random() < 0.5:
            licence(people[-1], dice.choice(["RN 1", "rn-1", "RN2", "RN 3"]), superseded_at=dice.choice([None, WHEN]))
    traits = {number: found for number, (_, found) in record_merges.traits_of([one.id for one in people]).items()}

    rows = record_merges.page_of_doubles(OPERATOR).rows

    expected = {
        (one, other): likenesses(traits[one], traits[other])
        for one in traits for other in traits if one < other and likenesses(traits[one], traits[other])
    }  # fmt: skip
    assert {(row.id, other.id): other.reasons for row in rows for other in row.others} == expected
    assert expected
