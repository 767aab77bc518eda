"""What is told of and what is not: licences by themselves, papers that DPH relies on, nothing once all is over."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from certhub.models.certification import Application, Credential, Evidence, ItemReview
from certhub.models.parties import Coordinator
from certhub.queries.obligation_sources.papers import HANDED_IN, REPLACED
from certhub.queries.obligations import DIED
from certhub.queries.standing import CREDENTIAL_ENDED
from certhub.rules.reminder_policies import ObligationKind
from certhub.rules.status import ENDING_EVENTS
from certhub.rules.vocabulary import ApplicationStatus, Role, StatusEventKind, Verdict
from tests.factories import WHEN, make_coordinator, make_user, make_vendor, saved
from tests.integration.reminders.arranging import (
    a_credential,
    a_licence,
    a_renewal,
    an_event,
    changed,
    ledger,
    open_obligations,
    run_on,
    watch_from,
)
from tests.integration.reminders.dates import after, closed, due

TODAY = date(2027, 3, 2)
DUE = date(2027, 7, 30)
LATER = DUE + timedelta(days=730)
LICENCE, LOOK, PAPER = (
    ObligationKind.LICENCE_RENEWAL,
    ObligationKind.LICENCE_RECHECK,
    ObligationKind.DOCUMENT_RENEWAL,
)


@pytest.fixture
def person(app: Flask) -> Coordinator:
    watch_from(date(2026, 3, 2))
    return make_coordinator("Ana Ferreira", vendor=make_vendor())


# Licences: each for itself


def test_a_nurse_of_two_states_is_reminded_of_both_licences(person: Coordinator) -> None:
    a_licence(person, DUE, number="RN123456")
    a_licence(person, LATER, number="RI98765")
    assert after(TODAY, LICENCE) == ([DUE, LATER], [])


@pytest.mark.parametrize(
    ("status", "is_told"),
    [
        ("current", True), ("expired", True), ("probation", True), ("suspended", True),
        ("revoked", False), ("surrendered", False), ("retired", False),
    ],
)  # fmt: skip
def test_nobody_is_asked_to_renew_or_look_up_a_licence_that_ended_for_good(
    person: Coordinator, status: str, is_told: bool
) -> None:
    licence = a_licence(person, DUE)
    changed(licence, check_again_on=DUE)
    run_on(TODAY)
    changed(licence, status=status)
    for kind in (LICENCE, LOOK):
        assert after(TODAY, kind) == (([DUE], []) if is_told else ([], ["the licence ended"]))


# Papers: those on which DPH relies


def paper(person: Coordinator, until: date, application: Application | None = None) -> Evidence:
    return saved(
        Evidence(
            party_id=person.id, requirement_code="CC-09", value={"document_type": "professional_liability"},
            expires_on=until, recorded_at=WHEN, application_id=application.id if application else None,
        )
    )  # fmt: skip


def word(on: Evidence, verdict: Verdict) -> ItemReview:
    assert on.application_id is not None
    return saved(
        ItemReview(
            application_id=on.application_id, requirement_code=on.requirement_code, verdict=verdict,
            last_evidence_id=on.id, reviewer_id=make_user(Role.DPH_REVIEWER).id, recorded_at=WHEN,
        )
    )  # fmt: skip


SENT, DRAFT, APPROVED = ApplicationStatus.SUBMITTED, ApplicationStatus.DRAFT, ApplicationStatus.APPROVED
WITHDRAWN, DENIED = ApplicationStatus.WITHDRAWN, ApplicationStatus.DENIED


@pytest.mark.parametrize(
    ("status", "verdicts", "expected"),
    [
        (DRAFT, [], (DUE, None)),
        (SENT, [], (DUE, HANDED_IN)),
        (SENT, [Verdict.RETURNED], (DUE, None)),
        (SENT, [Verdict.ACCEPTED], (LATER, None)),
        (SENT, [Verdict.RETURNED, Verdict.ACCEPTED], (LATER, None)),
        (SENT, [Verdict.ACCEPTED, Verdict.RETURNED], (DUE, None)),
        (APPROVED, [], (LATER, None)),
        (APPROVED, [Verdict.RETURNED], (DUE, None)),
        (WITHDRAWN, [], (DUE, None)),
        (DENIED, [], (DUE, None)),
        (DENIED, [Verdict.ACCEPTED], (LATER, None)),
    ],
)
def test_a_newer_paper_ends_the_reminders_of_the_older_one_once_dph_relies_on_it(
    person: Coordinator,
    status: ApplicationStatus,
    verdicts: list[Verdict],
    expected: tuple[date, str | None],
    pauses: Callable[[], list[tuple[date, str | None]]],
) -> None:
    credential = a_credential(person, LATER)
    application = a_renewal(credential, status if status is not APPROVED and status is not DENIED else SENT)
    paper(person, DUE)
    newer = paper(person, LATER, application)
    if status in (APPROVED, DENIED):
        changed(application, status=status, closed_on=WHEN.date(), closed_at=WHEN)
    for one in verdicts:
        word(newer, one)
    run_on(TODAY)
    assert pauses() == [expected]


@pytest.fixture
def pauses() -> Callable[[], list[tuple[date, str | None]]]:
    """The open papers, and why nobody is reminded of each at present."""
    from sqlalchemy import select

    from certhub.database import db
    from certhub.models.messages import Obligation
    from certhub.queries import obligations

    def asked() -> list[tuple[date, str | None]]:
        rows = db.session.execute(
            select(Obligation.due_on, obligations.paused_because(TODAY)).where(
                Obligation.kind == PAPER, Obligation.closed_at.is_(None)
            )
        )
        return [(row[0], row[1]) for row in rows]

    return asked


def test_a_paper_that_dph_sends_back_after_all_is_told_of_no_more(person: Coordinator) -> None:
    only = paper(person, DUE, a_renewal(a_credential(person, LATER), SENT))
    assert after(TODAY, PAPER) == ([], [])
    word(only, Verdict.ACCEPTED)
    assert after(TODAY, PAPER) == ([DUE], [])
    word(only, Verdict.RETURNED)
    assert after(TODAY, PAPER) == ([], ["DPH does not rely on it"])


@pytest.mark.parametrize("newer_is_of_the_kept_record", [True, False])
def test_papers_of_two_records_of_one_person_count_as_of_one(
    person: Coordinator, newer_is_of_the_kept_record: bool
) -> None:
    absorbed = make_coordinator("Anna Ferreira")
    first, second = (absorbed, person) if newer_is_of_the_kept_record else (person, absorbed)
    paper(first, DUE)
    run_on(TODAY)
    paper(second, LATER)
    changed(absorbed, merged_into_id=person.id)
    assert after(TODAY, PAPER) == ([LATER], [REPLACED])
    assert open_obligations()[0].party_id == person.id


# Nothing once all is over


def everything(person: Coordinator) -> Credential:
    paper(person, DUE)
    licence = a_licence(person, DUE)
    changed(licence, check_again_on=DUE)
    return a_credential(person, DUE)


KINDS = (LICENCE, LOOK, PAPER)


@pytest.mark.parametrize("kind", ENDING_EVENTS)
def test_when_the_credential_ends_the_reminders_of_papers_and_licences_end_with_it_and_come_back_with_it(
    person: Coordinator, kind: StatusEventKind
) -> None:
    credential = everything(person)
    run_on(TODAY - timedelta(days=1))
    event = an_event(credential, kind, TODAY)
    run_on(TODAY)
    assert open_obligations() == []
    assert [closed(one) for one in KINDS] == [[CREDENTIAL_ENDED]] * 3
    changed(event, superseded_at=WHEN)
    run_on(TODAY + timedelta(days=1))
    assert [due(one) for one in KINDS] == [[DUE]] * 3


def test_papers_and_licences_are_told_of_while_an_application_is_open(
    person: Coordinator,
) -> None:
    an_event(everything(person), StatusEventKind.SURRENDERED, TODAY)
    application = a_renewal(a_credential(make_coordinator(), DUE), DRAFT)
    changed(application, party_id=person.id)
    run_on(TODAY)
    assert [due(one) for one in KINDS] == [[DUE]] * 3
    changed(application, status=WITHDRAWN, closed_on=TODAY, closed_at=WHEN)
    run_on(TODAY)
    assert [due(one) for one in KINDS] == [[]] * 3
    assert [closed(one) for one in KINDS] == [[CREDENTIAL_ENDED]] * 3


def test_a_credential_that_can_be_neither_renewed_nor_reinstated_ends_them_too(person: Coordinator) -> None:
    credential = everything(person)
    changed(credential.periods[0], expires_on=TODAY, grace_until=TODAY, reinstatement_until=TODAY)
    run_on(TODAY)
    assert [due(one) for one in KINDS] == [[DUE]] * 3
    run_on(TODAY + timedelta(days=1))
    assert [due(one) for one in KINDS] == [[]] * 3


def test_who_never_held_a_credential_is_told_of_papers_and_licences(person: Coordinator) -> None:
    paper(person, DUE)
    a_licence(person, DUE)
    run_on(TODAY)
    assert (due(PAPER), due(LICENCE)) == ([DUE], [DUE])


def test_nobody_is_told_of_anything_of_somebody_who_has_died_and_dph_still_has_its_own_work(
    person: Coordinator,
) -> None:
    credential = everything(person)
    changed(a_renewal(credential, SENT), due_on=DUE)
    run_on(TODAY)
    an_event(credential, StatusEventKind.DECEASED, TODAY)
    run_on(DUE - timedelta(days=28))
    assert [one.kind for one in open_obligations()] == [ObligationKind.APPLICATION_GOAL]
    assert [closed(one) for one in KINDS] == [[DIED]] * 3
    assert {status for _, status, _ in ledger()} <= {"suppressed"}
