"""Filters of list pages: read from the address, and ignored where nobody offered them."""

from collections.abc import Collection
from enum import StrEnum
from typing import TypeVar

from flask import request

Member = TypeVar("Member", bound=StrEnum)


def chosen(vocabulary: type[Member], name: str, offered: Collection[Member] | None = None) -> Member | None:
    """The filter `name` of this page's address, None where it is not set or not one of the words that are offered."""
    try:
        found = vocabulary(request.args.get(name, ""))
    except ValueError:
        return None
    return found if offered is None or found in offered else None
