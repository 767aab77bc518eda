"""Who read whose record (M.G.L. c.66A): told after each answer, by the page's address, so that no view forgets it.

What an address names decides (`queries.holders`): a view with `party_id` or `application_id` in its address does not
have to say anything. A view that finds the party in another way declares it beside its permission: `reads` names the
argument after the question mark, and `lists` says that the view tells of a list (`listed`), which is one row however
many people are on it. Reading one's own record is not logged.
"""

from flask import Response, g, request
from flask_login import current_user

from certhub import clock
from certhub.auth.guard import Access, access_of, actor
from certhub.database import transaction
from certhub.queries import holders
from certhub.rules.permissions import Permission
from certhub.services import audit

SHOWING = frozenset({200, 409, 422})
"""The answers that show something: pages, files, and forms with something to correct."""

_LARGEST_KEY = 2**31 - 1
_LIST = "certhub_list_read"


class UntoldReading(RuntimeError):
    """A view declares that it shows a list of people, and did not say which."""


def listed(**told: object) -> None:
    """Say which list this view shows: its name, its filters, and how many rows."""
    g.setdefault(_LIST, told)


def tell_of_reading(response: Response) -> Response:
    """Enter into the access log what this answer lets somebody read."""
    if response.status_code not in SHOWING or request.endpoint is None or not current_user.is_authenticated:
        return response
    access = access_of(request.endpoint)
    if access is None or access.permission is Permission.PUBLIC_READ:
        return response
    told = g.get(_LIST)
    if told is None and access.lists and response.status_code == 200:  # noqa: PLR2004  (a list, and not its refused filters)
        raise UntoldReading(f"the view {request.endpoint} does not say which list it shows")
    reader, own = actor(), actor().party_id
    party_id = None if told else _party(access)
    if told or (party_id is not None and party_id != own):
        with transaction():
            audit.record_read(reader, party_id, request.endpoint, listing=told, at=clock.now())
    return response


def _party(access: Access) -> int | None:
    named = dict(request.view_args or {})
    if access.reads:
        named["party_id"] = request.args.get(access.reads, "")
    for argument in holders.HOLDERS:
        number = str(named.get(argument, ""))
        if number.isascii() and number.isdigit() and int(number) <= _LARGEST_KEY:
            return holders.personal(argument, int(number))
    return None
