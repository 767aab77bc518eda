"""The declarative base: naming, types and comments that every table shares."""

import enum
import re
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Date, DateTime, Enum, Integer, MetaData, String, Table, TypeDecorator, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapper, declared_attr

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""A key for tables that grow for decades; SQLite's row id is 64 bits wide under the name INTEGER."""

JsonDocument = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware on the way in and out, UTC in the database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants, which would silently be read as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without a zone cannot be stored: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  (TypeDecorator's signature)
        """Return an aware UTC instant from either database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(members: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in members]


def words_of(members: type[enum.Enum], name: str | None = None) -> Enum:
    """The type of a column that holds the values of an enum, checked by the database.

    A table with two columns of the same enum gives each a `name`, because a CHECK is named after its type.
    """
    return Enum(
        members, name=name, native_enum=False, create_constraint=True, values_callable=_values, length=40,
        validate_strings=True,
    )  # fmt: skip


class Base(DeclarativeBase):
    """The base of all models; Flask never sees it, Flask-SQLAlchemy shares its metadata."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: String(),
        datetime: UtcDateTime(),
        date: Date(),
        dict[str, Any]: JsonDocument,
        list[Any]: JsonDocument,
        enum.Enum: words_of(enum.Enum),
    }

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805  (a declared_attr receives the class)
        """The class's name in snake case."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __repr__(self) -> str:
        key = ",".join(str(getattr(self, column.key or "", "?")) for column in self.__mapper__.primary_key)
        return f"<{type(self).__name__} {key}>"


@event.listens_for(Base, "instrument_class", propagate=True)
def _comment_from_docstring(mapper: Mapper[Any], cls: type[Any]) -> None:
    """The first line of a model's docstring documents its table in the database, too."""
    if isinstance(mapper.local_table, Table) and mapper.local_table.comment is None and cls.__doc__:
        mapper.local_table.comment = cls.__doc__.strip().splitlines()[0]
