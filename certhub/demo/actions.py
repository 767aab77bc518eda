"""What DPH did to credentials, each with its notice: a condition, a suspension that a hearing lifted, a probation."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db
from certhub.demo.office import Office
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.certification import Credential
from certhub.models.due_process import ActionNotice
from certhub.rules.vocabulary import HearingOutcome, HearingStep, StatusEventKind
from certhub.services import notices, status_events

UNDER_A_CONDITION = "Priscilla Appiah"
"""Who could practice under a condition for a while."""
SUSPENDED_AT_ONCE = "João Pacheco"
"""Who was suspended before a hearing, which lifted the suspension."""
ON_PROBATION = "Gabriela Souza"
"""Who is on probation, and may practice."""

_PROBATION_LASTS = timedelta(days=180)


def condition_heard(office: Office) -> Story[None]:
    """A condition that is not discipline, with its notice; a hearing makes it shorter, which has a notice, too."""
    notice = yield from _acted(
        office, UNDER_A_CONDITION, StatusEventKind.ND_CONDITION, days=240,
        reason="After a long leave, a second care coordinator looks at each care plan before it is used.",
    )  # fmt: skip
    yield from _heard(office, notice, asked=230, scheduled=220, held=205)
    yield from _decided(
        office, notice, HearingOutcome.MODIFIED, days=200, last_day=clock.civil_date(_days_ago(office, 170)),
        note="The condition was right, but without an end it is too long. It ends on the day given here.",
    )  # fmt: skip


def condition_again(office: Office) -> Story[None]:
    """Another condition of a few days ago: until when a hearing can be asked for is still ahead."""
    yield from _acted(
        office, UNDER_A_CONDITION, StatusEventKind.ND_CONDITION, days=12, lasts=timedelta(days=90),
        reason="After the second leave, a second care coordinator looks at each care plan for three months.",
    )  # fmt: skip


def suspension_lifted(office: Office) -> Story[None]:
    """Suspended at once; a prompt hearing finds that the complaint was about somebody else."""
    notice = yield from _acted(
        office, SUSPENDED_AT_ONCE, StatusEventKind.SUMMARY_SUSPENSION, days=330,
        reason="A complaint says that care plans were signed for visits that did not take place.",
    )  # fmt: skip
    yield from _heard(office, notice, asked=327, scheduled=323, held=313)
    yield from _decided(
        office, notice, HearingOutcome.REVERSED, days=308,
        note="The visits took place. The complaint was about another person with a similar name.",
    )  # fmt: skip


def probation(office: Office) -> Story[None]:
    """On probation for half a year, which goes on."""
    yield from _acted(
        office, ON_PROBATION, StatusEventKind.PROBATION, days=60, lasts=_PROBATION_LASTS,
        reason="Two care plans were sent to the wrong practice. A supervisor looks at each plan before it is sent.",
    )  # fmt: skip


def _days_ago(office: Office, days: int) -> datetime:
    return moment(office_day(office.today - timedelta(days=days)), 70)


def _acted(
    office: Office, name: str, kind: StatusEventKind, *, reason: str, lasts: timedelta | None = None, days: int
) -> Story[ActionNotice]:
    """An action so many days ago, and its notice."""
    at = _days_ago(office, days)
    yield at
    on = clock.civil_date(at)
    holder = office.coordinators[name]
    credential = db.session.scalars(select(Credential).where(Credential.party_id == holder.id)).one()
    event = status_events.record(
        credential, kind, effective_on=on, ends_on=on + lasts if lasts else None, reason=reason,
        citation="272 CMR 9.00",
        actor=office.administrator, at=at,
    )  # fmt: skip
    notice = notices.serve(event, "", base_url=office.press.base_url, actor=office.administrator, at=at)
    if notice is None:
        raise ValueError(f"{kind} has a notice")
    return notice


def _heard(office: Office, notice: ActionNotice, *, asked: int, scheduled: int, held: int) -> Story[None]:
    """The steps of a hearing before its decision, each so many days ago."""
    for step, days, on, asked_by in (
        (HearingStep.REQUESTED, asked, asked, notice.party_name),
        (HearingStep.SCHEDULED, scheduled, held, ""),
        (HearingStep.HELD, held, held, ""),
    ):
        at = _days_ago(office, days)
        yield at
        notices.record_step(
            notice, step, on=clock.civil_date(_days_ago(office, on)), asked_by=asked_by,
            base_url=office.press.base_url, actor=office.administrator, at=at,
        )  # fmt: skip


def _decided(
    office: Office, notice: ActionNotice, outcome: HearingOutcome, *, days: int, note: str, last_day: date | None = None
) -> Story[None]:
    """The decision after a hearing, so many days ago."""
    at = _days_ago(office, days)
    yield at
    notices.record_step(
        notice, HearingStep.DECIDED, on=clock.civil_date(at), outcome=outcome, last_day=last_day, note=note,
        base_url=office.press.base_url, actor=office.administrator, at=at,
    )  # fmt: skip
