"""The first page: for visitors what CertHub is, for everybody else what needs doing."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.home import bp
from certhub.queries import (
    applications,
    background_checks,
    certification,
    drifts,
    employer_changes,
    exposure,
    independence,
    licences,
    parties,
    submittals,
)
from certhub.queries.employer_changes import ChangeRow
from certhub.rules.employer_change import ChangeState
from certhub.rules.permissions import Permission, is_employer, may, works_for_dph

_EXPOSED_SHOWN = 12


@bp.route("/")
@requires(Permission.PUBLIC_READ)
def index() -> ResponseReturnValue:
    if not current_user.is_authenticated:
        return render_template("home/welcome.html")
    who, today = viewer(), clock.today()
    shown = {
        "user": actor(),
        "today": today,
        "deadlines": certification.deadlines(who, on=today),
        "exposed": exposure.first(who, today, number=_EXPOSED_SHOWN) if may(who, Permission.EXPOSURE_READ) else (0, []),
        "licences": licences.to_check(who, on=today),
    }
    if works_for_dph(who):
        return render_template(
            "home/department.html",
            **shown,
            checks=background_checks.due_again(who, on=today),
            conflicts=independence.standing(who, on=today),
            waiting=applications.waiting(who),
            mine=applications.on_the_desk_of(who),
            overdue=sum(stage.overdue for stage in applications.stage_figures(who, on=today)),
            in_force=certification.held_in_force(who, on=today),
            drifts=drifts.first(who, today, number=1),
            papers=submittals.waiting(who, on=today) if may(who, Permission.APPLICATION_REVIEW) else (0, 0),
        )
    party = parties.one(who, who.party_id or 0)
    return render_template(
        "home/own.html",
        **shown,
        waiting=applications.waiting(who) if is_employer(who) else {},
        party=party,
        panel=certification.panel_of(who, party, on=today),
        drifts=drifts.of_party(party.id),
        asking=_asking(),
    )


def _asking() -> list[ChangeRow]:
    """The employers that wait for the viewer's answer."""
    if not may(viewer(), Permission.EMPLOYER_CHANGE_ANSWER):
        return []
    return list(employer_changes.page(viewer(), state=ChangeState.REQUESTED, at=clock.now()).rows)
