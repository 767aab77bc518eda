"""The pieces of work that processes are killed in the middle of, each with what it needs and what it leaves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select

from certhub import clock
from certhub.database import db, transaction
from certhub.demo import lifecycle
from certhub.jobs import runner
from certhub.jobs.catalog import find
from certhub.jobs.registry import Occasion
from certhub.models.accounts import User
from certhub.models.certification import Application, Certificate
from certhub.models.contracts import Contract
from certhub.models.imports import RosterImport
from certhub.models.parties import Coordinator, Practice
from certhub.models.training_imports import TrainingImport
from certhub.rules.assignment import Load
from certhub.rules.file_types import CSV
from certhub.rules.independence import Span
from certhub.rules.vocabulary import Role
from certhub.services import applications, assignments, certificates, files, roster_import, training_imports
from certhub.services.roster_plan import plan_for
from certhub.web.addresses import due_link
from certhub.web.context import press, settings
from tests import factories
from tests.integration.exposure import arranging
from tests.integration.training_imports import files as training_files

IMPORTED_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Work:
    """Something that is done wholly or not at all."""

    ready: Callable[[], dict[str, Any]]
    """Records on which it can be done once; the arguments of `do`."""
    do: Callable[..., object]


def job(name: str, *, dry_run: bool = False) -> None:
    """Run a job as the worker does; its row is kept."""
    occasion = Occasion(day=clock.today(), settings=settings(), link=due_link(current_app), dry_run=dry_run)
    runner.run(find(name), occasion)


def reminders_and_mail() -> None:
    """A whole reminder run: what falls due, the messages, and their delivery."""
    job("renewal-reminders")
    job("mail-delivery")


def approve(application_id: int, reviewer_id: int) -> None:
    """Approve an application that is ready for it."""
    application, reviewer = db.session.get_one(Application, application_id), db.session.get_one(User, reviewer_id)
    with transaction():
        applications.approve(application, "", press=press(), actor=reviewer, at=clock.now())


def ready_to_approve() -> dict[str, Any]:
    """An organization's first application, looked at item by item."""
    vendor = factories.make_vendor()
    return _ready_to_decide(_desk_for(vendor), vendor, clock.now())


def ready_to_renew() -> dict[str, Any]:
    """The renewal of an organization whose credential ends soon."""
    vendor = factories.make_vendor()
    desk = _desk_for(vendor)
    with transaction():
        lifecycle.certified(vendor, desk, at=clock.now() - timedelta(days=690))
    return _ready_to_decide(desk, vendor, clock.now())


def _desk_for(vendor: Any) -> lifecycle.Desk:
    return lifecycle.Desk(factories.make_user(Role.VENDOR_HR, vendor), factories.make_user(Role.DPH_REVIEWER), press())


def _ready_to_decide(desk: lifecycle.Desk, vendor: Any, at: datetime) -> dict[str, Any]:
    with transaction():
        application = lifecycle.furnished(lifecycle.opened(vendor, desk, at=at), desk, at=at)
        lifecycle.reviewed(lifecycle.submitted(application, desk, at=at), desk, at=at)
    return {"application_id": application.id, "reviewer_id": desk.reviewer.id}


def issue(certificate_id: int, issuer_id: int) -> None:
    """Issue a certificate again."""
    certificate, issuer = db.session.get_one(Certificate, certificate_id), db.session.get_one(User, issuer_id)
    with transaction():
        certificates.reissue(certificate, "The name was misspelt.", press=press(), actor=issuer, at=clock.now())


def ready_to_issue() -> dict[str, Any]:
    """A certificate that is to be issued again."""
    arguments = ready_to_approve()
    approve(**arguments)
    newest = db.session.scalars(select(Certificate.id).order_by(Certificate.id.desc()).limit(1)).one()
    return {"certificate_id": newest, "issuer_id": arguments["reviewer_id"]}


def import_people(roster_id: int, hr_id: int, text: str) -> None:
    """Import a checked roster."""
    roster, hr = db.session.get_one(RosterImport, roster_id), db.session.get_one(User, hr_id)
    checked = roster_import.read(text.encode(), CSV, at=clock.now())
    with transaction():
        roster_import.carry_out(roster, checked, actor=hr, at=clock.now())


