"""Every holder of a credential under a standard, as the rules see each, in a constant number of statements.

Training is most of what is on file: 20,000 holders have a million completions. A standard counts them by window and
category only, so the database adds them up and each holder's dossier gets one item for all hours of a category in a
window. Entries that could be the same training twice are left out of the sums and stay single, because the rule that
tells them apart reads titles as people type them. Judged on either dossier, a holder has the same results.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.orm import aliased

from certhub.database import db
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.parties import Coordinator, Party
from certhub.models.standards import StandardSet
from certhub.models.training import TrainingApproval, TrainingCompletion
from certhub.queries import dossiers, independence
from certhub.queries.credential_status import is_authorized, standing
from certhub.queries.dossiers import Completions
from certhub.queries.given_rows import given_rows
from certhub.queries.training import COMPLETION_COLUMNS
from certhub.rules.dossier import CompletionItem, Dossier, Occasion
from certhub.rules.independence import Conflict
from certhub.rules.permissions import Viewer
from certhub.rules.requirement_kinds import Prepared
from certhub.rules.requirement_kinds.training_counting import CourseSetParameters, HoursParameters, counted_spans
from certhub.rules.terms import ONE_DAY
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.training_entry import is_approved
from certhub.rules.vocabulary import ApplicationKind, Discipline, SubjectType

_Span = tuple[date, date, date]
"""The last day of a term, and the first and last day of a span of days in its windows."""

_party = Party.__table__.c
_person = Coordinator.__table__.c
_done = TrainingCompletion


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever holds a credential that is in force, with the term that runs last and all that is on file."""

    credential_id: int
    party_id: int
    number: str
    name: str
    birthday: tuple[int, int] | None
    starts_on: date
    expires_on: date
    dossier: Dossier


def size(standard: StandardSet, *, as_of: date) -> int:
    """How many hold a credential that is in force on a day."""
    return db.session.scalar(select(func.count()).select_from(_holders(standard, as_of).subquery())) or 0


def holders(
    viewer: Viewer, standard: StandardSet, requirements: Sequence[Prepared], *, as_of: date
) -> Iterator[Holder]:
    """Those whose credential under `standard` is in force, by credential; their training as `requirements` count it.

    Only for viewers who see every record: others have no business with the whole population.
    """
    kind = standard.subject_type
    training = _Training(standard, requirements, as_of) if kind is SubjectType.COORDINATOR else None
    breaches: defaultdict[int, dict[Conflict, None]] = defaultdict(dict)
    for breach in independence.standing(viewer, on=as_of):
        side = {
            SubjectType.COORDINATOR: breach.coordinator_id,
            SubjectType.PRACTICE: breach.practice_id,
            SubjectType.VENDOR: breach.vendor_id,
        }
        if kind in side:
            breaches[side[kind]][breach.conflict] = None
    everybody = select(_party.id).where(_party.kind == kind)
    dossier_of = dossiers.gathered(
        kind,
        lambda whose: whose.in_(everybody),
        completions=training.condensed() if training else {},
        conflicts={party_id: [one.sentence for one in found] for party_id, found in breaches.items()},
        application=None,
        as_of=as_of,
    )
    for row in db.session.execute(_holders(standard, as_of)):
        discipline = None if row.discipline is None else Discipline(row.discipline)
        yield Holder(
            credential_id=row.id,
            party_id=row.party_id,
            number=row.number,
            name=row.name,
            birthday=(row.birth_month, row.birth_day) if row.birth_month and row.birth_day else None,
            starts_on=row.starts_on,
            expires_on=row.expires_on,
            dossier=dossier_of(row.party_id, discipline),
        )


def _holders(standard: StandardSet, as_of: date) -> Select[Any]:
    today, last = standing(as_of), _last_terms()
    return (
        today.joined(
            select(
                Credential.id,
                Credential.party_id,
                Credential.number,
                _party.name,
                _person.discipline,
                _person.birth_month,
                _person.birth_day,
                last.c.starts_on,
                last.c.expires_on,
            )
            .join(last, last.c.credential_id == Credential.id)
            .join(Party.__table__, _party.id == Credential.party_id)
            .outerjoin(Coordinator.__table__, _person.id == Credential.party_id),
            Credential.__table__.c.id,
        )
        .where(Credential.standard_id == standard.id, is_authorized(today.status))
        .order_by(Credential.id)
    )


