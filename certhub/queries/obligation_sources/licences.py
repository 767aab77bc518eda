"""Licences of other bodies: their own end, and the next look at the page of whoever issued them."""

from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from certhub.models.messages import Obligation
from certhub.models.parties import ExternalLicence
from certhub.queries.obligation_sources.source import (
    CORRECTED,
    RENEWED,
    Falling,
    Source,
    falling,
    of_subject,
    reasons,
)
from certhub.rules.due_words import DueWords
from certhub.rules.licences import licence_name
from certhub.rules.reminder_policies import Audience, ObligationKind
from certhub.rules.vocabulary import SubjectType


def _ending(_day: date, floor: date) -> Falling:
    later = aliased(ExternalLicence)
    return falling(ExternalLicence.id, ExternalLicence.coordinator_id, ExternalLicence.expires_on).where(
        ExternalLicence.superseded_at.is_(None),
        ExternalLicence.expires_on >= floor,
        ~select(later.id)
        .where(
            later.coordinator_id == ExternalLicence.coordinator_id,
            later.kind == ExternalLicence.kind,
            later.superseded_at.is_(None),
            later.expires_on > ExternalLicence.expires_on,
        )
        .exists(),
    )


def _renewed(_day: date) -> ColumnElement[str | None]:
    row, later = aliased(ExternalLicence), aliased(ExternalLicence)
    standing = exists().where(
        row.id == Obligation.subject_id, row.superseded_at.is_(None), row.expires_on == Obligation.due_on
    )
    renewed = exists().where(
        row.id == Obligation.subject_id,
        later.coordinator_id == row.coordinator_id,
        later.kind == row.kind,
        later.superseded_at.is_(None),
        later.expires_on > Obligation.due_on,
    )
    return reasons((renewed, RENEWED), (~standing, CORRECTED))


def _to_look_up(_day: date, floor: date) -> Falling:
    return falling(ExternalLicence.id, ExternalLicence.coordinator_id, ExternalLicence.check_again_on).where(
        ExternalLicence.superseded_at.is_(None), ExternalLicence.check_again_on >= floor
    )


def _looked_up(_day: date) -> ColumnElement[str | None]:
    row = aliased(ExternalLicence)
    standing = exists().where(
        row.id == Obligation.subject_id, row.superseded_at.is_(None), row.check_again_on == Obligation.due_on
    )
    return reasons((~standing, "checked again, or changed"))


SOURCES = (
    Source(
        kind=ObligationKind.LICENCE_RENEWAL,
        falls_due=_ending,
        settled=_renewed,
        what=lambda: of_subject(ExternalLicence.number, ExternalLicence.id),
        thing=lambda: of_subject(ExternalLicence.kind, ExternalLicence.id),
        thing_in_words=licence_name,
        words=DueWords(
            noun="licence",
            ahead="Renew the licence with the body that issued it, then enter the new date.",
            past="Enter the new date if the licence was renewed. If not, tell DPH.",
            ends=True,
        ),
        concerns=frozenset({Audience.HOLDER, Audience.EMPLOYER, Audience.DPH}),
        holders=frozenset({SubjectType.COORDINATOR}),
    ),
    Source(
        kind=ObligationKind.LICENCE_RECHECK,
        falls_due=_to_look_up,
        settled=_looked_up,
        what=lambda: of_subject(ExternalLicence.number, ExternalLicence.id),
        thing=lambda: of_subject(ExternalLicence.kind, ExternalLicence.id),
        thing_in_words=licence_name,
        words=DueWords(
            noun="check of licence",
            ahead="Look the licence up with the body that issued it, and record what you found.",
            past="Look the licence up with the body that issued it now, and record what you found.",
        ),
        concerns=frozenset({Audience.EMPLOYER, Audience.DPH}),
        holders=frozenset({SubjectType.COORDINATOR}),
    ),
)
