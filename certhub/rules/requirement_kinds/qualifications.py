"""Kinds about what others confirm of a person or organization: competency (references) and credential held."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from certhub.rules.dossier import Dossier, EvidenceItem, LicenceItem, Occasion
from certhub.rules.findings import Finding, counted, listed, share
from certhub.rules.requirement_kinds.kind import (
    Kind,
    best,
    evidence_for,
    lacking,
    not_applicable,
    reviewed,
    value_text,
)
from certhub.rules.requirement_kinds.parameters import MOST_DAYS, Parameters
from certhub.rules.standard import Requirement
from certhub.rules.terms import written
from certhub.rules.training_categories import COMPETENCY_LISTS
from certhub.rules.vocabulary import Result

TOP_RATING = 4
IN_LICENCES, IN_EVIDENCE = "licences", "evidence"
NCQA_PCMH = "ncqa_pcmh"
NCQA_CORE, NCQA_CREDITS = 40, 25
"""NCQA recognizes a medical home that meets all core criteria and has enough credits from elective ones."""


@dataclass(frozen=True, slots=True)
class CompetencyParameters:
    """How many reference forms, how many competencies each must rate, and whether they must cover all together."""

    competency_list: str
    min_forms: int
    min_rated_per_form: int
    union_all: bool
    min_rating: int


@dataclass(frozen=True, slots=True)
class CredentialParameters:
    """Which outside credential is asked for, in which status, and how fresh its check must be (days).

    `held_in` says where it is found: among the subject's licences or in the evidence for this requirement.
    """

    any_of: tuple[str, ...]
    status_in: tuple[str, ...]
    verify_source: str
    reverify_days: int | None
    held_in: str
    optional: bool


def _read_competency(raw: Parameters) -> CompetencyParameters:
    name = raw.text("competency_list", default="chw_core", choices=tuple(COMPETENCY_LISTS))
    size = len(COMPETENCY_LISTS[name])
    return CompetencyParameters(
        competency_list=name,
        min_forms=raw.whole("min_forms", 1, 10),
        min_rated_per_form=raw.whole("min_rated_per_form", 1, size),
        union_all=raw.flag("union_all", default=True),
        min_rating=raw.whole("min_rating", 1, TOP_RATING, default=1),
    )


def _judge_competency(
    requirement: Requirement, params: CompetencyParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    """Judge the references by 272 CMR 4.03(1)(b).

    Each form rates at least eight of the ten competencies other than "not applicable", and together they cover all ten.
    """
    names = COMPETENCY_LISTS[params.competency_list]
    forms = evidence_for(requirement, dossier, occasion.as_of)
    rated = {form.id: _rated(form, names, params.min_rating) for form in forms}
    good = [form for form in forms if len(rated[form.id]) >= params.min_rated_per_form]
    covered = set().union(*(rated[form.id] for form in good)) if good else set()
    missing = [title for key, title in names.items() if key not in covered]
    faults = []
    for form in forms:
        if form not in good:
            who = value_text(form, "reference_name") or "One reference"
            count = len(rated[form.id])
            faults.append(
                f"The form of {who} rates {count} of {len(names)} competencies; {params.min_rated_per_form} are needed."
            )
    if len(good) < params.min_forms:
        faults.append(
            f"{counted(params.min_forms - len(good), 'more usable form is', 'more usable forms are')} needed."
        )
    if good and params.union_all and missing:
        faults.append(
            f"Together the forms cover {len(covered)} of {len(names)} competencies; "
            f"nobody has rated {listed(missing)} yet."
        )
    blocking = len(good) < params.min_forms or (params.union_all and bool(missing))
    have = f"{counted(len(good), 'usable form')}, {len(covered)} of {len(names)} competencies"
    need = f"{counted(params.min_forms, 'form')}, each with {params.min_rated_per_form} of {len(names)} competencies"
    if params.union_all:
        need += f", together all {len(names)}"
    if not blocking:
        return reviewed(requirement, good, have=have, need=need, explanation=f"{have}.")
    return Finding(
        requirement.code,
        Result.PARTIAL if good else Result.NOT_MET,
        have=have,
        need=need,
        explanation=" ".join(faults),
        progress=min(share(len(good), params.min_forms), share(len(covered), len(names))),
        evidence_ids=tuple(form.id for form in good),
        provided=len(forms) >= params.min_forms,
    )


def _rated(form: EvidenceItem, names: Mapping[str, str], min_rating: int) -> frozenset[str]:
    ratings = form.value.get("ratings")
    if not isinstance(ratings, Mapping):
        return frozenset()
    return frozenset(
        key
        for key, rating in ratings.items()
        if key in names and isinstance(rating, int) and not isinstance(rating, bool) and rating >= min_rating
    )


def _read_credential(raw: Parameters) -> CredentialParameters:
    return CredentialParameters(
        any_of=raw.texts("any_of"),
        status_in=raw.texts("status_in"),
        verify_source=raw.text("verify_source", default=""),
        reverify_days=raw.whole_or_none("reverify_days", 1, MOST_DAYS),
        held_in=raw.text("held_in", default=IN_LICENCES, choices=(IN_LICENCES, IN_EVIDENCE)),
        optional=raw.flag("optional", default=False),
    )


def _judge_credential(
    requirement: Requirement, params: CredentialParameters, dossier: Dossier, occasion: Occasion
) -> Finding:
    names = [credential_name(kind) for kind in params.any_of]
    need = f"{listed(names, last='or')} ({listed([credential_name(one) for one in params.status_in], last='or')})"
    if params.held_in == IN_EVIDENCE:
        given = [
            (LicenceItem(value_text(item, "credential"), "", item.expires_on, value_text(item, "status"),
                         item.occurred_on), item)
            for item in evidence_for(requirement, dossier, occasion.as_of)
        ]  # fmt: skip
        fitting = [(held, item) for held, item in given if held.kind in params.any_of]
        chosen = best(item for held, item in fitting if not _fault_in_credential(held, params, occasion))
        if chosen is not None:
            held = next(held for held, item in fitting if item is chosen)
            had = _credential_had(held)
            return reviewed(requirement, [chosen], have=had, need=need, explanation=f"{had}.", due_on=held.expires_on)
        found = [held for held, _ in fitting]
    else:
        found = sorted(
            (held for held in dossier.licences if held.kind in params.any_of),
            key=lambda held: (held.expires_on or date.max, held.kind, held.number),
        )
        good = [held for held in found if not _fault_in_credential(held, params, occasion)]
        if good:
            had = _credential_had(good[-1])
            return Finding(
                requirement.code, Result.MET, have=had, need=need, explanation=f"{had}.", due_on=good[-1].expires_on
            )
    if found:
        fault = _fault_in_credential(found[-1], params, occasion)
        return lacking(
            requirement, need=need, have=_credential_had(found[-1]), explanation=fault, due_on=found[-1].expires_on
        )
    if params.optional:
        return not_applicable(requirement, need=need, explanation="Optional. Add it if you have it.")
    return lacking(requirement, need=need, explanation=f"Add one of these: {listed(names, last='or')}.")


def _fault_in_credential(held: LicenceItem, params: CredentialParameters, occasion: Occasion) -> str:
    name = credential_name(held.kind)
    if held.status not in params.status_in:
        return f"The status of {name} is {credential_name(held.status) or 'not given'}."
    if held.expires_on is not None and held.expires_on < occasion.as_of:
        return f"{name} expired on {written(held.expires_on)}."
    if params.reverify_days is None:
        return ""
    source = f" with {params.verify_source}" if params.verify_source else ""
    if held.verified_on is None:
        return f"{name} was not found in order{source} yet. Check it, and record the check."
    if held.verified_on < occasion.as_of - timedelta(days=params.reverify_days):
        return (
            f"{name} was last checked on {written(held.verified_on)}; "
            f"check it again{source} (every {params.reverify_days} days)."
        )
    return ""


def _credential_had(held: LicenceItem) -> str:
    until = f", good through {written(held.expires_on)}" if held.expires_on is not None else ""
    return f"{credential_name(held.kind)}: {credential_name(held.status) or 'no status'}{until}"


def credential_name(kind: str) -> str:
    """A credential or status as a person reads it; short names such as RN stay as they are."""
    known = {
        "ncqa_pcmh": "NCQA medical home recognition",
        "masshealth_tier_2": "MassHealth tier 2",
        "masshealth_tier_3": "MassHealth tier 3",
        "EDUCATOR": "educator license",
        "eohhs_qualification": "EOHHS provider qualification",
    }
    return known.get(kind, kind if kind.isupper() else kind.replace("_", " "))


COMPETENCY = Kind(_read_competency, _judge_competency)
CREDENTIAL_HELD = Kind(
    _read_credential,
    _judge_credential,
    has_data=lambda requirement, params, dossier: (
        bool(dossier.licences)
        if params.held_in == IN_LICENCES
        else any(item.requirement == requirement.code for item in dossier.evidence)
    ),
    records=lambda params, dossier: (
        sorted(
            (one.kind, one.number, str(one.expires_on), one.status, str(one.verified_on)) for one in dossier.licences
        )
        if params.held_in == IN_LICENCES
        else None
    ),
)
