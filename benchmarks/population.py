"""A draft of a standard tried on everybody who holds a credential, and a sample of them judged one by one."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import text

from benchmarks.databases import Database
from benchmarks.results import Measure
from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.parties import Party
from certhub.queries import dossiers, evaluations, standard_previews, standards
from certhub.rules.evaluation import counts_at
from certhub.rules.requirement_kinds import prepared
from certhub.rules.standard import Standard
from certhub.rules.vocabulary import ApplicationKind, SubjectType

SECONDS, OF_HOLDERS = 10.0, 20_000
SAMPLE = 200
_BARE = "SELECT coordinator_id, category, sum(minutes) FROM training_completion GROUP BY coordinator_id, category"


def measure(database: Database, _address: str | None, *, quick: bool) -> Iterator[Measure]:
    """Preview a version that asks for 30 hours, beside the bare sums that it needs."""
    with database.app().app_context():
        viewer = db.session.get_one(User, 1)
        held, today = standards.for_subject(SubjectType.COORDINATOR), clock.today()
        draft = _stricter(standards.definition_of(standards.in_force(held.id, today)))
        seconds = bare = float("inf")
        for _ in range(1 if quick else 2):
            began = time.perf_counter()
            outcomes = list(standard_previews.outcomes(viewer, held, draft, None, as_of=today))
            seconds = min(seconds, time.perf_counter() - began)
            began = time.perf_counter()
            db.session.execute(text(_BARE)).all()
            bare = min(bare, time.perf_counter() - began)
        yield Measure(
            "preview", f"a version tried on {len(outcomes):,} holders", database.kind, seconds, "s",
            SECONDS * max(len(outcomes), 1) / OF_HOLDERS, details={"bare_sums_seconds": bare, "ratio": seconds / bare},
        )  # fmt: skip
        sample = random.Random(1).sample(outcomes, min(SAMPLE, len(outcomes)))
        other = sum(outcome.unmet != _alone(draft, outcome) for outcome in sample)
        yield Measure("preview", f"of {len(sample)} judged one by one, otherwise", database.kind, other, "", 0)
        db.session.remove()
        db.engine.dispose()


def _stricter(standard: Standard) -> Standard:
    changed = [
        replace(one, params={**one.params, "min": 30}) if one.code == "CC-09" else one for one in standard.requirements
    ]
    return replace(standard, version=standard.version + 1, requirements=tuple(changed))


def _alone(draft: Standard, outcome: standard_previews.Outcome) -> tuple[str, ...]:
    """What one holder does not meet, from that holder's own dossier."""
    holder, today = outcome.holder, clock.today()
    _, occasion = evaluations.next_renewal(
        draft.terms, holder.starts_on, holder.expires_on, as_of=today, holder=holder.birthday
    )
    dossier = dossiers.dossier_of(db.session.get_one(Party, holder.party_id), application=None, as_of=today)
    return tuple(
        one.code
        for one in draft.requirements
        if counts_at(one, ApplicationKind.RENEWAL) and not prepared(one).judge(dossier, occasion).satisfied
    )
