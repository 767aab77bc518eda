"""What a training hour counts as, and the ten core competencies and six domains that training is mapped to.

Sources: the ten core competencies of the Board of Certification of Community Health Workers (13 August 2013); the six
domains of the National Care Coordination Standards for children with special health care needs (2020). Only the short
titles are given here; the instruments themselves belong to their authors.
"""

from collections.abc import Mapping
from enum import StrEnum


class TrainingCategory(StrEnum):
    """The category that a completion's hours count in; each hour counts in one."""

    CORE = "core"
    SYSTEMS = "systems"
    ETHICS_SCOPE = "ethics_scope"
    CULTURAL = "cultural"
    FAMILY_PARTNERSHIP = "family_partnership"
    GENERAL = "general"

    @property
    def label(self) -> str:
        """The category as forms and lists name it."""
        return _CATEGORY_LABELS[self]

    @property
    def short_label(self) -> str:
        """The category inside a sentence ("ethics 2 of 2")."""
        return _SHORT_LABELS[self]


_CATEGORY_LABELS: Mapping[TrainingCategory, str] = {
    TrainingCategory.CORE: "Core care coordination",
    TrainingCategory.SYSTEMS: "Massachusetts systems and benefits",
    TrainingCategory.ETHICS_SCOPE: "Ethics and scope of practice",
    TrainingCategory.CULTURAL: "Cultural responsiveness",
    TrainingCategory.FAMILY_PARTNERSHIP: "Family partnership",
    TrainingCategory.GENERAL: "Other approved training",
}
_SHORT_LABELS: Mapping[TrainingCategory, str] = {
    TrainingCategory.CORE: "core training",
    TrainingCategory.SYSTEMS: "systems",
    TrainingCategory.ETHICS_SCOPE: "ethics",
    TrainingCategory.CULTURAL: "cultural responsiveness",
    TrainingCategory.FAMILY_PARTNERSHIP: "family partnership",
    TrainingCategory.GENERAL: "other training",
}

COMPETENCIES: Mapping[str, str] = {
    "outreach": "Outreach Methods and Strategies",
    "assessment": "Individual and Community Assessment",
    "communication": "Effective Communication",
    "cultural": "Cultural Responsiveness and Mediation",
    "education": "Education to Promote Healthy Behavior Change",
    "coordination": "Care Coordination and System Navigation",
    "public_health": "Use of Public Health Concepts and Approaches",
    "advocacy": "Advocacy and Community Capacity Building",
    "documentation": "Documentation",
    "professional": "Professional Skills and Conduct",
}
"""The ten core competencies by id, in the Board's order."""

NCCS_DOMAINS: Mapping[str, str] = {
    "NCCS-1": "Screening, Identification, and Assessment",
    "NCCS-2": "Shared Plan of Care",
    "NCCS-3": "Team-Based Communication",
    "NCCS-4": "Child and Family Empowerment and Skills Development",
    "NCCS-5": "Care Coordination Workforce",
    "NCCS-6": "Care Transitions",
}
"""The six domains of the National Care Coordination Standards by id."""

COMPETENCY_LISTS: Mapping[str, Mapping[str, str]] = {"chw_core": COMPETENCIES, "nccs": NCCS_DOMAINS}
"""The lists that a `competency` requirement can name."""
