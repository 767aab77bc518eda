"""A standard as the rules see it: a version with its requirements, groups and term policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from certhub.rules.vocabulary import (
    ExpiryRule,
    GroupOperator,
    RequirementKind,
    Severity,
    Stage,
    SubjectType,
    YearParity,
)

LONGEST_TERM_MONTHS = 120
"""No standard grants a longer term."""


@dataclass(frozen=True, slots=True)
class TermPolicy:
    """How long a credential lasts and when it can be renewed.

    Days are calendar days counted from the expiry: the renewal window opens `renewal_window_days` before it; during
    `grace_days` after it a late renewal is taken without a reinstatement; after `reinstatement_days` only a new
    application helps. `minimum_term_months` keeps a fixed common date from ending a term that has hardly begun.
    """

    term_months: int
    expiry_rule: ExpiryRule = ExpiryRule.ROLLING
    fixed_month: int | None = None
    fixed_day: int | None = None
    year_parity: YearParity = YearParity.ANY
    minimum_term_months: int = 0
    end_of_month: bool = False
    renewal_window_days: int = 90
    grace_days: int = 30
    reinstatement_days: int = 365
    incomplete_expires_days: int = 365
    appeal_days: int = 21


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a standard asks for.

    `params` are checked against the kind's own parameters when a standard is loaded (`rules.requirement_kinds`).
    `applies_when` limits the requirement to subjects whose attributes match, for example
    `{"discipline": ["nurse", "social_worker"]}`. `evidence_hint` says to a person what to provide.
    `per_site` asks for evidence for each open site of a practice; everything else a practice gives once for all sites.
    """

    code: str
    title: str
    plain_text: str
    kind: RequirementKind
    stages: frozenset[Stage]
    severity: Severity
    citation: str
    params: Mapping[str, Any] = field(default_factory=dict)
    applies_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    group: str | None = None
    evidence_hint: str = ""
    waivable: bool = False
    per_site: bool = False
    sort: int = 0


@dataclass(frozen=True, slots=True)
class RequirementGroup:
    """Requirements of which all, any, or at least `n` must be met; groups may stand inside groups."""

    code: str
    title: str
    operator: GroupOperator
    n: int | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Standard:
    """One version of a standard; `version` counts from 1."""

    code: str
    version: int
    subject_type: SubjectType
    title: str
    citation: str
    terms: TermPolicy
    requirements: tuple[Requirement, ...]
    groups: tuple[RequirementGroup, ...] = ()
