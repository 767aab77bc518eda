"""A whole population is judged as each holder would be judged alone, in as many statements as for one."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from certhub import clock
from certhub.database import db, transaction
from certhub.models import Base
from certhub.models.accounts import User
from certhub.models.certification import Credential, CredentialPeriod, Evidence, StatusEvent
from certhub.models.convenings import Convening, ConveningAttendance
from certhub.models.parties import Coordinator, ExternalLicence, Party
from certhub.models.training import TrainingApproval, TrainingCompletion
from certhub.queries import dossiers, evaluations, population, standard_previews, standards
from certhub.rules.audit_actions import AuditAction
from certhub.rules.evaluation import counts_at
from certhub.rules.findings import Finding
from certhub.rules.requirement_kinds import prepared
from certhub.rules.standard import Requirement, Standard
from certhub.rules.vocabulary import (
    ApplicationKind,
    RequirementKind,
    Role,
    Severity,
    Stage,
    StatusEventKind,
    SubjectType,
)
from certhub.services import audit
from tests import factories
from tests.factories import ARRANGING, WHEN
from tests.integration.parties.browsing import statements_of

PEOPLE = 24
CATEGORIES = ("core", "ethics_scope", "cultural", "family_partnership", "general")
SINCE_GRANT = (20, 500, 1100, 1500)
DAYS_BEFORE = (-40, 0, 30, 60, 61, 400, 729, 730, 800, 1300)
TITLES = ("Zoë's course", "ZOE'S COURSE", "Working with schools", "Ethics")


def hours(code: str, **params: object) -> Requirement:
    return Requirement(
        code=code, title=code, plain_text="Hours.", kind=RequirementKind.HOURS, stages=frozenset({Stage.RENEWAL}),
        severity=Severity.MAJOR, citation="Test", params={"min": 24, "window_months": 24, **params},
    )  # fmt: skip


COURSES = Requirement(
    code="T-COURSES", title="Courses", plain_text="Courses.", kind=RequirementKind.COURSE_SET,
    stages=frozenset({Stage.RENEWAL}), severity=Severity.MAJOR, citation="Test",
    params={"ids": ["PCCC-M1", "PCCC-M2"], "min_score": 70},
)  # fmt: skip
LICENCE = Requirement(
    code="T-LICENCE", title="Licence", plain_text="Licence.", kind=RequirementKind.CREDENTIAL_HELD,
    stages=frozenset({Stage.RENEWAL}), severity=Severity.MAJOR, citation="Test",
    params={"any_of": ["RN"], "status_in": ["current"]}, applies_when={"discipline": ("nurse", "social_worker")},
)  # fmt: skip

VARIANTS = {
    "as shipped": (),
    "all in any window": (hours("T-ALL", window_months=36, provider_approved=False),),
    "some categories": (hours("T-SOME", categories=["core", "cultural"], category_mins={"cultural": 1}, min=4),),
    "carried over": (hours("T-CARRY", carry_over_max=6, min=8), hours("T-PRORATED", prorate=True, min=10)),
    "first terms": (hours("T-SPARED", first_cycle="exempt", min=8), hours("T-FIRST", first_cycle="prorated", min=10)),
    "without a window": (hours("T-EVER", window_months=None, anchor="decision"),),
    "every category named": (hours("T-NAMED", min=30, category_mins=dict.fromkeys((*CATEGORIES, "systems"), 1)),),
    "courses and licences": (COURSES, LICENCE),
    "several windows": (hours("T-TWELVE", window_months=12, min=6), hours("T-THIRTY", window_months=30, min=20)),
}


@pytest.fixture
def administrator(app: Flask) -> User:
    return factories.make_user(Role.DPH_ADMINISTRATOR)


@pytest.fixture
def people(app: Flask) -> list[Coordinator]:
    """Holders with training that comes twice, is rejected, lies before the grant or outside every window."""
    draw = random.Random(20261122)  # noqa: S311  (test data, the same each time)
    vendor = factories.make_vendor()
    held = standards.for_subject(SubjectType.COORDINATOR)
    version = standards.in_force(held.id, clock.today())
    people = [factories.make_coordinator(vendor=vendor if number % 5 else None) for number in range(PEOPLE)]
    reviewer = factories.make_user(Role.DPH_REVIEWER)
    with transaction() as session:
        for number, person in enumerate(people):
            expires_on = clock.today() + timedelta(days=draw.choice((10, 10, 45, 200, 700)))
            credential = Credential(
                party_id=person.id, subject_type=SubjectType.COORDINATOR, standard_id=held.id,
                number=f"CC-TEST-{number}", granted_on=clock.today() - timedelta(days=draw.choice(SINCE_GRANT)),
                recorded_at=WHEN,
            )  # fmt: skip
            session.add(credential)
            session.flush()
            audit.record(ARRANGING, AuditAction.CREDENTIAL_GRANTED, credential, at=WHEN)
            starts_on = max(credential.granted_on, expires_on - timedelta(days=730))
            terms = [(starts_on, expires_on)]
            if number % 7 == 3:
                terms.append((expires_on + timedelta(days=1), expires_on + timedelta(days=730)))
            for first, last in terms:
                _keep(
                    CredentialPeriod(
                        credential_id=credential.id, standard_version_id=version.id, starts_on=first, expires_on=last,
                        grace_until=last, reinstatement_until=last, because="Test", recorded_at=WHEN,
                    ),
                    person,
                )  # fmt: skip
            if number % 11 == 4:
                _keep(
                    StatusEvent(
                        credential_id=credential.id, kind=StatusEventKind.SUSPENDED, effective_on=first,
                        reason="Test", recorded_at=WHEN,
                    ),
                    person,
                )  # fmt: skip
            for _ in range(draw.randint(0, 40)):
                done = TrainingCompletion(
                    coordinator_id=person.id, vendor_id=vendor.id, title=draw.choice(TITLES), provider="Institute",
                    provider_approved=draw.random() < 0.7, category=draw.choice(CATEGORIES),
                    course_code=draw.choice((None, None, "PCCC-M1", "PCCC-M2")), score=draw.choice((None, 60, 90)),
                    minutes=15 * draw.randint(1, 12), recorded_at=WHEN,
                    completed_on=expires_on - timedelta(days=draw.choice(DAYS_BEFORE)),
                    withdrawn=draw.random() < 0.1,
                )  # fmt: skip
                _keep(done, person)
                for approved in [True, False][: draw.choice((0, 0, 0, 1, 2))]:
                    _keep(
                        TrainingApproval(
                            completion_id=done.id, approved=approved, reviewer_id=reviewer.id, recorded_at=WHEN
                        ),
                        person,
                    )
            for code, value in (("CC-10", {"event_type": "state_meeting", "event": "Spring"}), ("CC-05", {})):
                _keep(
                    Evidence(
                        party_id=person.id, requirement_code=code, value=value, recorded_at=WHEN,
                        occurred_on=clock.today() - timedelta(days=draw.randint(1, 400)),
                    ),
                    person,
                )  # fmt: skip
            if number % 2:
                _keep(
                    ExternalLicence(
                        coordinator_id=person.id, kind="RN", number=str(number), issued_by="BORN", recorded_at=WHEN,
                        expires_on=clock.today() + timedelta(days=draw.randint(-30, 60)),
                    ),
                    person,
                )  # fmt: skip
        _met(people, reviewer)
    return people


def _met(people: list[Coordinator], reviewer: User) -> None:
    """Meetings that some were at: one before every window, one that was cancelled, and attendance taken back."""
    for place, days_ago in enumerate((30, 400, 500, 900)):
        starts_at = clock.now() - timedelta(days=days_ago)
        meeting = Convening(
            title=f"Meeting {place}", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), place="Boston",
            held_on=clock.civil_date(starts_at), planned_by_id=reviewer.id, planned_at=WHEN, changed_at=WHEN,
            calendar_uid=f"meeting-{place}", cancelled_at=WHEN if place == 2 else None,
            cancelled_because="Snow" if place == 2 else None,
        )  # fmt: skip
        _keep(meeting, people[0])
        for number, person in enumerate(people):
            if number % 3 == place % 3:
                continue
            row = ConveningAttendance(
                convening_id=meeting.id, coordinator_id=person.id, attended=True, recorded_by_id=reviewer.id,
                recorded_at=WHEN,
            )  # fmt: skip
            _keep(row, person)
            if number % 4 == 0:
                back = ConveningAttendance(
                    convening_id=meeting.id, coordinator_id=person.id, attended=False, recorded_by_id=reviewer.id,
                    recorded_at=WHEN, supersedes_id=row.id,
                )  # fmt: skip
                _keep(back, person)


def _keep(row: Base, person: Party) -> None:
    db.session.add(row)
    db.session.flush()
    audit.record(ARRANGING, AuditAction.PARTY_REGISTERED, row, at=WHEN, party_id=person.id)


def changed(variant: str) -> Standard:
    held = standards.for_subject(SubjectType.COORDINATOR)
    standard = standards.definition_of(standards.in_force(held.id, clock.today()))
    return replace(standard, requirements=(*standard.requirements, *VARIANTS[variant]))


def told(finding: Finding) -> tuple[object, ...]:
    """All that a finding says, but for the numbers of the completions that were added up."""
    return (
        finding.requirement, finding.result, finding.have, finding.need, finding.explanation, finding.due_on,
        finding.progress, finding.provided, finding.awaiting_review,
    )  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_holder_among_all_is_judged_as_the_holder_alone(
    people: list[Coordinator], administrator: User, variant: str
) -> None:
    standard, today = changed(variant), clock.today()
    asked = [prepared(one) for one in standard.requirements if counts_at(one, ApplicationKind.RENEWAL)]
    together = list(population.holders(administrator, standards.for_subject(standard.subject_type), asked, as_of=today))
    assert {holder.party_id for holder in together} == {
        person.id for number, person in enumerate(people) if number % 11 != 4
    }
    met = [holder.dossier.participations for holder in together]
    assert {len(one) for one in met} > {0, 1, 2}
    assert {each.title for one in met for each in one} == {"Meeting 0", "Meeting 1", "Meeting 3"}
    findings = 0
    for holder in together:
        _, occasion = evaluations.next_renewal(
            standard.terms, holder.starts_on, holder.expires_on, as_of=today, holder=holder.birthday
        )
        alone = dossiers.dossier_of(db.session.get_one(Party, holder.party_id), application=None, as_of=today)
        for each in asked:
            assert told(each.judge(holder.dossier, occasion)) == told(each.judge(alone, occasion))
            findings += 1
    assert findings == len(together) * len(asked)


def test_the_variants_tell_the_holders_apart(people: list[Coordinator], administrator: User) -> None:
    """Without this, dossiers that are empty on both sides would be equal."""
    held = standards.for_subject(SubjectType.COORDINATOR)
    met: dict[str, set[bool]] = {}
    for variant, added in VARIANTS.items():
        standard = changed(variant)
        for outcome in standard_previews.outcomes(administrator, held, standard, None, as_of=clock.today()):
            for requirement in added:
                met.setdefault(requirement.code, set()).add(requirement.code not in outcome.unmet)
    assert {code for code, results in met.items() if results == {True, False}} == set(met) - {"T-NAMED"}


def test_what_only_the_new_version_asks_is_told_apart(people: list[Coordinator], administrator: User) -> None:
    held = standards.for_subject(SubjectType.COORDINATOR)
    present, draft = changed("as shipped"), changed("courses and licences")
    outcomes = list(standard_previews.outcomes(administrator, held, draft, present, as_of=clock.today()))
    assert outcomes
    assert all(set(one.because) <= {"T-COURSES", "T-LICENCE"} for one in outcomes)
    assert any(one.because for one in outcomes)
    assert any(one.unmet and not one.because for one in outcomes)
    assert all(set(one.because) <= set(one.unmet) for one in outcomes)


def test_everybody_costs_as_many_statements_as_a_few(people: list[Coordinator], administrator: User) -> None:
    held = standards.for_subject(SubjectType.COORDINATOR)
    draft = changed("several windows")

    def preview() -> object:
        return list(standard_previews.outcomes(administrator, held, draft, None, as_of=clock.today()))

    preview()
    db.session.refresh(administrator)
    all_of_them = len(statements_of(preview))
    with transaction() as session:
        for number, credential in enumerate(session.query(Credential).where(Credential.standard_id == held.id)):
            if number > 2:
                event = StatusEvent(
                    credential_id=credential.id, kind=StatusEventKind.RETIRED, effective_on=date(2020, 1, 1),
                    reason="Test", recorded_at=WHEN,
                )  # fmt: skip
                _keep(event, credential.party)
    db.session.refresh(administrator)
    db.session.refresh(held)
    assert len(statements_of(preview)) == all_of_them
