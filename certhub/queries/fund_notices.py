"""Notices of assessment: what each said when it was issued, and the letter that is printed of it."""

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased, joinedload

from certhub.database import db
from certhub.documents.letter import Letter, Passage, Section, shown
from certhub.models.fund import FundYear
from certhub.models.fund_accounts import Assessment, FundNotice
from certhub.queries.visibility import NotVisible, sees_everything
from certhub.rules.money import dollars
from certhub.rules.permissions import Viewer
from certhub.rules.pooled_fund.notices import Words, kept
from certhub.rules.terms import written


def one(viewer: Viewer, year: FundYear, payer_id: int, fund_notice_id: int) -> FundNotice:
    """A notice of a payer's year; for DPH. Raises `NotVisible`."""
    found = db.session.scalars(
        select(FundNotice)
        .join(Assessment, Assessment.id == FundNotice.assessment_id)
        .options(joinedload(FundNotice.assessment).joinedload(Assessment.payer))
        .where(FundNotice.id == fund_notice_id, Assessment.fund_year_id == year.id, Assessment.payer_id == payer_id)
    ).first()
    if found is None or not sees_everything(viewer):
        raise NotVisible(fund_notice_id)
    return found


def is_latest(notice: FundNotice) -> bool:
    """Whether no later assessment took the place of the one that it is of."""
    later = aliased(Assessment)
    return not db.session.scalar(select(exists().where(later.supersedes_id == notice.assessment_id)))


def words(notice: FundNotice) -> Words:
    """What a notice said when it was issued."""
    return kept(notice.words)


def letter(notice: FundNotice) -> Letter:
    """A notice as a letter: only what it said, so that it is the same for ever."""
    said = words(notice)
    parts = tuple(f"{one.label}: {dollars(one.cents)}" for one in said.parts)
    what = "To be paid back to you" if said.total_cents < 0 else "To be paid"
    about = [said.stands_for] if said.stands_for else []
    about.append(
        "The Department of Public Health assesses you for the pooled fund of pediatric care coordination for "
        f"{said.year}."
    )
    return Letter(
        title="Notice of assessment",
        dated_on=notice.issued_on,
        facts=(
            ("To", shown(", ".join(said.to))),
            ("Payer", shown(said.payer)),
            ("Date", written(notice.issued_on)),
            (what, dollars(abs(said.total_cents))),
            ("Appeal", f"In writing until {written(notice.appeal_until)}"),
            ("Signed by", shown(f"{said.signed_by} for DPH")),
        ),
        sections=(
            Section("", tuple(Passage((shown(one),)) for one in about)),
            Section("Your assessment", (Passage((), parts), *(Passage((shown(one),)) for one in said.reasons))),
            *_instalments(said),
            Section("If you disagree", (Passage((appeal_words(notice),)),)),
        ),
        closing="Whoever pays in part pays the oldest instalment first.",
    )


def appeal_words(notice: FundNotice) -> str:
    """How to appeal."""
    return (
        f"You can appeal in writing until {written(notice.appeal_until)}. Say what you disagree with, and add what "
        "shows it. An appeal does not move the days on which payments are due."
    )


def _instalments(said: Words) -> tuple[Section, ...]:
    rows = tuple(
        f"Instalment {place} of {len(said.instalments)}, due on {written(one.due_on)}: {dollars(one.cents)}"
        for place, one in enumerate(said.instalments, start=1)
    )
    return (Section("When it is due", (Passage((), rows),)),) if rows else ()
