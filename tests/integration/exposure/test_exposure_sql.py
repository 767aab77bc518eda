"""The exposures that SQL finds are those of the rule: on generated chains, on every day of three months."""

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certhub.database import db, transaction
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential, CredentialPeriod, StatusEvent
from certhub.models.contracts import ContractPeriod
from certhub.models.parties import Assignment, Employment, Party, VendorOrganization
from certhub.models.standards import StandardSet
from certhub.queries import exposure
from certhub.rules.audit_actions import AuditAction
from certhub.rules.contract_amendments import PeriodReason
from certhub.rules.exposure import Chain, Link, Reader, as_read_by, exposure_on
from certhub.rules.independence import Span
from certhub.rules.permissions import OPERATOR
from certhub.rules.status import Event, History, Period, Renewal
from certhub.rules.vocabulary import (
    ApplicationKind,
    ApplicationStatus,
    EmploymentKind,
    Role,
    StatusEventKind,
)
from certhub.services import audit
from tests.factories import (
    ARRANGING,
    WHEN,
    make_contract,
    make_coordinator,
    make_practice,
    make_user,
    make_vendor,
    placement,
)

FIRST = date(2026, 1, 1)
DAYS = 80
CHAINS = 14


@dataclass
class Generated:
    """Histories from one seed; saved, and told to the rule without any SQL."""

    seed: int
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311  (test data, nothing secret)

    def day(self, least: int = 0) -> int:
        return self.dice.randint(least, DAYS)

    def at(self, offset: int) -> date:
        return FIRST + timedelta(days=offset)

    def history(self, party: Party, opener: User) -> tuple[History, ...]:
        if self.dice.random() < 0.15:
            return ()
        standard = db.session.scalars(select(StandardSet).where(StandardSet.subject_type == party.kind)).one()
        version = standard.versions[0].id
        credential = Credential(
            party_id=party.id, subject_type=party.kind, standard_id=standard.id, number=f"T-{party.id}",
            granted_on=FIRST, recorded_at=WHEN,
        )  # fmt: skip
        db.session.add(credential)
        db.session.flush()
        starts = self.dice.sample(range(-40, DAYS), self.dice.randint(1, 3))
        periods = []
        for start in starts:
            period = Period(self.at(start), self.at(start + self.dice.randint(0, 50)), date.max)
            period = Period(period.starts_on, period.expires_on, period.expires_on + timedelta(days=10))
            periods.append(period)
            db.session.add(
                CredentialPeriod(
                    credential_id=credential.id, standard_version_id=version, starts_on=period.starts_on,
                    expires_on=period.expires_on, grace_until=period.grace_until,
                    reinstatement_until=period.grace_until, because="a test", recorded_at=WHEN,
                )
            )  # fmt: skip
        events = []
        for _ in range(self.dice.choice((0, 0, 1, 2))):
            start = self.day()
            event = Event(
                self.dice.choice(list(StatusEventKind)), self.at(start),
                self.dice.choice((None, self.at(start + self.dice.randint(0, 20)))),
            )  # fmt: skip
            events.append(event)
            db.session.add(
                StatusEvent(
                    credential_id=credential.id, kind=event.kind, effective_on=event.effective_on,
                    ends_on=event.ends_on, reason="a test", recorded_at=WHEN,
                )
            )  # fmt: skip
        renewals = []
        if self.dice.random() < 0.5:
            submitted = self.day()
            closed = self.dice.choice((None, self.at(submitted + self.dice.randint(0, 30))))
            renewal = Renewal(self.at(submitted), self.dice.random() < 0.7, closed)
            renewals.append(renewal)
            db.session.add(
                Application(
                    party_id=party.id, owner_id=party.id, kind=ApplicationKind.RENEWAL,
                    status=ApplicationStatus.WITHDRAWN if closed else ApplicationStatus.UNDER_REVIEW,
                    standard_id=standard.id, credential_id=credential.id, opened_by_id=opener.id, opened_at=WHEN,
                    submitted_at=datetime(2026, 1, 1, tzinfo=UTC), submitted_on=renewal.submitted_on,
                    complete_at=WHEN if renewal.complete else None, closed_on=closed,
                    stage_from=renewal.submitted_on, due_on=None if closed else renewal.submitted_on,
                )
            )  # fmt: skip
        return (History(tuple(periods), tuple(events), tuple(renewals)),)

    def contract(self, vendor: VendorOrganization) -> tuple[int, tuple[Span, ...]]:
        """A contract that is in force on some days, with a gap where it was suspended."""
        number = make_contract(vendor).id
        db.session.query(ContractPeriod).filter_by(contract_id=number).delete()
        spans, start = [], self.dice.randint(-30, 20)
        for _ in range(self.dice.randint(0, 2)):
            end = start + self.dice.randint(0, 80)
            spans.append(Span(self.at(start), self.at(end)))
            start = end + self.dice.randint(1, 12)
        for span in spans:
            db.session.add(
                ContractPeriod(
                    contract_id=number, reason=PeriodReason.EXECUTED, because="a test", starts_on=span.from_on,
                    ends_on=span.to_on, recorded_at=WHEN,
                )
            )  # fmt: skip
        return number, tuple(spans)

    def employments(self, coordinator_id: int, vendor_id: int) -> tuple[Span, ...]:
        spans, start = [], self.dice.randint(-30, 30)
        for _ in range(self.dice.randint(0, 2)):
            end = start + self.dice.randint(0, 60)
            span = Span(self.at(start), self.dice.choice((self.at(end), self.at(end), None)))
            spans.append(span)
            db.session.add(
                Employment(
                    coordinator_id=coordinator_id, employer_id=vendor_id, kind=EmploymentKind.EMPLOYEE,
                    starts_on=span.from_on, ends_on=span.to_on, recorded_at=WHEN,
                )
            )  # fmt: skip
            start = end + self.dice.randint(1, 10)
        return tuple(spans)


