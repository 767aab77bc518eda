"""Audits of continuing education: drawn once, drawn again, answered with proofs, ended with outcomes."""

import csv
import io
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from certhub import clock
from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.ce_audits import CeAudit, CeProof, CeResult, CeSelection
from certhub.models.certification import Credential
from certhub.models.messages import Message
from certhub.queries import ce_audits as audits
from certhub.rules import ce_audit
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import ApplicationKind, DecisionOutcome, Role
from tests.factories import make_coordinator, make_user, make_vendor, sign_in
from tests.integration.ce_audits.arranging import FROM, TO, drawn, population, renewed, standard
from tests.integration.parties.browsing import administrator, entries, fetched, send, tokens_of, vendor_hr

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def draw_form(client: FlaskClient, **values: str) -> Any:
    page = f"/ce-audits/new?standard={standard().id}&decided_from={FROM}&decided_to={TO}"
    data = {
        "standard": str(standard().id), "decided_from": FROM.isoformat(), "decided_to": TO.isoformat(), "size": "",
        "seed": "lottery 2026-07-01", "due_on": (clock.today() + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    return send(client, "/ce-audits/new", page=page, **(data | values))


def test_the_population_is_counted_before_the_draw_and_a_tenth_is_drawn(client: FlaskClient) -> None:
    population(11)
    administrator(client)
    assert "The population: 11 renewals." in fetched(
        client, f"/ce-audits/new?standard={standard().id}&decided_from={FROM}&decided_to={TO}"
    )
    answer = draw_form(client)
    assert answer.status_code == 302
    audit = db.session.scalars(select(CeAudit)).one()
    page = fetched(client, answer.location)
    assert "2 of 11 renewals under CC-CORE were drawn." in page
    assert audit.population_hash in page
    assert "lottery 2026-07-01" in page
    assert "0 of 2 ended" in page
    assert len(entries(AuditAction.CE_SAMPLE_SELECTED)) == 1
    assert "The same population and the same seed gave the same sample." in fetched(
        client, f"/ce-audits/{audit.id}/again"
    )


def test_days_that_cannot_be_drawn_from_are_refused_when_they_are_counted(client: FlaskClient) -> None:
    administrator(client)
    asked = f"/ce-audits/new?standard={standard().id}&decided_from={FROM}&decided_to="
    nobody = client.get(f"{asked}{TO}")
    population(3)
    assert draw_form(client).status_code == 302
    again = client.get(f"{asked}{TO + timedelta(days=9)}")

    for answer, says in ((nobody, "there is nobody to draw"), (again, "was drawn already")):
        assert (answer.status_code, says in answer.text, "Draw the sample" in answer.text) == (422, True, False)
        assert "Count the renewals" in answer.text


def test_the_population_is_the_approved_renewals_of_the_days_once_each_as_known_at_the_draw(app: Flask) -> None:
    inside = make_coordinator()
    number = renewed(inside, TO).number
    renewed(inside, FROM)
    renewed(make_coordinator(), FROM - timedelta(days=1))
    renewed(make_coordinator(), TO + timedelta(days=1))
    renewed(make_coordinator(), kind=ApplicationKind.INITIAL)
    renewed(make_coordinator(), kind=ApplicationKind.REINSTATEMENT)
    renewed(make_coordinator(), outcome=DecisionOutcome.DENIED)
    found = audits.population(standard().id, FROM, TO, known_at=clock.now())
    assert set(found) == {number}
    assert audits.population(standard().id, FROM, TO, known_at=datetime(2026, 4, 1, tzinfo=UTC)) == {}


def test_the_downloaded_population_gives_the_sample_by_the_recipe(client: FlaskClient) -> None:
    population(7)
    audit = drawn(number=3)
    sign_in(client, make_user(Role.AUDITOR))
    answer = client.get(f"/ce-audits/{audit.id}/population")
    numbers = [row["number"] for row in csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")))]
    places = db.session.execute(
        select(Credential.number)
        .join(CeSelection, CeSelection.credential_id == Credential.id)
        .order_by(CeSelection.place)
    ).scalars()
    assert ce_audit.draw(numbers, audit.seed, audit.size) == tuple(places)
    assert ce_audit.population_hash(numbers) == audit.population_hash


def test_what_was_put_on_record_afterwards_is_seen_when_it_is_drawn_again(client: FlaskClient) -> None:
    population(4)
    audit = drawn()
    renewed(make_coordinator(), TO)  # dated back to before the draw
    sign_in(client, make_user(Role.AUDITOR))
    page = fetched(client, f"/ce-audits/{audit.id}/again")
    assert "Not equal." in page
    assert "Population on record, as known when it was drawn" in page


def test_without_a_seed_the_draw_makes_one(app: Flask) -> None:
    population(2)
    audit = drawn(seed="")
    assert len(audit.seed) == 32
    assert not audit.seed_typed


def test_days_are_drawn_from_once_and_the_refusal_keeps_what_was_typed(client: FlaskClient) -> None:
    population(3)
    administrator(client)
    assert draw_form(client).status_code == 302
    answer = draw_form(client, decided_from="2026-06-30", decided_to="2026-07-15", seed="another")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Days are drawn from once only" in page
    assert 'value="another"' in page
    assert db.session.scalar(select(func.count()).select_from(CeAudit)) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"size": "9"}, "Type a number from 1 to 3"),
        ({"seed": "a:b"}, "plain letters"),
        ({"decided_from": "2026-01-01", "decided_to": "2026-01-02"}, "nobody to draw"),
        ({"due_on": "2026-01-01"}, "after today"),
        ({"decided_to": "2100-01-01"}, "before today"),
    ],
)
def test_a_draw_that_cannot_be_is_refused_beside_its_field(
    client: FlaskClient, values: dict[str, str], said: str
) -> None:
    population(3)
    administrator(client)
    answer = draw_form(client, **values)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert db.session.scalar(select(func.count()).select_from(CeAudit)) == 0


