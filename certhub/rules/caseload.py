"""How many children a coordinator can serve: the capacity model, its arithmetic, and the words that show it.

The numbers are program defaults, derived from measured time: a child with medical complexity takes a median of 2.3
hours a month, and 3.2 times as many in the first month (Ronis et al. 2015). No state or federal source fixes a caseload
for this program. All arithmetic is exact: fractions, never floats.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from math import lcm
from operator import mul
from types import MappingProxyType

_HUNDRED = 100


class Tier(StrEnum):
    """How much coordination a child needs; compare the three tiers of the Sydney pediatric program."""

    T1 = "t1"
    T2 = "t2"
    T3 = "t3"


TIER_LABELS: Mapping[Tier, str] = MappingProxyType(
    {
        Tier.T1: "Tier 1: linked with primary care",
        Tier.T2: "Tier 2: shared care plan",
        Tier.T3: "Tier 3: complex, across several places of care",
    }
)

Counts = Mapping[Tier, int]


class Light(StrEnum):
    """How full a caseload is."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


LIGHT_LABELS: Mapping[Light, str] = MappingProxyType(
    {Light.GREEN: "Room left", Light.AMBER: "Nearly full", Light.RED: "Over capacity"}
)
LIGHT_TONES: Mapping[Light, str] = MappingProxyType({Light.GREEN: "good", Light.AMBER: "warning", Light.RED: "danger"})


@dataclass(frozen=True, slots=True)
class CapacityModel:
    """The program's defaults: working time, hours for each tier, and where a caseload is full."""

    weekly_hours: Fraction = Fraction(75, 2)
    productive_share: Fraction = Fraction(80, 100)
    direct_share: Fraction = Fraction(70, 100)
    hours: Mapping[Tier, Fraction] = field(
        default_factory=lambda: MappingProxyType(
            {Tier.T1: Fraction(4, 10), Tier.T2: Fraction(1), Tier.T3: Fraction(23, 10)}
        )
    )
    first_month: Fraction = Fraction(32, 10)
    green_through: Fraction = Fraction(85, 100)
    amber_through: Fraction = Fraction(1)
    most_children: int = 100
    """Active children for each full-time position, whatever their tiers."""

    @property
    def productive_hours(self) -> Fraction:
        """Hours a month that one full-time position works, without leave, training and travel."""
        return self.weekly_hours * 52 / 12 * self.productive_share

    @property
    def direct_hours(self) -> Fraction:
        """Hours a month of one full-time position for children and families."""
        return self.productive_hours * self.direct_share

    def hours_of(self, tier: Tier, *, first_month: bool = False) -> Fraction:
        """Hours a month that a child of this tier takes."""
        return self.hours[tier] * (self.first_month if first_month else 1)


MODEL = CapacityModel()


