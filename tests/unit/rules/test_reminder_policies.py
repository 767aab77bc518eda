"""Reminder policies are data; a mistake in them is one line that says what and where."""

import copy
from typing import Any

import pytest

from certhub.rules.reminder_policies import Audience, ObligationKind, PolicyError, parse_policies
from certhub.services.obligations import shipped_policies

GOOD: dict[str, Any] = {
    kind.value: {
        "offsets": [30, 7, 0, -1],
        "business_days": True,
        "open_days": 60,
        "recipients": {"holder": "every step", "dph": [0, -1]},
    }
    for kind in ObligationKind
}


def test_the_shipped_policies_are_those_of_the_program() -> None:
    policies = shipped_policies()
    credential = policies[ObligationKind.CREDENTIAL_RENEWAL]
    assert credential.offsets == (180, 90, 60, 30, 14, 7, 1, 0, -1, -15, -30)
    assert credential.recipients[Audience.DPH] == (0, -1)
    assert policies[ObligationKind.LICENCE_RENEWAL].offsets == (90, 30, 7, 0)
    assert policies[ObligationKind.DOCUMENT_RENEWAL].offsets == (60, 30, 7, 0)


def test_every_step_means_all_offsets() -> None:
    assert parse_policies(GOOD, "x.toml")[ObligationKind.LICENCE_RENEWAL].recipients[Audience.HOLDER] == (30, 7, 0, -1)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("offsets", [7, 30], "offsets must go from the earliest reminder to the latest, each once"),
        ("offsets", [30, 30], "offsets must go from the earliest reminder to the latest, each once"),
        ("offsets", [], "offsets must be a list of whole numbers of days"),
        ("offsets", [True], "offsets must be a list of whole numbers of days"),
        ("offsets", [1000], "offsets must be a list of whole numbers of days"),
        ("business_days", "yes", "business_days must be true or false"),
        ("open_days", -1, "open_days must be a whole number"),
        ("open_days", 0, "open_days ends before the last reminder, 1 days after the due date"),
        ("recipients", {}, "recipients must name at least one of"),
        ("recipients", {"neighbour": "every step"}, "recipients: neighbour is not one of"),
        ("recipients", {"former_employer": "every step"}, "recipients: former_employer is not one of"),
        ("recipients", {"dph": [5]}, "recipients.dph: step 5 is not among the offsets"),
    ],
)
def test_a_mistake_is_named_with_its_place(name: str, value: Any, sentence: str) -> None:
    raw = copy.deepcopy(GOOD)
    raw["licence_renewal"][name] = value
    with pytest.raises(PolicyError) as mistake:
        parse_policies(raw, "x.toml")
    assert str(mistake.value).startswith("x.toml: [licence_renewal] ")
    assert sentence in str(mistake.value)


def test_a_missing_or_unknown_kind_or_key_is_refused() -> None:
    with pytest.raises(PolicyError, match="no policy for document_renewal"):
        parse_policies({name: policy for name, policy in GOOD.items() if name != "document_renewal"}, "x")
    with pytest.raises(PolicyError, match=r"\[birthday\] is not a kind"):
        parse_policies({**GOOD, "birthday": {}}, "x")
    with pytest.raises(PolicyError, match="must have exactly"):
        parse_policies({**GOOD, "licence_renewal": {"offsets": [1]}}, "x")
