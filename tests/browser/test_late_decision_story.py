"""A coordinator renews in time, the printed date passes, DPH decides later: in force all the while, and no day is lost.

The other stories share one installation whose clock is the machine's. Here weeks pass between two visits, so this one
runs in the test's own process, where the clock can be set.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import select
from werkzeug.serving import make_server

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.demo.state import PASSWORD
from certhub.models.accounts import User
from certhub.models.certification import Application, Certificate
from certhub.queries.credentials import latest_period
from certhub.rules.vocabulary import ApplicationStatus, Role
from certhub.services import certificates, password_hashing
from certhub.web.context import press
from tests.browser import casework
from tests.browser.inspection import Inspector
from tests.browser.person import Person
from tests.browser.site import Site
from tests.factories import ARRANGING, WHEN, make_user
from tests.integration.certification.test_lifecycle import train
from tests.integration.exposure.arranging import Placed, placed

pytestmark = pytest.mark.browser

LAST = date(2027, 1, 31)
IN_TIME, AFTER_THE_PRINTED_DATE = datetime(2027, 1, 20, 15, tzinfo=UTC), datetime(2027, 2, 12, 15, tzinfo=UTC)
PENDING = "Renewal pending, in force"

SetsClock = Callable[[datetime], None]


@pytest.fixture
def sets_clock(monkeypatch: pytest.MonkeyPatch) -> SetsClock:
    def to(instant: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: instant)

    to(IN_TIME)
    return to


@pytest.fixture
def own_site(committed_app: Flask, sets_clock: SetsClock, tmp_path: Path) -> Iterator[Site]:
    server = make_server("127.0.0.1", 0, committed_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.port}", tmp_path, {})
    server.shutdown()
    thread.join()


def account(role: Role, chain: Placed) -> User:
    party = {Role.VENDOR_HR: chain.vendor, Role.COORDINATOR: chain.person}.get(role)
    # Whoever signs types a name that must be the account's own.
    named = {"name": party.name} if role is Role.COORDINATOR and party else {}
    return make_user(role, party, password_hash=password_hashing.hashed(PASSWORD), **named)


def filled(chain: Placed, desk: lifecycle.Desk) -> Application:
    """The renewal with all that the employer provides; only the coordinator's own signature is missing."""
    hours = {"core": 17, "ethics_scope": 2, "cultural": 3, "family_partnership": 2}
    train(chain.person, desk, on=date(2026, 9, 1), categories=hours)
    with transaction():
        application = lifecycle.opened(chain.person, desk, at=clock.now())
        return lifecycle.furnished(application, desk, at=clock.now(), leave_out=frozenset({"CC-07"}))


def printed(chain: Placed) -> str:
    """The code on the certificate of the term that ends."""
    period = latest_period(chain.credential(chain.person))
    assert period is not None
    with transaction():
        return certificates.issue(period, press=press(), actor=ARRANGING, at=WHEN).verification_code


def test_a_renewal_in_time_that_is_decided_late(
    own_site: Site, sets_clock: SetsClock, chromium: Browser, inspector: Inspector, tmp_path: Path
) -> None:
    """Lesson 27."""
    chain = placed(credential_until=LAST)
    people = {role: account(role, chain) for role in (Role.VENDOR_HR, Role.COORDINATOR, Role.DPH_REVIEWER)}
    desk = lifecycle.Desk(people[Role.VENDOR_HR], people[Role.DPH_REVIEWER], press())
    application, code, name = filled(chain, desk), printed(chain), chain.person.name
    address = f"/applications/{application.id}"
    [scope] = [one for one in casework.standard("CC-CORE").requirements if one.code == "CC-07"]

    with ExitStack() as browsers:

        def comes(role: Role) -> Person:
            person = browsers.enter_context(Person(own_site, chromium, inspector))
            return person.signs_in(people[role].email)

        coordinator = comes(Role.COORDINATOR).goes_to(address)
        casework.provides(coordinator, scope, name, casework.scan(tmp_path))
        hr = comes(Role.VENDOR_HR).goes_to(address).follows("Check and submit")
        hr.checks("What is in this application is true and complete as far as I know.").presses("Submit to DPH")
        hr.sees("The application is with DPH.", "February 1, 2027 to January 31, 2029")

        sets_clock(AFTER_THE_PRINTED_DATE)
        comes(Role.COORDINATOR).sees(PENDING, "What the renewal that was filed on January 20, 2027 needs")
        hr = comes(Role.VENDOR_HR).follows("Coordinators", first=True).sees(name, PENDING)
        hr.goes_to(f"/credentials/{chain.credential(chain.person).id}").sees(PENDING, "Practice is allowed.")
        anybody = browsers.enter_context(Person(own_site, chromium, inspector)).goes_to(f"/verify/{code}")
        anybody.sees(name, PENDING, "stays in force until DPH decides")

        with transaction():
            lifecycle.reviewed(db.session.get_one(Application, application.id), desk, at=clock.now())
        reviewer = comes(Role.DPH_REVIEWER).goes_to(f"{address}/decision")
        reviewer.sees(PENDING, "24 months from the previous expiry on January 31, 2027")
        reviewer.checks("Approve").presses("Record the decision").sees("Decision: approved")
        reviewer.follows("See the credential and its certificate").sees(
            "Current", "February 1, 2027", "January 31, 2029"
        )
        anybody.goes_to(f"/verify/{code}").sees("Current").does_not_see(PENDING)

    db.session.expire_all()
    assert db.session.scalars(select(Application.status)).all() == [ApplicationStatus.APPROVED]
    terms = [(one.starts_on, one.expires_on) for one in chain.credential(chain.person).periods]
    assert terms[-1] == (date(2027, 2, 1), date(2029, 1, 31))
    assert len(db.session.scalars(select(Certificate)).all()) == 2
