"""Count what drafts of standards would mean, as soon as somebody asks."""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice

from sqlalchemy import delete, insert, select

from certhub import clock
from certhub.database import db, locked, transaction
from certhub.jobs.asked_work import EndedMeanwhile, Endings, Hold, Pieces, TakenOver, work_off_asked
from certhub.jobs.registry import Counts, Occasion, job
from certhub.models.standards import StandardPreview, StandardPreviewHolder, StandardVersion
from certhub.queries import population, standard_previews, standards
from certhub.queries.standard_previews import Outcome
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import VersionStatus
from certhub.services import standard_previews as service
from certhub.services.bulk_changes import rows_changed

HOLDERS_AT_ONCE = 500
GONE = "The draft was adopted or changed before it was counted. Ask for a new count."
DIED = "The count was given up, because the worker ended several times in the middle of it. The log has the details."


_ENDINGS = Endings(died=DIED, ended=service.ENDED, failed="The count failed. The log of the worker has the details.")


@job("standard-previews", schedule="* * * * *")
def count(occasion: Occasion) -> Counts:
    """Count who would not meet the drafts of standards for which somebody asked it."""
    return work_off_asked(occasion, next_one=_next_one, do=_make, give_up=_give_up)


def _next_one(overtaken: Collection[int]) -> Hold | None:
    """The count that was asked for first and has not ended; one that a worker left in the middle begins anew."""
    found = StandardPreview
    row = db.session.execute(
        select(found.id, found.started_at)
        .where(found.finished_at.is_(None), found.id.not_in(overtaken))
        .order_by(found.id)
        .limit(1)
    ).first()
    return None if row is None else Hold(row[0], row[1], _ENDINGS)


def _make(hold: Hold, pieces: Pieces) -> None:
    """Count, with its progress told after every few hundred holders."""
    preview_id = hold.number
    with transaction() as session:
        preview = _unfinished(hold)
        version = session.get_one(StandardVersion, preview.standard_version_id)
        since = preview.started_at = clock.now()
        preview.done = preview.failing = preview.because = 0
        preview.requirements = []
        rows_changed(delete(StandardPreviewHolder).where(StandardPreviewHolder.preview_id == preview_id))
        if version.status is not VersionStatus.DRAFT or version.definition_hash != preview.definition_hash:
            preview.finished_at, preview.error = clock.now(), GONE
            return
        preview.total = total = population.size(version.standard, as_of=preview.as_of)
        pieces.tell(0, total)
    hold.since = since
    draft, present = standards.definition_of(version), standards.in_force(version.standard_id, preview.as_of)
    outcomes = standard_previews.outcomes(
        OPERATOR, version.standard, draft, standards.definition_of(present), as_of=preview.as_of
    )
    unmet: Counter[str] = Counter()
    because: Counter[str] = Counter()
    failing = newly = 0
    for some in _pieces(outcomes):
        pieces.go_on()
        failing += sum(bool(one.unmet) for one in some)
        newly += sum(bool(one.because) for one in some)
        unmet.update(code for one in some for code in one.unmet)
        because.update(code for one in some for code in one.because)
        with transaction() as session:
            preview = _unfinished(hold)
            rows = [
                {
                    "preview_id": preview_id,
                    "credential_id": one.holder.credential_id,
                    "unmet": _listed(one.unmet),
                    "because": _listed(one.because),
                }
                for one in some
                if one.unmet
            ]
            if rows:
                session.execute(insert(StandardPreviewHolder), rows)
            preview.done += len(some)
            preview.failing, preview.because = failing, newly
            pieces.tell(preview.done, max(preview.done, total))
    with transaction():
        preview = _unfinished(hold)
        preview.finished_at = clock.now()
        preview.requirements = [
            [requirement.code, unmet[requirement.code], because[requirement.code]]
            for requirement in draft.requirements
            if unmet[requirement.code]
        ]


def _unfinished(hold: Hold) -> StandardPreview:
    """The count, locked, while it is still to be made, by this run. Raises `EndedMeanwhile`."""
    preview = locked(db.session.get_one(StandardPreview, hold.number))
    if preview.finished_at is not None:
        raise EndedMeanwhile
    if preview.started_at != hold.since:
        raise TakenOver
    return preview


def _give_up(hold: Hold, sentence: str) -> None:
    """End a count that could not be made, unless it is another run's by now, or somebody has ended it already."""
    with transaction() as session:
        preview = locked(session.get_one(StandardPreview, hold.number))
        if preview.finished_at is None and preview.started_at == hold.since:
            service.fail(preview, sentence, at=clock.now())


def _listed(codes: tuple[str, ...]) -> str:
    """Codes as they are kept, so that one of them is found by itself: " CC-09 CC-10 "."""
    return f" {' '.join(codes)} " if codes else ""


def _pieces(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    while some := list(islice(outcomes, HOLDERS_AT_ONCE)):
        yield some
