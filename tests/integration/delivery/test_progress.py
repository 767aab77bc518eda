"""How far a long job is: in the terminal that it was started in, in the row of its run, and on that run's page."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.cli import job as terminal
from certhub.database import chain_so_far, db, transaction
from certhub.jobs import runner, standard_previews
from certhub.jobs.asked_work import Pieces
from certhub.jobs.registry import Counts, Job, Occasion
from certhub.models.jobs import JobRun, JobStatus
from certhub.rules.proposals import STEPS
from certhub.rules.vocabulary import Role
from certhub.services import proposals, training_import_check, training_imports
from certhub.services import standard_previews as previews
from certhub.web.context import settings
from tests.factories import make_coordinator, make_user, make_vendor, sign_in
from tests.integration.exposure.arranging import certified
from tests.integration.parties.browsing import fetched, send, vendor_hr
from tests.integration.proposals import arranging
from tests.integration.standards.drafts import opened
from tests.integration.test_command_sentences import invoke
from tests.integration.training_imports.files import checked_file, import_it, line, lines

Seen = list[tuple[int, int | None]]
ANA = "ana@example.org"


class Bar:
    """A progress bar that keeps what it was told."""

    seen: ClassVar[Seen] = []

    def __init__(self, *_columns: object, **_options: object) -> None:
        self.seen.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        pass

    def add_task(self, _name: str, total: int | None) -> int:
        assert total is None
        return 1

    def update(self, _task: int, *, completed: int, total: int | None) -> None:
        self.seen.append((completed, total))


@pytest.fixture
def bar(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """What the terminal's bar was told, each state once."""
    monkeypatch.setattr(terminal, "Progress", Bar)
    return Bar.seen


