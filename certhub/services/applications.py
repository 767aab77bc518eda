"""Applications: opened, furnished with evidence, submitted, reviewed item by item, returned, decided."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application, Decision, ItemReview
from certhub.models.parties import Party
from certhub.queries import applications, credential_status, dossiers, evaluations, standards
from certhub.queries import notices as notices_found
from certhub.queries.credentials import latest_period
from certhub.queries.evaluations import Judgement
from certhub.rules.audit_actions import AuditAction
from certhub.rules.due_process import Deficiency
from certhub.rules.findings import listed
from certhub.rules.hearings import require_conditions
from certhub.rules.item_verdicts import require_time, require_verdict
from certhub.rules.lifecycle import OPEN_STATUSES, require_move
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds import inputs_of
from certhub.rules.standard import Requirement
from certhub.rules.status import require_renewable
from certhub.rules.terms import application_kind_on, written
from certhub.rules.vocabulary import ApplicationKind, ApplicationStatus, DecisionOutcome, SubjectType, Verdict
from certhub.services import (
    applicants,
    application_steps,
    audit,
    certificates,
    credentials,
    drifts,
    handovers,
    notices,
    recommendations,
    submittals,
)

LONGEST_REASON = 4000


def kind_for(party: Party, *, on: date) -> ApplicationKind:
    """What `party` can apply for on a day.

    Raises `Refusal` while the renewal window has not opened, and where the credential has ended.
    """
    standard = standards.for_subject(party.kind)
    credential = evaluations.credential_under(party.id, standard.id)
    period = latest_period(credential) if credential else None
    if period is None:
        return ApplicationKind.INITIAL
    require_renewable(credential_status.history_of(period.credential_id), on)
    window = standards.window_of(period)
    kind = application_kind_on(window, on)
    if kind is None:
        raise Refusal(
            f"The renewal opens on {written(window.opens_on.on)}: {window.opens_on.because}. "
            "Until then there is nothing to apply for."
        )
    return kind


def open_(party: Party, *, base_url: str, actor: User, at: datetime) -> Application:
    """Start an application for what `party` can apply for today, or take over the one that a former employer left.

    Raises `Refusal` where one is open already.
    """
    taken_over = handovers.follow(party, base_url=base_url, actor=actor, at=at)
    if taken_over is not None and taken_over.owner_id == actor.party_id:
        return taken_over
    if db.session.scalar(
        select(Application.id).where(Application.party_id == party.id, Application.status.in_(OPEN_STATUSES))
    ):
        raise Refusal(handovers.why_not_open(actor, party))
    kind = kind_for(party, on=clock.civil_date(at))
    standard = standards.for_subject(party.kind)
    application = Application(
        party_id=party.id,
        owner_id=actor.party_id if party.kind is SubjectType.COORDINATOR and actor.party_id else party.id,
        kind=kind,
        standard_id=standard.id,
        credential=evaluations.credential_under(party.id, standard.id),
        opened_by_id=actor.id,
        opened_at=at,
        stage_from=clock.civil_date(at),
    )
    db.session.add(application)
    db.session.flush()
    application_steps.enter(application, ApplicationStatus.DRAFT, actor=actor, at=at)
    audit.record(actor, AuditAction.APPLICATION_OPENED, application, at=at)
    return application


def submit(application: Application, *, base_url: str, actor: User, at: datetime) -> None:
    """Hand an application over to DPH. Raises `Refusal` that lists what is missing while it is not complete.

    A filing that was never complete does not count as filed in time (M.G.L. c.30A s.13 asks for a sufficient one), so
    the date of submission is that of the first complete filing; the version in force on that day applies for good.
    """
    locked(application)
    require_move(application.status, ApplicationStatus.SUBMITTED)
    today = clock.civil_date(at)
    if application.complete_at is None:
        kind_now = kind_for(application.party, on=today)
        if kind_now is not application.kind:
            application.kind = kind_now  # the window moved on while the draft lay there
    judgement = evaluations.judge(application, as_of=today)
    missing = [
        f"{requirement.code} {requirement.title}" for requirement, finding in judgement.pairs()
        if not finding.provided and not finding.satisfied and requirement.code not in judgement.evaluation.informational
    ]  # fmt: skip
    if judgement.evaluation.returned:
        names = [f"{code} {_title(judgement, code)}" for code in judgement.evaluation.returned]
        raise Refusal(
            f"DPH returned {listed(names)}, and nothing has changed there since. Read the note and correct it first."
        )
    if not judgement.evaluation.complete:
        raise Refusal(f"The application is not complete yet. Still missing: {listed(missing)}.")
    if application.complete_at is None:
        application.submitted_at = at
        application.submitted_on = today
        application.complete_at = at
        application.standard_version_id = judgement.version.id
    application_steps.enter(application, ApplicationStatus.SUBMITTED, actor=actor, at=at)
    application_steps.keep(application, judgement, at=at)
    audit.record(actor, AuditAction.APPLICATION_SUBMITTED, application, at=at)
    applicants.tell(application, "application-received", base_url=base_url, at=at)


def withdraw(application: Application, *, actor: User, at: datetime) -> None:
    """Take an application back; nothing that was entered is lost."""
    locked(application)
    require_move(application.status, ApplicationStatus.WITHDRAWN)
    application_steps.keep(application, evaluations.judge(application, as_of=clock.civil_date(at)), at=at)
    _close(application, ApplicationStatus.WITHDRAWN, actor=actor, at=at)
    audit.record(actor, AuditAction.APPLICATION_WITHDRAWN, application, at=at)


def close(application: Application, reason: str, *, base_url: str, actor: User, at: datetime) -> None:
    """Close an open application without a decision, such as one that no employer handles; all who know it are told."""
    locked(application)
    require_move(application.status, ApplicationStatus.WITHDRAWN)
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Refusal("Say why, so that the applicant knows what to do.", field="reason")
    application_steps.keep(application, evaluations.judge(application, as_of=clock.civil_date(at)), at=at)
    _close(application, ApplicationStatus.WITHDRAWN, reason=reason, actor=actor, at=at)
    audit.record(actor, AuditAction.APPLICATION_CLOSED, application, at=at, reason=reason)
    applicants.tell(application, "application-closed-by-dph", base_url=base_url, at=at, reason=reason)


def expire(application: Application, *, base_url: str, actor: audit.Actor, at: datetime) -> None:
    """Close an application that was never completed. What was entered stays on file."""
    locked(application)
    require_move(application.status, ApplicationStatus.EXPIRED)
    application_steps.keep(application, evaluations.judge(application, as_of=clock.civil_date(at)), at=at)
    since = application.with_applicant_from
    _close(application, ApplicationStatus.EXPIRED, actor=actor, at=at)
    audit.record(actor, AuditAction.APPLICATION_EXPIRED, application, at=at)
    applicants.tell(application, "application-closed", base_url=base_url, at=at, since_on=since)


def take_up(application: Application, *, actor: User, at: datetime) -> None:
    """Begin the review; whoever takes it up first is the reviewer."""
    locked(application)
    require_move(application.status, ApplicationStatus.UNDER_REVIEW)
    application_steps.enter(application, ApplicationStatus.UNDER_REVIEW, actor=actor, at=at)
    application.reviewer_id = actor.id
    audit.record(actor, AuditAction.APPLICATION_TAKEN_UP, application, at=at)


def review_item(
    application: Application, requirement: Requirement, verdict: Verdict, reason: str, *, actor: User, at: datetime
) -> ItemReview:
    """Accept or return one requirement, or waive it where the standard allows that.

    The latest word counts: accepting a returned requirement takes the return back, also while the applicant has it.
    """
    words = (one.verdict for one in applications.reviews_of(application) if one.requirement_code == requirement.code)
    last = next(words, None)  # newest first
    require_time(application.status, verdict, last=last)
    reason, today = reason.strip(), clock.civil_date(at)
    evidence = [item for item in applications.evidence_of(application) if item.requirement_code == requirement.code]
    finding, seen_inputs = None, ""
    if verdict is Verdict.RETURNED or not evidence:
        finding = evaluations.judge(application, as_of=today).evaluation.finding(requirement.code)
    require_verdict(requirement, verdict, reason=reason, has_evidence=bool(evidence), last=last, finding=finding)
    if verdict is Verdict.RETURNED:
        dossier = dossiers.dossier_of(application.party, application=application, as_of=today)
        seen_inputs = inputs_of(requirement, dossier)
    review = ItemReview(
        application_id=application.id,
        requirement_code=requirement.code,
        verdict=verdict,
        reason=reason[:LONGEST_REASON],
        last_evidence_id=max((item.id for item in evidence), default=None),
        seen_inputs=seen_inputs,
        reviewer_id=actor.id,
        recorded_at=at,
    )
    db.session.add(review)
    db.session.flush()
    action = {
        Verdict.ACCEPTED: AuditAction.EVIDENCE_ACCEPTED,
        Verdict.RETURNED: AuditAction.EVIDENCE_RETURNED,
        Verdict.WAIVED: AuditAction.REQUIREMENT_WAIVED,
    }[verdict]
    audit.record(actor, action, review, at=at, party_id=application.party_id)
    submittals.look_at_within(evidence, verdict, reason=review.reason, actor=actor, at=at)
    drifts.note(application.party, actor=actor, at=at)  # another statement may stand than before
    return review


def return_for_correction(application: Application, *, base_url: str, actor: User, at: datetime) -> None:
    """Send an application back to the applicant with a notice of all that it lacks."""
    locked(application)
    require_move(application.status, ApplicationStatus.INCOMPLETE)
    judgement = evaluations.judge(application, as_of=clock.civil_date(at))
    returned = _returned_items(application, judgement)
    if not returned:
        raise Refusal("Return at least one item with a reason first, so that the applicant knows what to correct.")
    stage = application_steps.enter(application, ApplicationStatus.INCOMPLETE, actor=actor, at=at)
    notice = notices.keep_deficiencies(
        application, stage, _lacks(judgement, returned), standard=judgement.standard, actor=actor, at=at
    )
    audit.record(
        actor, AuditAction.APPLICATION_RETURNED, application, at=at, items=[item.requirement_code for item in returned]
    )
    applicants.tell(
        application, "application-returned", base_url=base_url, at=at,
        items=[{"code": item.requirement_code, "reason": item.reason} for item in returned],
        number=notice.number, notice_link=f"{base_url}/notices/{notice.id}",
    )  # fmt: skip


def _returned_items(application: Application, judgement: Judgement) -> list[ItemReview]:
    """The items whose latest word is that they were returned, and that nothing has changed since."""
    latest: dict[str, ItemReview] = {}
    for review in applications.reviews_of(application):  # newest first
        latest.setdefault(review.requirement_code, review)
    return [latest[code] for code in judgement.evaluation.returned]


def _lacks(judgement: Judgement, returned: list[ItemReview]) -> list[Deficiency]:
    """What was returned, with the reviewer's reason, and what else is not there."""
    reasons = {review.requirement_code: review.reason for review in returned}
    return [
        Deficiency(
            requirement.code,
            requirement.title,
            requirement.citation,
            reasons.get(requirement.code, finding.explanation),
        )
        for requirement, finding in judgement.pairs()
        if requirement.code in reasons
        or not (finding.satisfied or finding.provided or requirement.code in judgement.evaluation.informational)
    ]


