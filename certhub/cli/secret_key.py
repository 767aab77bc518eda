"""`certhub secret-key rotate`: a new key, while what was signed with the old one is still known."""

import os
import secrets
import stat
import tempfile
from pathlib import Path

import click
from flask.cli import with_appcontext

from certhub.config import previous_keys_file, secret_key_file
from certhub.rules.opt_outs import KEEP_PREVIOUS_DAYS
from certhub.rules.refusal import Refusal
from certhub.web.context import settings


@click.group("secret-key")
def secret_key() -> None:
    """The key that signs cookies and forms."""


@secret_key.command("rotate")
@click.option("--forget", is_flag=True, help="Keep no earlier key: for one that was lost, or that others have seen.")
@with_appcontext
def rotate(*, forget: bool) -> None:
    """Make a new key, and keep the old one for what it has signed.

    Stop web and worker on every host before, copy both files to the other hosts, and start all again. Nobody has to
    sign in again, but with --forget everybody does.
    """
    if os.environ.get("CERTHUB_SECRET_KEY"):
        raise Refusal(
            "The key comes from CERTHUB_SECRET_KEY. Add it to CERTHUB_PREVIOUS_SECRET_KEYS "
            "and put a new one in its place."
        )
    if os.environ.get("CERTHUB_PREVIOUS_SECRET_KEYS") or os.environ.get("CERTHUB_PREVIOUS_SECRET_KEYS_FILE"):
        raise Refusal(
            "Earlier keys come from CERTHUB_PREVIOUS_SECRET_KEYS: add the present key there, and rotate by hand."
        )
    current, previous = secret_key_file(os.environ), previous_keys_file(os.environ)
    try:
        like = current.stat()
        if forget:
            previous.unlink(missing_ok=True)
        else:
            _written(previous, "\n".join([settings().secret_key, *settings().previous_secret_keys]), like)
        _written(current, secrets.token_urlsafe(48), like)
    except OSError as problem:
        raise Refusal(
            f"The new key cannot be written beside {current} ({problem.strerror}). The old key holds on. "
            f"Run this as somebody who may write to {current.parent} and give files to the owner of the key."
        ) from problem
    if forget:
        click.echo(
            f"{current} holds a new key, and no earlier one is known: everybody signs in again. On the other hosts put "
            f"it in the place of theirs, and remove {previous}. Then start web and worker anew."
        )
        return
    click.echo(f"{current} holds a new key, and {previous} the old one. Start web and worker anew.")
    click.echo(
        f"After {KEEP_PREVIOUS_DAYS} days no letter needs an old key any more, to opt out by its link: "
        f"then remove {previous}."
    )


def _written(path: Path, text: str, like: os.stat_result) -> None:
    """Write the file whole or not at all, for the very readers whom the key has had so far."""
    target = path.resolve()  # where it is a link, that stays
    handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w") as file:
            made = os.fstat(file.fileno())
            if (made.st_uid, made.st_gid) != (like.st_uid, like.st_gid):
                os.fchown(file.fileno(), like.st_uid, like.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(like.st_mode))
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


COMMANDS: list[click.Command] = [secret_key]
