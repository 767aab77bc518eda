"""`certhub user create`."""

import re

from flask import Flask
from sqlalchemy import select

from certhub.cli.users import user as command
from certhub.database import db
from certhub.models.accounts import User
from certhub.rules.refusal import Refusal
from certhub.rules.vocabulary import Role
from tests.factories import make_practice, make_vendor
from tests.integration.accounts.browsing import PASSWORD, try_to_sign_in

ANA = ("create", "--email", "Ana@Example.org", "--name", "Ana Ferreira")


def test_the_password_is_asked_for_twice_and_opens_the_account(app: Flask) -> None:
    done = app.test_cli_runner().invoke(
        command, [*ANA, "--role", "dph_administrator"], input=f"{PASSWORD}\n{PASSWORD}\n"
    )
    assert done.exit_code == 0
    assert "ana@example.org can sign in as DPH administrator." in done.output
    assert PASSWORD not in done.output
    assert try_to_sign_in(app.test_client(), "ana@example.org").status_code == 302


def test_a_generated_password_is_printed_once_and_works(app: Flask) -> None:
    vendor = make_vendor()
    done = app.test_cli_runner().invoke(
        command, [*ANA, "--role", "vendor_hr", "--vendor-code", vendor.vendor_code, "--generate"]
    )
    printed = re.findall(r"shown once\): (\S+)", done.output)
    assert len(printed) == 1
    assert try_to_sign_in(app.test_client(), "ana@example.org", printed[0]).status_code == 302
    assert db.session.scalars(select(User.party_id).where(User.role == Role.VENDOR_HR)).one() == vendor.id


def test_what_is_wrong_is_one_sentence_and_nothing_is_saved(app: Flask) -> None:
    practice, twin = make_practice(), make_practice()
    for arguments, told in (
        (["--role", "vendor_hr"], "Choose whom"),
        (["--role", "vendor_hr", "--vendor-code", "VC0000000000"], "no such organization"),
        (["--role", "practice_manager", "--npi", practice.npi], f"{practice.id}, {twin.id}"),
        (["--role", "practice_manager", "--npi", practice.npi, "--party-id", "1"], "Give one of"),
        (["--role", "auditor", "--party-id", str(practice.id)], "works for DPH"),
    ):
        done = app.test_cli_runner().invoke(command, [*ANA, *arguments, "--generate"])
        assert done.exit_code != 0
        assert isinstance(done.exception, Refusal)
        assert told in done.exception.message
    weak = app.test_cli_runner().invoke(command, [*ANA, "--role", "auditor"], input="password1234\npassword1234\n")
    assert isinstance(weak.exception, Refusal)
    assert db.session.scalars(select(User)).all() == []


def test_the_help_names_every_option(app: Flask) -> None:
    done = app.test_cli_runner().invoke(command, ["create", "--help"])
    assert done.exit_code == 0
    assert all(option in done.output for option in ("--vendor-code", "--npi", "--party-id", "--generate"))
