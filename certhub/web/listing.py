"""Filters of list pages: read from the address, and ignored where nobody offered them."""

from enum import StrEnum
from typing import TypeVar

from flask import request

Member = TypeVar("Member", bound=StrEnum)


def chosen(vocabulary: type[Member], name: str) -> Member | None:
    """The filter `name` of this page's address, None where it is not set or not one of the words."""
    try:
        return vocabulary(request.args.get(name, ""))
    except ValueError:
        return None