def approve(
    application: Application, reason: str, *, conditions: str = "", press: certificates.Press, actor: User, at: datetime
) -> Decision:
    """Approve an application: the credential is granted or renewed and its certificate issued.

    Where a hearing modified the denial, the approval takes `conditions`, which are put on the credential with it.
    Raises `Refusal` where they are missing, while a critical requirement is set aside that no other person recommended
    to set aside, and where the credential has ended; asks for a reason where any other requirement is unmet.
    """
    locked(application)
    require_move(application.status, ApplicationStatus.APPROVED)
    today = clock.civil_date(at)
    if application.credential is not None:
        locked(application.credential)  # an order of the Board may be moving the term that the new one begins after
        require_renewable(credential_status.history_of(application.credential.id), today)
    hearing = notices_found.modification_of(application)
    require_conditions(hearing.outcome if hearing else None, conditions)
    judgement = evaluations.judge(application, as_of=today)
    grounds = recommendations.grounds_for(application, judgement, DecisionOutcome.APPROVED, actor=actor)
    open_items = [
        requirement.code for requirement, finding in judgement.pairs()
        if not finding.satisfied and requirement.code not in judgement.evaluation.informational
    ]  # fmt: skip
    if open_items and not reason.strip():
        raise Refusal(
            f"Not everything is met ({listed(open_items)}). Say why you approve it all the same, or return the items.",
            field="reason",
        )
    decision = _decide(application, DecisionOutcome.APPROVED, reason, judgement, grounds, actor=actor, at=at)
    period = credentials.grant(application, judgement, actor=actor, at=at)
    certificate = certificates.issue(period, press=press, actor=actor, at=at)
    if hearing is not None:
        notices.impose_conditions(
            period.credential, hearing, conditions, effective_on=max(period.starts_on, today),
            base_url=press.base_url, actor=actor, at=at,
        )  # fmt: skip
    applicants.tell(
        application, "application-approved", base_url=press.base_url, at=at,
        number=period.credential.number, expires_on=period.expires_on, because=period.because,
        verification_link=f"{press.base_url}/verify/{certificate.verification_code}",
    )  # fmt: skip
    return decision


