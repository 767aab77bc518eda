"""The pages of the orders, and two administrators at once."""

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from certhub import clock
from certhub.database import db, transaction
from certhub.demo.evidence import PAPER
from certhub.models.accounts import User
from certhub.models.certification import CredentialPeriod
from certhub.models.orders import BoardOrder, OrderEffect, OrderRevocation
from certhub.queries import order_plans
from certhub.rules.orders import Cohort
from certhub.rules.vocabulary import Role
from certhub.services import orders as orders_service
from tests import factories
from tests.at_once import at_once
from tests.integration.orders.arranging import drafted, holder, in_force, last_day, put_in_force, standing, term

FUTURE = date(clock.today().year + 1, 3, 31)
LATER = date(clock.today().year + 1, 6, 30)
FORM = {
    "title": "Winter storm", "adopted_on": "2026-05-03", "citation": "M.G.L. c.30A", "text": "More time.",
    "kind": "extension", "extends_to": LATER.isoformat(), "standard": "", "region": "western", "vendor": "",
}  # fmt: skip


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


@pytest.fixture
def office(client: FlaskClient, administrator: User) -> FlaskClient:
    return factories.sign_in(client, administrator)


def hidden(page: TestResponse) -> dict[str, str]:
    """The hidden fields of a page's own form, which comes after that of the header."""
    fields = re.findall(r'<input[^>]*name="(csrf_token|submission_token|seen)"[^>]*value="([^"]*)"', page.text)
    return dict(fields)


def send(client: FlaskClient, address: str, page: TestResponse | None = None, **fields: Any) -> TestResponse:
    page = page or client.get(address)
    data = {**hidden(page), **fields}
    return client.post(address, data=data, content_type="multipart/form-data")


def drafted_by_form(client: FlaskClient, **fields: Any) -> str:
    answer = send(client, "/orders/new", **{**FORM, **fields})
    assert answer.status_code == 302, answer.text
    return answer.location


def test_an_administrator_drafts_looks_puts_in_force_and_revokes(office: FlaskClient) -> None:
    credential = holder(FUTURE)

    preview = drafted_by_form(office, document=(io.BytesIO(PAPER), "order 1.pdf"))
    page = office.get(preview)
    assert "the dates of 1 move" in page.text
    assert f"extended to June 30, {LATER.year} by Order 2026-01" in page.text
    where = send(office, preview, confirmed="y").location
    assert "In force" in office.get(where).text
    assert office.get(where + "/document").data == PAPER
    assert credential.number in office.get(where + "/effects").text
    assert last_day(credential) == LATER
    shown = office.get(f"/credentials/{credential.id}").text
    assert f'<a href="{where}">Read Order 2026-01</a>' in shown

    revoking = office.get(where + "/revoke")
    assert "The dates go back to those of the grant" in revoking.text
    answer = send(office, where + "/revoke", revoking, revoked_on="2026-05-10", reason="The court said so.")
    assert answer.status_code == 302
    assert "Revoked on May 10, 2026" in office.get(where).text
    assert last_day(credential) == FUTURE


def test_a_double_click_puts_an_order_in_force_once(office: FlaskClient) -> None:
    holder(FUTURE)
    address = drafted_by_form(office)
    page = office.get(address)

    answers = [send(office, address, page, confirmed="y") for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(302, answers[0].location)] * 2
    assert db.session.scalar(select(func.count()).select_from(OrderEffect)) == 1


def test_a_double_click_drafts_one_order(office: FlaskClient) -> None:
    page = office.get("/orders/new")

    answers = [send(office, "/orders/new", page, **FORM) for _ in range(2)]

    assert answers[0].location == answers[1].location
    assert db.session.scalar(select(func.count()).select_from(BoardOrder)) == 1


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"extends_to": "", "extends_months": "-2"}, "An order cannot shorten a term"),
        ({"region": ""}, "Say for whom the order is"),
        ({"adopted_on": "2199-01-01"}, "The Board has not met on this day yet"),
        ({"credential": "CC-2026-999999-9"}, "No credential has this number"),
        ({"number": "four"}, "Type the number as year and sequence"),
        ({"extends_to": "1850-01-01"}, "Type a year between"),
        ({"kind": "waiver"}, "Choose the standard whose requirements are waived"),
        ({"document": (io.BytesIO(b"not a document"), "order.pdf")}, "This kind of file cannot be used"),
    ],
)
def test_what_cannot_be_an_order_is_told_beside_its_field_and_what_was_typed_stays(
    office: FlaskClient, fields: dict[str, Any], told: str
) -> None:
    answer = send(office, "/orders/new", **{**FORM, **fields})

    assert answer.status_code == 422
    assert told in answer.text
    assert 'value="Winter storm"' in answer.text
    assert db.session.scalar(select(func.count()).select_from(BoardOrder)) == 0


def test_an_order_for_nobody_offers_only_to_change_the_draft(office: FlaskClient) -> None:
    address = drafted_by_form(office)

    page = office.get(address)

    assert "Nobody is in this cohort" in page.text
    assert "Put it in force</button>" not in page.text
    assert send(office, address, page, confirmed="y").status_code == 422


def test_records_that_changed_since_the_preview_are_shown_anew_before_anything_is_done(office: FlaskClient) -> None:
    credential = holder(FUTURE)
    address = drafted_by_form(office)
    page = office.get(address)
    holder(FUTURE)

    answer = send(office, address, page, confirmed="y")

    assert answer.status_code == 422
    assert "changed since you opened this page" in answer.text
    assert "the dates of 2 move" in answer.text
    assert last_day(credential) == FUTURE
    assert send(office, address, answer, confirmed="y").status_code == 302


