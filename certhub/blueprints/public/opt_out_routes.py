"""Opting out of courtesies by the link of a message: one click, without a session (RFC 8058)."""

from flask import render_template
from flask.typing import ResponseReturnValue

from certhub import clock
from certhub.auth.guard import requires
from certhub.blueprints.public import bp
from certhub.blueprints.public.waiting import count_in_vain
from certhub.database import transaction
from certhub.queries import opt_outs as reading
from certhub.rules.lockout import UNKNOWN_LINK
from certhub.rules.opt_outs import label
from certhub.rules.permissions import Permission
from certhub.services import opt_outs
from certhub.web.context import settings
from certhub.web.security import forgery


@bp.route("/mail/opt-out/<string:token>", methods=["GET"])
@requires(Permission.PUBLIC_READ)
def opt_out(token: str) -> ResponseReturnValue:
    """Changes nothing: programs that check mail for danger follow every link."""
    return _page(token, is_done=False)


@bp.route("/mail/opt-out/<string:token>", methods=["POST"])
@requires(Permission.PUBLIC_READ)
@forgery.exempt  # type: ignore[untyped-decorator]  # Flask-WTF ships no types
def opt_out_now(token: str) -> ResponseReturnValue:
    """The program of the reader posts here by itself, and knows nothing but the link."""
    return _page(token, is_done=True)


def _page(token: str, *, is_done: bool) -> ResponseReturnValue:
    message = reading.by_token(token, (settings().secret_key, *settings().previous_secret_keys))
    if message is None:
        count_in_vain("opt-out-link", UNKNOWN_LINK)  # a right link is never counted and never waits
        return render_template("public/opt_out_ended.html"), 404
    if is_done:
        with transaction():
            opt_outs.follow_link(message, at=clock.now())
    kinds = [label(kind) for kind in message.opt_out.split()]
    return render_template("public/opt_out.html", kinds=kinds, is_done=is_done, token=token)
