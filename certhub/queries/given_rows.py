"""Rows that a statement is given as one parameter: it reads the same however many they are, and is compiled once."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import CTE, JSON, Text, cast, func, literal, select, type_coerce
from sqlalchemy.types import TypeEngine

from certhub.database import db

Given = date | int | str | None


def given_rows(name: str, columns: Mapping[str, TypeEngine[Any]], rows: Sequence[Sequence[Given]]) -> CTE:
    """A table in the statement: each row has a value for each of `columns`, in their order."""
    text = literal(json.dumps(rows, default=date.isoformat), Text())
    if db.engine.dialect.name == "postgresql":
        row = func.json_array_elements(cast(text, JSON)).column_valued("given")
        read = select(*(cast(row.op("->>")(place), kind).label(of) for place, (of, kind) in enumerate(columns.items())))
    else:
        each = func.json_each(text).table_valued("value")
        read = select(
            *(
                type_coerce(func.json_extract(each.c.value, f"$[{place}]"), kind).label(of)
                for place, (of, kind) in enumerate(columns.items())
            )
        ).select_from(each)
    return read.cte(name).prefix_with("MATERIALIZED")  # read once, not again for each row that it is compared with
