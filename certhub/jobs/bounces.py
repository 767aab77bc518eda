"""Read the mail that came back from a folder, and forget the marks of addresses that are good again."""

from collections.abc import Iterator
from pathlib import Path

from certhub import clock
from certhub.database import transaction
from certhub.jobs.registry import Counts, JobProblem, Occasion, job
from certhub.rules.bounces import MOST_BYTES
from certhub.rules.refusal import Refusal
from certhub.services import bounces, mail_failures

_TAKEN, _REFUSED = "taken", "refused"
_UNREADABLE = "cannot be read"


@job("bounces", schedule="*/5 * * * *")
def take(occasion: Occasion) -> Counts:
    """Read the reports of mail servers in the folder for them, and mark the messages that came back."""
    folder = occasion.settings.bounce_dir
    if folder is None:
        return {}
    if not folder.is_dir():
        raise JobProblem("The folder that CERTHUB_BOUNCE_DIR names is not there. Make it, or correct the setting.", {})
    if occasion.dry_run:
        waiting = sum(1 for _ in _files(folder))
        return {"waiting": waiting} if waiting else {}
    counts: Counts = {}
    for done, file in enumerate(_files(folder), start=1):
        if occasion.stopping():
            break
        outcome = _one(file, folder, occasion, done)
        counts[outcome] = counts.get(outcome, 0) + 1
    if counts.get(_UNREADABLE):
        raise JobProblem("Some reports cannot be read. Give the worker's user the right to read them.", counts)
    return counts


def _one(file: Path, folder: Path, occasion: Occasion, done: int) -> str:
    """Take up one report, then put its file aside; a crash between both reads it again, which changes nothing."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
        with transaction():
            outcome = bounces.take(raw, base_url=occasion.settings.base_url, at=clock.now()).value
            occasion.progress(done, None)
    except Refusal:
        outcome = _REFUSED
    except OSError:  # it stays where it is, and the others are read all the same
        return _UNREADABLE
    aside = folder / (_REFUSED if outcome == _REFUSED else _TAKEN)
    try:
        aside.mkdir(exist_ok=True)
        file.replace(aside / file.name)
    except OSError as problem:
        raise JobProblem(
            f"The worker may not move files within the folder that CERTHUB_BOUNCE_DIR names ({problem.strerror}). "
            "Make it a folder of the worker's user, below the data folder or named in its unit (docs/runbook.md).",
            {},
        ) from problem
    return outcome


def _files(folder: Path) -> Iterator[Path]:
    """The messages of a maildir (`new` and `cur`), or of a plain folder; never what a link leads to."""
    places = [place for name in ("new", "cur") if (place := folder / name).is_dir()] or [folder]
    for place in places:
        for file in sorted(place.iterdir()):
            if file.is_file() and not file.is_symlink() and not file.name.startswith("."):
                yield file


@job("failing-addresses", schedule="40 5 * * *")
def clear(occasion: Occasion) -> Counts:
    """Forget that mail to an address came back, once later mail to it has not."""
    if occasion.dry_run:
        proven = mail_failures.proven(clock.now())
        return {"would clear": proven} if proven else {}
    with transaction():
        gone = mail_failures.clear_proven(clock.now())
    return {"good again": gone} if gone else {}
