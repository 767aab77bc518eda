"""What somebody typed when their session ended in the middle of a form: kept over the sign-in, for them alone.

The fields travel sealed in the sign-in page, so nothing is stored for people who never come back. The page goes to the
browser that sent the form; the seal names the account of the ended session, and only that account gets them back.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import ValidationError

from certhub.auth.login import known_in_browser
from certhub.auth.return_path import local_path

LASTS_SECONDS = 24 * 60 * 60
LARGEST = 400_000
"""Characters of all fields together; a form as large as that is a file, and files are chosen again."""

_FORGERY_TOKEN = "csrf_token"  # noqa: S105  (a field's name, not a password)
_UNSEEN = ("submission_token",)


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form as it was sent, without its files, passwords and tokens against forgery."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What a person typed or chose, with the fields' names in words."""
        return [
            (name.replace("_", " ").replace("-", " ").strip().capitalize(), value)
            for name, value in self.fields
            if value.strip() and name not in _UNSEEN
        ]


def seal_request() -> str | None:
    """The form that this request sends, sealed; None where there is nothing that may be kept.

    Kept is only what came with a valid token against forgery from a browser whose last session is known: another site
    cannot plant a form, and nobody but the person who typed it can open it again.
    """
    if request.method != "POST" or not _is_genuine():
        return None
    owner, sent = known_in_browser(), of_request()
    if owner is None or sent is None or sum(len(name) + len(value) for name, value in sent.fields) > LARGEST:
        return None
    return _sealer().dumps({"owner": owner, "path": sent.path, "fields": sent.fields, "files": sent.files})


def of_request() -> KeptForm | None:
    """The form that this request sends, to be shown to whoever sent it; None where it sends none."""
    path = local_path(request.full_path.rstrip("?"))
    if request.method != "POST" or path is None:
        return None
    return KeptForm(
        path=path,
        fields=tuple((name, value) for name, value in request.form.items(multi=True) if _may_be_kept(name)),
        files=tuple(file.filename for _, file in request.files.items(multi=True) if file.filename),
    )


def page_of_form() -> str | None:
    """The page that the form of this request came from; only ever a path of this application."""
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:
        came_from = urlsplit("")
    if (came_from.scheme, came_from.netloc) == (request.scheme, request.host):
        page = local_path(came_from.path + (f"?{came_from.query}" if came_from.query else ""))
        if page is not None:
            return page
    # A page that could not be opened leads nobody back to itself.
    opens = request.method != "GET" and request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    return local_path(request.full_path.rstrip("?")) if opens else None


def reopen(sealed: str | None, account_id: int) -> KeptForm | None:
    """The form sealed for this account; None for anybody else's, for an old one and for one that was tampered with."""
    if not sealed:
        return None
    try:
        kept: dict[str, Any] = _sealer().loads(sealed, max_age=LASTS_SECONDS)
    except BadData:
        return None
    if kept["owner"] != account_id:
        return None
    return KeptForm(
        path=kept["path"],
        fields=tuple((name, value) for name, value in kept["fields"]),
        files=tuple(kept["files"]),
    )


def _is_genuine() -> bool:
    try:
        validate_csrf(request.form.get(_FORGERY_TOKEN))
    except ValidationError:
        return False
    return True


def _may_be_kept(name: str) -> bool:
    return name != _FORGERY_TOKEN and "password" not in name.casefold()


def _sealer() -> URLSafeTimedSerializer:
    keys: list[str] = current_app.config["WTF_CSRF_SECRET_KEY"]
    return URLSafeTimedSerializer(keys, salt="kept-form")
