"""What hours that are taken back change: what counts so far for the application or the next renewal, and what then."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from certhub.database import canonical
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.models.training import TrainingCompletion
from certhub.queries import applications, dossiers, evaluations
from certhub.rules.evaluation import evaluate
from certhub.rules.findings import Finding
from certhub.rules.requirement_kinds import counts_training
from certhub.rules.standard import Requirement


@dataclass(frozen=True, slots=True)
class Counted:
    """A requirement that counts training, as it is judged with the hours and without them."""

    requirement: Requirement
    before: Finding
    after: Finding


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking hours back does, as it is shown before it is done."""

    application: Application | None
    """The open application that counts them; None where it is the next renewal."""
    is_judged: bool
    """Whether there is an application or a next renewal at all."""
    changed: tuple[Counted, ...]
    fingerprint: str


def plan(viewer: User, completion: TrainingCompletion, *, on: date) -> Plan:
    """What is judged by training on a day, with a completion and without it, as far as the viewer may read of it."""
    person = completion.coordinator
    application = applications.open_for(viewer, person.id)
    if application is not None:
        judgement = evaluations.judge(application, as_of=on)
    else:
        outlook = evaluations.outlook_of(person, as_of=on)
        if outlook is None:
            return Plan(None, is_judged=False, changed=(), fingerprint=_fingerprint(completion, ()))
        judgement = outlook.judgement
    dossier = dossiers.dossier_of(person, application=application, as_of=on)
    without = replace(dossier, completions=tuple(one for one in dossier.completions if one.id != completion.id))
    then = evaluate(judgement.standard, without, judgement.occasion)
    changed = tuple(
        Counted(requirement, before, after)
        for requirement, before in judgement.pairs()
        if counts_training(requirement)
        and (after := then.finding(requirement.code)) is not None
        and (after.result, after.have, after.explanation) != (before.result, before.have, before.explanation)
    )
    return Plan(application, is_judged=True, changed=changed, fingerprint=_fingerprint(completion, changed))


def _fingerprint(completion: TrainingCompletion, changed: tuple[Counted, ...]) -> str:
    facts = [
        completion.id,
        [
            (
                one.requirement.code,
                *((found.result, found.have, found.explanation) for found in (one.before, one.after)),
            )
            for one in changed
        ],
    ]
    return hashlib.sha256(canonical(facts).encode()).hexdigest()
