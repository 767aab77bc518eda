"""What a version of a standard would mean for those who hold a credential today."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import select

from certhub.database import db
from certhub.models.certification import Credential
from certhub.models.parties import Party
from certhub.models.standards import StandardPreview, StandardPreviewHolder, StandardSet, StandardVersion
from certhub.queries import population
from certhub.queries.evaluations import next_renewal
from certhub.queries.paging import Page, paged
from certhub.queries.population import Holder
from certhub.queries.visibility import credential_visible
from certhub.rules.dossier import Occasion
from certhub.rules.evaluation import conclude, counts_at
from certhub.rules.findings import Finding
from certhub.rules.permissions import Viewer
from certhub.rules.requirement_kinds import Prepared, prepared
from certhub.rules.standard import Requirement, Standard
from certhub.rules.vocabulary import ApplicationKind

_TERMS_KEPT = 4096
_party = Party.__table__.c


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a holder's next renewal would be judged today: the requirements that are not met under the new version.

    `because` are those of them that the version in force does not ask for, or that are met under it.
    """

    holder: Holder
    unmet: tuple[str, ...]
    because: tuple[str, ...]


class _Judge:
    """One version, ready to judge many holders."""

    def __init__(self, standard: Standard, as_of: date) -> None:
        self.standard = standard
        self.asked = [
            prepared(requirement)
            for requirement in standard.requirements
            if counts_at(requirement, ApplicationKind.RENEWAL)
        ]

        @lru_cache(maxsize=_TERMS_KEPT)
        def occasion(starts_on: date, expires_on: date, birthday: tuple[int, int] | None) -> Occasion:
            return next_renewal(standard.terms, starts_on, expires_on, as_of=as_of, holder=birthday)[1]

        self.occasion = occasion

    def unmet(self, holder: Holder, known: dict[str, tuple[Requirement, Finding]]) -> tuple[str, ...]:
        """The requirements that the holder does not meet; `known` takes up the findings for the other version."""
        occasion = self.occasion(holder.starts_on, holder.expires_on, holder.birthday)
        counting: list[tuple[Requirement, Finding]] = []
        for each in self.asked:
            before = known.get(each.requirement.code)
            if before is None or before[0] is not each.requirement:
                before = (each.requirement, each.judge(holder.dossier, occasion))
                known[each.requirement.code] = before
            counting.append(before)
        if all(finding.satisfied for _, finding in counting):
            return ()
        met = {
            member for group in conclude(self.standard, counting).groups if group.satisfied for member in group.members
        }
        return tuple(
            requirement.code
            for requirement, finding in counting
            if not finding.satisfied and requirement.code not in met and requirement.group not in met
        )


def outcomes(
    viewer: Viewer, standard: StandardSet, draft: Standard, present: Standard | None, *, as_of: date
) -> Iterator[Outcome]:
    """Every holder's next renewal, judged today under a draft and under the version in force."""
    new = _Judge(draft, as_of)
    old = None if present is None else _Judge(present, as_of)
    asked: list[Prepared] = [*new.asked, *(old.asked if old else [])]
    for holder in population.holders(viewer, standard, asked, as_of=as_of):
        known: dict[str, tuple[Requirement, Finding]] = {}
        unmet = new.unmet(holder, known)
        missed = set(old.unmet(holder, known)) if old else set()
        yield Outcome(holder, unmet, tuple(code for code in unmet if code not in missed))


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Somebody who would not meet a draft, as the preview lists them."""

    party_id: int
    name: str
    number: str
    unmet: tuple[str, ...]
    because: tuple[str, ...]


def latest(version: StandardVersion) -> StandardPreview | None:
    """The count of a draft that was asked for last."""
    return db.session.scalar(
        select(StandardPreview)
        .where(StandardPreview.standard_version_id == version.id)
        .order_by(StandardPreview.id.desc())
        .limit(1)
    )


def page(
    viewer: Viewer, preview: StandardPreview, *, code: str = "", because: bool = False, cursor: str | None = None
) -> Page[HolderRow]:
    """Who would not meet the draft by a count, by name: for one requirement, or only for what the draft changes."""
    found = StandardPreviewHolder
    told = found.because if because else found.unmet
    statement = (
        select(_party.id, _party.name, Credential.number, found.unmet, found.because)
        .join(Credential, Credential.id == found.credential_id)
        .join(Party.__table__, _party.id == Credential.party_id)
        .where(found.preview_id == preview.id, told != "", credential_visible(viewer))
    )
    if code:
        statement = statement.where(told.contains(f" {code} ", autoescape=True))
    return paged(
        statement,
        [Party.sort_name, Party.id],
        lambda row: HolderRow(row[0], row[1], row[2], tuple(row[3].split()), tuple(row[4].split())),
        cursor=cursor,
    )
