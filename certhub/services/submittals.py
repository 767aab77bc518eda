"""Papers between two applications: handed in by the holder, looked at by a reviewer."""

from datetime import datetime

from sqlalchemy import select

from certhub import clock
from certhub.database import db, locked
from certhub.models.accounts import User
from certhub.models.certification import Credential, Evidence
from certhub.models.files import StoredFile
from certhub.models.parties import Party
from certhub.models.signatures import Statement
from certhub.models.standards import StandardVersion
from certhub.models.submittals import Submittal, SubmittalReview
from certhub.queries import applications, drifts, submittals
from certhub.queries import statements as stated
from certhub.queries.statements import AskedNow
from certhub.queries.visibility import party_visible
from certhub.rules.audit_actions import AuditAction
from certhub.rules.evidence_forms import EvidenceInput, needs_file
from certhub.rules.lifecycle import WITH_APPLICANT
from certhub.rules.permissions import DPH_ROLES
from certhub.rules.refusal import Refusal
from certhub.rules.requirement_kinds.papers import party_name
from certhub.rules.standard import Requirement
from certhub.rules.submittals import due_on, goes_into, may_be_handed_in, require_waiting, require_word
from certhub.rules.vocabulary import Verdict
from certhub.services import audit, outbox, statements
from certhub.services import drifts as noting
from certhub.services.evidence import cancel, keep

LOOKED_AT = "paper-looked-at"


def require_open(credential: Credential, requirement: Requirement, actor: User) -> None:
    """Raises `Refusal` where nothing can be handed in for a requirement beside an application now."""
    if actor.role in DPH_ROLES:
        raise Refusal("The holder hands this in, or the employer.")
    if not may_be_handed_in(requirement):
        raise Refusal("This goes into the next application.")
    under_way = applications.open_of(credential.party_id)
    if under_way is None or not goes_into(requirement, under_way.kind):
        return
    if under_way.status in WITH_APPLICANT:
        raise Refusal("An application is under way. Add this to the application.")
    raise Refusal("An application is with DPH. If DPH needs this for it, the application comes back to you.")


def hand_in(
    credential: Credential,
    version: StandardVersion,
    requirement: Requirement,
    given: EvidenceInput,
    *,
    file: StoredFile | None,
    actor: User,
    at: datetime,
) -> Submittal:
    """Hand in evidence for a requirement of a credential without an application. DPH looks at it within five days.

    It counts, also for the next renewal, once a reviewer has accepted it. Raises `Refusal`.
    """
    locked(credential)
    require_open(credential, requirement, actor)
    return _handed_in(AskedNow(credential, version, requirement), given, file=file, actor=actor, at=at)


def require_anew(statement: Statement, actor: User) -> None:
    """Raises `Refusal` where a statement cannot be handed in anew, on paper and beside an application, now."""
    if actor.role in DPH_ROLES:
        raise Refusal("The organization signs this.")
    if not drifts.of_statement(statement):
        raise Refusal("This need not be signed anew: no fact under it has changed, or it was signed anew by now.")
    under_way = applications.open_of(statement.party_id)
    if under_way is not None and under_way.status in WITH_APPLICANT:
        raise Refusal("An application is under way. Add this to the application.")


def hand_in_anew(
    statement: Statement, asked: AskedNow, given: EvidenceInput, *, file: StoredFile | None, actor: User, at: datetime
) -> Submittal:
    """Hand in a statement that was signed anew on paper, because a fact under it has changed.

    It answers the change at once, as a signature on the screen does, unless a reviewer sends it back. Raises `Refusal`.
    """
    locked(asked.credential)
    require_anew(statement, actor)
    if given.value.get("party", statement.signed_for) != statement.signed_for:
        raise Refusal(f"This is for {party_name(statement.signed_for)} to sign.", field="party")
    return _handed_in(asked, given, file=file, actor=actor, at=at)


def _handed_in(
    asked: AskedNow, given: EvidenceInput, *, file: StoredFile | None, actor: User, at: datetime
) -> Submittal:
    credential, requirement = asked.credential, asked.requirement
    if needs_file(requirement) and file is None:
        raise Refusal("Upload the document. Without it this cannot count.", field="file")
    evidence = keep(requirement.code, given, party_id=credential.party_id, file=file, provided_by=actor, at=at)
    statements.keep_paper(evidence, requirement, party=credential.party, at=at)
    today = clock.civil_date(at)
    submittal = Submittal(
        evidence_id=evidence.id,
        party_id=credential.party_id,
        credential_id=credential.id,
        standard_version_id=asked.version.id,
        requirement_code=requirement.code,
        handed_in_on=today,
        due_on=due_on(today),
    )
    db.session.add(submittal)
    db.session.flush()
    audit.record(actor, AuditAction.PAPER_HANDED_IN, submittal, at=at)
    return submittal


