"""The generic evidence form: what it asks, what it keeps, and how it says no."""

from datetime import date
from typing import Any

import pytest

from certhub.rules.dossier import EvidenceItem, Occasion
from certhub.rules.evidence_forms import (
    checked_value,
    done_by_department,
    fields_for,
    is_computed,
    needs_file,
    required_signer,
    takes_file,
)
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds import judge
from certhub.rules.requirement_kinds.instrument_scales import INSTRUMENTS
from certhub.rules.requirement_kinds.papers import require_signer
from certhub.rules.standard import Requirement
from certhub.rules.training_categories import COMPETENCIES, NCCS_DOMAINS
from certhub.rules.vocabulary import RequirementKind, Result, Role, Verdict
from tests.unit.rules.requirement_builders import AS_OF, ENTRY, subject
from tests.unit.rules.test_standard_definition import standard

SHIPPED = {one.code: one for name in ("cc", "vo", "pr", "tp") for one in standard(f"{name}-core").requirements}
COMPUTED = {
    RequirementKind.HOURS,
    RequirementKind.COURSE_SET,
    RequirementKind.RATIO,
    RequirementKind.RELATIONSHIP_RULE,
}
SIGNED = {"agreed": "y", "signed_by": "Ana Silva", "occurred_on": "2027-06-01"}
DAY = {"occurred_on": "2027-06-01"}
TYPED: dict[str, dict[str, Any]] = {
    "CC-01": SIGNED,
    "CC-01B": DAY | {"document_type": "identity_confirmation"},
    "CC-03": {"path": "work", "setting": "Clinic", "started_on": "2025-01-01", "hours": "2,000"} | DAY,
    "CC-05": {"check": "CORI", "requested_on": "2027-05-01", "cleared": "yes", "reviewer": "Pat"} | DAY,
    "CC-06": {"result": "clear"} | DAY,
    "VO-03": {"credential": "eohhs_qualification", "status": "unconditional"} | DAY,
    "VO-04": {"period_end": "2026-06-30", "occurred_on": "2026-11-01"},
    "VO-15": SIGNED | {"party": "vendor"},
    "PR-03": {"instrument": "MHI-FV", "completed_by": ["physician"]}
    | DAY
    | {f"scores-{theme}": "4" for theme in INSTRUMENTS["MHI-FV"].themes},
    "TP-03": {"criteria": [*COMPETENCIES, *NCCS_DOMAINS]} | DAY,
}


@pytest.mark.parametrize("requirement", SHIPPED.values(), ids=SHIPPED)
def test_a_form_is_empty_exactly_where_other_records_answer(requirement: Requirement) -> None:
    fields = fields_for(requirement)
    names = [field.name for field in fields]

    assert (not fields) == (requirement.kind in COMPUTED or requirement.code in {"TP-12", "VO-12"})
    assert is_computed(requirement) == (not fields)
    assert len(set(names)) == len(names)
    assert takes_file(requirement) <= bool(fields)
    assert needs_file(requirement) <= takes_file(requirement)


@pytest.mark.parametrize("code", TYPED)
def test_what_is_typed_in_and_accepted_meets_the_requirement(code: str) -> None:
    asked = SHIPPED[code]
    entered = checked_value(asked, TYPED[code], today=AS_OF)
    item = EvidenceItem(
        1, code, entered.value, entered.occurred_on, entered.expires_on, has_file=True, verdict=Verdict.ACCEPTED
    )
    finding = judge(asked, subject(item), ENTRY)
    assert finding.result is Result.MET, finding


def test_a_whole_reference_form_is_kept() -> None:
    raw: dict[str, str | list[str]] = {
        "reference_name": "Dr. Ng",
        "relationship": "Supervisor",
        "occurred_on": "2027-06-01",
        **{f"ratings-{key}": "na" if key == "outreach" else "3" for key in COMPETENCIES},
    }
    entered = checked_value(SHIPPED["CC-04"], raw, today=AS_OF)
    assert entered.value["ratings"] == {key: "na" if key == "outreach" else 3 for key in COMPETENCIES}
    assert entered.occurred_on == date(2027, 6, 1)


