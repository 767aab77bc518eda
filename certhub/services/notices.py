"""Notices of what DPH does to a credential or an application, to the holder and the employer; and their hearings."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Application, Credential, Decision, StatusEvent
from certhub.models.due_process import ActionNotice, HearingEntry
from certhub.models.files import StoredFile
from certhub.models.parties import Party
from certhub.models.review import ApplicationStage
from certhub.queries import credential_status, notices, standards
from certhub.rules import due_process
from certhub.rules.audit_actions import AuditAction
from certhub.rules.due_process import Deficiency, EndFacts, NoticeFacts
from certhub.rules.hearings import OUTCOME_LABELS, StepTaken, require_step, sets_denial_aside
from certhub.rules.refusal import Refusal
from certhub.rules.standard import Standard
from certhub.rules.status import is_authorized, status_on
from certhub.rules.terms import ONE_DAY, closes_on, written
from certhub.rules.vocabulary import HearingOutcome, HearingStep, StatusEventKind, SubjectType
from certhub.services import audit, outbox, reopenings, status_events


def draft(
    credential: Credential,
    kind: StatusEventKind,
    *,
    effective_on: date,
    ends_on: date | None,
    reason: str,
    citation: str,
    on: date,
) -> str:
    """The words of a notice that would go out on a day, to be read and changed; nothing where no notice goes out."""
    if not due_process.has_notice(kind):
        return ""
    return due_process.notice_text(
        kind,
        NoticeFacts(
            subject=credential.subject_type,
            holder=credential.party.name,
            number=credential.number,
            effective_on=effective_on,
            ends_on=ends_on,
            reason=reason.strip(),
            citation=citation.strip(),
            appeal_until=_appeal_until(credential, kind, on),
        ),
    )


def serve(event: StatusEvent, text: str, *, base_url: str, actor: User, at: datetime) -> ActionNotice | None:
    """Send the notice of an action to the holder and the employer, and keep its words; None where none goes out.

    Without a `text` of its own the notice has the words that are drafted for such an action.
    """
    if not due_process.has_notice(event.kind):
        return None
    credential, today = event.credential, clock.civil_date(at)
    words = text.strip() or draft(
        credential, event.kind, effective_on=event.effective_on, ends_on=event.ends_on, reason=event.reason,
        citation=event.citation, on=today,
    )  # fmt: skip
    notice = _kept(
        ActionNotice(
            party_id=credential.party_id,
            party_name=credential.party.name,
            status_event_id=event.id,
            text=words,
            practice_allowed=due_process.allows_practice(event.kind),
            appeal_until=_appeal_until(credential, event.kind, today),
            issued_on=today,
            issued_by_id=actor.id,
            issued_by_name=actor.name,
            recorded_at=at,
        ),
        actor=actor,
        at=at,
    )
    _send(notice, credential, base_url=base_url, at=at)
    return notice


def end(event: StatusEvent, *, last_day: date, reason: str, base_url: str, actor: User, at: datetime) -> ActionNotice:
    """End a status with `last_day`; the notice tells the holder and the employer whether practice goes on after it."""
    ended = status_events.lift(event, last_day=last_day, reason=reason, actor=actor, at=at)
    credential, next_day = ended.credential, last_day + ONE_DAY
    after = status_on(credential_status.history_of(credential.id), next_day)
    notice = _kept(
        ActionNotice(
            party_id=credential.party_id,
            party_name=credential.party.name,
            status_event_id=ended.id,
            text=due_process.end_text(
                ended.kind,
                EndFacts(
                    subject=credential.subject_type,
                    holder=credential.party.name,
                    number=credential.number,
                    last_day=last_day,
                    next_day=next_day,
                    status_after=after,
                    reason=reason.strip(),
                ),
            ),
            practice_allowed=is_authorized(after),
            issued_on=clock.civil_date(at),
            issued_by_id=actor.id,
            issued_by_name=actor.name,
            recorded_at=at,
        ),
        actor=actor,
        at=at,
    )
    _send(notice, credential, base_url=base_url, at=at)
    return notice


def keep_denial(application: Application, decision: Decision, *, actor: User, at: datetime) -> ActionNotice:
    """Keep the notice of a denial; the mail about the decision leads to it."""
    if decision.appeal_until is None:
        raise ValueError("a denial has an appeal window")
    return _kept(
        ActionNotice(
            party_id=application.party_id,
            party_name=application.party.name,
            decision_id=decision.id,
            text=due_process.denial_text(
                application.party.name,
                f"{application.kind.value} application under {application.standard.code}",
                decision.reason,
                decision.appeal_until,
            ),
            appeal_until=decision.appeal_until,
            issued_on=decision.decided_on,
            issued_by_id=actor.id,
            issued_by_name=actor.name,
            recorded_at=at,
        ),
        actor=actor,
        at=at,
    )


def impose_conditions(
    credential: Credential, hearing: HearingEntry, conditions: str, *, effective_on: date, base_url: str, actor: User,
    at: datetime,
) -> StatusEvent:  # fmt: skip
    """Put the conditions under which a hearing allowed an approval on the credential, with a notice of their own."""
    event = status_events.record(
        credential, StatusEventKind.ND_CONDITION, effective_on=effective_on, reason=conditions,
        citation=f"hearing about notice {hearing.notice.number} (M.G.L. c.30A s.11)", actor=actor, at=at,
    )  # fmt: skip
    serve(event, "", base_url=base_url, actor=actor, at=at)
    return event


def keep_deficiencies(
    application: Application,
    stage: ApplicationStage,
    lacks: Sequence[Deficiency],
    *,
    standard: Standard,
    actor: User,
    at: datetime,
) -> ActionNotice:
    """Keep the notice of what an application lacks when it goes back to the applicant; the mail leads to it."""
    db.session.flush()
    return _kept(
        ActionNotice(
            party_id=application.party_id,
            party_name=application.party.name,
            stage_id=stage.id,
            text=due_process.deficiency_text(
                application.party.name,
                f"{application.kind.value} application",
                standard=f"{standard.code}, version {standard.version}",
                lacks=lacks,
                closes=closes_on(standard.terms, stage.entered_on),
            ),
            issued_on=stage.entered_on,
            issued_by_id=actor.id,
            issued_by_name=actor.name,
            recorded_at=at,
        ),
        actor=actor,
        at=at,
    )


def record_step(
    notice: ActionNotice,
    step: HearingStep,
    *,
    on: date,
    asked_by: str = "",
    outcome: HearingOutcome | None = None,
    last_day: date | None = None,
    from_first_day: bool = False,
    note: str = "",
    file: StoredFile | None = None,
    base_url: str,
    actor: User,
    at: datetime,
) -> HearingEntry:
    """Record a step of the hearing about a notice; a decision that changes the action changes the status with it.

    Reversed, the status ends on the day before the decision, or never counted if `from_first_day` says so. Modified,
    it ends on `last_day` where one is given. Either way the end has a notice of its own. A denial that is
    reversed, or modified into a grant under conditions, opens its application again.
    """
    locked(notice.party)  # a notice never changes, so whoever records steps of one hearing waits at its holder
    if notice.appeal_until is None:
        raise Refusal("There is no hearing about this notice.")
    taken = [StepTaken(entry.step, entry.happened_on) for entry in notices.hearing_of(notice)]
    asked_by, note = asked_by.strip(), note.strip()
    require_step(
        taken, step, on, asked_by=asked_by, outcome=outcome, issued_on=notice.issued_on,
        appeal_until=notice.appeal_until, today=clock.civil_date(at),
    )  # fmt: skip
    if outcome in (HearingOutcome.MODIFIED, HearingOutcome.REVERSED) and not note:
        raise Refusal("Say what was decided and why. The record keeps it.", field="note")
    entry = HearingEntry(
        notice_id=notice.id,
        step=step,
        happened_on=on,
        asked_by=asked_by,
        outcome=outcome,
        note=note,
        file_id=file.id if file else None,
        recorded_by_id=actor.id,
        recorded_at=at,
    )
    db.session.add(entry)
    db.session.flush()
    audit.record(actor, AuditAction.HEARING_RECORDED, entry, at=at, party_id=notice.party_id)
    event = notices.event_now(notice)
    if event is not None and outcome is HearingOutcome.REVERSED:
        _reverse(
            event, decided_on=on, from_first_day=from_first_day, reason=note, base_url=base_url, actor=actor, at=at
        )
    elif event is not None and outcome is HearingOutcome.MODIFIED and last_day is not None:
        end(event, last_day=last_day, reason=note, base_url=base_url, actor=actor, at=at)
    if outcome is not None:
        _tell(
            notice.party,
            f"The hearing about notice {notice.number} is decided",
            [
                f"The hearing about notice {notice.number} was decided on {written(on)}.",
                f"{OUTCOME_LABELS[outcome]}.",
                note,
            ],
            key=f"hearing-decided:{entry.id}",
            link=f"{base_url}/notices/{notice.id}",
            at=at,
        )
    if notice.decision is not None and sets_denial_aside(outcome):
        reopenings.reopen(
            notice.decision.application, note, under_conditions=outcome is HearingOutcome.MODIFIED, base_url=base_url,
            actor=actor, at=at,
        )  # fmt: skip
    return entry


def _reverse(
    event: StatusEvent,
    *,
    decided_on: date,
    from_first_day: bool,
    reason: str,
    base_url: str,
    actor: User,
    at: datetime,
) -> None:
    last_day = decided_on - ONE_DAY
    if from_first_day or event.effective_on > last_day:
        status_events.annul(event, reason=reason, actor=actor, at=at)
    elif event.ends_on is None or event.ends_on > last_day:
        end(event, last_day=last_day, reason=reason, base_url=base_url, actor=actor, at=at)


def _readers(party: Party, *, on: date) -> list[tuple[str, Party]]:
    """Who hears of what DPH does: the holder, and whoever employs a coordinator."""
    employers = notices.employers_of(party.id, on=on) if party.kind is SubjectType.COORDINATOR else []
    return [("holder", party), *(("employer", employer) for employer in employers)]


def _send(notice: ActionNotice, credential: Credential, *, base_url: str, at: datetime) -> None:
    for reader, party in _readers(credential.party, on=notice.issued_on):
        if party.email:
            outbox.enqueue(
                "credential-notice",
                recipient=party.email,
                recipient_name=party.name,
                dedupe_key=f"credential-notice:{notice.id}:{reader}:{party.id}",
                context={
                    "reader": reader,
                    "party_name": credential.party.name,
                    "number": credential.number,
                    "paragraphs": notice.text.split("\n\n"),
                    "link": f"{base_url}/notices/{notice.id}",
                },
                party_id=credential.party_id,
                at=at,
            )


def _tell(party: Party, title: str, paragraphs: Sequence[str], *, key: str, link: str, at: datetime) -> None:
    for reader, one in _readers(party, on=clock.civil_date(at)):
        if one.email:
            outbox.enqueue(
                "due-process-news",
                recipient=one.email,
                recipient_name=one.name,
                dedupe_key=f"{key}:{one.id}",
                context={
                    "reader": reader,
                    "party_name": party.name,
                    "title": title,
                    "paragraphs": [paragraph for paragraph in paragraphs if paragraph],
                    "link": link,
                },
                party_id=party.id,
                at=at,
            )


def _kept(notice: ActionNotice, *, actor: User, at: datetime) -> ActionNotice:
    db.session.add(notice)
    db.session.flush()
    audit.record(actor, AuditAction.NOTICE_ISSUED, notice, at=at)
    return notice


def _appeal_until(credential: Credential, kind: StatusEventKind, on: date) -> date | None:
    if not due_process.has_hearing(kind):
        return None
    terms = standards.definition_of(standards.in_force(credential.standard_id, on)).terms
    return on + timedelta(days=terms.appeal_days)
