"""Whoever reads a person's record leaves a row in the access log (M.G.L. c.66A): on every route, for every role."""

from collections import defaultdict

import pytest
from sqlalchemy import select

from certhub.database import db
from certhub.models.parties import Coordinator
from certhub.queries.holders import HOLDERS
from certhub.rules.permissions import Permission
from certhub.rules.readings import PAGES
from certhub.rules.vocabulary import Role, SubjectType
from tests.contract import survey
from tests.contract.conftest import Survey
from tests.contract.survey import Answer, Route
from tests.contract.test_access import none_of
from tests.contract.world import SHARED

NOBODYS = {
    "ce_audit_id": "a sample, which is told as one list",
    "convening_id": "a state meeting; who is on its sheet is told as one list",
    "theme_id": "a problem of the system, which names nobody",
    "fund_year_id": "a year of the pooled fund",
    "payer_id": "an insurer, which is no person",
    "need_line_id": "a line of the need of a fund year",
    "payment_id": "a payment of an insurer",
    "write_off_id": "what an insurer will not pay",
    "fund_notice_id": "a notice of assessment to an insurer",
    "appeal_id": "an appeal of an insurer",
    "group_id": "a group of owners of organizations",
    "import_id": "a list, which is told as one",
    "invitation_id": "an invitation, shown to those who look after accounts",
    "own_course_id": "a course of the catalogue, as those who give it change it",
    "own_session_id": "a session of a course, whose participants are told as one list",
    "proposal_id": "a proposal, whose lines are told as one list",
    "mapping_id": "how files of training are read, which names nobody",
    "run_id": "a run of a job",
    "job_request_id": "a run of a job that was asked for",
    "job_pause_id": "a pause of a job",
    "session_id": "a browser of one's own",
    "upload_id": "a file of training, which is told as one list",
    "token": "the secret of a link that its own owner was sent",
    "filename": "a file that is shipped with the application",
}
"""Arguments that lead to no party's record when they stand alone."""

WORK_LISTS = {
    "administration.accounts", "administration.accounts_invite", "administration.invite",
    "administration.list_invitations", "administration.messages", "applications.index", "audit.access_log",
    "audit.index", "coordinators.former", "coordinators.index", "coordinators.latest_training",
    "coordinators.register", "home.index", "organizations.show", "queue.index", "roster.index",
}  # fmt: skip
"""Pages that name people to lead on to their records, where the reading is logged. Pinned here, so that a new page that
shows people is decided and not slipped in."""

SHOWING = (200, 409, 422)


def logs(answer: Answer) -> bool:
    return any("access_log" in statement for statement in answer.writes)


def of_a_person(surveyed: Survey, route: Route) -> set[str]:
    """The addresses of a route that lead to the record of our coordinator."""
    named = set(route.arguments) - SHARED - set(NOBODYS) - set(dict(route.words))
    if route.permission is Permission.PUBLIC_READ or not named:
        return set()
    return set(survey.addresses(surveyed.app, route, surveyed.ours.of[SubjectType.COORDINATOR]))


def test_every_argument_of_an_address_leads_to_somebody_or_is_known_to_be_nobodys(surveyed: Survey) -> None:
    alone = {
        f"{route} {argument}"
        for route in surveyed.routes
        if route.permission is not Permission.PUBLIC_READ and not set(route.arguments) & set(HOLDERS)
        for argument in route.arguments
        if argument not in SHARED and argument not in NOBODYS and argument not in dict(route.words)
    }
    assert alone == set(), "say in certhub/queries/holders.py whose record this is"


def test_whoever_opens_a_page_of_a_persons_record_is_in_the_access_log(surveyed: Survey, fetched: list[Answer]) -> None:
    opened = [
        answer
        for answer in fetched
        if answer.status in SHOWING and answer.address in of_a_person(surveyed, answer.route)
    ]
    by_others = [answer for answer in opened if answer.role is not Role.COORDINATOR]

    assert {"coordinators.edit", "credentials.certificate", "credentials.download"} <= {
        one.route.endpoint for one in by_others
    }
    none_of([answer for answer in by_others if not logs(answer)])
    none_of([answer for answer in opened if answer.role is Role.COORDINATOR and logs(answer)])


def test_a_form_of_a_persons_record_that_is_sent_back_is_in_the_access_log(unforged: Survey) -> None:
    answers = [
        unforged.ask(route, role, address, data={})
        for route in unforged.routes
        if route.method != "GET"
        for role in unforged.roles
        if route.granted_to(role) and role is not Role.COORDINATOR
        for address in of_a_person(unforged, route)
    ]
    shown = [answer for answer in answers if answer.status in SHOWING and answer.templates]

    assert shown
    none_of([answer for answer in shown if not logs(answer) and "errors/" not in answer.templates[0]])


def test_a_page_that_shows_a_person_by_another_way_is_told_or_is_a_known_list(
    surveyed: Survey, fetched: list[Answer]
) -> None:
    with surveyed.app.app_context():
        number = surveyed.ours.of[SubjectType.COORDINATOR]["party_id"][0]
        person = db.session.scalars(select(Coordinator).where(Coordinator.id == number)).one()
        known = [f">{person.name}<", str(person.email), str(surveyed.ours.of[SubjectType.COORDINATOR]["number"][0])]
        db.session.remove()
    untold: dict[str, set[str]] = defaultdict(set)
    for answer in fetched:
        public = answer.route.permission is Permission.PUBLIC_READ
        if public or answer.role is Role.COORDINATOR or logs(answer) or answer.route.endpoint in WORK_LISTS:
            continue
        if any(word in (answer.html or "") for word in known):
            untold[answer.route.endpoint].add(answer.role.value)
    assert sorted(untold.items()) == []


def test_a_register_and_its_export_are_one_row_each_however_many_people_are_on_them(unforged: Survey) -> None:
    read = [route for route in unforged.routes if route.endpoint.startswith("register.")]
    answers = [
        unforged.ask(route, Role.AUDITOR, address, data={} if route.method == "POST" else None)
        for route in read
        for address in survey.addresses(unforged.app, route, {})
    ]

    assert {answer.route.endpoint for answer in answers} == {"register.index", "register.export"}
    none_of([answer for answer in answers if sum("access_log" in sql for sql in answer.writes) != 1])


def test_the_reminders_of_a_person_are_told_though_the_address_names_them_after_the_question_mark(
    surveyed: Survey,
) -> None:
    route = next(route for route in surveyed.routes if route.endpoint == "administration.reminders")
    person, vendor = (surveyed.ours.of[kind]["party_id"][0] for kind in (SubjectType.COORDINATOR, SubjectType.VENDOR))

    assert logs(surveyed.ask(route, Role.AUDITOR, f"/reminders?party={person}"))
    assert not logs(surveyed.ask(route, Role.AUDITOR, f"/reminders?party={vendor}"))


def test_every_page_that_is_told_has_its_words(fetched: list[Answer]) -> None:
    told = {answer.route.endpoint for answer in fetched if logs(answer)}
    assert told - set(PAGES) == set(), "say in certhub/rules/readings.py what was read"


def test_a_record_whose_reading_cannot_be_told_is_not_shown(surveyed: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("certhub.auth.readings.audit.record_read", broken)
    route = next(route for route in surveyed.routes if route.endpoint == "coordinators.show")
    (address,) = of_a_person(surveyed, route)

    answer = surveyed.ask(route, Role.AUDITOR, address)

    assert answer.status == 500
    assert "Ana Ferreira" not in (answer.html or "")
