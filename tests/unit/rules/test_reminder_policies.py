"""Reminder policies are data; a mistake in them is one line that says what and where."""

import contextlib
import copy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from certhub.rules.reminder_policies import (
    Audience,
    Bundling,
    Channel,
    DayCount,
    ObligationKind,
    PolicyError,
    parse_policies,
    parse_policy,
    to_raw,
)
from certhub.rules.reminders import step_day
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
    assert credential.recipients[Audience.DPH] == (0, -1)
    assert policies[ObligationKind.DOCUMENT_RENEWAL].offsets == (60, 30, 7, 0)


@pytest.mark.parametrize(
    ("kind", "offsets"),
    [
        (ObligationKind.CREDENTIAL_RENEWAL, (180, 90, 60, 30, 14, 7, 1, 0, -1, -15, -30)),
        (ObligationKind.LICENCE_RENEWAL, (90, 30, 7, 0)),
        (ObligationKind.CONTRACT_END, (180, 120, 90, 60, 30)),
        (ObligationKind.CONTRACT_OPTION, (180, 120, 90, 60, 30)),
        (ObligationKind.FINANCIAL_REPORT, (60, 30, 7, 0, -1)),
        (ObligationKind.PAYER_INSTALMENT, (30, 7, 0, -1, -15)),
        (ObligationKind.CORRECTIVE_MILESTONE, (14, 3, 0, -1)),
    ],
)
def test_the_steps_that_the_field_names_are_those_that_are_shipped(
    kind: ObligationKind, offsets: tuple[int, ...]
) -> None:
    """In days before the due date, as the program's schedule has them; a minus is after it."""
    policy = shipped_policies()[kind]
    assert (policy.offsets, policy.counted_in, policy.is_on) == (offsets, DayCount.CALENDAR, True)


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
        ("open_days", 0, "open_days ends before the last reminder, which can go out 4 days after the due date"),
        ("recipients", {}, "recipients must name at least one of"),
        ("recipients", {"neighbour": "every step"}, "recipients: neighbour is not one of"),
        ("recipients", {"former_employer": "every step"}, "recipients: former_employer is not one of"),
        ("recipients", {"dph": [5]}, "recipients.dph: step 5 is not among the offsets"),
        ("recipients", {"dph": "from 5"}, "recipients.dph: step 5 is not among the offsets"),
        ("recipients", {"dph": "from late"}, "recipients.dph must be a list of whole numbers"),
        ("counted_in", "weeks", "counted_in must be one of calendar_days, business_days"),
        ("channel", "pigeon", "channel must be one of mail"),
        ("bundling", True, "bundling must be one of digest, single"),
        ("text", "two\nlines", "text must be one line of at most 300 characters"),
        ("text", 5, "text must be one line"),
        ("may_opt_out", 0, "may_opt_out must be true or false"),
        ("is_on", "no", "is_on must be true or false"),
        ("offsets", list(range(20, 0, -1)), "offsets must be at most 16 steps"),
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
    with pytest.raises(PolicyError, match="must have business_days, offsets, open_days, recipients"):
        parse_policies({**GOOD, "licence_renewal": {"offsets": [1]}}, "x")
    with pytest.raises(PolicyError, match=r"\[licence_renewal\] colour is not known"):
        parse_policies({**GOOD, "licence_renewal": {**GOOD["licence_renewal"], "colour": "red"}}, "x")


def test_business_days_are_counted_for_what_is_urgent_only() -> None:
    raw = {**GOOD["licence_renewal"], "counted_in": "business_days"}
    policy = parse_policy(ObligationKind.LICENCE_RENEWAL, raw, "x")
    assert (policy.counted_in, policy.offsets) == (DayCount.BUSINESS, (30, 7, 0, -1))
    with pytest.raises(PolicyError, match="from -60 to 60"):
        parse_policy(ObligationKind.LICENCE_RENEWAL, {**raw, "offsets": [90]}, "x")
    with pytest.raises(PolicyError, match="from 0 to 120"):
        parse_policy(ObligationKind.LICENCE_RENEWAL, {**raw, "open_days": 180}, "x")