def ready_to_import() -> dict[str, Any]:
    """A vendor's roster of some people, checked."""
    vendor = factories.make_vendor()
    hr = factories.make_user(Role.VENDOR_HR, vendor)
    people = (
        f'Person Number{row},person{row}.{vendor.id}@example.org,Nurse,2025-03-03,617-555-0123,"en, es",Worcester'
        for row in range(IMPORTED_AT_ONCE)
    )
    text = "\n".join(["name,email,discipline,employment_start,phone,languages,city", *people])
    with transaction():
        kept = files.keep(
            text.encode(), media_type=CSV, name="roster.csv", owner_id=vendor.id, party_id=vendor.id,
            store=press().store, actor=hr, at=clock.now(),
        )  # fmt: skip
        checked = roster_import.read(text.encode(), CSV, at=clock.now())
        roster = roster_import.check(vendor, kept, plan_for(vendor.id, checked), actor=hr, at=clock.now())
    assert roster.error_count == 0
    return {"roster_id": roster.id, "hr_id": hr.id, "text": text}


def import_training(import_id: int, hr_id: int) -> None:
    """Import a checked file of training."""
    found, hr = db.session.get_one(TrainingImport, import_id), db.session.get_one(User, hr_id)
    with transaction():
        training_imports.carry_out(found, leave_out=False, actor=hr, at=clock.now())


def ready_to_import_training() -> dict[str, Any]:
    """A vendor's file of training for some people, checked."""
    vendor = factories.make_vendor()
    hr = factories.make_user(Role.VENDOR_HR, vendor)
    emails = [f"learner{number}.{vendor.id}@example.org" for number in range(5)]
    for email in emails:
        factories.make_coordinator(vendor=vendor, email=email)
    rows = (training_files.line(email=emails[number % 5], title=f"Part {number}") for number in range(IMPORTED_AT_ONCE))
    found = training_files.whole_file(vendor, training_files.lines(*rows), hr=hr)
    return {"import_id": found.id, "hr_id": hr.id}


def undo_training(import_id: int, hr_id: int) -> None:
    """Take a file of training back."""
    found, hr = db.session.get_one(TrainingImport, import_id), db.session.get_one(User, hr_id)
    with transaction():
        training_imports.undo(found, reason="The wrong file.", actor=hr, at=clock.now())


def ready_to_undo_training() -> dict[str, Any]:
    """A file of training that was imported."""
    arguments = ready_to_import_training()
    import_training(**arguments)
    return arguments


def assign(coordinator_id: int, practice_id: int, contract_id: int, hr_id: int, starts_on: str) -> None:
    """Place a coordinator in a practice."""
    hr = db.session.get_one(User, hr_id)
    wanted = assignments.Wanted(
        db.session.get_one(Coordinator, coordinator_id), db.session.get_one(Practice, practice_id),
        db.session.get_one(Contract, contract_id), Load(places=10, share_percent=None),
        Span(date.fromisoformat(starts_on), None),
    )  # fmt: skip
    with transaction():
        assignments.record(wanted, actor=hr, at=clock.now())


def ready_to_assign() -> dict[str, Any]:
    """A certified coordinator of a vendor with a contract, and a committed practice."""
    vendor = factories.make_vendor()
    practice = factories.make_practice(email=f"practice.of{vendor.id}@example.org")
    person = factories.make_coordinator(vendor=vendor)
    for party in (vendor, practice, person):
        arranging.certified(party)
    return {
        "coordinator_id": person.id, "practice_id": practice.id, "contract_id": factories.contract_of(vendor.id),
        "hr_id": factories.make_user(Role.VENDOR_HR, vendor).id, "starts_on": clock.today().isoformat(),
    }  # fmt: skip


ALL_OR_NOTHING: dict[str, Work] = {
    "import": Work(ready_to_import, import_people),
    "import training": Work(ready_to_import_training, import_training),
    "undo training": Work(ready_to_undo_training, undo_training),
    "issue": Work(ready_to_issue, issue),
    "renew": Work(ready_to_renew, approve),
    "approve": Work(ready_to_approve, approve),
    "assign": Work(ready_to_assign, assign),
}

DOING: dict[str, Callable[..., object]] = {
    **{name: work.do for name, work in ALL_OR_NOTHING.items()},
    "reminders and mail": reminders_and_mail,
    "mail": lambda: job("mail-delivery"),
    "look ahead": lambda: job("renewal-reminders", dry_run=True),
}
"""What a process can be asked to do, by name."""


def numbers_of(values: Sequence[float]) -> dict[str, float]:
    """Least, middle and most of some measured values, for the results."""
    ordered = sorted(values)
    return {"least": ordered[0], "middle": ordered[len(ordered) // 2], "most": ordered[-1]}
