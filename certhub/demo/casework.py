"""Applications as stories: drafted, filed, examined, returned, decided, each step on its own day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from certhub import clock
from certhub.demo import lifecycle
from certhub.demo.evidence import Typed
from certhub.demo.lifecycle import Desk
from certhub.demo.timeline import Story, moment, office_day
from certhub.models.accounts import User
from certhub.models.certification import Application, CredentialPeriod
from certhub.models.parties import Party
from certhub.queries import credentials, evaluations
from certhub.queries import notices as notices_given
from certhub.rules.evidence_forms import checked_value, done_by_department
from certhub.rules.standard import Requirement
from certhub.rules.vocabulary import DecisionOutcome, HearingStep, Verdict
from certhub.services import applications, notices, recommendations, review_desk
from certhub.services import evidence as evidence_service

REVIEW_DAYS = 12
"""From submission to decision, in the ordinary course."""


@dataclass(frozen=True, slots=True)
class Papers:
    """How an application differs from a perfect one: what is left out, and what is typed in instead."""

    leave_out: frozenset[str] = frozenset()
    own: Mapping[str, Sequence[Typed]] = field(default_factory=dict)


PERFECT = Papers()


def drafted(party: Party, desk: Desk, *, on: date, papers: Papers = PERFECT) -> Story[Application]:
    """A draft with the evidence in it."""
    at = moment(on)
    yield at
    application = lifecycle.opened(party, desk, at=at)
    lifecycle.furnished(application, desk, at=at, leave_out=papers.leave_out | set(papers.own))
    if papers.own:
        file = lifecycle.paper(application, desk, at=at)
        judgement = evaluations.judge(application, as_of=on)
        for code, pieces in papers.own.items():
            requirement = judgement.requirement(code)
            if requirement is not None and not done_by_department(requirement):
                lifecycle.provide(application, requirement, desk, file=file, at=at, pieces=pieces)
    return application


def filed(party: Party, desk: Desk, *, on: date, papers: Papers = PERFECT) -> Story[Application]:
    """A complete application, handed over on the day on which it was begun."""
    application = yield from drafted(party, desk, on=on, papers=papers)
    at = moment(on, 40)
    yield at
    return lifecycle.submitted(application, desk, at=at)


def examined(application: Application, desk: Desk, *, on: date, papers: Papers = PERFECT) -> Story[None]:
    """Taken up, the department's searches entered, each item that holds up accepted."""
    at = moment(on, 60)
    yield at
    lifecycle.reviewed(application, desk, at=at, own=papers.own)


def approved(application: Application, desk: Desk, *, on: date, reason: str = "") -> Story[CredentialPeriod]:
    """Approved: the credential is granted and its certificate printed."""
    at = moment(on, 120)
    yield at
    applications.approve(application, reason, press=desk.press, actor=desk.reviewer, at=at)
    if application.credential is None or (period := credentials.latest_period(application.credential)) is None:
        raise RuntimeError("an approval grants a credential with a period")
    return period


def certified(
    party: Party, desk: Desk, *, on: date, papers: Papers = PERFECT, reason: str = ""
) -> Story[CredentialPeriod]:
    """The whole way, from the first click on `on` to the certificate about twelve days later."""
    application = yield from filed(party, desk, on=on, papers=papers)
    return (yield from granted(application, desk, on=on, papers=papers, reason=reason))


def granted(
    application: Application, desk: Desk, *, on: date, papers: Papers = PERFECT, reason: str = ""
) -> Story[CredentialPeriod]:
    """From a submission on `on` to the certificate about twelve days later."""
    examined_on = office_day(on + timedelta(days=REVIEW_DAYS - 1))
    yield from examined(application, desk, on=examined_on, papers=papers)
    decided_on = office_day(on + timedelta(days=REVIEW_DAYS))
    return (yield from approved(application, desk, on=max(examined_on, decided_on), reason=reason))


