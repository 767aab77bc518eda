"""Reminder policies: read by everybody at DPH, changed by administrators after they saw what it would send."""

import hashlib
from collections.abc import Sequence
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.administration import bp
from certhub.blueprints.administration.policy_forms import PolicyForm, as_typed
from certhub.database import canonical, transaction
from certhub.models.reminder_policies import ReminderPolicyVersion
from certhub.queries import reminder_policies as reading
from certhub.queries.obligation_sources import SOURCES
from certhub.queries.visibility import NotVisible
from certhub.rules.permissions import Permission
from certhub.rules.policy_versions import PolicyVersion
from certhub.rules.refusal import Refusal
from certhub.rules.reminder_policies import (
    AUDIENCE_LABELS,
    BUNDLING_LABELS,
    CHANNEL_LABELS,
    DAY_COUNT_LABELS,
    OBLIGATION_LABELS,
    ObligationKind,
    Policy,
    to_raw,
)
from certhub.rules.terms import ONE_DAY
from certhub.services import policy_previews, reminder_policies
from certhub.services.policy_previews import Preview
from certhub.web import submissions
from certhub.web.forms import refusals_shown_on
from certhub.web.policy_drawing import ladder_of

_KINDS = f"any({', '.join(repr(kind.value) for kind in ObligationKind)})"
_LABELS = {
    "kinds": OBLIGATION_LABELS,
    "audiences": AUDIENCE_LABELS,
    "day_counts": DAY_COUNT_LABELS,
    "bundlings": BUNDLING_LABELS,
    "channels": CHANNEL_LABELS,
}


@bp.route("/reminder-policies")
@requires(Permission.REMINDER_POLICY_READ)
def list_reminder_policies() -> ResponseReturnValue:
    policies = reminder_policies.in_force(clock.today())
    listed = reading.listed(viewer())
    replaced = reading.replaced(listed)
    coming = [row for row in listed if row.effective_from > clock.today() and row.id not in replaced]
    return render_template(
        "administration/reminder_policies.html",
        policies=policies,
        ladders={kind: ladder_of(policy, OBLIGATION_LABELS[kind]) for kind, policy in policies.items()},
        coming={row.kind: row for row in reversed(coming)},
        **_LABELS,
    )


@bp.route(f"/reminder-policies/<{_KINDS}:kind>")
@requires(Permission.REMINDER_POLICY_READ)
def reminder_policy(kind: str) -> ResponseReturnValue:
    found = ObligationKind(kind)
    history = reading.history(viewer(), found)
    policy = reminder_policies.in_force(clock.today())[found]
    return render_template(
        "administration/reminder_policy.html",
        kind=found,
        policy=policy,
        ladder=ladder_of(policy, OBLIGATION_LABELS[found]),
        history=[(row, reading.version_of(row).policy) for row in history],
        today=clock.today(),
        replaced=reading.replaced(history),
        **_LABELS,
    )


@bp.route(f"/reminder-policies/<{_KINDS}:kind>/change", methods=["GET", "POST"])
@requires(Permission.REMINDER_POLICY_CHANGE)
def change_reminder_policy(kind: str) -> ResponseReturnValue:
    """The form, then what the change would send, then the button that saves it."""
    found, today = ObligationKind(kind), clock.today()
    history = reading.history(viewer(), found)
    if not history:  # an upgrade brought the kind, and the worker has not run since
        raise NotVisible(kind)
    newest = reading.version_of(history[0]).policy
    form = PolicyForm(data={**as_typed(newest), "effective_from": today + ONE_DAY, "version": history[0].version})
    audiences = form.audiences(SOURCES[found].concerns)
    now = then = policy = None
    if form.validate_on_submit():
        with refusals_shown_on(form):
            policy = reminder_policies.checked(found, form.typed(newest))
            reminder_policies.require_day(form.effective_from.data, today=today)
            _require_difference(policy, newest)
            now, then = _previews(history, policy, form.effective_from.data, today)
    if policy is not None and now is not None:
        stamp = _stamp(policy, form.effective_from.data)
        confirmed = request.form.get("step") == "confirm" and form.shown.data == stamp
        if request.form.get("step") == "confirm" and not confirmed:
            form.refuse(Refusal("You changed something since the numbers were shown. Look at them again."))
        if confirmed and _saved(form, found, policy):
            flash("The policy is changed. Nothing is told for days before its first day.")
            return redirect(url_for(".reminder_policy", kind=found.value))
        form.shown.data = stamp
    return render_template(
        "administration/reminder_policy_form.html",
        form=form, kind=found, audience_fields=audiences, now=now, then=then, policy=policy,
        days=sorted({day for one in (now, then) if one for day, _ in one.counts}),
        ladder=ladder_of(policy, OBLIGATION_LABELS[found]) if policy else None, **_LABELS,
    ), form.http_status  # fmt: skip


def _saved(form: PolicyForm, kind: ObligationKind, policy: Policy) -> bool:
    with refusals_shown_on(form), transaction():
        reminder_policies.change(
            kind, policy, effective_from=form.effective_from.data, reason=form.reason.data or "",
            seen=form.version.number or 0, actor=actor(), at=clock.now(),
        )  # fmt: skip
        submissions.remember(url_for(".reminder_policy", kind=kind.value))
    return not form.refused


def _require_difference(policy: Policy, newest: Policy) -> None:
    if to_raw(policy) == to_raw(newest):
        raise Refusal("Nothing differs from the policy as it is. Change something first.")


def _previews(
    history: Sequence[ReminderPolicyVersion], policy: Policy, effective_from: date, today: date
) -> tuple[Preview, Preview]:
    versions = [reading.version_of(row) for row in history]
    changed = PolicyVersion(history[0].version + 1, effective_from, policy, made_on=today)
    return (
        policy_previews.counted(versions, today=today),
        policy_previews.counted([*versions, changed], today=today),
    )


def _stamp(policy: Policy, effective_from: date) -> str:
    """What the numbers on the page were counted for."""
    return hashlib.sha256(f"{canonical(to_raw(policy))} {effective_from}".encode()).hexdigest()[:32]
