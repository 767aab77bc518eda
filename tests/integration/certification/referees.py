"""An application whose applicant asks for references, for the tests of both sides."""

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.certification import Application
from certhub.models.references import ReferenceRequest
from certhub.queries import evaluations
from certhub.rules.training_categories import COMPETENCIES
from certhub.rules.vocabulary import Role
from certhub.services import references as service
from certhub.web.context import press
from tests import factories
from tests.integration.accounts.browsing import mails
from tests.integration.parties.browsing import send

BASE = "http://127.0.0.1:8000"
CODE = "CC-04"


def at_desk() -> lifecycle.Desk:
    vendor = factories.make_vendor()
    return lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())


def drafted(desk: lifecycle.Desk, leave_out: frozenset[str] | None = None) -> Application:
    person = factories.make_coordinator("Ana Ferreira", vendor=desk.applicant.party)  # type: ignore[arg-type]  # HR has a vendor
    at = clock.now() - timedelta(minutes=5)
    with transaction():
        application = lifecycle.opened(person, desk, at=at)
        if leave_out is not None:
            lifecycle.furnished(application, desk, at=at, leave_out=leave_out)
    return application


def ask_page(application: Application) -> str:
    return f"/applications/{application.id}/requirements/{CODE}/references/new"


def asked(application: Application, desk: lifecycle.Desk, number: int = 1) -> ReferenceRequest:
    requirement = evaluations.judge(application, as_of=clock.today()).requirement(CODE)
    assert requirement is not None
    with transaction():
        return service.ask(
            application, requirement, service.Referee(f"Joan {number}", f"joan{number}@example.net", "Supervisor"),
            base_url=BASE, actor=desk.applicant, at=clock.now(),
        )  # fmt: skip


def link_of(request: ReferenceRequest, kind: str = "reference-request") -> str:
    """The path in the newest letter to a referee."""
    body = next(mail.body_text for mail in reversed(mails(kind)) if mail.recipient == request.email)
    return "/references/" + body.split(f"{BASE}/references/")[1].split()[0]


def filled(**changes: Any) -> dict[str, Any]:
    return {
        "known_for": "1_to_3_years", "relationship": "I was the supervisor", "comment": "Calm and kind.",
        "agreed": "y", "consent": "y", "signed_name": "Joan Whitfield",
        **{f"rating-{key}": "3" for key in COMPETENCIES}, **changes,
    }  # fmt: skip


def given(client: FlaskClient, request: ReferenceRequest, **changes: Any) -> TestResponse:
    return send(client, link_of(request), **filled(**changes))


def finding(application: Application) -> Any:
    db.session.expire_all()
    return evaluations.judge(application, as_of=clock.today()).evaluation.finding(CODE)
