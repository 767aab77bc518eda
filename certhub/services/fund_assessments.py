"""Assessments with their instalments and notices. A notice keeps the words that it said for good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import insert

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.fund import FundAllocation, FundYear, Payer
from certhub.models.fund_accounts import Assessment, FundAdjustment, FundNotice, Instalment
from certhub.queries import fund, fund_accounts, fund_adjustments
from certhub.rules.ledger import Cause
from certhub.rules.pooled_fund import notices
from certhub.rules.pooled_fund.invoices import (
    Planned,
    appeal_until,
    earliest_due_on,
    instalments,
    rebilled,
    together,
)
from certhub.rules.terms import written
from certhub.services import ledger

Taken = Mapping[tuple[int, int], int]
"""By fund year and payer of a true-up's difference: its cents."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An assessment that is to be made."""

    payer_id: int
    share_cents: int
    taken: Taken = field(default_factory=dict)
    note: str = ""
    before: Assessment | None = None
    absorbed: tuple[Assessment, ...] = ()
    """Of payers that merged into this one: their instalments go on in its own."""
    is_decided: bool = False
    in_one: bool = False
    """Whether what is added is one instalment."""
    reasons: tuple[str, ...] = ()
    """What its notice says first."""


def make(
    year: FundYear, allocated: FundAllocation, drafts: Sequence[Draft], *, actor: User, at: datetime
) -> list[Assessment]:
    """Assessments with their instalments, and the notices of those that replace one of which the payer was told."""
    made = _saved(year, allocated, drafts, actor=actor, at=at)
    earlier = [one.id for draft in drafts for one in (draft.before, *draft.absorbed) if one is not None]
    told, plans = fund_accounts.notices_of(earlier), fund_accounts.plans(earlier)
    now = earliest_due_on(clock.civil_date(at), year.notice_days)
    planned: dict[int, Sequence[Planned]] = {}
    earliest: dict[int, date] = {}
    at_once, reasons = [], {}
    for draft, one in zip(drafts, made, strict=True):
        replaced = [old for old in (draft.before, *draft.absorbed) if old is not None]
        notice = next((told[old.id] for old in replaced if old.id in told), None)
        before = together(plans.get(old.id, []) for old in replaced)
        if before and (notice is not None or draft.in_one):
            first = notice.earliest_due_on if notice else now
            planned[one.id] = rebilled(
                one.total_cents, before, earliest_before=first, earliest_now=now, in_one=draft.in_one
            )
            earliest[one.id] = first
        elif draft.in_one:
            planned[one.id] = rebilled(one.total_cents, (), earliest_before=now, earliest_now=now, in_one=True)
        else:
            planned[one.id] = instalments(one.total_cents, year.instalments, year.fiscal_year)
        if notice is not None or draft.in_one:
            at_once.append(one)
            own = told.get(draft.before.id) if draft.before else None
            reasons[one.id] = (notices.replacing_words(own.issued_on if own else None), *draft.reasons)
    _divide(planned)
    issue(year, at_once, reasons=reasons, earliest=earliest, actor=actor, at=at)
    return made


def issue(
    year: FundYear,
    assessments: Sequence[Assessment],
    *,
    reasons: Mapping[int, Sequence[str]],
    earliest: Mapping[int, date],
    actor: User,
    at: datetime,
) -> list[FundNotice]:
    """The notices of assessments; one that replaces an earlier notice keeps the first due day of that one."""
    if not assessments:
        return []
    ids = [one.id for one in assessments]
    plans, adjusted = fund_accounts.plans(ids), fund_adjustments.told(ids)
    payers = {one.id: one for one in fund.every_payer(actor)}
    allocations = {one.allocation_id: one.allocation for one in assessments}
    privates = {number: one.private_step() for number, one in allocations.items()}
    today = clock.civil_date(at)
    first = earliest_due_on(today, year.notice_days)
    made = []
    for one in assessments:
        basis = "" if one.is_decided else notices.basis_words(privates[one.allocation_id], one.payer_id, year.basis)
        words = notices.words(
            addressee(payers, one.payer_id, today), payers[one.payer_id].name, year.fiscal_year,
            share_cents=one.share_cents, adjustments=adjusted.get(one.id, []),
            reasons=(*reasons.get(one.id, ()), basis, notices.base_words(one.note)),
            planned=plans.get(one.id, []), earliest=earliest.get(one.id, first), signed_by=actor.name,
        )  # fmt: skip
        made.append(
            FundNotice(
                assessment_id=one.id, issued_on=today, earliest_due_on=earliest.get(one.id, first),
                appeal_until=appeal_until(today, year.appeal_days), words=words.plain(), issued_by_id=actor.id,
                recorded_at=at,
            )
        )  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    ledger.post_payers(year, [one.payer_id for one in assessments], Cause.BILLED, on=today, actor=actor, at=at)
    return made


def addressee(payers: Mapping[int, Payer], payer_id: int, day: date) -> notices.Addressee:
    """To whom the notices of a payer go on a day: itself, or the last one in the chain of its mergers."""
    payer = to = payers[payer_id]
    seen = {to.id}
    while to.successor_id is not None and to.merged_on is not None and to.merged_on <= day:
        to = payers[to.successor_id]
        if to.id in seen:
            break
        seen.add(to.id)
    stands_for = ""
    if to.id != payer.id and payer.merged_on is not None:
        into = "you" if payer.successor_id == to.id else payers[payer.successor_id or to.id].name
        stands_for = f"You stand for {payer.name}, which merged into {into} on {written(payer.merged_on)}."
    return notices.Addressee(to.name, to.attention, to.address, stands_for)


def _saved(
    year: FundYear, allocated: FundAllocation, drafts: Sequence[Draft], *, actor: User, at: datetime
) -> list[Assessment]:
    made = [
        Assessment(
            fund_year_id=year.id, payer_id=one.payer_id, allocation_id=allocated.id, share_cents=one.share_cents,
            adjustment_cents=sum(one.taken.values()), total_cents=one.share_cents + sum(one.taken.values()),
            note=one.note, is_decided=one.is_decided, supersedes_id=one.before.id if one.before else None,
            recorded_by_id=actor.id, recorded_at=at,
        )
        for one in drafts
    ]  # fmt: skip
    db.session.add_all(made)
    db.session.flush()
    taken = [
        {"assessment_id": one.id, "from_year_id": from_year_id, "payer_id": payer_id, "cents": cents}
        for draft, one in zip(drafts, made, strict=True)
        for (from_year_id, payer_id), cents in draft.taken.items()
        if cents
    ]
    if taken:
        db.session.execute(insert(FundAdjustment), taken)
    return made


def _divide(planned: Mapping[int, Sequence[Planned]]) -> None:
    """The instalments of assessments, all in one statement."""
    rows = [
        {"assessment_id": assessment_id, "number": part.number, "cents": part.cents, "planned_on": part.planned_on}
        for assessment_id, parts in planned.items()
        for part in parts
    ]
    if rows:
        db.session.execute(insert(Instalment), rows)
