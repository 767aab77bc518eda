"""Contracts: their last day, and the day by which the options that are left are looked at."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, extract, func, or_, select
from sqlalchemy.orm import aliased

from certhub.models.contracts import Contract, ContractAmendment, ContractStep
from certhub.models.messages import Obligation
from certhub.queries.contracts import last_day_sql, taken
from certhub.queries.obligation_sources.days import due_days, every_day
from certhub.queries.obligation_sources.source import (
    Address,
    DueItem,
    Falling,
    Source,
    falling,
    of_subject,
    reasons,
)
from certhub.rules.contract_amendments import AmendmentKind
from certhub.rules.contracts import ENDING, OPTION_REVIEW_MONTHS, StepKind, option_deadline
from certhub.rules.due_words import DueWords
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.terms import add_months

CONTINUED = "another contract continues it"
CLOSED_OUT = "the contract was closed out"
TERMINATED = "the contract was terminated"
ON_ITS_WAY = "an amendment of the last day is on its way"

_AHEAD = timedelta(days=366)
"""So far ahead options are looked for: the first reminder goes out half a year before the day on which they are due."""
_SHORTEST_MONTH = 28


def _goes_on() -> ColumnElement[bool]:
    """Condition on contracts: executed, and neither continued by another one, closed out nor terminated."""
    return and_(Contract.executed_at.is_not(None), ~_continued(), ~taken(StepKind.CLOSED_OUT), ~_terminated())


def _continued() -> ColumnElement[bool]:
    after = aliased(Contract)
    return exists().where(after.continues_id == Contract.id, after.executed_at.is_not(None))


def _terminated() -> ColumnElement[bool]:
    return or_(*(taken(kind, unless_followed_by=StepKind.TERMINATION_TAKEN_BACK) for kind in ENDING))


def _ending(_day: date, floor: date) -> Falling:
    return falling(Contract.id, Contract.vendor_id, last_day_sql()).where(_goes_on(), last_day_sql() >= floor)


def _its(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(Contract.id).where(Contract.id == Obligation.subject_id, condition).correlate(Obligation).exists()


def _ended(_day: date) -> ColumnElement[str | None]:
    return reasons(
        (_its(_continued()), CONTINUED),
        (_its(taken(StepKind.CLOSED_OUT)), CLOSED_OUT),
        (_its(_terminated()), TERMINATED),
        (_its(last_day_sql() > Obligation.due_on), "the contract goes on"),
        (_its(last_day_sql() < Obligation.due_on), "the contract ends earlier"),
    )


def _changing(_day: date) -> ColumnElement[str | None]:
    """An amendment that moves the last day was drafted and is neither executed nor withdrawn."""
    draft = exists().where(
        ContractAmendment.contract_id == Obligation.subject_id,
        ContractAmendment.new_ends_on.is_not(None),
        ContractAmendment.executed_at.is_(None),
        ContractAmendment.withdrawn_at.is_(None),
    )
    return reasons((draft, ON_ITS_WAY))


def _options_left() -> ColumnElement[bool]:
    used = (
        select(func.count())
        .where(
            ContractAmendment.contract_id == Contract.id,
            ContractAmendment.kind == AmendmentKind.OPTION,
            ContractAmendment.executed_at.is_not(None),
        )
        .correlate(Contract)
        .scalar_subquery()
    )
    reaches = or_(Contract.procurement_ends_on.is_(None), Contract.procurement_ends_on > last_day_sql())
    return and_(Contract.option_count > used, reaches)


def _options(day: date, floor: date) -> Falling:
    """The rule says the day for each last day; SQL has no months that end as ours do."""
    last_days = every_day(floor, add_months(day + _AHEAD, OPTION_REVIEW_MONTHS))
    known = due_days("option_days", ((one, option_deadline(one).on, one) for one in last_days))
    return (
        falling(Contract.id, Contract.vendor_id, known.c.due_on)
        .select_from(Contract)
        .join(known, known.c.day == last_day_sql())
        .where(_goes_on(), _options_left(), ~_declined(), known.c.due_on >= floor)
    )


def _looked_at(_day: date) -> ColumnElement[str | None]:
    return reasons(
        (_its(_continued()), CONTINUED),
        (_its(taken(StepKind.CLOSED_OUT)), CLOSED_OUT),
        (_its(_terminated()), TERMINATED),
        (_its(_declined()), "DPH looked at the options and exercises none"),
        (_its(~_options_left()), "no option is left"),
        (_its(~_falls_six_months_later()), "the last day of the contract moved"),
    )


def _declined() -> ColumnElement[bool]:
    """Condition on contracts: DPH said that it exercises no option, and none was exercised since."""
    said, since = aliased(ContractStep), aliased(ContractAmendment)
    return exists().where(
        said.contract_id == Contract.id,
        said.kind == StepKind.OPTIONS_DECLINED,
        ~exists().where(
            since.contract_id == Contract.id,
            since.kind == AmendmentKind.OPTION,
            since.executed_at > said.recorded_at,
        ),
    )


def _falls_six_months_later() -> ColumnElement[bool]:
    """Condition on contracts: the last day is the one that the due day was counted from."""
    last, due = last_day_sql(), Obligation.due_on
    months = 12 * (extract("year", last) - extract("year", due)) + extract("month", last) - extract("month", due)
    same_day = extract("day", last) == extract("day", due)
    clipped = and_(extract("day", due) >= _SHORTEST_MONTH, extract("day", last) > extract("day", due))
    return and_(months == OPTION_REVIEW_MONTHS, or_(same_day, clipped))


def _page(item: DueItem) -> Address:
    return "contracts.show", {"contract_id": item.subject_id}


_CONCERNS = frozenset({Audience.ORGANIZATION, Audience.DPH, Audience.FUND})

SOURCES = (
    Source(
        kind=ObligationKind.CONTRACT_END,
        falls_due=_ending,
        settled=_ended,
        waits_because=_changing,
        what=lambda: of_subject(Contract.number, Contract.id),
        words=DueWords(
            noun="contract",
            ahead="Speak with DPH about what follows. An amendment must be signed by both before the last day.",
            past="The contract has ended. Work under it is not paid. Tell DPH which families need another coordinator.",
            for_office="Exercise an option, procure anew, or see that the work under the contract ends with it.",
            ends=True,
        ),
        page=_page,
        concerns=_CONCERNS,
    ),
    Source(
        kind=ObligationKind.CONTRACT_OPTION,
        falls_due=_options,
        rests_on=Contract,
        settled=_looked_at,
        waits_because=_changing,
        what=lambda: of_subject(Contract.number, Contract.id),
        words=DueWords(
            noun="look at the options of contract",
            ahead="DPH looks at the options that are left by this day. Tell DPH whether you want to go on.",
            past="The day to look at the options has passed. Ask DPH what follows when the contract ends.",
            for_office="Exercise an option by an amendment, or record that none is exercised and procure anew.",
        ),
        page=_page,
        concerns=_CONCERNS,
    ),
)
