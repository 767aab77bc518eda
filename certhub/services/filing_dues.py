"""Noting for which periods organizations file what a standard asks for, so that set-based reminders can ask for it.

The rules count the periods. What is noted once keeps its number, which its reminders hang on.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from certhub.database import db
from certhub.models.certification import Credential, CredentialPeriod
from certhub.models.standards import StandardSet, StandardVersion
from certhub.models.submittals import FilingDue
from certhub.queries import standards
from certhub.queries.credential_status import is_authorized, status_column
from certhub.rules.filing_periods import open_periods
from certhub.rules.requirement_kinds import typed_parameters
from certhub.rules.requirement_kinds.duties import AFTER_PERIOD, FilingParameters
from certhub.rules.standard import Standard
from certhub.rules.submittals import may_be_handed_in
from certhub.rules.vocabulary import ApplicationKind, RequirementKind, Stage, SubjectType, VersionStatus
from certhub.services.bulk_changes import insert_or

NO_LONGER_ASKED = "the standard does not ask for it any more"
NOT_HELD = "the credential was not held on the last day of the period"
LATER_ONES = "later ones count now"

_HOLDERS = sorted(set(SubjectType) - {SubjectType.COORDINATOR})
_KEY = ["credential_id", "requirement_code", "period_to"]
_SAID = ["what", "due_on", "put_aside_because"]

Key = tuple[int, str, date]
Row = dict[str, Any]
Versions = dict[int, list[StandardVersion]]


def note(day: date, *, floor: date, at: datetime) -> None:
    """Put down which periods are asked for on `day`, of those due on `floor` or later, and put aside the others.

    A day without news writes nothing, and the number of statements does not grow with the holders. Nothing changes for
    a credential that is not in force: what was due of it waits.
    """
    versions = _versions()
    if not versions:
        return
    known, changed = _known(floor), []
    for terms in list(_terms_in_force(day, versions)):
        credential = terms[-1].credential
        before = known.get(credential.id, {})
        for key, row in _wanted(terms, day, floor, versions[credential.standard_id], before):
            if key not in before or _said(row) != _said(before[key]):
                changed.append(row | {"noted_at": at})
    if changed:
        new = insert_or(FilingDue)
        told = {name: new.excluded[name] for name in (*_SAID, "noted_at")}
        db.session.execute(new.on_conflict_do_update(index_elements=_KEY, set_=told), changed)


def _wanted(
    terms: Sequence[CredentialPeriod], day: date, floor: date, versions: list[StandardVersion], known: dict[Key, Row]
) -> Iterator[tuple[Key, Row]]:
    """What is said now of each period that is asked for, or that was noted before."""
    credential, asked = terms[-1].credential, _asked(terms[-1], day, versions)
    found: set[Key] = set()
    for code, params in asked.items():
        for one in open_periods(
            params.period, params.due_days, day, grace_days=params.grace_days, judged=params.periods
        ):  # fmt: skip
            if one.due_on >= floor and _held_on(one.ended_on, terms):
                key = credential.id, code, one.ended_on
                found.add(key)
                yield key, {
                    "credential_id": credential.id, "party_id": credential.party_id, "requirement_code": code,
                    "what": params.what, "period_from": one.from_on, "period_to": one.ended_on, "due_on": one.due_on,
                    "put_aside_because": None,
                }  # fmt: skip
    for key, row in known.items():
        if key not in found:
            yield key, row | {"put_aside_because": _put_aside(row, asked, terms)}


def _asked(term: CredentialPeriod, day: date, versions: list[StandardVersion]) -> dict[str, FilingParameters]:
    """What is filed by the version that would judge a renewal today, while the holder has a form for it."""
    today = standards.among(versions, day, kind=ApplicationKind.RENEWAL, renewing=term)
    ahead = standards.next_renewal(term, as_of=day, versions=versions).version
    with_form = periodic_filings(standards.definition_of(ahead))
    return {
        code: params
        for code, params in periodic_filings(standards.definition_of(today)).items()
        if code in with_form
    }  # fmt: skip


def _put_aside(row: Row, asked: Container[str], terms: Sequence[CredentialPeriod]) -> str:
    if row["requirement_code"] not in asked:
        return NO_LONGER_ASKED
    return LATER_ONES if _held_on(row["period_to"], terms) else NOT_HELD


def _held_on(last_day: date, terms: Sequence[CredentialPeriod]) -> bool:
    """Whether a term had begun on the last day of a period and had not ended, or is the one that lasts."""
    return last_day > terms[-1].expires_on or any(one.starts_on <= last_day <= one.expires_on for one in terms)


def _said(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in _SAID)


def _versions() -> Versions:
    """The adopted versions of each standard of organizations that ever asked for such filings."""
    found: Versions = defaultdict(list)
    for version in db.session.scalars(
        select(StandardVersion)
        .join(StandardVersion.standard)
        .options(contains_eager(StandardVersion.standard))
        .where(StandardSet.subject_type.in_(_HOLDERS), StandardVersion.status == VersionStatus.ADOPTED)
        .order_by(StandardVersion.version)
    ):
        found[version.standard_id].append(version)
    return {
        standard_id: versions
        for standard_id, versions in found.items()
        if any(periodic_filings(standards.definition_of(one)) for one in versions)
    }


def _known(floor: date) -> dict[int, dict[Key, Row]]:
    """What is noted of the periods due on `floor` or later, by credential."""
    found: defaultdict[int, dict[Key, Row]] = defaultdict(dict)
    columns = [column for column in FilingDue.__table__.c if column.key not in ("id", "noted_at")]
    for row in db.session.execute(select(*columns).where(FilingDue.due_on >= floor)):
        found[row.credential_id][row.credential_id, row.requirement_code, row.period_to] = dict(row._mapping)
    return found


def _terms_in_force(day: date, standard_ids: Iterable[int]) -> Iterator[list[CredentialPeriod]]:
    """The terms that have begun by `day` of each credential under some standards that authorizes on that day."""
    rows = db.session.scalars(
        select(CredentialPeriod)
        .join(CredentialPeriod.credential)
        .options(contains_eager(CredentialPeriod.credential).lazyload(Credential.standard))
        .where(
            Credential.standard_id.in_(list(standard_ids)),
            CredentialPeriod.superseded_at.is_(None),
            CredentialPeriod.starts_on <= day,
            is_authorized(status_column(Credential.id, as_of=day)),
        )
        .order_by(CredentialPeriod.credential_id, CredentialPeriod.starts_on)
    )
    for _, terms in groupby(rows, key=lambda one: one.credential_id):
        yield list(terms)


def periodic_filings(standard: Standard) -> dict[str, FilingParameters]:
    """What a standard asks holders to file after each month, quarter or year, by the code of the requirement.

    Left out is what is judged by what is filed with CertHub itself, and what is asked of some holders or sites only.
    """
    found = {}
    for one in standard.requirements:
        asked = one.kind is RequirementKind.FILING and one.stages - {Stage.INITIAL} and may_be_handed_in(one)
        if asked and not one.applies_when and not one.per_site:
            params = typed_parameters(one)
            if params.due_rule == AFTER_PERIOD:
                found[one.code] = params
    return found