def take_back(submittal: Submittal, *, actor: User, at: datetime) -> None:
    """Take back what was handed in by mistake while nobody has looked at it. Raises `Refusal`."""
    locked(submittal)
    if actor.role in DPH_ROLES:
        raise Refusal("Whoever handed this in takes it back.")
    require_waiting(submittals.as_it_stands(submittal).state)
    audit.record(actor, AuditAction.PAPER_TAKEN_BACK, cancel(submittal.evidence, actor=actor, at=at), at=at)
    noting.note(submittal.party, actor=actor, at=at)  # an earlier statement may stand again


def look_at(
    submittal: Submittal,
    verdict: Verdict,
    *,
    reason: str,
    shown: int | None,
    base_url: str,
    actor: User,
    at: datetime,
) -> SubmittalReview:
    """Accept what was handed in or send it back with a reason, or correct such a word; the sender hears of it.

    `shown` is the word that the reviewer had in sight. Raises `Refusal`.
    """
    locked(submittal)
    stands = submittals.as_it_stands(submittal)
    standing = stands.word.id if stands.word else None
    require_word(verdict, reason, state=stands.state, shown=shown, standing=standing)
    review = _recorded(submittal, verdict, reason, supersedes_id=standing, actor=actor, at=at)
    noting.note(submittal.party, actor=actor, at=at)  # another statement may stand than before
    _tell(submittal, review, base_url=base_url, at=at)
    return review


def look_at_within(evidence: list[Evidence], verdict: Verdict, *, reason: str, actor: User, at: datetime) -> None:
    """Carry a reviewer's word on a requirement of an application over to what was handed in for it before.

    A waiver does not look at what is on file.
    """
    if verdict is Verdict.WAIVED:
        return
    for submittal in submittals.of_evidence([one.id for one in evidence if one.application_id is None]):
        locked(submittal)
        _recorded(submittal, verdict, reason, supersedes_id=None, actor=actor, at=at)


def _recorded(
    submittal: Submittal, verdict: Verdict, reason: str, *, supersedes_id: int | None, actor: User, at: datetime
) -> SubmittalReview:
    review = SubmittalReview(
        submittal_id=submittal.id,
        verdict=verdict,
        reason=reason.strip(),
        reviewer_id=actor.id,
        recorded_at=at,
        supersedes_id=supersedes_id,
    )
    db.session.add(review)
    db.session.flush()
    action = AuditAction.PAPER_ACCEPTED if verdict is Verdict.ACCEPTED else AuditAction.PAPER_SENT_BACK
    audit.record(actor, action, review, at=at, party_id=submittal.party_id)
    return review


def _tell(submittal: Submittal, review: SubmittalReview, *, base_url: str, at: datetime) -> None:
    """Write to whoever handed it in while they act for the holder, and to the holder."""
    sender, party = submittal.evidence.provided_by, submittal.party
    recipients: dict[str, str] = {}
    if sender is not None and sender.is_active and _acts_for(sender, party):
        recipients[sender.email] = sender.name
    if party.email and party.email not in recipients:
        recipients[party.email] = party.name
    signed = stated.is_one(submittal.evidence_id)
    page = f"organizations/{party.id}#anew-title" if signed else f"credentials/{submittal.credential_id}#papers"
    for email, name in recipients.items():
        outbox.enqueue(
            LOOKED_AT,
            recipient=email,
            recipient_name=name,
            dedupe_key=f"{LOOKED_AT}:{review.id}:{email}",
            context={
                "link": f"{base_url}/{page}",
                "signed": signed,
                "party_name": party.name,
                "number": submittal.credential.number,
                "requirement": submittal.requirement_code,
                "handed_in_on": submittal.handed_in_on,
                "accepted": review.verdict is Verdict.ACCEPTED,
                "corrected": review.supersedes_id is not None,
                "reason": review.reason,
            },
            party_id=party.id,
            at=at,
        )


def _acts_for(account: User, party: Party) -> bool:
    seen = party_visible(account, Party.__table__.c.id)
    return db.session.scalar(select(Party.id).where(Party.id == party.id, seen)) is not None
