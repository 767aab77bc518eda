"""The demo state shows months of caseload: in time, late and missing, with questions and somebody over capacity."""

from flask import Flask
from sqlalchemy import select

from certhub.database import db
from certhub.demo import caseloads
from certhub.models.caseload import CaseloadQuestion, CaseloadReport
from certhub.models.parties import VendorOrganization
from certhub.queries import caseload_reports, caseload_use
from certhub.rules.caseload import Light
from certhub.rules.caseload_checks import QuestionState
from certhub.rules.caseload_report import Breakdown
from certhub.rules.permissions import OPERATOR
from certhub.rules.terms import add_months
from tests.integration.demo.loading import TODAY

LATEST, SECOND = (add_months(TODAY.replace(day=1), -back) for back in (1, 2))


def test_every_vendor_reported_one_of_them_late_and_the_children_are_split_as_the_founding_documents_say(
    demo: Flask,
) -> None:
    reports = db.session.scalars(select(CaseloadReport).where(CaseloadReport.month_from == SECOND)).all()
    vendors = len(db.session.scalars(select(VendorOrganization)).all())
    totals = caseload_reports.totals(OPERATOR, SECOND)
    coverage, disability = ([number for _, number in totals[one]] for one in (Breakdown.COVERAGE, Breakdown.DISABILITY))

    assert len(reports) == vendors
    assert [report.filed_on > report.due_on for report in reports].count(True) == 1
    assert 950 < sum(coverage) < 1300
    for parts, shares in ((coverage[:2], (52, 41)), (disability, (25, 24, 14, 37))):
        assert all(abs(100 * part / sum(coverage) - share) < 2 for part, share in zip(parts, shares, strict=True))


def test_somebody_is_over_capacity_somebody_nearly_and_most_have_room(demo: Flask) -> None:
    lights = [row.light for row in caseload_use.state(OPERATOR, TODAY)]
    assert lights.count(Light.RED) == 1
    assert lights.count(Light.AMBER) >= 1
    assert lights.count(Light.GREEN) > 30


def test_questions_are_open_answered_and_accepted(demo: Flask) -> None:
    states = {question.state for question in db.session.scalars(select(CaseloadQuestion))}
    assert states == {QuestionState.OPEN, QuestionState.ANSWERED, QuestionState.ACCEPTED}
    assert len(db.session.scalars(select(CaseloadQuestion)).all()) < 4 * caseloads.MONTHS
