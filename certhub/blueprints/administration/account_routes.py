"""Accounts and invitations: who is here, who was asked in, and who may no longer come in."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import actor, requires, viewer
from certhub.blueprints.administration import bp
from certhub.blueprints.administration.forms import (
    AccountFilters,
    InviteForm,
    InviteForPartyForm,
    InviteStart,
    ReaddressForm,
)
from certhub.database import transaction
from certhub.models.parties import Party
from certhub.queries import accounts as reading
from certhub.queries import mail_failures
from certhub.queries.visibility import roles_seen
from certhub.rules.invitations import INVITES, PARTY_KIND
from certhub.rules.permissions import Permission
from certhub.rules.vocabulary import Role
from certhub.services import accounts as keeping
from certhub.services import invitations
from certhub.web import address_links, submissions
from certhub.web.context import settings
from certhub.web.forms import refusals_shown_on

_LARGEST_ID = 2**31 - 1


@bp.route("/accounts")
@requires(Permission.USER_INVITE)
def accounts() -> ResponseReturnValue:
    filters = AccountFilters(request.args, {"open": "Open", "closed": "Closed"}, roles_seen(viewer()))
    page = reading.accounts(
        viewer(),
        search=filters.search.data or "",
        role=filters.chosen_role(),
        state=filters.state.data or "",
        cursor=request.args.get("cursor"),
    )
    return render_template(
        "administration/accounts.html",
        filters=filters,
        page=page,
        failing=mail_failures.of_addresses(viewer(), [row.email for row in page.rows]),
    )


@bp.route("/accounts/invitations")
@requires(Permission.USER_INVITE)
def list_invitations() -> ResponseReturnValue:
    states = {"open": "Waiting for an answer", "closed": "Answered or over"}
    filters = AccountFilters(request.args, states, roles_seen(viewer()))
    return render_template(
        "administration/accounts_invitations.html",
        filters=filters,
        now=clock.now(),
        page=reading.invitations(
            viewer(),
            at=clock.now(),
            search=filters.search.data or "",
            role=filters.chosen_role(),
            state=filters.state.data or "",
            cursor=request.args.get("cursor"),
        ),
    )


@bp.route("/accounts/invite", methods=["GET", "POST"])
@requires(Permission.USER_INVITE)
def invite() -> ResponseReturnValue:
    roles = INVITES[actor().role]
    start = InviteStart(request.args, roles)
    role = start.chosen_role(roles)
    if role is None:
        return render_template("administration/accounts_invite.html", start=start, role=None, form=None, more=False)

    asked_for = _asked_for()
    form = _invite_form(role, asked_for)
    choices = _choices(role, asked_for, start.search.data or "")
    if isinstance(form, InviteForPartyForm):
        form.offer(choices)
    if form.validate_on_submit():
        party = _chosen_party(form)
        with refusals_shown_on(form), transaction():
            invitations.invite(
                email=form.email.data,
                name=form.name.data,
                role=role,
                party=party,
                actor=actor(),
                at=clock.now(),
                link=lambda token: settings().base_url + url_for("account.accept", token=token),
            )
            submissions.remember(url_for(".list_invitations"))
        if not form.refused:
            flash(f"An invitation is on its way to {form.email.data}. It is good for seven days.")
            return redirect(url_for(".list_invitations"))
    return render_template(
        "administration/accounts_invite.html",
        start=start,
        role=role,
        form=form,
        more=len(choices) > reading.MOST_CHOICES,
    ), form.http_status


@bp.route("/accounts/invitations/<int:invitation_id>/revoke", methods=["POST"])
@requires(Permission.USER_INVITE)
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    invitation = reading.one_invitation(viewer(), invitation_id)
    address = url_for(".list_invitations")
    with transaction():
        invitations.revoke(invitation, actor=actor(), at=clock.now())
        submissions.remember(address)
    flash("The invitation is taken back. Its link no longer works.")
    return redirect(address)


@bp.route("/accounts/<int:account_id>/deactivate", methods=["POST"])
@requires(Permission.USER_MANAGE)
def deactivate(account_id: int) -> ResponseReturnValue:
    account = reading.one(viewer(), account_id)
    with transaction():
        keeping.deactivate(account, actor=actor(), at=clock.now())
    flash(f"The account of {account.name} is closed, and every browser is signed out.")
    return redirect(url_for(".accounts"))


@bp.route("/accounts/<int:account_id>/reactivate", methods=["POST"])
@requires(Permission.USER_MANAGE)
def reactivate(account_id: int) -> ResponseReturnValue:
    account = reading.one(viewer(), account_id)
    with transaction():
        keeping.reactivate(account, actor=actor(), at=clock.now())
    flash(f"The account of {account.name} is open again.")
    return redirect(url_for(".accounts"))


@bp.route("/accounts/<int:account_id>/address", methods=["GET", "POST"])
@requires(Permission.USER_READDRESS)
def readdress(account_id: int) -> ResponseReturnValue:
    account = reading.one(viewer(), account_id)
    if account.id == viewer().id:
        return redirect(url_for("account.change_address"))
    form = ReaddressForm()
    if form.validate_on_submit():
        address_links.ask(account, form.email.data, form, back=url_for(".accounts"))
        if not form.refused:
            flash(f"A link is on its way to {form.email.data}. The address changes when {account.name} has opened it.")
            return redirect(url_for(".accounts"))
    return render_template(
        "administration/readdress.html",
        form=form,
        account_of=account,
        failing=mail_failures.of_addresses(viewer(), [account.email]).get(account.email),
        pending=reading.open_address_change(account, at=clock.now()),
    ), form.http_status


def _asked_for() -> Party | None:
    """The party that a link from its own page asks to invite somebody for."""
    typed = request.args.get("party_id", "")
    if not (typed.isascii() and typed.isdigit()) or int(typed) > _LARGEST_ID:
        return None
    return reading.party_to_invite_for(viewer(), int(typed))


def _invite_form(role: Role, asked_for: Party | None) -> InviteForm:
    known = {}
    if asked_for is not None and role is Role.COORDINATOR:
        known = {"name": asked_for.name, "email": asked_for.email}
    return InviteForPartyForm(data=known) if role in PARTY_KIND else InviteForm()


def _choices(role: Role, asked_for: Party | None, search: str) -> list[reading.PartyChoice]:
    if asked_for is not None and asked_for.kind is PARTY_KIND.get(role):
        return [reading.PartyChoice(asked_for.id, asked_for.name)]
    return reading.parties_to_invite_for(viewer(), role, search)


def _chosen_party(form: InviteForm) -> Party | None:
    if isinstance(form, InviteForPartyForm):
        return reading.party_to_invite_for(viewer(), int(form.party_id.data))
    return None
