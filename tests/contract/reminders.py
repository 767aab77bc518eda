"""More reminders of one person's dates."""

from sqlalchemy import func, select

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.messages import Obligation, Reminder, ReminderNotice
from certhub.models.parties import Employment
from certhub.rules.reminder_policies import Audience, ObligationKind


def more_reminders(hr: User, number: int) -> None:
    """One more date of the first coordinator of the vendor, with its reminder to that person."""
    first = select(func.min(Employment.coordinator_id)).where(Employment.employer_id == hr.party_id)
    due = Obligation(
        kind=ObligationKind.LICENCE_RENEWAL, subject_id=10_000 + number, party_id=db.session.scalar(first),
        due_on=clock.today(), created_at=clock.now(),
    )  # fmt: skip
    db.session.add(due)
    db.session.flush()
    step = Reminder(obligation_id=due.id, due_on=due.due_on, step=30, send_on=due.due_on)
    db.session.add(step)
    db.session.flush()
    db.session.add(
        ReminderNotice(
            reminder_id=step.id,
            audience=Audience.HOLDER,
            recipient=f"holder{number}@example.org",
            recipient_name="Holder",
        )
    )
