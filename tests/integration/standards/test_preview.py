"""Before a draft is adopted, DPH sees who would not meet it today, and who only because of what it changes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.jobs import standard_previews as job
from certhub.jobs.registry import Occasion
from certhub.models.parties import Practice
from certhub.models.standards import StandardPreview, StandardPreviewHolder, StandardVersion
from certhub.rules.job_retries import BEGINNINGS_BORNE
from certhub.rules.refusal import Refusal
from certhub.rules.standard_draft import Raw
from certhub.rules.vocabulary import Role, Transition
from certhub.services import standard_previews as previews
from certhub.services import standards as service
from certhub.web.context import press, settings
from tests import factories
from tests.factories import ARRANGING, sign_in
from tests.integration.parties.browsing import administrator, fetched, send
from tests.integration.standards.drafts import opened

CODE = "PR-CORE"
NEW = "PR-NEW"


@pytest.fixture
def practices(app: Flask) -> list[Practice]:
    """Two practices that hold a commitment, and one that never had one."""
    found = [factories.make_practice(f"Elm Street Pediatrics {letter}") for letter in "ABC"]
    for practice in found[:2]:
        desk = lifecycle.Desk(
            factories.make_user(Role.PRACTICE_MANAGER, practice), factories.make_user(Role.DPH_REVIEWER), press()
        )
        with transaction():
            lifecycle.certified(practice, desk, at=clock.now() - timedelta(days=90))
    return found


@pytest.fixture
def draft(practices: list[Practice]) -> StandardVersion:
    """A draft that asks for one document more."""
    version = opened(CODE)
    with transaction():
        return service.revise(version.id, asking_more, seen=version.definition_hash, actor=ARRANGING, at=clock.now())


def asking_more(raw: Raw) -> Raw:
    more = {
        "code": NEW, "title": "A plan for language access", "plain_text": "You have a plan.", "kind": "document",
        "stages": ["renewal"], "severity": "major", "citation": "Program default", "params": {"types": ["plan"]},
    }  # fmt: skip
    return {**raw, "requirements": [*raw["requirements"], more]}


def run(stopping: Callable[[], bool] = lambda: False, *, cancelled: bool = False, deaths: int = 0) -> dict[str, int]:
    occasion = Occasion(
        clock.today(), settings(), lambda *_: "https://certhub.example.org", stopping=stopping,
        cancelled=lambda: cancelled, deaths=deaths,
    )  # fmt: skip
    return job.count(occasion)


class StopsAfter:
    """A worker that is told to stop after it was asked a few times."""

    def __init__(self, times: int) -> None:
        self.left = times

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def address(draft: StandardVersion) -> str:
    return f"/standards/{draft.id}/preview"


def test_dph_asks_for_a_count_and_reads_who_would_fail(
    client: FlaskClient, draft: StandardVersion, practices: list[Practice]
) -> None:
    administrator(client)
    page = fetched(client, address(draft))
    assert "Nobody has counted yet." in page
    assert send(client, address(draft)).status_code == 302
    assert "The count waits for its turn." in fetched(client, address(draft))
    assert run() == {"worked on": 1}
    assert run() == {}
    page = fetched(client, address(draft))
    assert "2 of 2 would fail because of the draft" in page
    assert f"{NEW} A plan for language access" in page
    for practice in practices[:2]:
        assert practice.name in page
    assert practices[2].name not in page
    assert practices[0].name in fetched(client, address(draft) + f"?requirement={NEW}")
    assert practices[0].name not in fetched(client, address(draft) + "?requirement=PR-01")
    assert practices[0].name in fetched(client, address(draft) + "?requirement=PR-01&show=all")


def test_what_the_version_in_force_asks_too_is_not_put_down_to_the_draft(
    client: FlaskClient, practices: list[Practice]
) -> None:
    version, asking = opened(CODE), factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        previews.ask(version, actor=asking, at=clock.now())
    run()
    found = db.session.scalars(select(StandardPreview)).one()
    assert (found.done, found.total, found.because) == (2, 2, 0)
    assert found.failing == 2, "what is handed in with a renewal is not there yet"
    assert db.session.scalars(select(StandardPreviewHolder.because).distinct()).all() == [""]


def test_two_who_ask_at_once_get_one_count(client: FlaskClient, draft: StandardVersion) -> None:
    administrator(client)
    assert send(client, address(draft)).status_code == 302
    administrator(client)
    assert send(client, address(draft)).status_code == 302
    assert db.session.scalar(select(func.count()).select_from(StandardPreview)) == 1


def test_a_draft_that_changed_says_that_its_count_is_old(client: FlaskClient, draft: StandardVersion) -> None:
    administrator(client)
    send(client, address(draft))
    run()
    assert "The draft has changed since this count." not in fetched(client, address(draft))
    with transaction():
        service.revise(
            draft.id, lambda raw: {**raw, "title": "Another title"}, seen=draft.definition_hash,
            actor=ARRANGING, at=clock.now(),
        )  # fmt: skip
    assert "The draft has changed since this count." in fetched(client, address(draft))


def test_a_draft_that_is_gone_before_it_is_counted_is_not_counted(draft: StandardVersion) -> None:
    asking = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        preview = previews.ask(draft, actor=asking, at=clock.now())
        service.adopt(
            draft.id, seen=draft.definition_hash, effective_from=clock.today(), transition=Transition.BY_SUBMISSION,
            actor=ARRANGING, at=clock.now(),
        )  # fmt: skip
    run()
    db.session.refresh(preview)
    assert (preview.error, preview.total) == (job.GONE, None)


def test_a_discarded_draft_takes_its_counts_along(client: FlaskClient, draft: StandardVersion) -> None:
    administrator(client)
    send(client, address(draft))
    run()
    with transaction():
        service.discard(draft.id, actor=ARRANGING, at=clock.now())
    assert db.session.scalars(select(StandardPreview)).all() == []
    assert db.session.scalars(select(StandardPreviewHolder)).all() == []


def test_a_count_that_the_worker_left_begins_anew(draft: StandardVersion) -> None:
    asking = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        preview = previews.ask(draft, actor=asking, at=clock.now())
    assert run(stopping=StopsAfter(1)) == {}
    db.session.refresh(preview)
    assert preview.started_at is not None
    assert preview.finished_at is None
    assert run() == {"worked on": 1}
    db.session.refresh(preview)
    assert (preview.done, preview.failing, preview.error) == (2, 2, None)


def test_the_page_of_a_count_tells_how_far_it_is(
    client: FlaskClient, draft: StandardVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "HOLDERS_AT_ONCE", 1)
    administrator(client)
    send(client, address(draft))
    assert run(stopping=StopsAfter(2)) == {}
    page = fetched(client, address(draft))
    assert "1 of 2 judged" in page
    assert 'value="50"' in page


@pytest.mark.parametrize("ends", ["goes on", "is ended"])
def test_a_count_that_another_run_has_begun_since_is_left_to_that_run(
    draft: StandardVersion, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    monkeypatch.setattr(job, "HOLDERS_AT_ONCE", 1)
    asking = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        preview = previews.ask(draft, actor=asking, at=clock.now())
    asked = iter(range(10))

    def another_run_begins_after_one_holder() -> bool:
        if next(asked) != 2:
            return False
        assert run(stopping=StopsAfter(2)) == {}
        return ends == "is ended"

    assert run(stopping=another_run_begins_after_one_holder, cancelled=True) == {}
    db.session.refresh(preview)
    assert (preview.done, preview.finished_at) == (1, None), "as the other run has left it"
    assert run() == {"worked on": 1}
    db.session.refresh(preview)
    assert (preview.done, preview.failing, preview.error) == (2, 2, None)


def test_a_count_at_which_workers_died_is_given_up_with_a_sentence(draft: StandardVersion) -> None:
    asking = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        preview = previews.ask(draft, actor=asking, at=clock.now())
    assert run(stopping=StopsAfter(1), deaths=BEGINNINGS_BORNE - 1) == {}
    assert run(deaths=BEGINNINGS_BORNE) == {"worked on": 1}
    db.session.refresh(preview)
    assert preview.error == job.DIED


def test_a_count_that_a_person_ended_says_so_and_is_not_begun_again(draft: StandardVersion) -> None:
    asking = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        preview = previews.ask(draft, actor=asking, at=clock.now())
    assert run(stopping=StopsAfter(1), cancelled=True) == {}
    db.session.refresh(preview)
    assert preview.finished_at is not None
    assert preview.error == "Somebody ended the count. Ask for a new one when you want it."
    assert run() == {}


def test_whoever_drafts_ends_a_count_on_its_page_while_the_worker_is_at_it(
    client: FlaskClient, draft: StandardVersion
) -> None:
    asking = factories.make_user(Role.DPH_ADMINISTRATOR)
    with transaction():
        preview = previews.ask(draft, actor=asking, at=clock.now())
    sign_in(client, asking)
    asked = iter(range(10))

    def ends_it_in_the_middle() -> bool:
        if next(asked) == 1:
            assert "End this work" in client.get(address(draft)).get_data(as_text=True)
            send(client, f"{address(draft)}/end", page=address(draft))
        return False

    assert run(stopping=ends_it_in_the_middle) == {"worked on": 1}
    db.session.refresh(preview)
    assert preview.error == previews.ENDED
    assert preview.finished_at is not None
    assert preview.requirements == []
    with pytest.raises(Refusal, match="has ended already"), transaction():
        previews.end_work(preview, at=clock.now())


@pytest.mark.parametrize("role", [Role.DPH_REVIEWER, Role.AUDITOR])
def test_only_those_who_draft_count(client: FlaskClient, draft: StandardVersion, role: Role) -> None:
    sign_in(client, factories.make_user(role))
    assert client.get(address(draft)).status_code == 403