@pytest.fixture
def address(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> str:
    """The report of a file of five rows, which the worker takes two at a time."""
    monkeypatch.setattr(training_import_check, "AT_ONCE", 3)
    monkeypatch.setattr(training_import_check, "ROWS_IN_A_STEP", 2)
    monkeypatch.setattr(training_imports, "_ENTRIES_AT_ONCE", 2)
    vendor = make_vendor()
    make_coordinator(vendor=vendor, email=ANA)
    vendor_hr(client, vendor)
    return checked_file(client, lines(*(line(email=ANA, title=f"Part {number}") for number in range(5))))


def in_the_terminal(app: Flask, name: str) -> JobRun:
    """The row that `certhub job run NAME` leaves."""
    answer = invoke(app, "job", "run", name)
    assert answer.exit_code == 0, answer.output
    return last_run()


def last_run() -> JobRun:
    db.session.expire_all()
    return db.session.scalars(select(JobRun).order_by(JobRun.id.desc()).limit(1)).one()


def each_once(seen: Seen) -> Seen:
    return list(dict.fromkeys(seen))


def test_a_terminal_shows_how_far_the_check_the_import_and_the_undoing_of_a_file_are(
    app: Flask, client: FlaskClient, address: str, bar: Seen
) -> None:
    asked: list[Callable[[], object]] = [
        lambda: None,
        lambda: import_it(client, address),
        lambda: send(client, f"{address}/undo", reason="Wrong file"),
    ]
    for ask in asked:
        ask()
        run = in_the_terminal(app, "training-imports")
        assert each_once(bar) == [(0, 5), (2, 5), (4, 5), (5, 5)]
        assert (run.done, run.total, run.counts) == (5, 5, {"worked on": 1})
    assert "The reason: <bdi>Wrong file</bdi>" in fetched(client, address)


def test_a_second_file_of_a_run_is_counted_on_top_of_the_first(
    app: Flask, client: FlaskClient, address: str, bar: Seen
) -> None:
    checked_file(client, lines(*(line(email=ANA, title=f"Other {number}") for number in range(4))))
    run = in_the_terminal(app, "training-imports")
    assert each_once(bar) == [(0, 5), (2, 5), (4, 5), (5, 5), (5, 9), (7, 9), (9, 9)]
    assert (run.done, run.total, run.counts) == (9, 9, {"worked on": 2})


@pytest.mark.parametrize(("seconds", "told"), [(1000, [0, 0, 0]), (0, [0, 2, 4])])
def test_the_page_of_a_run_shows_from_its_beginning_how_many_rows_there_are(
    app: Flask, address: str, monkeypatch: pytest.MonkeyPatch, seconds: int, told: list[int]
) -> None:
    onlooker = sign_in(app.test_client(), make_user(Role.DPH_ADMINISTRATOR))
    looked: list[str] = []
    read = training_import_check.read

    def look_then_read(check: training_import_check.Check, rows: Any) -> Any:
        looked.append(fetched(onlooker, f"/jobs/runs/{last_run().id}"))
        return read(check, rows)

    monkeypatch.setattr(runner, "_SECONDS_BETWEEN_SIGNS", seconds)
    monkeypatch.setattr(training_import_check, "read", look_then_read)
    in_the_terminal(app, "training-imports")
    assert [f"{done} of 5 done" in page for done, page in zip(told, looked, strict=True)] == [True, True, True]


def test_an_import_tells_the_terminal_and_leaves_the_row_of_the_run_unlocked_until_it_is_saved(
    app: Flask, client: FlaskClient, address: str, bar: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_terminal(app, "training-imports")
    import_it(client, address)
    monkeypatch.setattr(runner, "_SECONDS_BETWEEN_SIGNS", 0)
    rows: Seen = []

    def look_then_chain() -> None:
        newest = select(JobRun.done, JobRun.total).order_by(JobRun.id.desc()).limit(1)
        rows.extend((done, total) for done, total in db.session.execute(newest))
        chain_so_far()

    monkeypatch.setattr(training_imports, "chain_so_far", look_then_chain)
    in_the_terminal(app, "training-imports")
    assert rows == [(0, 5)] * 3
    assert each_once(bar) == [(0, 5), (2, 5), (4, 5), (5, 5)]


def test_a_terminal_shows_the_steps_of_a_plan_and_then_the_lines_that_are_accepted(app: Flask, bar: Seen) -> None:
    office, bridge = arranging.make_office(), arranging.vendor()
    for person, place in (("Ana Ferreira", "Elm Street"), ("Ben Walsh", "Oak Street")):
        arranging.coordinator(person, bridge)
        arranging.practice(place, tier_2=80)
    found = arranging.asked(office)
    run = in_the_terminal(app, "proposals")
    assert each_once(bar) == [(done, STEPS) for done in range(STEPS + 1)]
    assert (run.done, run.total) == (STEPS, STEPS)
    db.session.refresh(found)
    with transaction():
        proposals.ask_to_accept(found, None, actor=office, at=clock.now())
    run = in_the_terminal(app, "proposals")
    assert each_once(bar) == [(1, 2), (2, 2)]
    assert (run.done, run.total, run.counts) == (2, 2, {"worked on": 1})


def test_a_terminal_shows_how_many_holders_a_count_has_judged(
    app: Flask, bar: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standard_previews, "HOLDERS_AT_ONCE", 2)
    for number in range(3):
        certified(make_coordinator(f"Ana Ferreira {number}"))
    draft, administrator = opened("CC-CORE"), make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        preview = previews.ask(draft, actor=administrator, at=clock.now())
    run = in_the_terminal(app, "standard-previews")
    db.session.refresh(preview)
    assert preview.total == 3
    assert each_once(bar) == [(0, 3), (2, 3), (3, 3)]
    assert (run.done, run.total, run.counts) == (3, 3, {"worked on": 1})


def test_a_run_that_tells_its_progress_between_two_transactions_does_not_fail(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "_SECONDS_BETWEEN_SIGNS", 0)
    told: list[int] = []

    def work(occasion: Occasion) -> Counts:
        occasion.progress(3, 7)
        assert not occasion.stopping()
        told.append(last_run().done)
        return {"done": 3}

    occasion = Occasion(clock.today(), settings(), lambda _item: "")
    run = runner.run(Job("telling", "0 6 * * *", "Tells.", work), occasion)
    assert (run.status, run.done, run.total, told) == (JobStatus.FINISHED, 3, 7, [3])


def test_a_piece_of_work_counts_as_one_where_it_told_nothing_and_what_was_left_of_it_is_not_counted() -> None:
    seen: Seen = []
    pieces = Pieces(
        Occasion(clock.today(), None, lambda _item: "", progress=lambda done, total: seen.append((done, total)))  # type: ignore[arg-type]  # no installation
    )
    pieces.through()
    pieces.tell(2, 5)
    pieces.through()  # somebody ended it
    pieces.tell(0, None)
    pieces.tell(4, 4)
    assert seen == [(1, 1), (3, 6), (3, 3), (3, None), (7, 7)]
    assert pieces.worked_on == 2
