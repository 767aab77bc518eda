"""Who is told of a reminder: a notice for each person, by the policy's audiences."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    exists,
    false,
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
from certhub.rules.reminder_policies import Audience, Policies
from certhub.rules.reminder_reasons import LEFT, NOBODY
from certhub.rules.vocabulary import Role, SubjectType
from certhub.services.bulk_changes import insert_or, rows_changed

_COLUMNS = ["reminder_id", "employment_id", "audience", "recipient", "recipient_name", "status"]


def name(day: date, *, policies: Policies, at: datetime) -> int:
    """Write the notices of all planned reminders that have none, and tell former employers; how many are new."""
    told = union_all(
        *_of_the_party(Audience.HOLDER, Party.kind == SubjectType.COORDINATOR, policies),
        *_of_the_party(Audience.ORGANIZATION, Party.kind != SubjectType.COORDINATOR, policies),
        *_of_the_employer(day, policies),
        _of_the_payer(policies),
        *_of_the_office(policies),
    ).subquery()
    new = _insert(select(*told.c).where(true()))
    _suppress_without_recipient(at)
    return new + _insert(_of_former_employers(day))


def _insert(chosen: Select[*tuple[Any, ...]]) -> int:
    return rows_changed(insert_or(ReminderNotice).from_select(_COLUMNS, chosen).on_conflict_do_nothing())


def _planned(audience: Audience, policies: Policies) -> ColumnElement[bool]:
    """Planned reminders without notices, at the steps of which `audience` hears."""
    steps = or_(
        false(),
        *(
            and_(Obligation.kind == kind, Reminder.step.in_(policy.recipients[audience]))
            for kind, policy in policies.items()
            if audience in policy.recipients
        ),
    )
    named = exists().where(ReminderNotice.reminder_id == Reminder.id)
    return and_(Reminder.status == ReminderStatus.PLANNED, steps, ~named)


def _notice(
    audience: Audience, address: SQLColumnExpression[Any], called: SQLColumnExpression[Any]
) -> Select[*tuple[Any, ...]]:
    chosen = select(
        Reminder.id.label("reminder_id"),
        null().cast(Integer).label("employment_id"),
        literal(audience.value, String).label("audience"),
        func.lower(address).label("recipient"),
        called.label("recipient_name"),
        literal(ReminderStatus.PLANNED.value, String).label("status"),
    ).select_from(Reminder)
    return chosen.join(Obligation, Obligation.id == Reminder.obligation_id)


def _account_of(party_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    return and_(User.party_id == party_id, User.deactivated_at.is_(None))


def _of_the_party(audience: Audience, kind: ColumnElement[bool], policies: Policies) -> list[Select[*tuple[Any, ...]]]:
    """The accounts of the party that the date belongs to; its business e-mail where it has no account."""
    party = Party.__table__
    without_account = ~exists().where(_account_of(party.c.id))
    return [
        _notice(audience, User.email, User.name)
        .join(Party, Party.id == Obligation.party_id)
        .join(User, _account_of(party.c.id))
        .where(_planned(audience, policies), kind),
        _notice(audience, party.c.email, party.c.name)
        .join(Party, Party.id == Obligation.party_id)
        .where(_planned(audience, policies), kind, party.c.email.is_not(None), without_account),
    ]


def _of_the_employer(day: date, policies: Policies) -> list[Select[*tuple[Any, ...]]]:
    employer = Party.__table__
    without_account = ~exists().where(_account_of(employer.c.id))
    return [
        _notice(Audience.EMPLOYER, User.email, User.name)
        .join(Employment, obligations.works_on(day, Obligation.party_id))
        .join(User, _account_of(Employment.employer_id))
        .where(_planned(Audience.EMPLOYER, policies)),
        _notice(Audience.EMPLOYER, employer.c.email, employer.c.name)
        .join(Employment, obligations.works_on(day, Obligation.party_id))
        .join(Party, Party.id == Employment.employer_id)
        .where(_planned(Audience.EMPLOYER, policies), employer.c.email.is_not(None), without_account),
    ]


def _of_the_payer(policies: Policies) -> Select[*tuple[Any, ...]]:
    """Whoever opens a payer's notices; a payer has no account."""
    called = case((Payer.attention != "", Payer.attention), else_=Payer.name)
    return (
        _notice(Audience.PAYER, Payer.email, called)
        .join(Payer, Payer.id == Obligation.payer_id)
        .where(_planned(Audience.PAYER, policies), Payer.email.is_not(None))
    )


def _of_the_office(policies: Policies) -> list[Select[*tuple[Any, ...]]]:
    """Whoever at DPH it is with, fund managers, and administrators."""

    def told(audience: Audience, whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
        account = and_(whose, User.deactivated_at.is_(None))
        return _notice(audience, User.email, User.name).join(User, account).where(_planned(audience, policies))

    return [
        told(Audience.REVIEWER, User.id == obligations.office()),
        told(Audience.FUND, User.role == Role.FUND_MANAGER),
        told(Audience.DPH, User.role == Role.DPH_ADMINISTRATOR),
    ]


def _of_former_employers(day: date) -> Select[*tuple[Any, ...]]:
    """HR at the last employer of each person whose reminders were stopped by leaving; the constraint makes it once.

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
        )
    )


def _suppress_without_recipient(at: datetime) -> None:
    named = exists().where(ReminderNotice.reminder_id == Reminder.id)
    db.session.execute(
        update(Reminder)
        .where(Reminder.status == ReminderStatus.PLANNED, ~named)
        .values(status=ReminderStatus.SUPPRESSED, reason=NOBODY, decided_at=at)
    )
