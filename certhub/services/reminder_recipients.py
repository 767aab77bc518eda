"""Who is told of a reminder: a notice for each person, by the policy's audiences."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

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
from certhub.queries import obligations, payer_successors
from certhub.queries.obligation_sources import SOURCES
from certhub.queries.reminder_ledger import hears
from certhub.queries.standing import has_died
from certhub.rules.reminder_policies import Audience, Bundling, Channel, ObligationKind, Policies
from certhub.rules.reminder_reasons import LEFT, MERGED, NEARER, NO_ADDRESS, NOBODY, NOT_THEIRS, UNASSIGNED
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
        .where(Reminder.status == ReminderStatus.PLANNED, ~_has_reader())
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
    for audience, is_theirs in _who_could_be_told(day).items():
        _note_missing_address(audience, is_theirs, policies)
    return new + _insert(_of_former_employers(day))


def whom(steps: CTE, day: date, policies: Policies) -> CompoundSelect[*tuple[Any, ...]]:
    """Who hears of `steps`: id, kind, step, audience, recipient and their name; somebody can come twice.

    A step has an id, its kind, step, obligation_id, party_id and payer_id. Whoever was to hear of a step that it takes
    the place of hears of it, too: otherwise a matter that was escalated while CertHub was down would reach nobody.
    """
    heard = _with_those_replaced(steps)
    whose = Whose(heard.c.obligation_id, heard.c.party_id, heard.c.payer_id)
    return union_all(
        *(
            select(
                heard.c.id,
                heard.c.kind,
                heard.c.step,
                literal(road.audience.value, String).label("audience"),
                func.lower(road.address).label("recipient"),
                road.called.label("recipient_name"),
            )
            .select_from(heard.join(User, true()) if road.for_all else heard)
            .where(hears(road.audience, heard.c.kind, heard.c.heard, policies), road.leads, road.named_if)
            for road in _roads(whose, day, SOURCES.keys())
        )
    )


def _with_those_replaced(steps: CTE) -> CTE:
    """Each step as it is heard of, and as the steps of the same date are that it takes the place of.

    That is a step before it that was missed or not sent yet, with none in between that was sent.
    """
    missed, told = aliased(Reminder), aliased(Reminder)
    own = [steps.c.id, steps.c.kind, steps.c.step, steps.c.obligation_id, steps.c.party_id, steps.c.payer_id]
    between = exists().where(
        told.obligation_id == missed.obligation_id,
        told.step < missed.step,
        told.step > steps.c.step,
        told.status.in_((ReminderStatus.SENT, ReminderStatus.FAILED, ReminderStatus.BOUNCED)),
    )
    replaced = (
        select(*own, missed.step.label("heard"))
        .select_from(steps)
        .join(missed, and_(missed.obligation_id == steps.c.obligation_id, missed.step > steps.c.step))
        .where(
            or_(missed.status == ReminderStatus.PLANNED, missed.reason == NEARER),
            ~between.correlate(missed, steps),
        )
    )
    return select(*own, steps.c.step.label("heard")).union_all(replaced).cte("heard")


def still_told(day: date, kinds: Collection[ObligationKind]) -> ColumnElement[bool]:
    """Whether the reader of a notice of one of some kinds is told in that role as things stand.

    For a query of notices and `Obligation`.
    """
    whose = Whose(Obligation.id, Obligation.party_id, Obligation.payer_id)
    found: dict[Audience, list[ColumnElement[bool]]] = defaultdict(list)
    for road in _roads(whose, day, kinds):
        reaches = exists().where(road.leads, func.lower(road.address) == ReminderNotice.recipient)
        found[road.audience].append(reaches.correlate(Obligation, ReminderNotice))
    return case(*((ReminderNotice.audience == audience, or_(*each)) for audience, each in found.items()), else_=false())


def still_hr() -> ColumnElement[bool]:
    """Whether the reader of a notice reads for the employer that somebody left. For a query with `Employment`."""
    reaches = (
        exists().where(road.leads, func.lower(road.address) == ReminderNotice.recipient)
        for road in _of_the_vendor(Audience.FORMER_EMPLOYER, Employment.employer_id)
    )
    return or_(*(each.correlate(Employment, ReminderNotice) for each in reaches))


def take_up_again() -> None:
    """Plan anew what was to go to somebody who is told of it no longer, so that those hear of it who are told now."""
    db.session.execute(
        update(Reminder)
        .where(Reminder.status == ReminderStatus.SUPPRESSED, Reminder.reason == NOT_THEIRS)
        .values(status=ReminderStatus.PLANNED, reason=None, decided_at=None)
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


class Whose(NamedTuple):
    """Of what somebody is told, and whose it is."""

    obligation_id: SQLColumnExpression[Any]
    party_id: SQLColumnExpression[Any]
    payer_id: SQLColumnExpression[Any]


class Road(NamedTuple):
    """One way on which a date reaches readers: the rows that `leads` finds have their address and name."""

    audience: Audience
    address: SQLColumnExpression[Any]
    called: SQLColumnExpression[Any]
    leads: ColumnElement[bool]
    for_all: bool = False
    """Whether it leads to the same readers whatever the date."""
    named_if: ColumnElement[bool] = true()
    """When readers are named on it; a message that somebody sent to such an address by hand leaves anyway."""


def _roads(whose: Whose, day: date, kinds: Collection[ObligationKind]) -> list[Road]:
    """All ways on which dates of some kinds reach readers. Naming them and reading them again walk the same ones."""
    return [
        *_of_the_party(Audience.HOLDER, whose, Party.kind == SubjectType.COORDINATOR),
        *_of_the_party(Audience.ORGANIZATION, whose, Party.kind != SubjectType.COORDINATOR),
        *_of_the_employer(whose, day),
        *_of_the_payer(whose, day, kinds),
        *_of_the_office(whose, kinds),
    ]


def _account_of(party_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    return and_(User.party_id == party_id, User.deactivated_at.is_(None))


def _of_the_party(audience: Audience, whose: Whose, kind: ColumnElement[bool]) -> list[Road]:
    """The accounts of the party that the date belongs to; its business e-mail where it has no account."""
    party = Party.__table__
    it = and_(party.c.id == whose.party_id, kind)
    no_account = ~exists().where(_account_of(party.c.id)).correlate(party)
    return [
        Road(audience, User.email, User.name, and_(it, _account_of(party.c.id))),
        Road(audience, party.c.email, party.c.name, and_(it, party.c.email.is_not(None)), named_if=no_account),
    ]


def _of_the_employer(whose: Whose, day: date) -> list[Road]:
    works = obligations.works_on(day, whose.party_id)
    return [
        road._replace(leads=and_(works, road.leads))
        for road in _of_the_vendor(Audience.EMPLOYER, Employment.employer_id)
    ]


def _of_the_vendor(audience: Audience, employer_id: SQLColumnExpression[int]) -> list[Road]:
    """HR at an employer. A practice that is on file as one is a conflict to solve, and reads nobody's dates."""
    return _of_the_party(audience, Whose(null(), employer_id, null()), Party.kind == SubjectType.VENDOR)


