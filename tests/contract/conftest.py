"""An application with two lots of organizations, and each page of it fetched once as each role."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from certhub.app import create_app
from certhub.database import db, transaction
from certhub.models.jobs import Lease
from certhub.models.messages import Message
from certhub.queries.job_runs import WORKER
from certhub.rules.vocabulary import Role
from tests import factories
from tests.conftest import Browser, Databases, settings_for
from tests.contract import survey
from tests.contract.survey import Answer
from tests.contract.world import PARTY_OF_ROLE, SIGNED_IN_ROLES, build, undone

COOKIE = "certhub"
FAR_AWAY = datetime(2999, 1, 1, tzinfo=UTC)


class Forgetful(Browser):
    """The tests' browser without its own linting, so that one test can list what is wrong on all pages."""

    lints = False


class Survey:
    """The application, our world and the other one, and somebody of each role at a browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.ours, self.theirs = build(app), build(app)
            with transaction() as session:
                session.add(Lease(name=WORKER, owner="a worker", expires_at=FAR_AWAY, fence=1))
                session.execute(
                    update(Message).values(next_attempt_at=FAR_AWAY, waits_since=FAR_AWAY)
                )  # no mail is late
            staff = {role: factories.make_user(role) for role in SIGNED_IN_ROLES if role not in PARTY_OF_ROLE}
            people = self.ours.users | staff
            self.user_ids = {role: user.id for role, user in people.items()}
            self._cookies: dict[Role, str | None] = {Role.PUBLIC: None}
            for role in SIGNED_IN_ROLES:
                cookie = factories.sign_in(app.test_client(), people[role]).get_cookie(COOKIE)
                self._cookies[role] = cookie.value if cookie else None
            db.session.remove()
        self.routes = survey.routes(app)
        self.roles = tuple(self._cookies)

    def browser(self, role: Role) -> FlaskClient:
        """A new browser, signed in as `role`: what one request does to its cookies does not reach the next."""
        client = self.app.test_client()
        if cookie := self._cookies[role]:
            client.set_cookie(COOKIE, cookie)
        return client

    def own(self, role: Role) -> dict[str, list[int | str]]:
        """The objects that a role works with: its own party's, or everybody's."""
        return self.ours.of[PARTY_OF_ROLE[role]] if role in PARTY_OF_ROLE else self.ours.everything()

    def first_granted(self, route: survey.Route) -> Role:
        """Somebody who may use a route."""
        return next((role for role in self.roles if route.granted_to(role)), Role.PUBLIC)

    def ask(self, route: survey.Route, role: Role, address: str, **sent: object) -> Answer:
        """Send a request of which nothing stays."""
        with undone(self.app):
            return survey.ask(self.browser(role), route, role, address, **sent)


@pytest.fixture(scope="session")
def surveyed(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Survey]:
    app = create_app(settings_for(databases.prepared(), tmp_path_factory.mktemp("survey")))
    app.testing = True
    # An error is a page with the status 500 here, as in production, so that one test can list all of them.
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = Forgetful
    yield Survey(app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def fetched(surveyed: Survey) -> list[Answer]:
    """Every page of every role, for each of the objects that are its own."""
    return [
        surveyed.ask(route, role, address)
        for route in surveyed.routes
        if route.method == "GET"
        for role in surveyed.roles
        for address in survey.addresses(surveyed.app, route, surveyed.own(role))
    ]


@pytest.fixture
def unforged(surveyed: Survey, monkeypatch: pytest.MonkeyPatch) -> Survey:
    """Forms need no token in this test, so that their answers are about access and input alone."""
    monkeypatch.setitem(surveyed.app.config, "WTF_CSRF_ENABLED", False)
    return surveyed
