"""Files of training for the tests, and what a person does with them."""

import io
import re

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.parties import VendorOrganization
from certhub.models.training import TrainingCompletion
from certhub.models.training_imports import TrainingImport
from certhub.rules.file_types import CSV
from certhub.rules.training_columns import CERTHUB_HEADINGS, propose
from certhub.services import training_import_check, training_imports
from tests.integration.parties.browsing import send

HEADING = ",".join(CERTHUB_HEADINGS.values())


def line(
    *, number: str = "", email: str = "", name: str = "", title: str = "Care plans", provider: str = "Institute",
    day: str = "2026-02-01", hours: str = "1.5", category: str = "core", code: str = "", score: str = "",
    approved: str = "yes",
) -> str:  # fmt: skip
    """A row of CertHub's own template."""
    return ",".join((number, email, name, title, provider, day, hours, category, code, score, approved))


def lines(*rows: str) -> bytes:
    return "\n".join((HEADING, *rows)).encode()


def upload(client: FlaskClient, data: bytes, name: str = "training.csv") -> TestResponse:
    return send(client, "/training-imports", file=(io.BytesIO(data), name))


def checked_file(client: FlaskClient, data: bytes, name: str = "training.csv", **choices: str) -> str:
    """Upload a file and take the columns as they are proposed, but for `choices`; where its report is."""
    columns = upload(client, data, name).headers["Location"]
    answer = send(client, columns, **{**chosen(client.get(columns)), **choices})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.headers["Location"]


def whole_file(vendor: VendorOrganization, data: bytes, *, hr: User) -> TrainingImport:
    """A file of CertHub's own template that was uploaded and checked, without a page and a worker."""
    glance = training_import_check.glance(data, CSV)
    with transaction():
        found = training_imports.upload(
            vendor, glance, sha256="0" * 64, media_type=CSV, name="training.csv", actor=hr, at=clock.now()
        )
        layout = propose(glance.headings, (), glance.samples).layout
        training_imports.lay_out(found, layout, glance.headings, save_as="", actor=hr, at=clock.now())
        training_import_check.whole(found, data, actor=hr, at=clock.now())
    return found


def import_it(client: FlaskClient, address: str, **choices: str) -> TestResponse:
    return send(client, f"{address}/carry-out", page=address, **choices)


def chosen(answer: TestResponse) -> dict[str, str]:
    """What a browser would send of the selects of a page."""
    found: dict[str, str] = {}
    for name, body in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', answer.get_data(as_text=True), re.DOTALL
    ):
        selected = re.search(r'<option selected value="([^"]*)"', body) or re.search(r'value="([^"]*)"', body)
        assert selected
        found[name] = selected[1]
    return found


def completions() -> list[TrainingCompletion]:
    db.session.expire_all()
    return list(db.session.scalars(select(TrainingCompletion).order_by(TrainingCompletion.id)))
