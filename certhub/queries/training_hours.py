"""The roster of hours: for each coordinator what training the next step asks for, what is there, and what is lacking.

Each row is judged by the rules that judge the person's own record, on what a page of people has on file, read in a
constant number of statements. "Who lacks what" is therefore no condition in SQL, which would be a second set of rules:
such a list looks through many people at a time and shows those of them who do.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.certification import Application, Credential, CredentialPeriod
from certhub.models.parties import Coordinator, Employment, Party
from certhub.models.standards import StandardVersion
from certhub.models.training import TrainingApproval, TrainingCompletion
from certhub.queries import coordinators, dossiers, evaluations, parties, standards
from certhub.queries.coordinators import Filters
from certhub.queries.dossiers import Completions
from certhub.queries.open_applications import UnderJudgement, open_applications
from certhub.queries.paging import PAGE_SIZE, Page, paged
from certhub.queries.training import COMPLETION_COLUMNS
from certhub.queries.visibility import sees_everything
from certhub.rules.dossier import CompletionItem, Occasion
from certhub.rules.name_order import folded
from certhub.rules.permissions import Viewer
from certhub.rules.requirement_kinds import Prepared, counts_training
from certhub.rules.requirement_kinds.training_counting import CourseSetParameters, counted_spans
from certhub.rules.status import has_ended
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.transcript import Account, Need, accounts, asked_at
from certhub.rules.vocabulary import ApplicationKind, Discipline, SubjectType

LOOKED_THROUGH = 200
"""People on a page of those who lack something: that many are judged, and those who do are shown."""

_party = Party.__table__.c
_person = Coordinator.__table__.c
_vendor = Party.__table__.alias("vendor").c
_ASKED_ABOUT = (_person.discipline, _person.birth_month, _person.birth_day)
_done = TrainingCompletion


@dataclass(frozen=True, slots=True)
class Lack:
    """What somebody must lack to be listed: anything, hours of a category, or something for one requirement."""

    category: TrainingCategory | None = None
    code: str = ""

    def fits(self, need: Need) -> bool:
        """Whether this is what is lacked."""
        return (self.category is None or need.category is self.category) and self.code in ("", need.code)


ANYTHING = "anything"


def lack_asked(word: str) -> Lack | None:
    """What a filter asks for by the word in an address: a category, anything, or nothing."""
    if word == ANYTHING:
        return Lack()
    return Lack(TrainingCategory(word)) if word in set(TrainingCategory) else None


@dataclass(frozen=True, slots=True)
class HoursFilters:
    """What the roster is narrowed to; the page keeps these in its address."""

    people: Filters = field(default_factory=Filters)
    vendor: str = ""
    lacks: Lack | None = None
    ends_within: int | None = None

    @property
    def any(self) -> bool:
        """Whether the roster is narrowed at all."""
        return self != HoursFilters()


@dataclass(frozen=True, slots=True)
class HoursRow:
    """A coordinator with the hours that count for the next step; no accounts where nothing is asked for.

    `expires_on` is the last day of the term that is to be renewed, None before the first certificate.
    """

    id: int
    name: str
    employers: tuple[str, ...]
    credential: parties.Held | None
    expires_on: date | None
    kind: ApplicationKind | None
    accounts: tuple[Account, ...]

    @property
    def needs(self) -> list[Need]:
        """What is lacking, requirement by requirement."""
        return [need for account in self.accounts for need in account.needs]

    def lacks(self, what: Lack) -> bool:
        """Whether this is among what is lacking."""
        return any(what.fits(need) for need in self.needs)


@dataclass(frozen=True, slots=True)
class Roster:
    """A page of the roster, with the categories of which some version of the standard asks for hours of their own."""

    page: Page[HoursRow]
    categories: list[TrainingCategory]


class _Person(NamedTuple):
    """Somebody on the roster, with what a standard can ask about the person."""

    id: int
    name: str
    discipline: Discipline
    birthday: tuple[int, int] | None


def page(viewer: Viewer, filters: HoursFilters, *, as_of: date, cursor: str | None = None) -> Roster:
    """A page of the roster in the order of names; of those who lack something, out of `LOOKED_THROUGH` people."""
    versions = _versions()
    found = paged(
        _selected(viewer, filters, as_of),
        [Party.sort_name, Party.id],
        _person_of,
        cursor=cursor,
        size=PAGE_SIZE if filters.lacks is None else LOOKED_THROUGH,
    )
    rows = _fitting(viewer, found.rows, filters.lacks, versions, as_of)
    return Roster(Page(rows, found.next, found.previous), _categories(versions))


def whole(viewer: Viewer, filters: HoursFilters, *, as_of: date) -> Iterator[HoursRow]:
    """The whole roster in the order of names, some hundred people at a time."""
    in_order = _selected(viewer, filters, as_of).order_by(Party.sort_name, Party.id)
    return _in_turn(viewer, in_order, filters.lacks, as_of)


def count(viewer: Viewer, filters: HoursFilters, *, as_of: date) -> int:
    """How many people a roster looks through."""
    people = _selected(viewer, filters, as_of).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(people)) or 0


def who_lack(
    viewer: Viewer,
    *,
    as_of: date,
    category: TrainingCategory | None = None,
    code: str = "",
    filters: Filters | None = None,
    most: int | None = None,
) -> Iterator[HoursRow]:
    """The coordinators who still lack hours of a category, or something for a requirement; the nearest deadline first.

    After those whose term runs come those whose last day has passed, who make hours up for a reinstatement, and then
    whoever has no term yet. They are judged as they are asked for, some hundred at a time; `most` people are looked at.
    """
    last = _last_days().subquery("last_days")
    statement = (
        _selected(viewer, HoursFilters(people=filters or Filters()), as_of)
        .outerjoin(last, last.c.party_id == _party.id)
        .order_by(
            case((last.c.last_day >= as_of, 0), (last.c.last_day.is_not(None), 1), else_=2),
            last.c.last_day,
            Party.sort_name,
            Party.id,
        )
        .limit(most)
    )
    return _in_turn(viewer, statement, Lack(category, code), as_of)


def _in_turn(viewer: Viewer, statement: Select[Any], lack: Lack | None, as_of: date) -> Iterator[HoursRow]:
    """The rows of a statement that fit, judged some hundred people at a time."""
    ids = db.session.scalars(statement.with_only_columns(_party.id, maintain_column_froms=True)).all()
    versions = _versions()
    for start in range(0, len(ids), LOOKED_THROUGH):
        some = ids[start : start + LOOKED_THROUGH]
        rows = db.session.execute(
            select(_party.id, _party.name, *_ASKED_ABOUT)
            .join(Coordinator.__table__, _person.id == _party.id)
            .where(_party.id.in_(some))
        )
        people = {row.id: _person_of(row) for row in rows}
        yield from _fitting(viewer, [people[number] for number in some], lack, versions, as_of)


def _fitting(
    viewer: Viewer, people: Sequence[_Person], lack: Lack | None, versions: list[StandardVersion], as_of: date
) -> list[HoursRow]:
    rows = _judged(viewer, people, versions, as_of)
    return rows if lack is None else [row for row in rows if row.lacks(lack)]


def _versions() -> list[StandardVersion]:
    return standards.adopted(standards.for_subject(SubjectType.COORDINATOR).id)


def _categories(versions: Sequence[StandardVersion]) -> list[TrainingCategory]:
    named = {
        name
        for version in versions
        for one in standards.definition_of(version).requirements
        if counts_training(one)
        for name in one.params.get("category_mins", ())
    }
    return [category for category in TrainingCategory if category.value in named]


def _person_of(row: Any) -> _Person:
    return _Person(
        row.id,
        row.name,
        Discipline(row.discipline),
        (row.birth_month, row.birth_day) if row.birth_month and row.birth_day else None,
    )


def _selected(viewer: Viewer, filters: HoursFilters, as_of: date) -> Select[Any]:
    statement = coordinators.selected(viewer, filters.people).add_columns(*_ASKED_ABOUT)
    if filters.ends_within is not None:
        last = _last_days().having(
            func.max(CredentialPeriod.expires_on).between(as_of, as_of + timedelta(days=filters.ends_within))
        )
        statement = statement.where(_party.id.in_(last.with_only_columns(Credential.party_id)))
    if filters.vendor and sees_everything(viewer):
        there = (
            select(Employment.coordinator_id)
            .join(_vendor.id.table, _vendor.id == Employment.employer_id)
            .where(
                _vendor.sort_name.contains(folded(filters.vendor), autoescape=True),
                Employment.superseded_at.is_(None),
                or_(Employment.ends_on.is_(None), Employment.ends_on >= as_of),
            )
        )
        statement = statement.where(_party.id.in_(there))
    return statement


def _last_days() -> Select[int, date]:
    """The last day for which each coordinator's credential was granted, by the person."""
    return (
        select(Credential.party_id, func.max(CredentialPeriod.expires_on).label("last_day"))
        .join(CredentialPeriod, CredentialPeriod.credential_id == Credential.id)
        .where(Credential.subject_type == SubjectType.COORDINATOR, CredentialPeriod.superseded_at.is_(None))
        .group_by(Credential.party_id)
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """What is next for somebody: by which standard it is judged, on which occasion, and in which application if any."""

    asked: tuple[Prepared, ...]
    occasion: Occasion
    application: UnderJudgement | None = None


def _judged(viewer: Viewer, people: Sequence[_Person], versions: list[StandardVersion], as_of: date) -> list[HoursRow]:
    """Some people with their hours, each as the own record says it, in a constant number of statements."""
    ids = [one.id for one in people]
    if not ids:
        return []
    steps = _Steps(people, versions, as_of)
    completions = _completions(steps.of, as_of)
    applications = {number: step.application for number, step in steps.of.items() if step.application is not None}
    dossier_of = dossiers.trained(
        lambda column: column.in_(ids), completions=completions, applications=applications, as_of=as_of
    )
    employers = coordinators.employers_of(viewer, ids)
    rows = []
    for one in people:
        step, term = steps.of.get(one.id), steps.terms.get(one.id)
        found = [] if step is None else accounts(step.asked, dossier_of(one.id, one.discipline), step.occasion)
        rows.append(
            HoursRow(
                id=one.id,
                name=one.name,
                employers=tuple(employers[one.id]),
                credential=steps.held.get(one.id),
                expires_on=None if term is None else term.expires_on,
                kind=None if step is None else step.occasion.kind,
                accounts=tuple(found),
            )
        )
    return rows


class _Steps:
    """What is next for each of some people, as `evaluations` says it for one."""

    def __init__(self, people: Sequence[_Person], versions: list[StandardVersion], as_of: date) -> None:
        ids = [one.id for one in people]
        self.as_of, self.versions = as_of, versions
        self.held = parties.credentials_of(ids)
        self.terms = _last_terms(ids)
        self.filed = open_applications(ids)
        self._asked: dict[tuple[int, ApplicationKind, bool], tuple[Prepared, ...]] = {}
        self.of: dict[int, _Step] = {}
        for one in people:
            step = self._next(one)
            if step is not None:
                self.of[one.id] = step

    def _next(self, person: _Person) -> _Step | None:
        number = person.id
        term, held, under = self.terms.get(number), self.held.get(number), self.filed.get(number)
        filed = under.application if under else None
        if held is None:
            version = self._version(filed) or standards.among(self.versions, self.as_of)
            return self._step(version, Occasion(self.as_of, ApplicationKind.INITIAL, self.as_of, self.as_of), under)
        if term is None or has_ended(held.status):
            return None
        if filed is not None and filed.credential_id is not None and filed.submitted_on is not None:
            occasion = Occasion(
                as_of=self.as_of,
                kind=filed.kind,
                term_start=term.expires_on,
                term_end=term.expires_on,
                previous_start=term.starts_on,
                previous_expiry=term.expires_on,
                filed_on=filed.submitted_on,
            )
            return self._step(self._version(filed) or self.versions[-1], occasion, under)
        forecast = standards.next_renewal(term, as_of=self.as_of, versions=self.versions)
        policy = standards.definition_of(forecast.version).terms
        ahead = evaluations.next_step(
            policy,
            term,
            forecast.window,
            in_force=held.practice,
            as_of=self.as_of,
            holder=person.birthday,
        )
        return None if ahead is None else self._step(forecast.version, ahead[1])

    def _version(self, filed: Application | None) -> StandardVersion | None:
        """The version that was fixed when an application was submitted."""
        fixed = None if filed is None else filed.standard_version_id
        return next((one for one in self.versions if one.id == fixed), None)

    def _step(self, version: StandardVersion, occasion: Occasion, application: UnderJudgement | None = None) -> _Step:
        key = (version.id, occasion.kind, occasion.is_late)
        if key not in self._asked:
            self._asked[key] = tuple(asked_at(standards.definition_of(version), occasion))
        return _Step(self._asked[key], occasion, application)


def _last_terms(ids: Collection[int]) -> dict[int, CredentialPeriod]:
    """The term of each person that runs last, begun or not."""
    rows = db.session.execute(
        select(CredentialPeriod, Credential.party_id)
        .join(Credential, Credential.id == CredentialPeriod.credential_id)
        .where(
            Credential.party_id.in_(ids),
            Credential.subject_type == SubjectType.COORDINATOR,
            CredentialPeriod.superseded_at.is_(None),
        )
        .order_by(CredentialPeriod.starts_on)
    )
    return {party_id: term for term, party_id in rows}


def _completions(steps: Mapping[int, _Step], as_of: date) -> Completions:
    """What the steps can count: all of the days of their windows, and the courses that one asks for.

    People whose windows begin in one year are asked for together, so that few rows are read in vain.
    """
    since: defaultdict[int, list[int]] = defaultdict(list)
    first_of: dict[int, date] = {}
    codes: set[str] = set()
    for number, step in steps.items():
        firsts = []
        for one in step.asked:
            if isinstance(one.params, CourseSetParameters):
                codes |= set(one.params.ids)
            else:
                firsts += [first for first, _ in counted_spans(one.params, step.occasion)]
        if firsts:
            first = min(firsts)
            since[first.year].append(number)
            first_of[first.year] = min(first, first_of.get(first.year, first))
    counted = [
        and_(_done.coordinator_id.in_(whose), _done.completed_on >= first_of[year]) for year, whose in since.items()
    ]
    if codes:
        counted.append(and_(_done.coordinator_id.in_(list(steps)), _done.course_code.in_(sorted(codes))))
    if not counted:
        return {}
    newest = select(func.max(TrainingApproval.id)).group_by(TrainingApproval.completion_id)
    word = aliased(TrainingApproval)
    rows = db.session.execute(
        select(*COMPLETION_COLUMNS, _done.coordinator_id, word.approved.label("found"))
        .outerjoin(word, and_(word.completion_id == _done.id, word.id.in_(newest)))
        .where(
            _done.superseded_at.is_(None),
            _done.withdrawn.is_(False),
            _done.completed_on <= as_of,
            or_(*counted),
        )
    )
    found: defaultdict[int, list[CompletionItem]] = defaultdict(list)
    for row in rows:
        found[row.coordinator_id].append(dossiers.completion_item(row, found=row.found))
    return {number: tuple(items) for number, items in found.items()}
