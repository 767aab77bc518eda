"""Certificates of completion: the one that counts, and what is printed of it."""

from collections.abc import Collection
from datetime import date
from fractions import Fraction

from sqlalchemy import select

from certhub.database import db
from certhub.documents.letter import Letter, Passage, Section, shown
from certhub.models.course_sessions import CompletionCertificate
from certhub.queries import enrolments
from certhub.queries.visibility import NotVisible
from certhub.rules.enrolment import EARNED
from certhub.rules.permissions import Viewer
from certhub.rules.terms import written
from certhub.rules.training_categories import TrainingCategory

_HOUR = 60


def last_of(enrolment_id: int) -> CompletionCertificate | None:
    """The newest certificate of an enrolment."""
    return db.session.scalar(
        select(CompletionCertificate)
        .where(CompletionCertificate.enrolment_id == enrolment_id)
        .order_by(CompletionCertificate.issue.desc())
        .limit(1)
    )


def one(viewer: Viewer, enrolment_id: int) -> CompletionCertificate:
    """The certificate that counts, of an enrolment that the viewer may see. Raises `NotVisible`.

    Where a correction took all hours back, no certificate counts any more.
    """
    enrolment = enrolments.one(viewer, enrolment_id)
    found = last_of(enrolment.id) if enrolment.status in EARNED else None
    if found is None:
        raise NotVisible(enrolment_id)
    return found


def numbers(enrolment_ids: Collection[int]) -> dict[int, str]:
    """The number of the newest certificate of each enrolment that has one."""
    rows = db.session.execute(
        select(CompletionCertificate.enrolment_id, CompletionCertificate.number)
        .where(CompletionCertificate.enrolment_id.in_(enrolment_ids))
        .order_by(CompletionCertificate.issue)
    )
    return {row.enrolment_id: row.number for row in rows}


def printed_words(certificate: CompletionCertificate, *, base_url: str) -> Letter:
    """What is printed: the frozen facts and nothing else, so that it is the same for ever."""
    told = certificate.facts
    minutes = {TrainingCategory(name): value for name, value in told["minutes"].items()}
    total = f"{_hours(sum(minutes.values()))} contact {'hour' if sum(minutes.values()) == _HOUR else 'hours'}"
    facts = [
        ("Course", f"{told['course']} ({told['code']})"),
        ("Completed on", written(date.fromisoformat(told["completed_on"]))),
        ("Meetings", "; ".join(told["meetings"]) or "Taken at one's own pace"),
        ("Given by", f"{told['provider']}, {told['trainers']}"),
        ("Approved by DPH", "Yes, on the day of completion" if told["approved"] else "No"),
    ]
    if told["valid_through"]:
        facts.append(("Valid through", written(date.fromisoformat(told["valid_through"]))))
    if told["score"] is not None:
        facts.append(("Final test", f"{told['score']} percent"))
    facts += [("Number", certificate.number), ("Issued on", written(certificate.issued_on))]
    did = "completed" if told["whole"] else "attended part of"
    earned = Passage(
        (shown(f"{told['name']} {did} this course and earned {total}:"),),
        tuple(f"{one.label}: {_hours(value)}" for one, value in minutes.items()),
    )
    covers = [Passage(("It covers:",), tuple(told["covers"]))] if told["covers"] else []
    return Letter(
        title=f"Certificate of {'completion' if told['whole'] else 'attendance'} for {shown(told['name'])}",
        dated_on=certificate.issued_on,
        facts=tuple((label, shown(words)) for label, words in facts),
        sections=(Section("", (earned, *covers)),),
        closing=f"The hours are on the person's training record in CertHub, {base_url}. A certificate that was "
        "corrected has a higher last digit in its number.",
    )


def _hours(minutes: int) -> str:
    return f"{float(Fraction(minutes, 60)):.2f}".rstrip("0").rstrip(".")
