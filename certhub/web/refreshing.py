"""Pages of work under way load themselves again, without a script, until the work has ended or the reader says stop."""

from flask import make_response, request
from flask.typing import ResponseReturnValue

SECONDS = 5
_OFF = "off"


def refreshes(*, under_way: bool) -> bool:
    """Whether the page of this request loads itself again: while work is under way, unless its reader wants it to stay.

    Somebody who reads slowly, or with a screen reader, can stop it (WCAG 2.2.2).
    """
    return under_way and request.args.get("refresh") != _OFF


def refreshing(page: str, *, under_way: bool) -> ResponseReturnValue:
    """The page, with the header that loads it again after some seconds."""
    answer = make_response(page)
    if refreshes(under_way=under_way):
        answer.headers["Refresh"] = str(SECONDS)
    return answer
