"""How a standard is said in words: its terms, and the names of kinds, stages and severities."""

import calendar
from collections.abc import Mapping
from types import MappingProxyType

from certhub.rules.standard import RequirementGroup, TermPolicy
from certhub.rules.vocabulary import ExpiryRule, GroupOperator, RequirementKind, Severity, Stage, YearParity

_K = RequirementKind

REQUIREMENT_KIND_LABELS: Mapping[RequirementKind, str] = MappingProxyType(
    {
        _K.DOCUMENT: "Document",
        _K.ATTESTATION: "Signed statement",
        _K.AGREEMENT: "Agreement",
        _K.HOURS: "Training hours",
        _K.COURSE_SET: "Set of courses",
        _K.COMPETENCY: "Rated skills",
        _K.EXPERIENCE: "Experience",
        _K.CREDENTIAL_HELD: "Licence or credential held",
        _K.BACKGROUND_CHECK: "Background check",
        _K.REGISTRY_CLEAR: "Check of a registry",
        _K.INSTRUMENT_SCORE: "Score of a questionnaire",
        _K.POINTS: "Points",
        _K.RATIO: "Ratio",
        _K.RELATIONSHIP_RULE: "People and owners on file",
        _K.PARTICIPATION: "Taking part",
        _K.FILING: "Regular filing",
        _K.REVIEW: "Review by DPH",
        _K.FEE: "Fee",
    }
)

STAGE_LABELS: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.INITIAL: "First application",
        Stage.RENEWAL: "Renewal",
        Stage.LATE: "Late renewal",
        Stage.REINSTATEMENT: "Reinstatement",
        Stage.ONGOING: "At all times",
    }
)

SEVERITY_LABELS: Mapping[Severity, str] = MappingProxyType(
    {Severity.CRITICAL: "Critical", Severity.MAJOR: "Major", Severity.MINOR: "Minor"}
)

_YEARS = {YearParity.ANY: "any year", YearParity.ODD: "an odd year", YearParity.EVEN: "an even year"}


def terms_in_words(terms: TermPolicy) -> tuple[str, ...]:
    """The term policy as plain sentences, in the order in which a holder meets them."""
    return tuple(_sentences(terms))


def _sentences(terms: TermPolicy) -> list[str]:
    said = [f"A credential lasts {terms.term_months} months.", _last_day(terms)]
    if terms.minimum_term_months:
        said.append(f"No term is shorter than {terms.minimum_term_months} months.")
    said += [
        f"The renewal can be filed from {_days(terms.renewal_window_days)} before the last day.",
        f"A late renewal is taken for {_days(terms.grace_days)} after the last day; practice is not allowed then.",
        f"After that, a reinstatement is possible until {_days(terms.reinstatement_days)} after the last day.",
        f"An application that stays incomplete is closed after {_days(terms.incomplete_expires_days)}.",
        f"After a denial there are {_days(terms.appeal_days)} to ask for a hearing.",
    ]
    return said


TERM_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "term_months": "Length of a term, in months",
        "expiry_rule": "Last day of a term",
        "fixed_month": "Month of the fixed last day",
        "fixed_day": "Day of the fixed last day",
        "year_parity": "Years of the last day",
        "minimum_term_months": "Shortest term, in months",
        "end_of_month": "A term runs to the end of the month.",
        "renewal_window_days": "Renewal opens, in days before the last day",
        "grace_days": "Late renewal is taken, in days after the last day",
        "reinstatement_days": "Reinstatement is possible, in days after the last day",
        "incomplete_expires_days": "An application left alone is closed after, in days",
        "appeal_days": "Time to ask for a hearing, in days",
    }
)
"""The label of each field of the term policy."""

EXPIRY_RULE_LABELS: Mapping[ExpiryRule, str] = MappingProxyType(
    {
        ExpiryRule.ROLLING: "Counted from the first day",
        ExpiryRule.FIXED_MONTH_DAY: "A fixed day of the year",
        ExpiryRule.HOLDER_BIRTHDAY: "The holder's birthday",
    }
)

YEAR_LABELS: Mapping[YearParity, str] = MappingProxyType(
    {YearParity.ANY: "Any year", YearParity.ODD: "Odd years", YearParity.EVEN: "Even years"}
)


def term_fields_in_words(terms: TermPolicy) -> dict[str, str]:
    """Each field of the term policy with its value as a person reads it, by label."""
    found = {}
    for name, label in TERM_LABELS.items():
        value = getattr(terms, name)
        if isinstance(value, ExpiryRule):
            said = EXPIRY_RULE_LABELS[value]
        elif isinstance(value, YearParity):
            said = YEAR_LABELS[value]
        elif isinstance(value, bool):
            said = "yes" if value else "no"
        else:
            said = "not set" if value is None else str(value)
        found[label.rstrip(".")] = said
    return found


def group_in_words(group: RequirementGroup) -> str:
    """What it takes to meet a group."""
    if group.operator is GroupOperator.ALL:
        return f"{group.title}: all of these must be met."
    if group.operator is GroupOperator.ANY:
        return f"{group.title}: one of these must be met."
    return f"{group.title}: at least {group.n} of these must be met."


def _last_day(terms: TermPolicy) -> str:
    years = _YEARS[terms.year_parity]
    if terms.expiry_rule is ExpiryRule.FIXED_MONTH_DAY and terms.fixed_month and terms.fixed_day:
        return f"Its last day is {calendar.month_name[terms.fixed_month]} {terms.fixed_day} of {years}."
    if terms.expiry_rule is ExpiryRule.HOLDER_BIRTHDAY:
        return f"Its last day is the holder's birthday, in {years}."
    if terms.end_of_month:
        return "It is counted from its first day and runs to the end of the month."
    return "It is counted from its first day, to the day."


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"
