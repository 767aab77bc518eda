"""Count what drafts of standards would mean, as soon as somebody asks."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from sqlalchemy import delete, insert, select

from certhub import clock
from certhub.database import db, locked, transaction
from certhub.jobs.registry import Counts, EndedMeanwhile, Occasion, job
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


@job("standard-previews", schedule="* * * * *")
def count(occasion: Occasion) -> Counts:
    """Count who would not meet the drafts of standards for which somebody asked it."""
    counted = 0
    while not occasion.stopping() and (found := _next_one()) is not None:
        if occasion.dry_run:
            return {"would count": 1}
        preview_id, begun = found
        try:
            if begun and occasion.gives_up(counted):
                _fail(preview_id, DIED)
            elif not _make(preview_id, stopping=occasion.stopping):
                if occasion.cancelled():
                    _fail(preview_id, service.ENDED)
                break
        except EndedMeanwhile:
            continue
        except Exception:
            _fail(preview_id, "The count failed. The log of the worker has the details.")
            raise
        counted += 1
    return {"counted": counted} if counted else {}


def _next_one() -> tuple[int, bool] | None:
    """The id of the count that was asked for first and has not ended, and whether a worker began with it before."""
    found = StandardPreview
    row = db.session.execute(
        select(found.id, found.started_at).where(found.finished_at.is_(None)).order_by(found.id).limit(1)
    ).first()
    return None if row is None else (row[0], row[1] is not None)


def _make(preview_id: int, *, stopping: Callable[[], bool]) -> bool:
    """Count, with its progress told after every few hundred holders; False where the worker has to stop before.

    A count that an earlier worker left in the middle begins anew.
    """
    with transaction() as session:
        preview = _unfinished(preview_id)
        version = session.get_one(StandardVersion, preview.standard_version_id)
        preview.started_at = clock.now()
        preview.done = preview.failing = preview.because = 0
        preview.requirements = []
        rows_changed(delete(StandardPreviewHolder).where(StandardPreviewHolder.preview_id == preview_id))
        if version.status is not VersionStatus.DRAFT or version.definition_hash != preview.definition_hash:
            preview.finished_at, preview.error = clock.now(), GONE
            return True
        preview.total = population.size(version.standard, as_of=preview.as_of)
    draft, present = standards.definition_of(version), standards.in_force(version.standard_id, preview.as_of)
    outcomes = standard_previews.outcomes(
        OPERATOR, version.standard, draft, standards.definition_of(present), as_of=preview.as_of
    )
    unmet: Counter[str] = Counter()
    because: Counter[str] = Counter()
    failing = newly = 0
    for some in _pieces(outcomes):
        if stopping():
            return False
        failing += sum(bool(one.unmet) for one in some)
        newly += sum(bool(one.because) for one in some)
        unmet.update(code for one in some for code in one.unmet)
        because.update(code for one in some for code in one.because)
        with transaction() as session:
            preview = _unfinished(preview_id)
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
    with transaction():
        preview = _unfinished(preview_id)
        preview.finished_at = clock.now()
        preview.requirements = [
            [requirement.code, unmet[requirement.code], because[requirement.code]]
            for requirement in draft.requirements
            if unmet[requirement.code]
        ]
    return True


def _unfinished(preview_id: int) -> StandardPreview:
    """The count, locked, while it is still to be made. Raises `EndedMeanwhile`."""
    preview = locked(db.session.get_one(StandardPreview, preview_id))
    if preview.finished_at is not None:
        raise EndedMeanwhile
    return preview


def _fail(preview_id: int, sentence: str) -> None:
    """End a count that could not be made."""
    with transaction() as session:
        service.fail(session.get_one(StandardPreview, preview_id), sentence, at=clock.now())


def _listed(codes: tuple[str, ...]) -> str:
    """Codes as they are kept, so that one of them is found by itself: " CC-09 CC-10 "."""
    return f" {' '.join(codes)} " if codes else ""


def _pieces(outcomes: Iterator[Outcome]) -> Iterator[list[Outcome]]:
    while some := list(islice(outcomes, HOLDERS_AT_ONCE)):
        yield some