def _last_terms() -> FromClause:
    """The last term of each credential, begun or not: the one that no later one follows."""
    term, later = aliased(CredentialPeriod), aliased(CredentialPeriod)
    followed = exists(
        select(later.id).where(
            later.credential_id == term.credential_id, later.superseded_at.is_(None), later.starts_on > term.starts_on
        )
    )
    return (
        select(term.credential_id, term.starts_on, term.expires_on)
        .where(term.superseded_at.is_(None), ~followed)
        .subquery("last_term")
    )


class _Bucket(NamedTuple):
    """What the hours that are added up have in common."""

    coordinator_id: int
    since: date
    category: str
    said: bool
    found: bool | None


class _Training:
    """The training of all coordinators, added up as far as the requirements allow."""

    def __init__(self, standard: StandardSet, requirements: Sequence[Prepared], as_of: date) -> None:
        self.standard, self.as_of = standard, as_of
        self.hours = [each.params for each in requirements if isinstance(each.params, HoursParameters)]
        self.codes = sorted(
            {code for each in requirements if isinstance(each.params, CourseSetParameters) for code in each.params.ids}
        )

    def condensed(self) -> Completions:
        """For each coordinator, one item for all hours that count alike, and those that cannot be added up."""
        sums: defaultdict[_Bucket, int] = defaultdict(int)
        found: defaultdict[int, list[CompletionItem]] = defaultdict(list)
        if spans := list(self._spans()):
            counted = self._counted(spans)
            keys = list(counted.selected_columns)
            for *bucket, minutes in db.session.execute(counted.add_columns(func.sum(_done.minutes)).group_by(*keys)):
                sums[_Bucket(*bucket)] += minutes
            for row in db.session.execute(_collisions(counted, spans)):
                alone = _Bucket(*row[: len(keys)])
                sums[alone] -= row.minutes
                found[alone.coordinator_id].append(dossiers.completion_item(row, found=alone.found))
        for place, (added_up, minutes) in enumerate(sums.items(), start=1):
            if minutes:
                found[added_up.coordinator_id].append(_sum_item(-place, added_up, minutes))
        for row in db.session.execute(self._of_courses()) if self.codes else ():
            found[row.coordinator_id].append(replace(dossiers.completion_item(row, found=row.found), hours=Decimal(0)))
        return {coordinator_id: tuple(items) for coordinator_id, items in found.items()}

    def _spans(self) -> Iterator[_Span]:
        """For each last day of a term, the spans of days within which hours count alike."""
        last = _last_terms()
        expiries = db.session.scalars(
            select(last.c.expires_on)
            .join(Credential, Credential.id == last.c.credential_id)
            .where(Credential.standard_id == self.standard.id)
            .distinct()
            .order_by(last.c.expires_on)
        ).all()
        for expires_on in expiries:
            windows = [
                (first, min(end, self.as_of))
                for params in self.hours
                for first, end in counted_spans(params, self._occasion(expires_on))
                if first <= min(end, self.as_of)
            ]
            cuts = sorted({first for first, _ in windows} | {last_day + ONE_DAY for _, last_day in windows})
            for first, after in pairwise(cuts):
                if any(start <= first <= end for start, end in windows):
                    yield expires_on, first, after - ONE_DAY

    def _occasion(self, expires_on: date) -> Occasion:
        """Windows are measured back from the expiry; on when the term began and will end they do not depend."""
        return Occasion(
            self.as_of, ApplicationKind.RENEWAL, expires_on, expires_on, previous_start=None, previous_expiry=expires_on
        )

    def _counted(self, spans: Sequence[_Span]) -> Select[Any]:
        """The completions that fall into spans, each as the bucket that it is added to."""
        span, last, word = _as_table(spans), _last_terms(), _latest_words()
        statement = (
            select(_done.coordinator_id.label("of"))
            .select_from(last)
            .join(Credential, and_(Credential.id == last.c.credential_id, Credential.standard_id == self.standard.id))
            .join(span, span.c.expires_on == last.c.expires_on)
            .join(
                _done,
                and_(
                    _done.coordinator_id == Credential.party_id,
                    _done.superseded_at.is_(None),
                    _done.completed_on.between(span.c.first_on, span.c.last_on),
                    _done.withdrawn.is_(False),
                ),
            )
            .outerjoin(word, word.c.completion_id == _done.id)
        )
        since: ColumnElement[date] = span.c.first_on
        if any(params.carry_over_max for params in self.hours):
            # Hours are carried over from the first grant on, so no item may hold hours of before and after it.
            grant = _first_grants()
            statement = statement.join(grant, grant.c.party_id == _done.coordinator_id)
            later = and_(grant.c.on > span.c.first_on, _done.completed_on >= grant.c.on)
            since = case((later, grant.c.on), else_=span.c.first_on)
        return statement.add_columns(
            since.label("since"),
            self._category().label("counted_as"),
            _done.provider_approved.label("said"),
            word.c.approved.label("found"),
        )

    def _category(self) -> ColumnElement[str]:
        """The category, where a requirement names it; those that none names are all alike."""
        named = {name for params in self.hours for name in (*params.categories, *params.category_mins)}
        alike = next((one.value for one in TrainingCategory if one.value not in named), None)
        if alike is None:
            return _done.__table__.c.category
        return case((_done.category.in_(sorted(named)), _done.category), else_=literal(alike))

    def _of_courses(self) -> Select[Any]:
        """The completions of the courses that a requirement names; their hours are in the sums already."""
        word = _latest_words()
        return (
            select(*COMPLETION_COLUMNS, _done.coordinator_id, word.c.approved.label("found"))
            .outerjoin(word, word.c.completion_id == _done.id)
            .where(
                _done.course_code.in_(self.codes),
                _done.superseded_at.is_(None),
                _done.withdrawn.is_(False),
                _done.completed_on <= self.as_of,
            )
        )


