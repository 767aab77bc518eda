"""Tables that only grow: the database itself refuses UPDATE and DELETE on them, whoever asks."""

from sqlalchemy import Connection, MetaData, event

from certhub.models.audit import AccessLog, AuditEntry
from certhub.models.base import Base
from certhub.models.certification import Certificate, Decision, EvaluationRecord, Evidence, ItemReview

APPEND_ONLY = tuple(
    model.__tablename__
    for model in (AuditEntry, AccessLog, Evidence, ItemReview, EvaluationRecord, Decision, Certificate)
)

_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never changed or removed';
END $$
"""


def protecting_statements(dialect: str) -> list[str]:
    """The statements that protect every append-only table and adopted standards on `dialect`."""
    if dialect == "postgresql":
        statements = [_FUNCTION]
        for table in APPEND_ONLY:
            statements += [
                f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
                f"CREATE TRIGGER {table}_is_not_truncated BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
            ]
        return [
            *statements,
            "CREATE TRIGGER standard_version_is_frozen BEFORE UPDATE ON standard_version FOR EACH ROW "
            "WHEN (OLD.status <> 'draft' AND (OLD.definition_hash <> NEW.definition_hash "
            "OR OLD.definition <> NEW.definition OR OLD.version <> NEW.version)) EXECUTE FUNCTION refuse_change()",
            "CREATE TRIGGER standard_version_is_kept BEFORE DELETE ON standard_version FOR EACH ROW "
            "WHEN (OLD.status <> 'draft') EXECUTE FUNCTION refuse_change()",
        ]
    statements = []
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            statements.append(
                f"CREATE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
            )
    return [
        *statements,
        "CREATE TRIGGER standard_version_is_frozen "
        "BEFORE UPDATE OF definition, definition_hash, version ON standard_version "
        "WHEN OLD.status <> 'draft' AND (OLD.definition_hash <> NEW.definition_hash "
        "OR OLD.definition <> NEW.definition OR OLD.version <> NEW.version) "
        "BEGIN SELECT RAISE(ABORT, 'rows of standard_version are never changed or removed'); END",
        "CREATE TRIGGER standard_version_is_kept BEFORE DELETE ON standard_version WHEN OLD.status <> 'draft' "
        "BEGIN SELECT RAISE(ABORT, 'rows of standard_version are never changed or removed'); END",
    ]


@event.listens_for(Base.metadata, "after_create")
def _protect(_target: MetaData, connection: Connection, **_options: object) -> None:
    """A schema that is made from the models is protected like one that is migrated."""
    for statement in protecting_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def unprotecting_statements(dialect: str) -> list[str]:
    """What takes the protection away again, for a migration downwards."""
    names = [
        statement.split()[2] for statement in protecting_statements(dialect) if statement.startswith("CREATE TRIGGER")
    ]
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name in names]
    tables = {name: next((t for t in APPEND_ONLY if name.startswith(t)), "standard_version") for name in names}
    return [
        *(f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in tables.items()),
        "DROP FUNCTION IF EXISTS refuse_change()",
    ]