def _of_the_payer(whose: Whose, day: date, kinds: Collection[ObligationKind]) -> list[Road]:
    """Whoever opens the notices of a payer, or of who stands for it since it merged; a payer has no account."""
    if not any(Audience.PAYER in SOURCES[kind].concerns for kind in kinds):
        return []
    stands = payer_successors.standing_for(day)
    called = case((Payer.attention != "", Payer.attention), else_=Payer.name)
    its = and_(stands.c.payer_id == whose.payer_id, Payer.id == stands.c.stands_id)
    return [Road(Audience.PAYER, Payer.email, called, and_(its, Payer.email.is_not(None)))]


def _of_the_office(whose: Whose, kinds: Collection[ObligationKind]) -> list[Road]:
    """Whoever at DPH it is with, fund managers, and administrators."""

    def acts(audience: Audience, who: ColumnElement[bool], *, for_all: bool = True) -> Road:
        return Road(audience, User.email, User.name, and_(who, User.deactivated_at.is_(None)), for_all)

    return [
        acts(
            Audience.REVIEWER,
            and_(Obligation.id == whose.obligation_id, User.id == obligations.office(kinds)),
            for_all=False,
        ),
        acts(Audience.FUND, User.role == Role.FUND_MANAGER),
        acts(Audience.DPH, User.role == Role.DPH_ADMINISTRATOR),
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
    stopped = (
        select(Obligation.party_id, func.max(Reminder.send_on).label("newest_on"))
        .join(Reminder, Reminder.obligation_id == Obligation.id)
        .where(Reminder.status == ReminderStatus.SUPPRESSED, Reminder.reason == LEFT)
        .group_by(Obligation.party_id)
        .subquery()
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
        .join(stopped, and_(stopped.c.party_id == Employment.coordinator_id, stopped.c.newest_on > Employment.ends_on))
        .join(Party, Party.id == Employment.employer_id)
        .outerjoin(User, _account_of(employer.c.id))
        .where(
            employer.c.kind == SubjectType.VENDOR,
            Employment.superseded_at.is_(None),
            Employment.ends_on < day,
            func.coalesce(User.email, employer.c.email).is_not(None),
            last,
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


def _has_reader() -> ColumnElement[bool]:
    """Whether somebody is to be told of a reminder, or was."""
    return exists().where(ReminderNotice.reminder_id == Reminder.id, ReminderNotice.status != ReminderStatus.SUPPRESSED)


def _who_could_be_told(day: date) -> dict[Audience, ColumnElement[bool]]:
    """The outside readers of whom the ledger says so where they have no address: there is such a reader at all."""
    employer = Party.__table__
    works_for_a_vendor = exists().where(
        obligations.works_on(day, Obligation.party_id),
        employer.c.id == Employment.employer_id,
        employer.c.kind == SubjectType.VENDOR,
    )
    person = exists().where(Party.id == Obligation.party_id, Party.kind == SubjectType.COORDINATOR)
    return {
        Audience.HOLDER: person,
        Audience.ORGANIZATION: and_(Obligation.party_id.is_not(None), ~person),
        Audience.EMPLOYER: and_(person, works_for_a_vendor),
        Audience.PAYER: Obligation.payer_id.is_not(None),
    }


def _note_missing_address(audience: Audience, is_theirs: ColumnElement[bool], policies: Policies) -> None:
    """Enter that a reader hears nothing of a step that others are told, because no address is known."""
    named = exists().where(ReminderNotice.reminder_id == Reminder.id, ReminderNotice.audience == audience)
    blank = literal("", String)
    db.session.execute(
        insert_or(ReminderNotice).from_select(
            [*_COLUMNS, "reason"],
            select(
                Reminder.id,
                null().cast(Integer),
                literal(audience.value, String),
                blank,
                blank,
                literal(ReminderStatus.SUPPRESSED.value, String),
                literal(Channel.MAIL.value, String),
                literal(Bundling.DIGEST.value, String),
                literal(NO_ADDRESS, String),
            )
            .join(Obligation, Obligation.id == Reminder.obligation_id)
            .where(
                Reminder.status == ReminderStatus.PLANNED,
                hears(audience, Obligation.kind, Reminder.step, policies),
                is_theirs,
                ~named.correlate(Reminder),
            ),
        )
    )


def _suppress_without_recipient(policies: Policies, at: datetime) -> None:
    waits_for_somebody = exists().where(
        Obligation.id == Reminder.obligation_id,
        obligations.is_unassigned(),
        hears(Audience.REVIEWER, Obligation.kind, Reminder.step, policies),
    )
    reason = case((waits_for_somebody, literal(UNASSIGNED, String)), else_=literal(NOBODY, String))
    db.session.execute(
        update(Reminder)
        .where(Reminder.status == ReminderStatus.PLANNED, ~_has_reader())
        .values(status=ReminderStatus.SUPPRESSED, reason=reason, decided_at=at)
    )
