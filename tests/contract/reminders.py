"""More reminders of one person's dates, and of one payer's."""

from sqlalchemy import func, select

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.fund import Payer
from certhub.models.messages import Obligation, Reminder, ReminderNotice
from certhub.models.parties import Employment, Party
from certhub.rules.reminder_policies import Audience, ObligationKind


def a_date_of(party: Party) -> Obligation:
    """An open date, as each list of dates has one."""
    kind = ObligationKind.CREDENTIAL_RENEWAL
    return Obligation(
        kind=kind, subject_id=party.id + 10**6, party_id=party.id, due_on=clock.today(), created_at=clock.now()
    )


def more_reminders(hr: User, number: int) -> None:
    """One more date of the first coordinator of the vendor, with its reminder to that person."""
    first = select(func.min(Employment.coordinator_id)).where(Employment.employer_id == hr.party_id)
    _told(Obligation(kind=ObligationKind.LICENCE_RENEWAL, party_id=db.session.scalar(first)), number, Audience.HOLDER)
    payer = db.session.scalar(select(func.min(Payer.id)))
    _told(Obligation(kind=ObligationKind.PAYER_INSTALMENT, payer_id=payer), number, Audience.PAYER)


def _told(due: Obligation, number: int, audience: Audience) -> None:
    due.subject_id, due.due_on, due.created_at = 10_000 + number, clock.today(), clock.now()
    db.session.add(due)
    db.session.flush()
    step = Reminder(obligation_id=due.id, due_on=due.due_on, step=30, send_on=due.due_on)
    db.session.add(step)
    db.session.flush()
    address = f"{audience.value}{number}@example.org"
    db.session.add(ReminderNotice(reminder_id=step.id, audience=audience, recipient=address, recipient_name="Reader"))
