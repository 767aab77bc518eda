"""A contract's life, from the draft to close-out, told by the days on which its steps were taken.

Sources: the Standard Contract Form and its instructions (Office of the Comptroller), the Commonwealth Terms and
Conditions for Human and Social Services, the amendments policy (signed by both before obligations are incurred, six
months' notice before the end) and M.G.L. c.29 s.29F (debarment).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.status import Tone
from certhub.rules.terms import ONE_DAY, Explained, add_months, written

EXPIRING_DAYS = 180
"""A contract is about to end from so many days before its last day (amendments policy: six months)."""

OPTION_REVIEW_MONTHS = 6
"""The options that are left are looked at so long before the last day (amendments policy)."""

CHECK_COUNTS_DAYS = 30
"""A debarment check counts for a signature on so many days after it (program default)."""


class ProcurementType(StrEnum):
    """How the contract was procured, by the boxes of the Standard Contract Form."""

    STATEWIDE_CONTRACT = "statewide_contract"
    COLLECTIVE_PURCHASE = "collective_purchase"
    DEPARTMENT_PROCUREMENT = "department_procurement"
    EMERGENCY_CONTRACT = "emergency_contract"
    CONTRACT_EMPLOYEE = "contract_employee"
    INTERIM_CONTRACT = "interim_contract"
    LEGISLATIVE_OR_OTHER = "legislative_or_other"


PROCUREMENT_LABELS: dict[ProcurementType, str] = {
    ProcurementType.STATEWIDE_CONTRACT: "Statewide contract",
    ProcurementType.COLLECTIVE_PURCHASE: "Collective purchase",
    ProcurementType.DEPARTMENT_PROCUREMENT: "Department procurement (815 CMR 2.00, 801 CMR 21.00)",
    ProcurementType.EMERGENCY_CONTRACT: "Emergency contract",
    ProcurementType.CONTRACT_EMPLOYEE: "Contract employee",
    ProcurementType.INTERIM_CONTRACT: "Interim contract",
    ProcurementType.LEGISLATIVE_OR_OTHER: "Legislative, legal or other",
}


class Compensation(StrEnum):
    """How the contractor is paid."""

    RATE = "rate"
    MAXIMUM_OBLIGATION = "maximum_obligation"


COMPENSATION_LABELS: dict[Compensation, str] = {
    Compensation.RATE: "Rate contract: approved rates, up to the amounts of each year",
    Compensation.MAXIMUM_OBLIGATION: "Maximum obligation: a total that is never passed",
}


class Terms(StrEnum):
    """Which general terms the contract is under."""

    COMMONWEALTH = "commonwealth"
    HUMAN_AND_SOCIAL_SERVICES = "human_and_social_services"


TERMS_LABELS: dict[Terms, str] = {
    Terms.HUMAN_AND_SOCIAL_SERVICES: "Commonwealth Terms and Conditions for Human and Social Services",
    Terms.COMMONWEALTH: "Commonwealth Terms and Conditions",
}


class StartRule(StrEnum):
    """From when the contractor may incur obligations, by the boxes of the Standard Contract Form."""

    SIGNATURES = "signatures"
    LATER_DATE = "later_date"
    EARLIER_DATE = "earlier_date"


START_LABELS: dict[StartRule, str] = {
    StartRule.SIGNATURES: "On the day of the last signature",
    StartRule.LATER_DATE: "On a day after the signatures",
    StartRule.EARLIER_DATE: "On a day before the signatures, with settlement and release for the days until then",
}


class StepKind(StrEnum):
    """What happens to a contract or an amendment on a day; never changed afterwards."""

    NEGOTIATED = "negotiated"
    SENT_FOR_SIGNATURE = "sent_for_signature"
    CONTRACTOR_SIGNED = "contractor_signed"
    DEPARTMENT_SIGNED = "department_signed"
    SECRETARIAT_APPROVED = "secretariat_approved"
    RECALLED = "recalled"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    TERMINATED_FOR_CAUSE = "terminated_for_cause"
    TERMINATED_WITHOUT_CAUSE = "terminated_without_cause"
    TERMINATION_TAKEN_BACK = "termination_taken_back"
    OPTIONS_DECLINED = "options_declined"
    CLOSED_OUT = "closed_out"


STEP_LABELS: dict[StepKind, str] = {
    StepKind.NEGOTIATED: "Negotiated",
    StepKind.SENT_FOR_SIGNATURE: "Sent to the contractor to sign",
    StepKind.CONTRACTOR_SIGNED: "Signed by the contractor",
    StepKind.DEPARTMENT_SIGNED: "Signed by the department",
    StepKind.SECRETARIAT_APPROVED: "Approved by the secretariat",
    StepKind.RECALLED: "Taken back to change it",
    StepKind.WITHDRAWN: "Withdrawn before it was executed",
    StepKind.SUSPENDED: "Suspended",
    StepKind.REINSTATED: "Suspension ended",
    StepKind.TERMINATED_FOR_CAUSE: "Terminated for cause",
    StepKind.TERMINATED_WITHOUT_CAUSE: "Terminated without cause",
    StepKind.TERMINATION_TAKEN_BACK: "Termination taken back",
    StepKind.OPTIONS_DECLINED: "Options looked at, and none exercised",
    StepKind.CLOSED_OUT: "Closed out",
}

SIGNING = (StepKind.CONTRACTOR_SIGNED, StepKind.DEPARTMENT_SIGNED, StepKind.SECRETARIAT_APPROVED)
"""The steps that execute a contract or an amendment, in their order."""

ENDING = (StepKind.TERMINATED_FOR_CAUSE, StepKind.TERMINATED_WITHOUT_CAUSE)


class ContractStage(StrEnum):
    """Where a contract stands on a day; derived from its steps and days, never stored."""

    DRAFT = "draft"
    NEGOTIATED = "negotiated"
    AWAITING_CONTRACTOR = "awaiting_contractor_signature"
    AWAITING_DEPARTMENT = "awaiting_department_signature"
    AWAITING_SECRETARIAT = "awaiting_secretariat_approval"
    WITHDRAWN = "withdrawn"
    EXECUTED = "executed"
    ACTIVE = "active"
    AMENDMENT_PENDING = "amendment_pending"
    EXPIRING = "expiring"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    RENEWED = "renewed"
    TERMINATED_FOR_CAUSE = "terminated_for_cause"
    TERMINATED_WITHOUT_CAUSE = "terminated_without_cause"
    CLOSED_OUT = "closed_out"


IN_FORCE = frozenset({ContractStage.ACTIVE, ContractStage.AMENDMENT_PENDING, ContractStage.EXPIRING})
"""The stages in which the contractor may act under the contract."""

ENDED = frozenset(
    {
        ContractStage.EXPIRED,
        ContractStage.RENEWED,
        ContractStage.TERMINATED_FOR_CAUSE,
        ContractStage.TERMINATED_WITHOUT_CAUSE,
        ContractStage.CLOSED_OUT,
    }
)
"""The stages of a contract that was executed and whose last day is over."""

CHANGEABLE = frozenset({ContractStage.DRAFT, ContractStage.NEGOTIATED})
"""The stages in which the words of the contract can still be changed."""


BEFORE_EXECUTION = CHANGEABLE | {
    ContractStage.AWAITING_CONTRACTOR,
    ContractStage.AWAITING_DEPARTMENT,
    ContractStage.AWAITING_SECRETARIAT,
}
"""The stages in which something can still be missing for the last signature."""


@dataclass(frozen=True, slots=True)
class StageLabel:
    """A stage in words, its meaning, and the colour of its tag."""

    label: str
    meaning: str
    tone: Tone


STAGE_LABELS: dict[ContractStage, StageLabel] = {
    ContractStage.DRAFT: StageLabel("Draft", "Being written; nothing counts yet.", "muted"),
    ContractStage.NEGOTIATED: StageLabel("Negotiated", "Agreed; not sent to be signed yet.", "muted"),
    ContractStage.AWAITING_CONTRACTOR: StageLabel(
        "Waits for the contractor", "Sent to the contractor to sign.", "info"
    ),
    ContractStage.AWAITING_DEPARTMENT: StageLabel("Waits for DPH", "Signed by the contractor, not yet by DPH.", "info"),
    ContractStage.AWAITING_SECRETARIAT: StageLabel(
        "Waits for the secretariat", "Signed by both; the secretariat must approve it.", "info"
    ),
    ContractStage.WITHDRAWN: StageLabel("Withdrawn", "Given up before it was executed.", "muted"),
    ContractStage.EXECUTED: StageLabel("Executed", "Signed by all; its first day is still to come.", "good"),
    ContractStage.ACTIVE: StageLabel("Active", "In force.", "good"),
    ContractStage.AMENDMENT_PENDING: StageLabel(
        "Active, amendment pending", "In force; an amendment is being signed.", "good"
    ),
    ContractStage.EXPIRING: StageLabel(
        "Active, ends soon", "In force, with 180 days or fewer to its last day.", "warning"
    ),
    ContractStage.SUSPENDED: StageLabel("Suspended", "No work under it until the suspension ends.", "danger"),
    ContractStage.EXPIRED: StageLabel("Ended", "Its last day is over.", "muted"),
    ContractStage.RENEWED: StageLabel("Renewed", "Its last day is over; a later contract continues it.", "muted"),
    ContractStage.TERMINATED_FOR_CAUSE: StageLabel(
        "Terminated for cause", "Ended early because of a breach.", "danger"
    ),
    ContractStage.TERMINATED_WITHOUT_CAUSE: StageLabel("Terminated", "Ended early, without cause.", "muted"),
    ContractStage.CLOSED_OUT: StageLabel("Closed out", "Ended, paid and closed.", "muted"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step and its day."""

    kind: StepKind
    on: date


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of a contract on the day in question.

    `steps` in the order in which they were recorded; `spans` the days on which it is in force, one after another;
    `begins_on` its first day once it is executed, whatever a suspension left of its days; `agreed_to_on` the last day
    that it and its executed amendments name; `amending` whether an amendment waits for signatures; `continued` whether
    a later contract continues it.
    """

    steps: tuple[Step, ...] = ()
    spans: tuple[Span, ...] = ()
    begins_on: date | None = None
    agreed_to_on: date | None = None
    needs_secretariat: bool = False
    amending: bool = False
    continued: bool = False

    @property
    def termination(self) -> Step | None:
        """The termination that stands: one that was taken back counts no more."""
        found: Step | None = None
        for step in self.steps:
            if step.kind in ENDING:
                found = step
            elif step.kind is StepKind.TERMINATION_TAKEN_BACK:
                found = None
        return found

    @property
    def ends_on(self) -> date | None:
        """The day on which it really ends: the day that was agreed, or that of an earlier termination."""
        days = [self.agreed_to_on, self.termination.on if self.termination else None]
        return min((day for day in days if day is not None), default=None)


def stage_on(life: Life, day: date) -> ContractStage:
    """Where the contract stands on `day`.

    A suspension that nobody ended runs out with the last day of the contract.
    """
    steps = [step for step in life.steps if step.on <= day]
    if any(step.kind is StepKind.CLOSED_OUT for step in steps):
        return ContractStage.CLOSED_OUT
    if life.termination is not None and life.termination.on < day:
        return ContractStage(life.termination.kind.value)
    if life.begins_on is None:
        return _stage_before_execution(steps, needs_secretariat=life.needs_secretariat)
    if any(_covers(span, day) for span in life.spans):
        return _stage_in_force(life, day)
    if is_suspended(steps) and (life.ends_on is None or day <= life.ends_on):
        return ContractStage.SUSPENDED
    if day < life.begins_on:
        return ContractStage.EXECUTED
    return ContractStage.RENEWED if life.continued else ContractStage.EXPIRED


def _stage_before_execution(steps: Iterable[Step], *, needs_secretariat: bool) -> ContractStage:
    stage = ContractStage.DRAFT
    for step in steps:
        if step.kind is StepKind.WITHDRAWN:
            return ContractStage.WITHDRAWN
        if step.kind in (StepKind.NEGOTIATED, StepKind.RECALLED):
            stage = ContractStage.NEGOTIATED
        elif step.kind is StepKind.SENT_FOR_SIGNATURE:
            stage = ContractStage.AWAITING_CONTRACTOR
        elif step.kind is StepKind.CONTRACTOR_SIGNED:
            stage = ContractStage.AWAITING_DEPARTMENT
        elif step.kind is StepKind.DEPARTMENT_SIGNED and needs_secretariat:
            stage = ContractStage.AWAITING_SECRETARIAT
    return stage


def _stage_in_force(life: Life, day: date) -> ContractStage:
    if life.amending:
        return ContractStage.AMENDMENT_PENDING
    last = life.spans[-1].to_on
    return ContractStage.EXPIRING if last is not None and (last - day).days <= EXPIRING_DAYS else ContractStage.ACTIVE


def is_suspended(steps: Iterable[Step]) -> bool:
    """Whether the last word on a suspension is that it began."""
    turns = [step.kind for step in steps if step.kind in (StepKind.SUSPENDED, StepKind.REINSTATED)]
    return bool(turns) and turns[-1] is StepKind.SUSPENDED


def _covers(span: Span, day: date) -> bool:
    return span.from_on <= day and (span.to_on is None or day <= span.to_on)


_NEXT: dict[ContractStage, tuple[StepKind, ...]] = {
    ContractStage.DRAFT: (StepKind.NEGOTIATED, StepKind.WITHDRAWN),
    ContractStage.NEGOTIATED: (StepKind.SENT_FOR_SIGNATURE, StepKind.WITHDRAWN),
    ContractStage.AWAITING_CONTRACTOR: (StepKind.CONTRACTOR_SIGNED, StepKind.RECALLED, StepKind.WITHDRAWN),
    ContractStage.AWAITING_DEPARTMENT: (StepKind.DEPARTMENT_SIGNED, StepKind.RECALLED, StepKind.WITHDRAWN),
    ContractStage.AWAITING_SECRETARIAT: (StepKind.SECRETARIAT_APPROVED, StepKind.RECALLED, StepKind.WITHDRAWN),
    ContractStage.EXECUTED: (*ENDING,),
    ContractStage.ACTIVE: (StepKind.SUSPENDED, *ENDING, StepKind.OPTIONS_DECLINED),
    ContractStage.AMENDMENT_PENDING: (StepKind.SUSPENDED, *ENDING, StepKind.OPTIONS_DECLINED),
    ContractStage.EXPIRING: (StepKind.SUSPENDED, *ENDING, StepKind.OPTIONS_DECLINED),
    ContractStage.SUSPENDED: (StepKind.REINSTATED, *ENDING),
    ContractStage.EXPIRED: (StepKind.CLOSED_OUT,),
    ContractStage.RENEWED: (StepKind.CLOSED_OUT,),
    ContractStage.TERMINATED_FOR_CAUSE: (StepKind.CLOSED_OUT,),
    ContractStage.TERMINATED_WITHOUT_CAUSE: (StepKind.CLOSED_OUT,),
}


def next_steps(stage: ContractStage, *, ends_early: bool = False) -> tuple[StepKind, ...]:
    """The steps that can come next, the usual one first; `ends_early` where a termination lies ahead."""
    found = _NEXT.get(stage, ())
    if not ends_early:
        return found
    return (*(kind for kind in found if kind not in ENDING), StepKind.TERMINATION_TAKEN_BACK)


def require_step(life: Life, kind: StepKind, *, on: date, today: date) -> None:
    """Refuse a step that does not come next, or on a day that cannot be right. Raises `Refusal`."""
    stage = stage_on(life, today)
    lies_ahead = life.termination is not None and stage not in ENDED
    if kind not in next_steps(stage, ends_early=lies_ahead):
        if kind in ENDING and lies_ahead:
            raise Refusal(
                "A termination is on file already. Take it back first, if the contract ends on another day.",
                field="kind",
            )
        raise Refusal(
            f"“{STEP_LABELS[kind]}” does not come next: it is “{STAGE_LABELS[stage].label}”. "
            "Open the contract again and look.",
            field="kind",
        )
    if kind in ENDING:
        _require_day_of_end(life, on)
    elif on > today:
        raise Refusal("This day is still to come. Record the step when it is taken.", field="happened_on")
    # A termination that lies ahead, or was taken back, is dated after the steps that follow it.
    counted = [step for step in life.steps if step.kind not in ENDING or (stage in ENDED and step == life.termination)]
    before = [step for step in counted if step.on > on]
    if before:
        last = before[-1]
        raise Refusal(
            f"“{STEP_LABELS[last.kind]}” is on file for {written(last.on)}. This step cannot come before it.",
            field="happened_on",
        )


def _require_day_of_end(life: Life, on: date) -> None:
    if life.agreed_to_on is not None and on > life.agreed_to_on:
        raise Refusal(
            f"The contract ends on {written(life.agreed_to_on)} by itself. A termination cannot be later.",
            field="happened_on",
        )


def signatures_of(steps: Sequence[Step]) -> list[Step]:
    """The signatures that stand: those after the last time that it was sent to be signed."""
    last = max(
        (place for place, step in enumerate(steps) if step.kind is StepKind.SENT_FOR_SIGNATURE), default=len(steps)
    )
    return [step for step in steps[last:] if step.kind in SIGNING]


def effective_date(
    signatures: Collection[Step], rule: StartRule, specified_on: date | None, *, what: str = "contract"
) -> Explained:
    """The first day on which a contract or an amendment counts.

    It is the latest of the signatures, the secretariat's approval and the day that is named in it (Commonwealth Terms
    and Conditions for Human and Social Services, s.1). A day before the signatures counts only with settlement and
    release.
    """
    last = max(signatures, key=lambda step: (step.on, SIGNING.index(step.kind)))
    signed = f"{STEP_LABELS[last.kind].lower()} on {written(last.on)}, the last that the {what} needed"
    if specified_on is not None and specified_on > last.on:
        return Explained(specified_on, f"the day that the {what} names; it was {signed}")
    if rule is StartRule.EARLIER_DATE and specified_on is not None and specified_on < last.on:
        return Explained(
            specified_on,
            f"the day that the {what} names, with settlement and release for the days before it was {signed}",
        )
    if specified_on is not None and specified_on != last.on:
        return Explained(last.on, f"{signed}, which is later than the {written(specified_on)} that it names")
    return Explained(last.on, signed)


def option_deadline(ends_on: date) -> Explained:
    """The day by which DPH looks at the options that are left."""
    return Explained(
        add_months(ends_on, -OPTION_REVIEW_MONTHS),
        f"{OPTION_REVIEW_MONTHS} months before the last day, {written(ends_on)} (amendments policy)",
    )


def option_end(ends_on: date, months: int) -> date:
    """The last day after one more option: as many months on, and at the end of the month where it ends there now."""
    if (ends_on + ONE_DAY).day == 1:
        return add_months(ends_on + ONE_DAY, months) - ONE_DAY
    return add_months(ends_on, months)


def check_counts(checked_on: date, signed_on: date) -> bool:
    """Whether a debarment check counts for a signature on a day."""
    return checked_on <= signed_on <= checked_on + timedelta(days=CHECK_COUNTS_DAYS)
