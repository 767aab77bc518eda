"""The parameters of requirements in words: the label and hint of each field, and values as a person reads them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from certhub.rules.findings import quantity
from certhub.rules.permissions import ROLE_LABELS
from certhub.rules.requirement_kinds.checks import REGISTRIES
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS, MHI_DOMAINS
from certhub.rules.requirement_kinds.papers import document_name
from certhub.rules.requirement_kinds.parameter_fields import ParameterField, ParameterInput
from certhub.rules.requirement_kinds.parameters import decimal_of
from certhub.rules.training_categories import TrainingCategory
from certhub.rules.vocabulary import Role

NOT_SET = "not set"
_ONE_PER_LINE = "One on each line."

_WORDS: Mapping[str, tuple[str, str]] = {
    "alternatives": ("Other ways to meet it", ""),
    "amount_cents": ("Fee in cents", "For example 5000 for $50.00; 0 for no fee."),
    "anchor": ("The time is counted back from", ""),
    "any_of": ("Licences or credentials, one of which is held", f"{_ONE_PER_LINE} For example RN."),
    "cap_allowed": ("An approved corrective action plan is enough.", ""),
    "carry_over_max": ("Hours that can be carried over", "Leave this empty for none."),
    "categories": ("Only training of these categories counts", "Check none to count all training."),
    "category_mins": ("Least hours of each category", "Leave empty what has no minimum of its own."),
    "checklist_id": ("Checklist", "The short name of the checklist, such as site-visit."),
    "checks": ("Checks", ""),
    "competency_list": ("List of skills", ""),
    "completed_by_n_roles": ("Different roles that fill it in", ""),
    "core": ("Core criteria, all of which are met", _ONE_PER_LINE),
    "domain_mins": ("Least mean of each domain", "From 1 to 8. Leave empty what has no minimum."),
    "done_by": ("Who does it", ""),
    "due_day": ("Day of the month when it is due", "From 1 to 31."),
    "due_days": ("Days until it is due", "Counted from the end of the period, or from the event."),
    "due_month": ("Month after the fiscal year when it is due", "5 for the fifth month."),
    "due_rule": ("When it is due", ""),
    "each_term": ("Signed anew for each term.", ""),
    "elective_min": ("Credits needed from elective criteria", ""),
    "elective_pool": ("Elective criteria with their credits", "One on each line, such as EL-1 = 2."),
    "event_type": ("Kind of event", "A short name in small letters, such as state_meeting."),
    "first_cycle": ("In the first term of a holder", "Leave this as it is where the first term is like any other."),
    "first_instruments": ("Of these, good for the first time", "Check none where all are."),
    "first_year_no_pass_mark": ("No pass mark in the first year.", ""),
    "grace_days": ("Days of grace after it is due", ""),
    "held_in": ("Where it is found", ""),
    "id": ("Short name of this way", "Small letters, such as lived_experience."),
    "ids": ("Course codes", f"{_ONE_PER_LINE} For example PCCC-M1."),
    "instruments": ("Questionnaires", ""),
    "label": ("Name of the figure", "As it stands in sentences."),
    "limit": ("Limit", ""),
    "max_age_days": ("Oldest that counts, in days", ""),
    "max_age_months": ("Oldest that counts, in months", ""),
    "metric": ("Figure", "The short name of the figure that CertHub computes, such as caseload_utilisation."),
    "min": ("Hours", ""),
    "min_count": ("Least number of events", "Give this or the share in percent, not both."),
    "min_forms": ("Number of forms", ""),
    "min_hours": ("Least hours", "Give hours, months or both."),
    "min_improvement": ("Least improvement since the last one, in points of a percent", ""),
    "min_mentorship_hours": ("Least hours with a mentor", ""),
    "min_months": ("Least months", ""),
    "min_percent": ("Least share of the events held, in percent", ""),
    "min_rated_per_form": ("Skills that each form rates", ""),
    "min_rating": ("Lowest rating that counts", "From 1 to 4."),
    "min_result": ("Least result", ""),
    "min_score": ("Least score", "From 0 to 100. Leave this empty where there is no score."),
    "min_total_pct": ("Least total, in percent", ""),
    "must_not_expire_before": ("It must last until", ""),
    "need": ("How many of them are needed", "Leave this empty for all of them."),
    "needs_file": ("A file is uploaded.", ""),
    "op": ("Compared with the limit", ""),
    "optional": ("It is optional: nothing is missing without it.", ""),
    "parties": ("Who signs", f"{_ONE_PER_LINE} For example practice, vendor or dph."),
    "penalty": ("What follows from a late filing", ""),
    "per": ("Per", "For example full-time position."),
    "period": ("Period", ""),
    "periods": ("How many past periods are looked at", ""),
    "prorate": ("A shorter term lowers the hours in proportion.", ""),
    "provider_approved": ("Only training of approved providers counts.", ""),
    "recheck_months": ("Done again after, in months", ""),
    "registry": ("Registry", ""),
    "reverify_days": ("Checked again after, in days", ""),
    "reviewer_independence": ("The reviewer is independent.", ""),
    "rules": ("What must hold", ""),
    "settings": ("Places that count", f"{_ONE_PER_LINE} Leave this empty where all count."),
    "signer_role": ("Who signs", ""),
    "status_in": ("Status that counts", f"{_ONE_PER_LINE} For example current."),
    "template_id": ("Text of the agreement", "The short name of a text that CertHub has."),
    "text_id": ("Text to sign", "The short name of a text that CertHub has, such as scope-of-practice."),
    "title": ("Name of this way", ""),
    "types": ("Documents", f"{_ONE_PER_LINE} Short names in small letters, such as general_liability."),
    "union_all": ("Together the forms cover all skills.", ""),
    "unit": ("Hours of", ""),
    "verify_source": ("Where it is checked", ""),
    "version": ("Version of the text", ""),
    "waivable_for": ("Grounds on which it is waived", _ONE_PER_LINE),
    "what": ("What is filed", ""),
    "window_months": ("Within how many months", ""),
    "with_reasons": ("The signer gives reasons, which a reviewer reads.", ""),
    "within_days_of_decision": ("Days before the decision at most", ""),
    "within_years": ("Within how many years", ""),
}

_CHOICES: Mapping[str, str] = {
    "contact": "training",
    "work": "work",
    "expiry": "the last day of the credential",
    "decision": "the day of the decision",
    "term_end": "the end of the term",
    "any": "one of them",
    "all": "all of them",
    "full": "All hours are asked for",
    "prorated": "The hours are in proportion to its length",
    "exempt": "No hours are asked for",
    "applicant": "The applicant",
    "department": "DPH",
    "licences": "Among the person's licences",
    "evidence": "In the evidence for this requirement",
    "after_fiscal_year": "After the fiscal year",
    "after_period": "After each month, quarter or year",
    "after_event": "After an event",
    "chw_core": "Ten core skills of community health workers",
    "nccs": "Six domains of the National Care Coordination Standards",
    "no_conflicts": "No conflict with a practice",
    "champions_named": "A physician champion and a staff champion are named",
    "employed_by_certified_vendor": "Employed by a certified vendor",
    "<=": "at most",
    "<": "less than",
    ">=": "at least",
    ">": "more than",
    "==": "exactly",
    **{category.value: category.label for category in TrainingCategory},
    **{role.value: ROLE_LABELS[role] for role in Role},
    **REGISTRIES,
    **{one.id: one.title for one in INSTRUMENTS.values()},
}


def label_of(field: ParameterField | str) -> str:
    """The label of a parameter's field."""
    return _WORDS[field if isinstance(field, str) else field.name][0]


