"""Obligations, the ledger of reminders, and the outbox."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from certhub.models.base import Base, BigKey
from certhub.models.parties import Employment, Party
from certhub.rules.reminder_policies import Audience, Bundling, Channel, ObligationKind


class ReminderStatus(StrEnum):
    """What became of one step of a reminder ladder."""

    PLANNED = "planned"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    FAILED = "failed"
    BOUNCED = "bounced"


class MessageStatus(StrEnum):
    """Where a message stands: `in_doubt` may have arrived and waits for a person, `withdrawn` had nothing left to tell.

    `failed` was refused by our mail server for good, or given up; `bounced` was taken, and came back as undeliverable.

    One that stays at `sending` after a crash is in doubt, too; by `CERTHUB_MAIL_IN_DOUBT` it is repeated or parked.
    """

    QUEUED = "queued"
    SENDING = "sending"
    IN_DOUBT = "in_doubt"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    WITHDRAWN = "withdrawn"


class Obligation(Base):
    """Something with a due date that somebody must act on; derived from the records, never typed in."""

    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "due_on"),
        Index("ix_obligation_open", "closed_at", "due_on", "id"),
        Index("ix_obligation_party", "party_id", "due_on"),
        Index("ix_obligation_payer", "payer_id", "due_on"),
        CheckConstraint("party_id IS NULL OR payer_id IS NULL", name="of_one"),
    )
    audited = False  # derived from audited records, and can be derived again

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[ObligationKind]
    subject_id: Mapped[int] = mapped_column(comment="The row that falls due, by its kind")
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), comment="Whose it is, where it is a party's")
    payer_id: Mapped[int | None] = mapped_column(ForeignKey("payer.id"), comment="Whose it is, where it is a payer's")
    due_on: Mapped[date]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(comment="When it was met or fell away")
    closed_because: Mapped[str | None] = mapped_column(String(200))

    party: Mapped[Party | None] = relationship()


_UNSENT = text("status IN ('queued', 'sending')")


def _when_written(row: DefaultExecutionContext) -> datetime:
    values: dict[str, datetime] = row.get_current_parameters()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    return values["created_at"]


class Message(Base):
    """An e-mail in the outbox, written in the transaction of what it tells about."""

    __table_args__ = (
        UniqueConstraint("dedupe_key"),
        Index("ix_message_queue", "status", "next_attempt_at", "id"),
        Index("ix_message_waiting", "waits_since", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("ix_message_waiting_kind", "kind", "next_attempt_at", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("ix_message_party", "party_id", "id"),
    )
    audited = False  # a message tells of an audited change; its own delivery is the ledger

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), comment="Name of the message, a folder under templates/emails")
    dedupe_key: Mapped[str] = mapped_column(String(160), comment="What must be told once only")
    message_id: Mapped[str] = mapped_column(String(160), comment="The Message-ID header; the same at each attempt")
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(200), default="")
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"), comment="Whom it is about")
    subject: Mapped[str] = mapped_column(String(300))
    body_text: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str] = mapped_column(
        Text, default="", server_default="", comment="A calendar file that goes along; empty for most"
    )
    status: Mapped[MessageStatus] = mapped_column(default=MessageStatus.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    doubts: Mapped[int] = mapped_column(
        default=0, server_default="0", comment="How often nobody knew after its sending whether it had arrived"
    )
    waits_since: Mapped[datetime] = mapped_column(
        default=_when_written, comment="When it was written, or last put back into the queue by a person"
    )
    next_attempt_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(300))
    failed_at: Mapped[datetime | None] = mapped_column(comment="When it was refused for good, given up, or came back")
    opt_out: Mapped[str] = mapped_column(
        String(400), default="", server_default="", comment="The kinds of mail in it that its reader may opt out of"
    )


class MailReport(Base):
    """What a mail server reported about a message that it had taken: it came back, or is late."""

    __table_args__ = (Index("ix_mail_report_message", "message_id", "id"),)
    audited = False  # part of the ledger of mail

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True, comment="Of the report, so that each counts once")
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    permanent: Mapped[bool] = mapped_column(comment="Whether the message came back; otherwise it was only delayed")
    code: Mapped[str] = mapped_column(String(20), comment="The enhanced status code (RFC 3463), such as 5.1.1")
    received_at: Mapped[datetime]

    message: Mapped[Message] = relationship()


class FailingAddress(Base):
    """An e-mail address that takes no mail at present; a later success removes it."""

    audited = False  # derived from what became of messages

    address: Mapped[str] = mapped_column(String(254), primary_key=True, comment="Lower case")
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), comment="The last message that failed")
    failed_at: Mapped[datetime]
    problem: Mapped[str] = mapped_column(String(300))
    bounced: Mapped[bool] = mapped_column(
        comment="Whether mail came back after it was taken; then another one that is taken proves nothing at once"
    )

    message: Mapped[Message] = relationship()


class MailOptOut(Base):
    """A kind of mail that somebody does not want, where the law lets them choose."""

    __table_args__ = (UniqueConstraint("address", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254), comment="Lower case")
    kind: Mapped[str] = mapped_column(String(40), comment="A kind of reminder, or the name of a message")
    chosen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(comment="When they wanted it again")


class Reminder(Base):
    """One step of the ladder for an obligation: planned, and what became of it. Never twice, by constraint."""

    __table_args__ = (
        UniqueConstraint("obligation_id", "due_on", "step"),
        CheckConstraint("status <> 'suppressed' OR reason IS NOT NULL", name="suppressed_has_reason"),
        Index("ix_reminder_planned", "status", "send_on", "id"),
    )
    audited = False  # this table is itself the ledger

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"))
    due_on: Mapped[date]
    step: Mapped[int] = mapped_column(comment="Days before the due date; negative after it")
    send_on: Mapped[date] = mapped_column(comment="The business day on which it goes out")
    status: Mapped[ReminderStatus] = mapped_column(default=ReminderStatus.PLANNED)
    reason: Mapped[str | None] = mapped_column(String(200), comment="Why it was not sent")
    decided_at: Mapped[datetime | None] = mapped_column(comment="When it was sent, suppressed or given up")

    obligation: Mapped[Obligation] = relationship()
    notices: Mapped[list["ReminderNotice"]] = relationship(order_by="ReminderNotice.id", back_populates="reminder")


class ReminderNotice(Base):
    """What one person is told: a step of a reminder, or once that reminders for somebody who left have stopped."""

    __table_args__ = (
        UniqueConstraint("reminder_id", "recipient", "audience"),
        UniqueConstraint("employment_id", "recipient"),
        CheckConstraint("(reminder_id IS NULL) <> (employment_id IS NULL)", name="about_one_thing"),
        CheckConstraint("status <> 'suppressed' OR reason IS NOT NULL", name="suppressed_has_reason"),
        Index("ix_reminder_notice_waiting", "status", "message_id", "recipient"),
        Index("ix_reminder_notice_message", "message_id"),
        Index("ix_reminder_notice_recipient", "recipient", "id"),
    )
    audited = False  # part of the ledger of reminders

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    reminder_id: Mapped[int | None] = mapped_column(ForeignKey("reminder.id"))
    employment_id: Mapped[int | None] = mapped_column(
        ForeignKey("employment.id"), comment="The employment that ended, of which the employer hears once"
    )
    audience: Mapped[Audience] = mapped_column(comment="In what role the recipient is told")
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(200))
    status: Mapped[ReminderStatus] = mapped_column(default=ReminderStatus.PLANNED)
    reason: Mapped[str | None] = mapped_column(String(200), comment="Why it was not sent")
    channel: Mapped[Channel] = mapped_column(default=Channel.MAIL, server_default=Channel.MAIL.value)
    bundling: Mapped[Bundling] = mapped_column(
        default=Bundling.DIGEST, server_default=Bundling.DIGEST.value, comment="In the message of the day, or alone"
    )
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), comment="The digest that it is part of")

    reminder: Mapped[Reminder | None] = relationship(back_populates="notices")
    employment: Mapped[Employment | None] = relationship()
    message: Mapped[Message | None] = relationship()


class ReminderStart(Base):
    """From which day reminders of a kind are sent; what should have been told before is not told later."""

    audited = False  # plumbing of the reminder job

    kind: Mapped[ObligationKind] = mapped_column(primary_key=True)
    watched_from: Mapped[date]
