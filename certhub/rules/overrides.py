"""Setting a critical requirement aside: which can be, by whom, and with what reason (ADR 12).

The State Auditor found payments and approvals without required documents; the recommendation is that an exception has
a written reason and a second person. The standard itself says what can be excused at all: what it marks as waivable.
"""

from collections.abc import Iterable

from certhub.rules.findings import Finding, listed
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import Result, Severity

Pair = tuple[Requirement, Finding]


def may_be_overridden(requirement: Requirement) -> bool:
    """Whether two people may approve although this is not met: only what the standard itself allows to be waived.

    So independence from practices, background checks and exclusion lists never are: no standard marks them waivable.
    """
    return requirement.waivable


def set_aside(pairs: Iterable[Pair], *, unmet_critical: Iterable[str], waived: Iterable[str]) -> tuple[Pair, ...]:
    """The critical requirements that an approval would set aside: those not met, and those that a reviewer waived."""
    unmet, excused = set(unmet_critical), set(waived)
    return tuple(
        (requirement, finding)
        for requirement, finding in pairs
        if requirement.severity is Severity.CRITICAL
        and (requirement.code in unmet or (requirement.code in excused and finding.result is Result.WAIVED))
    )


def fixed(aside: Iterable[Pair]) -> tuple[Pair, ...]:
    """What nobody may set aside, of what an approval would set aside."""
    return tuple(pair for pair in aside if not may_be_overridden(pair[0]))


def require_overridable(aside: Iterable[Pair]) -> None:
    """Refuse where something stands in the way that nobody may set aside."""
    in_the_way = fixed(aside)
    if in_the_way:
        told = " ".join(
            f"{requirement.code} {requirement.title}: {finding.explanation}" for requirement, finding in in_the_way
        )
        raise Refusal(f"This cannot be approved while a critical requirement is not met. {told}")


def require_second_person(recommended_by_id: int, decides_id: int) -> None:
    """Refuse a decision by the person who recommended it."""
    if recommended_by_id == decides_id:
        raise Refusal(
            "You recommended this decision, so another person makes it. You can take it back into review instead."
        )


def require_grounds(aside: Iterable[Pair], *, recommended: Iterable[str] | None) -> None:
    """Refuse an approval that sets aside what the recommendation does not name; `recommended` is None without one."""
    open_items = [pair for pair in aside if pair[0].code not in set(recommended or ())]
    if not open_items:
        return
    require_overridable(open_items)
    names = listed([f"{requirement.code} {requirement.title}" for requirement, _ in open_items])
    if recommended is None:
        raise Refusal(
            f"A critical requirement would be set aside: {names}. That takes two people. Recommend the approval with "
            "your reason, and another person decides."
        )
    raise Refusal(f"The recommendation does not say why {names} is set aside. Take it back into review first.")
