"""Who and what the stories of the demo state share: the people at DPH, the press, and the records made so far."""

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from certhub.database import db
from certhub.demo.lifecycle import Desk
from certhub.models.accounts import User
from certhub.models.contracts import Contract
from certhub.models.parties import Coordinator, Municipality, Practice, VendorOrganization
from certhub.services.certificates import Press

if TYPE_CHECKING:
    from certhub.demo.coordinators import Waiting


@dataclass(slots=True)
class Office:
    """The desk at DPH, and each record by its key once there is one."""

    today: date
    press: Press
    administrator: User
    reviewer: User
    towns: dict[str, int]
    vendors: dict[str, VendorOrganization] = field(default_factory=dict)
    hr: dict[str, User] = field(default_factory=dict)
    practices: dict[int, Practice] = field(default_factory=dict)
    coordinators: dict[str, Coordinator] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    contracts_apart: dict[str, Contract] = field(default_factory=dict)
    committed: set[int] = field(default_factory=set)
    waiting: list["Waiting"] = field(default_factory=list)

    def town(self, name: str) -> int:
        """The id of a municipality."""
        return self.towns[name]

    def desk(self, applicant: User) -> Desk:
        """The applicant's desk, with the reviewer on the other side."""
        return Desk(applicant, self.reviewer, self.press)


def towns() -> dict[str, int]:
    """The ids of the municipalities by name."""
    return {name: key for key, name in db.session.execute(select(Municipality.id, Municipality.name))}
