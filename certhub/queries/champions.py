"""The champions of practices: on a day, one of them, and what signatures rest on."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, or_, select

from certhub import clock
from certhub.database import db
from certhub.models.parties import Champion
from certhub.queries.visibility import NotVisible, party_visible
from certhub.rules.champions import champion_in_words
from certhub.rules.dossier import ChampionItem
from certhub.rules.drift import Fact, FactKind, Gone
from certhub.rules.permissions import Viewer
from certhub.rules.terms import ONE_DAY


def leading_on(
    whose: Callable[[SQLColumnExpression[Any]], ColumnElement[bool]], as_of: date
) -> dict[int, list[ChampionItem]]:
    """Who leads the work in practices on a day."""
    rows = db.session.execute(
        select(Champion.practice_id, Champion.role, Champion.name)
        .where(
            whose(Champion.practice_id),
            Champion.superseded_at.is_(None),
            Champion.starts_on <= as_of,
            or_(Champion.ends_on.is_(None), Champion.ends_on >= as_of),
        )
        .order_by(Champion.role, Champion.id)
    )
    found: defaultdict[int, list[ChampionItem]] = defaultdict(list)
    for practice_id, role, name in rows:
        found[practice_id].append(ChampionItem(role, name))
    return found


def of_practice(practice_id: int) -> list[Champion]:
    """The champions of a practice, past ones too, the latest first in each role."""
    return list(
        db.session.scalars(
            select(Champion)
            .where(Champion.practice_id == practice_id, Champion.superseded_at.is_(None))
            .order_by(Champion.role, Champion.starts_on.desc(), Champion.id.desc())
        )
    )


def recorded_before(practice_id: int) -> list[tuple[Champion, bool]]:
    """What was recorded and counts no longer, the latest first, each with whether something replaced it."""
    replaced = select(Champion.supersedes_id).where(
        Champion.practice_id == practice_id, Champion.supersedes_id.is_not(None)
    )
    rows = db.session.execute(
        select(Champion, Champion.id.in_(replaced))
        .where(Champion.practice_id == practice_id, Champion.superseded_at.is_not(None))
        .order_by(Champion.superseded_at.desc(), Champion.id.desc())
    )
    return [(champion, is_replaced) for champion, is_replaced in rows]


def one(viewer: Viewer, practice_id: int, champion_id: int) -> Champion:
    """A champion of a practice that the viewer may see. Raises `NotVisible`."""
    found = db.session.scalar(
        select(Champion).where(
            Champion.id == champion_id,
            Champion.practice_id == practice_id,
            party_visible(viewer, Champion.__table__.c.practice_id),
        )
    )
    if found is None:
        raise NotVisible(champion_id)
    return found


def facts_of(practice_id: int) -> tuple[list[Fact], list[Gone]]:
    """Who is a champion for as long as anybody knows, and from when on a role has lost its champion.

    Whoever was struck never was one: a row that is superseded with none in its place.
    """
    rows = db.session.scalars(select(Champion).where(Champion.practice_id == practice_id).order_by(Champion.id)).all()
    words = {row.id: champion_in_words(row.name, row.role) for row in rows}
    replaced = {row.supersedes_id for row in rows}
    on_file = {words[row.id] for row in rows if row.superseded_at is None}
    miswritten: dict[int, frozenset[str]] = {}
    days = {row.id: (row.starts_on, row.ends_on) for row in rows}
    misdated: dict[int, tuple[frozenset[date | None], frozenset[date | None]]] = {}
    facts: list[Fact] = []
    gone: list[Gone] = []
    for row in rows:
        before, key = row.supersedes_id, row.role.value
        miswritten[row.id] = frozenset() if before is None else miswritten[before] | {words[before]}
        misdated[row.id] = _misdated(days.get(before or 0), misdated.get(before or 0))
        if row.superseded_at is not None:
            mistaken = ({words[row.id]} | miswritten[row.id]) - on_file
            if row.id not in replaced and mistaken:
                gone.append(Gone(FactKind.CHAMPIONS, key, clock.civil_date(row.superseded_at), frozenset(mistaken)))
        elif row.ends_on is None:
            facts.append(
                Fact(FactKind.CHAMPIONS, key, words[row.id], row.starts_on, miswritten[row.id], misdated[row.id][0])
            )
        else:
            gone.append(Gone(FactKind.CHAMPIONS, key, row.ends_on + ONE_DAY, misdated=misdated[row.id][1]))
    return facts, sorted(gone, key=lambda one: one.since)


def _misdated(
    replaced: tuple[date, date | None] | None, before: tuple[frozenset[date | None], frozenset[date | None]] | None
) -> tuple[frozenset[date | None], frozenset[date | None]]:
    """The first days with a champion, and the first ones without, that a row corrected; an open end is no wrong day."""
    if replaced is None or before is None:
        return frozenset(), frozenset()
    starts_on, ends_on = replaced
    return before[0] | {starts_on}, before[1] | ({ends_on + ONE_DAY} if ends_on else frozenset())
