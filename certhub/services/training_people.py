"""Finding the people of a file of completions, some hundred rows at a time and with a few statements for all of them.

A vendor's file is about the people whom it employs now: whoever works elsewhere is not found, as if there were no such
record. DPH finds everybody. A record that was absorbed leads to the one that absorbed it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true

from certhub.database import db
from certhub.models.certification import Credential
from certhub.models.parties import Coordinator, Party
from certhub.queries.visibility import employed_now
from certhub.rules.training_import import Who
from certhub.rules.training_people import Among, Match, Person, match, name_keys
from certhub.rules.vocabulary import SubjectType
from certhub.services.bulk_changes import chunks

_party: Any = Party.__table__
_known: Any = Party.__table__.alias("known")
_absorbed: Any = Coordinator.__table__.alias("absorbed")

Finds = Callable[[list[str]], Select[Any]]


class People:
    """Who can be meant by the rows of one file; what was looked up once is kept."""

    def __init__(self, vendor_id: int | None) -> None:
        self.vendor_id = vendor_id
        self._among = Among.EVERYBODY if vendor_id is None else Among.EMPLOYED
        self._by_number: dict[str, list[Person]] = {}
        self._by_email: dict[str, list[Person]] = {}
        self._by_name: dict[str, list[Person]] = {}

    def look_up(self, rows: Iterable[Who]) -> None:
        """Find all whom these rows can mean, with one statement for each some hundred keys."""
        asked = set(rows)
        _fill(self._by_number, {who.number for who in asked if who.number}, self._with_number)
        _fill(self._by_email, {who.email for who in asked if who.email}, self._with_email)
        unknown = [
            who for who in asked if not (self._one(self._by_number, who.number) or self._one(self._by_email, who.email))
        ]
        _fill(self._by_name, {key for who in unknown if who.name for key in name_keys(who.name)}, self._with_name)

    def match(self, who: Who) -> Match:
        """Whom a row means; `look_up` has been asked before."""
        number, email = self._one(self._by_number, who.number), self._one(self._by_email, who.email)
        named: list[Person] = []
        if who.name and number is None and email is None:
            named = [person for key in name_keys(who.name) for person in self._by_name.get(key, ())]
        return match(who, number, email, named, self._among)

    @staticmethod
    def _one(found: Mapping[str, list[Person]], key: str) -> Person | None:
        people = found.get(key) if key else None
        return people[0] if people else None

    def _with_number(self, keys: list[str]) -> Select[Any]:
        return self._people(Credential.number).join(Credential, Credential.party_id == _known.c.id).where(
            Credential.number.in_(keys)
        )  # fmt: skip

    def _with_email(self, keys: list[str]) -> Select[Any]:
        return self._people(_known.c.email).where(_known.c.email.in_(keys))

    def _with_name(self, keys: list[str]) -> Select[Any]:
        return self._people(_party.c.sort_name).where(_party.c.id == _known.c.id, _party.c.sort_name.in_(keys))

    def _people(self, key: Any) -> Select[Any]:
        """The records behind a key, which an absorbed record leads on from."""
        return (
            select(key, _party.c.id, _party.c.name, _party.c.certificate_name)
            .select_from(_known)
            .join(_absorbed, _absorbed.c.id == _known.c.id)
            .join(_party, _party.c.id == func.coalesce(_absorbed.c.merged_into_id, _known.c.id))
            .where(_known.c.kind == SubjectType.COORDINATOR, may_be_about(self.vendor_id, _party.c.id))
            .order_by(_party.c.id)
        )


def may_be_about(vendor_id: int | None, coordinator_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a file of a vendor, or of DPH, may be about somebody."""
    return true() if vendor_id is None else employed_now(vendor_id, coordinator_id)


def _fill(kept: dict[str, list[Person]], keys: set[str], finds: Finds) -> None:
    new = sorted(keys - kept.keys())
    for some in chunks(new):
        kept.update((key, []) for key in some)
        for row in db.session.execute(finds(some)):
            names = (row.name, row.certificate_name) if row.certificate_name else (row.name,)
            kept[row[0]].append(Person(row.id, names))
