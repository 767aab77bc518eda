"""Champions of a practice, and corrected sites: what is recorded, who may, and what is to be signed anew."""

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
from certhub.models.parties import Champion, Practice, PracticeSite
from certhub.queries import champions as queries
from certhub.queries import dossiers, drifts, evaluations
from certhub.queries import sites as queries_of_sites
from certhub.rules.audit_actions import AuditAction
from certhub.rules.champions import ChampionRole
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Result, Role
from certhub.services import applications, champions, sites
from tests import factories
from tests.integration.certification.test_drift import (
    certified_with_a_site,
    desk_of_elm_street,
    moves,
    site_of,
)
from tests.integration.parties.browsing import entries, send

OTHER: dict[str, Any] = {"role": "physician", "name": "Judith Amsel", "email": "judith@example.org"}


@pytest.fixture
def desk(app: Flask) -> lifecycle.Desk:
    return desk_of_elm_street()


@pytest.fixture
def practice(desk: lifecycle.Desk) -> Practice:
    return certified_with_a_site(desk)


def leading(practice: Practice, role: ChampionRole = ChampionRole.PHYSICIAN) -> Champion:
    return next(one for one in queries.of_practice(practice.id) if one.role is role)


def leaves(practice: Practice, desk: lifecycle.Desk, *, days_ago: int = 3) -> None:
    with transaction():
        champions.end(
            leading(practice), last_day=clock.today() - timedelta(days=days_ago), actor=desk.applicant, at=clock.now()
        )


