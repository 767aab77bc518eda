"""A practice rates itself: from the invitation to the profile, the evidence and the list of DPH."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.models.accounts import User
from certhub.models.certification import Application, Evidence
from certhub.models.medical_home import SelfAssessment, SelfAssessmentRespondent, SelfAssessmentResult
from certhub.models.messages import Message
from certhub.models.parties import Practice
from certhub.queries import evaluations
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.self_assessment import MOST_RESPONDENTS
from certhub.rules.vocabulary import RespondentRole, Result, Role
from certhub.services import self_assessments
from certhub.web.context import press
from tests import factories
from tests.integration.certification.test_pages import post

FULL = INSTRUMENTS["MHI-FV"]
FOURS = dict.fromkeys(FULL.themes, 4)


@pytest.fixture
def manager(app: Flask) -> User:
    return factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice())


def opened(manager: User, instrument: str = "MHI-FV") -> SelfAssessment:
    practice = db.session.get_one(Practice, manager.party_id)
    with transaction():
        return self_assessments.open_(
            practice, instrument_id=instrument, licensed_copy="Office", actor=manager, at=clock.now()
        )


def added(
    assessment: SelfAssessment, manager: User, scores: Mapping[str, int], *, role: RespondentRole, email: str = ""
) -> SelfAssessmentRespondent:
    with transaction():
        somebody = self_assessments.add_respondent(
            assessment, name=f"Somebody {role.value}", role=role, email=email, link=lambda token: f"https://x/{token}",
            actor=manager, at=clock.now(),
        )  # fmt: skip
        self_assessments.save_answers(somebody, dict(scores), actor=manager, at=clock.now())
    return somebody


def closed(manager: User, scores: Mapping[str, int] = FOURS, instrument: str = "MHI-FV") -> SelfAssessment:
    assessment = opened(manager, instrument)
    added(assessment, manager, scores, role=RespondentRole.PHYSICIAN)
    added(assessment, manager, scores, role=RespondentRole.FAMILY_ADVISOR)
    with transaction():
        self_assessments.record_consensus(assessment, dict(scores), actor=manager, at=clock.now())
        self_assessments.close(assessment, held_on=clock.today(), actor=manager, at=clock.now())
    return assessment


def draft(manager: User) -> Application:
    desk = lifecycle.Desk(manager, factories.make_user(Role.DPH_REVIEWER), press())
    with transaction():
        return lifecycle.opened(db.session.get_one(Practice, manager.party_id), desk, at=clock.now())


def link_in(message: Message) -> str:
    found = re.search(r"/self-assessment-answers/\S+", message.body_text)
    assert found, message.body_text
    return found[0]


def chosen(domain: str, score: int, **others: str) -> dict[str, Any]:
    return {f"theme-{theme}": str(score) for theme in FULL.themes_of(domain)} | others


def test_a_practice_invites_agrees_closes_and_sees_its_profile(client: FlaskClient, manager: User) -> None:
    application = draft(manager)
    factories.sign_in(client, manager)
    status, _, where = post(
        client, f"/practices/{manager.party_id}/self-assessments/new", instrument="MHI-FV", licensed_copy="Shelf 2"
    )
    assert status == 302
    status, _, _ = post(client, f"{where}/respondents/new", name="Nora Quinn", role="nurse", email="nora@example.org")
    assert status == 302
    (message,) = db.session.scalars(select(Message).where(Message.kind == "self-assessment-invitation"))
    assert (message.recipient, "25 themes" in message.body_text) == ("nora@example.org", True)

    visitor = client.application.test_client()
    link = link_in(message)
    assert "Hello <bdi>Nora Quinn</bdi>" in visitor.get(link).text
    for domain in FULL.domains:
        assert post(visitor, f"{link}/{domain}", **chosen(domain, 6 if domain == "3" else 4))[0] == 302
    assert "All themes are answered" in visitor.get(link).text

    for domain in FULL.domains:
        page = client.get(f"{where}/consensus/{domain}").text
        assert "Nora Quinn, nurse" in page
        assert post(client, f"{where}/consensus/{domain}", **chosen(domain, 6 if domain == "3" else 4))[0] == 302
    assert post(client, f"{where}/close", held_on=clock.today().isoformat())[0] == 302

    page = client.get(where).text
    assert "56 percent: 112 of 200 points" in page
    assert '<svg viewBox="0 0 360' in page
    assert "Nora Quinn" not in page
    (evidence,) = db.session.scalars(select(Evidence).where(Evidence.application_id == application.id))
    assert (evidence.requirement_code, evidence.value["completed_by"]) == ("PR-03", ["nurse"])
    assert "See the profile" in client.get(f"/applications/{application.id}").text
    assert visitor.get(link).status_code == 410


def test_drafts_are_kept_page_by_page_and_missing_themes_are_named(client: FlaskClient, manager: User) -> None:
    assessment = opened(manager)
    somebody = added(assessment, manager, {}, role=RespondentRole.NURSE)
    factories.sign_in(client, manager)
    address = f"/self-assessments/{assessment.id}/respondents/{somebody.id}/answers"

    post(client, f"{address}/4", **chosen("4", 5, **{"theme-4.2": ""}))
    post(client, f"{address}/5", **chosen("5", 3))
    status, text_, _ = post(client, f"{address}/6", **chosen("6", 3, **{"theme-6.1": "9"}))

    assert (status, "Choose one of the answers of the list." in text_) == (422, True)
    db.session.refresh(somebody)
    assert somebody.answers == {"4.1": 5, "5.1": 3, "5.2": 3}
    status, text_, _ = post(client, f"/self-assessments/{assessment.id}/close", held_on=clock.today().isoformat())
    assert (status, "Nobody has answered every theme yet." in text_) == (422, True)
    added(assessment, manager, FOURS, role=RespondentRole.PHYSICIAN)
    post(client, f"/self-assessments/{assessment.id}/consensus/4", **chosen("4", 5, **{"theme-4.2": ""}))
    status, text_, _ = post(client, f"/self-assessments/{assessment.id}/close", held_on=clock.today().isoformat())
    assert status == 422
    assert "4.2 Agencies and schools" in text_
    assert "4.1 Needs of the community" not in text_


def test_answers_far_apart_are_flagged_before_the_meeting(client: FlaskClient, manager: User) -> None:
    assessment = opened(manager)
    added(assessment, manager, FOURS, role=RespondentRole.PHYSICIAN)
    added(assessment, manager, FOURS | {"3.2": 1, "3.3": 2}, role=RespondentRole.FAMILY_ADVISOR)
    factories.sign_in(client, manager)

    assert "Talk about 1 theme<" in client.get(f"/self-assessments/{assessment.id}").text
    page = client.get(f"/self-assessments/{assessment.id}/consensus/3").text
    assert page.count("Talk about it: 3 points apart") == 1


def test_a_result_and_everything_behind_it_is_frozen(app: Flask, manager: User) -> None:
    assessment = closed(manager)
    with pytest.raises(Refusal, match="closed"), transaction():
        self_assessments.record_consensus(assessment, {"1.1": 8}, actor=manager, at=clock.now())
    with pytest.raises(Refusal, match="closed"), transaction():
        self_assessments.save_answers(assessment.respondents[0], {"1.1": 8}, actor=manager, at=clock.now())
    with pytest.raises(Refusal, match="closed"), transaction():
        self_assessments.close(assessment, held_on=clock.today(), actor=manager, at=clock.now())
    with pytest.raises(DBAPIError, match="never changed"):
        db.session.execute(text("UPDATE self_assessment_result SET total = 200"))


def test_the_result_keeps_roles_and_no_names(app: Flask, manager: User) -> None:
    result = closed(manager).result
    assert result is not None
    assert [one["role"] for one in result.answers] == ["physician", "family_advisor"]
    assert "Somebody" not in str(result.answers)
    assert (result.total, result.percent_hundredths, result.coordination_hundredths) == (100, 5000, 400)


def test_a_practice_has_one_self_assessment_at_a_time_and_can_give_it_up(client: FlaskClient, manager: User) -> None:
    assessment = opened(manager)
    factories.sign_in(client, manager)
    new = f"/practices/{manager.party_id}/self-assessments/new"
    status, text_, _ = post(client, new, instrument="MHI-SV", licensed_copy="Office")
    assert (status, "under way already" in text_) == (422, True)
    index = client.get(f"/practices/{manager.party_id}/self-assessments").text
    assert "Go on with the one that is under way, and close it." in index
    assert "Start one" not in index
    page = client.get(f"/self-assessments/{assessment.id}")
    post(client, f"/self-assessments/{assessment.id}/give-up", page=page)
    assert client.get(f"/self-assessments/{assessment.id}").location == new.removesuffix("/new")
    assert post(client, new, instrument="MHI-SV", licensed_copy="Office")[0] == 302


@pytest.mark.parametrize(
    ("instrument", "copy", "field"), [("MHI-XX", "Office", "instrument"), ("MHI-FV", " ", "licensed_copy")]
)
def test_one_that_cannot_be_is_not_opened(manager: User, instrument: str, copy: str, field: str) -> None:
    with pytest.raises(Refusal) as refused, transaction():
        self_assessments.open_(
            db.session.get_one(Practice, manager.party_id), instrument_id=instrument, licensed_copy=copy,
            actor=manager, at=clock.now(),
        )  # fmt: skip
    assert refused.value.field == field


def test_as_many_people_take_part_as_can_be_compared(manager: User) -> None:
    assessment = opened(manager)
    people = [added(assessment, manager, {}, role=RespondentRole.NURSE) for _ in range(MOST_RESPONDENTS)]
    with pytest.raises(Refusal, match="people take part already"):
        added(assessment, manager, {}, role=RespondentRole.NURSE)
    with transaction():
        self_assessments.remove_respondent(people[0], actor=manager, at=clock.now())
    added(assessment, manager, {}, role=RespondentRole.NURSE)


def test_who_answers_on_paper_gets_no_link_and_who_left_answers_no_more(manager: User) -> None:
    assessment = opened(manager)
    somebody = added(assessment, manager, {}, role=RespondentRole.NURSE)
    with pytest.raises(Refusal, match="answers on paper"), transaction():
        self_assessments.send_again(somebody, link=str, actor=manager, at=clock.now())
    with transaction():
        self_assessments.remove_respondent(somebody, actor=manager, at=clock.now())
    with pytest.raises(Refusal, match="no longer takes part"), transaction():
        self_assessments.save_answers(somebody, dict(FOURS), actor=manager, at=clock.now())
    assert somebody.answers == {}


def test_only_a_closed_one_of_the_same_practice_is_handed_in(app: Flask, manager: User) -> None:
    other = factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice("Bayview Pediatrics"))
    application = draft(manager)
    for assessment in (opened(manager), closed(other)):
        with pytest.raises(Refusal, match="Close the self-assessment first"), transaction():
            self_assessments.hand_in(assessment, application, actor=manager, at=clock.now())


def test_sending_the_form_twice_adds_a_person_once(client: FlaskClient, manager: User) -> None:
    assessment = opened(manager)
    factories.sign_in(client, manager)
    address = f"/self-assessments/{assessment.id}/respondents/new"
    page = client.get(address)
    for _ in range(2):
        status, _, where = post(client, address, page=page, name="Nora Quinn", role="nurse", email="n@example.org")
        assert (status, where) == (302, f"/self-assessments/{assessment.id}")
    assert len(db.session.scalars(select(SelfAssessmentRespondent)).all()) == 1
    assert len(db.session.scalars(select(Message)).all()) == 1
    status, text_, _ = post(client, address, name="Another", role="nurse", email="N@example.org")
    assert (status, "takes part already" in text_) == (422, True)


def test_closing_twice_at_once_leaves_one_result(client: FlaskClient, manager: User) -> None:
    assessment = opened(manager)
    added(assessment, manager, FOURS, role=RespondentRole.NURSE)
    with transaction():
        self_assessments.record_consensus(assessment, dict(FOURS), actor=manager, at=clock.now())
    factories.sign_in(client, manager)
    address = f"/self-assessments/{assessment.id}/close"
    page = client.get(address)
    for _ in range(2):
        assert post(client, address, page=page, held_on=clock.today().isoformat())[0] == 302
    assert len(db.session.scalars(select(SelfAssessmentResult)).all()) == 1


def test_a_link_ends_when_a_newer_one_is_sent_when_its_time_is_over_and_when_the_person_is_removed(
    client: FlaskClient, manager: User
) -> None:
    assessment = opened(manager)
    factories.sign_in(client, manager)
    post(client, f"/self-assessments/{assessment.id}/respondents/new", name="N", role="nurse", email="n@example.org")
    somebody = db.session.scalars(select(SelfAssessmentRespondent)).one()
    base = f"/self-assessments/{assessment.id}/respondents/{somebody.id}"
    page = client.get(f"/self-assessments/{assessment.id}")
    assert post(client, f"{base}/send-again", page=page)[0] == 302
    first, second = (link_in(one) for one in db.session.scalars(select(Message).order_by(Message.id)))
    visitor = client.application.test_client()

    assert [visitor.get(link).status_code for link in (first, second)] == [404, 200]
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        answer = visitor.get(second)
        assert (answer.status_code, "send you a new link" in answer.text) == (410, True)
    page = client.get(f"/self-assessments/{assessment.id}")
    assert post(client, f"{base}/remove", page=page)[0] == 302
    assert visitor.get(second).status_code == 404
    assert visitor.get("/self-assessment-answers/nonsense").status_code == 404


def invited(client: FlaskClient, assessment: SelfAssessment, email: str) -> str:
    """The link of somebody who is asked to answer."""
    address = f"/self-assessments/{assessment.id}/respondents/new"
    assert post(client, address, name="N", role="nurse", email=email)[0] == 302
    return link_in(db.session.scalars(select(Message).where(Message.recipient == email)).one())


def test_whoever_keeps_no_cookies_answers_by_the_link(client: FlaskClient, manager: User) -> None:
    assessment = opened(manager)
    factories.sign_in(client, manager)
    link = invited(client, assessment, "n@example.org")
    visitor = client.application.test_client(use_cookies=False)

    assert post(visitor, f"{link}/4", **chosen("4", 5))[0] == 302

    assert db.session.scalars(select(SelfAssessmentRespondent)).one().answers["4.1"] == 5


def test_answers_on_a_form_of_another_link_are_not_taken_and_stay_on_the_page(
    client: FlaskClient, manager: User
) -> None:
    assessment = opened(manager)
    factories.sign_in(client, manager)
    mine, other = invited(client, assessment, "n@example.org"), invited(client, assessment, "m@example.org")
    visitor = client.application.test_client()

    status, text_, _ = post(visitor, f"{mine}/4", page=visitor.get(f"{other}/4"), **chosen("4", 5))
    assert (status, "look through it and send it again" in text_) == (422, True)
    assert '<option selected value="5">' in text_
    assert visitor.post(f"{mine}/4", data=chosen("4", 5)).status_code == 422
    assert [one.answers for one in db.session.scalars(select(SelfAssessmentRespondent))] == [{}, {}]
    assert post(visitor, f"{mine}/4", **chosen("4", 5))[0] == 302


def test_one_that_was_closed_before_the_application_is_offered_and_handed_in_once(
    client: FlaskClient, manager: User
) -> None:
    assessment = closed(manager)
    application = draft(manager)
    factories.sign_in(client, manager)
    show = client.get(f"/applications/{application.id}")
    assert "Hand in the self-assessment of" in show.text
    address = f"/applications/{application.id}/self-assessments/{assessment.id}/hand-in"

    for _ in range(2):
        assert post(client, address, page=show)[0] == 302

    assert len(db.session.scalars(select(Evidence)).all()) == 1
    assert "Hand in the self-assessment of" not in client.get(f"/applications/{application.id}").text
    finding = evaluations.judge(application, as_of=clock.today()).evaluation.finding("PR-03")
    assert finding is not None
    assert finding.provided
    assert "50 percent" in finding.have


def test_one_that_is_too_old_is_not_offered(client: FlaskClient, manager: User) -> None:
    closed(manager)
    with time_machine.travel(clock.now() + timedelta(days=400), tick=False):
        application = draft(manager)
        factories.sign_in(client, manager)
        with time_machine.travel(clock.now(), tick=False):
            assert "Hand in the self-assessment of" not in client.get(f"/applications/{application.id}").text


def test_the_short_version_does_not_do_for_the_first_application(app: Flask, manager: User) -> None:
    application = draft(manager)
    closed(manager, dict.fromkeys(INSTRUMENTS["MHI-SV"].themes, 4), "MHI-SV")
    finding = evaluations.judge(application, as_of=clock.today()).evaluation.finding("PR-03")
    assert finding is not None
    assert (finding.result, "full version" in finding.explanation) == (Result.NOT_MET, True)


def test_a_second_one_shows_what_changed_and_another_version_is_not_compared(
    client: FlaskClient, manager: User
) -> None:
    first = closed(manager)
    short = closed(manager, dict.fromkeys(INSTRUMENTS["MHI-SV"].themes, 3), "MHI-SV")
    second = closed(manager, FOURS | dict.fromkeys(FULL.themes_of("3"), 6))
    factories.sign_in(client, manager)

    assert "Change</th>" not in client.get(f"/self-assessments/{first.id}").text
    assert "Change</th>" not in client.get(f"/self-assessments/{short.id}").text
    page = client.get(f"/self-assessments/{second.id}").text
    assert "Change</th>" in page
    assert "Care coordination</th>" in page
    assert "+2<" in page
    assert "3.1 Coordination and roles: 4 to 6 (+2)" in page
    assert "+6 points since" in page


def test_dph_reads_the_list_and_the_profile_and_changes_nothing(client: FlaskClient, manager: User) -> None:
    assessment = closed(manager)
    factories.make_practice("Silent Pediatrics")
    factories.sign_in(client, factories.make_user(Role.DPH_REVIEWER))

    page = client.get("/self-assessments").text
    assert (">50<" in page, "None closed yet" in page) == (True, True)
    assert "Silent" not in client.get("/self-assessments?region=boston").text
    assert client.get(f"/self-assessments/{assessment.id}").status_code == 200
    page = client.get(f"/practices/{manager.party_id}/self-assessments").text
    assert "Start a self-assessment" not in page
    assert client.get(f"/practices/{manager.party_id}/self-assessments/new").status_code == 403


def test_another_practice_does_not_see_it(client: FlaskClient, manager: User) -> None:
    assessment = closed(manager)
    factories.sign_in(client, factories.make_user(Role.PRACTICE_MANAGER, factories.make_practice()))
    assert client.get(f"/self-assessments/{assessment.id}").status_code == 404
    assert client.get(f"/practices/{manager.party_id}/self-assessments").status_code == 404
