"""Due dates for the tests of reminders, and what became of them."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.certification import Application, Credential, CredentialPeriod, StatusEvent
from certhub.models.messages import Message, MessageStatus, Obligation, Reminder, ReminderNotice, ReminderStatus
from certhub.models.parties import ExternalLicence, Party
from certhub.models.standards import StandardSet, StandardVersion
from certhub.queries.obligation_sources.source import DueItem
from certhub.rules.vocabulary import ApplicationKind, ApplicationStatus, Role, StatusEventKind
from certhub.services import digests, obligations, reminders
from certhub.services.digest_readings import ReadingAgain
from tests.factories import WHEN, make_user, saved

POLICIES = obligations.shipped_policies()


def instant(day: date) -> datetime:
    return datetime.combine(day, time(11), UTC)


def link(item: DueItem | None) -> str:
    return (
        f"https://certhub.example/{item.party_kind.value if item.party_kind else 'payer'}/{item.party_id}"
        if item
        else "https://certhub.example/"
    )


def a_credential(party: Party, expires_on: date, code: str = "CC-CORE") -> Credential:
    standard = db.session.scalars(select(StandardSet).where(StandardSet.code == code)).one()
    credential = saved(
        Credential(
            party_id=party.id, subject_type=party.kind, standard_id=standard.id, number=f"CC-2026-{party.id:06d}-1",
            granted_on=date(2025, 1, 6), recorded_at=WHEN,
        )
    )  # fmt: skip
    a_period(credential, expires_on)
    return credential


def a_period(credential: Credential, expires_on: date, starts_on: date = date(2025, 1, 6)) -> CredentialPeriod:
    version = db.session.scalars(
        select(StandardVersion).where(StandardVersion.standard_id == credential.standard_id)
    ).first()
    assert version is not None
    return saved(
        CredentialPeriod(
            credential_id=credential.id, standard_version_id=version.id, starts_on=starts_on, expires_on=expires_on,
            grace_until=expires_on, reinstatement_until=expires_on, because="a test", recorded_at=WHEN,
        )
    )  # fmt: skip


def a_renewal(credential: Credential, status: ApplicationStatus) -> Application:
    opener = make_user(Role.DPH_REVIEWER)
    sent = {} if status is ApplicationStatus.DRAFT else {"submitted_at": WHEN, "submitted_on": date(2026, 3, 2)}
    return saved(
        Application(
            party_id=credential.party_id, owner_id=credential.party_id, kind=ApplicationKind.RENEWAL, status=status,
            standard_id=credential.standard_id, credential_id=credential.id, opened_by_id=opener.id, opened_at=WHEN,
            stage_from=date(2026, 3, 2), due_on=date(2026, 3, 9), **sent,
        )
    )  # fmt: skip


def an_event(credential: Credential, kind: StatusEventKind, effective_on: date) -> StatusEvent:
    return saved(
        StatusEvent(
            credential_id=credential.id, kind=kind, effective_on=effective_on, reason="a test", recorded_at=WHEN
        )
    )


def a_licence(party: Party, expires_on: date, number: str = "RN123456") -> ExternalLicence:
    return saved(
        ExternalLicence(
            coordinator_id=party.id, kind="RN", number=number, issued_by="BORN", expires_on=expires_on,
            recorded_at=WHEN,
        )
    )  # fmt: skip


def changed(row: Any, **values: Any) -> None:
    from certhub.rules.audit_actions import AuditAction
    from certhub.services import audit
    from tests.factories import ARRANGING

    with transaction():
        for name, value in values.items():
            setattr(row, name, value)
        audit.record(ARRANGING, AuditAction.PARTY_UPDATED, row, at=WHEN)


def run_on(day: date) -> dict[str, int]:
    """What the job does on a day: derive, plan, enqueue; without its row in the list of runs."""
    at = instant(day)
    with transaction():
        counts = obligations.derive(day, policies=POLICIES, at=at)
        counts |= reminders.plan(day, policies=POLICIES, at=at)
        waiting = digests.waiting_recipients("", None)
        return counts | {
            "messages": digests.enqueue_digests(waiting, day, policies=POLICIES, link=link, at=at) if waiting else 0
        }


def watch_from(day: date) -> None:
    """Switch reminders on, long before anything of the test is due."""
    run_on(day)


def deliver_on(day: date) -> list[Message]:
    """Send what waits, as the delivery job does, with a mail server that takes everything."""
    at, sent = instant(day), []
    for message_id in [m.id for m in messages(MessageStatus.QUEUED)]:
        with transaction():
            claimed = outbox_claim(message_id, at)
            if claimed is None:
                continue
            from certhub.models.messages import ReminderStatus as Status
            from certhub.services import outbox

            outbox.settle(claimed, None, at=at)
            digests.record_outcome(message_id, Status.SENT, at=at)
        sent.append(db.session.get_one(Message, message_id))
    return sent


def outbox_claim(message_id: int, at: datetime) -> Any:
    from certhub import clock
    from certhub.services import outbox

    claimed = outbox.claim(message_id, host="certhub.example", at=at)
    assert claimed is not None
    told = digests.read_again(message_id, ReadingAgain(clock.civil_date(at), POLICIES), link=link, at=at)
    return outbox.reword(claimed, told, at=at)


def messages(status: MessageStatus | None = None) -> list[Message]:
    db.session.expire_all()
    statement = select(Message).where(Message.kind == digests.DIGEST).order_by(Message.id)
    return list(db.session.scalars(statement.where(Message.status == status) if status else statement))


def recipients() -> list[str]:
    return sorted(message.recipient for message in messages())


def ledger() -> list[tuple[int, str, str | None]]:
    db.session.expire_all()
    rows = db.session.execute(
        select(Reminder.step, Reminder.status, Reminder.reason).order_by(Reminder.due_on, Reminder.step.desc())
    )
    return [(step, ReminderStatus(status).value, reason) for step, status, reason in rows]


def open_obligations() -> list[Obligation]:
    db.session.expire_all()
    return list(db.session.scalars(select(Obligation).where(Obligation.closed_at.is_(None)).order_by(Obligation.id)))


def notices() -> list[ReminderNotice]:
    db.session.expire_all()
    return list(db.session.scalars(select(ReminderNotice).order_by(ReminderNotice.id)))
