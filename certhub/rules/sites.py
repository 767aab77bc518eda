"""A practice with several sites: what it gives once counts for all, and what is asked for each is judged for each."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from certhub.rules.dossier import Dossier, EvidenceItem, SiteItem
from certhub.rules.findings import Finding, counted, listed, share
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Requirement
from certhub.rules.terms import written
from certhub.rules.vocabulary import Result

SITES = "sites"
"""Where evidence names the sites that it is for: their words by their numbers, as they stood."""


def for_each_site(requirement: Requirement, dossier: Dossier, judge: Callable[[Dossier], Finding]) -> Finding:
    """The finding for a requirement that is asked for each site: met where each open site is covered.

    A practice without a site on file is judged as one place.
    """
    if not requirement.per_site or not dossier.sites:
        return judge(dossier)
    found = [(site, judge(_seen_from(site, requirement, dossier))) for site in dossier.sites]
    first = found[0][1]
    if len(found) == 1 or any(finding.result is Result.NOT_APPLICABLE for _, finding in found):
        return first
    met = [finding for _, finding in found if finding.satisfied]
    waiting = [finding for _, finding in found if finding.awaiting_review and not finding.satisfied]
    lacking = [(site, finding) for site, finding in found if not finding.satisfied and not finding.awaiting_review]
    dates = [finding.due_on for _, finding in found if finding.due_on is not None]
    if lacking:
        names = listed([site.words for site, _ in lacking])
        explanation = f"Still needed for {names}. {lacking[0][1].explanation}"
    elif waiting:
        explanation = waiting[0].explanation
    else:
        explanation = f"Given for each of {counted(len(found), 'site')}. {first.explanation}"
    results = {finding.result for _, finding in found}
    return replace(
        first,
        result=results.pop() if len(results) == 1 else Result.PARTIAL,
        have=f"{len(met) + len(waiting)} of {counted(len(found), 'site')}",
        explanation=explanation,
        due_on=min(dates, default=None),
        progress=share(len(met) + len(waiting), len(found)),
        evidence_ids=tuple(sorted({one for _, finding in found for one in finding.evidence_ids})),
        provided=all(finding.provided for _, finding in found),
        awaiting_review=not lacking and bool(waiting),
    )


def _seen_from(site: SiteItem, requirement: Requirement, dossier: Dossier) -> Dossier:
    evidence = tuple(item for item in dossier.evidence if item.requirement != requirement.code or _is_for(site, item))
    return replace(dossier, evidence=evidence)


def _is_for(site: SiteItem, item: EvidenceItem) -> bool:
    named = item.value.get(SITES)
    return isinstance(named, Mapping) and str(site.id) in named


def sites_named(requirement: Requirement, chosen: Collection[str], sites: Collection[SiteItem]) -> Mapping[str, Any]:
    """What evidence keeps of the sites that it is for; of a practice with one site, that one.

    Raises `Refusal` where none is chosen, or one that is not an open site of the practice.
    """
    if not requirement.per_site or not sites:
        return {}
    known = {str(site.id): site.words for site in sites}
    if len(known) == 1:
        return {SITES: known}
    if not chosen:
        raise Refusal("Choose at least one site.", field=SITES)
    if not set(chosen) <= set(known):
        raise Refusal("Choose from the sites that are open now.", field=SITES)
    return {SITES: {key: words for key, words in known.items() if key in chosen}}


def require_opening_day(
    opened_on: date | None, *, closed_on: date | None, has_moved_here: bool, opened_before: date | None
) -> None:
    """Refuse a first day of a site after its last one, or, of one that moved here, not after it opened where it was."""
    if closed_on is not None and opened_on is not None and opened_on > closed_on:
        raise Refusal(
            f"The site was open until {written(closed_on)}. Enter a first day that is not after it.", field="opened_on"
        )
    if not has_moved_here:
        return
    if opened_on is None:
        raise Refusal("The site moved here. Enter the first day at this address.", field="opened_on")
    if opened_before is not None and opened_on <= opened_before:
        raise Refusal(
            f"The site opened at its old address on {written(opened_before)}. The first day at this one must be later.",
            field="opened_on",
        )
