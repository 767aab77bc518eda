"""What can be handed in between applications, by when DPH looks at it, and what it can say of it."""

from datetime import date

import pytest

from certhub.rules.refusal import Refusal
from certhub.rules.submittals import (
    SubmittalState,
    due_on,
    goes_into,
    may_be_handed_in,
    require_waiting,
    require_word,
    state_of,
)
from certhub.rules.vocabulary import ApplicationKind, Severity, Stage, Verdict
from certhub.services.standards import shipped
from tests.unit.rules.requirement_builders import K, requirement

WAITING, ACCEPTED, RETURNED, TAKEN_BACK = SubmittalState


@pytest.mark.parametrize(
    ("standard", "codes"),
    [
        (
            "VO-CORE",
            {"VO-01", "VO-02", "VO-03", "VO-04", "VO-06", "VO-07", "VO-08", "VO-11", "VO-13", "VO-14", "VO-16"},
        ),
        ("PR-CORE", {"PR-02", "PR-04", "PR-05", "PR-10", "PR-11"}),
    ],
)
def test_what_runs_out_or_comes_again_is_handed_in_alone(standard: str, codes: set[str]) -> None:
    """Neither what is signed, nor what others give, nor what CertHub computes or DPH looks up itself."""
    [found] = [one for one in shipped() if one.code == standard]
    alone = {one.code for one in found.requirements if may_be_handed_in(one)}
    assert codes <= alone
    others = {one.kind for one in found.requirements if one.code not in alone}
    assert others >= {K.REGISTRY_CLEAR, K.AGREEMENT} if standard == "VO-CORE" else others >= {K.ATTESTATION, K.REVIEW}


DOCUMENT = {"types": ["w9"]}


@pytest.mark.parametrize(
    ("stages", "severity", "kind", "belongs"),
    [
        ({Stage.RENEWAL}, Severity.MAJOR, None, False),
        ({Stage.RENEWAL}, Severity.MAJOR, ApplicationKind.RENEWAL, True),
        ({Stage.LATE}, Severity.MAJOR, ApplicationKind.RENEWAL, True),
        ({Stage.RENEWAL}, Severity.MAJOR, ApplicationKind.REINSTATEMENT, False),
        ({Stage.ONGOING}, Severity.MAJOR, ApplicationKind.RENEWAL, False),
        ({Stage.ONGOING}, Severity.CRITICAL, ApplicationKind.RENEWAL, True),
    ],
)
def test_what_decides_on_an_open_application_goes_into_it(
    stages: set[Stage], severity: Severity, kind: ApplicationKind | None, belongs: bool
) -> None:
    asked = requirement(K.DOCUMENT, DOCUMENT, stages=frozenset(stages), severity=severity)
    assert goes_into(asked, kind) is belongs


@pytest.mark.parametrize(
    ("handed_in_on", "due"),
    [
        (date(2026, 6, 1), date(2026, 6, 8)),
        (date(2026, 6, 5), date(2026, 6, 12)),  # a Friday
        (date(2026, 5, 21), date(2026, 5, 29)),  # Memorial Day is no business day
    ],
)
def test_dph_looks_within_five_business_days(handed_in_on: date, due: date) -> None:
    assert due_on(handed_in_on) == due


@pytest.mark.parametrize(
    ("verdict", "taken_back", "state"),
    [
        (None, False, WAITING),
        (Verdict.ACCEPTED, False, ACCEPTED),
        (Verdict.RETURNED, False, RETURNED),
        (None, True, TAKEN_BACK),
    ],
)
def test_how_it_stands(verdict: Verdict | None, taken_back: bool, state: SubmittalState) -> None:
    assert state_of(verdict, taken_back=taken_back) is state


@pytest.mark.parametrize(
    ("verdict", "reason", "state", "words", "said"),
    [
        (Verdict.ACCEPTED, "", WAITING, (None, None), None),
        (Verdict.RETURNED, "Page 2 is missing.", WAITING, (None, None), None),
        (Verdict.RETURNED, "It is another company.", ACCEPTED, (7, 7), None),
        (Verdict.ACCEPTED, "", RETURNED, (7, 7), None),
        (Verdict.RETURNED, " ", WAITING, (None, None), "Say why"),
        (Verdict.WAIVED, "Because", WAITING, (None, None), "Accept it or send it back"),
        (Verdict.ACCEPTED, "", ACCEPTED, (7, 7), "Nothing was changed"),
        (Verdict.ACCEPTED, "", RETURNED, (None, 7), "Somebody else has looked at it"),
        (Verdict.RETURNED, "Because", RETURNED, (7, 8), "Somebody else has looked at it"),
        (Verdict.ACCEPTED, "", TAKEN_BACK, (None, None), "taken back"),
    ],
)
def test_what_a_reviewer_can_say(
    verdict: Verdict, reason: str, state: SubmittalState, words: tuple[int | None, int | None], said: str | None
) -> None:
    shown, standing = words
    if said is None:
        require_word(verdict, reason, state=state, shown=shown, standing=standing)
        return
    with pytest.raises(Refusal, match=said):
        require_word(verdict, reason, state=state, shown=shown, standing=standing)


@pytest.mark.parametrize("state", SubmittalState)
def test_only_what_nobody_has_looked_at_can_be_taken_back(state: SubmittalState) -> None:
    if state is WAITING:
        require_waiting(state)
        return
    with pytest.raises(Refusal, match="taken back already" if state is TAKEN_BACK else "stays on file"):
        require_waiting(state)
