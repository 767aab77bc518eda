"""The state that the goals are stated for, at any size.

Everything is drawn from one seed, so that two runs measure the same rows. The audit rows are chained correctly behind
those of the reference data. No name, address or number belongs to anybody.
"""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, select

from benchmarks.audit_chain import entries
from benchmarks.bulk import Bulk, Row
from benchmarks.generated_contracts import contracts_of
from benchmarks.generated_names import FIRST, LAST, PLACES
from benchmarks.generated_oversight import Held, Oversight
from benchmarks.state_size import Size
from certhub.models import Base
from certhub.models.accounts import User, UserSession
from certhub.models.audit import AuditEntry
from certhub.models.certification import Application, Credential, CredentialPeriod, StatusEvent
from certhub.models.messages import Message
from certhub.models.parties import (
    Assignment,
    Coordinator,
    Employment,
    Municipality,
    Party,
    PartyLanguage,
    Practice,
    TrainingProgram,
    VendorOrganization,
)
from certhub.models.standards import StandardSet, StandardVersion
from certhub.models.training import TrainingCompletion
from certhub.rules.audit_chain import HASHED
from certhub.rules.identifiers import credential_number
from certhub.rules.name_order import folded
from certhub.rules.tokens import token_hash
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import (
    ApplicationKind,
    ApplicationStatus,
    Discipline,
    EmploymentKind,
    Role,
    StatusEventKind,
    SubjectType,
)

SEED = 20_261_121
LARGEST_SHARE = 0.05
"""The share of all coordinators who work for the largest vendor: its lists are the worst case of a scoped view."""

_PARTY_COLUMNS = (
    "id", "kind", "name", "sort_name", "email", "preferred_language", "municipality_id", "region", "created_at",
)  # fmt: skip
_APPLICATION_COLUMNS = (
    "id", "party_id", "owner_id", "kind", "status", "standard_id", "standard_version_id", "credential_id",
    "opened_by_id", "opened_at", "submitted_at", "submitted_on", "complete_at", "reviewer_id", "stage_from",
    "due_on", "closed_at", "closed_on",
)  # fmt: skip
_TERM = timedelta(days=730)
_GRACE = timedelta(days=30)
_OPEN = {
    ApplicationStatus.DRAFT: 30, ApplicationStatus.SUBMITTED: 40, ApplicationStatus.UNDER_REVIEW: 20,
    ApplicationStatus.INCOMPLETE: 8, ApplicationStatus.RECOMMENDED: 2,
}  # fmt: skip
"""Open applications by status, in percent."""


def session_token(account_id: int) -> str:
    """The secret of the session that the generated state holds open for an account."""
    return f"benchmark-session-of-account-{account_id}"


