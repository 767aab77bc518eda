"""Everything that a database knows of its schema, so that two of them can be compared."""

from sqlalchemy import Connection, text

CATALOG = {
    "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND sql IS NOT NULL",
    "postgresql": """
        SELECT 'column', table_name::text, column_name::text, concat_ws(' ', data_type, character_maximum_length,
          is_nullable, column_default, col_description(table_name::regclass, ordinal_position))
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL
        SELECT 'table', relname::text, '', coalesce(obj_description(oid, 'pg_class'), '')
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT 'index', tablename::text, indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT 'trigger', tgrelid::regclass::text, tgname::text, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL
        SELECT 'function', proname::text, '', prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
}


def catalog(connection: Connection) -> dict[tuple[str, str, str], str]:
    """Everything that the database knows of its schema, in its own words."""
    found = {}
    for kind, name, part, definition in connection.execute(text(CATALOG[connection.dialect.name])):
        if "alembic_version" not in (name, part):
            found[(kind, name, part)] = _unordered(definition) if kind == "table" else " ".join(definition.split())
    return found


def _unordered(definition: str) -> str:
    """A table's definition without the order in which its columns and constraints were written."""
    return "\n".join(sorted(line.strip().rstrip(",") for line in definition.splitlines()))
