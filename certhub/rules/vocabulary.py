"""The field's words as enumerations: who takes part, what is held, what can become of it.

Sources: 272 CMR (certification of community health workers), the status definitions of the Bureau of Health
Professions Licensure, and the founding report of the Massachusetts Consortium (2006).
"""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; each account has exactly one role, so that duties stay separate."""

    DPH_ADMINISTRATOR = "dph_administrator"
    DPH_REVIEWER = "dph_reviewer"
    FUND_MANAGER = "fund_manager"
    AUDITOR = "auditor"
    VENDOR_HR = "vendor_hr"
    PRACTICE_MANAGER = "practice_manager"
    COORDINATOR = "coordinator"
    TRAINING_PROVIDER = "training_provider"
    PUBLIC = "public"


class SubjectType(StrEnum):
    """Who can hold a credential. A party's kind is one of these."""

    VENDOR = "vendor"
    COORDINATOR = "coordinator"
    PRACTICE = "practice"
    TRAINING_PROGRAM = "training_program"


SUBJECT_LABELS: Mapping[SubjectType, str] = {
    SubjectType.COORDINATOR: "Care coordinators",
    SubjectType.VENDOR: "Vendor organizations",
    SubjectType.PRACTICE: "Practices",
    SubjectType.TRAINING_PROGRAM: "Training programs",
}
"""What they are called as a group, in the order of lists."""


class Discipline(StrEnum):
    """A coordinator's background, as the founding report names them; no licence is needed for the last two."""

    NURSE = "nurse"
    SOCIAL_WORKER = "social_worker"
    EDUCATOR = "educator"
    THERAPIST = "therapist"
    EXPERIENCED_PARENT = "experienced_parent"
    OTHER = "other"


class Region(StrEnum):
    """The six regions of the Executive Office of Health and Human Services; groups of municipalities, not counties."""

    WESTERN = "western"
    CENTRAL = "central"
    NORTHEAST = "northeast"
    METRO_WEST = "metro_west"
    SOUTHEAST = "southeast"
    BOSTON = "boston"


class EmploymentKind(StrEnum):
    """How a person is engaged by an organization; each kind counts as employment for the independence rule."""

    EMPLOYEE = "employee"
    CONTRACTOR = "contractor"


class RequirementKind(StrEnum):
    """The eighteen ways in which a standard can ask for something."""

    DOCUMENT = "document"
    ATTESTATION = "attestation"
    AGREEMENT = "agreement"
    HOURS = "hours"
    COURSE_SET = "course_set"
    COMPETENCY = "competency"
    EXPERIENCE = "experience"
    CREDENTIAL_HELD = "credential_held"
    BACKGROUND_CHECK = "background_check"
    REGISTRY_CLEAR = "registry_clear"
    INSTRUMENT_SCORE = "instrument_score"
    POINTS = "points"
    RATIO = "ratio"
    RELATIONSHIP_RULE = "relationship_rule"
    PARTICIPATION = "participation"
    FILING = "filing"
    REVIEW = "review"
    FEE = "fee"


class Stage(StrEnum):
    """When a requirement is asked for; `LATE` of a renewal that is filed after the last day, besides `RENEWAL`."""

    INITIAL = "initial"
    RENEWAL = "renewal"
    LATE = "late"
    REINSTATEMENT = "reinstatement"
    ONGOING = "ongoing"


class Severity(StrEnum):
    """How much hangs on a requirement; an unmet critical one stands in the way of approval."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Result(StrEnum):
    """What the evaluation of one requirement says."""

    MET = "met"
    PARTIAL = "partial"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"


class Verdict(StrEnum):
    """What a reviewer said of the evidence for one requirement."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    WAIVED = "waived"


class GroupOperator(StrEnum):
    """How many members of a requirement group must be met."""

    ALL = "all"
    ANY = "any"
    AT_LEAST_N = "at_least_n"


class ExpiryRule(StrEnum):
    """How the last day of a term is found."""

    ROLLING = "rolling"
    FIXED_MONTH_DAY = "fixed_month_day"
    HOLDER_BIRTHDAY = "holder_birthday"


class YearParity(StrEnum):
    """In which years a fixed or birthday expiry falls (272 CMR 4.04: odd years; RN: even years)."""

    ANY = "any"
    ODD = "odd"
    EVEN = "even"


class VersionStatus(StrEnum):
    """The life of a standard's version: drafted, then adopted and immutable from then on."""

    DRAFT = "draft"
    ADOPTED = "adopted"


class Transition(StrEnum):
    """From when a new version of a standard judges those who hold a credential already (`rules.transitions`)."""

    BY_SUBMISSION = "by_submission"
    FROM_NEXT_RENEWAL = "from_next_renewal"
    SUNSET = "sunset"


class ApplicationKind(StrEnum):
    """What is applied for."""

    INITIAL = "initial"
    RENEWAL = "renewal"
    REINSTATEMENT = "reinstatement"


class ApplicationStatus(StrEnum):
    """Where an application stands; moves between these are the table in `rules.lifecycle`."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    INCOMPLETE = "incomplete"
    UNDER_REVIEW = "under_review"
    RECOMMENDED = "recommended"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class DecisionOutcome(StrEnum):
    """How an application was decided."""

    APPROVED = "approved"
    DENIED = "denied"


class CredentialStatus(StrEnum):
    """A credential's status on a day; always derived from dates by `rules.status`, never stored.

    The words and their meaning for practice follow the Bureau of Health Professions Licensure.
    """

    NOT_YET_EFFECTIVE = "not_yet_effective"
    CURRENT = "current"
    RENEWAL_PENDING = "renewal_pending"
    IN_GRACE = "in_grace"
    EXPIRED = "expired"
    PROBATION = "probation"
    ND_CONDITION = "nd_condition"
    ND_RESTRICTION = "nd_restriction"
    SUSPENDED = "suspended"
    SUMMARY_SUSPENSION = "summary_suspension"
    REVOKED = "revoked"
    SURRENDERED = "surrendered"
    VOID = "void"
    DECEASED = "deceased"
    RETIRED = "retired"


class StatusEventKind(StrEnum):
    """What can happen to a credential after it is granted; each value is also the status that it brings."""

    PROBATION = "probation"
    ND_CONDITION = "nd_condition"
    ND_RESTRICTION = "nd_restriction"
    SUSPENDED = "suspended"
    SUMMARY_SUSPENSION = "summary_suspension"
    REVOKED = "revoked"
    SURRENDERED = "surrendered"
    VOID = "void"
    DECEASED = "deceased"
    RETIRED = "retired"


class HearingStep(StrEnum):
    """The steps of an adjudicatory hearing."""

    REQUESTED = "requested"
    SCHEDULED = "scheduled"
    HELD = "held"
    DECIDED = "decided"


class HearingOutcome(StrEnum):
    """What came of a hearing."""

    UPHELD = "upheld"
    MODIFIED = "modified"
    REVERSED = "reversed"


class RespondentRole(StrEnum):
    """From where in a practice somebody sees it when it rates itself."""

    PHYSICIAN = "physician"
    NURSE = "nurse"
    FRONT_DESK = "front_desk"
    MANAGER = "manager"
    COORDINATION = "coordination"
    FAMILY_ADVISOR = "family_advisor"
    OTHER = "other"


class FeedbackMethod(StrEnum):
    """How a practice asked its families."""

    FAMILY_INDEX = "family_index"
    SAMPLE_SURVEY = "sample_survey"
