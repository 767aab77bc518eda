"""What a proposal is computed from: coordinators with room, practices with a need, and who is kept apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from certhub.rules.independence import Span
from certhub.rules.vocabulary import Region


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody starts from or works: a municipality with its middle, in degrees; or only its region."""

    municipality: str
    latitude: float | None
    longitude: float | None
    region: Region

    @property
    def middle(self) -> tuple[float, float] | None:
        """Latitude and longitude, where the town is known."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


@dataclass(frozen=True, slots=True)
class Candidate:
    """A coordinator who has room, with what counts for a placement; `room` is in percent of a full-time position."""

    id: int
    name: str
    vendor_id: int
    vendor: str
    room: int
    full_time_percent: int
    place: Place
    languages: frozenset[str] = frozenset({"en"})
    practices_today: frozenset[int] = frozenset()
    """By the numbers of their records."""
    authorized: str = ""
    """The days of the credential in words, for the line."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A practice with a need that nobody meets yet on some days, in percent of a full-time position."""

    id: int
    """Within the problem: a practice with a need on some days and another one on others is there twice."""
    name: str
    share: int
    place: Place
    languages: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Percent of the families who want each language other than English."""
    practice_id: int | None = None
    """The number of the practice's record; that of the demand where it is not told."""
    days: Span | None = None
    stays: int | None = None
    """The coordinator of today who goes on with this share, whom the search leaves there."""
    until: str = ""
    """The days of today's assignment in words, where its coordinator goes on."""

    @property
    def practice(self) -> int:
        """The number of the practice's record."""
        return self.id if self.practice_id is None else self.practice_id


@dataclass(frozen=True, slots=True)
class Excluded:
    """A coordinator or practice that the plan leaves out, and why."""

    party_id: int
    name: str
    region: Region | None
    because: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What each thing costs, in points (program defaults); whatever the order of size, unmet need weighs most.

    Points are for each percent of a full-time position, except those of a placement.
    """

    unmet: int = 1000
    """Need that nobody meets."""
    mile: int = 1
    """Each mile between the two municipalities."""
    language: int = 50
    """Where none of the wanted languages is spoken; less by the share of families who can be served."""
    region: int = 15
    """A coordinator from another region."""
    placement: int = 100
    """Each placement: two half placements need twice the meetings of a whole one."""
    leaving: int = 8
    """Somebody new in a practice where today's coordinator could go on."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a plan never does (program defaults)."""

    miles: int = 60
    """No farther than this from the coordinator's municipality."""
    least_share: int = 5
    """No placement below this percent of a full-time position, unless the practice needs less."""


@dataclass(frozen=True, slots=True)
class Problem:
    """All that a plan follows from: the same problem gives the same plan, whatever order its parts come in."""

    candidates: tuple[Candidate, ...]
    demands: tuple[Demand, ...]
    apart: Mapping[tuple[int, int], str] = field(default_factory=lambda: MappingProxyType({}))
    """Coordinator and demand that independence, or something else, keeps apart, with the sentence."""
    weights: Weights = Weights()
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Placement:
    """Somebody in a practice for a share of a full-time position."""

    candidate_id: int
    demand_id: int
    share: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Placements in the order of their practices, and what stays unmet by practice; `cost` is in points."""

    placements: tuple[Placement, ...]
    unmet: Mapping[int, int]
    cost: int
