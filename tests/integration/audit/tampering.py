"""Writing entries, and the hand of somebody who has the database to themself."""

from datetime import timedelta

from sqlalchemy import select, text

from certhub.database import db, transaction
from certhub.models.audit import AuditEntry
from certhub.models.protection import unprotecting_statements
from certhub.rules.audit_actions import AuditAction
from certhub.rules.audit_chain import entry_hash, hashed_text
from certhub.services import audit, audit_verification
from tests.factories import WHEN


def write(count: int) -> None:
    """Entries whose texts would show a mistake in sizes or instants: accents, emoji, quotes, whole seconds, NULLs."""
    for number in range(count):
        with transaction():
            audit.record_plain(
                audit.SystemActor(f"Zoë “{number}” 🩺"),
                AuditAction.MESSAGE_RETRIED,
                "message",
                None if number % 2 else number,
                at=WHEN + timedelta(seconds=number, microseconds=number % 3 * 120_000),
                party_id=None if number % 3 else number,
                told={"note": f"100% «{number}»\n\\ ' \" %s", "n": number},
            )


def unprotect() -> None:
    connection = db.session.connection()
    for statement in unprotecting_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def execute(*statements: str) -> None:
    for statement in statements:
        db.session.execute(text(statement))


def last() -> int:
    return audit_verification.head().entries


def rehash(first: int) -> None:
    """Chain the entries from `first` on anew, as somebody would who knows the format."""
    db.session.expire_all()
    rows = db.session.scalars(select(AuditEntry).where(AuditEntry.seq >= first - 1).order_by(AuditEntry.seq)).all()
    head = rows[0].hash
    for row in rows[1:]:
        fields = {column.key: getattr(row, column.key) for column in AuditEntry.__table__.columns}
        own = entry_hash(head, hashed_text(fields))
        execute(f"UPDATE audit_entry SET previous_hash = '{head}', hash = '{own}' WHERE seq = {row.seq}")
        head = own
