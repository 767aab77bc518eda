"""Who is told of a reminder: a notice for each person, by the policy's audiences."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.employer_changes import EmployerChangeEffect
from certhub.models.fund import Payer
from certhub.models.messages import Obligation, Reminder, ReminderNotice, ReminderStatus
from certhub.models.parties import Employment, Party
from certhub.queries import obligations
from certhub.queries.reminder_ledger import hears
from certhub.queries.standing import has_died
from certhub.rules.reminder_policies import Audience, Bundling, Channel, ObligationKind, Policies
from certhub.rules.reminder_reasons import LEFT, MERGED, NOBODY, UNASSIGNED
from certhub.rules.vocabulary import Role, SubjectType
from certhub.services.bulk_changes import insert_or, rows_changed

_COLUMNS = [
    "reminder_id", "employment_id", "audience", "recipient", "recipient_name", "status", "channel", "bundling",
]  # fmt: skip
RANK = (
    Audience.HOLDER,
    Audience.ORGANIZATION,
    Audience.EMPLOYER,
    Audience.PAYER,
    Audience.REVIEWER,
    Audience.FUND,
    Audience.DPH,
)
"""Whoever is told in several roles at one address is told in the first of these."""


def name(day: date, *, policies: Policies, at: datetime) -> int:
    """Write the notices of all planned reminders that have none, and tell former employers; how many are new."""
    named = exists().where(ReminderNotice.reminder_id == Reminder.id)
    planned = (
        select(
            Reminder.id,
            Obligation.kind,
            Reminder.step,
            Obligation.party_id,
            Obligation.payer_id,
            Obligation.id.label("obligation_id"),
        )
        .join(Obligation, Obligation.id == Reminder.obligation_id)
        .where(Reminder.status == ReminderStatus.PLANNED, ~named)
        .cte("planned")
    )
    told = whom(planned, day, policies).subquery()
    new = _insert(
        select(
            told.c.id,
            null().cast(Integer),
            told.c.audience,
            told.c.recipient,
            told.c.recipient_name,
            literal(ReminderStatus.PLANNED.value, String),
            _by_kind(told.c.kind, {kind: policy.channel for kind, policy in policies.items()}, Channel.MAIL),
            _by_kind(told.c.kind, {kind: policy.bundling for kind, policy in policies.items()}, Bundling.DIGEST),
        ).where(true())
    )
    _merge_roles()
    _suppress_without_recipient(policies, at)
    return new + _insert(_of_former_employers(day))


def whom(steps: CTE, day: date, policies: Policies) -> CompoundSelect[*tuple[Any, ...]]:
    """Who hears of `steps`: id, kind, step, audience, recipient and their name.

    A step has an id, its kind, step, obligation_id, party_id and payer_id.
    """
    return union_all(
        *_of_the_party(steps, Audience.HOLDER, Party.kind == SubjectType.COORDINATOR, policies),
        *_of_the_party(steps, Audience.ORGANIZATION, Party.kind != SubjectType.COORDINATOR, policies),
        *_of_the_employer(steps, day, policies),
        _of_the_payer(steps, policies),
        *_of_the_office(steps, policies),
    )


def rank(audience: SQLColumnExpression[Any]) -> ColumnElement[int]:
    """The place of an audience in the order of `RANK`."""
    return case(*((audience == one, place) for place, one in enumerate(RANK)), else_=len(RANK))


def _insert(chosen: Select[*tuple[Any, ...]]) -> int:
    return rows_changed(insert_or(ReminderNotice).from_select(_COLUMNS, chosen).on_conflict_do_nothing())


def _by_kind(
    kind: SQLColumnExpression[Any], chosen: Mapping[ObligationKind, StrEnum], usual: StrEnum
) -> ColumnElement[str]:
    unusual = [(kind == one, literal(value.value, String)) for one, value in chosen.items() if value is not usual]
    plain = literal(usual.value, String)
    return case(*unusual, else_=plain) if unusual else plain


def _merge_roles() -> None:
    """Who is told of one reminder in two roles is told once; the ledger says so of the other."""
    other = aliased(ReminderNotice)
    first = exists().where(
        other.reminder_id == ReminderNotice.reminder_id,
        other.recipient == ReminderNotice.recipient,
        rank(other.audience) < rank(ReminderNotice.audience),
    )
    db.session.execute(
        update(ReminderNotice)
        .where(ReminderNotice.status == ReminderStatus.PLANNED, ReminderNotice.message_id.is_(None), first)
        .values(status=ReminderStatus.SUPPRESSED, reason=MERGED)
        .execution_options(synchronize_session=False)
    )


def _notice(
    steps: CTE,
    audience: Audience,
    policies: Policies,
    address: SQLColumnExpression[Any],
    called: SQLColumnExpression[Any],
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            steps.c.id,
            steps.c.kind,
            steps.c.step,
            literal(audience.value, String).label("audience"),
            func.lower(address).label("recipient"),
            called.label("recipient_name"),
        )
        .select_from(steps)
        .where(hears(audience, steps.c.kind, steps.c.step, policies))
    )


def _account_of(party_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    return and_(User.party_id == party_id, User.deactivated_at.is_(None))


def _of_the_party(
    steps: CTE, audience: Audience, kind: ColumnElement[bool], policies: Policies
) -> list[Select[*tuple[Any, ...]]]:
    """The accounts of the party that the date belongs to; its business e-mail where it has no account."""
    party = Party.__table__
    without_account = ~exists().where(_account_of(party.c.id))
    return [
        _notice(steps, audience, policies, User.email, User.name)
        .join(Party, Party.id == steps.c.party_id)
        .join(User, _account_of(party.c.id))
        .where(kind),
        _notice(steps, audience, policies, party.c.email, party.c.name)
        .join(Party, Party.id == steps.c.party_id)
        .where(kind, party.c.email.is_not(None), without_account),
    ]


def _of_the_employer(steps: CTE, day: date, policies: Policies) -> list[Select[*tuple[Any, ...]]]:
    employer = Party.__table__
    without_account = ~exists().where(_account_of(employer.c.id))
    return [
        _notice(steps, Audience.EMPLOYER, policies, User.email, User.name)
        .join(Employment, obligations.works_on(day, steps.c.party_id))
        .join(User, _account_of(Employment.employer_id)),
        _notice(steps, Audience.EMPLOYER, policies, employer.c.email, employer.c.name)
        .join(Employment, obligations.works_on(day, steps.c.party_id))
        .join(Party, Party.id == Employment.employer_id)
        .where(employer.c.email.is_not(None), without_account),
    ]


def _of_the_payer(steps: CTE, policies: Policies) -> Select[*tuple[Any, ...]]:
    """Whoever opens a payer's notices; a payer has no account."""
    called = case((Payer.attention != "", Payer.attention), else_=Payer.name)
    return (
        _notice(steps, Audience.PAYER, policies, Payer.email, called)
        .join(Payer, Payer.id == steps.c.payer_id)
        .where(Payer.email.is_not(None))
    )


