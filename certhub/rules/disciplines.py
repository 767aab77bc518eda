"""The backgrounds that coordinators come from, as people name them."""

from collections.abc import Mapping
from types import MappingProxyType

from certhub.rules.vocabulary import Discipline

DISCIPLINE_LABELS: Mapping[Discipline, str] = MappingProxyType(
    {
        Discipline.NURSE: "Nurse",
        Discipline.SOCIAL_WORKER: "Social worker",
        Discipline.EDUCATOR: "Educator",
        Discipline.THERAPIST: "Therapist",
        Discipline.EXPERIENCED_PARENT: "Experienced parent",
        Discipline.OTHER: "Other",
    }
)
"""What pages and documents print."""

_ALSO_CALLED = {
    "registered nurse": Discipline.NURSE,
    "rn": Discipline.NURSE,
    "lpn": Discipline.NURSE,
    "licsw": Discipline.SOCIAL_WORKER,
    "lcsw": Discipline.SOCIAL_WORKER,
    "social work": Discipline.SOCIAL_WORKER,
    "teacher": Discipline.EDUCATOR,
    "parent": Discipline.EXPERIENCED_PARENT,
    "family partner": Discipline.EXPERIENCED_PARENT,
}


def discipline_named(text: str) -> Discipline | None:
    """The discipline that is named by label, value or a common other word; None if there is no such discipline."""
    wanted = " ".join(text.replace("_", " ").split()).casefold()
    return _BY_NAME.get(wanted) or _ALSO_CALLED.get(wanted)


_BY_NAME = {label.casefold(): discipline for discipline, label in DISCIPLINE_LABELS.items()}
