"""What DPH owes a holder when it acts: which notice, which hearing, and in which steps the hearing goes."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import date

import pytest

from certhub.rules.due_process import (
    Deficiency,
    EndFacts,
    NoticeFacts,
    allows_practice,
    deficiency_text,
    denial_text,
    end_text,
    has_hearing,
    has_notice,
    notice_number,
    notice_text,
    notice_title,
    practice_words,
)
from certhub.rules.hearings import StepTaken, next_steps, require_conditions, require_step, sets_denial_aside
from certhub.rules.refusal import Refusal
from certhub.rules.terms import Explained
from certhub.rules.vocabulary import CredentialStatus, HearingOutcome, HearingStep, StatusEventKind, SubjectType

K, S = StatusEventKind, HearingStep
UNTIL = date(2026, 5, 22)


@pytest.mark.parametrize(
    ("kind", "practice", "notice", "hearing"),
    [
        (K.PROBATION, True, True, True),
        (K.ND_CONDITION, True, True, True),
        (K.ND_RESTRICTION, False, True, True),
        (K.SUSPENDED, False, True, True),
        (K.SUMMARY_SUSPENSION, False, True, True),
        (K.REVOKED, False, True, True),
        (K.SURRENDERED, False, True, False),
        (K.VOID, False, True, True),
        (K.DECEASED, False, False, False),
        (K.RETIRED, False, True, False),
    ],
)
def test_each_action_says_whether_practice_goes_on_and_what_the_holder_can_do(
    kind: StatusEventKind, practice: bool, notice: bool, hearing: bool
) -> None:
    assert (allows_practice(kind), has_notice(kind), has_hearing(kind)) == (practice, notice, hearing)


@pytest.mark.parametrize(("subject", "verb"), [(SubjectType.COORDINATOR, "practice"), (SubjectType.VENDOR, "work")])
@pytest.mark.parametrize("kind", [kind for kind in K if has_notice(kind)])
def test_a_notice_says_what_from_when_why_and_how_to_ask_for_a_hearing(
    kind: StatusEventKind, subject: SubjectType, verb: str
) -> None:
    until = UNTIL if has_hearing(kind) else None
    facts = NoticeFacts(
        subject, "Ana Ferreira", "CC-2026-000123-4", date(2026, 5, 1), None, "Late report.", "272 CMR 9.04", until
    )
    text = notice_text(kind, facts)
    for said in ("Ana Ferreira", "CC-2026-000123-4", "May 1, 2026", "Late report.", "272 CMR 9.04"):
        assert said in text
    assert text.split("\n\n") == [paragraph.strip() for paragraph in text.split("\n\n") if paragraph]
    assert ("May 22, 2026" in text and "M.G.L. c.30A and 801 CMR 1.00" in text) is has_hearing(kind)
    assert (f"You may not {verb} under this certification from that day." in text) is not allows_practice(kind)
    ending = notice_text(kind, replace(facts, ends_on=date(2026, 6, 1)))
    assert (f"You may not {verb} under this certification during that time." in ending) is not allows_practice(kind)


def test_a_denial_says_why_and_how_to_ask_for_a_hearing() -> None:
    text = denial_text("Ana Ferreira", "initial application under CC-CORE", "No references.", UNTIL)
    for said in ("denied your initial application under CC-CORE", "No references.", "May 22, 2026"):
        assert said in text


def test_a_notice_of_what_is_missing_lists_each_thing_and_says_that_it_is_no_denial() -> None:
    text = deficiency_text(
        "Ana Ferreira",
        "initial application",
        standard="CC-CORE, version 2",
        lacks=[
            Deficiency("CC-04", "References", "272 CMR 4.03", "The third form is not signed."),
            Deficiency("CC-06", "First aid", "272 CMR 4.05", "The card is missing."),
        ],
        closes=Explained(date(2027, 5, 2), "365 days after it came to the applicant on May 1, 2026"),
    )
    for said in (
        "held to CC-CORE, version 2",
        "1. CC-04 References (272 CMR 4.03)\nWhat is missing: The third form is not signed.",
        "2. CC-06 First aid (272 CMR 4.05)\nWhat is missing: The card is missing.",
        "it closes on May 2, 2027: 365 days after",
        "This is not a denial",
    ):
        assert said in text


def test_a_notice_is_cited_by_its_year_and_its_place() -> None:
    assert notice_number(date(2026, 5, 1), 12) == "N-2026-00012"


ASKED = StepTaken(S.REQUESTED, date(2026, 5, 10))
PLANNED = StepTaken(S.SCHEDULED, date(2026, 6, 20))
HELD = StepTaken(S.HELD, date(2026, 6, 20))
DECIDED = StepTaken(S.DECIDED, date(2026, 7, 1))


@pytest.mark.parametrize(
    ("taken", "following"),
    [
        ([], (S.REQUESTED,)),
        ([ASKED], (S.SCHEDULED,)),
        ([ASKED, PLANNED], (S.HELD, S.SCHEDULED)),
        ([ASKED, PLANNED, HELD], (S.DECIDED,)),
        ([ASKED, PLANNED, HELD, DECIDED], ()),
    ],
)
def test_a_hearing_goes_step_by_step(taken: list[StepTaken], following: tuple[HearingStep, ...]) -> None:
    assert next_steps(taken) == following


@pytest.mark.parametrize(
    ("taken", "step", "on", "asked_by", "outcome", "refusal"),
    [
        ([], S.REQUESTED, date(2026, 5, 22), "The holder", None, None),
        ([], S.REQUESTED, date(2026, 5, 1), "The holder", None, None),
        ([], S.REQUESTED, date(2026, 5, 23), "The holder", None, "could be asked for until May 22, 2026"),
        ([], S.REQUESTED, date(2026, 4, 30), "The holder", None, "cannot come before May 1, 2026"),
        ([], S.REQUESTED, date(2026, 5, 10), "", None, "Say who asked"),
        ([], S.HELD, date(2026, 5, 10), "", None, "does not come next"),
        ([ASKED], S.SCHEDULED, date(2026, 12, 1), "", None, None),
        ([ASKED], S.SCHEDULED, date(2026, 5, 9), "", None, "cannot come before May 10, 2026"),
        ([ASKED, PLANNED], S.SCHEDULED, date(2026, 6, 1), "", None, None),
        ([ASKED, PLANNED], S.HELD, date(2026, 7, 3), "", None, "in the future"),
        ([ASKED, PLANNED], S.HELD, date(2026, 6, 1), "", None, None),
        ([ASKED, PLANNED], S.HELD, date(2026, 7, 2), "", None, None),
        ([ASKED, PLANNED, HELD], S.DECIDED, date(2026, 7, 1), "", HearingOutcome.UPHELD, None),
        ([ASKED, PLANNED, HELD], S.DECIDED, date(2026, 7, 1), "", None, "what came of the hearing"),
        ([ASKED, PLANNED, HELD], S.DECIDED, date(2026, 6, 19), "", HearingOutcome.UPHELD, "cannot come before June 20"),
        ([ASKED, PLANNED], S.HELD, date(2026, 6, 20), "", HearingOutcome.UPHELD, "only when the hearing is decided"),
        ([ASKED, PLANNED, HELD, DECIDED], S.DECIDED, date(2026, 7, 2), "", HearingOutcome.UPHELD, "does not come next"),
    ],
)
def test_a_step_that_cannot_be_is_refused(
    *,
    taken: list[StepTaken],
    step: HearingStep,
    on: date,
    asked_by: str,
    outcome: HearingOutcome | None,
    refusal: str | None,
) -> None:
    def required() -> None:
        require_step(
            taken, step, on, asked_by=asked_by, outcome=outcome, issued_on=date(2026, 5, 1),
            appeal_until=UNTIL, today=date(2026, 7, 2),
        )  # fmt: skip

    if refusal is None:
        required()
    else:
        with pytest.raises(Refusal, match=refusal):
            required()


@pytest.mark.parametrize(
    ("kind", "after", "said"),
    [
        (K.SUSPENDED, CredentialStatus.CURRENT, "You may practice under this certification from that day."),
        (K.SUSPENDED, CredentialStatus.PROBATION, "You may practice under this certification from that day."),
        (K.SUSPENDED, CredentialStatus.EXPIRED, "You may not practice under this certification from that day either."),
        (K.PROBATION, CredentialStatus.CURRENT, "You may practice under this certification from that day."),
        (K.PROBATION, CredentialStatus.REVOKED, "You may not practice under this certification from that day."),
        (K.REVOKED, CredentialStatus.CURRENT, "You may practice under this certification from that day."),
    ],
)
def test_the_notice_of_an_end_says_from_when_and_whether_practice_goes_on(
    kind: StatusEventKind, after: CredentialStatus, said: str
) -> None:
    facts = EndFacts(
        SubjectType.COORDINATOR, "Ana Ferreira", "CC-2026-000123-4", date(2026, 6, 30), date(2026, 7, 1), after,
        "It was met.",
    )  # fmt: skip
    text = end_text(kind, facts)
    for words in ("Ana Ferreira", "CC-2026-000123-4", "June 30, 2026", "From July 1, 2026", "Reason: It was met."):
        assert words in text
    assert said in text.split("\n\n")
    assert said.replace("practice", "work") in end_text(kind, replace(facts, subject=SubjectType.PRACTICE))


def test_the_title_of_a_notice_tells_a_beginning_from_an_end() -> None:
    assert notice_title(K.SUSPENDED, ends=False, denies=False) == "Suspended"
    assert notice_title(K.SUSPENDED, ends=True, denies=False) == 'End of the status "Suspended"'
    assert notice_title(None, ends=False, denies=True) == "Denial"
    assert notice_title(None, ends=False, denies=False) == "What is missing"
    assert practice_words(allowed=True, ends=False) == "Allowed, under the conditions"
    assert practice_words(allowed=True, ends=True) == "Allowed"
    assert practice_words(allowed=False, ends=True) == "Not allowed"


@pytest.mark.parametrize(
    ("outcome", "falls", "asks_for_conditions"),
    [
        (None, False, False),
        (HearingOutcome.UPHELD, False, False),
        (HearingOutcome.REVERSED, True, False),
        (HearingOutcome.MODIFIED, True, True),
    ],
)
def test_a_denial_that_is_modified_falls_and_its_approval_names_conditions(
    outcome: HearingOutcome | None, *, falls: bool, asks_for_conditions: bool
) -> None:
    assert sets_denial_aside(outcome) is falls
    require_conditions(outcome, "Monthly supervision.")
    with pytest.raises(Refusal, match="Name them") if asks_for_conditions else nullcontext():
        require_conditions(outcome, "  ")
