"""Loading the demo state: four years of fictional records, told by the same services that the pages use.

The same day gives the same state: names, numbers and dates are equal on each load. Verification codes and the identity
of mails stay random. Everything lies before `today`; the newest mails still wait in the outbox, and the first run of
the worker finds somebody to remind.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, update

from certhub.database import chain_so_far, db, transaction
from certhub.demo import (
    actions,
    applicants,
    caseloads,
    classes,
    commitments,
    contracts,
    convenings,
    coordinators,
    deadlines,
    due_dates,
    employer_changes,
    faults,
    filings,
    histories,
    late_renewals,
    new_versions,
    orders,
    organizations,
    oversight,
    papers,
    placements,
    pooled_fund,
    proposals,
    reminded,
    training_files,
)
from certhub.demo.coordinators import Newcomer
from certhub.demo.office import Office, towns
from certhub.demo.people import PEOPLE
from certhub.demo.timeline import Story, Timeline, moment
from certhub.models.accounts import User
from certhub.models.messages import Message, MessageStatus
from certhub.rules.audit_actions import AuditAction
from certhub.rules.permissions import ROLE_LABELS
from certhub.rules.terms import ONE_DAY
from certhub.rules.vocabulary import Role
from certhub.services import accounts as accounts_service
from certhub.services import audit, obligations, password_hashing, reminder_policies
from certhub.services.bulk_changes import collector_resting
from certhub.services.certificates import Press
from certhub.services.digests import Link

PASSWORD = "care-coordination-demo"  # noqa: S105  (printed at start; the demo state is fictional)

ACCOUNTS: tuple[tuple[Role, str], ...] = (
    (Role.DPH_ADMINISTRATOR, "admin@example.org"),
    (Role.DPH_REVIEWER, "reviewer@example.org"),
    (Role.FUND_MANAGER, "fund@example.org"),
    (Role.AUDITOR, "auditor@example.org"),
    (Role.VENDOR_HR, "hr@example.org"),
    (Role.VENDOR_HR, "hr2@example.org"),
    (Role.PRACTICE_MANAGER, "practice@example.org"),
    (Role.COORDINATOR, "coordinator@example.org"),
    (Role.TRAINING_PROVIDER, "training@example.org"),
)
"""The accounts to sign in with. The others that the records name have no password."""

_AT_DPH = {
    "admin@example.org": "Margaret Holloway",
    "reviewer@example.org": "Daniel Achebe",
    "fund@example.org": "Rosemary Tan",
    "auditor@example.org": "Philip Grasso",
}
_VENDOR_SIZES = {
    "pioneer": 7, "blackstone": 7, "merrimack": 7, "charles": 7, "southcoast": 7, "harbor": 11, "commonwealth": 7,
    "baystate": 7,
}  # fmt: skip
_LEFT_IN_OUTBOX = 6
_LOADING = audit.SystemActor("demo state")


def accounts() -> list[tuple[str, str, str]]:
    """The demo accounts to sign in with: role, e-mail, and for whom they act."""
    found = {
        user.email: user
        for user in db.session.scalars(select(User).where(User.email.in_([one[1] for one in ACCOUNTS])))
    }
    return [
        (ROLE_LABELS[role], email, user.party.name if user.party else "Department of Public Health")
        for role, email in ACCOUNTS
        if (user := found.get(email)) is not None
    ]


def load(press: Press, *, today: date, link: Link, progress: Callable[[str], None]) -> None:
    """Load the demo state as it is on the morning of `today`: all of it, or nothing where anything fails.

    `link` knows the pages that reminders point to.
    """
    with collector_resting(), transaction():
        office = _opened(press, today)
        timeline = Timeline(moment(today - ONE_DAY, 480))
        for story in _stories(office):
            timeline.begin(story)
        timeline.begin(reminded.week_after_week(office, link))
        steps = timeline.run()
        progress(
            f"{len(office.vendors)} vendors, {len(office.coordinators)} coordinators, {len(office.practices)} "
            f"practices and {len(organizations.PROGRAMS)} training programs, in {steps:,} steps"
        )
        _give_passwords(office)
        employer_changes.asked(office)
        proposals.proposed(office, at=timeline.last)
        new_versions.adopted_and_drafted(office, at=timeline.last - timedelta(hours=1))
        chain_so_far()
        letters = oversight.told_of_exposures(office)
        _settle_mail()
        policies = reminder_policies.in_force(today)
        due_dates.behind_pace(office, at=timeline.last)
        due = obligations.derive(today, policies=policies, at=timeline.last)
        progress(f"{due['opened']} due dates, {letters} letters about exposures, {len(faults.FAULTS)} planted faults")


def _opened(press: Press, today: date) -> Office:
    """The desk at DPH on the day on which the records begin."""
    at = moment(date(today.year - 5, 7, 6))
    staff = {
        email: accounts_service.create(email=email, name=_AT_DPH[email], role=role, actor=_LOADING, at=at)
        for role, email in ACCOUNTS
        if email in _AT_DPH
    }
    return Office(
        today=today,
        press=press,
        administrator=staff["admin@example.org"],
        reviewer=staff["reviewer@example.org"],
        towns=towns(),
    )


def _stories(office: Office) -> Iterator[Story[Any]]:
    for vendor in organizations.VENDORS:
        yield commitments.vendor_life(office, vendor)
    for practice in commitments.practice_plans():
        yield commitments.practice_life(office, practice)
    for number in range(len(organizations.PROGRAMS)):
        yield commitments.program_life(office, number)
    yield organizations.owners_recorded(office, on=commitments.first_day(office) + 40 * ONE_DAY)
    yield from _coordinators(office)
    yield contracts.yearly_options(office, commitments.first_day(office))
    yield placements.placed_week_by_week(office, commitments.first_day(office))
    yield placements.under_the_pilot(office)
    yield contracts.watched(office)
    yield contracts.amending(office)
    yield contracts.invoiced(office)
    yield orders.board_orders(office)
    yield histories.corrected(office)
    yield histories.doubled(office)
    yield histories.merged(office)
    yield oversight.ce_audited(office)
    yield actions.condition_heard(office)
    yield actions.suspension_lifted(office)
    yield actions.probation(office)
    yield employer_changes.moved(office)
    yield papers.handed_in(office)
    yield from filings.filed(office)
    yield classes.taught(office)
    yield classes.under_way(office)
    yield classes.planned(office)
    yield convenings.met(office)
    yield training_files.brought(office)
    yield caseloads.reported(office)
    yield pooled_fund.two_years(office)
    yield actions.condition_again(office)
    yield due_dates.reported(office)
    yield due_dates.hearing_ahead(office)
    yield due_dates.asked_for(office)


def _coordinators(office: Office) -> Iterator[Story[Any]]:
    """Those with a story of their own go to their vendors; the others fill the places that are left.

    Those who renew late are among the others: they are at whichever vendor has room.
    """
    special = {**faults.COORDINATORS, **applicants.APPLICANTS}
    left = dict(_VENDOR_SIZES)
    for vendor, _ in special.values():
        left[vendor] -= 1
    rounds = itertools.chain.from_iterable(
        [vendor for vendor, places in left.items() if places > turn] for turn in range(max(left.values()))
    )
    ends_in = {plan.key: plan.expires_in for plan in organizations.VENDORS}
    for number, somebody in enumerate(PEOPLE):
        if somebody.name in special:
            vendor, life = special[somebody.name]
            newcomer = Newcomer(somebody, vendor, number)
            yield life(office, newcomer)
        else:
            vendor = next(rounds)
            newcomer = Newcomer(somebody, vendor, number)
            if somebody.name in late_renewals.LIVES:
                yield late_renewals.LIVES[somebody.name](office, newcomer)
            else:
                yield coordinators.ordinary(office, newcomer, ends_in[vendor])
        yield coordinators.licensed(office, newcomer, expires_on=deadlines.licence_end(office, somebody.name))


def _give_passwords(office: Office) -> None:
    """One password for all, hashed once; the coordinator's account is opened last."""
    at = moment(office.today - ONE_DAY, 470)
    walker = office.coordinators[applicants.WALKER]
    accounts_service.create(
        email="coordinator@example.org", name=walker.name, role=Role.COORDINATOR, party=walker,
        actor=office.administrator, at=at,
    )  # fmt: skip
    hashed = password_hashing.hashed(PASSWORD)
    for user in db.session.scalars(select(User).where(User.email.in_([one[1] for one in ACCOUNTS])).order_by(User.id)):
        user.password_hash = hashed
        audit.record(_LOADING, AuditAction.PASSWORD_CHANGED, user, at=at)


def _settle_mail() -> None:
    """What the past had to say is told: only the newest messages still wait to be sent."""
    newest = select(Message.id).order_by(Message.created_at.desc(), Message.id.desc()).limit(_LEFT_IN_OUTBOX)
    kept = list(db.session.scalars(newest))
    db.session.execute(
        update(Message)
        .where(Message.id.not_in(kept))
        .values(status=MessageStatus.SENT, sent_at=Message.created_at, attempts=1)
        .execution_options(synchronize_session=False)
    )
