"""Standards over time: one new version that counts from the next renewal, and one draft that is still open."""

from datetime import datetime, timedelta

from certhub.demo.office import Office
from certhub.queries import standards
from certhub.rules import standard_draft
from certhub.rules.permissions import OPERATOR
from certhub.rules.standard_draft import Raw
from certhub.rules.vocabulary import SubjectType, Transition
from certhub.services import standards as service


def adopted_and_drafted(office: Office, *, at: datetime) -> None:
    """The practices' standard has a second version from next month on; the coordinators' is being drafted."""
    practices = _draft(office, SubjectType.PRACTICE, at=at)
    revised = service.revise(
        practices,
        _more_from_practices,
        seen=_seen(practices),
        actor=office.administrator,
        at=at + timedelta(minutes=20),
    )
    service.adopt(
        practices,
        seen=revised.definition_hash,
        effective_from=office.today + timedelta(days=30),
        transition=Transition.FROM_NEXT_RENEWAL,
        actor=office.administrator,
        at=at + timedelta(minutes=30),
    )
    coordinators = _draft(office, SubjectType.COORDINATOR, at=at + timedelta(minutes=40))
    service.revise(
        coordinators,
        _more_hours,
        seen=_seen(coordinators),
        actor=office.administrator,
        at=at + timedelta(minutes=50),
    )


def _draft(office: Office, subject: SubjectType, *, at: datetime) -> int:
    base = standards.adopted(standards.for_subject(subject).id)[-1]
    return service.draft_next(base, actor=office.administrator, at=at).id


def _seen(version_id: int) -> str:
    return standards.draft(OPERATOR, version_id).definition_hash


def _more_from_practices(raw: Raw) -> Raw:
    """Families are asked about their visits, and more of them are heard."""
    added = {
        "code": "PR-13",
        "title": "Family advisor",
        "plain_text": "A parent or family member advises your practice on care coordination.",
        "kind": "document",
        "stages": ["initial", "renewal", "reinstatement"],
        "severity": "major",
        "citation": "Program default; compare the National Care Coordination Standards (2020)",
        "evidence_hint": "Upload a letter that names how families advise you. Do not name a family.",
        "waivable": True,
        "params": {"types": ["family_advisor_letter"]},
    }
    return standard_draft.with_requirement(raw, added, new=True)


def _more_hours(raw: Raw) -> Raw:
    """Thirty hours in place of twenty-four, and two more of them on family partnership."""
    hours = standard_draft.requirement_of(raw, "CC-09")
    if hours is None:
        return raw
    params = {
        **hours["params"],
        "min": 30,
        "category_mins": {**hours["params"]["category_mins"], "family_partnership": 4},
    }
    changed = {**hours, "title": "Continuing education, 30 hours", "params": params}
    text = hours["plain_text"].replace("24 hours of training", "30 hours of training")
    changed["plain_text"] = text.replace("2 on family partnership", "4 on family partnership")
    return standard_draft.with_requirement(raw, changed, new=False)
