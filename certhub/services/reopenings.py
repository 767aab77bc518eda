"""A denied application whose denial a hearing set aside goes back into review."""

from datetime import datetime

from certhub.database import locked
from certhub.models.accounts import User
from certhub.models.certification import Application
from certhub.queries import applications
from certhub.rules.audit_actions import AuditAction
from certhub.rules.lifecycle import require_reopening
from certhub.services import applicants, application_steps, audit


def reopen(
    application: Application, reason: str, *, under_conditions: bool = False, base_url: str, actor: User, at: datetime
) -> bool:
    """Open a denied application again; whether it was, since a newer application takes its place.

    It keeps its day of submission, its version of the standard and its denial; the days of DPH are counted anew.
    """
    locked(application)
    target = require_reopening(application.status)
    newer = applications.newer_than(application)
    if newer is None:
        application_steps.enter(application, target, reason=reason, actor=actor, at=at)
        application.closed_at = application.closed_on = None
        audit.record(actor, AuditAction.APPLICATION_REOPENED, application, at=at, reason=reason)
    applicants.tell(
        application, "application-reopened", base_url=base_url, at=at, reason=reason, is_open=newer is None,
        due_on=application.due_on, under_conditions=under_conditions,
    )  # fmt: skip
    return newer is None