def _of_the_office(steps: CTE, policies: Policies) -> list[Select[*tuple[Any, ...]]]:
    """Whoever at DPH it is with, fund managers, and administrators."""

    def told(audience: Audience) -> Select[*tuple[Any, ...]]:
        return _notice(steps, audience, policies, User.email, User.name)

    def acts(whose: ColumnElement[bool]) -> ColumnElement[bool]:
        return and_(whose, User.deactivated_at.is_(None))

    return [
        told(Audience.REVIEWER)
        .join(Obligation, Obligation.id == steps.c.obligation_id)
        .join(User, acts(User.id == obligations.office())),
        told(Audience.FUND).join(User, acts(User.role == Role.FUND_MANAGER)),
        told(Audience.DPH).join(User, acts(User.role == Role.DPH_ADMINISTRATOR)),
    ]


def _of_former_employers(day: date) -> Select[*tuple[Any, ...]]:
    """HR at the last employer of each person whose reminders were stopped by leaving, once for each leaving.

    Who left by a change of employer was told of then.
    """
    later = aliased(Employment)
    last = ~exists().where(
        later.coordinator_id == Employment.coordinator_id,
        later.superseded_at.is_(None),
        or_(later.ends_on.is_(None), later.ends_on > Employment.ends_on),
    )
    stopped = exists().where(
        Obligation.party_id == Employment.coordinator_id,
        Reminder.obligation_id == Obligation.id,
        Reminder.status == ReminderStatus.SUPPRESSED,
        Reminder.reason == LEFT,
        Reminder.send_on > Employment.ends_on,
    )
    knows = exists().where(
        EmployerChangeEffect.employment_after_id == Employment.id,
        EmployerChangeEffect.employment_before_id.is_not(None),
    )
    employer = Party.__table__
    return (
        select(
            null().cast(Integer),
            Employment.id,
            literal(Audience.FORMER_EMPLOYER.value, String),
            func.lower(func.coalesce(User.email, employer.c.email)),
            func.coalesce(User.name, employer.c.name),
            literal(ReminderStatus.PLANNED.value, String),
            literal(Channel.MAIL.value, String),
            literal(Bundling.DIGEST.value, String),
        )
        .select_from(Employment)
        .join(Party, Party.id == Employment.employer_id)
        .outerjoin(User, _account_of(employer.c.id))
        .where(
            Employment.superseded_at.is_(None),
            Employment.ends_on < day,
            func.coalesce(User.email, employer.c.email).is_not(None),
            last,
            stopped,
            ~knows,
            Employment.id.not_in(select(_told_of_leaving().c.id)),
            ~has_died(day, Employment.coordinator_id),
        )
    )


def _told_of_leaving() -> CTE:
    """The employments of whose end the employer was told, and the corrections of them by which they still end."""
    told = (
        select(ReminderNotice.employment_id.label("id"))
        .where(ReminderNotice.employment_id.is_not(None), ReminderNotice.status != ReminderStatus.SUPPRESSED)
        .cte("told_of_leaving", recursive=True)
    )
    corrected = aliased(Employment)
    return told.union(
        select(corrected.id).join(told, corrected.supersedes_id == told.c.id).where(corrected.ends_on.is_not(None))
    )


def _suppress_without_recipient(policies: Policies, at: datetime) -> None:
    named = exists().where(ReminderNotice.reminder_id == Reminder.id)
    waits_for_somebody = exists().where(
        Obligation.id == Reminder.obligation_id,
        obligations.is_unassigned(),
        hears(Audience.REVIEWER, Obligation.kind, Reminder.step, policies),
    )
    reason = case((waits_for_somebody, literal(UNASSIGNED, String)), else_=literal(NOBODY, String))
    db.session.execute(
        update(Reminder)
        .where(Reminder.status == ReminderStatus.PLANNED, ~named)
        .values(status=ReminderStatus.SUPPRESSED, reason=reason, decided_at=at)
    )
