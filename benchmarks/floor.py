"""The floor: the smallest Flask page of 50 rows with the ORM, a join and Jinja, measured in the same run.

Absolute times differ from machine to machine and hour to hour; what a page of CertHub costs in floors does not.
"""

import os
from datetime import date, timedelta

from flask import Flask, render_template_string
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, ForeignKey, Index, String, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

_BATCH = 10_000

_PAGE = """<!doctype html><html lang="en"><head><title>Floor</title></head><body><h1>Floor</h1>
<table><thead><tr><th>Name</th><th>Group</th><th>Number</th><th>Due</th></tr></thead><tbody>
{% for item in items %}<tr><td>{{ item.name }}</td><td>{{ item.group.name }}</td><td>{{ item.number }}</td>
<td>{{ item.due_on }}</td></tr>
{% endfor %}</tbody></table></body></html>"""


class Plain(DeclarativeBase):
    """Tables of the floor only."""


class FloorGroup(Plain):
    """What an item belongs to."""

    __tablename__ = "floor_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))


class FloorItem(Plain):
    """A row of the list."""

    __tablename__ = "floor_item"
    __table_args__ = (Index("ix_floor_item_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("floor_group.id"))
    name: Mapped[str] = mapped_column(String(80))
    number: Mapped[str] = mapped_column(String(20))
    due_on: Mapped[date]

    group: Mapped[FloorGroup] = relationship()


PAGE = select(FloorItem).options(joinedload(FloorItem.group)).order_by(FloorItem.name, FloorItem.id).limit(50)


def fill(engine: Engine, items: int) -> None:
    """Make and fill the tables of the floor beside those of CertHub."""
    Plain.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(FloorGroup), [{"id": n, "name": f"Group {n}"} for n in range(1, 301)])
        for first in range(1, items + 1, _BATCH):
            connection.execute(
                insert(FloorItem),
                [
                    {
                        "id": n,
                        "group_id": n % 300 + 1,
                        "name": f"Item {n * 7919 % items:07d}",
                        "number": f"N-{n:08d}",
                        "due_on": date(2026, 1, 1) + timedelta(days=n % 700),
                    }
                    for n in range(first, min(first + _BATCH, items + 1))
                ],
            )
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def create_app() -> Flask:
    """The floor's application, started by gunicorn like CertHub."""
    app = Flask("floor")
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["CERTHUB_DATABASE_URL"]
    database = SQLAlchemy(metadata=Plain.metadata)
    database.init_app(app)

    @app.get("/")
    def index() -> str:
        return render_template_string(_PAGE, items=database.session.scalars(PAGE))

    return app
