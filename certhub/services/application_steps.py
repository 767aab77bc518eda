"""What every move of an application leaves behind: its stage with the day, the next due day, and its evaluation."""

from datetime import datetime

from certhub import clock
from certhub.database import db
from certhub.models.accounts import User
from certhub.models.certification import Application, EvaluationRecord
from certhub.models.review import ApplicationStage
from certhub.queries import reviews
from certhub.queries.evaluations import Judgement
from certhub.rules.lifecycle import WITH_APPLICANT
from certhub.rules.service_goals import StageEntry, goal_for
from certhub.rules.vocabulary import ApplicationStatus
from certhub.services.audit import Actor


def enter(
    application: Application, status: ApplicationStatus, *, reason: str = "", actor: Actor, at: datetime
) -> ApplicationStage:
    """Bring an application into `status` today; the caller has asked the rules and tells the audit trail."""
    today = clock.civil_date(at)
    passed = [StageEntry(stage.status, stage.entered_on) for stage in reviews.stages_of(application)]
    goal = goal_for([*passed, StageEntry(status, today)])
    application.status = status
    application.stage_from = today
    application.due_on = goal.on if goal else None
    application.with_applicant_from = today if status in WITH_APPLICANT else None
    stage = ApplicationStage(
        application_id=application.id,
        status=status,
        entered_on=today,
        reason=reason,
        moved_by_id=actor.id if isinstance(actor, User) else None,
        recorded_at=at,
    )
    db.session.add(stage)
    return stage


def keep(application: Application, judgement: Judgement, *, at: datetime) -> EvaluationRecord:
    """Keep what the rules said, with the hash of all that they looked at."""
    record = EvaluationRecord(
        application_id=application.id,
        standard_version_id=judgement.version.id,
        as_of=judgement.occasion.as_of,
        result=judgement.evaluation.result.value,
        complete=judgement.evaluation.complete,
        findings=[finding.to_json() for finding in judgement.evaluation.findings],
        engine_version=judgement.evaluation.engine_version,
        inputs_hash=judgement.evaluation.inputs_hash,
        recorded_at=at,
    )
    db.session.add(record)
    db.session.flush()
    return record
