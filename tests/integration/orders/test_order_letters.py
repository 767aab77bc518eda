"""Letters about an order and its revocation: to whom, once, by the worker and not by the request."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.jobs import announcements as job
from certhub.jobs.registry import Occasion
from certhub.models.accounts import User
from certhub.models.announcements import Announcement
from certhub.models.audit import AuditEntry
from certhub.models.messages import Message
from certhub.models.orders import BoardOrder
from certhub.queries import announcements as letters
from certhub.queries import order_plans
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Region, Role
from certhub.services import announcements, orders
from certhub.web.context import settings
from tests import factories
from tests.integration.orders.arranging import NOW, drafted, holder, put_in_force
from tests.integration.orders.test_order_pages import FUTURE, drafted_by_form, send
from tests.integration.parties.browsing import statements_of


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


def run(*, dry_run: bool = False, stopping: int | None = None) -> dict[str, int]:
    """The job; `stopping` ends it after so many pieces of work."""
    left = iter([False] * (stopping or 1_000_000))
    return job.write(
        Occasion(
            day=clock.today(), settings=settings(), link=lambda _item: "", dry_run=dry_run,
            stopping=lambda: next(left, True),
        )
    )  # fmt: skip


def told() -> dict[str, str]:
    """The text of each letter, by its recipient."""
    found = db.session.execute(select(Message.recipient, Message.body_text).where(Message.kind == "order-moved-dates"))
    recipients = found.all()
    assert len({recipient for recipient, _ in recipients}) == len(recipients)
    return {recipient: body for recipient, body in recipients}  # noqa: C416  (a Row is not a pair to the type checker)


def asked_about(order: BoardOrder, administrator: User, *, of_revocation: bool = False) -> Announcement:
    with transaction():
        return announcements.ask_about_order(order, of_revocation=of_revocation, actor=administrator, at=NOW)


def test_each_holder_gets_a_letter_and_the_employer_one_with_all_its_people(administrator: User) -> None:
    vendor = factories.make_vendor()
    ana, ben, ella = (
        holder(vendor=vendor, name="Ana Ferreira"),
        holder(vendor=vendor, name="Ben Okafor"),
        holder(name="Ella Novak"),
    )
    elsewhere = holder(region=Region.BOSTON, name="Who Stays")
    order = drafted(administrator)
    plan = order_plans.plan(order)
    on = clock.civil_date(NOW)
    foreseen = letters.letters_planned(order, plan, on=on)
    put_in_force(order, administrator)
    asked = asked_about(order, administrator)

    assert told() == {}  # the request wrote nothing
    assert run(dry_run=True) == {"messages": asked.total}
    assert told() == {}
    assert run() == {"messages": foreseen}
    assert asked.total == asked.done == foreseen
    found = told()
    assert "Ana Ferreira" in found[str(ana.party.email)]
    assert "Ben Okafor" not in found[str(ana.party.email)]
    assert "the last day was August 31, 2026 and is now December 31, 2026" in found[str(ella.party.email)]
    assert all(name in found[str(vendor.email)] for name in ("Ana Ferreira", "Ben Okafor"))
    assert "Ella Novak" not in found[str(vendor.email)]
    assert str(elsewhere.party.email) not in found
    assert ben.party.email in found
    assert run() == {}


def test_a_run_that_ends_in_the_middle_goes_on_where_it_was_and_writes_to_nobody_twice(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certhub.jobs.letters.RECIPIENTS_AT_ONCE", 2)
    for number in range(5):
        holder(name=f"Holder {number}")
    order = drafted(administrator)
    put_in_force(order, administrator)
    asked = asked_about(order, administrator)

    run(stopping=2)  # once for the letters that wait, once for the first piece
    assert (len(told()), asked.done, asked.finished_at) == (2, 2, None)
    with monkeypatch.context() as broken:
        broken.setattr("certhub.services.announcements.outbox.enqueue", _power_fails)
        with pytest.raises(RuntimeError, match="power"):
            run()
    db.session.expire_all()
    assert (len(told()), asked.done) == (2, 2)

    run()
    assert (len(told()), asked.done) == (asked.total, asked.total)
    assert asked.finished_at is not None


def _power_fails(*_arguments: object, **_more: object) -> None:
    raise RuntimeError("power failure")


def test_letters_of_an_order_that_was_revoked_meanwhile_are_not_written_and_those_of_the_revocation_are(
    administrator: User,
) -> None:
    person = holder()
    order = drafted(administrator)
    put_in_force(order, administrator)
    asked_about(order, administrator)
    with transaction():
        orders.revoke(
            order, revoked_on=date(2026, 5, 10), reason="The storm did not come.", actor=administrator, at=NOW,
            seen=order_plans.plan_of_revocation(order).fingerprint,
        )  # fmt: skip
    asked_about(order, administrator, of_revocation=True)

    run()
    [body] = told().values()
    assert "has revoked order" in body
    assert "the last day was December 31, 2026 and is now August 31, 2026" in body
    assert list(told()) == [person.party.email]


def test_the_box_says_how_many_letters_and_without_it_nobody_is_written_to(
    client: FlaskClient, administrator: User
) -> None:
    factories.sign_in(client, administrator)
    holder(FUTURE, vendor=factories.make_vendor())
    preview = drafted_by_form(client)
    assert "2 letters, one for each e-mail address" in client.get(preview).text
    where = send(client, preview, confirmed="y").location
    assert "Letters about the order" not in client.get(where).text
    assert db.session.scalars(select(Announcement)).all() == []

    revoking = where + "/revoke"
    assert "2 letters, one for each e-mail address" in client.get(revoking).text
    send(client, revoking, revoked_on=clock.today().isoformat(), reason="The storm did not come.", announce="y")
    assert "0 of 2 written" in client.get(where).text
    run()
    assert "2 letters written by" in client.get(where).text


def test_a_double_click_asks_for_the_letters_once(client: FlaskClient, administrator: User) -> None:
    factories.sign_in(client, administrator)
    holder(FUTURE)
    preview = drafted_by_form(client)
    page = client.get(preview)
    for _ in range(2):
        assert send(client, preview, page, confirmed="y", announce="y").status_code == 302
    assert len(db.session.scalars(select(Announcement)).all()) == 1


def test_the_next_letters_cost_the_same_for_few_terms_and_for_many(administrator: User) -> None:
    def cost() -> int:
        order = drafted(administrator, extends_months=1)
        put_in_force(order, administrator)
        return len(
            statements_of(
                lambda: letters.order_letters(order, of_revocation=False, on=clock.civil_date(NOW), after="", limit=200)
            )
        )

    holder()
    few = cost()
    vendor = factories.make_vendor()
    for _ in range(12):
        holder(vendor=vendor)
    assert cost() == few


def test_a_draft_is_discarded_once_and_an_order_in_force_is_not(client: FlaskClient, administrator: User) -> None:
    factories.sign_in(client, administrator)
    holder(FUTURE)
    preview = drafted_by_form(client)
    page = preview.replace("/adopt", "/discard")
    form = client.get(page)
    for _ in range(2):
        answer = send(client, page, form)
        assert (answer.status_code, answer.location) == (302, "/orders")
    assert db.session.scalars(select(BoardOrder)).all() == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == AuditAction.ORDER_DISCARDED)).one()
    assert "Winter" in entry.changes or "title" in entry.changes

    order = drafted(administrator, extends_days=3, at=NOW + timedelta(days=1))
    put_in_force(order, administrator)
    assert client.get(f"/orders/{order.id}/discard").status_code == 404
    with pytest.raises(Refusal, match="never changes"), transaction():
        orders.discard(order, actor=administrator, at=NOW)
