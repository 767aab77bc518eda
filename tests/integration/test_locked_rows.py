"""Every kind of record can be locked, whatever is read along with it."""

import pytest
from flask import Flask

from certhub.database import locked, transaction
from certhub.rules.vocabulary import Role
from tests.factories import make_coordinator, make_practice, make_program, make_user, make_vendor


@pytest.mark.parametrize("make", [make_vendor, make_coordinator, make_practice, make_program])
def test_a_party_and_an_account_of_it_can_be_locked(app: Flask, make: object) -> None:
    party = make()  # type: ignore[operator]  # one of the factories above
    user = make_user(Role.AUDITOR)
    with transaction():
        assert locked(party) is party
        assert locked(user) is user