def hint_of(field: ParameterField) -> str:
    """What stands below the label, "" where nothing needs to be said."""
    if field.input is ParameterInput.TEXTS and field.name == "alternatives":
        return _ONE_PER_LINE
    hint = _WORDS[field.name][1] if (field.name, field.input) != ("need", ParameterInput.CHOICE) else ""
    return f"{hint} Only needed for some choices above.".strip() if field.sometimes else hint


def choice_in_words(name: str, value: str) -> str:
    """One of a parameter's choices as a person reads it."""
    if name == "domain_mins":
        return MHI_DOMAINS.get(value, value)
    return _CHOICES.get(value) or value.replace("_", " ")


def value_in_words(field: ParameterField, given: Any) -> str:
    """The value of a parameter as a person reads it; what was left out by its default."""
    if given is None and field.name == "need" and field.input is ParameterInput.WHOLE:
        return "all of them"
    value = field.default if given is None else given
    if value is None or value == "" or value in ([], (), {}):
        return NOT_SET
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(f"{choice_in_words(field.name, str(key))}: {_number(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        if field.input is ParameterInput.TABLES:
            return "; ".join(_table(field, one) for one in value)
        return "; ".join(_word(field, str(one)) for one in value)
    if isinstance(value, str):
        return _word(field, value)
    return _number(value)


def _word(field: ParameterField, value: str) -> str:
    if field.name == "types":
        return document_name(value)
    return choice_in_words(field.name, value) if field.choices else value


def _table(field: ParameterField, table: Mapping[str, Any]) -> str:
    told = [f"{label_of(one)}: {value_in_words(one, table[one.name])}" for one in field.fields if one.name in table]
    return ", ".join(told)


def _number(value: object) -> str:
    found = decimal_of(value)
    return str(value) if found is None else quantity(Decimal(found))
