"""Open applications with what their reviewers said last."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from sqlalchemy import select

from certhub.database import db
from certhub.models.certification import Application, ItemReview
from certhub.rules.dossier import ItemWord
from certhub.rules.lifecycle import OPEN_STATUSES


class UnderJudgement(NamedTuple):
    """An open application, with the last word of its reviewers on each requirement."""

    application: Application
    words: tuple[ItemWord, ...]


def open_applications(ids: Collection[int]) -> dict[int, UnderJudgement]:
    """The open application of each of some parties, if any, with its words: in one statement."""
    rows = db.session.execute(
        select(Application, ItemReview)
        .outerjoin(ItemReview, ItemReview.application_id == Application.id)
        .where(Application.party_id.in_(ids), Application.status.in_(OPEN_STATUSES))
        .order_by(Application.id, ItemReview.id)
    )
    said: dict[Application, list[ItemReview]] = {}
    for application, word in rows:
        said.setdefault(application, []).extend([word] if word is not None else [])
    return {one.party_id: UnderJudgement(one, latest(words)) for one, words in said.items()}


def latest(words: Iterable[Any]) -> tuple[ItemWord, ...]:
    """The last word on each requirement of an application, in the order of codes; `words` are rows, oldest first."""
    by_code = {one.requirement_code: one for one in words}
    return tuple(ItemWord(code, one.verdict, one.reason, one.seen_inputs) for code, one in sorted(by_code.items()))
