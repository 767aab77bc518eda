"""Facts that change under a signed statement: what must be attested anew, who sees it, and what ends it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.certification import Credential, Evidence
from certhub.models.messages import Message, Obligation
from certhub.models.parties import Party, Practice, PracticeSite
from certhub.models.signatures import Drift, Statement
from certhub.queries import credentials, dossiers, drifts, evaluations, statements
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.vocabulary import Result, Role
from certhub.services import accounts, obligations, parties, sites
from certhub.web.context import press
from tests import factories
from tests.integration.certification.test_signing import send

ON_SITES = {"PR-07", "PR-08"}
ON_OWNERS = {"PR-01", "PR-09B"}


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    return desk_of_elm_street()


@pytest.fixture
def practice(desk: lifecycle.Desk) -> Practice:
    return certified_with_a_site(desk)


def desk_of_elm_street() -> lifecycle.Desk:
    """A practice, whoever runs it, and who reviews."""
    practice = factories.make_practice("Elm Street Pediatrics")
    manager = factories.make_user(Role.PRACTICE_MANAGER, practice, name="Zoë Álvarez", email="zoe@example.org")
    return lifecycle.Desk(manager, factories.make_user(Role.DPH_REVIEWER), press())


def certified_with_a_site(desk: lifecycle.Desk) -> Practice:
    """A practice that was certified a while ago, with one site."""
    found = desk.applicant.party
    assert isinstance(found, Practice)
    with transaction():
        with_a_site(found, desk)
        lifecycle.certified(found, desk, at=clock.now() - timedelta(days=60))
    return found


def with_a_site(practice: Practice, desk: lifecycle.Desk) -> None:
    sites.add(
        practice, name="Main office", address_line="20 Elm Street", zip_code="", service_location="",
        municipality_id=factories.municipality().id, opened_on=date(2015, 4, 1), actor=desk.applicant,
        at=clock.now(),
    )  # fmt: skip


def site_of(practice: Party) -> PracticeSite:
    return db.session.scalars(
        select(PracticeSite).where(PracticeSite.practice_id == practice.id).order_by(PracticeSite.id.desc())
    ).first()  # type: ignore[return-value]  # there is one


def moves(practice: Party, desk: lifecycle.Desk) -> None:
    sites.move(
        site_of(practice), address_line="9 Mill Road", zip_code="", municipality_id=factories.municipality("Boston").id,
        moved_on=clock.today() - timedelta(days=5), actor=desk.applicant, at=clock.now(),
    )  # fmt: skip


def is_bought(practice: Practice, desk: lifecycle.Desk) -> None:
    parties.record_stake(
        practice, group_name="Bay Physicians", percent=60, starts_on=clock.today(), ends_on=None,
        actor=desk.reviewer, at=clock.now(),
    )  # fmt: skip


def is_renamed(practice: Practice, desk: lifecycle.Desk) -> None:
    parties.update_practice(
        practice, parties.Particulars(name="Elm Street Children's Health"), npi=practice.npi,
        pays_coordinator_wages=False, actor=desk.applicant, at=clock.now(),
    )  # fmt: skip


def loses_its_manager(practice: Practice, desk: lifecycle.Desk) -> None:
    accounts.deactivate(desk.applicant, actor=desk.reviewer, at=clock.now())


def gets_a_telephone(practice: Practice, desk: lifecycle.Desk) -> None:
    parties.update_practice(
        practice, parties.Particulars(name=practice.name, phone="617-555-0123"), npi=practice.npi,
        pays_coordinator_wages=False, actor=desk.applicant, at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("happens", "codes", "days_ago"),
    [
        (moves, ON_SITES, 5),
        (is_bought, ON_OWNERS, 0),
        (is_renamed, ON_OWNERS, 0),
        (loses_its_manager, {"PR-01"}, 0),
        (gets_a_telephone, set(), 0),
    ],
)
def test_a_change_asks_for_the_statements_that_rest_on_it(
    desk: lifecycle.Desk, practice: Practice, happens: Callable[[Practice, lifecycle.Desk], None], codes: set[str],
    days_ago: int,
) -> None:  # fmt: skip
    with transaction():
        happens(practice, desk)

    found = drifts.of_party(practice.id)
    assert {one.requirement_code for one in found} == codes
    assert {one.changed_on for one in found} <= {clock.today() - timedelta(days=days_ago)}
    assert {one.due_on for one in found} <= {clock.today() + timedelta(days=30 - days_ago)}


def test_what_is_set_right_again_asks_for_nothing(desk: lifecycle.Desk, practice: Practice) -> None:
    name = practice.name
    with transaction():
        is_renamed(practice, desk)
    assert drifts.of_party(practice.id)
    with transaction():
        parties.update_practice(
            practice, parties.Particulars(name=name), npi=practice.npi, pays_coordinator_wages=False,
            actor=desk.applicant, at=clock.now(),
        )  # fmt: skip
    assert drifts.of_party(practice.id) == []
    assert all(one.withdrawn_at for one in db.session.scalars(select(Drift)))


def test_a_change_that_was_noted_keeps_its_date(desk: lifecycle.Desk, practice: Practice) -> None:
    with transaction():
        moves(practice, desk)
    before = {one.id: one.due_on for one in drifts.of_party(practice.id)}
    with transaction():
        gets_a_telephone(practice, desk)
    assert {one.id: one.due_on for one in drifts.of_party(practice.id)} == before


def test_signing_anew_closes_it_and_the_due_date_and_does_not_count_for_the_renewal(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    with transaction():
        moves(practice, desk)
        obligations.derive(clock.today(), policies=obligations.shipped_policies(), at=clock.now())
    due = [one for one in db.session.scalars(select(Obligation)) if one.kind is ObligationKind.ATTEST_ANEW]
    assert {one.due_on for one in due} == {clock.today() + timedelta(days=25)}
    assert len(due) == len(ON_SITES)

    factories.sign_in(client, desk.applicant)
    for page in ("/", f"/organizations/{practice.id}"):
        text = client.get(page).text
        assert "Attest anew" in text
        assert "9 Mill Road" in text
    credential = db.session.scalars(select(Credential).where(Credential.party_id == practice.id)).one()
    renewing = f"/credentials/{credential.id}"
    assert "Sign anew by" in client.get(renewing).text  # beside the requirement, which still counts as met
    for one in drifts.of_party(practice.id):
        status, text, where = send(client, f"/statements/{one.statement_id}/anew")
        assert status == 302, text
        assert client.get(where).status_code == 200

    assert drifts.of_party(practice.id) == []
    assert "Sign anew by" not in client.get(renewing).text
    assert "Attest anew" not in client.get("/").text
    with transaction():
        obligations.derive(clock.today(), policies=obligations.shipped_policies(), at=clock.now())
    db.session.expire_all()
    assert {one.closed_because for one in due} == {"signed anew"}
    anew = db.session.scalars(select(Evidence).where(Evidence.application_id.is_(None))).all()
    assert {one.requirement_code for one in anew} == ON_SITES

    [credential] = credentials.of_party(desk.reviewer, practice.id)
    outlook = evaluations.renewal_outlook(credentials.view(credential, on=clock.today()), as_of=clock.today())
    assert outlook is not None
    findings = {requirement.code: finding for requirement, finding in outlook.judgement.pairs()}
    assert all(findings[code].result is Result.NOT_MET for code in ON_SITES)
    assert all("for an earlier term" in findings[code].explanation for code in ON_SITES)


def test_dph_sees_all_of_it_and_another_practice_nothing(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    with transaction():
        moves(practice, desk)
    [statement, *_] = [one.statement_id for one in drifts.of_party(practice.id)]

    factories.sign_in(client, desk.reviewer)
    assert "Statements to sign anew" in client.get("/").text
    assert "Elm Street Pediatrics" in client.get("/attest-anew").text
    assert client.get(f"/statements/{statement}/anew").status_code == 200

    stranger = factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice())
    factories.sign_in(client, stranger)
    assert client.get("/attest-anew").status_code == 403
    assert client.get(f"/statements/{statement}/anew").status_code == 404


def test_a_site_moves_once_and_stays_the_same_site(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    factories.sign_in(client, desk.applicant)
    site = site_of(practice)
    address = f"/organizations/{practice.id}/sites/{site.id}/move"
    fields: dict[str, Any] = {
        "address_line": "9 Mill Road", "municipality_id": str(factories.municipality("Boston").id),
        "moved_on": clock.today().isoformat(),
    }  # fmt: skip
    token = client.get(address).text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    assert client.post(address, data={"csrf_token": token, **fields}).status_code == 302
    answer = client.post(address, data={"csrf_token": token, **fields})

    assert (answer.status_code, "has moved already" in answer.text) == (422, True)
    rows = db.session.scalars(select(PracticeSite).where(PracticeSite.practice_id == practice.id)).all()
    assert [(one.address_line, one.closed_on) for one in rows] == [
        ("20 Elm Street", clock.today() - timedelta(days=1)), ("9 Mill Road", None)
    ]  # fmt: skip
    facts, _ = statements.facts_of(practice)
    assert [one.key for one in facts if one.kind == "sites"] == [str(site.id)]


def test_a_change_before_the_first_signature_asks_for_nothing(app: Flask) -> None:
    practice = factories.make_practice()
    manager = factories.make_user(Role.PRACTICE_MANAGER, practice)
    with transaction():
        is_renamed(practice, lifecycle.Desk(manager, manager, press()))
    assert db.session.scalars(select(Statement)).all() == []
    assert drifts.of_party(practice.id) == []


def test_a_practice_with_two_sites_signs_for_each_and_a_move_leaves_one_to_sign(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    with transaction():
        second = sites.add(
            practice, name="Second office", address_line="5 Oak Street", zip_code="", service_location="",
            municipality_id=factories.municipality().id, opened_on=None, actor=desk.applicant, at=clock.now(),
        )  # fmt: skip
    [first] = [one.id for one in practice.sites if one.id != second.id]
    anew = next(one.statement_id for one in drifts.of_party(practice.id) if one.requirement_code == "PR-07")
    factories.sign_in(client, desk.applicant)
    address = f"/statements/{anew}/anew"

    assert "Second office, 5 Oak Street, Worcester" in client.get(address).text
    status, text, _ = send(client, address)
    assert (status, "Choose at least one site" in text) == (422, True)
    status, text, _ = send(client, address, sites=["999"])
    assert (status, "Choose from the sites that are open now" in text) == (422, True)
    status, text, where = send(client, address, sites=[str(first), str(second.id)])
    assert status == 302, text
    assert "Second office, 5 Oak Street, Worcester" in client.get(where).text
    copy = db.session.scalars(
        select(Message).where(Message.kind == "signature-copy").order_by(Message.id.desc())
    ).first()
    assert copy is not None
    assert "For these sites: Main office, 20 Elm Street, Worcester; Second office" in copy.body_text


def test_the_open_sites_of_the_day_are_what_a_renewal_asks_for(desk: lifecycle.Desk, practice: Practice) -> None:
    dossier = dossiers.dossier_of(practice, application=None, as_of=clock.today())
    assert [site.words for site in dossier.sites] == ["Main office, 20 Elm Street, Worcester"]
    with transaction():
        moves(practice, desk)
    dossier = dossiers.dossier_of(practice, application=None, as_of=clock.today())
    assert [site.words for site in dossier.sites] == ["Main office, 9 Mill Road, Boston"]
    before = dossiers.dossier_of(practice, application=None, as_of=clock.today() - timedelta(days=6))
    assert [site.words for site in before.sites] == ["Main office, 20 Elm Street, Worcester"]
    assert dossier.facts["sites"] == 1


def test_a_corrected_day_closes_the_due_date_that_was_wrong_and_a_further_move_keeps_the_first_one(
    desk: lifecycle.Desk, practice: Practice
) -> None:
    def derived() -> dict[date, str | None]:
        with transaction():
            obligations.derive(clock.today(), policies=obligations.shipped_policies(), at=clock.now())
        db.session.expire_all()
        rows = db.session.scalars(select(Obligation).where(Obligation.kind == ObligationKind.ATTEST_ANEW))
        return {one.due_on: one.closed_because for one in rows}

    today = clock.today()
    with transaction():
        moves(practice, desk)
    assert derived() == {today + timedelta(days=25): None}
    moved = site_of(practice)
    with transaction():
        sites.correct(
            moved, name=moved.name, address_line=moved.address_line, zip_code="",
            municipality_id=moved.municipality_id, service_location="", opened_on=today - timedelta(days=9),
            reason="The lease began on another day", actor=desk.applicant, at=clock.now(),
        )  # fmt: skip
    assert derived() == {today + timedelta(days=25): "the date was corrected", today + timedelta(days=21): None}
    with transaction():
        sites.move(
            site_of(practice), address_line="1 Pine Street", zip_code="",
            municipality_id=factories.municipality("Boston").id, moved_on=today, actor=desk.applicant, at=clock.now(),
        )  # fmt: skip
    assert {one.due_on for one in drifts.of_party(practice.id)} == {today + timedelta(days=21)}
