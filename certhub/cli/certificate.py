"""`certhub certificate export` and `certhub certificate verify`."""

import hashlib
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from certhub import clock
from certhub.queries import credentials
from certhub.rules.identifiers import require_credential_number
from certhub.rules.refusal import Refusal
from certhub.rules.status import STATUS_LABELS
from certhub.rules.terms import written


@click.group()
def certificate() -> None:
    """Certificates: write one to a file, or check a file."""


@certificate.command()
@click.argument("number")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def export(number: str, file: Path) -> None:
    """Write the newest certificate of credential NUMBER to FILE."""
    found = credentials.latest_certificate(require_credential_number(number))
    if found is None:
        raise Refusal(f"No certificate was issued under the number {number}.")
    data = current_app.extensions["certhub"].files.get(found.sha256)
    try:
        file.write_bytes(data)
    except OSError as problem:
        raise Refusal(f"{file} cannot be written ({problem.strerror}): choose another folder or name.") from problem
    click.echo(
        f"{file}: {found.size:,} bytes, {found.conformance or 'no PDF standard claimed'}, SHA-256 {found.sha256}"
    )


@certificate.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def verify(file: Path) -> None:
    """Say whether FILE is, byte for byte, a certificate that was issued, and its status today."""
    found = credentials.verify_bytes(hashlib.sha256(file.read_bytes()).hexdigest(), on=clock.today())
    if found is None:
        click.echo(f"{file}: no certificate with these bytes was issued.", err=True)
        sys.exit(1)
    facts = found.issued
    click.echo(f"{file}: issued on {written(facts.issued_on)} to {facts.holder_name} as {facts.credential_number}.")
    click.echo(f"Status today: {STATUS_LABELS[found.status].label}. {found.because}")
    if found.ended_on is not None:
        click.echo(f"The term of this certificate ended on {written(found.ended_on)}.")
    if found.renewed_by is not None:
        click.echo(f"A later one was issued for the next term: {found.renewed_by.facts['serial']}.")
    if found.superseded_by is not None:
        click.echo(f"It was superseded by {found.superseded_by.facts['serial']}.")


COMMANDS: list[click.Command] = [certificate]
