"""The ladder of a policy: every label in its words, and no dot under a label."""

import pytest

from certhub.rules.reminder_policies import Policy
from certhub.services.obligations import shipped_policies
from certhub.web.policy_drawing import ladder_of


@pytest.mark.parametrize("policy", shipped_policies().values(), ids=lambda policy: policy.kind.value)
def test_labels_keep_their_capital_letters_and_end_before_the_first_dot(policy: Policy) -> None:
    ladder = ladder_of(policy, "A policy")
    for line in ladder.lines:
        assert not line.label.startswith(("Hr", "Dph"))
        assert len(line.label) * 8 < min(line.dots)
        assert max(line.dots) < ladder.width
