"""Closed by default: each view declares its permission, one hook enforces it, an undeclared view is an error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certhub.auth import kept_form
from certhub.models.accounts import User
from certhub.rules.permissions import PUBLIC, Permission, Viewer, may

View = TypeVar("View", bound=Callable[..., Any])

_MARK = "certhub_access"


@dataclass(frozen=True, slots=True)
class Access:
    """What a view declares: who may use it, and where its address does not say whose record it shows."""

    permission: Permission
    reads: str | None = None
    """The argument after the question mark that names the party whose record is shown."""
    lists: bool = False
    """Whether the view shows a list of people; it says which (`readings.listed`)."""


class SignedOutMidForm(Exception):
    """A form was sent after the session had ended; `sealed` is what was typed, for the sign-in page to carry along."""

    def __init__(self, sealed: str) -> None:
        super().__init__("signed out in the middle of a form")
        self.sealed = sealed


class UndeclaredAccess(RuntimeError):
    """A view does not say who may use it; it stays closed."""


def requires(permission: Permission, *, reads: str | None = None, lists: bool = False) -> Callable[[View], View]:
    """Declare the permission that a view needs, and what it lets people read. The outermost decorator of each view."""

    def mark(view: View) -> View:
        setattr(view, _MARK, Access(permission, reads, lists))
        return view

    return mark


def access_of(endpoint: str) -> Access | None:
    """What the view at `endpoint` declares; shipped files are public."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Access(Permission.PUBLIC_READ)
    return getattr(current_app.view_functions[endpoint], _MARK, None)


def declared(endpoint: str) -> Permission | None:
    """The permission that the view at `endpoint` declares."""
    access = access_of(endpoint)
    return access.permission if access else None


def viewer() -> Viewer:
    """Whoever looks: the account, or the public."""
    return actor() if current_user.is_authenticated else PUBLIC


def actor() -> User:
    """The account that acts. Views that need one declare a permission that the public does not have."""
    account: User = current_user.account
    return account


def enforce() -> ResponseReturnValue | None:
    """Let the request through, ask for a sign-in, or refuse.

    Raises `SignedOutMidForm` where something typed is to be kept over the sign-in.
    """
    if request.endpoint is None:
        return None  # no such page: Flask answers 404 or 405
    permission = declared(request.endpoint)
    if permission is None:
        raise UndeclaredAccess(f"the view {request.endpoint} declares no permission")
    if may(viewer(), permission):
        return None
    if current_user.is_authenticated:
        abort(403)
    sealed = kept_form.seal_request()
    if sealed is not None:
        raise SignedOutMidForm(sealed)
    can_be_opened = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?") if can_be_opened else None))