@pytest.mark.parametrize(
    ("code", "change", "field", "says"),
    [
        ("CC-01", {"occurred_on": "2027-06-16"}, "occurred_on", "in the future"),
        ("CC-01", {"occurred_on": "June 1"}, "occurred_on", "not a date"),
        ("CC-01", {"occurred_on": "0001-01-01"}, "occurred_on", "cannot be right"),
        ("CC-01", {"signed_by": " "}, "signed_by", "Fill in"),
        ("CC-01", {"signed_by": "x" * 201}, "signed_by", "201 characters, 200 at most"),
        ("CC-01", {"signed_by": "Ana\x00Silva"}, "signed_by", "cannot be kept"),
        ("CC-01", {"agreed": ""}, "agreed", "Check the box"),
        ("CC-01B", {"note": "x" * 2001}, "note", "2000 at most"),
        ("CC-01B", {"expires_on": "2027-05-31"}, "expires_on", "before the first date"),
        ("CC-01B", {"document_type": "w9"}, "document_type", "Choose one"),
        ("CC-03", {"started_on": "2027-06-02"}, "started_on", "must not be after"),
        ("CC-03", {"hours": "many"}, "hours", "not a number"),
        ("CC-03", {"hours": "NaN"}, "hours", "not a number"),
        ("CC-03", {"hours": "-1"}, "hours", "from 0 to 100000"),
        ("CC-03", {"hours": ""}, "hours", "Enter the hours"),
        ("CC-03", {"hours": "8,760", "started_on": "2027-05-31"}, "hours", "2 days have 48 hours"),
        ("CC-03", {"hours": "24.25", "started_on": "2027-06-01"}, "hours", "1 day has 24 hours"),
        ("CC-05", {"cleared": "maybe"}, "cleared", "Choose one"),
        ("CC-05", {"requested_on": "2027-06-02"}, "requested_on", "must not be after"),
        ("PR-03", {"scores-3.1": "9"}, "scores", "from 1 to 8"),
        ("PR-03", {"scores-3.1": ""}, "scores", "Still missing: 3.1"),
        ("PR-03", {"instrument": "MHI-SV", "scores-3.1": "6"}, "scores", "scored 1 to 5"),
        ("PR-03", {"completed_by": []}, "completed_by", "at least one"),
        ("TP-03", {"criteria": ["everything"]}, "criteria", "Choose from the list"),
    ],
)
def test_a_wrong_entry_is_refused_beside_its_field(code: str, change: dict[str, Any], field: str, says: str) -> None:
    with pytest.raises(Refusal, match=says) as caught:
        checked_value(SHIPPED[code], TYPED[code] | change, today=AS_OF)
    assert caught.value.field == field


def test_nothing_can_be_entered_where_other_records_answer() -> None:
    with pytest.raises(Refusal, match="computed from other records"):
        checked_value(SHIPPED["CC-09"], {}, today=AS_OF)


def test_a_background_check_keeps_no_report_and_takes_no_file() -> None:
    entered = checked_value(SHIPPED["CC-05"], TYPED["CC-05"] | {"note": "what it says"}, today=AS_OF)
    assert set(entered.value) == {"check", "requested_on", "cleared", "reviewer"}
    assert not takes_file(SHIPPED["CC-05"])


def test_it_is_known_who_signs_and_what_the_department_does_itself() -> None:
    assert required_signer(SHIPPED["CC-07"]) == "coordinator"
    assert required_signer(SHIPPED["CC-06"]) is None
    assert [code for code, one in SHIPPED.items() if done_by_department(one)] == ["VO-05", "VO-18", "PR-12"]


@pytest.mark.parametrize(
    ("party", "role", "says"),
    [
        ("practice_manager", Role.PRACTICE_MANAGER, ""),
        ("lead_physician", Role.PRACTICE_MANAGER, "You cannot sign for the lead physician. Upload the page"),
        ("vendor", Role.VENDOR_HR, ""),
        ("vendor", Role.COORDINATOR, "The vendor must sign this."),
        ("coordinator", Role.COORDINATOR, ""),
        ("coordinator", Role.VENDOR_HR, "The coordinator must sign this. Ask the coordinator to sign in"),
        ("training_provider", Role.TRAINING_PROVIDER, ""),
        ("dph", Role.VENDOR_HR, "You cannot sign for DPH"),
    ],
)
def test_an_account_signs_as_the_party_that_it_is(party: str, role: Role, says: str) -> None:
    if not says:
        require_signer(party, role)
        return
    with pytest.raises(Refusal, match=says):
        require_signer(party, role)


@pytest.mark.parametrize(("code", "needs"), [("PR-01", True), ("CC-07", True), ("CC-06", False), ("PR-02", False)])
def test_a_signature_that_is_typed_in_comes_with_its_paper(code: str, needs: bool) -> None:
    assert needs_file(SHIPPED[code]) is needs


def test_the_answer_follows_the_day_on_which_it_is_asked() -> None:
    entered = checked_value(SHIPPED["CC-06"], TYPED["CC-06"], today=AS_OF)
    item = EvidenceItem(1, "CC-06", entered.value, entered.occurred_on, verdict=Verdict.ACCEPTED)
    later = Occasion(date(2027, 7, 2), ENTRY.kind, ENTRY.term_start, ENTRY.term_end)
    assert judge(SHIPPED["CC-06"], subject(item), later).result is Result.NOT_MET
