"""What DPH does beside deciding: a sample for the audit of training, a condition with its hearing, and letters."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.demo import commitments
from certhub.demo.evidence import PAPER
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.ce_audits import CeSelection
from certhub.models.certification import Credential
from certhub.models.standards import StandardSet
from certhub.rules.ce_audit import CeOutcome, due_on
from certhub.rules.terms import ONE_DAY
from certhub.rules.vocabulary import HearingOutcome, HearingStep, StatusEventKind, SubjectType
from certhub.services import ce_audits, exposure_letters, files, notices, status_events

SEED = "Numbers drawn by the lottery 04-17-23-31-38"
_DRAWN_DAYS_AGO = 18
_TOLD_DAYS_AGO = 7
UNDER_A_CONDITION = "Priscilla Appiah"
"""Who may practice under a condition for a while."""


def ce_audited(office: Office) -> Story[None]:
    """A sample of all renewals so far is drawn; one holder has answered and passed, the others have time."""
    on = office_day(office.today - timedelta(days=_DRAWN_DAYS_AGO))
    yield moment(on, 90)
    audit = ce_audits.draw(
        db.session.scalars(select(StandardSet).where(StandardSet.subject_type == SubjectType.COORDINATOR)).one(),
        decided_from=commitments.first_day(office), decided_to=on - ONE_DAY, number=3, seed=SEED, due_on=due_on(on),
        base_url=office.press.base_url, actor=office.administrator, at=moment(on, 90),
    )  # fmt: skip
    chosen = db.session.scalars(
        select(CeSelection).where(CeSelection.ce_audit_id == audit.id).order_by(CeSelection.place).limit(1)
    ).one()
    answered = moment(on + timedelta(days=6), 30)
    yield answered
    _answered(office, chosen, answered)
    passed = moment(on + timedelta(days=8), 45)
    yield passed
    ce_audits.record_result(chosen, CeOutcome.PASSED, reason="", shown=None, actor=office.reviewer, at=passed)


def condition_heard(office: Office) -> Story[None]:
    """A condition that is not discipline, with its notice; a hearing makes it shorter, which has a notice, too."""

    def days_ago(days: int) -> datetime:
        return moment(office_day(office.today - timedelta(days=days)), 70)

    at = days_ago(240)
    yield at
    holder = office.coordinators[UNDER_A_CONDITION]
    credential = db.session.scalars(select(Credential).where(Credential.party_id == holder.id)).one()
    event = status_events.record(
        credential, StatusEventKind.ND_CONDITION, effective_on=clock.civil_date(at),
        reason="After a long leave, a second care coordinator looks at each care plan before it is used.",
        citation="272 CMR 9.00", actor=office.administrator, at=at,
    )  # fmt: skip
    notice = notices.serve(event, "", base_url=office.press.base_url, actor=office.administrator, at=at)
    if notice is None:
        raise ValueError("a condition has a notice")
    record = partial(
        notices.record_step, notice, asked_by=holder.name, base_url=office.press.base_url, actor=office.administrator
    )
    for step, days in ((HearingStep.REQUESTED, 230), (HearingStep.SCHEDULED, 220), (HearingStep.HELD, 205)):
        at = days_ago(days)
        yield at
        record(step, on=clock.civil_date(days_ago(205) if step is HearingStep.SCHEDULED else at), at=at)
    at = days_ago(200)
    yield at
    record(
        HearingStep.DECIDED, on=clock.civil_date(at), outcome=HearingOutcome.MODIFIED,
        last_day=clock.civil_date(days_ago(170)), at=at,
        note="The condition was right, but without an end it is too long. It ends on the day that is given here.",
    )  # fmt: skip


def _answered(office: Office, chosen: CeSelection, at: datetime) -> None:
    handler = chosen.application.owner_id
    hr = next(account for key, account in office.hr.items() if office.vendors[key].id == handler)
    file = files.keep(
        PAPER, media_type="application/pdf", name="demo-document.pdf", owner_id=handler, party_id=chosen.party_id,
        store=office.press.store, actor=hr, at=at,
    )  # fmt: skip
    ce_audits.provide_proof(chosen, file, note="All certificates of the term", actor=hr, at=at)


def told_of_exposures(office: Office) -> int:
    """The letters of a week ago about what hung on a broken link then; how many."""
    day = office.today - timedelta(days=_TOLD_DAYS_AGO)
    at = moment(day)
    exposure_letters.plan(day, at=at)
    recipients = exposure_letters.waiting_recipients("", None)
    return exposure_letters.enqueue_letters(recipients, day, base_url=office.press.base_url, at=at)
