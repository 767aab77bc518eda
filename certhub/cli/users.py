"""`certhub user create`: the first administrator, and accounts without a mail server."""

import secrets

import click
from flask.cli import with_appcontext

from certhub import clock
from certhub.database import transaction
from certhub.models.parties import Party
from certhub.queries import accounts as reading
from certhub.rules.permissions import ROLE_LABELS
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from certhub.services import accounts
from certhub.services.audit import SystemActor


@click.group("user")
def user() -> None:
    """Accounts of people."""


@user.command("create")
@click.option("--email", required=True, help="What the person signs in with.")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role if role is not Role.PUBLIC]),
    help="What the account may do.",
)  # fmt: skip
@click.option("--vendor-code", help="The vendor organization of a vendor_hr account, such as VC6000000001.")
@click.option("--npi", help="The practice of a practice_manager account, by its NPI.")
@click.option("--party-id", type=click.IntRange(1, 2**31 - 1), help="The organization or coordinator, by its number.")
@click.option("--generate", is_flag=True, help="Make a password and print it once, instead of asking for one.")
@with_appcontext
def create(
    *, email: str, name: str, role: str, vendor_code: str | None, npi: str | None, party_id: int | None, generate: bool
) -> None:
    """Open an account without an invitation; asks for the password, which is never an argument."""
    if generate:
        password = "-".join(secrets.token_hex(3) for _ in range(4))
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with transaction():
        account = accounts.create(
            email=email,
            name=name,
            role=Role(role),
            party=_party(vendor_code, npi, party_id),
            password=password,
            actor=SystemActor("certhub user create"),
            at=clock.now(),
        )
    click.echo(f"{account.email} can sign in as {ROLE_LABELS[account.role]}.")
    if generate:
        click.echo(f"Password (shown once): {password}")


def _party(vendor_code: str | None, npi: str | None, party_id: int | None) -> Party | None:
    given = [value for value in (vendor_code, npi, party_id) if value is not None]
    if not given:
        return None
    if len(given) > 1:
        raise Refusal("Give one of --vendor-code, --npi and --party-id.")
    found = reading.party_by_number(vendor_code=vendor_code, npi=npi, party_id=party_id)
    if not found:
        raise Refusal(f"There is no such organization or coordinator: {given[0]}.")
    if len(found) > 1:
        numbers = ", ".join(str(party.id) for party in found)
        raise Refusal(f"{given[0]} belongs to several records ({numbers}). Choose one with --party-id.")
    return found[0]


COMMANDS: list[click.Command] = [user]
