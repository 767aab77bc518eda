"""A new secret key: who is signed in stays so, forms that are open still work, and an old key ends one day."""

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certhub.app import create_app
from certhub.config import load
from certhub.database import db, transaction
from certhub.models.messages import Message, MessageStatus
from certhub.rules.opt_outs import token
from certhub.rules.refusal import Refusal
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.vocabulary import Role
from tests import factories
from tests.conftest import SECRET_KEY, Browser
from tests.integration.operations.installations import WHEN

NEW = "another key for tests, of thirty-two characters or more"


@contextmanager
def restarted(app: Flask, folder: Path, *previous: str) -> Iterator[FlaskClient]:
    """The same installation after a start with a new key."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    settings = load({}, database_url=url, data_dir=folder, secret_key=NEW, previous_secret_keys=previous)
    other = create_app(settings)
    other.testing = True
    other.test_client_class = Browser
    yield other.test_client()
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(("previous", "known"), [((SECRET_KEY,), True), ((), False)], ids=["known", "forgotten"])
def test_sessions_and_open_forms_outlive_a_new_key_as_long_as_the_old_one_is_known(
    committed_app: Flask, tmp_path: Path, previous: tuple[str, ...], known: bool
) -> None:
    before = factories.sign_in(committed_app.test_client(), factories.make_user(Role.DPH_ADMINISTRATOR))
    page = before.get("/account").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    cookie = before.get_cookie("certhub")
    assert token is not None
    assert cookie is not None

    with restarted(committed_app, tmp_path, *previous) as after:
        after.set_cookie("certhub", cookie.value)
        assert (after.get("/account").status_code == 200) is known
        if known:
            sent = after.post("/sign-out", data={"csrf_token": token[1]})
            assert sent.status_code == 302, sent.get_data(as_text=True)


def test_a_key_is_rotated_by_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "keys" / "secret-key"
    monkeypatch.setenv("CERTHUB_SECRET_KEY_FILE", str(key))
    monkeypatch.setenv("CERTHUB_DATA_DIR", str(tmp_path))
    keys = [load().secret_key]
    for _ in range(2):
        done = create_app(load()).test_cli_runner().invoke(args=["secret-key", "rotate"])
        assert done.exit_code == 0, done.exception
        keys.insert(0, load().secret_key)

    assert len(set(keys)) == 3
    assert (load().secret_key, load().previous_secret_keys) == (keys[0], tuple(keys[1:]))
    assert {stat.S_IMODE(path.stat().st_mode) for path in key.parent.iterdir()} == {0o600}


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "seen by others"])
def test_no_earlier_key_is_known_where_it_is_to_be_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    key = tmp_path / "keys" / "secret-key"
    monkeypatch.setenv("CERTHUB_SECRET_KEY_FILE", str(key))
    monkeypatch.setenv("CERTHUB_DATA_DIR", str(tmp_path))
    seen = load().secret_key
    create_app(load()).test_cli_runner().invoke(args=["secret-key", "rotate"])
    assert load().previous_secret_keys == (seen,)
    if lost:
        key.unlink()
    done = create_app(load()).test_cli_runner().invoke(args=["secret-key", "rotate", "--forget"])
    assert done.exit_code == 0, done.exception
    assert "everybody signs in again" in done.output
    assert load().previous_secret_keys == ()
    assert load().secret_key != seen
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in key.parent.iterdir()] == [("secret-key", 0o600)]


def test_a_new_key_has_the_readers_of_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "keys" / "secret-key"
    monkeypatch.setenv("CERTHUB_SECRET_KEY_FILE", str(key))
    monkeypatch.setenv("CERTHUB_DATA_DIR", str(tmp_path))
    load()
    key.chmod(0o640)
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "fchown", lambda _file, uid, gid: given.append((uid, gid)))  # which only root may
    whole = Path.stat

    def of_a_group(path: Path, **arguments: bool) -> os.stat_result:
        found = whole(path, **arguments)
        return os.stat_result([*found[:5], 4711, *found[6:]]) if path == key else found

    monkeypatch.setattr(Path, "stat", of_a_group)
    done = create_app(load()).test_cli_runner().invoke(args=["secret-key", "rotate"])
    assert done.exit_code == 0, done.exception
    assert {path.name for path in key.parent.iterdir()} == {"secret-key", "secret-key.previous"}
    assert given == [(key.stat().st_uid, 4711)] * 2
    assert {stat.S_IMODE(whole(path).st_mode) for path in key.parent.iterdir()} == {0o640}
    assert "60 days" in done.output


def test_a_key_that_cannot_be_given_to_its_readers_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "keys" / "secret-key"
    monkeypatch.setenv("CERTHUB_SECRET_KEY_FILE", str(key))
    monkeypatch.setenv("CERTHUB_DATA_DIR", str(tmp_path))
    before = load().secret_key

    def refused(*_arguments: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fchmod", refused)
    done = create_app(load()).test_cli_runner().invoke(args=["secret-key", "rotate"])
    assert isinstance(done.exception, Refusal)
    assert "Operation not permitted" in done.exception.message
    assert load().secret_key == before
    assert [path.name for path in key.parent.iterdir()] == ["secret-key"]


def test_a_key_that_comes_from_the_environment_is_rotated_there(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTHUB_SECRET_KEY", NEW)
    done = app.test_cli_runner().invoke(args=["secret-key", "rotate"])
    assert isinstance(done.exception, Refusal)
    assert "CERTHUB_PREVIOUS_SECRET_KEYS" in done.exception.message


def test_a_form_behind_a_link_outlives_a_new_key(committed_app: Flask, tmp_path: Path) -> None:
    from certhub.web import link_forms

    with committed_app.test_request_context():
        signed = link_forms._signer().get_signature("link").decode()
    with (
        restarted(committed_app, tmp_path, SECRET_KEY) as after,
        after.application.test_request_context(),
    ):
        assert link_forms._signer().verify_signature("link", signed)
        assert link_forms._signer().get_signature("link").decode() != signed


@pytest.mark.parametrize(("previous", "answer"), [((SECRET_KEY,), 200), ((), 404)], ids=["known", "forgotten"])
def test_a_link_to_opt_out_works_as_long_as_its_key_is_known(
    committed_app: Flask, tmp_path: Path, previous: tuple[str, ...], answer: int
) -> None:
    with committed_app.app_context(), transaction() as session:
        letter = Message(
            kind="notice", dedupe_key="k", message_id="m", recipient="a@example.org", subject="S", body_text="B",
            body_html="B", status=MessageStatus.SENT, created_at=WHEN, next_attempt_at=WHEN,
            opt_out=ObligationKind.LICENCE_RECHECK.value,
        )  # fmt: skip
        session.add(letter)
        session.flush()
        link = token(letter.id, SECRET_KEY)
    with restarted(committed_app, tmp_path, *previous) as after:
        assert after.get(f"/mail/opt-out/{link}").status_code == answer
