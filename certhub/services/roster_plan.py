"""What a roster would do to the records as they are now: the dry run, and the second look before it is carried out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from certhub.database import db
from certhub.models.parties import Coordinator, Employment, ExternalLicence, Party, PartyLanguage
from certhub.rules.disciplines import DISCIPLINE_LABELS
from certhub.rules.roster import CheckedRoster, Column, RosterRow
from certhub.rules.spreadsheet import Problem
from certhub.rules.terms import written
from certhub.rules.vocabulary import SubjectType
from certhub.services.bulk_changes import chunks
from certhub.services.parties import WORKS_ELSEWHERE

MOST_PROBLEMS_KEPT = 1_000
MOST_NOTICES_KEPT = 200
ROWS_PREVIEWED = 50

_party: Any = Party.__table__
_person: Any = Coordinator.__table__
_known: Any = Party.__table__.alias("known")
_absorbed: Any = Coordinator.__table__.alias("absorbed")


@dataclass(frozen=True, slots=True)
class Change:
    """A person who works here already, and what the row would change: before and after by column."""

    row: RosterRow
    party_id: int
    changes: dict[str, list[Any]]
    languages: tuple[str, ...] | None = None
    licence: bool = False

    @property
    def any(self) -> bool:
        """Whether the row says anything new."""
        return bool(self.changes or self.languages is not None or self.licence)


@dataclass(slots=True)
class Plan:
    """What an import would do."""

    checked: CheckedRoster
    new: list[RosterRow] = field(default_factory=list)
    known: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)

    @property
    def changed(self) -> list[Change]:
        """The people on whose record something changes."""
        return [change for change in self.known if change.any]

    def report(self) -> dict[str, Any]:
        """The plan as the dry run keeps it, the lists cut to what a person can read."""
        return {
            "ignored": list(self.checked.heading.ignored),
            "new": len(self.new),
            "updated": len(self.changed),
            "unchanged": len(self.known) - len(self.changed),
            "problems": [_listed(problem) for problem in self.problems[:MOST_PROBLEMS_KEPT]],
            "notices": [_listed(notice) for notice in self.notices[:MOST_NOTICES_KEPT]],
            "notice_count": len(self.notices),
            "preview": [
                [row.row, row.name, row.email, DISCIPLINE_LABELS[row.discipline], row.starts_on.isoformat()]
                for row in self.new[:ROWS_PREVIEWED]
            ],
            "changes": [
                [change.row.row, change.row.name, change.row.email, _changes_in_words(change)]
                for change in self.changed[:ROWS_PREVIEWED]
            ],
        }


def plan_for(vendor_id: int, checked: CheckedRoster) -> Plan:
    """What the checked rows would do to the records as they are now; nothing is written."""
    plan = Plan(checked, problems=list(checked.problems))
    on_file = _on_file([row.email for row in checked.rows])
    here = _working_at(vendor_id, checked.checked_on)
    languages, licences = _languages_of(on_file, here), _licences_of(on_file, here)
    names_here = _names_of(here)
    for row in checked.rows:
        known = on_file.get(row.email)
        if known is None:
            plan.new.append(row)
            if row.sort_name in names_here:
                plan.notices.append(
                    _about(plan, row, Column.NAME, "Somebody with this name works here already, with another e-mail.")
                )
        elif known.id not in here:
            plan.problems.append(_about(plan, row, Column.EMAIL, WORKS_ELSEWHERE))
        else:
            change = _change(row, known, languages.get(known.id, set()), licences.get(known.id, set()))
            plan.known.append(change)
            plan.notices += _differences(plan, row, known, here[known.id])
    plan.problems.sort(key=lambda problem: problem.row)
    return plan


def facts_of(row: RosterRow) -> dict[str, Any]:
    """The columns of a party that a row speaks of; None where its cell is empty."""
    return {
        "name": row.name,
        "sort_name": row.sort_name,
        "email": row.email,
        "certificate_name": row.certificate_name,
        "phone": row.phone,
        "municipality_id": row.town.id if row.town else None,
        "region": row.town.region if row.town else None,
    }


def _change(row: RosterRow, known: Any, languages: set[str], licences: set[tuple[str, str]]) -> Change:
    changes = {
        name: [getattr(known, name), value]
        for name, value in facts_of(row).items()
        if value is not None and value != getattr(known, name)
    }
    if row.discipline is not known.discipline:
        changes["discipline"] = [known.discipline, row.discipline]
    spoken = row.languages if row.languages and set(row.languages) != languages else None
    held = row.licence is not None and (row.licence.kind.lower(), row.licence.number.lower()) not in licences
    return Change(row, known.id, changes, spoken, held)


def _differences(plan: Plan, row: RosterRow, known: Any, starts_on: Any) -> Iterable[Problem]:
    if row.sort_name != known.sort_name:
        yield _about(plan, row, Column.NAME, f"This e-mail belongs to {known.name}. The name will be changed.")
    if row.starts_on != starts_on:
        yield _about(
            plan,
            row,
            Column.EMPLOYMENT_START,
            f"On file is {written(starts_on)}. An import does not change it: correct it on the person's record.",
        )


def _about(plan: Plan, row: RosterRow, column: Column, message: str) -> Problem:
    shown = {
        Column.NAME: row.name,
        Column.EMAIL: row.email,
        Column.EMPLOYMENT_START: row.starts_on.isoformat(),
    }.get(column, "")
    return Problem(row.row, plan.checked.heading.names.get(column, column.value), shown, message)


def _listed(problem: Problem) -> list[Any]:
    return [problem.row, problem.column, problem.value, problem.message]


def _changes_in_words(change: Change) -> str:
    names = [name.replace("_", " ") for name in change.changes if name not in ("sort_name", "region")]
    names = ["city or town" if name == "municipality id" else name for name in names]
    if change.languages is not None:
        names.append("languages")
    if change.licence:
        names.append("licence")
    return ", ".join(names)


def _on_file(emails: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    columns = (
        _party.c.id, _party.c.name, _party.c.sort_name, _known.c.email, _party.c.certificate_name, _party.c.phone,
        _party.c.municipality_id, _party.c.region, _person.c.discipline,
    )  # fmt: skip
    for some in chunks(emails):
        rows = db.session.execute(
            select(*columns)
            .select_from(_known)
            .join(_absorbed, _absorbed.c.id == _known.c.id)
            # The address of a record that was absorbed leads to the one of the same person that absorbed it.
            .join(_party, _party.c.id == func.coalesce(_absorbed.c.merged_into_id, _known.c.id))
            .join(_person, _person.c.id == _party.c.id)
            .where(_known.c.kind == SubjectType.COORDINATOR, _known.c.email.in_(some))
        )
        found.update((row.email, row) for row in rows)
    return found


def _working_at(vendor_id: int, day: date) -> dict[int, Any]:
    """Who works, or is about to work, for the vendor, with the first day of the latest spell."""
    rows = db.session.execute(
        select(Employment.coordinator_id, Employment.starts_on)
        .where(
            Employment.employer_id == vendor_id,
            Employment.superseded_at.is_(None),
            or_(Employment.ends_on.is_(None), Employment.ends_on >= day),
        )
        .order_by(Employment.starts_on)
    )
    return {row.coordinator_id: row.starts_on for row in rows}


def _languages_of(on_file: dict[str, Any], here: dict[int, Any]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for some in chunks([row.id for row in on_file.values() if row.id in here]):
        rows = db.session.execute(
            select(PartyLanguage.party_id, PartyLanguage.code).where(PartyLanguage.party_id.in_(some))
        )
        for key, code in rows:
            found.setdefault(key, set()).add(code)
    return found


def _licences_of(on_file: dict[str, Any], here: dict[int, Any]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    for some in chunks([row.id for row in on_file.values() if row.id in here]):
        rows = db.session.execute(
            select(ExternalLicence.coordinator_id, ExternalLicence.kind, ExternalLicence.number).where(
                ExternalLicence.coordinator_id.in_(some), ExternalLicence.superseded_at.is_(None)
            )
        )
        for key, kind, number in rows:
            found.setdefault(key, set()).add((kind.lower(), number.lower()))
    return found


def _names_of(here: dict[int, Any]) -> set[str]:
    found: set[str] = set()
    for some in chunks(list(here)):
        found.update(db.session.scalars(select(_party.c.sort_name).where(_party.c.id.in_(some))))
    return found
