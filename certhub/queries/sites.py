"""The sites of practices: those that are open on a day, one of them, and which rows tell of one place."""

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, select

from certhub.database import db
from certhub.models.parties import PracticeSite
from certhub.queries.visibility import NotVisible, party_visible
from certhub.rules.dossier import SiteItem
from certhub.rules.permissions import Viewer


def open_sites_of(
    whose: Callable[[SQLColumnExpression[Any]], ColumnElement[bool]], as_of: date
) -> dict[int, list[SiteItem]]:
    """The sites of practices that are open on a day, the oldest first."""
    rows = db.session.scalars(select(PracticeSite).where(whose(PracticeSite.practice_id)).order_by(PracticeSite.id))
    found: defaultdict[int, list[SiteItem]] = defaultdict(list)
    first: dict[int, int] = {}
    for site in rows:
        first[site.id] = first.get(site.supersedes_id or 0, site.id)
        opened = site.opened_on is None or site.opened_on <= as_of
        closed = site.closed_on is not None and site.closed_on < as_of
        if site.superseded_at is None and opened and not closed:
            found[site.practice_id].append(SiteItem(first[site.id], in_words(site)))
    return found


def open_sites(party_id: int, as_of: date) -> list[SiteItem]:
    """The sites of one practice that are open on a day; none for any other party."""
    return open_sites_of(lambda column: column == party_id, as_of).get(party_id, [])


def one(viewer: Viewer, practice_id: int, site_id: int) -> PracticeSite:
    """A site of a practice that the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(
        select(PracticeSite).where(
            PracticeSite.id == site_id,
            PracticeSite.practice_id == practice_id,
            party_visible(viewer, PracticeSite.__table__.c.practice_id),
        )
    )
    if found is None:
        raise NotVisible(site_id)
    return found


def recorded(practice_id: int) -> list[PracticeSite]:
    """All that was ever recorded about the sites of a practice, corrected rows too, the oldest first."""
    return list(
        db.session.scalars(
            select(PracticeSite).where(PracticeSite.practice_id == practice_id).order_by(PracticeSite.id)
        )
    )


def moved_away(practice_id: int) -> frozenset[int]:
    """The numbers of those rows whose site has moved on to another address."""
    return frozenset(site.moved_from_id for site in recorded(practice_id) if site.moved_from_id is not None)


def has_moved(site: PracticeSite) -> bool:
    """Whether a site has moved on to another address."""
    return db.session.scalar(select(PracticeSite.id).where(PracticeSite.moved_from_id == site.id)) is not None


def left_for(site: PracticeSite) -> PracticeSite | None:
    """What is on file of the address that a site left when it moved to where it is; None where it never moved."""
    rows = {one.id: one for one in recorded(site.practice_id)}
    here = site
    while here.moved_from_id is None and here.supersedes_id is not None:
        here = rows[here.supersedes_id]
    return None if here.moved_from_id is None else rows[here.moved_from_id]


def first_of_each(sites: Collection[PracticeSite]) -> dict[int, int]:
    """For each row, oldest first, the number under which the site was first recorded.

    A site that moves or is corrected stays the same site.
    """
    first: dict[int, int] = {}
    for site in sites:
        first[site.id] = first.get(site.supersedes_id or site.moved_from_id or 0, site.id)
    return first


def miswritten(sites: Collection[PracticeSite]) -> dict[int, frozenset[str]]:
    """For each row, oldest first, the words that it corrected."""
    corrected: dict[int, frozenset[str]] = {}
    words = {site.id: in_words(site) for site in sites}
    for site in sites:
        before = site.supersedes_id
        corrected[site.id] = frozenset() if before is None else corrected[before] | {words[before]}
    return corrected


def misdated(sites: Collection[PracticeSite]) -> dict[int, frozenset[date | None]]:
    """For each row, oldest first, the first days that it corrected."""
    corrected: dict[int, frozenset[date | None]] = {}
    first_days = {site.id: site.opened_on for site in sites}
    for site in sites:
        before = site.supersedes_id
        corrected[site.id] = frozenset() if before is None else corrected[before] | {first_days[before]}
    return corrected


def in_words(site: PracticeSite) -> str:
    """A site with its address, on one line."""
    return f"{site.name}, {site.address_line}, {site.municipality.name}"