def test_a_double_click_draws_once_and_leads_to_the_same_sample(client: FlaskClient) -> None:
    population(3)
    administrator(client)
    page = f"/ce-audits/new?standard={standard().id}&decided_from={FROM}&decided_to={TO}"
    data = {
        **tokens_of(client.get(page)), "standard": standard().id, "decided_from": FROM, "decided_to": TO,
        "due_on": clock.today() + timedelta(days=30),
    }  # fmt: skip
    first, second = client.post("/ce-audits/new", data=data), client.post("/ce-audits/new", data=data)
    assert (first.status_code, second.location) == (302, first.location)
    assert db.session.scalar(select(func.count()).select_from(CeAudit)) == 1


def test_two_people_who_draw_at_once_make_one_sample(committed_app: Flask) -> None:
    population(5)
    people = [make_user(Role.DPH_ADMINISTRATOR).id for _ in range(3)]
    together, refused = Barrier(3), []

    def work(user_id: int) -> None:
        with committed_app.app_context():
            user = db.session.get_one(User, user_id)
            together.wait()
            try:
                drawn(user, seed="")
            except Refusal as refusal:
                refused.append(refusal.field)
            db.session.remove()

    threads = [Thread(target=work, args=(user_id,)) for user_id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["decided_from", "decided_from"]
    db.session.expire_all()
    assert db.session.scalar(select(func.count()).select_from(CeAudit)) == 1
    assert db.session.scalar(select(func.count()).select_from(CeSelection)) == 1


def test_the_holder_and_the_employer_are_written_to_once_with_the_due_date(app: Flask) -> None:
    vendor, (person,) = population(1)
    hr = make_user(Role.VENDOR_HR, vendor)
    audit = drawn()
    letters = db.session.scalars(select(Message).where(Message.kind == "ce-audit-request")).all()
    assert {letter.recipient for letter in letters} == {person.email, hr.email}
    assert all(ce_audit.due_on(clock.today()) == audit.due_on for _ in letters)
    assert all("/ce-requests/" in letter.body_text for letter in letters)


def test_hr_and_the_coordinator_see_their_own_request_and_hand_in_proofs(client: FlaskClient) -> None:
    vendor, (person,) = population(1)
    other_vendor, (other,) = make_vendor(), [make_coordinator()]
    renewed(other)
    drawn(number=2)
    mine, theirs = (
        db.session.scalars(select(CeSelection).where(CeSelection.party_id == one.id)).one() for one in (person, other)
    )
    del other_vendor
    for user in (make_user(Role.VENDOR_HR, vendor), make_user(Role.COORDINATOR, person)):
        sign_in(client, user)
        page = fetched(client, "/ce-requests")
        assert person.name in page
        assert other.name not in page
        for path in ("", "/proofs/new"):
            assert client.get(f"/ce-requests/{theirs.id}{path}").status_code == 404
        path = f"/ce-requests/{mine.id}/proofs/new"
        assert "Choose the file" in send(client, path).get_data(as_text=True)
        sent = send(client, path, file=(io.BytesIO(PDF), "ethics.pdf"), note="Ethics, 2 hours")
        assert sent.status_code == 302
        assert "Ethics, 2 hours" in fetched(client, sent.location)
    assert 'href="/files/' in fetched(client, f"/ce-requests/{mine.id}")
    assert client.get("/ce-audits").status_code == 403
    sign_in(client, make_user(Role.FUND_MANAGER))
    page = fetched(client, f"/ce-requests/{mine.id}")
    assert "ethics.pdf" in page
    assert 'href="/files/' not in page, "whoever may not read files is not led to one"
    assert db.session.scalar(select(func.count()).select_from(CeProof)) == 2
    assert len(entries(AuditAction.CE_PROOF_PROVIDED)) == 2


def test_an_outcome_is_recorded_corrected_with_a_reason_and_both_stay(client: FlaskClient) -> None:
    vendor, (person,) = population(1)
    drawn()
    chosen = db.session.scalars(select(CeSelection)).one()
    reviewer = make_user(Role.DPH_REVIEWER)
    sign_in(client, reviewer)
    path = f"/ce-requests/{chosen.id}/outcome"
    assert "Say why" in send(client, path, outcome="failed").get_data(as_text=True)
    shown = {"shown": ""}
    assert send(client, path, outcome="failed", reason="Two hours are not shown.", **shown).status_code == 302
    late = send(client, path, outcome="passed", **shown)  # somebody who still has the page from before
    assert late.status_code == 422
    assert "Somebody else entered an outcome meanwhile" in late.get_data(as_text=True)
    first = db.session.scalars(select(CeResult)).one()
    follows = f"/credentials/{chosen.credential_id}/status-events/new"
    assert follows not in fetched(client, f"/ce-requests/{chosen.id}")
    administrator(client)
    assert follows in fetched(client, f"/ce-requests/{chosen.id}")
    sign_in(client, reviewer)
    done = send(client, path, outcome="passed_after_correction", reason="The hours came later.", shown=str(first.id))
    assert "Passed after correction" in fetched(client, done.location)
    vendor_hr(client, vendor)
    page = fetched(client, f"/ce-requests/{chosen.id}")
    assert "Two hours are not shown. (corrected since)" in " ".join(page.split()).replace('<span class="muted">', "")
    assert client.get(path).status_code == 403
    closed = send(client, f"/ce-requests/{chosen.id}/proofs/new", file=(io.BytesIO(PDF), "late.pdf"))
    assert "This audit has ended" in closed.get_data(as_text=True)
    actions = [AuditAction.CE_RESULT_RECORDED, AuditAction.CE_RESULT_CORRECTED]
    assert [len(entries(action)) for action in actions] == [1, 1]
    del person


@pytest.mark.parametrize("table", ["ce_audit", "ce_selection"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET id = id + 1", "DELETE FROM {table}"])
def test_the_database_itself_refuses_to_change_a_draw(app: Flask, table: str, change: str) -> None:
    population(1)
    drawn()
    with pytest.raises(DBAPIError, match="never changed or removed"), transaction() as session:
        session.execute(text(change.format(table=table)))
