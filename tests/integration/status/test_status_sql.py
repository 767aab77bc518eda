"""The status as SQL is the status of the rules: on generated histories, around each boundary, as known at any time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Date, MetaData, Table, insert, select

from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential, CredentialPeriod, StatusEvent
from certhub.models.parties import Party
from certhub.models.standards import StandardSet, StandardVersion
from certhub.queries import credential_status
from certhub.rules.status import Event, History, Period, Renewal, is_authorized, status_on
from certhub.rules.vocabulary import (
    ApplicationKind,
    ApplicationStatus,
    CredentialStatus,
    Role,
    StatusEventKind,
    SubjectType,
)

FIRST_DAY = date(2026, 1, 1)
FIRST_INSTANT = datetime(2026, 1, 1, 12, tzinfo=UTC)
INSTANTS = 6
POOL = 60

PROBE = Table("probe_day", MetaData(), Column("day", Date), prefixes=["TEMPORARY"])


@dataclass(frozen=True)
class PeriodRow:
    starts_on: date
    expires_on: date
    grace_until: date
    recorded_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True)
class EventRow:
    kind: StatusEventKind
    effective_on: date
    ends_on: date | None
    recorded_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True)
class RenewalRow:
    kind: ApplicationKind
    status: ApplicationStatus
    submitted_on: date | None
    submitted_at: datetime | None
    complete_at: datetime | None
    closed_on: date | None
    closed_at: datetime | None


@dataclass(frozen=True)
class Rows:
    periods: tuple[PeriodRow, ...]
    events: tuple[EventRow, ...]
    renewals: tuple[RenewalRow, ...]

    def history(self, known_at: datetime | None) -> History:
        """What the rules would be told, worked out from the generated rows without any SQL."""
        return History(
            periods=tuple(
                Period(row.starts_on, row.expires_on, row.grace_until) for row in self.periods if counts(row, known_at)
            ),
            events=tuple(
                Event(row.kind, row.effective_on, row.ends_on) for row in self.events if counts(row, known_at)
            ),
            renewals=tuple(
                Renewal(
                    row.submitted_on,
                    complete=by(row.complete_at, known_at),
                    closed_on=row.closed_on if by(row.closed_at, known_at) else None,
                )
                for row in self.renewals
                if row.kind is not ApplicationKind.INITIAL
                and row.submitted_on is not None
                and by(row.submitted_at, known_at)
            ),
        )

    def boundaries(self) -> set[date]:
        days: set[date | None] = set()
        for period in self.periods:
            days |= {period.starts_on, period.expires_on, period.grace_until}
        for event in self.events:
            days |= {event.effective_on, event.ends_on}
        for renewal in self.renewals:
            days |= {renewal.submitted_on, renewal.closed_on}
        return {day + timedelta(days=off) for day in days if day is not None for off in (-1, 0, 1)}


def by(at: datetime | None, known_at: datetime | None) -> bool:
    return at is not None and (known_at is None or at <= known_at)


def counts(row: PeriodRow | EventRow, known_at: datetime | None) -> bool:
    if known_at is None:
        return row.superseded_at is None
    return row.recorded_at <= known_at and (row.superseded_at is None or row.superseded_at > known_at)


def instant(number: int) -> datetime:
    return FIRST_INSTANT + timedelta(hours=number)


days = st.integers(0, 60).map(lambda offset: FIRST_DAY + timedelta(days=offset))
instants = st.integers(0, INSTANTS).map(instant)


@st.composite
def recorded(draw: st.DrawFn) -> tuple[datetime, datetime | None]:
    at = draw(instants)
    later = draw(st.one_of(st.none(), st.none(), st.integers(1, INSTANTS)))
    return at, None if later is None else at + timedelta(hours=later)


@st.composite
def periods(draw: st.DrawFn) -> tuple[PeriodRow, ...]:
    """Terms with gaps or without, overlapping too; only superseded ones may begin on one day."""
    rows: list[PeriodRow] = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(days)
        end = start + timedelta(days=draw(st.integers(0, 12)))
        recorded_at, superseded_at = draw(recorded())
        if superseded_at is None and any(row.superseded_at is None and row.starts_on == start for row in rows):
            superseded_at = recorded_at + timedelta(hours=1)
        grace = end + timedelta(days=draw(st.integers(0, 5)))
        rows.append(PeriodRow(start, end, grace, recorded_at, superseded_at))
    return tuple(rows)


@st.composite
def event(draw: st.DrawFn) -> EventRow:
    effective_on = draw(days)
    length = draw(st.one_of(st.none(), st.integers(0, 15)))
    return EventRow(
        draw(st.sampled_from(StatusEventKind)),
        effective_on,
        None if length is None else effective_on + timedelta(days=length),
        *draw(recorded()),
    )


@st.composite
def renewal(draw: st.DrawFn) -> RenewalRow:
    kind = draw(
        st.sampled_from([ApplicationKind.RENEWAL] * 4 + [ApplicationKind.REINSTATEMENT, ApplicationKind.INITIAL])
    )
    if draw(st.integers(0, 9)) == 0:
        return RenewalRow(kind, ApplicationStatus.DRAFT, None, None, None, None, None)
    submitted_on, submitted_at = draw(days), draw(instants)
    complete_at = draw(st.one_of(st.none(), st.integers(0, 3).map(lambda h: submitted_at + timedelta(hours=h))))
    if draw(st.booleans()):
        return RenewalRow(kind, ApplicationStatus.UNDER_REVIEW, submitted_on, submitted_at, complete_at, None, None)
    status = draw(
        st.sampled_from(
            [
                ApplicationStatus.APPROVED,
                ApplicationStatus.DENIED,
                ApplicationStatus.WITHDRAWN,
                ApplicationStatus.EXPIRED,
            ]
        )
    )
    closed_on = submitted_on + timedelta(days=draw(st.integers(0, 25)))
    closed_at = submitted_at + timedelta(hours=draw(st.integers(0, 4)))
    return RenewalRow(kind, status, submitted_on, submitted_at, complete_at, closed_on, closed_at)


histories = st.builds(
    Rows, periods(), st.lists(event(), max_size=3).map(tuple), st.lists(renewal(), max_size=3).map(tuple)
)


@dataclass(frozen=True)
class Ground:
    """What generated credentials stand on; each application needs a party of its own while it is open."""

    parties: list[int]
    standard_id: int
    version_id: int
    user_id: int


@pytest.fixture
def ground(app: Flask) -> Iterator[Ground]:
    session = db.session
    row = {"kind": SubjectType.COORDINATOR, "preferred_language": "en", "created_at": FIRST_INSTANT}
    session.connection().execute(
        insert(Party.__table__),  # type: ignore[arg-type]  # SQLAlchemy types a model's table as FromClause
        [{**row, "name": f"Person {n}", "sort_name": f"person {n}"} for n in range(POOL)],
    )
    session.connection().execute(
        insert(User), [{"email": "a@example.org", "name": "A", "role": Role.AUDITOR, "created_at": FIRST_INSTANT}]
    )
    PROBE.create(session.connection())
    yield Ground(
        parties=list(session.scalars(select(Party.__table__.c.id).order_by(Party.__table__.c.id))),
        standard_id=session.scalars(select(StandardSet.id).order_by(StandardSet.id).limit(1)).one(),
        version_id=session.scalars(select(StandardVersion.id).order_by(StandardVersion.id).limit(1)).one(),
        user_id=session.scalars(select(User.id)).one(),
    )
    PROBE.drop(session.connection())


def save(ground: Ground, drawn: Sequence[Rows]) -> list[int]:
    """Insert the rows of each history under a credential of its own; their ids in the same order."""
    session, spare = db.session, count()
    session.connection().execute(
        insert(Credential),
        [
            {
                "party_id": ground.parties[place], "subject_type": SubjectType.COORDINATOR,
                "standard_id": ground.standard_id, "number": f"CC-{place}", "granted_on": FIRST_DAY,
                "recorded_at": FIRST_INSTANT,
            }
            for place in range(len(drawn))
        ],
    )  # fmt: skip
    ids = list(session.scalars(select(Credential.id).order_by(Credential.id)))
    into: dict[Any, list[dict[str, Any]]] = {CredentialPeriod: [], StatusEvent: [], Application: []}
    for key, rows in zip(ids, drawn, strict=True):
        for period in rows.periods:
            into[CredentialPeriod].append(
                {
                    "credential_id": key, "standard_version_id": ground.version_id, "because": "generated",
                    "reinstatement_until": period.grace_until, **vars(period),
                }
            )  # fmt: skip
        for one in rows.events:
            into[StatusEvent].append({"credential_id": key, "reason": "generated", "citation": "", **vars(one)})
        for application in rows.renewals:
            party = ground.parties[next(spare)]
            into[Application].append(
                {
                    "party_id": party, "owner_id": party, "standard_id": ground.standard_id, "credential_id": key,
                    "opened_by_id": ground.user_id, "opened_at": FIRST_INSTANT, "stage_from": FIRST_INSTANT.date(),
                    "due_on": FIRST_INSTANT.date(), **vars(application),
                }
            )  # fmt: skip
    for model, values in into.items():
        if values:
            session.connection().execute(insert(model), values)
    return ids


def of_columns(known_at: datetime | None) -> dict[tuple[int, date], tuple[Any, ...]]:
    """Status and dates of every credential on every probed day, by the correlated form."""
    status = credential_status.status_column(Credential.id, as_of=PROBE.c.day, known_at=known_at)
    rows = db.session.execute(
        select(
            Credential.id,
            PROBE.c.day,
            status.label("status"),
            credential_status.is_authorized(status).label("authorized"),
            CredentialPeriod.starts_on,
            CredentialPeriod.expires_on,
            CredentialPeriod.grace_until,
        )
        .select_from(Credential)
        .join(PROBE, PROBE.c.day.is_not(None))
        .outerjoin(
            CredentialPeriod,
            CredentialPeriod.id
            == credential_status.period_in_question(Credential.id, as_of=PROBE.c.day, known_at=known_at),
        )
    )
    return {(row.id, row.day): tuple(row)[2:] for row in rows}


def of_standing(day: date, known_at: datetime | None) -> dict[int, tuple[Any, ...]]:
    """Status and dates of every credential on one day, by the set-based form."""
    standing = credential_status.standing(day, known_at)
    statement = select(
        Credential.id,
        standing.status,
        credential_status.is_authorized(standing.status),
        standing.period.c.starts_on,
        standing.period.c.expires_on,
        standing.period.c.grace_until,
    )
    return {row[0]: tuple(row)[1:] for row in db.session.execute(standing.joined(statement, Credential.id))}


def of_filters(day: date) -> dict[int, list[CredentialStatus]]:
    """The statuses that each credential is found by on one day: exactly one."""
    found: dict[int, list[CredentialStatus]] = {}
    for status in CredentialStatus:
        for key in db.session.scalars(
            select(Credential.id).where(credential_status.has_status(Credential.__table__.c.id, status, as_of=day))
        ):
            found.setdefault(key, []).append(status)
    return found


def of_in_force(day: date) -> set[int]:
    """The holders of a credential that authorizes on one day."""
    return set(db.session.scalars(credential_status.in_force(day)))


def expected(history: History, day: date) -> tuple[Any, ...]:
    status = status_on(history, day)
    begun = [p for p in history.periods if p.starts_on <= day]
    latest = max(begun, key=lambda p: (p.starts_on, p.expires_on, p.grace_until), default=None)
    dates = (latest.starts_on, latest.expires_on, latest.grace_until) if latest else (None, None, None)
    return (status, is_authorized(status), *dates)


@given(
    drawn=st.lists(histories, min_size=1, max_size=12),
    known_ats=st.lists(
        st.integers(-1, 4 * INSTANTS).map(lambda n: FIRST_INSTANT + n * timedelta(minutes=30)), max_size=2
    ),
    pick=st.integers(0, 10_000),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_status_as_sql_is_the_status_of_the_rules_on_any_day_as_known_at_any_time(
    ground: Ground, drawn: list[Rows], known_ats: list[datetime], pick: int
) -> None:
    probed = sorted(set().union(*(rows.boundaries() for rows in drawn)) | {FIRST_DAY})
    session = db.session
    with session.begin_nested() as savepoint:
        ids = save(ground, drawn)
        session.connection().execute(insert(PROBE), [{"day": day} for day in probed])
        day = probed[pick % len(probed)]
        assert of_filters(day) == {
            key: [status_on(rows.history(None), day)] for key, rows in zip(ids, drawn, strict=True)
        }
        assert of_in_force(day) == {
            party
            for party, rows in zip(ground.parties, drawn, strict=False)
            if is_authorized(status_on(rows.history(None), day))
        }
        for known_at in (None, *known_ats):
            told = [rows.history(known_at) for rows in drawn]
            found = of_columns(known_at)
            whole = of_standing(day, known_at)
            for key, history in zip(ids, told, strict=True):
                assert {each: found[key, each] for each in probed} == {each: expected(history, each) for each in probed}
                assert whole[key] == expected(history, day)
                loaded = credential_status.history_of(key, known_at)
                assert [status_on(loaded, each) for each in probed] == [status_on(history, each) for each in probed]
        savepoint.rollback()


def test_every_status_can_come_out_of_the_generated_histories(ground: Ground) -> None:
    """The property above says something of each of the fifteen statuses only if each of them occurs."""
    start, end, grace = FIRST_DAY, FIRST_DAY + timedelta(days=10), FIRST_DAY + timedelta(days=14)
    term = PeriodRow(start, end, grace, FIRST_INSTANT, None)
    filed = RenewalRow(
        ApplicationKind.RENEWAL, ApplicationStatus.UNDER_REVIEW, end, FIRST_INSTANT, FIRST_INSTANT, None, None
    )
    drawn = [Rows((), (), ()), Rows((term,), (), ()), Rows((term,), (), (filed,))]
    drawn += [Rows((term,), (EventRow(kind, start, end, FIRST_INSTANT, None),), ()) for kind in StatusEventKind]
    save(ground, drawn)
    db.session.connection().execute(
        insert(PROBE), [{"day": day} for day in (start, end, end + timedelta(days=1), grace + timedelta(days=1))]
    )

    assert {row[0] for row in of_columns(None).values()} == set(CredentialStatus)


def test_a_status_can_be_filtered_by(ground: Ground) -> None:
    term = PeriodRow(FIRST_DAY, FIRST_DAY + timedelta(days=10), FIRST_DAY + timedelta(days=14), FIRST_INSTANT, None)
    ids = save(ground, [Rows((), (), ()), Rows((term,), (), ())])
    status = credential_status.status_column(Credential.id, as_of=FIRST_DAY)

    assert list(db.session.scalars(select(Credential.id).where(status == CredentialStatus.CURRENT))) == [ids[1]]
    assert list(db.session.scalars(select(Credential.id).where(~credential_status.is_authorized(status)))) == [ids[0]]
