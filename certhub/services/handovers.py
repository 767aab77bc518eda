"""An open application follows the person: whoever employs them now handles it, and both employers are told."""

from datetime import datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.models.parties import Party
from certhub.queries import applications, employer_changes
from certhub.rules.audit_actions import AuditAction
from certhub.rules.lifecycle import is_open
from certhub.services import audit, outbox
from certhub.services.audit import Actor

_OPEN_ALREADY = "There is already an open application. Finish or withdraw that one first."
_OPEN_ELSEWHERE = (
    "There is already an open application, and the organization that handles it is another employer of this person. "
    "It comes to you the day after that employment ends. If it is to end sooner, ask DPH to close it."
)
_AT_ONCE = 100


def why_not_open(actor: User, party: Party) -> str:
    """Why no application can be started while one is open, and what to do: that depends on whose it is."""
    return _OPEN_ELSEWHERE if applications.open_elsewhere(actor, party.id) else _OPEN_ALREADY


def follow(person: Party, *, base_url: str, actor: Actor, at: datetime) -> Application | None:
    """Hand the person's open application to the present employer where its owner employs them no longer."""
    return next(iter(_follow(person.id, base_url=base_url, actor=actor, at=at)), None)


def follow_all(*, base_url: str, actor: Actor, at: datetime) -> int:
    """Hand over the open applications that an employment's last day left behind; at most a hundred at once."""
    return len(_follow(None, base_url=base_url, actor=actor, at=at))


def _follow(party_id: int | None, *, base_url: str, actor: Actor, at: datetime) -> list[Application]:
    found = applications.left_behind(on=clock.civil_date(at), party_id=party_id, limit=_AT_ONCE)
    for application, vendor_id in found:
        locked(application)
        if is_open(application.status) and application.owner_id != vendor_id:
            _hand_over(application, db.session.get_one(Party, vendor_id), base_url=base_url, actor=actor, at=at)
    return [application for application, _ in found]


def _hand_over(application: Application, vendor: Party, *, base_url: str, actor: Actor, at: datetime) -> None:
    before = application.owner
    application.owner_id = vendor.id
    db.session.flush()
    db.session.refresh(application, ["owner"])
    audit.record(actor, AuditAction.APPLICATION_HANDED_OVER, application, at=at)
    # The former employer does not learn who the present one is, and hears of a change of employer once.
    told = {"former": before, "present": vendor, "person": application.party}
    if employer_changes.left_by_change(before.id, application.party_id):
        del told["former"]
    for reader, party in told.items():
        if party.email:
            outbox.enqueue(
                "application-handed-over",
                recipient=party.email,
                recipient_name=party.name,
                dedupe_key=f"application-handed-over:{application.id}:{vendor.id}:{reader}:{at.isoformat()}",
                context={
                    "reader": reader,
                    "party_name": application.party.name,
                    "vendor_name": "" if reader == "former" else vendor.name,
                    "standard": application.standard.code,
                    "application_kind": application.kind.value,
                    "link": f"{base_url}/applications" + ("" if reader == "former" else f"/{application.id}"),
                },
                party_id=application.party_id,
                at=at,
            )
