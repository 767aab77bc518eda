"""`certhub secret-key rotate`: a new key, while what was signed with the old one is still known."""

import os
import secrets
from pathlib import Path

import click
from flask.cli import with_appcontext

from certhub.config import previous_keys_file, secret_key_file
from certhub.rules.refusal import Refusal
from certhub.web.context import settings


@click.group("secret-key")
def secret_key() -> None:
    """The key that signs cookies and forms."""


@secret_key.command("rotate")
@with_appcontext
def rotate() -> None:
    """Make a new key, and keep the old one for what it has signed.

    Start web and worker anew afterwards, and copy both files to the other hosts. Nobody has to sign in again.
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
    _written(previous, "\n".join([settings().secret_key, *settings().previous_secret_keys]))
    _written(current, secrets.token_urlsafe(48))
    click.echo(f"{current} holds a new key, and {previous} the old one. Start web and worker anew.")
    click.echo(f"After {settings().session_hours} hours everybody has a new session: then remove {previous}.")


def _written(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


COMMANDS: list[click.Command] = [secret_key]
