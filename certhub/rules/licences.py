"""Licences from other bodies: the kinds that forms offer and the statuses that they can have."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

RECHECK_DAYS = 365
"""How long a check at the source counts where no standard says it (program default; `reverify_days` of a standard)."""


class CheckResult(StrEnum):
    """What somebody found at the source of a licence."""

    AS_RECORDED = "as_recorded"
    DIFFERENT = "different"
    NOT_FOUND = "not_found"


CHECK_RESULTS: Mapping[CheckResult, str] = MappingProxyType(
    {
        CheckResult.AS_RECORDED: "As recorded here",
        CheckResult.DIFFERENT: "Not as recorded here",
        CheckResult.NOT_FOUND: "Not found",
    }
)

LICENCE_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "RN": ("Registered nurse (RN)", "Board of Registration in Nursing"),
        "LPN": ("Licensed practical nurse (LPN)", "Board of Registration in Nursing"),
        "LICSW": ("Independent clinical social worker (LICSW)", "Board of Registration of Social Workers"),
        "LCSW": ("Certified social worker (LCSW)", "Board of Registration of Social Workers"),
        "LSW": ("Licensed social worker (LSW)", "Board of Registration of Social Workers"),
        "LSWA": ("Social work associate (LSWA)", "Board of Registration of Social Workers"),
        "CCM": ("Certified case manager (CCM)", "Commission for Case Manager Certification"),
        "CHW": ("Certified community health worker (CHW)", "Board of Certification of Community Health Workers"),
        "EDUCATOR": ("Educator license", "Department of Elementary and Secondary Education"),
        "OT": ("Occupational therapist (OT)", "Board of Allied Health Professionals"),
        "PT": ("Physical therapist (PT)", "Board of Allied Health Professionals"),
        "SLP": ("Speech-language pathologist (SLP)", "Board of Speech-Language Pathology and Audiology"),
    }
)
"""Code, its name, and who gives it; other kinds can be typed."""

LICENCE_STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "current": "Current",
        "expired": "Expired",
        "probation": "Probation",
        "nd_condition": "Non-disciplinary condition",
        "nd_restriction": "Non-disciplinary restriction",
        "suspended": "Suspended",
        "revoked": "Revoked",
        "surrendered": "Surrendered",
        "retired": "Retired",
    }
)
"""Words of the Bureau of Health Professions Licensure for the standing of a licence."""

NOTHING_TO_RENEW = ("revoked", "surrendered", "retired")
"""The standings in which a licence has ended for good: nobody renews it, and nobody looks it up again."""


def licence_name(kind: str) -> str:
    """A kind of licence as a person reads it; a kind that was typed by hand stays as it was typed."""
    return LICENCE_KINDS[kind][0] if kind in LICENCE_KINDS else kind


def check_again_on(verified_on: date | None, recheck_days: int) -> date | None:
    """The last day on which a check at the source counts; None where there was none."""
    return None if verified_on is None else verified_on + timedelta(days=recheck_days)