def returned(application: Application, desk: Desk, faults: Mapping[str, str], *, on: date) -> Story[None]:
    """Taken up and sent back, with a reason for each requirement in `faults`."""
    at = moment(on, 90)
    yield at
    applications.take_up(application, actor=desk.reviewer, at=at)
    judgement = evaluations.judge(application, as_of=clock.civil_date(at))
    for requirement, finding in judgement.pairs():
        if requirement.code in faults:
            reason, verdict = faults[requirement.code], Verdict.RETURNED
        elif finding.awaiting_review:
            reason, verdict = "", Verdict.ACCEPTED
        else:
            continue
        applications.review_item(application, requirement, verdict, reason, actor=desk.reviewer, at=at)
    at += timedelta(minutes=20)
    yield at
    applications.return_for_correction(application, base_url=desk.press.base_url, actor=desk.reviewer, at=at)


def contradicted(application: Application, desk: Desk, code: str, reason: str, *, on: date) -> Story[None]:
    """A requirement that was accepted is returned, because something else came to light."""
    at = moment(on, 130)
    yield at
    requirement = evaluations.judge(application, as_of=clock.civil_date(at)).requirement(code)
    if requirement is None:
        raise LookupError(f"The application is not judged by {code}.")
    applications.review_item(application, requirement, Verdict.RETURNED, reason, actor=desk.reviewer, at=at)


def denied(application: Application, desk: Desk, reason: str, *, on: date) -> Story[None]:
    """Denied, with the reasons and the day until which a hearing can be asked for."""
    at = moment(on, 150)
    yield at
    applications.deny(application, reason, base_url=desk.press.base_url, actor=desk.reviewer, at=at)


def recommended(application: Application, desk: Desk, why: str, *, on: date) -> Story[None]:
    """Recommended for approval although a critical requirement is not met; nobody has decided yet."""
    at = moment(on, 110)
    yield at
    recommendations.recommend(application, DecisionOutcome.APPROVED, "", why, actor=desk.reviewer, at=at)


def noted(application: Application, desk: Desk, code: str, text: str, *, by: User, on: date) -> Story[None]:
    """A note on one requirement."""
    at = moment(on, 85)
    yield at
    requirement = _asked_for(application, code, on)
    review_desk.write_note(
        application, requirement, text, internal=False, base_url=desk.press.base_url, actor=by, at=at
    )


def hearing_asked_for(application: Application, administrator: User, desk: Desk, *, on: date) -> Story[None]:
    """The applicant asked for a hearing about the denial."""
    at = moment(on, 200)
    yield at
    [notice] = (one for one in notices_given.of_application(application) if one.appeal_until)
    notices.record_step(
        notice, HearingStep.REQUESTED, on=on, asked_by=application.party.name, note="By letter.",
        base_url=desk.press.base_url, actor=administrator, at=at,
    )  # fmt: skip


def withdrawn(application: Application, desk: Desk, *, on: date) -> Story[None]:
    """Taken back by the applicant."""
    at = moment(on, 30)
    yield at
    applications.withdraw(application, actor=desk.applicant, at=at)


def begun(application: Application, desk: Desk, *, on: date, items: int) -> Story[None]:
    """Taken up, with only the first few items looked at."""
    at = moment(on, 75)
    yield at
    applications.take_up(application, actor=desk.reviewer, at=at)
    waiting = [pair[0] for pair in evaluations.judge(application, as_of=on).pairs() if pair[1].awaiting_review]
    for requirement in waiting[:items]:
        applications.review_item(application, requirement, Verdict.ACCEPTED, "", actor=desk.reviewer, at=at)


def searched(application: Application, desk: Desk, code: str, typed: Typed, *, on: date) -> Story[None]:
    """What the department found in a registry that it searches itself."""
    at = moment(on, 100)
    yield at
    requirement = _asked_for(application, code, on)
    given = checked_value(requirement, typed, today=on)
    evidence_service.provide(application, requirement, given, file=None, actor=desk.reviewer, at=at)


def _asked_for(application: Application, code: str, on: date) -> Requirement:
    requirement = evaluations.judge(application, as_of=on).requirement(code)
    if requirement is None:
        raise RuntimeError(f"{code} is not asked for")
    return requirement
