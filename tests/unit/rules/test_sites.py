"""What is asked for each site of a practice, and what counts for all of them."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from certhub.rules.dossier import Dossier, EvidenceItem, SiteItem
from certhub.rules.findings import Finding
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds import judge
from certhub.rules.sites import SITES, for_each_site, require_opening_day, sites_named
from certhub.rules.vocabulary import Result, Role, SubjectType, Verdict
from tests.unit.rules.requirement_builders import ENTRY
from tests.unit.rules.test_evidence_forms import SHIPPED

MAIN, SECOND = SiteItem(1, "Main office"), SiteItem(2, "Second office")
SPACE = SHIPPED["PR-07"]
METHOD = replace(SHIPPED["PR-05"], per_site=True)


def signed(number: int, *sites: SiteItem) -> EvidenceItem:
    value = {"text_id": "space-and-records", "version": 1, "signer_role": Role.PRACTICE_MANAGER.value, "agreed": True}
    named = {SITES: {str(site.id): site.words for site in sites}} if sites else {}
    return EvidenceItem(number, "PR-07", {**value, **named}, date(2027, 6, 1))


def paper(number: int, verdict: Verdict, *sites: SiteItem) -> EvidenceItem:
    value = {"document_type": "identification_method", SITES: {str(site.id): site.words for site in sites}}
    return EvidenceItem(number, "PR-05", value, date(2027, 6, 1), has_file=True, verdict=verdict)


@pytest.mark.parametrize(
    ("sites", "evidence", "result", "have", "says"),
    [
        ((), (signed(1),), Result.MET, "Signed", "Signed on"),
        ((MAIN,), (signed(1, MAIN),), Result.MET, "Signed", "Signed on"),
        ((MAIN,), (signed(1),), Result.NOT_MET, "", "Not signed yet"),
        ((MAIN, SECOND), (signed(1, MAIN, SECOND),), Result.MET, "2 of 2 sites", "Given for each of 2 sites"),
        ((MAIN, SECOND), (signed(1, MAIN), signed(2, SECOND)), Result.MET, "2 of 2 sites", "Given for each of 2 sites"),
        ((MAIN, SECOND), (signed(1, MAIN),), Result.PARTIAL, "1 of 2 sites", "Still needed for Second office."),
        ((MAIN, SECOND), (), Result.NOT_MET, "0 of 2 sites", "Still needed for Main office and Second office."),
        ((MAIN, SECOND), (signed(1),), Result.NOT_MET, "0 of 2 sites", "Still needed for Main office and Second"),
    ],
)
def test_each_open_site_must_be_covered(
    sites: tuple[SiteItem, ...], evidence: tuple[EvidenceItem, ...], result: Result, have: str, says: str
) -> None:
    found = judge(SPACE, Dossier(SubjectType.PRACTICE, 7, evidence=evidence, sites=sites), ENTRY)

    assert (found.result, says in found.explanation) == (result, True), found.explanation
    assert found.have.startswith(have)
    assert found.provided is (result is Result.MET)


def test_what_is_asked_once_counts_for_all_sites() -> None:
    once = replace(SPACE, per_site=False)
    dossier = Dossier(SubjectType.PRACTICE, 7, evidence=(signed(1),), sites=(MAIN, SECOND))
    assert judge(once, dossier, ENTRY).result is Result.MET


@pytest.mark.parametrize(
    ("second", "result", "have", "waits", "provided"),
    [
        (paper(2, Verdict.ACCEPTED, SECOND), Result.MET, "2 of 2 sites", False, True),
        (paper(2, Verdict.PENDING, SECOND), Result.PARTIAL, "2 of 2 sites", True, True),
        (paper(2, Verdict.PENDING, MAIN), Result.PARTIAL, "1 of 2 sites", False, False),
    ],
)
def test_a_paper_for_one_site_waits_while_the_other_is_accepted(
    second: EvidenceItem, result: Result, have: str, waits: bool, provided: bool
) -> None:
    evidence = (paper(1, Verdict.ACCEPTED, MAIN), second)
    found = judge(METHOD, Dossier(SubjectType.PRACTICE, 7, evidence=evidence, sites=(MAIN, SECOND)), ENTRY)

    assert (found.result, found.have, found.awaiting_review, found.provided) == (result, have, waits, provided)
    assert found.progress == (Fraction(1) if have == "2 of 2 sites" else Fraction(1, 2))


def test_while_one_site_lacks_its_paper_nothing_is_left_to_a_review_alone() -> None:
    evidence = (paper(1, Verdict.ACCEPTED, MAIN), paper(2, Verdict.PENDING, SECOND))
    third = SiteItem(3, "Third office")
    found = judge(METHOD, Dossier(SubjectType.PRACTICE, 7, evidence=evidence, sites=(MAIN, SECOND, third)), ENTRY)
    assert (found.have, found.awaiting_review, found.provided) == ("2 of 3 sites", False, False)


def test_the_papers_of_all_sites_are_good_until_the_first_of_them_ends() -> None:
    first, second = date(2028, 3, 1), date(2029, 3, 1)
    evidence = (
        replace(paper(9, Verdict.ACCEPTED, MAIN), expires_on=second),
        replace(paper(1, Verdict.ACCEPTED, SECOND), expires_on=first),
    )
    found = judge(METHOD, Dossier(SubjectType.PRACTICE, 7, evidence=evidence, sites=(MAIN, SECOND)), ENTRY)
    assert (found.due_on, found.evidence_ids) == (first, (1, 9))


def test_what_does_not_apply_to_a_practice_is_asked_for_none_of_its_sites() -> None:
    nothing_to_say = Finding("PR-07", Result.NOT_APPLICABLE, "", "Signed", "This does not apply to you.")
    dossier = Dossier(SubjectType.PRACTICE, 7, sites=(MAIN, SECOND))
    assert for_each_site(SPACE, dossier, lambda _: nothing_to_say) is nothing_to_say


@pytest.mark.parametrize(
    ("chosen", "sites", "named"),
    [
        ((), (), None),
        ((), (MAIN,), {"1"}),
        (("2",), (MAIN, SECOND), {"2"}),
        (("1", "2"), (MAIN, SECOND), {"1", "2"}),
    ],
)
def test_evidence_names_the_sites_that_it_is_for(
    chosen: tuple[str, ...], sites: tuple[SiteItem, ...], named: set[str] | None
) -> None:
    found = sites_named(SPACE, chosen, sites)
    assert (set(found[SITES]) if SITES in found else None) == named
    assert sites_named(replace(SPACE, per_site=False), chosen, sites) == {}


@pytest.mark.parametrize("chosen", [(), ("3",), ("1", "3")])
def test_a_site_that_is_not_open_is_not_named(chosen: tuple[str, ...]) -> None:
    with pytest.raises(Refusal) as refused:
        sites_named(SPACE, chosen, (MAIN, SECOND))
    assert refused.value.field == SITES


@pytest.mark.parametrize(
    ("opened_on", "moved_here", "opened_before", "says"),
    [
        (date(2020, 1, 1), False, None, None),
        (None, False, None, None),
        (date(2026, 6, 1), False, None, None),
        (date(2026, 6, 2), False, None, "was open until June 1, 2026"),
        (date(2020, 1, 2), True, date(2020, 1, 1), None),
        (date(2020, 1, 1), True, date(2020, 1, 1), "opened at its old address on January 1, 2020"),
        (date(2020, 1, 1), True, None, None),
        (None, True, None, "moved here"),
    ],
)
def test_the_day_on_which_a_site_opened_fits_its_other_days(
    opened_on: date | None, moved_here: bool, opened_before: date | None, says: str | None
) -> None:
    days = {"closed_on": date(2026, 6, 1), "opened_before": opened_before}
    if says is None:
        require_opening_day(opened_on, has_moved_here=moved_here, **days)
        return
    with pytest.raises(Refusal, match=says) as refused:
        require_opening_day(opened_on, has_moved_here=moved_here, **days)
    assert refused.value.field == "opened_on"
