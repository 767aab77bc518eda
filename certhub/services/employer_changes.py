"""Changes of employer: a vendor asks, the person answers, and asking tells nobody whether there is a record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.employer_changes import (
    EmployerChange,
    EmployerChangeAnswer,
    EmployerChangeLink,
    EmployerChangePractice,
)
from certhub.models.parties import Coordinator, Practice, VendorOrganization
from certhub.queries import employer_changes, signed_texts
from certhub.rules.audit_actions import AuditAction
from certhub.rules.employer_change import (
    CONSENT,
    REQUEST_LASTS,
    ChangeState,
    Ending,
    ending,
    known_by,
    require_first_day,
    require_may_ask,
    require_may_take_back,
)
from certhub.rules.identifiers import require_person_name
from certhub.rules.lockout import EMPLOYER_REQUEST, wait_in_words
from certhub.rules.refusal import Refusal
from certhub.rules.tokens import new_token, token_hash
from certhub.rules.vocabulary import EmploymentKind
from certhub.services import audit, employer_change_effects, employer_change_letters, outbox, throttle
from certhub.services.audit import Actor

NOTHING_CHOSEN = frozenset[int]()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a vendor asks for and for what, as typed."""

    known_by: str
    last_name: str
    starts_on: date
    kind: EmploymentKind
    job_title: str = ""
    message: str = ""
    practices: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person chose and typed; `ending` are the present employments that end, `address` the network address."""

    consents: bool
    signed_name: str
    address: str
    ending: Collection[int] = NOTHING_CHOSEN


def ask(vendor: VendorOrganization, wanted: Wanted, *, base_url: str, actor: User, at: datetime) -> EmployerChange:
    """Ask a person who is on file to join a vendor.

    The request is kept, and looks the same to the vendor, whether or not a record fits what was typed: only the person
    learns of it, by one letter. Raises `Refusal` for what the vendor can know itself, and after many requests.
    """
    address = known_by(wanted.known_by)
    last_name = require_person_name(wanted.last_name, field="last_name")
    require_first_day(wanted.starts_on, today=clock.civil_date(at))
    _count(vendor, at)
    require_may_ask(employer_changes.earlier(vendor.id, address, at=at), at=at)
    person = employer_changes.person_known_by(address, last_name)
    if person is not None and employer_changes.employed_at(vendor.id, person.id, clock.civil_date(at)):
        raise Refusal("This person works for you already. Open the record to change the employment.", field="known_by")
    change = EmployerChange(
        vendor_id=vendor.id,
        party_id=person.id if person else None,
        known_by=address,
        last_name=last_name,
        starts_on=wanted.starts_on,
        kind=wanted.kind,
        job_title=wanted.job_title or None,
        message=wanted.message,
        asked_by_id=actor.id,
        asked_at=at,
        expires_at=at + REQUEST_LASTS,
    )
    told_before = person is not None and employer_changes.asked_already(vendor.id, person.id, at=at)
    db.session.add(change)
    db.session.flush()
    served = {number for number, _ in employer_changes.served_practices(vendor.id)}
    db.session.add_all(
        EmployerChangePractice(change_id=change.id, practice_id=number)
        for number in sorted(set(wanted.practices) & served)
    )
    db.session.flush()
    # Of the vendor and not of the person, whose timeline the present employer reads.
    audit.record(actor, AuditAction.EMPLOYER_CHANGE_REQUESTED, change, at=at, party_id=vendor.id)
    if person is not None and not told_before:
        _write(change, person, base_url=base_url, at=at)
    return change


def why_ended(change: EmployerChange, *, at: datetime) -> Ending | None:
    """What the person is told of a request that asks nothing any more; None while it can be answered."""
    return ending(employer_changes.state(change, at=at), vendor=change.vendor.name)


def answer(change: EmployerChange, given: Answer, *, base_url: str, actor: Actor, at: datetime) -> None:
    """Take the person's answer, signed; a consent is carried out in the same transaction. Twice is once.

    Raises `Refusal` where the request has ended, or where a rule does not allow the employment.
    """
    person = _lock(change)
    state = employer_changes.state(change, at=at)
    if state is (ChangeState.CONSENTED if given.consents else ChangeState.DECLINED):
        return
    ended = ending(state, vendor=change.vendor.name)
    if ended is not None:
        raise Refusal(f"{ended.title}. {ended.text}")
    text = signed_texts.signed_text(*CONSENT)
    signed = EmployerChangeAnswer(
        change_id=change.id,
        party_id=person.id,
        consents=given.consents,
        signed_name=require_person_name(given.signed_name, field="signed_name"),
        text_id=text.id,
        text_version=text.version,
        text_sha256=text.sha256,
        address=given.address[:45],
        signed_at=at,
    )
    db.session.add(signed)
    if not given.consents:
        change.declined_at = at
        db.session.flush()
        audit.record(actor, AuditAction.EMPLOYER_CHANGE_DECLINED, signed, at=at, party_id=change.vendor_id)
        employer_change_letters.tell_of_answer(change, not_kept={}, base_url=base_url, at=at)
        return
    change.consented_at = at
    db.session.flush()
    audit.record(actor, AuditAction.EMPLOYER_CHANGE_CONSENTED, signed, at=at)
    done = employer_change_effects.carry_out(change, person, given.ending, base_url=base_url, actor=actor, at=at)
    employer_change_letters.tell_of_answer(change, not_kept=done.not_kept, base_url=base_url, at=at)
    employer_change_letters.tell_former_employers(change, base_url=base_url, at=at)
    employer_change_letters.tell_practices(change, base_url=base_url, at=at)


def withdraw(change: EmployerChange, *, base_url: str, actor: Actor, at: datetime) -> None:
    """Take a request back before there is an answer, or undo a change before its first day. Twice is once.

    Until the first day of work both sides may undo it. Raises `Refusal` after that, and for what has ended.
    """
    if change.party_id is not None:
        _lock(change)
    else:
        locked(change)
    state = employer_changes.state(change, at=at)
    if state in (ChangeState.WITHDRAWN, ChangeState.TAKEN_BACK):
        return
    if state is ChangeState.REQUESTED and isinstance(actor, User) and actor.party_id == change.vendor_id:
        change.withdrawn_at = at
        audit.record(actor, AuditAction.EMPLOYER_CHANGE_WITHDRAWN, change, at=at, party_id=change.vendor_id)
        return
    require_may_take_back(state, change.starts_on, today=clock.civil_date(at))
    change.taken_back_at = at
    audit.record(actor, AuditAction.EMPLOYER_CHANGE_TAKEN_BACK, change, at=at)
    employer_change_effects.undo(change, base_url=base_url, actor=actor, at=at)
    employer_change_letters.tell_of_taking_back(change, base_url=base_url, at=at)


def expire(change: EmployerChange, *, base_url: str, actor: Actor, at: datetime) -> bool:
    """Tell the vendor once that nobody answered; whether it was told now."""
    locked(change)
    if employer_changes.state(change, at=at) is not ChangeState.EXPIRED or change.expiry_told_at is not None:
        return False
    change.expiry_told_at = at
    audit.record(actor, AuditAction.EMPLOYER_CHANGE_EXPIRED, change, at=at, party_id=change.vendor_id)
    employer_change_letters.tell_of_expiry(change, base_url=base_url, at=at)
    return True


def by_letter(change: EmployerChange) -> audit.SystemActor:
    """The person as the audit trail names somebody who answers by the link in a letter."""
    return audit.SystemActor(f"coordinator {change.party_id} by the link in a letter")


def _lock(change: EmployerChange) -> Coordinator:
    """The practices first, then the person, and the request after: in the order in which a placement locks them.

    Of two answers about one person, one comes after the other.
    """
    for practice_id in sorted(employer_changes.practices_touched(change)):
        locked(db.session.get_one(Practice, practice_id), with_key=False)
    person = locked(db.session.get_one(Coordinator, change.party_id), with_key=False)
    locked(change)
    return person


def _count(vendor: VendorOrganization, at: datetime) -> None:
    key = f"employer-request:{vendor.id}"
    until = throttle.hold([key], at=at)
    if until is not None:
        raise Refusal(
            f"Your organization has sent many requests. Wait {wait_in_words(until, at)} before you send another one."
        )
    throttle.count(key, EMPLOYER_REQUEST, at=at)


def _write(change: EmployerChange, person: Coordinator, *, base_url: str, at: datetime) -> None:
    """One letter: to the account of the person, who signs in; or else to the address on file, with a link."""
    account = employer_changes.account_of(person.id)
    recipient = account.email if account else person.email
    if not recipient:
        return
    link = f"{base_url}/employer-changes/{change.id}/answer"
    if account is None:
        token = new_token()
        db.session.add(EmployerChangeLink(change_id=change.id, token_hash=token_hash(token), created_at=at))
        db.session.flush()
        link = f"{base_url}/employer-change-answers/{token}"
    outbox.enqueue(
        "employer-change-request",
        recipient=recipient,
        recipient_name=person.name,
        dedupe_key=f"employer-change-request:{change.id}",
        context={
            "vendor": change.vendor.name,
            "starts_on": change.starts_on,
            "job_title": change.job_title,
            "message": change.message,
            "has_account": account is not None,
            "expires_at": change.expires_at,
            "link": link,
        },
        party_id=person.id,
        at=at,
    )