def deny(application: Application, reason: str, *, base_url: str, actor: User, at: datetime) -> Decision:
    """Deny an application with reasons and the right to ask for a hearing (M.G.L. c.30A, 801 CMR 1.00)."""
    locked(application)
    require_move(application.status, ApplicationStatus.DENIED)
    if not reason.strip():
        raise Refusal("Give the reasons for the denial. The applicant has a right to them.", field="reason")
    judgement = evaluations.judge(application, as_of=clock.civil_date(at))
    grounds = recommendations.grounds_for(application, judgement, DecisionOutcome.DENIED, actor=actor)
    decision = _decide(application, DecisionOutcome.DENIED, reason, judgement, grounds, actor=actor, at=at)
    notices.keep_denial(application, decision, actor=actor, at=at)
    applicants.tell(
        application,
        "application-denied",
        base_url=base_url,
        at=at,
        reason=decision.reason,
        appeal_until=decision.appeal_until,
    )
    return decision


def _decide(
    application: Application,
    outcome: DecisionOutcome,
    reason: str,
    judgement: Judgement,
    grounds: recommendations.Grounds,
    *,
    actor: User,
    at: datetime,
) -> Decision:
    today = clock.civil_date(at)
    record = application_steps.keep(application, judgement, at=at)
    recommendation, overridden = grounds
    denied = outcome is DecisionOutcome.DENIED
    before = application.decisions[-1].id if application.decisions else None
    decision = Decision(
        application=application,
        outcome=outcome,
        reason=reason.strip()[:LONGEST_REASON],
        evaluation_id=record.id,
        decided_by_id=actor.id,
        decided_at=at,
        decided_on=today,
        appeal_until=today + timedelta(days=judgement.standard.terms.appeal_days) if denied else None,
        recommendation_id=recommendation.id if recommendation else None,
        recommended_by_id=recommendation.recommended_by_id if recommendation else None,
        overridden=overridden,
        supersedes_id=before,
    )
    db.session.add(decision)
    _close(application, ApplicationStatus.DENIED if denied else ApplicationStatus.APPROVED, actor=actor, at=at)
    db.session.flush()
    action = AuditAction.APPLICATION_DENIED if denied else AuditAction.APPLICATION_APPROVED
    audit.record(
        actor, action, application, at=at, decision=decision.id, inputs_hash=record.inputs_hash,
        overrides=recommendation.overrides if recommendation and overridden else [],
    )  # fmt: skip
    return decision


def _close(
    application: Application, status: ApplicationStatus, *, reason: str = "", actor: audit.Actor, at: datetime
) -> None:
    application_steps.enter(application, status, reason=reason, actor=actor, at=at)
    application.closed_at = at
    application.closed_on = clock.civil_date(at)


def _title(judgement: Judgement, code: str) -> str:
    return next(requirement.title for requirement in judgement.standard.requirements if requirement.code == code)
