"""The cities and towns of Massachusetts."""

from sqlalchemy import ScalarSelect, SQLColumnExpression, func, select

from certhub.database import db
from certhub.models.parties import Municipality


def choices() -> list[tuple[int, str]]:
    """Every municipality by number and name, in the order of names."""
    rows = db.session.execute(select(Municipality.id, Municipality.name).order_by(Municipality.name))
    return [(row.id, row.name) for row in rows]


def named(name: str) -> int | None:
    """The number of the municipality with this name, in any capitals; None if there is none."""
    wanted = " ".join(name.split()).lower()
    return db.session.scalar(select(Municipality.id).where(func.lower(Municipality.name) == wanted))


def municipality_name(municipality_id: SQLColumnExpression[int | None]) -> ScalarSelect[str]:
    """The name as a column of a page of a list: looked up for the rows that are shown, not for all that were sorted."""
    return select(Municipality.name).where(Municipality.id == municipality_id).scalar_subquery()