def test_a_draft_does_not_exist_outside_dph_and_an_order_in_force_names_nobody(
    client: FlaskClient, administrator: User
) -> None:
    credential = holder(FUTURE)
    draft = drafted(administrator)
    order = in_force(administrator, cohort=Cohort(credential_id=credential.id), extends_to=LATER)
    factories.sign_in(client, factories.make_user(Role.VENDOR_HR, factories.make_vendor()))

    assert client.get(f"/orders/{draft.id}").status_code == 404
    page = client.get(f"/orders/{order.id}")
    assert page.status_code == 200
    assert credential.number not in page.text
    assert client.get(f"/orders/{order.id}/effects").status_code == 403
    assert client.get(f"/orders/{order.id}/adopt").status_code == 403
    listed = client.get("/orders").text
    assert order.number in listed
    assert draft.number not in listed


def test_the_draft_can_be_changed_and_an_order_in_force_cannot(office: FlaskClient, administrator: User) -> None:
    holder(FUTURE)
    address = drafted_by_form(office).replace("/adopt", "/edit")
    page = office.get(address)
    assert 'value="Winter storm"' in page.text

    assert send(office, address, page, **{**FORM, "title": "Ice storm"}).status_code == 302

    order = db.session.scalars(select(BoardOrder)).one()
    assert (order.title, order.number) == ("Ice storm", "2026-01")
    late = office.get(address)
    put_in_force(order, administrator)
    assert send(office, address, late, **FORM).status_code == 422
    assert office.get(address).status_code == 302


def test_the_preview_costs_the_same_for_few_holders_and_for_many_and_is_paged(
    office: FlaskClient, administrator: User
) -> None:
    order = drafted(administrator, extends_to=LATER)

    def cost() -> int:
        statements: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        event.listen(db.engine.engine, "before_cursor_execute", note)
        try:
            office.get(f"/orders/{order.id}/adopt")
        finally:
            event.remove(db.engine.engine, "before_cursor_execute", note)
        return len(statements)

    first = holder(FUTURE, name="Aaron First")
    few = cost()
    for _ in range(52):
        holder(FUTURE)

    assert cost() == few
    page = office.get(f"/orders/{order.id}/adopt")
    assert "the dates of 53 move" in page.text
    assert first.number in page.text
    following = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert following is not None
    second = office.get(following[1])
    assert second.text.count("<tr>") == 1 + 3
    assert office.get(f"/orders/{order.id}/adopt?cursor=nonsense").text.count("<tr>") == 1 + 50


def test_two_administrators_put_one_order_in_force_once_and_revoke_it_once(committed_app: Flask) -> None:
    people = [factories.make_user(Role.DPH_ADMINISTRATOR).id for _ in range(2)]
    credential = holder(FUTURE)
    order = drafted(db.session.get_one(User, people[0]), extends_to=LATER)
    order_id, seen = order.id, order_plans.plan(order).fingerprint
    db.session.remove()

    def adopting(person: int) -> Callable[[], Any]:
        def act() -> None:
            found, actor = db.session.get_one(BoardOrder, order_id), db.session.get_one(User, person)
            with transaction():
                orders_service.put_in_force(found, seen=seen, actor=actor, at=clock.now())

        return act

    assert len(at_once(committed_app, *(adopting(person) for person in people))) == 1
    assert last_day(credential) == LATER
    back = order_plans.plan_of_revocation(db.session.get_one(BoardOrder, order_id)).fingerprint
    db.session.remove()

    def revoking(person: int) -> Callable[[], Any]:
        def act() -> None:
            found, actor = db.session.get_one(BoardOrder, order_id), db.session.get_one(User, person)
            with transaction():
                orders_service.revoke(
                    found, revoked_on=clock.today(), reason="Over", seen=back, actor=actor, at=clock.now()
                )

        return act

    assert len(at_once(committed_app, *(revoking(person) for person in people))) == 1
    assert db.session.scalar(select(func.count()).select_from(OrderRevocation)) == 1
    assert last_day(credential) == FUTURE


def test_of_two_orders_at_once_for_one_holder_the_later_one_looks_again(committed_app: Flask) -> None:
    administrator = factories.make_user(Role.DPH_ADMINISTRATOR)
    credential, person = holder(FUTURE), administrator.id
    ids = [drafted(administrator, extends_days=days).id for days in (10, 20)]
    seen = {key: order_plans.plan(db.session.get_one(BoardOrder, key)).fingerprint for key in ids}
    db.session.remove()

    def adopting(key: int) -> Callable[[], Any]:
        def act() -> None:
            found, actor = db.session.get_one(BoardOrder, key), db.session.get_one(User, person)
            with transaction():
                orders_service.put_in_force(found, seen=seen[key], actor=actor, at=clock.now())

        return act

    refused = at_once(committed_app, *(adopting(key) for key in ids))

    assert [str(refusal)[:23] for refusal in refused] == ["The records have change"]
    assert len(standing(credential)) == 1
    assert (last_day(credential) - FUTURE).days in (10, 20)


def test_a_term_of_another_credential_is_left_alone(app: Flask, administrator: User) -> None:
    mine, other = holder(FUTURE), holder(FUTURE)
    term(other, date(LATER.year + 3, 1, 1), date(LATER.year + 4, 1, 1))
    before = db.session.scalar(select(func.count()).select_from(CredentialPeriod))

    in_force(administrator, cohort=Cohort(credential_id=mine.id), extends_to=LATER)

    assert db.session.scalar(select(func.count()).select_from(CredentialPeriod)) == (before or 0) + 1
    assert last_day(other) == date(LATER.year + 4, 1, 1)