def generate(seed: int) -> dict[int, Chain]:
    """Chains that share their vendors and practices, as real ones do."""
    opener = make_user(Role.DPH_REVIEWER)
    vendors, practices = [make_vendor() for _ in range(4)], [make_practice() for _ in range(4)]
    people = [make_coordinator(f"Person {number}") for number in range(CHAINS)]
    made, chains = Generated(seed), {}
    with transaction():
        held = {party.id: made.history(party, opener) for party in (*vendors, *practices, *people)}
        for person in people:
            vendor, practice = made.dice.choice(vendors), made.dice.choice(practices)
            start = made.day()
            span = Span(made.at(start), made.dice.choice((None, made.at(start + made.dice.randint(0, 40)))))
            contract_id, terms = made.contract(vendor)
            assignment = placement(
                contract_id=contract_id, coordinator_id=person.id, practice_id=practice.id, vendor_id=vendor.id,
                starts_on=span.from_on, ends_on=span.to_on, recorded_at=WHEN,
            )  # fmt: skip
            db.session.add(assignment)
            db.session.flush()
            chains[assignment.id] = Chain(
                span, person.name, practice.name, vendor.name, terms, made.employments(person.id, vendor.id),
                held[vendor.id], held[person.id], held[practice.id],
            )  # fmt: skip
        audit.record(ARRANGING, AuditAction.PARTY_REGISTERED, vendors[0], at=WHEN)
    db.session.expunge_all()
    return chains


@pytest.mark.parametrize("seed", range(5))
def test_sql_finds_what_the_rule_finds_and_dates_it_as_the_rule_does(app: Flask, seed: int) -> None:
    chains = generate(seed)
    found_any = 0
    for offset in range(0, DAYS + 20, 3):
        day = FIRST + timedelta(days=offset)
        expected = {
            key: breaks
            for key, chain in chains.items()
            if chain.assignment.from_on <= day and (chain.assignment.to_on is None or day <= chain.assignment.to_on)
            if (breaks := exposure_on(chain, day))
        }
        for link in Link:
            by_link = exposure.whole(OPERATOR, day, exposure.Filters(link=link))
            assert {row.assignment_id for row in by_link} == {
                key for key, breaks in expected.items() if any(one.link is link for one in breaks)
            }, day
        rows = list(exposure.whole(OPERATOR, day))
        assert {row.assignment_id: row.breaks for row in rows} == expected
        assert exposure.count(OPERATOR, day) == len(expected)
        found_any += len(rows)
    assert found_any > CHAINS


@pytest.mark.parametrize("link", Link)
def test_a_vendor_finds_by_a_link_exactly_what_it_may_read_of_it(app: Flask, link: Link) -> None:
    chains = generate(7)
    vendor_id = db.session.scalars(select(Assignment.vendor_id).group_by(Assignment.vendor_id)).first()
    vendor = db.session.get_one(Party, vendor_id)
    viewer = make_user(Role.VENDOR_HR, vendor)
    own = set(db.session.scalars(select(Assignment.id).where(Assignment.vendor_id == vendor_id)))
    for offset in range(0, DAYS, 7):
        day = FIRST + timedelta(days=offset)
        expected = {
            key
            for key in own
            for chain in [chains[key]]
            for one in as_read_by(Reader.VENDOR, exposure_on(chain, day), coordinator="", practice="", vendor="")
            if one.link is link
        }
        rows = exposure.whole(viewer, day, exposure.Filters(link=link))
        assert {row.assignment_id for row in rows} == expected
