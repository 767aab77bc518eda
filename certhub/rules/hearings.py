"""The record of a hearing, step by step: asked for in time, scheduled, held, decided (M.G.L. c.30A; 801 CMR 1.00)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from certhub.rules.refusal import Refusal
from certhub.rules.terms import written
from certhub.rules.vocabulary import HearingOutcome, HearingStep

_S = HearingStep

STEP_LABELS = {
    _S.REQUESTED: "Asked for",
    _S.SCHEDULED: "Scheduled for",
    _S.HELD: "Held",
    _S.DECIDED: "Decided",
}
OUTCOME_LABELS = {
    HearingOutcome.UPHELD: "Upheld: it stays as it is",
    HearingOutcome.MODIFIED: "Modified: it is changed",
    HearingOutcome.REVERSED: "Reversed: it is set aside",
}


def sets_denial_aside(outcome: HearingOutcome | None) -> bool:
    """Whether a denial falls, so that DPH decides anew: reversed, or modified into a grant under conditions."""
    return outcome in (HearingOutcome.MODIFIED, HearingOutcome.REVERSED)


def require_conditions(outcome: HearingOutcome | None, conditions: str) -> None:
    """Refuse an approval that says nothing of the conditions under which a hearing allows it."""
    if outcome is HearingOutcome.MODIFIED and not conditions.strip():
        raise Refusal(
            "The hearing allows an approval under conditions only. Name them: they are recorded with the approval.",
            field="conditions",
        )


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step of a hearing with its day; for a scheduled hearing the day that it is planned for."""

    step: HearingStep
    on: date


def next_steps(taken: Sequence[StepTaken]) -> tuple[HearingStep, ...]:
    """What can be recorded next; a hearing that was scheduled can be put on another day."""
    done = {one.step for one in taken}
    if _S.DECIDED in done:
        return ()
    if _S.HELD in done:
        return (_S.DECIDED,)
    if _S.SCHEDULED in done:
        return (_S.HELD, _S.SCHEDULED)
    return (_S.SCHEDULED,) if _S.REQUESTED in done else (_S.REQUESTED,)


def require_step(
    taken: Sequence[StepTaken],
    step: HearingStep,
    on: date,
    *,
    asked_by: str,
    outcome: HearingOutcome | None,
    issued_on: date,
    appeal_until: date,
    today: date,
) -> None:
    """Refuse a step that does not come next, or whose day cannot be."""
    if step not in next_steps(taken):
        raise Refusal("This step does not come next. Open the notice again and look at what is recorded.", field="step")
    if step is not _S.SCHEDULED and on > today:
        raise Refusal("This day is in the future. Record it when it has come.", field="on")
    earliest = max((one.on for one in taken if one.step is not _S.SCHEDULED), default=issued_on)
    if on < earliest:
        raise Refusal(f"This cannot come before {written(earliest)}.", field="on")
    if step is _S.REQUESTED:
        if on > appeal_until:
            raise Refusal(
                f"A hearing could be asked for until {written(appeal_until)}. A later request is not taken.", field="on"
            )
        if not asked_by:
            raise Refusal("Say who asked for the hearing.", field="asked_by")
    if step is _S.DECIDED and outcome is None:
        raise Refusal("Say what came of the hearing.", field="outcome")
    if step is not _S.DECIDED and outcome is not None:
        raise Refusal("There is an outcome only when the hearing is decided.", field="outcome")
