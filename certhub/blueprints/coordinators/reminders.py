"""Why somebody did or did not get a reminder of a date of this record."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from certhub.auth.guard import requires
from certhub.blueprints.coordinators import bp
from certhub.rules.permissions import Permission
from certhub.rules.vocabulary import SubjectType
from certhub.web import reminder_pages


@bp.route("/<int:party_id>/reminders")
@requires(Permission.REMINDER_READ)
def reminders(party_id: int) -> ResponseReturnValue:
    found = reminder_pages.of_record(party_id)
    if found["party"].kind is not SubjectType.COORDINATOR:
        abort(404)
    return render_template("administration/reminders.html", named_after=False, **found)