def test_a_matter_is_escalated_from_the_coordinator_to_hr_and_to_dph() -> None:
    raw = {**GOOD["licence_renewal"], "recipients": {"holder": "every step", "employer": "from 7", "dph": "from -1"}}
    policy = parse_policy(ObligationKind.LICENCE_RENEWAL, raw, "x")
    assert policy.recipients == {Audience.HOLDER: (30, 7, 0, -1), Audience.EMPLOYER: (7, 0, -1), Audience.DPH: (-1,)}


def test_what_is_not_said_is_the_closed_choice() -> None:
    policy = parse_policy(ObligationKind.LICENCE_RENEWAL, GOOD["licence_renewal"], "x")
    assert (policy.counted_in, policy.channel, policy.bundling) == (DayCount.CALENDAR, Channel.MAIL, Bundling.DIGEST)
    assert (policy.text, policy.may_opt_out, policy.is_on) == ("", False, True)


def test_nobody_can_opt_out_of_a_date_that_has_a_consequence() -> None:
    courtesies = {kind for kind, policy in shipped_policies().items() if policy.may_opt_out}
    assert ObligationKind.LICENCE_RECHECK in courtesies
    assert not courtesies & {
        ObligationKind.CREDENTIAL_RENEWAL, ObligationKind.LICENCE_RENEWAL, ObligationKind.DOCUMENT_RENEWAL,
        ObligationKind.BACKGROUND_RECHECK, ObligationKind.CE_PROOF, ObligationKind.ATTEST_ANEW,
    }  # fmt: skip


@pytest.mark.parametrize("counted_in", DayCount)
@pytest.mark.parametrize("last", [5, 1, 0, -1, -15, -30])
def test_what_can_be_chosen_keeps_a_date_open_until_its_last_step_went_out(last: int, counted_in: DayCount) -> None:
    """Also where a weekend and a holiday move that step: the shortest time that is accepted, over ten years."""
    raw = {
        **GOOD["licence_renewal"], "offsets": [last], "recipients": {"dph": [last]}, "counted_in": counted_in.value,
    }  # fmt: skip

    def accepted(open_days: int) -> bool:
        with contextlib.suppress(PolicyError):
            return bool(parse_policy(ObligationKind.LICENCE_RENEWAL, {**raw, "open_days": open_days}, "x"))
        return False

    shortest = next(days for days in range(100) if accepted(days))
    for number in range(3653):
        due_on = date(2026, 1, 1) + timedelta(days=number)
        went = step_day(due_on, last, on_business_days=True, counted_in=counted_in)
        assert (went - due_on).days <= shortest, due_on


def test_who_hears_from_a_step_on_hears_of_the_steps_that_are_added_later() -> None:
    recipients = {"holder": "every step", "employer": [7, 0, -1], "dph": "from 0"}
    policy = parse_policy(ObligationKind.LICENCE_RENEWAL, {**GOOD["licence_renewal"], "recipients": recipients}, "x")
    kept = to_raw(policy)
    assert kept["recipients"] == recipients
    longer = parse_policy(ObligationKind.LICENCE_RENEWAL, {**kept, "offsets": [30, 7, 0, -1, -7]}, "x")
    assert longer.recipients[Audience.DPH] == (0, -1, -7)
    assert longer.recipients[Audience.EMPLOYER] == (7, 0, -1)
    listed = replace(policy, recipients={Audience.HOLDER: (30,), Audience.DPH: (0, -1)})
    assert to_raw(listed)["recipients"] == {"holder": [30], "dph": "from 0"}


@pytest.mark.parametrize("kind", ObligationKind)
def test_a_policy_survives_being_kept_as_data(kind: ObligationKind) -> None:
    policy = shipped_policies()[kind]
    assert parse_policy(kind, to_raw(policy), "x") == policy