def _collisions(counted: Select[Any], spans: Sequence[_Span]) -> Select[Any]:
    """Of what is counted, the completions of one category and day that could be the same training."""
    together = (
        select(_done.coordinator_id, _done.completed_on, _done.category)
        .where(
            _done.superseded_at.is_(None),
            _done.withdrawn.is_(False),
            _done.completed_on.between(min(first for _, first, _ in spans), max(last for _, _, last in spans)),
        )
        .group_by(_done.coordinator_id, _done.completed_on, _done.category)
        .having(func.count() > 1)
        .cte("together")
        .prefix_with("MATERIALIZED")  # or each of PostgreSQL's parallel workers counts for itself
    )
    whole: Any = counted.add_columns(*COMPLETION_COLUMNS)
    possible: Select[Any] = whole.join(
        together,
        and_(
            together.c.coordinator_id == _done.coordinator_id,
            together.c.completed_on == _done.completed_on,
            together.c.category == _done.category,
        ),
    )
    return possible


def _sum_item(number: int, bucket: _Bucket, minutes: int) -> CompletionItem:
    """The hours of a bucket as one training; its title tells it from the others of that day and category."""
    return CompletionItem(
        id=number,
        title=f"{bucket.said} {bucket.found}",
        completed_on=bucket.since,
        hours=Decimal(minutes) / 60,
        category=bucket.category,
        provider_approved=is_approved(said=bucket.said, found=bucket.found),
        rejected=bucket.found is False,
    )


def _first_grants() -> Subquery:
    return (
        select(Credential.party_id, func.min(Credential.granted_on).label("on"))
        .group_by(Credential.party_id)
        .subquery("first_grant")
    )


def _latest_words() -> Subquery:
    """The reviewers' latest word on each training that they have spoken on."""
    newest = select(func.max(TrainingApproval.id)).group_by(TrainingApproval.completion_id)
    return (
        select(TrainingApproval.completion_id, TrainingApproval.approved)
        .where(TrainingApproval.id.in_(newest))
        .subquery("latest_word")
    )


def _as_table(spans: Sequence[_Span]) -> CTE:
    return given_rows("counted_span", {"expires_on": Date(), "first_on": Date(), "last_on": Date()}, spans)
