"""Writing to applicants about what becomes of their applications."""

from datetime import datetime

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.queries import applications
from certhub.services import outbox


def tell(application: Application, kind: str, *, base_url: str, at: datetime, **context: object) -> None:
    """Write to whoever started it, to the organization that handles it, and to the person it is about.

    Whoever started it for a former employer hears nothing of it any more, and neither does that employer.
    """
    handler = applications.handler(application, on=clock.civil_date(at))
    parties = [party for party in (handler, application.party) if party is not None]
    opener = db.session.get_one(User, application.opened_by_id)
    concerned = opener.is_active and opener.party_id in {party.id for party in parties}
    recipients = {opener.email: opener.name} if concerned else {}
    for party in parties:
        if party.email and party.email not in recipients:
            recipients[party.email] = party.name
    for email, name in recipients.items():
        outbox.enqueue(
            kind,
            recipient=email,
            recipient_name=name,
            dedupe_key=f"{kind}:{application.id}:{at.isoformat()}:{email}",
            context={
                "link": f"{base_url}/applications/{application.id}",
                "party_name": application.party.name,
                "standard": application.standard.code,
                "application_kind": application.kind.value,
                **context,
            },
            party_id=application.party_id,
            at=at,
        )
