"""What falls due soon beside what has a story of its own, so that each kind of due date can be seen."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.demo import actions, contracts
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.due_process import ActionNotice
from certhub.queries import contract_oversight as oversight_now
from certhub.queries import training_hours
from certhub.queries.training_hours import HoursFilters
from certhub.rules.contract_oversight import InsuranceKind
from certhub.rules.permissions import OPERATOR
from certhub.rules.terms import fixed_due_date
from certhub.rules.training_pace import LOOKED_AT_DAYS
from certhub.rules.vocabulary import HearingStep
from certhub.services import contract_oversight, notices, training_pace
from certhub.services.contract_oversight import PolicyText

ASKED_TO_ANSWER = "pioneer"
"""The vendor that has to answer a corrective action, and whose financial report is missing once it is due."""
INSURED_TO = "charles"
"""The vendor one of whose insurances ends soon."""
_ASKED = timedelta(days=10)


def asked_for(office: Office) -> Story[None]:
    """A corrective action that waits for its answer, and an insurance that ends soon."""
    at = moment(office_day(office.today - _ASKED), 240)
    yield at
    on, admin = clock.civil_date(at), office.administrator
    contract_oversight.open_plan(
        contracts.of(office, ASKED_TO_ANSWER), finding="The language plan names nobody who speaks Khmer (VO-11).",
        opened_on=on, actor=admin, at=at,
    )  # fmt: skip
    given = PolicyText(
        InsuranceKind.CYBER, "Commonwealth Mutual", f"CY-{on.year}", 1_000_000_00, on - timedelta(days=330),
        office.today + timedelta(days=35),
    )  # fmt: skip
    contract_oversight.record_policy(contracts.of(office, INSURED_TO), given, actor=admin, at=at)


def reported(office: Office) -> Story[None]:
    """The financial reports that have fallen due came in on time, but for one."""
    ended = _last_year_ended(office.today)
    due_on = fixed_due_date(ended).on
    at = moment(office_day(due_on - timedelta(days=8)), 235)
    yield at
    for key, contract in office.contracts.items():
        if key != ASKED_TO_ANSWER and oversight_now.report_filed(contract.vendor_id, ended) is None:
            contract_oversight.record_financial_report(
                contract, year_ended_on=ended, filed_on=clock.civil_date(at), actor=office.administrator, at=at
            )


def _last_year_ended(today: date) -> date:
    """The last fiscal year of the state whose report has fallen due."""
    ended = date(today.year, 6, 30)
    return ended if fixed_due_date(ended).on < today else date(today.year - 1, 6, 30)


def hearing_ahead(office: Office) -> Story[None]:
    """The hearing that the person on probation asked for is ahead."""
    for step, days, on in ((HearingStep.REQUESTED, 50, -50), (HearingStep.SCHEDULED, 20, 12)):
        at = moment(office_day(office.today - timedelta(days=days)), 75)
        yield at
        notice = db.session.scalars(
            select(ActionNotice)
            .where(ActionNotice.party_id == office.coordinators[actions.ON_PROBATION].id)
            .order_by(ActionNotice.id.desc())
        ).first()
        if notice is None:
            raise ValueError("a probation has a notice")
        day = clock.civil_date(at) if on < 0 else office_day(office.today + timedelta(days=on))
        notices.record_step(
            notice, step, on=day, asked_by=notice.party_name if on < 0 else "", base_url=office.press.base_url,
            actor=office.administrator, at=at,
        )  # fmt: skip


def behind_pace(office: Office, *, at: datetime) -> int:
    """Look whose hours are behind, as the job of each morning does; how many are."""
    people = training_hours.whole(OPERATOR, HoursFilters(ends_within=LOOKED_AT_DAYS), as_of=office.today)
    return training_pace.note(people, as_of=office.today, at=at)
