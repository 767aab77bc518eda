"""Two people at one file at the same time, with real threads: its hours are entered exactly once, or not at all."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from certhub import clock
from certhub.database import db, transaction
from certhub.filestore import FolderStore
from certhub.jobs.registry import Occasion
from certhub.jobs.training_imports import work_off
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.parties import VendorOrganization
from certhub.models.training_imports import ImportWork, TrainingImport, TrainingImportRow, TrainingImportStatus
from certhub.queries import training_imports as imports
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import training_import_check, training_imports
from tests.factories import make_coordinator, make_user, make_vendor
from tests.integration.training_imports.files import line, lines, whole_file

ROWS = 12
DATA = lines(*(line(email=f"p{number % 3}@example.org", title=f"Part {number}") for number in range(ROWS)))


@dataclass(frozen=True, slots=True)
class Office:
    """A vendor with two who work in HR."""

    app: Flask
    vendor_id: int
    hr: tuple[int, int]

    def file(self) -> int:
        """A file that was checked, and whose rows are all right."""
        number = whole_file(
            db.session.get_one(VendorOrganization, self.vendor_id), DATA, hr=db.session.get_one(User, self.hr[0])
        ).id
        db.session.remove()
        return number

    def at_once(self, *tasks: Callable[[User], object]) -> list[object]:
        """What each of some tasks led to, or why it was refused; each person does one, and all begin together."""
        barrier, ends = threading.Barrier(len(tasks)), dict[int, object]()

        def work(place: int) -> None:
            with self.app.app_context():
                try:
                    actor = db.session.get_one(User, self.hr[place])
                    barrier.wait()
                    with transaction():
                        ends[place] = tasks[place](actor)
                except (Refusal, SQLAlchemyError) as problem:  # judged below, by the thread of the test
                    ends[place] = problem
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=work, args=(place,)) for place in range(len(tasks))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [ends[place] for place in range(len(tasks))]


@pytest.fixture
def office(committed_app: Flask) -> Office:
    vendor = make_vendor()
    for number in range(3):
        make_coordinator(vendor=vendor, email=f"p{number}@example.org")
    hr = (make_user(Role.VENDOR_HR, vendor), make_user(Role.VENDOR_HR, vendor))
    return Office(committed_app, vendor.id, (hr[0].id, hr[1].id))


def importing(number: int) -> Callable[[User], object]:
    return lambda actor: training_imports.carry_out(
        db.session.get_one(TrainingImport, number), leave_out=False, actor=actor, at=clock.now()
    )


def undoing(number: int) -> Callable[[User], object]:
    return lambda actor: training_imports.undo(
        db.session.get_one(TrainingImport, number), reason="Wrong file", actor=actor, at=clock.now()
    )


def standing(numbers: Sequence[int]) -> int:
    """How many hours of these files count now."""
    return sum(db.session.scalar(select(func.count()).where(imports.standing(number))) or 0 for number in numbers)


def told(action: AuditAction) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def test_two_who_start_the_import_of_one_file_at_once_bring_its_hours_once(office: Office) -> None:
    number = office.file()
    ends = office.at_once(importing(number), importing(number))
    assert sorted(map(str, ends)) == [str(ROWS), "None"]
    assert standing([number]) == told(AuditAction.TRAINING_RECORDED) == ROWS
    assert told(AuditAction.TRAINING_IMPORT_APPLIED) == 1


def test_two_files_that_say_the_same_bring_it_once_when_they_are_imported_at_once(office: Office) -> None:
    numbers = office.file(), office.file()
    ends = office.at_once(*map(importing, numbers))
    assert sorted(map(str, ends)) == ["0", str(ROWS)]
    assert standing(numbers) == ROWS


def test_whoever_undoes_while_somebody_imports_leaves_all_hours_or_none(office: Office) -> None:
    number = office.file()
    imported, undone = office.at_once(importing(number), undoing(number))
    assert imported == ROWS
    status = db.session.get_one(TrainingImport, number).status
    if isinstance(undone, Refusal):
        assert "not imported" in undone.message
        assert (status, standing([number])) == (TrainingImportStatus.APPLIED, ROWS)
    else:
        assert (undone, status, standing([number])) == (ROWS, TrainingImportStatus.UNDONE, 0)


def test_two_who_undo_one_import_at_once_take_its_hours_back_once(office: Office) -> None:
    number = office.file()
    with transaction():
        importing(number)(db.session.get_one(User, office.hr[0]))
    db.session.remove()
    ends = office.at_once(undoing(number), undoing(number))
    assert sorted(map(str, ends)) == [str(ROWS), "None"]
    assert standing([number]) == 0
    assert told(AuditAction.TRAINING_WITHDRAWN) == ROWS
    assert told(AuditAction.TRAINING_IMPORT_REVERTED) == 1


def test_two_runs_that_check_one_file_at_once_keep_each_of_its_rows_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run by hand beside the worker: the one that began later does all of it, and the other one leaves it alone."""
    monkeypatch.setattr(training_import_check, "ROWS_IN_A_STEP", 2)
    settings = office.app.extensions["certhub"].settings
    stored = FolderStore(settings.files_dir).put(DATA)
    number, ends = office.file(), dict[str, object]()
    with transaction() as session:
        found = session.get_one(TrainingImport, number)
        found.sha256 = stored
        training_import_check.set_back(found)
        training_imports.ask(found, ImportWork.CHECK, actor=session.get_one(User, office.hr[0]), at=clock.now())
    db.session.remove()
    first_is_at_it, second_is_at_it, first_has_ended = (threading.Event() for _ in range(3))

    def work(name: str, tells: threading.Event, waits: threading.Event) -> None:
        asked = iter(range(100))

        def stopping() -> bool:
            if next(asked) == 2:
                tells.set()
                assert waits.wait(30)
            return False

        with office.app.app_context():
            ends[name] = work_off(Occasion(clock.today(), settings, lambda _item: "", stopping=stopping))
            db.session.remove()

    def begin_first() -> None:
        work("first", first_is_at_it, second_is_at_it)
        first_has_ended.set()

    def begin_second() -> None:
        assert first_is_at_it.wait(30)
        work("second", second_is_at_it, first_has_ended)

    threads = [threading.Thread(target=begin_first), threading.Thread(target=begin_second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == {"first": {}, "second": {"worked on": 1}}
    rows = db.session.scalars(select(TrainingImportRow.row).where(TrainingImportRow.import_id == number)).all()
    assert sorted(rows) == list(range(2, ROWS + 2))
    assert db.session.get_one(TrainingImport, number).status is TrainingImportStatus.CHECKED


def test_two_who_choose_to_import_a_long_file_at_once_ask_the_worker_once(office: Office) -> None:
    number = office.file()

    def choosing(actor: User) -> None:
        found = db.session.get_one(TrainingImport, number)
        training_imports.choose(found, leave_out=False, actor=actor, at=clock.now())

    ends = office.at_once(choosing, choosing)
    (refused,) = [one for one in ends if one is not None]
    assert isinstance(refused, Refusal)
    assert "CertHub is busy with this file" in refused.message
    assert told(AuditAction.TRAINING_IMPORT_ASKED) == 1
