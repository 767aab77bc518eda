"""Papers between applications in the demo state: one accepted, one sent back, one that waits for DPH."""

from datetime import timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.demo.evidence import PAPER, Person, sufficient
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.certification import Credential
from certhub.models.submittals import Submittal
from certhub.queries import credentials, evaluations
from certhub.rules.evidence_forms import checked_value
from certhub.rules.vocabulary import Verdict
from certhub.services import files, submittals

WAITS_AT = "harbor"
"""The vendor of which one insurance certificate is accepted, and the other waits."""
_SENT_BACK_TO = "blackstone"


def handed_in(office: Office) -> Story[None]:
    """Two vendors renew what runs out in the middle of their terms."""
    accepted = yield from _handed_in(office, WAITS_AT, "VO-06", piece=0, days_ago=38)
    yield from _looked_at(office, accepted, Verdict.ACCEPTED, "", days_ago=34)
    returned = yield from _handed_in(office, _SENT_BACK_TO, "VO-14", piece=0, days_ago=16)
    yield from _looked_at(
        office, returned, Verdict.RETURNED, "The signed page at the end is missing. Scan it, too.", days_ago=13
    )
    yield from _handed_in(office, WAITS_AT, "VO-06", piece=1, days_ago=4)


def _handed_in(office: Office, vendor: str, code: str, *, piece: int, days_ago: int) -> Story[Submittal]:
    at = moment(office_day(office.today - timedelta(days=days_ago)), 55)
    yield at
    party, hr, today = office.vendors[vendor], office.hr[vendor], clock.civil_date(at)
    credential = db.session.scalars(select(Credential).where(Credential.party_id == party.id)).one()
    outlook = evaluations.renewal_outlook(credentials.view(credential, on=today), as_of=today)
    if outlook is None:
        raise RuntimeError(f"{party.name} has no credential that a paper could belong to")
    requirement = outlook.handed_in_alone[code]
    typed = sufficient(requirement, on=today, person=Person(hr.name))[piece]
    file = files.keep(
        PAPER, media_type="application/pdf", name="demo-document.pdf", owner_id=party.id, party_id=party.id,
        store=office.press.store, actor=hr, at=at,
    )  # fmt: skip
    given = checked_value(requirement, typed, today=today)
    return submittals.hand_in(credential, outlook.judgement.version, requirement, given, file=file, actor=hr, at=at)


def _looked_at(office: Office, paper: Submittal, verdict: Verdict, reason: str, *, days_ago: int) -> Story[None]:
    at = moment(office_day(office.today - timedelta(days=days_ago)), 65)
    yield at
    submittals.look_at(
        paper, verdict, reason=reason, shown=None, base_url=office.press.base_url, actor=office.reviewer, at=at
    )