@dataclass(frozen=True, slots=True)
class Caseload:
    """Active children by tier; `first_month` are those among them who came in this month."""

    active: Counts
    first_month: Counts = field(default_factory=dict)

    @property
    def children(self) -> int:
        """All active children."""
        return sum(self.active.values())

    def hours(self, model: CapacityModel = MODEL) -> Fraction:
        """Hours a month that these children take."""
        return sum((_hours(self, tier, model) for tier in Tier), Fraction(0))

    def with_more(self, other: "Caseload") -> "Caseload":
        """Both together."""
        return Caseload(
            {tier: self.active.get(tier, 0) + other.active.get(tier, 0) for tier in Tier},
            {tier: self.first_month.get(tier, 0) + other.first_month.get(tier, 0) for tier in Tier},
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation: what is computed, from which numbers, and the result."""

    title: str
    formula: str
    result: str


@dataclass(frozen=True, slots=True)
class Utilisation:
    """How much of a coordinator's direct time a caseload takes, and how it was computed.

    `share` is None for somebody without any working time; children with nobody's time are red.
    """

    children: int
    full_time: Fraction
    hours: Fraction
    available: Fraction
    share: Fraction | None
    light: Light
    most_children: int
    steps: tuple[Step, ...]

    @property
    def over_cap(self) -> bool:
        """Whether there are more children than the hard cap allows."""
        return self.children > self.most_children

    @property
    def percent(self) -> str:
        """The share in percent with one decimal; a dash where there is no working time."""
        return "—" if self.share is None else f"{decimal(self.share * _HUNDRED, 1)} %"


def utilisation(caseload: Caseload, full_time: Fraction, model: CapacityModel = MODEL) -> Utilisation:
    """How full a caseload is; `full_time` is the part of a full-time position, 1 for all of it."""
    _require_counts(caseload)
    if full_time < 0:
        raise ValueError("a part of a full-time position is never negative")
    hours, available = caseload.hours(model), full_time * model.direct_hours
    share = hours / available if available else None
    return Utilisation(
        children=caseload.children,
        full_time=full_time,
        hours=hours,
        available=available,
        share=share,
        light=light_of(share, caseload.children, model),
        most_children=most_children(full_time, model),
        steps=_steps(caseload, full_time, model),
    )


def light_of(share: Fraction | None, children: int, model: CapacityModel = MODEL) -> Light:
    """Green through 85 percent, amber through 100, red above; without working time, red as soon as there is a child."""
    if share is None:
        return Light.RED if children else Light.GREEN
    if share <= model.green_through:
        return Light.GREEN
    return Light.AMBER if share <= model.amber_through else Light.RED


def most_children(full_time: Fraction, model: CapacityModel = MODEL) -> int:
    """The hard cap for a part of a full-time position; parts of a child are not rounded up."""
    return int(full_time * model.most_children)


def capacity(full_time: Fraction, mix: Mapping[Tier, int | Fraction], model: CapacityModel = MODEL) -> int:
    """How many children of this mix of tiers fit into the direct time, never more than the hard cap allows.

    `mix` weighs the tiers, for example 50, 35 and 15 of 100; the children are past their first month.
    """
    weight = sum((Fraction(one) for one in mix.values()), Fraction(0))
    if weight <= 0 or any(one < 0 for one in mix.values()):
        raise ValueError("a mix of tiers needs weights, none of them negative")
    hours = sum((model.hours[tier] * one for tier, one in mix.items()), Fraction(0)) / weight
    return min(int(full_time * model.direct_hours / hours), most_children(full_time, model))


def single_tier_capacity(tier: Tier, model: CapacityModel = MODEL) -> int:
    """How many children of one tier fill a full-time position by their hours alone: 227, 91 and 39."""
    return int(model.direct_hours / model.hours[tier])


@dataclass(frozen=True, slots=True)
class Gauge:
    """The same model in whole numbers, for lists of thousands: hours times `unit`, in which every hour is whole.

    `weights` are those of active children by tier, then what a first month adds, and `percent` is the direct time of
    one percent of a full-time position.
    """

    weights: tuple[int, ...]
    percent: int
    unit: int
    model: CapacityModel

    def load(self, numbers: Sequence[int]) -> int:
        """What children take: active ones by tier, then those of them in their first month by tier."""
        return sum(map(mul, self.weights, numbers))

    def light(self, load: int, full_time_percent: int, children: int) -> Light:
        """As `light_of` says it."""
        available = self.percent * full_time_percent
        if not available:
            return Light.RED if children else Light.GREEN
        green, amber = self.model.green_through, self.model.amber_through
        if load * green.denominator <= available * green.numerator:
            return Light.GREEN
        return Light.AMBER if load * amber.denominator <= available * amber.numerator else Light.RED


def gauge(model: CapacityModel = MODEL) -> Gauge:
    """The model in whole numbers, exactly."""
    hours = [model.hours[tier] for tier in Tier]
    added = [each * (model.first_month - 1) for each in hours]
    percent = model.direct_hours / _HUNDRED
    unit = lcm(*(each.denominator for each in (*hours, *added, percent)))
    return Gauge(tuple(int(each * unit) for each in (*hours, *added)), int(percent * unit), unit, model)


GAUGE = gauge()


def decimal(number: Fraction, places: int) -> str:
    """A fraction for people: rounded half up, with exactly so many decimals."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return f"{exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):,}"


def _hours(caseload: Caseload, tier: Tier, model: CapacityModel) -> Fraction:
    new = caseload.first_month.get(tier, 0)
    return (caseload.active.get(tier, 0) - new + new * model.first_month) * model.hours[tier]


def _require_counts(caseload: Caseload) -> None:
    for tier in Tier:
        new, active = caseload.first_month.get(tier, 0), caseload.active.get(tier, 0)
        if not 0 <= new <= active:
            raise ValueError(f"{tier}: {new} children in their first month of {active} active ones")


def _steps(caseload: Caseload, full_time: Fraction, model: CapacityModel) -> tuple[Step, ...]:
    available = full_time * model.direct_hours
    hours = caseload.hours(model)
    share = hours / available if available else None
    return (
        Step(
            "Working time of a full-time position",
            f"{decimal(model.weekly_hours, 1)} hours a week × 52 ÷ 12 × {decimal(model.productive_share, 2)}",
            f"{decimal(model.productive_hours, 1)} hours a month",
        ),
        Step(
            "Of it for children and families",
            f"{decimal(model.productive_hours, 1)} × {decimal(model.direct_share, 2)}",
            f"{decimal(model.direct_hours, 1)} hours a month",
        ),
        Step(
            "Of this coordinator",
            f"{decimal(full_time, 2)} of a full-time position × {decimal(model.direct_hours, 1)}",
            f"{decimal(available, 1)} hours a month",
        ),
        *(_tier_step(caseload, tier, model) for tier in Tier),
        _share_step(hours, available, share),
    )


def _tier_step(caseload: Caseload, tier: Tier, model: CapacityModel) -> Step:
    new = caseload.first_month.get(tier, 0)
    old = caseload.active.get(tier, 0) - new
    each = decimal(model.hours[tier], 1)
    return Step(
        TIER_LABELS[tier],
        f"{old} × {each} + {new} in the first month × {each} × {decimal(model.first_month, 1)}",
        f"{decimal(_hours(caseload, tier, model), 2)} hours a month",
    )


def _share_step(hours: Fraction, available: Fraction, share: Fraction | None) -> Step:
    formula = f"{decimal(hours, 2)} ÷ {decimal(available, 1)}"
    return Step("Use", formula, "no working time" if share is None else f"{decimal(share * _HUNDRED, 1)} %")
