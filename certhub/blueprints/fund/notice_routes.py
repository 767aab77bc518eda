"""Notices of assessment as they were issued, as a page and as a tagged PDF."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from certhub.auth.guard import requires, viewer
from certhub.blueprints.fund import bp
from certhub.queries import fund, fund_notices
from certhub.rules.fiscal_years import fiscal_year_in_words as named
from certhub.rules.permissions import Permission
from certhub.web.printing import download_of


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>/notices/<int:fund_notice_id>")
@requires(Permission.FUND_READ)
def notice(fund_year_id: int, payer_id: int, fund_notice_id: int) -> ResponseReturnValue:
    """The letter: what is assessed, why, when it is due, and how to appeal."""
    year = fund.one(viewer(), fund_year_id)
    found = fund_notices.one(viewer(), year, payer_id, fund_notice_id)
    return render_template(
        "fund/notice.html",
        year=year,
        payer=found.assessment.payer,
        notice=found,
        words=fund_notices.words(found),
        appeal=fund_notices.appeal_words(found),
        is_latest=fund_notices.is_latest(found),
    )


@bp.route("/<int:fund_year_id>/accounts/<int:payer_id>/notices/<int:fund_notice_id>/letter.pdf")
@requires(Permission.FUND_READ)
def notice_pdf(fund_year_id: int, payer_id: int, fund_notice_id: int) -> ResponseReturnValue:
    year = fund.one(viewer(), fund_year_id)
    found = fund_notices.one(viewer(), year, payer_id, fund_notice_id)
    name = f"notice-of-assessment-{named(year.fiscal_year).lower()}-{found.id}"
    page = url_for(".notice", fund_year_id=year.id, payer_id=payer_id, fund_notice_id=found.id)
    return download_of(fund_notices.letter(found), name, page=page)
