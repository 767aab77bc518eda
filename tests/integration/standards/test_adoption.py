"""A version is adopted: it judges those whom its transition names, and changes nothing about the past."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, select, text
from sqlalchemy.exc import DatabaseError

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.jobs import announcements
from certhub.jobs.registry import Occasion
from certhub.models import Base
from certhub.models.certification import Application, Credential, CredentialPeriod
from certhub.models.messages import Message
from certhub.models.parties import Practice
from certhub.models.standards import StandardVersion
from certhub.queries import credential_status, credentials, evaluations, idle_applications, standards
from certhub.queries.evaluations import RenewalOutlook
from certhub.rules.audit_actions import AuditAction
from certhub.rules.refusal import Refusal
from certhub.rules.standard_draft import DraftChanged, DraftGone, Raw
from certhub.rules.status import status_on
from certhub.rules.terms import written
from certhub.rules.vocabulary import ApplicationKind, Role, Transition
from certhub.services import applications
from certhub.services import standards as service
from certhub.web.context import press, settings
from tests import factories
from tests.factories import ARRANGING
from tests.integration.parties.browsing import administrator, entries
from tests.integration.standards.drafts import adopted, form_of, opened, send

GRANTED = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ADOPTED = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
CODE = "PR-CORE"
DECIDED = (
    "application",
    "evaluation_record",
    "decision",
    "credential",
    "credential_period",
    "status_event",
    "certificate",
)


def desk_of(practice: Practice) -> lifecycle.Desk:
    manager = factories.make_user(Role.PRACTICE_MANAGER, practice)
    return lifecycle.Desk(manager, factories.make_user(Role.DPH_REVIEWER), press())


def holder(*, at: datetime = GRANTED) -> tuple[CredentialPeriod, lifecycle.Desk]:
    """A practice whose commitment was granted for twelve months."""
    practice = factories.make_practice(email=f"practice{at:%H%M%S}@example.org")
    desk = desk_of(practice)
    with transaction():
        lifecycle.certified(practice, desk, at=at)
    [credential] = credentials.of_party(desk.reviewer, practice.id)
    return credentials.view(credential, on=at.date()).periods[0], desk


def hints_changed(raw: Raw) -> Raw:
    """A small change: one more requirement, another grace period, another time to be left alone."""
    first = {**raw["requirements"][0], "code": "PR-77", "title": "A new promise", "sort": 99}
    terms = {**raw["terms"], "grace_days": 60, "renewal_window_days": 30, "incomplete_expires_days": 100}
    return {**raw, "requirements": [*raw["requirements"], first], "terms": terms}


def adopt(
    transition: Transition,
    *,
    effective_from: date,
    sunset_on: date | None = None,
    at: datetime = ADOPTED,
) -> StandardVersion:
    draft = opened(CODE)
    with transaction():
        changed = service.revise(draft.id, hints_changed, seen=draft.definition_hash, actor=ARRANGING, at=at)
        return service.adopt(
            draft.id, seen=changed.definition_hash, effective_from=effective_from, transition=transition,
            sunset_on=sunset_on, actor=ARRANGING, at=at,
        )  # fmt: skip


def outlook(period: CredentialPeriod, on: date) -> RenewalOutlook:
    found = evaluations.renewal_outlook(credentials.view(period.credential, on=on), as_of=on)
    assert found is not None
    return found


def renewed(period: CredentialPeriod, desk: lifecycle.Desk, *, on: date) -> Application:
    """A renewal that is submitted on a day."""
    at = datetime(on.year, on.month, on.day, 15, tzinfo=UTC)
    with transaction():
        application = lifecycle.opened(period.credential.party, desk, at=at)
        lifecycle.submitted(lifecycle.furnished(application, desk, at=at), desk, at=at)
    db.session.refresh(application)
    return application


def the_past(days: list[date]) -> dict[str, Any]:
    """Every decided fact, each status on many days, and what closed and submitted applications are judged by."""
    db.session.expire_all()
    facts: dict[str, Any] = {
        name: db.session.execute(select(table).order_by(*table.primary_key.columns)).all()
        for name in DECIDED
        if isinstance(table := Base.metadata.tables[name], Table)
    }
    for credential in db.session.scalars(select(Credential)):
        history = credential_status.history_of(credential.id)
        facts[f"status {credential.id}"] = [status_on(history, day) for day in days]
    for day in days:
        status = credential_status.status_column(Credential.id, as_of=day)
        facts[f"register {day}"] = db.session.execute(select(Credential.id, status).order_by(Credential.id)).all()
    for application in db.session.scalars(select(Application)):
        if application.standard_version is not None:
            facts[f"judged {application.id}"] = evaluations.judge(
                application, as_of=ADOPTED.date()
            ).evaluation.inputs_hash
        facts[f"closed {application.id}"] = evaluations.as_closed(application)
    for day in days:
        if day <= ADOPTED.date():
            facts[f"version {day}"] = standards.in_force(adopted(CODE).standard_id, day).version
    return facts


@pytest.mark.parametrize("transition", Transition)
def test_adopting_a_version_changes_nothing_about_the_past(app: Flask, transition: Transition) -> None:
    """Lesson 16."""
    holder(at=GRANTED)
    renewing, desk = holder(at=GRANTED - timedelta(days=100))
    renewed(renewing, desk, on=ADOPTED.date() - timedelta(days=3))
    days = [date(2026, 1, 1) + timedelta(days=11 * number) for number in range(80)]
    days = [day for day in days if day != ADOPTED.date()]
    before = the_past([day for day in days if day < ADOPTED.date()] + [ADOPTED.date() - timedelta(days=1)])
    standing = the_past(days)

    adopt(
        transition,
        effective_from=ADOPTED.date(),
        sunset_on=date(2027, 6, 1) if transition is Transition.SUNSET else None,
    )

    assert the_past([day for day in days if day < ADOPTED.date()] + [ADOPTED.date() - timedelta(days=1)]) == before
    assert the_past(days) == standing


@pytest.mark.parametrize(
    ("transition", "sunset_on", "on", "version"),
    [
        (Transition.BY_SUBMISSION, None, date(2027, 1, 9), 1),
        (Transition.BY_SUBMISSION, None, date(2027, 1, 10), 2),
        (Transition.FROM_NEXT_RENEWAL, None, date(2027, 1, 10), 1),
        (Transition.FROM_NEXT_RENEWAL, None, date(2027, 4, 29), 1),
        (Transition.SUNSET, date(2027, 2, 1), date(2027, 1, 31), 1),
        (Transition.SUNSET, date(2027, 2, 1), date(2027, 2, 1), 2),
    ],
)
def test_a_renewal_that_was_open_is_judged_as_its_transition_says(
    app: Flask, transition: Transition, sunset_on: date | None, on: date, version: int
) -> None:
    """Lesson 16."""
    period, desk = holder()
    assert standards.window_of(period).opens_on.on < date(2027, 1, 10) < period.expires_on == date(2027, 3, 31)
    adopt(transition, effective_from=date(2027, 1, 10), sunset_on=sunset_on)

    application = renewed(period, desk, on=on)

    assert application.standard_version is not None
    assert application.standard_version.version == version
    assert application.kind is ApplicationKind.RENEWAL
    asked = {requirement.code for requirement, _ in evaluations.judge(application, as_of=on).pairs()}
    assert ("PR-77" in asked) is (version == 2)


def test_whoever_applies_for_the_first_time_or_too_late_meets_the_new_version(app: Flask) -> None:
    period, desk = holder()
    adopt(Transition.FROM_NEXT_RENEWAL, effective_from=date(2027, 1, 10))
    newcomer = factories.make_practice()
    other_desk, at = desk_of(newcomer), datetime(2027, 5, 3, 15, tzinfo=UTC)
    with transaction():
        first = lifecycle.opened(newcomer, other_desk, at=at)
        late = lifecycle.opened(period.credential.party, desk, at=at)

    assert late.kind is ApplicationKind.REINSTATEMENT
    assert [evaluations.version_of(one, as_of=at.date()).version for one in (first, late)] == [2, 2]


def test_a_term_keeps_its_own_window_and_grace_whatever_a_new_version_says(app: Flask) -> None:
    period, desk = holder()
    adopt(Transition.BY_SUBMISSION, effective_from=date(2026, 12, 1))

    window = outlook(period, date(2026, 12, 5)).window
    assert (window.opens_on.on, window.grace_until.on) == (date(2026, 12, 31), date(2027, 4, 30))
    assert period.grace_until == window.grace_until.on
    with pytest.raises(Refusal, match="The renewal opens on December 31, 2026"):
        applications.kind_for(period.credential.party, on=date(2026, 12, 30))
    application = renewed(period, desk, on=date(2027, 4, 30))
    at = datetime(2027, 5, 1, 15, tzinfo=UTC)
    assert evaluations.judge(application, as_of=at.date()).term.starts_on == date(2027, 4, 1)


def test_the_outlook_tells_which_version_comes_why_and_what_is_new(app: Flask, client: FlaskClient) -> None:
    period, desk = holder()
    today = clock.today()
    assert outlook(period, today).news is None
    adopt(Transition.FROM_NEXT_RENEWAL, effective_from=max(today, ADOPTED.date()))

    factories.sign_in(client, desk.applicant)
    page = client.get(f"/credentials/{period.credential_id}").text

    assert "Version 2 of PR-CORE applies to the next renewal, because the renewal opens on" in page
    assert "New: PR-77 A new promise" in page
    assert "before 30, now 60" in page


def test_the_outlook_tells_from_which_day_another_version_would_judge(app: Flask) -> None:
    period, _ = holder()
    adopt(Transition.BY_SUBMISSION, effective_from=date(2027, 2, 1))
    found = outlook(period, date(2026, 12, 1))
    assert (found.judgement.version.version, found.because) == (1, "the present term was granted under it")
    assert found.changes is not None
    assert (found.changes[0], found.changes[1].version) == (date(2027, 2, 1), 2)


def test_each_application_is_closed_by_the_time_that_its_own_version_allows(app: Flask) -> None:
    practice = factories.make_practice()
    desk = desk_of(practice)
    with transaction():
        draft = lifecycle.opened(practice, desk, at=GRANTED)
    hundred = GRANTED.date() + timedelta(days=265)
    assert idle_applications.left_alone(ADOPTED.date(), limit=5) == []

    adopt(Transition.BY_SUBMISSION, effective_from=ADOPTED.date())

    assert idle_applications.left_alone(hundred - timedelta(days=1), limit=5) == []
    assert idle_applications.left_alone(ADOPTED.date(), limit=5) == [draft]
    assert idle_applications.count(ADOPTED.date()) == 1


def test_an_adopted_version_never_changes_again(app: Flask) -> None:
    version = adopt(Transition.BY_SUBMISSION, effective_from=date(2027, 1, 1))
    for change in ("transition = 'sunset', sunset_on = '2028-01-01'", "effective_from = '2020-01-02'", "title = 'x'"):
        with pytest.raises(DatabaseError, match="never changed or removed"), db.session.begin_nested():
            db.session.execute(text(f"UPDATE standard_version SET {change} WHERE id = {version.id}"))
    with pytest.raises(DraftGone), transaction():
        service.revise(version.id, hints_changed, seen=version.definition_hash, actor=ARRANGING, at=ADOPTED)
    with pytest.raises(DraftGone), transaction():
        service.discard(version.id, actor=ARRANGING, at=ADOPTED)


def test_a_draft_that_changed_under_the_hands_of_whoever_adopts_it_is_not_adopted(app: Flask) -> None:
    draft = opened(CODE)
    seen = draft.definition_hash
    with transaction():
        service.revise(draft.id, hints_changed, seen=seen, actor=ARRANGING, at=ADOPTED)
    with pytest.raises(DraftChanged), transaction():
        service.adopt(
            draft.id, seen=seen, effective_from=date(2027, 1, 1), transition=Transition.BY_SUBMISSION,
            actor=ARRANGING, at=ADOPTED,
        )  # fmt: skip
    assert adopted(CODE).version == 1


def draft_with_a_change() -> StandardVersion:
    draft = opened(CODE)
    with transaction():
        return service.revise(draft.id, hints_changed, seen=draft.definition_hash, actor=ARRANGING, at=ADOPTED)


def test_an_administrator_adopts_once_however_often_the_button_is_pressed(client: FlaskClient) -> None:
    who = administrator(client)
    draft = draft_with_a_change()
    path = f"/standards/{draft.id}/adopt"
    day = (clock.today() + timedelta(days=30)).isoformat()
    data = {
        **form_of(client.get(path).text),
        "effective_from": day,
        "transition": "from_next_renewal",
        "confirmed": "y",
    }

    first, second = client.post(path, data=data), client.post(path, data=data)

    assert first.headers["Location"] == second.headers["Location"] == f"/standards/{draft.id}"
    assert len([one for one in entries(AuditAction.STANDARD_ADOPTED) if one.actor_id == who.id]) == 1
    assert adopted(CODE).adopted_by_id == who.id
    history = client.get(f"/standards/history/{draft.standard_id}").text
    assert "from their next renewal that opens on or after it" in history
    assert f"Adopted on {written(clock.today())}, {who.name}" in history
    page = client.get(f"/standards/{draft.id}").text
    assert f"<dt>Adopted on</dt><dd>{written(clock.today())}</dd>" in page
    assert "<dt>In force from</dt>" in page
    assert standards.in_force(draft.standard_id, clock.today()).version == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"effective_from": "2020-01-01"}, "cannot take effect in the past"),
        ({"effective_from": "someday"}, "Type a date that exists"),
        ({"transition": "sunset"}, "Enter the day from which the version counts for everybody."),
        ({"transition": "never"}, "Choose one of the answers"),
        ({"confirmed": []}, "Check this box"),
    ],
)
def test_an_adoption_that_cannot_be_is_refused_and_the_draft_stays(
    client: FlaskClient, typed: dict[str, str], said: str
) -> None:
    administrator(client)
    draft = draft_with_a_change()
    answer = send(client, f"/standards/{draft.id}/adopt", **{"confirmed": "y", **typed})
    assert answer.status_code == 422
    assert said in answer.text
    assert adopted(CODE).version == 1


def test_a_draft_that_asks_for_the_same_is_not_adopted(client: FlaskClient) -> None:
    administrator(client)
    answer = send(client, f"/standards/{opened(CODE).id}/adopt", confirmed="y")
    assert "asks for the same as version 1" in answer.text


def test_holders_hear_of_it_once_for_each_address_and_only_where_the_box_is_checked(client: FlaskClient) -> None:
    administrator(client)
    today = datetime.combine(clock.today() - timedelta(days=40), GRANTED.timetz())
    period, _ = holder(at=today)
    period.credential.party  # noqa: B018  (loaded before the box is checked)
    draft = draft_with_a_change()
    path = f"/standards/{draft.id}/adopt"
    assert "1 message, one for each e-mail address" in client.get(path).text

    send(client, path, confirmed="y", announce="y")

    written_about = select(Message).where(Message.kind == "standard-adopted")
    assert db.session.scalars(written_about).all() == []  # the request wrote nothing
    assert "0 of 1 written" in client.get(f"/standards/{draft.id}").text

    def run() -> dict[str, int]:
        return announcements.write(Occasion(day=clock.today(), settings=settings(), link=lambda _item: ""))

    assert run() == {"messages": 1}
    told = db.session.scalars(written_about).all()
    assert [one.recipient for one in told] == [period.credential.party.email]
    assert "Version" in told[0].body_text or "version 2" in told[0].body_text
    assert run() == {}
    assert "1 letter written by" in client.get(f"/standards/{draft.id}").text


def test_holders_are_counted_under_the_version_of_their_term(client: FlaskClient) -> None:
    period, _ = holder()
    assert standards.holders(period.standard_version.standard_id, on=date(2026, 5, 1)) == {
        period.standard_version_id: 1
    }
    assert standards.holders(period.standard_version.standard_id, on=date(2025, 5, 1)) == {}


def test_the_definition_of_a_draft_is_read_anew_after_each_change(app: Flask) -> None:
    draft = opened(CODE)
    before = standards.definition_of(draft)
    with transaction():
        service.revise(draft.id, hints_changed, seen=draft.definition_hash, actor=ARRANGING, at=ADOPTED)
    assert standards.definition_of(draft) != before
    assert replace(before, version=1) == standards.definition_of(adopted(CODE))
