"""Two records that look alike and are of two people: marked, left out of the list, and doubted again."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.audit import AuditEntry
from certhub.models.parties import Coordinator
from certhub.models.record_merges import RecordMerge, ToldApart
from certhub.queries import record_merges
from certhub.rules.permissions import OPERATOR
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import told_apart
from tests import factories
from tests.integration.history.test_merging import AT, BORN, LATER, administrator, hidden, merge, office, pair

__all__ = ["administrator", "office"]

WHY = "The vendor employs both of them."


def marked(one: Coordinator, other: Coordinator, actor: User) -> ToldApart:
    with transaction():
        return told_apart.mark(one, other, reason=WHY, actor=actor, at=AT)


def listed() -> set[tuple[int, int]]:
    return {(row.id, other.id) for row in record_merges.page_of_doubles(OPERATOR).rows for other in row.others}


def test_a_marked_pair_leaves_the_list_and_a_third_record_like_them_stays(administrator: User) -> None:
    one, other = pair()
    third = factories.make_coordinator("Ana Ferreira", **BORN)
    assert listed() == {(one.id, other.id), (one.id, third.id), (other.id, third.id)}

    told = marked(other, one, administrator)

    assert listed() == {(one.id, third.id), (other.id, third.id)}
    assert (told.one_id, told.other_id) == (one.id, other.id)
    with transaction():
        told_apart.take_back(told, reason="One person after all.", actor=administrator, at=LATER)
    assert (one.id, other.id) in listed()
    assert record_merges.apart(other.id, one.id) is None
    entries = select(AuditEntry.action, AuditEntry.party_id).where(AuditEntry.subject_type == "told_apart")
    assert [tuple(row) for row in db.session.execute(entries.order_by(AuditEntry.seq))] == [
        ("record.distinguished", one.id), ("record.distinguished", other.id),
        ("record.doubted_again", one.id), ("record.doubted_again", other.id),
    ]  # fmt: skip


def test_a_marked_pair_is_not_merged_until_the_mark_is_taken_back(administrator: User) -> None:
    one, other = pair()
    told = marked(one, other, administrator)

    with pytest.raises(Refusal, match="marked as of two people"):
        merge(other, one, administrator)
    with transaction():
        told_apart.take_back(told, reason="One person.", actor=administrator, at=AT)
    merge(other, one, administrator)

    with pytest.raises(Refusal, match="was merged already"):
        marked(one, other, administrator)


def test_an_administrator_marks_reads_and_takes_back(office: FlaskClient) -> None:
    one, other = pair()
    compare = f"/coordinators/{one.id}/merge/{other.id}"
    address = f"{compare}/two-people"
    assert address in office.get(compare).text
    sent = {**hidden(office.get(address)), "reason": WHY}

    answers = [office.post(address, data=sent) for _ in range(2)]  # a double click

    assert [answer.location for answer in answers] == ["/merges/doubles"] * 2
    told = db.session.scalars(select(ToldApart)).one()
    assert WHY in office.get("/merges/two-people").text
    compared = office.get(compare).text
    assert WHY in compared
    assert "Merge them" not in compared
    back = f"/merges/two-people/{told.id}/take-back"
    sent = {**hidden(office.get(back)), "reason": "One person."}
    answers = [office.post(back, data=sent) for _ in range(2)]
    assert [answer.location for answer in answers] == ["/merges/two-people"] * 2
    assert "Merge them" in office.get(compare).text
    assert office.get(back).location == "/merges/two-people"
    assert db.session.scalar(select(func.count()).select_from(RecordMerge)) == 0


def test_a_mark_without_a_reason_is_refused_beside_its_field(office: FlaskClient) -> None:
    one, other = pair()
    address = f"/coordinators/{one.id}/merge/{other.id}/two-people"

    answer = office.post(address, data=hidden(office.get(address)))

    assert answer.status_code == 422
    assert "Say how you know that these are two people." in answer.text
    same = f"/coordinators/{one.id}/merge/{one.id}/two-people"
    assert "This is one record" in office.post(same, data={**hidden(office.get(same)), "reason": WHY}).text
    assert office.get("/merges/two-people/99999/take-back").status_code == 404


def test_the_second_of_two_administrators_reads_what_is_true(administrator: User) -> None:
    one, other = pair()
    told = marked(one, other, administrator)

    with pytest.raises(Refusal, match="are marked as of two people already"):
        marked(other, one, administrator)
    with transaction():
        told_apart.take_back(told, reason="One person.", actor=administrator, at=LATER)
    with pytest.raises(Refusal, match="taken back already"), transaction():
        told_apart.take_back(told, reason="One person.", actor=administrator, at=LATER)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DPH_REVIEWER])
def test_nobody_but_an_administrator_marks(client: FlaskClient, app: Flask, role: Role) -> None:
    one, other = pair()
    told = marked(one, other, factories.make_user(Role.DPH_ADMINISTRATOR))
    somebody = factories.sign_in(client, factories.make_user(role))

    assert somebody.get(f"/coordinators/{one.id}/merge/{other.id}/two-people").status_code == 403
    assert somebody.get(f"/merges/two-people/{told.id}/take-back").status_code == 403
    assert somebody.get("/merges/two-people").status_code == (200 if role is Role.AUDITOR else 403)
