"""What DPH does beside deciding: a sample for the audit of training, and letters about exposures."""

from datetime import datetime, timedelta

from sqlalchemy import select

from certhub.database import db
from certhub.demo import commitments
from certhub.demo.evidence import PAPER
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.ce_audits import CeSelection
from certhub.models.standards import StandardSet
from certhub.rules.ce_audit import CeOutcome, due_on
from certhub.rules.terms import ONE_DAY
from certhub.rules.vocabulary import SubjectType
from certhub.services import ce_audits, exposure_letters, files

SEED = "Numbers drawn by the lottery 04-17-23-31-38"
_DRAWN_DAYS_AGO = 18
_TOLD_DAYS_AGO = 7


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
