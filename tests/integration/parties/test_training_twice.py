"""The same training is entered once, however it is typed."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub.database import db
from certhub.models.training import TrainingCompletion
from tests.factories import make_coordinator, make_vendor
from tests.integration.parties.browsing import checked, send, vendor_hr

COURSE = {
    "title": "Ethics in care coordination", "provider": "Care Coordination Institute", "completed_on": "2026-02-14",
    "hours_ethics_scope": "1.5", "course_code": "eth-1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({}, "title", "If this was another part, say so in the title."),
        ({"title": "ETHICS  in care Coordination", "course_code": ""}, "title", "This training is on file already"),
        ({"hours_cultural": "1"}, "title", "1.5 hours for ethics"),
        ({"title": "Something else"}, "course_code", "Check the course code."),
    ],
)
def test_the_same_training_is_refused_beside_its_field(
    client: FlaskClient, change: dict[str, Any], field: str, says: str
) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    assert send(client, f"/coordinators/{person.id}/training/new", **COURSE).status_code == 302

    answer = send(client, f"/coordinators/{person.id}/training/new", **{**COURSE, **change})

    assert answer.status_code == 422
    page = checked(answer)
    assert says in page
    assert f'id="{field}-error"' in page
    assert [row.course_code for row in db.session.scalars(select(TrainingCompletion))] == ["ETH-1"]


def test_another_day_another_category_or_another_part_is_another_training(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    path = f"/coordinators/{person.id}/training/new"
    own: dict[str, Any] = {**COURSE, "course_code": ""}

    for change in (
        {},
        {"completed_on": "2026-02-15"},
        {"title": "Ethics in care coordination, part 2"},
        {"hours_ethics_scope": "", "hours_cultural": "1"},
    ):
        assert send(client, path, **{**own, **change}).status_code == 302


def test_what_was_taken_back_can_be_entered_again(client: FlaskClient) -> None:
    vendor = make_vendor()
    person = make_coordinator(vendor=vendor)
    vendor_hr(client, vendor)
    path = f"/coordinators/{person.id}/training"
    send(client, f"{path}/new", **COURSE)
    wrong = db.session.scalars(select(TrainingCompletion)).one()
    assert send(client, f"{path}/{wrong.id}/withdraw", reason="Too many hours").status_code == 302

    assert send(client, f"{path}/new", **{**COURSE, "hours_ethics_scope": "1"}).status_code == 302