class Generator:
    """Draws the rows and loads them; one use fills one empty database that has its reference data."""

    def __init__(self, connection: Connection, size: Size, *, today: date) -> None:
        self.connection = connection
        self.bulk = Bulk(connection)
        self.size = size
        self.today = today
        self.draw = random.Random(SEED)
        self.now = self.bulk.instant(datetime.combine(today, datetime.min.time(), UTC))
        self.towns = [(row.id, row.region.value) for row in connection.execute(select(Municipality))]
        adopted = connection.execute(
            select(StandardSet.id, StandardSet.subject_type, StandardVersion.id).join(
                StandardVersion, StandardVersion.standard_id == StandardSet.id
            )
        )
        self.standards = {kind: (standard, version) for standard, kind, version in adopted}
        self.vendors = range(1, size.vendors + 1)
        self.practices = range(self.vendors.stop, self.vendors.stop + size.practices)
        self.programs = range(self.practices.stop, self.practices.stop + size.programs)
        self.coordinators = range(self.programs.stop, self.programs.stop + size.coordinators)
        self.employer = {person: self._employer() for person in self.coordinators}
        self.periods: list[Row] = []
        self.credentials: list[Row] = []
        self.applications: list[Row] = []
        self.events: list[Row] = []

    def fill(self) -> None:
        """Load every table."""
        connection = self.connection
        last = connection.execute(
            select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
        ).one()
        connection.commit()
        self.bulk.begin()
        self._parties()
        self._accounts()
        for table, columns, rows in contracts_of(self.vendors, self.today, self.now, self.draw):
            self._load(table, columns, rows)
        self._employment()
        self._certification()
        self._oversight()
        self._training()
        self._messages()
        self._audit(last.seq, last.hash)
        connection.commit()
        self.bulk.finish(Base.metadata.sorted_tables)

    def _load(self, model: type[Base], columns: tuple[str, ...], rows: Iterable[Row]) -> None:
        table = model.__table__
        assert isinstance(table, Table)
        self.bulk.load(table, columns, rows)

    def _employer(self) -> int:
        """The largest vendor has its share, the others what chance gives them."""
        return 1 if self.draw.random() < LARGEST_SHARE else self.draw.choice(self.vendors)

    def _day(self, earliest: int, latest: int) -> date:
        """A day so many days from today."""
        return self.today + timedelta(days=self.draw.randint(earliest, latest))

    def _instant(self, on: date) -> str:
        return self.bulk.instant(datetime(on.year, on.month, on.day, 15, self.draw.randrange(60), tzinfo=UTC))

    def _party(self, number: int, kind: SubjectType, what: str) -> Row:
        """A person, or an organization whose name says what it is."""
        draw = self.draw
        town, region = draw.choice(self.towns)
        person = f"{draw.choice(FIRST)} {draw.choice(LAST)} {draw.choice(LAST)}"
        name = f"{draw.choice(PLACES)} {draw.choice(LAST)} {what} {number}" if what else person
        email = f"{kind.value}{number}@example.org"
        return (number, kind.value, name, folded(name), email, "en", town, region, self.now)

    def _parties(self) -> None:
        draw = self.draw
        self._load(
            Party,
            _PARTY_COLUMNS,
            [
                *(self._party(number, SubjectType.VENDOR, "Family Partners") for number in self.vendors),
                *(self._party(number, SubjectType.PRACTICE, "Pediatrics") for number in self.practices),
                *(self._party(number, SubjectType.TRAINING_PROGRAM, "Institute") for number in self.programs),
                *(self._party(number, SubjectType.COORDINATOR, "") for number in self.coordinators),
            ],
        )
        self._load(
            VendorOrganization,
            ("id", "vendor_code", "self_enrolment"),
            [(number, f"VC6{number:09d}", False) for number in self.vendors],
        )
        self._load(
            Practice,
            ("id", "npi", "pays_coordinator_wages"),
            [(number, f"1{number:09d}", draw.random() < 0.01) for number in self.practices],
        )
        self._load(TrainingProgram, ("id", "parent_institution"), [(number, None) for number in self.programs])
        disciplines = [discipline.value for discipline in Discipline]
        self._load(
            Coordinator, ("id", "discipline"), [(number, draw.choice(disciplines)) for number in self.coordinators]
        )
        spoken = ("es", "pt", "ht", "vi", "zh")
        languages: list[Row] = []
        for number in self.coordinators:
            languages.append((number, "en"))
            if draw.random() < 0.6:
                languages.append((number, draw.choice(spoken)))
        self._load(PartyLanguage, ("party_id", "code"), languages)

    def _accounts(self) -> None:
        """One account for each role of DPH, one for each organization, and one for every fourth coordinator."""
        dph = (Role.DPH_ADMINISTRATOR, Role.DPH_REVIEWER, Role.FUND_MANAGER, Role.AUDITOR)
        accounts: list[tuple[Role, int | None]] = [(role, None) for role in dph]
        accounts += [(Role.VENDOR_HR, number) for number in self.vendors]
        accounts += [(Role.PRACTICE_MANAGER, number) for number in self.practices]
        accounts += [(Role.COORDINATOR, number) for number in self.coordinators[::4]]
        self._load(
            User,
            ("id", "email", "name", "role", "party_id", "created_at"),
            [
                (number, f"account{number}@example.org", f"Account {number}", role.value, party, self.now)
                for number, (role, party) in enumerate(accounts, start=1)
            ],
        )
        until = self.bulk.instant(datetime(2100, 1, 1, tzinfo=UTC))
        self._load(
            UserSession,
            ("user_id", "token_hash", "created_at", "expires_at", "user_agent", "address"),
            [
                (number, token_hash(session_token(number)), self.now, until, "", "")
                for number in range(1, len(accounts) + 1)
            ],
        )

    def _employment(self) -> None:
        draw = self.draw
        rows: list[tuple[int, int, date, date | None, date]] = []
        for person, employer in self.employer.items():
            began = self._day(-1500, -30)
            if draw.random() < 0.3:
                left = began - timedelta(days=draw.randint(1, 200))
                earlier = left - timedelta(days=draw.randint(100, 900))
                rows.append((person, draw.choice(self.vendors), earlier, left, began))
            ends = None if draw.random() < 0.94 else self._day(-29, 60)
            rows.append((person, employer, began, ends, began))
        self._load(
            Employment,
            ("coordinator_id", "employer_id", "kind", "full_time_percent", "starts_on", "ends_on", "recorded_at"),
            [
                (
                    person,
                    employer,
                    EmploymentKind.EMPLOYEE.value,
                    100,
                    _iso(starts),
                    _iso(ends),
                    self._instant(recorded),
                )
                for person, employer, starts, ends, recorded in rows
            ],
        )
        self._load(
            Assignment,
            ("coordinator_id", "practice_id", "vendor_id", "contract_id", "share_percent", "starts_on", "recorded_at"),
            [
                (person, draw.choice(self.practices), employer, employer, 50, _iso(self._day(-400, -1)), self.now)
                for person, employer in self.employer.items()
                if draw.random() < 0.6
            ],
        )

    def _certification(self) -> None:
        for number in self.vendors:
            self._lifecycle(number, SubjectType.VENDOR, number, held=0.95)
        for number in self.practices:
            self._lifecycle(number, SubjectType.PRACTICE, number, held=0.7)
        for number in self.programs:
            self._lifecycle(number, SubjectType.TRAINING_PROGRAM, number, held=0.9)
        for person, employer in self.employer.items():
            self._lifecycle(person, SubjectType.COORDINATOR, employer, held=0.85)
        self._load(
            Credential,
            ("id", "party_id", "subject_type", "standard_id", "number", "granted_on", "recorded_at"),
            self.credentials,
        )
        # In the order in which they were opened, so that numbers grow with time as they do in an office.
        self.applications.sort(key=lambda row: row[9])
        self.applications = [(place, *row[1:]) for place, row in enumerate(self.applications, start=1)]
        self._load(Application, _APPLICATION_COLUMNS, self.applications)
        self._load(
            CredentialPeriod,
            (
                "credential_id", "standard_version_id", "starts_on", "expires_on", "grace_until",
                "reinstatement_until", "because", "recorded_at",
            ),
            self.periods,
        )  # fmt: skip
        self._load(
            StatusEvent,
            ("credential_id", "kind", "effective_on", "ends_on", "reason", "citation", "recorded_at"),
            self.events,
        )

    def _oversight(self) -> None:
        """What hangs on the coordinators' credentials; the place of a period in the list is its number."""
        latest = {row[0]: place for place, row in enumerate(self.periods, start=1)}
        applied = {row[1]: row[0] for row in self.applications}
        held = [
            Held(row[0], row[4], row[1], latest[row[0]], applied[row[1]])
            for row in self.credentials
            if row[2] == SubjectType.COORDINATOR.value
        ]
        oversight = Oversight(
            self._load,
            self.draw,
            today=self.today,
            now=self.now,
            standard=self.standards[SubjectType.COORDINATOR],
        )
        oversight.fill(self.connection, held, self.practices)

    def _lifecycle(self, party: int, kind: SubjectType, owner: int, *, held: float) -> None:
        """One party's way: three quarters current, the rest pending, in grace, lapsed, or under an order."""
        draw = self.draw
        if draw.random() > held:
            if draw.random() < 0.6:
                self._open_application(party, kind, owner, None, ApplicationKind.INITIAL)
            return
        credential = len(self.credentials) + 1
        standard, version = self.standards[kind]
        weight = draw.random()
        pending = 0.86 <= weight < 0.91
        if weight < 0.86:
            expires = self._day(0, 720)
        elif weight < 0.95:
            expires = self._day(-29, -1)  # renewal pending, or in grace
        else:
            expires = self._day(-900, -31)
        starts = [expires - _TERM * back + timedelta(days=1) for back in range(draw.choice((1, 1, 2, 2, 3)), 0, -1)]
        number = credential_number(kind, starts[0].year, credential)
        granted = self._instant(starts[0])
        self.credentials.append((credential, party, kind.value, standard, number, _iso(starts[0]), granted))
        for place, start in enumerate(starts):
            last = start + _TERM - timedelta(days=1)
            self.periods.append(
                (
                    credential, version, _iso(start), _iso(last), _iso(last + _GRACE), _iso(last + timedelta(days=365)),
                    f"24 months from {start}", self._instant(start),
                )
            )  # fmt: skip
            application = ApplicationKind.RENEWAL if place else ApplicationKind.INITIAL
            self._decided_application(party, kind, owner, credential if place else None, application, on=start)
        if pending:
            self._open_application(party, kind, owner, credential, ApplicationKind.RENEWAL, before=expires)
        if draw.random() < 0.03:
            self._event(credential)

    def _event(self, credential: int) -> None:
        kind = self.draw.choice(list(StatusEventKind))
        begins = self._day(-500, -1)
        ends = begins + timedelta(days=180) if kind is StatusEventKind.PROBATION else None
        self.events.append((credential, kind.value, _iso(begins), _iso(ends), "Generated", "", self._instant(begins)))

    def _decided_application(
        self, party: int, kind: SubjectType, owner: int, credential: int | None, what: ApplicationKind, *, on: date
    ) -> None:
        standard, version = self.standards[kind]
        submitted, closed = on - timedelta(days=40), on - timedelta(days=1)
        handed_over = self._instant(submitted)
        self.applications.append(
            (
                0, party, owner, what.value, ApplicationStatus.APPROVED.value, standard, version, credential, 1,
                self._instant(submitted - timedelta(days=20)), handed_over, _iso(submitted), handed_over, 2,
                _iso(closed), None, self._instant(closed), _iso(closed),
            )
        )  # fmt: skip

    def _open_application(
        self,
        party: int,
        kind: SubjectType,
        owner: int,
        credential: int | None,
        what: ApplicationKind,
        *,
        before: date | None = None,
    ) -> None:
        standard, version = self.standards[kind]
        status = self.draw.choices(list(_OPEN), list(_OPEN.values()))[0]
        if before is not None and status is ApplicationStatus.DRAFT:
            status = ApplicationStatus.SUBMITTED
        submitted = (before or self.today) - timedelta(days=self.draw.randint(1, 60))
        draft = status is ApplicationStatus.DRAFT
        handed_over = None if draft else self._instant(submitted)
        complete = None if status in (ApplicationStatus.DRAFT, ApplicationStatus.INCOMPLETE) else handed_over
        self.applications.append(
            (
                0, party, owner, what.value, status.value, standard, None if draft else version, credential, 1,
                self._instant(submitted - timedelta(days=20)), handed_over, None if draft else _iso(submitted),
                complete, 2 if status is ApplicationStatus.UNDER_REVIEW else None, _iso(submitted),
                None if complete is None else _iso(submitted + timedelta(days=30)), None, None,
            )
        )  # fmt: skip

    def _training(self) -> None:
        self._load(
            TrainingCompletion,
            (
                "coordinator_id", "vendor_id", "title", "provider", "provider_approved", "category", "minutes",
                "completed_on", "recorded_by_id", "recorded_at", "withdrawn",
            ),
            self._completions(),
        )  # fmt: skip

    def _completions(self) -> Iterator[Row]:
        """In the order in which they were entered, over three years."""
        draw, total = self.draw, self.size.training
        people = list(self.coordinators)
        titles = [f"Care coordination module {number}" for number in range(200)]
        categories = [category.value for category in TrainingCategory]
        for place in range(total):
            if place % 1000 == 0:
                day = self.today - timedelta(days=1095 - round(1094 * place / total))
                entered, written = self._instant(day), _iso(day)
            person = draw.choice(people)
            yield (
                person, self.employer[person], draw.choice(titles), "New England Institute", True,
                draw.choice(categories), 60, written, 1, entered, False,
            )  # fmt: skip

    def _messages(self) -> None:
        draw, people = self.draw, list(self.coordinators)
        columns = (
            "kind", "dedupe_key", "message_id", "recipient", "recipient_name", "party_id", "subject", "body_text",
            "body_html", "status", "attempts", "created_at", "waits_since", "next_attempt_at", "sent_at",
        )  # fmt: skip
        rows: list[Row] = []
        for number in range(1, self.size.messages + 1):
            person, at = draw.choice(people), self._instant(self._day(-700, -1))
            rows.append(
                (
                    "deadlines", f"benchmark:{number}", f"<benchmark-{number}@example.org>", f"to{number}@example.org",
                    "Recipient", person, "Upcoming deadlines", "Text", "<p>Text</p>", "sent", 1, at, at, at, at,
                )
            )  # fmt: skip
        self._load(Message, columns, rows)

    def _audit(self, last: int, head: str) -> None:
        columns = (*HASHED, "previous_hash", "hash")
        people = len(self.coordinators)
        self._load(
            AuditEntry,
            columns,
            (
                tuple(self._audited(row, column) for column in columns)
                for row in entries(self.size.audit - last, after=last, head=head, parties=people)
            ),
        )

    def _audited(self, row: dict[str, Any], column: str) -> Any:
        value = row[column]
        return self.bulk.instant(value) if isinstance(value, datetime) else value


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
