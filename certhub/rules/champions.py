"""The champions of a practice: a physician and a staff member who lead the work (PR-06, program default)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from certhub.rules.independence import Span
from certhub.rules.refusal import Refusal
from certhub.rules.terms import written


class ChampionRole(StrEnum):
    """What a champion is in the practice; a practice names one of each."""

    PHYSICIAN = "physician"
    STAFF = "staff"


CHAMPION_LABELS: Mapping[ChampionRole, str] = {
    ChampionRole.PHYSICIAN: "Physician champion",
    ChampionRole.STAFF: "Staff champion",
}


def champion_in_words(name: str, role: ChampionRole) -> str:
    """A champion by name, with the role."""
    return f"{name} ({role.value})"


def missing_roles(named: Iterable[ChampionRole]) -> list[ChampionRole]:
    """The roles that nobody fills."""
    filled = set(named)
    return [role for role in ChampionRole if role not in filled]


def require_alone(role: ChampionRole, span: Span, others: Iterable[tuple[str, Span]]) -> None:
    """Refuse a champion beside another one in the same role: the first one's last day comes before."""
    for name, other in others:
        if span.overlap(other) is not None:
            until = f"until {written(other.to_on)}" if other.to_on else "with no last day yet"
            raise Refusal(
                f"{name} is the {CHAMPION_LABELS[role].lower()} from {written(other.from_on)} {until}. "
                "Record that person's last day first, or choose other days.",
                field="starts_on",
            )