def test_the_commitment_is_signed_anew_when_a_champion_leaves(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    factories.sign_in(client, desk.applicant)
    champion = leading(practice)
    address = f"/organizations/{practice.id}/champions/{champion.id}/end"
    last_day = clock.today() - timedelta(days=3)

    assert send(client, address, ends_on=last_day.isoformat()).status_code == 302

    drift, *other = drifts.of_party(practice.id)
    assert [one.sentence for one in other] == [drift.sentence]  # the physician signed as well, on paper
    assert (drift.requirement_code, drift.changed_on) == ("PR-01", last_day + timedelta(days=1))
    assert drift.sentence == f"{champion.name} (physician) is a champion of the practice no longer."
    text = client.get(f"/organizations/{practice.id}").text
    assert drift.sentence in text
    assert "No physician champion is on file today." in text
    rows = db.session.scalars(select(Champion).where(Champion.role == ChampionRole.PHYSICIAN).order_by(Champion.id))
    assert [(one.ends_on, one.superseded_at is None) for one in rows] == [(None, False), (last_day, True)]


def test_whoever_follows_a_champion_does_not_undo_the_change(desk: lifecycle.Desk, practice: Practice) -> None:
    leaves(practice, desk)
    with transaction():
        champions.name(
            practice, champions.Leading(ChampionRole.PHYSICIAN, "Judith Amsel", "judith@example.org", clock.today()),
            actor=desk.applicant, at=clock.now(),
        )  # fmt: skip
    assert [one.requirement_code for one in drifts.of_party(practice.id)] == ["PR-01", "PR-01"]


def test_a_misspelled_name_is_corrected_and_nothing_is_signed_anew(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    factories.sign_in(client, desk.applicant)
    champion = leading(practice)
    address = f"/organizations/{practice.id}/champions/{champion.id}/correct"
    typed = {**OTHER, "starts_on": champion.starts_on.isoformat()}

    refused = send(client, address, **typed)
    assert (refused.status_code, "Say what was wrong" in refused.text) == (422, True)
    assert send(client, address, **typed, reason="The name was misspelled").status_code == 302

    assert drifts.of_party(practice.id) == []
    db.session.expire_all()
    assert leading(practice).name == "Judith Amsel"
    assert champion.superseded_at is not None
    before = client.get(f"/organizations/{practice.id}").text.split("What was recorded before (1)")[1]
    assert f"<bdi>{champion.name}</bdi>" in before
    assert '<td data-label="Then">Changed</td>' in before
    assert "The name was misspelled" in str(entries(AuditAction.CHAMPION_CORRECTED)[0].changes)
    late = send(client, address, **typed, reason="Once more")
    assert (late.status_code, "Somebody else changed this champion" in late.text) == (422, True)


def test_a_last_day_that_was_wrong_is_taken_back_with_the_drift(desk: lifecycle.Desk, practice: Practice) -> None:
    leaves(practice, desk)
    champion = leading(practice)
    with transaction():
        champions.correct(
            champion, champions.Leading(champion.role, champion.name, champion.email, champion.starts_on),
            reason="She stays", actor=desk.applicant, at=clock.now(),
        )  # fmt: skip
    assert drifts.of_party(practice.id) == []


def test_a_champion_who_never_was_one_is_struck_and_what_was_signed_on_it_is_signed_anew(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    factories.sign_in(client, desk.applicant)
    champion = leading(practice)
    address = f"/organizations/{practice.id}/champions/{champion.id}/strike"

    refused = send(client, address, reason="")
    assert (refused.status_code, "Say what was wrong" in refused.text) == (422, True)
    assert send(client, address, reason="She works at another practice").status_code == 302

    drift, *other = drifts.of_party(practice.id)
    assert [one.sentence for one in other] == [drift.sentence]  # the physician signed as well, on paper
    assert drift.sentence == f"{champion.name} (physician) was entered as a champion by mistake."
    assert (drift.requirement_code, drift.changed_on) == ("PR-01", clock.today())
    assert [one.role for one in queries.of_practice(practice.id)] == [ChampionRole.STAFF]
    kept = db.session.get_one(Champion, champion.id, populate_existing=True)
    assert (kept.superseded_at is not None, kept.ends_on) == (True, None)
    [entry] = entries(AuditAction.CHAMPION_WITHDRAWN)
    assert "She works at another practice" in entry.changes
    assert f"{champion.name} (physician)" in entry.changes
    text = client.get(f"/organizations/{practice.id}").text
    assert "No physician champion is on file today." in text
    assert drift.sentence in text
    before = text.split("What was recorded before (1)")[1].split("</table>")[0]
    assert f"<bdi>{champion.name}</bdi>" in before
    assert '<td data-label="Then">Struck</td>' in before
    for step in ("strike", "end", "correct"):
        typed = {**OTHER, "starts_on": "2020-01-01", "ends_on": clock.today().isoformat(), "reason": "Once more"}
        late = send(client, f"/organizations/{practice.id}/champions/{champion.id}/{step}", **typed)
        assert (late.status_code, "Somebody else changed this champion" in late.text) == (422, True)


def test_a_champion_nobody_has_signed_on_is_struck_and_asks_for_nothing(
    desk: lifecycle.Desk, practice: Practice
) -> None:
    leaves(practice, desk)
    before = [(one.id, one.sentence) for one in drifts.of_party(practice.id)]
    typed = champions.Leading(ChampionRole.PHYSICIAN, "Judith Amsel", "judith@example.org", clock.today())
    with transaction():
        named = champions.name(practice, typed, actor=desk.applicant, at=clock.now())
    with transaction():
        champions.strike(named, reason="Another practice", actor=desk.applicant, at=clock.now())
    assert [(one.id, one.sentence) for one in drifts.of_party(practice.id)] == before
    with transaction():
        champions.name(practice, typed, actor=desk.applicant, at=clock.now())
    assert leading(practice).supersedes_id is None


def test_a_champion_who_was_struck_by_mistake_is_named_again_and_nothing_is_signed_anew(
    desk: lifecycle.Desk, practice: Practice
) -> None:
    champion = leading(practice)
    with transaction():
        champions.strike(champion, reason="Wrong person", actor=desk.applicant, at=clock.now())
    assert {one.requirement_code for one in drifts.of_party(practice.id)} == {"PR-01"}
    with transaction():
        champions.name(
            practice, champions.Leading(champion.role, champion.name, champion.email, champion.starts_on),
            actor=desk.applicant, at=clock.now(),
        )  # fmt: skip
    assert drifts.of_party(practice.id) == []


def test_two_people_name_a_champion_and_the_second_is_told_who_it_is(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    leaves(practice, desk)
    factories.sign_in(client, desk.applicant)
    address = f"/organizations/{practice.id}/champions/new"
    typed = {**OTHER, "starts_on": clock.today().isoformat()}
    assert send(client, address, **typed).status_code == 302
    second = send(client, address, **{**typed, "name": "Sunil Menon"})
    assert (second.status_code, "Judith Amsel is the physician champion" in second.text) == (422, True)
    assert 'value="Sunil Menon"' in second.text


def test_another_practice_sees_no_champion_and_changes_none(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    stranger = factories.make_practice("Bayview Pediatrics")
    factories.sign_in(client, factories.make_user(Role.PRACTICE_MANAGER, stranger))
    champion = leading(practice)
    for owner in (practice.id, stranger.id):
        for step in ("end", "correct", "strike"):
            assert client.get(f"/organizations/{owner}/champions/{champion.id}/{step}").status_code == 404
    assert client.get(f"/organizations/{practice.id}/champions/new").status_code == 404


def test_the_requirement_is_met_by_the_two_who_are_on_file_on_the_day(app: Flask) -> None:
    practice = factories.make_practice()
    manager = factories.make_user(Role.PRACTICE_MANAGER, practice)
    with transaction():
        application = applications.open_(practice, base_url="", actor=manager, at=clock.now())
    assert finding(application).explanation == "No physician champion and staff champion is on file."
    for role, name, since in (("physician", "Amara Osei", 0), ("staff", "Kevin Tran", 5)):
        with transaction():
            champions.name(
                practice, champions.Leading(
                    ChampionRole(role), name, f"{role}@example.org", clock.today() + timedelta(days=since)
                ),
                actor=manager, at=clock.now(),
            )  # fmt: skip
    assert finding(application).explanation == "No staff champion is on file."
    assert finding(application, in_days=5).result is Result.MET


def finding(application: Any, *, in_days: int = 0) -> Any:
    judgement = evaluations.judge(application, as_of=clock.today() + timedelta(days=in_days))
    return next(found for requirement, found in judgement.pairs() if requirement.code == "PR-06")


@pytest.fixture
def corrected(client: FlaskClient, desk: lifecycle.Desk, practice: Practice) -> PracticeSite:
    """The site of the practice, whose street was misspelled until now."""
    factories.sign_in(client, desk.applicant)
    site = site_of(practice)
    address = f"/organizations/{practice.id}/sites/{site.id}/correct"
    typed = {"name": "Main office", "address_line": "20 Elm Avenue", "municipality_id": str(site.municipality_id)}
    refused = send(client, address, **typed)
    assert (refused.status_code, "Say what was wrong" in refused.text) == (422, True)
    assert send(client, address, **typed, reason="It is an avenue").status_code == 302
    late = send(client, address, **typed, reason="Once more")
    assert (late.status_code, "Somebody else corrected this site" in late.text) == (422, True)
    return site_of(practice)


def test_a_corrected_address_asks_for_nothing_and_what_was_signed_still_counts(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice, corrected: PracticeSite
) -> None:
    assert drifts.of_party(practice.id) == []
    [earlier] = db.session.scalars(select(PracticeSite).where(PracticeSite.superseded_at.is_not(None)))
    assert (corrected.supersedes_id, earlier.address_line) == (earlier.id, "20 Elm Street")
    dossier = dossiers.dossier_of(practice, application=None, as_of=clock.today())
    [site] = dossier.sites
    assert (site.id, site.words) == (earlier.id, "Main office, 20 Elm Avenue, Worcester")
    assert dossier.facts["sites"] == 1
    signed = [one for one in dossier.evidence if one.requirement == "PR-07"]
    assert all(str(site.id) in one.value["sites"] for one in signed)
    text = client.get(f"/organizations/{practice.id}").text
    assert "20 Elm Avenue" in text
    assert '<td data-label="Address">20 Elm Street' not in text


@pytest.mark.usefixtures("corrected")
def test_a_corrected_site_that_moves_is_to_be_signed_anew(desk: lifecycle.Desk, practice: Practice) -> None:
    with transaction():
        moves(practice, desk)
    found = drifts.of_party(practice.id)
    assert {one.requirement_code for one in found} == {"PR-07", "PR-08"}
    assert {one.sentence for one in found} == {
        "The site changed from Main office, 20 Elm Street, Worcester to Main office, 9 Mill Road, Boston."
    }


def test_a_wrongly_typed_move_is_corrected_and_stays_a_move(desk: lifecycle.Desk, practice: Practice) -> None:
    left = site_of(practice)
    with transaction():
        moves(practice, desk)
    moved = site_of(practice)
    with transaction():
        sites.correct(
            moved, name=moved.name, address_line="9 Mills Road", zip_code="", municipality_id=moved.municipality_id,
            service_location="", opened_on=moved.opened_on, reason="Mills", actor=desk.applicant, at=clock.now(),
        )  # fmt: skip
    assert {one.requirement_code for one in drifts.of_party(practice.id)} == {"PR-07", "PR-08"}
    dossier = dossiers.dossier_of(practice, application=None, as_of=clock.today())
    assert [(one.id, one.words) for one in dossier.sites] == [(moved.id, "Main office, 9 Mills Road, Boston")]
    assert dossier.facts["sites"] == 1
    with pytest.raises(Refusal, match=r"has moved\. Correct it at its new address"), transaction():
        sites.correct(
            left, name=left.name, address_line="1 Elm Street", zip_code="", municipality_id=left.municipality_id,
            service_location="", opened_on=left.opened_on, reason="Wrong", actor=desk.applicant, at=clock.now(),
        )  # fmt: skip


def test_the_day_on_which_a_site_opened_is_corrected_and_asks_for_nothing(
    client: FlaskClient, desk: lifecycle.Desk, practice: Practice
) -> None:
    factories.sign_in(client, desk.applicant)
    site = site_of(practice)
    typed = {"name": site.name, "address_line": site.address_line, "municipality_id": str(site.municipality_id)}
    address = f"/organizations/{practice.id}/sites/{site.id}/correct"
    opened = date(2019, 3, 4)

    assert f'value="{site.opened_on}"' in client.get(address).text
    assert send(client, address, **typed, opened_on=opened.isoformat(), reason="Another year").status_code == 302

    assert site_of(practice).opened_on == opened
    assert site_of(practice).supersedes_id == site.id
    assert drifts.of_party(practice.id) == []
    assert "2019-03-04" in client.get(f"/organizations/{practice.id}").text


def test_the_day_of_a_move_is_corrected_at_both_addresses(desk: lifecycle.Desk, practice: Practice) -> None:
    left = site_of(practice)
    with transaction():
        moves(practice, desk)
    before = drifts.of_party(practice.id)
    assert {one.due_on for one in before} == {clock.today() + timedelta(days=25)}
    day = clock.today() - timedelta(days=90)
    for opened_on in (day, day - timedelta(days=1)):
        moved = site_of(practice)
        with transaction():
            sites.correct(
                moved, name=moved.name, address_line=moved.address_line, zip_code="",
                municipality_id=moved.municipality_id, service_location="", opened_on=opened_on, reason="Day",
                actor=desk.applicant, at=clock.now(),
            )  # fmt: skip
        standing = [one for one in queries_of_sites.recorded(practice.id) if one.superseded_at is None]
        assert {(one.opened_on, one.closed_on) for one in standing} == {
            (left.opened_on, opened_on - timedelta(days=1)), (opened_on, None)
        }  # fmt: skip
    found = drifts.of_party(practice.id)
    assert {(one.changed_on, one.due_on) for one in found} == {(opened_on, opened_on + timedelta(days=30))}
    assert [(one.statement_id, one.sentence) for one in found] == [(one.statement_id, one.sentence) for one in before]
    assert all(one.withdrawn_at for one in before)  # and both histories stay readable
    assert len(entries(AuditAction.DRIFT_REDATED)) == 2 * len(before)
    assert entries(AuditAction.DRIFT_WITHDRAWN) == []
    dossier = dossiers.dossier_of(practice, application=None, as_of=clock.today())
    assert [one.id for one in dossier.sites] == [row_of_the_move(practice).id]
    assert dossier.facts["sites"] == 1
    old = next(one for one in standing if one.closed_on is not None)
    assert old.id in queries_of_sites.moved_away(practice.id)
    with pytest.raises(Refusal, match=r"has moved\. Close it at its new address"), transaction():
        sites.close(old, closed_on=clock.today(), actor=desk.applicant, at=clock.now())


def row_of_the_move(practice: Practice) -> PracticeSite:
    """The row that opened the new address, whatever was corrected since."""
    return next(one for one in queries_of_sites.recorded(practice.id) if one.moved_from_id is not None)


def test_dph_finds_what_is_to_be_signed_anew_in_its_navigation(client: FlaskClient, desk: lifecycle.Desk) -> None:
    factories.sign_in(client, desk.reviewer)
    assert 'href="/attest-anew"' in client.get("/queue").text
    factories.sign_in(client, desk.applicant)
    assert 'href="/attest-anew"' not in client.get("/applications").text


@pytest.mark.parametrize("step", ["end", "correct", "strike"])
def test_a_champion_is_not_changed_without_a_reason_or_to_days_that_cannot_be(
    desk: lifecycle.Desk, practice: Practice, step: str
) -> None:
    champion = leading(practice)
    given: dict[str, Any] = {"actor": desk.applicant, "at": clock.now()}
    same = champions.Leading(champion.role, "Judith Amsel", champion.email, champion.starts_on)
    steps: dict[str, Callable[[], object]] = {
        "end": lambda: champions.end(champion, last_day=champion.starts_on - timedelta(days=1), **given),
        "correct": lambda: champions.correct(champion, same, reason="", **given),
        "strike": lambda: champions.strike(champion, reason="", **given),
    }
    with pytest.raises(Refusal) as refused, transaction():
        steps[step]()
    assert refused.value.field == ("ends_on" if step == "end" else "reason")
    assert leading(practice) is champion
    assert drifts.of_party(practice.id) == []


def test_a_champion_can_leave_on_the_first_day(desk: lifecycle.Desk, practice: Practice) -> None:
    champion = leading(practice)
    with transaction():
        ended = champions.end(champion, last_day=champion.starts_on, actor=desk.applicant, at=clock.now())
    assert (ended.starts_on, ended.ends_on) == (champion.starts_on, champion.starts_on)


@pytest.mark.parametrize(
    ("changes", "field"), [({"moved_on": date(2015, 4, 1)}, "moved_on"), ({"address_line": ""}, "address_line")]
)
def test_a_move_that_cannot_be_is_refused_beside_its_field(
    desk: lifecycle.Desk, practice: Practice, changes: dict[str, Any], field: str
) -> None:
    given = {
        "address_line": "9 Mill Road", "zip_code": "", "municipality_id": factories.municipality("Boston").id,
        "moved_on": date(2015, 4, 2), **changes, "actor": desk.applicant, "at": clock.now(),
    }  # fmt: skip
    with pytest.raises(Refusal) as refused, transaction():
        sites.move(site_of(practice), **given)
    assert refused.value.field == field
    with transaction():
        sites.move(site_of(practice), **{**given, "address_line": "9 Mill Road", "moved_on": date(2015, 4, 2)})
    [before] = db.session.scalars(select(PracticeSite).where(PracticeSite.closed_on.is_not(None)))
    assert before.closed_on == before.opened_on == date(2015, 4, 1)
    with pytest.raises(Refusal, match="closed, or has moved already"), transaction():
        sites.move(before, **{**given, "address_line": "1 Oak Street", "moved_on": date(2016, 1, 1)})


def test_a_site_closes_on_its_first_day_at_the_earliest_and_says_so_beside_the_field(
    desk: lifecycle.Desk, practice: Practice
) -> None:
    site = site_of(practice)
    given: dict[str, Any] = {"actor": desk.applicant, "at": clock.now()}
    with pytest.raises(Refusal) as refused, transaction():
        sites.close(site, closed_on=date(2015, 3, 31), **given)
    assert refused.value.field == "ends_on"
    with transaction():
        sites.close(site, closed_on=date(2015, 4, 1), **given)
    assert site.closed_on == date(2015, 4, 1)
