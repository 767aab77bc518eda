"""What belongs to one draw or one holder is never read with another, and who is written to about a holder."""

from datetime import date, timedelta

import pytest
from flask import Flask

from certhub import clock
from certhub.database import transaction
from certhub.models.ce_audits import CeAudit, CeSelection
from certhub.models.files import StoredFile
from certhub.models.parties import Employment
from certhub.queries import ce_audits as audits
from certhub.queries.visibility import NotVisible
from certhub.rules.audit_actions import AuditAction
from certhub.rules.ce_audit import CeOutcome
from certhub.rules.permissions import OPERATOR
from certhub.rules.vocabulary import EmploymentKind, Role
from certhub.services import ce_audits as service
from tests.factories import WHEN, make_coordinator, make_employment, make_practice, make_user, make_vendor, saved
from tests.integration.ce_audits.arranging import drawn, population, renewed, standard
from tests.integration.parties.browsing import entries


def two_draws() -> tuple[CeAudit, CeAudit]:
    population(2)
    renewed(make_coordinator(), date(2026, 7, 10))
    return drawn(number=2), drawn(number=1, decided_from=date(2026, 7, 1), decided_to=date(2026, 7, 31))


def selections(audit: CeAudit) -> list[CeSelection]:
    return [audits.selection(OPERATOR, row.id) for row in audits.selected(OPERATOR, audit)]


def paper(selection: CeSelection) -> StoredFile:
    return saved(
        StoredFile(
            owner_id=selection.party_id, party_id=selection.party_id, sha256="0" * 64, size=1,
            media_type="application/pdf", original_name="proof.pdf", uploaded_at=WHEN,
        )
    )  # fmt: skip


def test_each_draw_has_its_own_sample(app: Flask) -> None:
    first, second = two_draws()
    assert [len(selections(audit)) for audit in (first, second)] == [2, 1]
    assert [audits.again(audit).equal for audit in (first, second)] == [True, True]
    assert [audit.id for audit in audits.page(OPERATOR).rows] == [second.id, first.id]


def test_the_proofs_and_outcomes_of_a_holder_are_not_those_of_another(app: Flask) -> None:
    audit, _ = two_draws()
    one, other = selections(audit)
    reviewer = make_user(Role.DPH_REVIEWER)
    file = paper(one)
    with transaction():
        proof = service.provide_proof(one, file, note="", actor=reviewer, at=clock.now())
        result = service.record_result(one, CeOutcome.PASSED, reason="", shown=None, actor=reviewer, at=clock.now())
    assert (list(audits.proofs(one)), list(audits.results(one))) == ([proof], [result])
    assert (list(audits.proofs(other)), list(audits.results(other))) == ([], [])
    assert [(row.proofs, row.outcome) for row in audits.selected(OPERATOR, audit)] == [(1, CeOutcome.PASSED), (0, None)]
    assert [len(entries(action)) for action in (AuditAction.CE_RESULT_RECORDED, AuditAction.CE_RESULT_CORRECTED)] == [
        1, 0,
    ]  # fmt: skip
    with transaction():
        service.record_result(
            one, CeOutcome.FAILED, reason="Two hours are not shown.", shown=result.id, actor=reviewer, at=clock.now()
        )
    assert [row.outcome for row in audits.selected(OPERATOR, audit)] == [CeOutcome.FAILED, None]
    assert len(entries(AuditAction.CE_RESULT_CORRECTED)) == 1


def test_a_draw_is_for_the_department(app: Flask) -> None:
    audit, _ = two_draws()
    holder = make_user(Role.COORDINATOR, make_coordinator())
    assert audits.page(holder).rows == []
    for viewer, number in ((holder, audit.id), (OPERATOR, audit.id + 900)):
        with pytest.raises(NotVisible):
            audits.one(viewer, number)
    assert audits.one(OPERATOR, audit.id) == audit


@pytest.mark.parametrize("broken", [{"hash_equal": False}, {"on_record_equal": False}, {"sample_equal": False}, {}])
def test_a_draw_is_as_it_was_only_where_all_of_it_is(broken: dict[str, bool]) -> None:
    given = {"hash_equal": True, "on_record_equal": True, "sample_equal": True} | broken
    assert audits.Again(hash="", sample=(), **given).equal is not bool(broken)


def test_only_standards_for_coordinators_are_drawn_from(app: Flask) -> None:
    assert [one.code for one in audits.standards()] == [standard().code]


def test_a_holder_is_written_to_with_the_vendors_that_employ_them_on_the_day(app: Flask) -> None:
    today = date(2026, 11, 20)
    person = make_coordinator(email="ana@example.org")
    spells = {
        "last day": (date(2025, 1, 6), today, None),
        "first day": (today, None, None),
        "gone": (date(2025, 1, 6), today - timedelta(days=1), None),
        "to come": (today + timedelta(days=1), None, None),
        "set aside": (date(2025, 1, 6), None, WHEN),
    }
    offices = {}
    for name, (starts_on, ends_on, superseded_at) in spells.items():
        vendor = make_vendor(name)
        offices[name] = str(vendor.email)
        saved(
            Employment(
                coordinator_id=person.id, employer_id=vendor.id, kind=EmploymentKind.EMPLOYEE, starts_on=starts_on,
                ends_on=ends_on, recorded_at=WHEN, superseded_at=superseded_at,
            )
        )  # fmt: skip
    make_employment(person, make_practice())
    make_employment(make_coordinator(), make_vendor())
    assert set(audits.readers(person, on=today)) == {
        "ana@example.org", offices["last day"], offices["first day"],
    }  # fmt: skip
